/**
 * What this device keeps of files on their way: addresses, so that another visit goes on, and of what was recorded here
 * the bytes themselves. Everything belongs to one person at one congress (`owner`), and nothing outlives a week.
 */

export interface KeptUpload {
  readonly id: string;
  readonly owner: string;
  readonly address: string | null;
  readonly name: string;
  readonly size: number;
  /** See `fingerprint.ts`; of a recording, empty. */
  readonly fingerprint: string;
  /** The recording whose bytes it sends. */
  readonly recording?: string;
  readonly at: number;
}

export interface KeptRecording {
  readonly id: string;
  readonly owner: string;
  readonly kind: "video" | "sound";
  /** Media type, as the browser that recorded it says. */
  readonly type: string;
  readonly at: number;
  readonly seconds: number;
}

interface Chunk {
  readonly recording: string;
  readonly n: number;
  readonly bytes: Blob | ArrayBuffer;
}

/** What a device keeps while files are on their way. */
export interface Keeping {
  readonly owner: string;
  /** False once the device has refused to keep something. */
  readonly lasts: boolean;
  open(now: number): Promise<{ uploads: KeptUpload[]; recordings: KeptRecording[] }>;
  putUpload(row: KeptUpload): Promise<void>;
  removeUpload(id: string): Promise<void>;
  putRecording(row: KeptRecording): Promise<void>;
  putChunk(row: KeptRecording, n: number, bytes: Blob): Promise<void>;
  recorded(row: KeptRecording): Promise<Blob | null>;
  removeRecording(id: string): Promise<void>;
}

/** A device that is everybody's: what one person records goes with the page, and nothing is written down. */
export const forgetful: Keeping = {
  owner: "",
  lasts: true,
  open: async () => ({ uploads: [], recordings: [] }),
  putUpload: async () => {},
  removeUpload: async () => {},
  putRecording: async () => {},
  putChunk: async () => {},
  recorded: async () => null,
  removeRecording: async () => {},
};

const DATABASE = "motion-depot";
/** As the server keeps them. */
const KEPT_MS = 7 * 86_400_000;
type Name = "uploads" | "recordings" | "chunks";

export class Shelf implements Keeping {
  /** False once the device has refused to keep something. */
  lasts = true;
  private database: Promise<IDBDatabase> | null = null;

  constructor(readonly owner: string) {}

  /** What is left from before; what is old, or another person's, is thrown away. */
  async open(now: number): Promise<{ uploads: KeptUpload[]; recordings: KeptRecording[] }> {
    try {
      const [uploads, recordings] = await Promise.all([
        this.all<KeptUpload>("uploads"),
        this.all<KeptRecording>("recordings"),
      ]);
      const mine = (row: KeptUpload | KeptRecording) => row.owner === this.owner && now - row.at < KEPT_MS;
      const left = recordings.filter(mine);
      const known = new Set(left.map(({ id }) => id));
      const holds = (row: KeptUpload) => mine(row) && (!row.recording || known.has(row.recording));
      for (const row of uploads) if (!holds(row)) await this.removeUpload(row.id);
      for (const row of recordings) if (!mine(row)) await this.removeRecording(row.id);
      return { uploads: uploads.filter(holds), recordings: left };
    } catch {
      this.lasts = false;
      return { uploads: [], recordings: [] };
    }
  }

  putUpload(row: KeptUpload): Promise<void> {
    return this.write(["uploads"], (store) => store("uploads").put(row));
  }

  removeUpload(id: string): Promise<void> {
    return this.write(["uploads"], (store) => store("uploads").delete(id));
  }

  putRecording(row: KeptRecording): Promise<void> {
    return this.write(["recordings"], (store) => store("recordings").put(row));
  }

  /** A second of a recording, with what is known of the whole. */
  async putChunk(row: KeptRecording, n: number, bytes: Blob): Promise<void> {
    const put = (kept: Blob | ArrayBuffer) =>
      this.run(["recordings", "chunks"], "readwrite", (store) => {
        store("recordings").put(row);
        store("chunks").put({ recording: row.id, n, bytes: kept } satisfies Chunk);
      });
    try {
      await put(bytes);
    } catch {
      try {
        // Safari's private windows keep buffers, and no blobs.
        await put(await bytes.arrayBuffer());
      } catch {
        this.lasts = false;
      }
    }
  }

  /** The bytes of a recording; null when there are none. */
  async recorded(row: KeptRecording): Promise<Blob | null> {
    const database = await this.connect();
    const rows = await new Promise<Chunk[]>((resolve, reject) => {
      const request = database.transaction("chunks").objectStore("chunks").getAll(ofRecording(row.id));
      request.onsuccess = () => resolve(request.result as Chunk[]);
      request.onerror = () => reject(request.error);
    });
    return rows.length
      ? new Blob(
          rows.map(({ bytes }) => bytes),
          { type: row.type },
        )
      : null;
  }

  removeRecording(id: string): Promise<void> {
    return this.write(["recordings", "chunks"], (store) => {
      store("recordings").delete(id);
      store("chunks").delete(ofRecording(id));
    });
  }

  private async write(names: Name[], work: (store: (name: Name) => IDBObjectStore) => void): Promise<void> {
    try {
      await this.run(names, "readwrite", work);
    } catch {
      this.lasts = false;
    }
  }

  private async run(
    names: Name[],
    mode: IDBTransactionMode,
    work: (store: (name: Name) => IDBObjectStore) => void,
  ): Promise<void> {
    const database = await this.connect();
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(names, mode);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      work((name) => transaction.objectStore(name));
    });
  }

  private async all<Row>(name: Name): Promise<Row[]> {
    const database = await this.connect();
    return new Promise((resolve, reject) => {
      const request = database.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result as Row[]);
      request.onerror = () => reject(request.error);
    });
  }

  private connect(): Promise<IDBDatabase> {
    this.database ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("uploads", { keyPath: "id" });
        request.result.createObjectStore("recordings", { keyPath: "id" });
        request.result.createObjectStore("chunks", { keyPath: ["recording", "n"] });
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
}

function ofRecording(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}

/** How long to wait for the lock of this same tab's page before a reload, in milliseconds. */
const RELOAD_MS = 1_500;

/** Takes a name for as long as this page lives. False when another tab has it. */
export function hold(name: string): Promise<boolean> {
  // Locks exist on secure addresses only; without them the server tells two senders of one file apart (423).
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), RELOAD_MS);
    const options = { signal: waiting.signal };
    const held = () => {
      clearTimeout(timer);
      resolve(true);
      return new Promise<void>(() => {});
    };
    navigator.locks.request(`motion-depot:${name}`, options, held).catch(() => resolve(false));
  });
}
