/**
 * The durable outbox: updates that the server has not acknowledged, byte for byte, and the last known state.
 *
 * Each tab has a box of its own and holds its lock. A tab that opens takes in the boxes that nobody holds any
 * more (closed tabs, crashes, the page before a reload): their updates are sent again as they are, under the
 * client ids that wrote them.
 */

/** One update on its way. */
export interface Entry {
  /** The outbox's own number, rising by one from 1. */
  readonly n: number;
  /** Yjs client id that wrote it. */
  readonly client: number;
  readonly bytes: Uint8Array;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

/** The text as a tab last knew it. */
export interface Base {
  /** The whole document as one Yjs update. */
  readonly state: Uint8Array;
  /** Yjs client id of that tab, and the login that it is bound to; empty when the page doesn't tell. */
  readonly client: number;
  readonly session: string;
}

/** What a box held when its tab went away. */
export interface Left {
  readonly entries: readonly Entry[];
  readonly bases: readonly Base[];
}

/** Where boxes are kept. Durable once a promise resolves. */
export interface Boxes {
  /** Moves everything from boxes that nobody holds into `box`, whose lock is taken. */
  adopt(box: string): Promise<Left>;
  put(box: string, entry: Entry): Promise<void>;
  remove(box: string, n: number): Promise<void>;
  putBase(box: string, base: Base): Promise<void>;
  /** A second copy of all that is unsent, where iOS is known to lose the first. */
  copy(box: string, entries: readonly Entry[]): Promise<void>;
  release(): void;
}

/** Boxes that live as long as the page: for tests, and for browsers that refuse storage. */
export class MemoryBoxes implements Boxes {
  constructor(private readonly left: Left = { entries: [], bases: [] }) {}
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
  async putBase(_box: string, base: Base): Promise<void> {
    this.base = base;
  }
  async copy(): Promise<void> {}
  release(): void {}
}

/** How long a write may take before the update is sent all the same, in milliseconds: iOS can hang. */
const STORE_PATIENCE_MS = 1000;

/** Wait before the second copy is renewed, in milliseconds. */
const COPY_EVERY_MS = 500;

export class Outbox {
  private readonly waiting: Entry[];
  private last: number;
  private copyTimer: ReturnType<typeof setTimeout> | undefined;
  private copied = false;

  private constructor(
    private readonly boxes: Boxes,
    private readonly box: string,
    readonly bases: readonly Base[],
    entries: readonly Entry[],
  ) {
    this.waiting = [...entries];
    this.last = entries.at(-1)?.n ?? 0;
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

  /**
   * Numbers an update and keeps it. It counts as waiting at once; the promise resolves when it is on the
   * device, or when the device takes too long: sending then protects it better than waiting.
   */
  async add(client: number, bytes: Uint8Array, at: number): Promise<Entry> {
    const entry: Entry = { n: ++this.last, client, bytes, at };
    this.waiting.push(entry);
    this.renewCopy();
    await soon(this.boxes.put(this.box, entry));
    return entry;
  }

  /** Forgets an update that the server has answered. Returns it, or undefined when it was not waiting. */
  settle(n: number): Entry | undefined {
    const at = this.waiting.findIndex((entry) => entry.n === n);
    if (at < 0) return undefined;
    const [entry] = this.waiting.splice(at, 1);
    void soon(this.boxes.remove(this.box, n));
    this.renewCopy();
    return entry;
  }

  /** Keeps the state of the document, so that a reload without network shows the text. */
  async saveBase(base: Base): Promise<void> {
    await soon(this.boxes.putBase(this.box, base));
  }

  /** Writes the second copy now: the page is being hidden and may never come back. */
  copyNow(): void {
    clearTimeout(this.copyTimer);
    this.copyTimer = undefined;
    if (this.waiting.length === 0 && !this.copied) return;
    this.copied = this.waiting.length > 0;
    void soon(this.boxes.copy(this.box, this.waiting));
  }

  private renewCopy(): void {
    this.copyTimer ??= setTimeout(() => this.copyNow(), COPY_EVERY_MS);
  }

  close(): void {
    clearTimeout(this.copyTimer);
    this.boxes.release();
  }
}

/** Waits for a write, but not for ever; a failure is tolerated, for the page still holds the update. */
async function soon(write: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STORE_PATIENCE_MS);
  });
  await Promise.race([write.catch(() => undefined), late]);
  clearTimeout(timer);
}
