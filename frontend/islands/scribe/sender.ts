/** Sends what is in the box, one after the other, until the server has answered for each. */
import type { Box, Note } from "./box";

/** Between two tries while the server can't be reached, in milliseconds. */
const AGAIN_MS = 4000;

export interface Told {
  noted(note: Note, code: string): void;
  refused(note: Note, sentence: string): void;
  away(): void;
  signedOut(): void;
}

interface Refusal {
  readonly errors?: Readonly<Record<string, string>>;
  readonly error?: { readonly sentences?: readonly string[] };
}

export class Sender {
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly address: string,
    private readonly box: Box,
    private readonly told: Told,
  ) {}

  drain(): void {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    this.all()
      .then((isDone) => {
        this.busy = false;
        if (!isDone) this.timer = setTimeout(() => this.drain(), AGAIN_MS);
        // Noted while the last answer was on its way.
        else if (this.next()) this.drain();
      })
      .catch(() => {
        this.busy = false;
      });
  }

  private next(): Note | undefined {
    return this.box.notes().find((note) => !note.refused);
  }

  /** Whether nothing is left to be tried again. */
  private async all(): Promise<boolean> {
    for (let note = this.next(); note; note = this.next()) {
      if (!(await this.one(note))) return false;
    }
    return true;
  }

  private async one(note: Note): Promise<boolean> {
    const waited = String(Math.max(0, Math.round((Date.now() - note.at) / 1000)));
    const body = new URLSearchParams({ ...note.fields, key: note.key, waited });
    let answer: Response;
    let said: unknown;
    try {
      answer = await fetch(this.address, { method: "POST", body, headers: { Accept: "application/json" } });
      said = await answer.json();
    } catch {
      this.told.away();
      return false;
    }
    if (answer.ok) {
      this.box.remove(note.key);
      this.told.noted(note, String((said as { code?: unknown }).code));
      return true;
    }
    if (answer.status === 401 || answer.status === 403) {
      this.told.signedOut();
      return false;
    }
    if (answer.status === 429 || answer.status >= 500) {
      this.told.away();
      return false;
    }
    const { errors, error } = said as Refusal;
    const sentence = errors ? Object.values(errors).join(" ") : (error?.sentences?.join(" ") ?? "");
    this.box.refuse(note.key, sentence || String(answer.status));
    this.told.refused(note, sentence);
    return true;
  }
}
