/**
 * The past of a text, as the server keeps it: chunks of a text and the changes after it. A place is a number of
 * changes since the beginning; positions count characters (code points), as everywhere on the server.
 */

/** Position, characters deleted, text inserted, entry of the record, official (0: the service), milliseconds. */
export type Change = readonly [number, number, string, number, number, number];

export interface Chunk {
  readonly text: string;
  readonly changes: readonly Change[];
}

export interface Index {
  readonly changes: number;
  readonly zone: string;
  readonly chunks: readonly { readonly chunk: number; readonly entry: number; readonly first: number }[];
  readonly people: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly from: number;
    readonly entry: number;
    readonly kind: string;
    readonly official: number;
    readonly said: string;
  }[];
}

/** Chunks kept in memory: going back and forth near a place asks nobody. */
const KEPT = 6;

export class Past {
  /** Changes made so far. */
  place = 0;
  /** The change that led here; none before the first. */
  last: Change | undefined;
  private letters: string[] = [];
  private at = -1;
  private asked = 0;
  private chunk: Chunk = { text: "", changes: [] };
  private readonly kept = new Map<number, Chunk>();

  constructor(
    readonly index: Index,
    private readonly load: (chunk: number) => Promise<Chunk>,
  ) {}

  get text(): string {
    return this.letters.join("");
  }

  /** Goes to a place, once its chunk is there; false, and stays, when another call has asked for one since. */
  async go(place: number): Promise<boolean> {
    this.asked += 1;
    const mine = this.asked;
    const wanted = Math.max(0, Math.min(this.index.changes, place));
    const number = this.chunkOf(wanted);
    const chunk = await this.read(number);
    if (mine !== this.asked) return false;
    const first = this.index.chunks[number]?.first ?? 0;
    if (number !== this.at || wanted < this.place) {
      this.letters = Array.from(chunk.text);
      this.at = number;
      this.chunk = chunk;
      this.place = first;
      this.last = undefined;
    }
    while (this.place < wanted) {
      const change = this.chunk.changes[this.place - first];
      if (!change) break;
      this.letters.splice(change[0], change[1], ...Array.from(change[2]));
      this.last = change;
      this.place += 1;
    }
    return true;
  }

  /** The change that comes next, from what is loaded; the chunk after it is asked for in time. */
  async next(): Promise<Change | undefined> {
    if (this.place >= this.index.changes) return undefined;
    const number = this.chunkOf(this.place + 1);
    const chunk = await this.read(number);
    return chunk.changes[this.place - (this.index.chunks[number]?.first ?? 0)];
  }

  /** The place after the last change of an entry. */
  async placeOf(entry: number): Promise<number> {
    let number = 0;
    for (const [at, line] of this.index.chunks.entries()) if (line.entry < entry) number = at;
    const chunk = await this.read(number);
    const made = chunk.changes.filter((change) => change[3] <= entry).length;
    return (this.index.chunks[number]?.first ?? 0) + made;
  }

  /** The chunk whose changes end at or after a place: the one that has the change leading to it. */
  private chunkOf(place: number): number {
    let low = 0;
    let high = this.index.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.index.chunks[middle]?.first ?? 0) < place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async read(number: number): Promise<Chunk> {
    const known = this.kept.get(number);
    if (known) return known;
    const chunk = await this.load(this.index.chunks[number]?.chunk ?? 0);
    this.kept.set(number, chunk);
    for (const old of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(old);
    }
    return chunk;
  }
}
