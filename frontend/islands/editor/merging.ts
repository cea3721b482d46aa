/** Merges updates that were never sent, within what the server takes as one (`motion/live/updates.py`, `Limits`). */
import * as Y from "yjs";
import type { Entry } from "./outbox";

/** Below the server's 16 KiB, 2,000 runs of text, 2,000 deleted ranges and 20,000 characters. */
const MOST = { bytes: 14_000, structs: 1800, ranges: 1800, characters: 18_000 } as const;
/** Updates merged at once: merging costs the square of their number. */
const BATCH = 32;

type Size = Record<keyof typeof MOST, number>;

/**
 * Neighbours of one client id, one login and typed for one as one entry each, marked as sent; the oldest gives its number and hour.
 * A null stands for what is not to be touched: nothing is merged across it.
 */
export function grouped(entries: readonly (Entry | null)[]): Entry[] {
  const groups: { entries: Entry[]; size: Size }[] = [];
  let last: (typeof groups)[number] | null = null;
  for (const entry of entries) {
    if (!entry) {
      last = null;
      continue;
    }
    const size = sizeOf(entry.bytes);
    const first: Entry | undefined = last?.entries[0];
    const isSame =
      first?.client === entry.client &&
      first.session === entry.session &&
      (first.typedFor ?? 0) === (entry.typedFor ?? 0);
    if (last && isSame && fits(last.size, size)) {
      last.entries.push(entry);
      for (const key of keys) last.size[key] += size[key];
    } else {
      last = { entries: [entry], size };
      groups.push(last);
    }
  }
  return groups.map((group): Entry => {
    const [first] = group.entries as [Entry];
    return { ...first, bytes: merged(group.entries.map((entry) => entry.bytes)), sent: true };
  });
}

const keys = Object.keys(MOST) as (keyof typeof MOST)[];

/** A merged update is never larger than the sum of its parts. */
function fits(one: Size, other: Size): boolean {
  return keys.every((key) => one[key] + other[key] <= MOST[key]);
}

function sizeOf(update: Uint8Array): Size {
  const { structs, ds } = Y.decodeUpdate(update);
  let ranges = 0;
  for (const found of ds.clients.values()) ranges += found.length;
  const characters = structs.reduce((sum, struct) => sum + struct.length, 0);
  return { bytes: update.length, structs: structs.length, ranges, characters };
}

function merged(updates: Uint8Array[]): Uint8Array {
  let left = updates;
  while (left.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < left.length; at += BATCH) next.push(Y.mergeUpdates(left.slice(at, at + BATCH)));
    left = next;
  }
  return left[0] as Uint8Array;
}
