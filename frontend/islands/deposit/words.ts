/** Sizes and times as people say them; the sentences come from the page. */

export type Words = Readonly<Record<string, string>>;

/** Puts values in the place of `{names}`. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** `3,5 Mo`. */
export function size(bytes: number, words: Words, language: string): string {
  for (const [unit, one] of [
    ["gb", 1e9],
    ["mb", 1e6],
    ["kb", 1e3],
  ] as const) {
    if (bytes < one) continue;
    const digits = bytes < 10 * one && unit !== "kb" ? 1 : 0;
    const number = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(bytes / one);
    return fill(words[unit] as string, { n: number });
  }
  return fill(words.bytes as string, { n: bytes });
}

/** `2 min 05 s`. */
export function duration(seconds: number, words: Words): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return fill(words.seconds as string, { s: whole });
  const rest = String(whole % 60).padStart(2, "0");
  return fill(words.minutes as string, { m: Math.floor(whole / 60), s: rest });
}

/** How much has arrived, and how long the rest may take when that can be told. */
export function progress(
  confirmed: number,
  total: number,
  leftS: number | null,
  words: Words,
  language: string,
): string {
  const values = { done: size(confirmed, words, language), total: size(total, words, language) };
  if (leftS === null) return fill(words.progress as string, values);
  const minutes = Math.round(leftS / 60);
  const left =
    minutes < 1
      ? (words.left_short as string)
      : minutes < 60
        ? fill(words.left_minutes as string, { n: minutes })
        : fill(words.left_hours as string, {
            h: Math.floor(minutes / 60),
            m: String(minutes % 60).padStart(2, "0"),
          });
  return fill(words.progress_left as string, { ...values, left });
}

/** How fast confirmed bytes come, over the last minute: a pause of the line counts. */
export class Pace {
  private readonly marks: [number, number][] = [];

  /** @param at Milliseconds. */
  mark(at: number, confirmed: number): void {
    const last = this.marks[this.marks.length - 1];
    if (last && confirmed < last[1]) this.marks.length = 0;
    if (last && confirmed === last[1] && this.marks.length) return;
    this.marks.push([at, confirmed]);
    while (this.marks.length > 2 && at - (this.marks[0] as [number, number])[0] > 60_000) this.marks.shift();
  }

  /** Seconds for what remains; null before anything can be told. */
  left(total: number): number | null {
    const [first, last] = [this.marks[0], this.marks[this.marks.length - 1]];
    if (!first || !last || last[1] <= first[1] || last[0] - first[0] < 3_000) return null;
    return ((total - last[1]) * (last[0] - first[0])) / (last[1] - first[1]) / 1000;
  }
}
