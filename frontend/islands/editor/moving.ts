/**
 * What was written under another login, or under a client id that is somebody else's, goes on under ids of this login.
 *
 * The server ties a client id to the login that first used it, so that nobody writes as somebody else. When a login
 * ends with words still in the outbox and the same official signs in again, those words keep their place in the text
 * but need client ids of the new login. What the server has already stays as it is.
 */
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import type { Entry } from "./outbox";

interface Id {
  readonly client: number;
  readonly clock: number;
}

/**
 * @param entries All that waits, in order.
 * @param session The login that is going to send it.
 * @param known For each client id, how much of it the server has.
 * @param draw Draws a client id that nobody uses.
 * @param taken Client ids of ours that turned out to be somebody else's: what the server has of them is not ours.
 */
export function underLogin(
  entries: readonly Entry[],
  session: string,
  known: ReadonlyMap<number, number>,
  draw: () => number,
  taken: ReadonlySet<number> = new Set(),
): Entry[] {
  const ids = new Map<number, number>();
  for (const { client, session: writer } of entries)
    if ((writer !== session || taken.has(client)) && !ids.has(client)) ids.set(client, draw());
  const from = (client: number) => (taken.has(client) ? 0 : (known.get(client) ?? 0));
  const move = <Place extends Id | null>(id: Place): Place => {
    const next = id ? ids.get(id.client) : undefined;
    if (!id || next === undefined || id.clock < from(id.client)) return id;
    return { client: next, clock: id.clock - from(id.client) } as Place;
  };
  const moved: Entry[] = [];
  for (const entry of entries) {
    const bytes = rewritten(entry.bytes, ids, from, move);
    if (!bytes) continue;
    const own = entry.session === session && !taken.has(entry.client);
    const client = own ? entry.client : (ids.get(entry.client) ?? entry.client);
    moved.push({ ...entry, client, bytes, session, sent: own && entry.sent });
  }
  return moved;
}

/** The update with its ids moved, without what the server has; null when nothing is left of it. */
function rewritten(
  update: Uint8Array,
  ids: ReadonlyMap<number, number>,
  from: (client: number) => number,
  move: <Place extends Id | null>(id: Place) => Place,
): Uint8Array | null {
  const { structs, ds } = Y.decodeUpdate(update);
  const sections = new Map<number, Y.Item[]>();
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue;
    const { id } = struct;
    const behind = ids.has(id.client) ? Math.max(0, from(id.client) - id.clock) : 0;
    if (behind >= struct.length) continue;
    const place = move(Y.createID(id.client, id.clock + behind));
    const origin = behind > 0 ? Y.createID(id.client, id.clock + behind - 1) : struct.origin;
    const right = move(struct.rightOrigin);
    const left = move(origin);
    const content = behind > 0 ? struct.content.splice(behind) : struct.content;
    const name = struct.parent as unknown as Y.AbstractType<unknown>;
    const item = new Y.Item(place, null, left, null, right, name, struct.parentSub, content);
    sections.set(place.client, [...(sections.get(place.client) ?? []), item]);
  }
  const ranges = new Map<number, [number, number][]>();
  const range = (client: number, clock: number, length: number) => {
    if (length > 0) ranges.set(client, [...(ranges.get(client) ?? []), [clock, length]]);
  };
  for (const [client, found] of ds.clients) {
    for (const { clock, len } of found) {
      const kept = ids.has(client) ? Math.min(len, Math.max(0, from(client) - clock)) : len;
      range(client, clock, kept);
      if (kept === len) continue;
      const place = move({ client, clock: clock + kept });
      range(place.client, place.clock, len - kept);
    }
  }
  if (sections.size === 0 && ranges.size === 0) return null;
  return encode(sections, ranges);
}

/** Yjs's first update format: sections of runs, the greatest client id first, then deleted ranges. */
function encode(
  sections: ReadonlyMap<number, readonly Y.Item[]>,
  ranges: ReadonlyMap<number, readonly [number, number][]>,
): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const { restEncoder } = encoder;
  encoding.writeVarUint(restEncoder, sections.size);
  for (const [client, items] of [...sections].sort(([a], [b]) => b - a)) {
    encoding.writeVarUint(restEncoder, items.length);
    encoder.writeClient(client);
    encoding.writeVarUint(restEncoder, items[0]?.id.clock ?? 0);
    for (const item of items) item.write(encoder, 0);
  }
  encoding.writeVarUint(restEncoder, ranges.size);
  for (const [client, found] of [...ranges].sort(([a], [b]) => b - a)) {
    encoding.writeVarUint(restEncoder, client);
    encoding.writeVarUint(restEncoder, found.length);
    for (const [clock, length] of found) {
      encoding.writeVarUint(restEncoder, clock);
      encoding.writeVarUint(restEncoder, length);
    }
  }
  return encoder.toUint8Array();
}
