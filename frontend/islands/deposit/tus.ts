/**
 * One file on its way by tus 1.0.0 (https://tus.io/protocols/resumable-upload): announced, sent piece by piece, gone on
 * with after whatever happens. Nothing counts as sent before the server has confirmed it.
 */

/** What is sent. */
export interface Source {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Bytes `from` to `to`; rejects when the device does not give them any more. */
  piece(from: number, to: number): Promise<ArrayBuffer>;
}

export interface Request {
  readonly method: "POST" | "HEAD" | "PATCH" | "DELETE";
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: ArrayBuffer;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  header(name: string): string | null;
}

/** What a file's sending needs of the world. */
export interface Outside {
  /** Rejects when no answer came. */
  readonly transport: (request: Request, signal: AbortSignal | null) => Promise<Answer>;
  /** SHA-256 in base64; null where the browser has none (an address without https). */
  readonly digest: ((bytes: ArrayBuffer) => Promise<string>) | null;
  /** Resolves after so many milliseconds, or as soon as there is hope; rejects when the signal aborts. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Keeps the file's address on this device, for another visit. */
  readonly keep: (address: string | null) => Promise<void>;
  /** Milliseconds, from any beginning. */
  readonly clock: () => number;
  /** Something changed. */
  readonly tell: (sending: Sending) => void;
}

export type Phase = "queued" | "sending" | "waiting" | "paused" | "refused" | "done" | "cancelled";
type Step = "announce" | "look" | "send";
type Reaction = "wait" | "look" | "anew" | "refuse";

const VERSION = "1.0.0";
const MIB = 1 << 20;
/** A slow line gets smaller pieces after a failure: what a cut costs is one piece. */
const SMALLEST_BYTES = MIB / 4;
const FIRST_BYTES = MIB;
const LARGEST_BYTES = 8 * MIB;
/** A piece that took less than this makes the next one twice as large. */
const QUICK_MS = 2_000;
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** Answers in a row that are errors of a server that can be reached: then a person decides. Silence has no limit. */
const MOST_ERRORS = 8;
/** Beginnings anew without a byte confirmed in between. */
const MOST_BEGINNINGS = 3;
const AGAIN_LATER = new Set([0, 408, 423, 425, 500, 502, 503, 504]);

/** What an answer that is no success asks for; status 0 is no answer. */
export function reaction(step: Step, status: number): Reaction {
  if (AGAIN_LATER.has(status)) return "wait";
  if (step === "announce") return "refuse";
  if (status === 404 || status === 410) return "anew";
  if (status === 429) return "wait";
  return status === 409 || status === 460 ? "look" : "refuse";
}

/** The header Upload-Metadata: keys, and values in base64. */
export function metadata(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).filter(([, value]) => value);
  return pairs.map(([key, value]) => `${key} ${base64(new TextEncoder().encode(value))}`).join(",");
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The sentences of an error of the service; empty when it is none of its own. */
export function sentences(text: string): string {
  try {
    const said = JSON.parse(text)?.error?.sentences;
    return Array.isArray(said) ? said.filter((one) => typeof one === "string").join(" ") : "";
  } catch {
    return "";
  }
}

export class Sending {
  phase: Phase = "queued";
  /** Bytes that the server has said to have. */
  confirmed = 0;
  /** Whether what had arrived was forgotten, so that it began again. */
  beganAgain = false;
  /** Why it stopped, in the server's words; empty when the device no longer gives the file, or nobody said why. */
  sentence = "";
  isUnreadable = false;

  private known = false;
  private pieceBytes = FIRST_BYTES;
  private failures = 0;
  private errors = 0;
  private beginnings = 0;
  private stopping: AbortController | null = null;
  private running: Promise<void> | null = null;

  /**
   * @param depot Where files are announced.
   * @param key Names the announcement: said twice because an answer was lost, it makes one file.
   * @param address Of the file, when it was announced before.
   */
  constructor(
    readonly source: Source,
    private readonly depot: string,
    private readonly key: string,
    private readonly outside: Outside,
    public address: string | null = null,
  ) {}

  /** Sends until the end, a pause or a refusal. Called again it goes on. */
  async run(): Promise<void> {
    if (this.running && this.stopping?.signal.aborted) await this.running;
    if (this.phase === "done" || this.phase === "cancelled") return;
    this.running ??= this.loop().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Stops for a while: what is not confirmed of a piece is sent again. */
  async pause(): Promise<void> {
    if (this.phase === "done" || this.phase === "cancelled") return;
    await this.halt("paused");
  }

  /** Gives the file up, on the server too. */
  async cancel(): Promise<void> {
    if (this.phase === "done") return;
    await this.halt("cancelled");
    const address = this.address;
    await this.outside.keep(null);
    if (address === null) return;
    for (const pause of [0, ...PAUSES_MS.slice(0, 3)]) {
      if (pause) await this.outside.wait(pause, new AbortController().signal);
      try {
        const headers = { "Tus-Resumable": VERSION };
        const { status } = await this.outside.transport({ method: "DELETE", address, headers }, null);
        if (status !== 423 && status < 500) return;
      } catch {
        // What can't be given up now expires.
      }
    }
  }

  private async halt(phase: "paused" | "cancelled"): Promise<void> {
    this.enter(phase);
    this.stopping?.abort();
    await this.running;
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    this.outside.tell(this);
  }

  private async loop(): Promise<void> {
    const stopping = new AbortController();
    this.stopping = stopping;
    this.known = false;
    [this.failures, this.errors, this.beginnings, this.sentence, this.isUnreadable] = [0, 0, 0, "", false];
    this.enter("sending");
    while (!stopping.signal.aborted) {
      if (this.known && this.confirmed === this.source.size) {
        // Forgotten only by whoever has seen the file in the list.
        this.enter("done");
        return;
      }
      const step = this.address === null ? "announce" : this.known ? "send" : "look";
      let answer: Answer | null = null;
      try {
        answer = await this.take(step, stopping.signal);
      } catch (error) {
        if (error instanceof Unreadable && !stopping.signal.aborted) {
          this.isUnreadable = true;
          this.enter("refused");
          return;
        }
      }
      // An announcement is waited for even so: or the server would keep a file that nobody knows.
      if (answer && (await this.understood(step, answer))) continue;
      if (stopping.signal.aborted) return;
      if (!(await this.react(step, answer, stopping.signal))) return;
    }
  }

  private async take(step: Step, signal: AbortSignal): Promise<Answer> {
    const { source, outside } = this;
    const headers: Record<string, string> = { "Tus-Resumable": VERSION };
    if (step === "announce" || this.address === null) {
      headers["Upload-Length"] = String(source.size);
      headers["Upload-Metadata"] = metadata({ filename: source.name, filetype: source.type, cle: this.key });
      return outside.transport({ method: "POST", address: this.depot, headers }, null);
    }
    if (step === "look") return outside.transport({ method: "HEAD", address: this.address, headers }, signal);
    const from = this.confirmed;
    const body = await source.piece(from, Math.min(from + this.pieceBytes, source.size)).catch(() => {
      throw new Unreadable();
    });
    headers["Upload-Offset"] = String(from);
    headers["Content-Type"] = "application/offset+octet-stream";
    if (outside.digest) headers["Upload-Checksum"] = `sha256 ${await outside.digest(body)}`;
    const began = outside.clock();
    const answer = await outside.transport({ method: "PATCH", address: this.address, headers, body }, signal);
    if (answer.status < 300 && outside.clock() - began < QUICK_MS) {
      this.pieceBytes = Math.min(2 * this.pieceBytes, LARGEST_BYTES);
    }
    return answer;
  }

  /** Takes in a success. False when it is none. */
  private async understood(step: Step, answer: Answer): Promise<boolean> {
    if (answer.status < 200 || answer.status >= 300) return false;
    if (step === "announce") {
      const address = answer.header("Location");
      if (!address) return false;
      this.address = address;
      await this.outside.keep(address);
    } else if (step === "look" && Number(answer.header("Upload-Length")) !== this.source.size) {
      await this.forget();
      return true;
    }
    const said = answer.header("Upload-Offset") ?? (step === "announce" ? "0" : "");
    const offset = /^[0-9]+$/.test(said) ? Number(said) : -1;
    if (offset < 0 || offset > this.source.size) return false;
    if (step === "send" && offset > this.confirmed) {
      [this.failures, this.errors, this.beginnings] = [0, 0, 0];
    }
    this.confirmed = offset;
    this.known = true;
    this.outside.tell(this);
    return true;
  }

  /** Does what a failure asks for. False when this ends the sending for now. */
  private async react(step: Step, answer: Answer | null, signal: AbortSignal): Promise<boolean> {
    // A success that can't be understood is some other server's: a hotel's page, a proxy's.
    const status = answer === null || answer.status < 400 ? 0 : answer.status;
    let to = reaction(step, status);
    this.known = false;
    this.pieceBytes = Math.max(this.pieceBytes / 2, SMALLEST_BYTES);
    if (status !== 0) this.errors += 1;
    if (to === "anew") this.beginnings += 1;
    if (this.errors >= MOST_ERRORS || this.beginnings > MOST_BEGINNINGS) to = "refuse";
    if (to === "refuse") {
      this.sentence = answer ? sentences(answer.text) : "";
      this.enter("refused");
      return false;
    }
    if (to === "anew") await this.forget();
    if (to === "look" && this.errors < 2) return true;
    if (to === "anew" && this.beginnings < 2) return true;
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] as number;
    this.failures += 1;
    if (signal.aborted) return false;
    this.enter("waiting");
    try {
      await this.outside.wait(pause, signal);
    } catch {
      return false;
    }
    this.enter("sending");
    return true;
  }

  private async forget(): Promise<void> {
    this.beganAgain ||= this.confirmed > 0 || this.address !== null;
    this.address = null;
    this.confirmed = 0;
    this.known = false;
    await this.outside.keep(null);
    this.outside.tell(this);
  }
}

/** The device gives a file's bytes no more: it was moved, or changed, or the card is out. */
class Unreadable extends Error {}
