/** What is said to those who do not see the screen, and how rarely (W3C CTAUR, needs 1 to 3). */
import { type EditorPage, fill, plural } from "./page";

export type Loudness = "none" | "calm" | "all";

/** At most one message in this time, in milliseconds. */
const PACE_MS: Readonly<Record<Loudness, number>> = {
  none: Number.POSITIVE_INFINITY,
  calm: 20_000,
  all: 5000,
};
/** Nothing is said so soon after a keystroke, in milliseconds. */
const KEYSTROKE_MS = 2000;
/** Someone who edits the same place is not told again within this time, in milliseconds. */
const SAME_MS = 60_000;

/** What may be said: who arrived, or who edits where. */
export type News =
  | { readonly type: "arrived"; readonly names: readonly string[] }
  | { readonly type: "editing"; readonly name: string; readonly mine: boolean; readonly line: number | null };

/** Decides when something is said. The clock is given. */
export class Announcer {
  loudness: Loudness = "calm";
  private arrived: string[] = [];
  private editing: Extract<News, { type: "editing" }> | null = null;
  private spokenAt = Number.NEGATIVE_INFINITY;
  private keyAt = Number.NEGATIVE_INFINITY;
  private readonly told = new Map<string, number>();

  keystroke(now: number): void {
    this.keyAt = now;
  }

  hear(news: News): void {
    if (news.type === "arrived") this.arrived.push(...news.names);
    else if (news.mine || this.loudness === "all") this.editing = news;
  }

  /** What is to be said now, or null. An edit of one's own paragraph goes before arrivals. */
  due(now: number): News | null {
    if (this.loudness === "none") {
      this.arrived = [];
      this.editing = null;
      return null;
    }
    if (now - this.spokenAt < PACE_MS[this.loudness] || now - this.keyAt < KEYSTROKE_MS) return null;
    const edit = this.editing;
    this.editing = null;
    if (edit) {
      const what = `${edit.name} ${edit.line}`;
      if (now - (this.told.get(what) ?? Number.NEGATIVE_INFINITY) >= SAME_MS) {
        this.told.set(what, now);
        this.spokenAt = now;
        return edit;
      }
    }
    if (this.arrived.length === 0) return null;
    const names = [...new Set(this.arrived)];
    this.arrived = [];
    this.spokenAt = now;
    return { type: "arrived", names };
  }
}

/** The sentence in which a piece of news is said. */
export function newsWords(news: News, { language, texts }: EditorPage): string {
  if (news.type === "arrived") {
    const values = { name: news.names[0] ?? "" };
    return plural(language, news.names.length, texts.says_arrived_one, texts.says_arrived_other, values);
  }
  if (news.mine || news.line === null) return fill(texts.says_editing_here, { name: news.name });
  return fill(texts.says_editing_line, { name: news.name, line: news.line });
}
