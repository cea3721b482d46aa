/**
 * The durable outbox: updates that the server has not acknowledged, and the last known state. What may have been
 * sent keeps its bytes for ever; what never was is merged before it leaves (`merging.ts`).
 *
 * Each tab has a box of its own and holds its lock. A tab that opens takes in the boxes that nobody holds any
 * more (closed tabs, crashes, the page before a reload): their updates are sent again as they are, under the
 * client ids that wrote them.
 */
import { grouped } from "./merging";

/** One update on its way. */
export interface Entry {
  /** The outbox's own number, rising by one from 1. */
  readonly n: number;
  /** Yjs client id that wrote it. */
  readonly client: number;
  readonly bytes: Uint8Array;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  /** The login that wrote it, as the page tells it. The server ties client ids to logins: see `moving.ts`. */
  readonly session: string;
  /** The official for whom a rapporteur typed it; absent, or 0, when for nobody else. */
  readonly typedFor?: number;
  /** It may have reached the server: it is sent again as it is, or not at all. */
  readonly sent: boolean;
}

/** The text as a tab last knew it. */
export interface Base {
  /** The whole document as one Yjs update. */
  readonly state: Uint8Array;
  /** Yjs client id of that tab, and the login that it is bound to; empty when the page doesn't tell. */
  readonly client: number;
  readonly session: string;
  /** Entry that had last taken words out of the motion (`MotionState.redacted`); absent in states of older pages. */
  readonly redacted?: number;
}

/** What a box held when its tab went away. */
export interface Left {
  readonly entries: readonly Entry[];
  readonly bases: readonly Base[];
}

/** Where boxes are kept. Durable once a promise resolves. */
export interface Boxes {
  /** Whether what is kept outlives the page. */
  readonly lasting: boolean;
  /** Moves everything from boxes that nobody holds into `box`, whose lock is taken. */
  adopt(box: string): Promise<Left>;
  put(box: string, entry: Entry): Promise<void>;
  remove(box: string, n: number): Promise<void>;
  /** Takes the entries of these numbers out and puts others in, all or nothing. */
  replace(box: string, gone: readonly number[], by: readonly Entry[]): Promise<void>;
  /** Keeps the state of the document instead of all those that this box held. */
  putBase(box: string, base: Base): Promise<void>;
  /** Forgets every state that this box holds; what is unsent stays. */
  dropBases(box: string): Promise<void>;
  /** A second copy of all that is unsent, where iOS is known to lose the first. */
  copy(box: string, entries: readonly Entry[]): Promise<void>;
  release(): void;
}

/** Boxes that live as long as the page: for tests, and for browsers that refuse storage. */
export class MemoryBoxes implements Boxes {
  constructor(private readonly left: Left = { entries: [], bases: [] }) {}
  readonly lasting = false;
  readonly kept = new Map<number, Entry>();
  base: Base | null = null;

  async adopt(): Promise<Left> {
    const entries = this.left.entries.map((entry, i) => ({ ...entry, n: i + 1 }));
    for (const entry of entries) this.kept.set(entry.n, entry);
    return { entries, bases: this.left.bases };
  }
  async put(_box: string, entry: Entry): Promise<void> {
    this.kept.set(entry.n, entry);
  }
  async remove(_box: string, n: number): Promise<void> {
    this.kept.delete(n);
  }
  async replace(_box: string, gone: readonly number[], by: readonly Entry[]): Promise<void> {
    for (const n of gone) this.kept.delete(n);
    for (const entry of by) this.kept.set(entry.n, entry);
  }
  async putBase(_box: string, base: Base): Promise<void> {
    this.base = base;
  }
  async dropBases(): Promise<void> {
    this.base = null;
  }
  async copy(): Promise<void> {}
  release(): void {}
}

/** How long a write may take before the update is sent all the same, in milliseconds: iOS can hang. */
const STORE_PATIENCE_MS = 1000;
/** The same for a write that replaces others, which one would rather see through. */
const REPLACE_PATIENCE_MS = 5000;

/** Wait before the second copy is renewed, in milliseconds. */
const COPY_EVERY_MS = 500;

export class Outbox {
  private waiting: Entry[];
  private last: number;
  private copyTimer: ReturnType<typeof setTimeout> | undefined;
  private copied = false;
  /** Numbers that are on the device. */
  private readonly kept = new Set<number>();
  /** Numbers that may be sent: on the device, or it took too long. */
  private readonly ready = new Set<number>();
  private failing = false;

  private constructor(
    private readonly boxes: Boxes,
    private readonly box: string,
    readonly bases: readonly Base[],
    entries: readonly Entry[],
  ) {
    this.waiting = [...entries];
    this.last = entries.at(-1)?.n ?? 0;
    for (const { n } of entries) this.holds(n);
    if (entries.length > 0) this.renewCopy();
  }

  static async open(boxes: Boxes, box: string): Promise<Outbox> {
    const left = await boxes.adopt(box);
    return new Outbox(boxes, box, left.bases, left.entries);
  }

  /** What the server has not answered, in order. */
  get entries(): readonly Entry[] {
    return this.waiting;
  }

  /** Those of them that a reload brings back. */
  get onDevice(): readonly Entry[] {
    return this.boxes.lasting ? this.waiting.filter((entry) => this.kept.has(entry.n)) : [];
  }

  /** The device does not keep what it is given: a private window, no room left, forbidden. */
  get refuses(): boolean {
    return !this.boxes.lasting || this.failing;
  }

  /** What may leave now, in order: marked as sent, and on the device. */
  get sendable(): readonly Entry[] {
    const stop = this.waiting.findIndex((entry) => !entry.sent || !this.ready.has(entry.n));
    return stop < 0 ? this.waiting : this.waiting.slice(0, stop);
  }

  get hasUnsent(): boolean {
    return this.waiting.some((entry) => !entry.sent);
  }

  /** How many may have been sent and are not answered. */
  get inFlight(): number {
    return this.waiting.reduce((count, entry) => count + Number(entry.sent), 0);
  }

  /**
   * Numbers an update and keeps it. It counts as waiting at once; the promise resolves when it is on the
   * device, or when the device takes too long: sending then protects it better than waiting.
   */
  async add(given: Omit<Entry, "n">): Promise<Entry> {
    const entry: Entry = { ...given, n: ++this.last };
    this.waiting.push(entry);
    this.renewCopy();
    await this.put(entry);
    this.ready.add(entry.n);
    return entry;
  }

  /** Forgets an update that the server has answered. Returns it, or undefined when it was not waiting. */
  settle(n: number): Entry | undefined {
    const at = this.waiting.findIndex((entry) => entry.n === n);
    if (at < 0) return undefined;
    const [entry] = this.waiting.splice(at, 1);
    this.kept.delete(n);
    this.ready.delete(n);
    void soon(this.boxes.remove(this.box, n));
    this.renewCopy();
    return entry;
  }

  /**
   * Makes what was never sent ready to leave: merged into as few updates as the server takes, and marked. The
   * device knows it before this resolves, for whoever sends again after a crash must send the same bytes.
   *
   * Returns whether anything is new to send.
   */
  async release(): Promise<boolean> {
    const fresh = new Set(this.waiting.filter((entry) => !entry.sent && this.ready.has(entry.n)));
    if (fresh.size === 0) return false;
    const by = grouped(this.waiting.map((entry) => (fresh.has(entry) ? entry : null)));
    const numbers = [...fresh].map((entry) => entry.n);
    const done = await soon(this.boxes.replace(this.box, numbers, by), REPLACE_PATIENCE_MS);
    // A device that could not do it keeps the single ones: then they leave as they are.
    const next = done ? by : [...fresh].map((entry): Entry => ({ ...entry, sent: true }));
    this.exchange(new Set(numbers), next, done);
    // A second copy with the single ones beside the merged ones would bring them back after a crash.
    await this.copyNow();
    return true;
  }

  /** Gives updates numbers that were never used: an answer to what they were before is then nobody's. */
  numbered(entries: readonly Entry[]): Entry[] {
    return entries.map((entry) => ({ ...entry, n: ++this.last }));
  }

  /** Puts others in the place of all that waits; they count at once, and are on the device when this resolves. */
  async rewrite(by: readonly Entry[]): Promise<void> {
    const numbers = this.waiting.map((entry) => entry.n);
    this.exchange(new Set(numbers), by, false);
    const done = await soon(this.boxes.replace(this.box, numbers, by), REPLACE_PATIENCE_MS);
    for (const { n } of by) {
      this.ready.add(n);
      if (done) this.kept.add(n);
    }
    await this.copyNow();
  }

  /** Keeps the state of the document, so that a reload without network shows the text. */
  async saveBase(base: Base): Promise<void> {
    await soon(this.boxes.putBase(this.box, base));
  }

  /** Forgets the kept states of the document: they hold words that were taken out. */
  async dropBases(): Promise<void> {
    await soon(this.boxes.dropBases(this.box));
  }

  /** Writes the second copy now: the page is being hidden and may never come back. */
  async copyNow(): Promise<void> {
    clearTimeout(this.copyTimer);
    this.copyTimer = undefined;
    if (this.waiting.length === 0 && !this.copied) return;
    this.copied = this.waiting.length > 0;
    await soon(this.boxes.copy(this.box, this.waiting));
  }

  close(): void {
    clearTimeout(this.copyTimer);
    this.boxes.release();
  }

  private exchange(gone: ReadonlySet<number>, by: readonly Entry[], onDevice: boolean): void {
    this.waiting = [...this.waiting.filter((entry) => !gone.has(entry.n)), ...by].sort((a, b) => a.n - b.n);
    for (const n of gone) this.kept.delete(n);
    for (const { n } of by) {
      if (onDevice) this.holds(n);
    }
  }

  private holds(n: number): void {
    this.kept.add(n);
    this.ready.add(n);
  }

  private async put(entry: Entry): Promise<void> {
    const write = this.boxes.put(this.box, entry).then(
      () => {
        if (this.waiting.includes(entry)) this.kept.add(entry.n);
        if (!this.failing) return;
        // There is room again: what was turned away is tried once more.
        this.failing = false;
        for (const other of this.waiting) if (!this.kept.has(other.n)) void this.put(other);
      },
      () => {
        this.failing = true;
      },
    );
    await soon(write);
  }

  private renewCopy(): void {
    this.copyTimer ??= setTimeout(() => void this.copyNow(), COPY_EVERY_MS);
  }
}

/** Waits for a write, but not for ever; a failure is tolerated, for the page still holds the update. */
async function soon(write: Promise<void>, patienceMs = STORE_PATIENCE_MS): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patienceMs, false);
  });
  const done = await Promise.race([
    write.then(
      () => true,
      () => false,
    ),
    late,
  ]);
  clearTimeout(timer);
  return done;
}
