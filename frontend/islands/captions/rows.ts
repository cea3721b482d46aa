import type { Place } from "./history";

/** The lines of the form: read, cut, joined, added, taken away. Fields keep the names that the server reads. */

export interface Values {
  readonly start: string;
  readonly end: string;
  readonly who: string;
  readonly text: string;
}

export type Name = keyof Values;
export const NAMES: readonly Name[] = ["start", "end", "who", "text"];
const CLOCK = /^(?:(\d{1,3})[:hH])?(\d{1,3})[:m](\d{1,2})(?:[.,](\d{1,3}))?$/;
const NEW_S = 2;

/** Seconds, as the server reads them; NaN when it is no time. */
export function seconds(typed: string): number {
  const found = CLOCK.exec(typed.replace(/\s/g, ""));
  if (!found) return Number.NaN;
  const [, hours = "0", minutes = "0", whole = "0", parts = "0"] = found;
  return +hours * 3600 + +minutes * 60 + +whole + +parts.padEnd(3, "0") / 1000;
}

export function clock(at: number): string {
  const ms = Math.round(at * 1000);
  const two = (value: number) => `${Math.floor(value)}`.padStart(2, "0");
  const [whole, minutes] = [ms / 1000, ms / 60000];
  const head = minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}` : `${Math.floor(minutes)}`;
  return `${head}:${two(whole % 60)},${`${ms % 1000}`.padStart(3, "0")}`;
}

export class Rows {
  constructor(
    readonly form: HTMLFormElement,
    readonly list: HTMLElement,
    private readonly label: string,
  ) {}

  all(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[data-line]")];
  }

  of(target: EventTarget | null): HTMLElement | null {
    return target instanceof Element ? target.closest<HTMLElement>("[data-line]") : null;
  }

  field(row: Element, name: Name): HTMLInputElement | HTMLTextAreaElement {
    return row.querySelector(`[name^=${name}-]`) as HTMLInputElement | HTMLTextAreaElement;
  }

  values(row: Element): Values {
    const read = (name: Name) => this.field(row, name).value;
    return { start: read("start"), end: read("end"), who: read("who"), text: read("text") };
  }

  fill(row: Element, values: Partial<Values>): void {
    for (const name of NAMES) {
      const value = values[name];
      const field = this.field(row, name);
      if (value !== undefined && field.value !== value) field.value = value;
    }
  }

  read(): Values[] {
    return this.all().map((row) => this.values(row));
  }

  /** Where one is in these lines. */
  place(): Place | null {
    const field = document.activeElement;
    const row = this.of(field);
    if (!row || !(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return null;
    const name = NAMES.find((one) => field.name.startsWith(`${one}-`));
    if (!name) return null;
    return {
      row: this.all().indexOf(row),
      name,
      from: field.selectionStart ?? 0,
      to: field.selectionEnd ?? 0,
    };
  }

  /** Go to a place, or to the last line before it. */
  go(place: Place): void {
    const row = this.all()[place.row] ?? this.all().at(-1);
    if (!row) return;
    const field = this.field(row, place.name);
    field.focus();
    field.setSelectionRange(place.from, place.to);
  }

  /** Put these lines in place of those that stand there. */
  write(lines: readonly Values[]): void {
    const rows = this.all();
    const model = rows[0];
    if (!model || !lines.length) return;
    for (let at = rows.length; at < lines.length; at++) this.list.append(this.copy(model));
    for (const row of rows.slice(lines.length)) row.remove();
    this.all().forEach((row, at) => {
      this.fill(row, lines[at] as Values);
    });
    this.number();
  }

  /**
   * Cut a line in two.
   * @param caret where in its text; the nearest blank is taken
   * @param at when the second begins, in seconds; in proportion when it falls outside
   */
  split(row: HTMLElement, caret: number, at: number): HTMLElement | null {
    const { start, end, text } = this.values(row);
    const [from, to] = [seconds(start), seconds(end)];
    const blanks = [...text.matchAll(/\s+/g)].filter(
      (blank) => blank.index > 0 && blank.index + blank[0].length < text.length,
    );
    const isInside = at > from && at < to;
    const isCaretInside = caret > 0 && caret < text.length;
    const place =
      isCaretInside || !isInside ? caret || text.length / 2 : ((at - from) / (to - from)) * text.length;
    const cut = blanks.sort((a, b) => Math.abs(a.index - place) - Math.abs(b.index - place))[0];
    if (!cut || !(to - from > 0.002)) return null;
    const when = clock(isInside ? at : from + ((to - from) * cut.index) / text.length);
    const second = this.copy(row);
    row.after(second);
    this.fill(row, { end: when, text: text.slice(0, cut.index) });
    this.fill(second, {
      ...this.values(second),
      start: when,
      end,
      text: text.slice(cut.index + cut[0].length),
    });
    this.fill(second, { who: this.values(row).who });
    this.number();
    return second;
  }

  /** Make one line of two; says why not. */
  join(row: HTMLElement): "no_next" | "speakers" | "" {
    const next = row.nextElementSibling as HTMLElement | null;
    if (!next) return "no_next";
    const [first, second] = [this.values(row), this.values(next)];
    if (second.who.trim() && second.who.trim() !== first.who.trim()) return "speakers";
    this.fill(row, { end: second.end, text: `${first.text.trim()} ${second.text.trim()}` });
    next.remove();
    this.number();
    return "";
  }

  add(row: HTMLElement): HTMLElement | null {
    const start = seconds(this.values(row).end);
    const next = row.nextElementSibling;
    const until = next ? seconds(this.values(next).start) : start + NEW_S;
    const end = Math.min(start + NEW_S, until);
    if (!(end > start)) return null;
    const added = this.copy(row);
    row.after(added);
    this.fill(added, { start: clock(start), end: clock(end), who: this.values(row).who, text: "" });
    this.number();
    return added;
  }

  remove(row: HTMLElement): HTMLElement | null {
    if (this.all().length < 2) return null;
    const near = (row.nextElementSibling ?? row.previousElementSibling) as HTMLElement;
    row.remove();
    this.number();
    return near;
  }

  /** A line like this one, without the buttons of the player, which stand at one line only. */
  private copy(row: HTMLElement): HTMLElement {
    const made = row.cloneNode(true) as HTMLElement;
    made.querySelector("[data-tools]")?.remove();
    made.classList.remove("fautive", "en-cours");
    return made;
  }

  /** Give fields, labels and buttons the numbers of their places. */
  number(): void {
    const first = Number((this.form.elements.namedItem("first") as HTMLInputElement).value);
    this.all().forEach((row, at) => {
      row.id = `l${first + at + 1}`;
      row.setAttribute("aria-label", this.label.replace("{number}", `${first + at + 1}`));
      for (const name of NAMES) {
        const field = this.field(row, name);
        row.querySelector(`label[for^=${name}-]`)?.setAttribute("for", `${name}-${at}`);
        field.id = field.name = `${name}-${at}`;
      }
      for (const button of row.querySelectorAll<HTMLButtonElement>("button[name=do]")) {
        button.value = `${button.value.split("-")[0]}-${at}`;
        button.setAttribute(
          "aria-label",
          (button.getAttribute("aria-label") ?? "").replace(/\d+\D*$/, `${first + at + 1}`),
        );
      }
    });
    (this.form.elements.namedItem("lines") as HTMLInputElement).value = `${this.all().length}`;
  }
}
