/** Boxes in IndexedDB, with a second copy of what is unsent in the Cache API and locks between tabs. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { Base, Boxes, Entry, Left } from "./outbox";

const DATABASE = "motion-outbox";
const COPIES = "motion-unsent";
/** How long a tab without the Locks API counts as alive after its last beat, in milliseconds. */
const BEAT_MS = 4000;
/** How long to wait for the lock of this same tab's page before a reload, in milliseconds. */
const RELOAD_MS = 1500;

interface UpdateRow extends Entry {
  readonly motion: string;
  readonly box: string;
}

interface BaseRow {
  readonly motion: string;
  readonly box: string;
  readonly base: Base;
}

export class DeviceBoxes implements Boxes {
  readonly lasting = true;
  private database: Promise<IDBDatabase> | null = null;
  private readonly releases: (() => void)[] = [];

  /** @param motion Congress, motion and official: another official's text is never sent as one's own. */
  constructor(private readonly motion: string) {}

  async adopt(box: string): Promise<Left> {
    const session = `motion-box:${this.motion}`;
    const before = read(() => sessionStorage.getItem(session));
    read(() => sessionStorage.setItem(session, box));
    await this.hold(box, 0);
    const rows = await this.rows();
    const copies = await this.copies();
    const names = new Set([...rows.updates, ...rows.bases].map((row) => row.box));
    for (const name of copies.keys()) names.add(name);
    names.delete(box);
    const free: string[] = [];
    for (const name of names) if (await this.hold(name, name === before ? RELOAD_MS : 0)) free.push(name);
    const entries: Entry[] = [];
    for (const name of free) {
      const stored = rows.updates.filter((row) => row.box === name);
      const known = new Set(stored.map((row) => row.n));
      // What only the copy knows may be part of something merged and sent since: never to be merged again.
      const lost = (copies.get(name) ?? [])
        .filter((entry) => !known.has(entry.n))
        .map((entry): Entry => ({ ...entry, sent: true }));
      entries.push(...[...stored, ...lost].sort((a, b) => a.n - b.n));
    }
    const renumbered = entries.map(({ client, bytes, at, session = "", sent = true }, i): Entry => {
      return { n: i + 1, client, bytes, at, session, sent };
    });
    const bases = rows.bases.filter((row) => free.includes(row.box)).map((row) => row.base);
    await this.run(["updates", "bases"], (updates, stored) => {
      for (const row of rows.updates) if (free.includes(row.box)) updates.delete([row.box, row.n]);
      for (const name of free) stored.delete(name);
      for (const entry of renumbered) updates.put({ ...entry, motion: this.motion, box });
      // Several closed tabs may each have left a state; all of them go on under the new box.
      bases.forEach((base, i) => {
        stored.put({ motion: this.motion, box: i === 0 ? box : `${box}+${i}`, base });
      });
    });
    if (renumbered.length > 0) await this.copy(box, renumbered);
    for (const name of free) await this.copy(name, []);
    return { entries: renumbered, bases };
  }

  put(box: string, entry: Entry): Promise<void> {
    return this.run(["updates"], (updates) => updates.put({ ...entry, motion: this.motion, box }));
  }

  remove(box: string, n: number): Promise<void> {
    return this.run(["updates"], (updates) => updates.delete([box, n]));
  }

  replace(box: string, gone: readonly number[], by: readonly Entry[]): Promise<void> {
    return this.run(["updates"], (updates) => {
      for (const n of gone) updates.delete([box, n]);
      for (const entry of by) updates.put({ ...entry, motion: this.motion, box });
    });
  }

  putBase(box: string, base: Base): Promise<void> {
    return this.run(["bases"], (bases) => {
      bases.delete(adopted(box));
      bases.put({ motion: this.motion, box, base });
    });
  }

  dropBases(box: string): Promise<void> {
    return this.run(["bases"], (bases) => {
      bases.delete(box);
      bases.delete(adopted(box));
    });
  }

  async copy(box: string, entries: readonly Entry[]): Promise<void> {
    if (typeof caches === "undefined") return;
    const cache = await caches.open(COPIES);
    const address = this.address(box);
    if (entries.length === 0) {
      await cache.delete(address);
      return;
    }
    await cache.put(address, new Response(new Blob([write(entries) as BlobPart])));
  }

  release(): void {
    for (const release of this.releases) release();
    this.releases.length = 0;
    void this.database?.then(
      (database) => database.close(),
      () => undefined,
    );
  }

  private address(box: string): string {
    return `/.motion-unsent/${encodeURIComponent(this.motion)}/${encodeURIComponent(box)}`;
  }

  private async copies(): Promise<Map<string, Entry[]>> {
    const found = new Map<string, Entry[]>();
    if (typeof caches === "undefined") return found;
    try {
      const cache = await caches.open(COPIES);
      const prefix = this.address("");
      for (const request of await cache.keys()) {
        const path = new URL(request.url).pathname;
        if (!path.startsWith(prefix)) continue;
        const body = await cache.match(request);
        if (!body) continue;
        const name = decodeURIComponent(path.slice(prefix.length));
        found.set(name, parse(new Uint8Array(await body.arrayBuffer())));
      }
    } catch {
      // Private windows refuse the Cache API: the first copy in IndexedDB is then the only one.
    }
    return found;
  }

  /** Takes a box's lock for as long as the page lives. False when another tab holds it. */
  private hold(box: string, waitMs: number): Promise<boolean> {
    if (!navigator.locks) return Promise.resolve(this.beat(box));
    return new Promise((resolve) => {
      const options: LockOptions =
        waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
      const held = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        if (lock === null) return undefined;
        return new Promise<void>((release) => {
          this.releases.push(release);
        });
      };
      navigator.locks.request(`motion-box:${box}`, options, held).catch(() => resolve(false));
    });
  }

  /** Locks exist on secure addresses only. On a hall's plain HTTP a beat in localStorage stands in. */
  private beat(box: string): boolean {
    const key = `motion-box:${box}`;
    const last = Number(read(() => localStorage.getItem(key)) ?? 0);
    if (Date.now() - last < BEAT_MS) return false;
    const tick = () => read(() => localStorage.setItem(key, String(Date.now())));
    tick();
    const timer = setInterval(tick, BEAT_MS / 4);
    const release = () => {
      clearInterval(timer);
      read(() => localStorage.removeItem(key));
    };
    this.releases.push(release);
    addEventListener("pagehide", release, { once: true });
    return true;
  }

  private open(): Promise<IDBDatabase> {
    this.database ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        const updates = request.result.createObjectStore("updates", { keyPath: ["box", "n"] });
        updates.createIndex("motion", "motion");
        request.result.createObjectStore("bases", { keyPath: "box" }).createIndex("motion", "motion");
      };
      request.onsuccess = () => {
        // iOS closes the connection of a page that slept: the next write opens another.
        request.result.onclose = () => {
          this.database = null;
        };
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    this.database.catch(() => {
      this.database = null;
    });
    return this.database;
  }

  private async run(
    names: ("updates" | "bases")[],
    work: (first: IDBObjectStore, second: IDBObjectStore) => void,
    again = true,
  ): Promise<void> {
    try {
      const database = await this.open();
      await new Promise<void>((resolve, reject) => {
        const transaction = database.transaction(names, "readwrite");
        const stores = names.map((name) => transaction.objectStore(name));
        const first = stores[0] as IDBObjectStore;
        work(first, stores[1] ?? first);
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
    } catch (error) {
      this.database = null;
      if (!again) throw error;
      await this.run(names, work, false);
    }
  }

  private async rows(): Promise<{ updates: UpdateRow[]; bases: BaseRow[] }> {
    const database = await this.open();
    const all = <Row>(name: string) =>
      new Promise<Row[]>((resolve, reject) => {
        const request = database.transaction(name).objectStore(name).index("motion").getAll(this.motion);
        request.onsuccess = () => resolve(request.result as Row[]);
        request.onerror = () => reject(request.error);
      });
    return { updates: await all<UpdateRow>("updates"), bases: await all<BaseRow>("bases") };
  }
}

/** States of closed tabs that a box has taken in beside its own (`adopt`). */
function adopted(box: string): IDBKeyRange {
  return IDBKeyRange.bound(`${box}+`, `${box}+\uffff`);
}

/** Storage throws where the person has forbidden it; then there is nothing to read. */
function read<Value>(from: () => Value): Value | null {
  try {
    return from();
  } catch {
    return null;
  }
}

function write(entries: readonly Entry[]): Uint8Array {
  const e = encoding.createEncoder();
  encoding.writeVarUint(e, entries.length);
  for (const entry of entries) {
    encoding.writeVarUint(e, entry.n);
    encoding.writeVarUint(e, entry.client);
    encoding.writeVarUint(e, entry.at);
    encoding.writeVarString(e, entry.session);
    encoding.writeVarUint(e, 2 * (entry.typedFor ?? 0) + Number(entry.sent));
    encoding.writeVarUint8Array(e, entry.bytes);
  }
  return encoding.toUint8Array(e);
}

function parse(body: Uint8Array): Entry[] {
  const d = decoding.createDecoder(body);
  const entries: Entry[] = [];
  for (let left = decoding.readVarUint(d); left > 0; left--) {
    const n = decoding.readVarUint(d);
    const client = decoding.readVarUint(d);
    const at = decoding.readVarUint(d);
    const session = decoding.readVarString(d);
    const flags = decoding.readVarUint(d);
    const [sent, typedFor] = [flags % 2 === 1, Math.floor(flags / 2)];
    entries.push({ n, client, at, session, typedFor, sent, bytes: decoding.readVarUint8Array(d) });
  }
  return entries;
}
