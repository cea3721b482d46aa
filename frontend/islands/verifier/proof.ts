/**
 * A proof file (C2SP tlog-proof) checked in the browser: RFC 6962 inclusion, RFC 9162 section 2.1.3.2, then the
 * Ed25519 signature of the checkpoint. Formats: motion/record/FORMAT.md. Nothing here asks anything of the network.
 */

export interface Proof {
  readonly number: bigint;
  readonly hashes: readonly Uint8Array[];
  readonly note: string;
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  /** What is signed: the three lines, each with its end. */
  readonly signed: string;
  readonly signatures: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

interface Key {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array;
}

export type Verdict = "good" | "wrong-entry" | "wrong-signature" | "no-signature" | "wrong-key";

const HASH_BYTES = 32;
const KEY_ID_BYTES = 4;
const KEY_BYTES = 33; // the algorithm, then an Ed25519 key
const ED25519 = 1;
const MAX_HASHES = 64;

/** Bytes of a base64 text; null when it is none. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Read a proof file; null when it is none. */
export function parseProof(text: string): Proof | null {
  const gap = text.indexOf("\n\n");
  const lines = text.slice(0, gap).split("\n");
  if (gap < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") return null;
  if (lines[0]?.startsWith("extra ")) lines.shift();
  const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines.shift() ?? "");
  const hashes = lines.map(fromBase64);
  if (!index || hashes.length > MAX_HASHES) return null;
  const whole = hashes.filter((hash): hash is Uint8Array => hash?.length === HASH_BYTES);
  if (whole.length !== hashes.length) return null;
  return { number: BigInt(index[1] as string), hashes: whole, note: text.slice(gap + 2) };
}

/** Read a checkpoint; null when it is none. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const gap = note.indexOf("\n\n");
  const [origin, size, root, ...more] = note.slice(0, gap).split("\n");
  const bytes = fromBase64(root ?? "");
  if (gap < 0 || !origin || !/^(0|[1-9][0-9]{0,18})$/.test(size ?? "") || bytes?.length !== HASH_BYTES)
    return null;
  if (more.length) return null;
  const signatures = [];
  for (const line of note.slice(gap + 2).split("\n")) {
    const [dash, name, value] = line.split(" ");
    const signature = fromBase64(value ?? "");
    if (dash === "—" && name && signature) signatures.push({ name, bytes: signature });
  }
  return { origin, size: BigInt(size as string), root: bytes, signed: note.slice(0, gap + 1), signatures };
}

async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

export const leafHash = (entry: Uint8Array): Promise<Uint8Array> => sha256(Uint8Array.of(0), entry);

const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Uint8Array> =>
  sha256(Uint8Array.of(1), left, right);

export const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const same = (one: Uint8Array, other: Uint8Array): boolean => hex(one) === hex(other);

/** The root to which a leaf and its siblings lead; null when there are too many or too few of them. */
async function rootOf(leaf: Uint8Array, { number, hashes }: Proof, size: bigint): Promise<Uint8Array | null> {
  if (number >= size) return null;
  let [node, last, hash] = [number, size - 1n, leaf];
  for (const sibling of hashes) {
    if (last === 0n) return null;
    if (node % 2n === 1n || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node % 2n === 0n && node !== 0n) {
        node /= 2n;
        last /= 2n;
      }
    } else hash = await nodeHash(hash, sibling);
    node /= 2n;
    last /= 2n;
  }
  return last === 0n ? hash : null;
}

/** Read a key as it is printed (C2SP signed-note); null when a sign is missing or wrong: it names its own start. */
async function parseKey(text: string): Promise<Key | null> {
  const [name, id, ...rest] = text.replace(/\s+/g, "").split("+");
  const material = fromBase64(rest.join("+"));
  if (!name || !id || material?.length !== KEY_BYTES || material[0] !== ED25519) return null;
  const digest = await sha256(new TextEncoder().encode(`${name}\n`), material);
  return hex(digest.slice(0, KEY_ID_BYTES)) === id ? { name, id, bytes: material.slice(1) } : null;
}

/** Whether the log's key signed this checkpoint; null when this browser knows no Ed25519. */
async function isSigned(checkpoint: Checkpoint, { name, id, bytes: key }: Key): Promise<boolean | null> {
  if (name !== checkpoint.origin) return false;
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", new Uint8Array(key), { name: "Ed25519" }, false, [
      "verify",
    ]);
  } catch {
    return null;
  }
  const signed = new TextEncoder().encode(checkpoint.signed);
  for (const { name: signer, bytes } of checkpoint.signatures) {
    if (signer !== name || hex(bytes.slice(0, KEY_ID_BYTES)) !== id) continue;
    if (await crypto.subtle.verify({ name: "Ed25519" }, imported, bytes.slice(KEY_ID_BYTES), signed))
      return true;
  }
  return false;
}

/** Check that an entry is in the log that this key signs. */
export async function check(
  proof: Proof,
  checkpoint: Checkpoint,
  entry: Uint8Array,
  key: string,
): Promise<Verdict> {
  const whole = await parseKey(key);
  if (!whole) return "wrong-key";
  const root = await rootOf(await leafHash(entry), proof, checkpoint.size);
  if (!root || !same(root, checkpoint.root)) return "wrong-entry";
  const signed = await isSigned(checkpoint, whole);
  if (signed === null) return "no-signature";
  return signed ? "good" : "wrong-signature";
}
