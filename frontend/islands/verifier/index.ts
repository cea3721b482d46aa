/**
 * Checking a file on the reader's own device. A proof is computed here; of any other file only the fingerprint leaves,
 * to be recognised by the page, which works without script.
 */
import { check, hex, leafHash, parseCheckpoint, parseProof } from "./proof";

const MAX_BYTES = 50_000_000;

const isEntry = (bytes: Uint8Array): boolean =>
  new TextDecoder().decode(bytes.slice(0, 9)).startsWith('{"body":{');

/** Whether a file is of a kind whose fingerprint is published: another has one too, but nobody could know it. */
const isKnown = (file: File, bytes: Uint8Array | undefined): boolean =>
  /\.json$/i.test(file.name) ? !!bytes && isEntry(bytes) : /\.(md|markdown)(\.txt)?$/i.test(file.name);

export function mount(root: HTMLElement): () => void {
  const files = root.querySelector<HTMLInputElement>("#fichiers");
  const key = root.querySelector<HTMLInputElement>("#cle");
  const result = root.querySelector<HTMLElement>("[data-result]");
  if (!files || !key || !result) throw new Error("verifier: #fichiers, #cle and [data-result] are expected");
  const said = root.dataset;
  let last: (() => Promise<void>) | undefined;

  /** What was checked in part is neither good nor bad: null. */
  const tell = (sentence: string | undefined, isGood: boolean | null) => {
    result.hidden = false;
    result.textContent = sentence ?? "";
    result.classList.toggle("bon", isGood === true);
    result.classList.toggle("mauvais", isGood === false);
  };

  const checkProof = async (text: string, given: Uint8Array | undefined) => {
    const proof = parseProof(text);
    const checkpoint = proof && parseCheckpoint(proof.note);
    if (!proof || !checkpoint) return tell(said.wrongForm, false);
    let entry = given;
    if (!entry) {
      const answer = await fetch(`${said.register}/${proof.number}.json`).catch(() => null);
      if (!answer?.ok) return tell(said.noEntry, false);
      entry = new Uint8Array(await answer.arrayBuffer());
    }
    const verdict = await check(proof, checkpoint, entry, key.value);
    if (verdict === "wrong-entry") return tell(said.wrongEntry, false);
    if (verdict === "wrong-signature") return tell(said.wrongSignature, false);
    if (verdict === "no-signature") return tell(said.noSignature, null);
    if (verdict === "wrong-key") return tell(said.wrongKey, null);
    const good = said.good ?? "";
    tell(good.replace("{number}", `${proof.number}`).replace("{size}", `${checkpoint.size}`), true);
    await tellWhat(proof.number);
  };

  /** Say what the entry is; without network its address is enough. */
  const tellWhat = async (number: bigint) => {
    const link = document.createElement("a");
    link.href = `${said.register}/${number}`;
    link.textContent = said.see ?? "";
    result.append(" ", link);
    const address = `${said.entries}/${number}?lang=${document.documentElement.lang}`;
    const answer = await fetch(address).catch(() => null);
    const sentence = answer?.ok ? ((await answer.json()) as { sentence?: string }).sentence : "";
    if (sentence && link.isConnected) link.before(`${said.what ?? ""} ${sentence}. `);
  };

  const recognise = async (bytes: Uint8Array<ArrayBuffer>) => {
    const digest = isEntry(bytes)
      ? await leafHash(bytes)
      : new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    location.assign(`${said.page}?empreinte=${hex(digest)}#une`);
  };

  const look = async () => {
    const chosen = [...(files.files ?? [])];
    last = undefined;
    if (!chosen.length) return;
    if (chosen.some((file) => file.size > MAX_BYTES)) return tell(said.tooLarge, null);
    if (!globalThis.crypto?.subtle) return tell(said.insecure, false);
    const read = await Promise.all(chosen.map(async (file) => new Uint8Array(await file.arrayBuffer())));
    const at = chosen.findIndex((file) => file.name.endsWith(".tlog-proof"));
    const other = read.find((_bytes, index) => index !== at);
    if (other && !chosen.every((file, index) => index === at || isKnown(file, read[index]))) {
      return tell(said.wrongKind, null);
    }
    if (at < 0) return recognise(other as Uint8Array<ArrayBuffer>);
    last = () => checkProof(new TextDecoder().decode(read[at]), other);
    return last();
  };

  const onFiles = () => void look();
  const onKey = () => void last?.();
  files.addEventListener("change", onFiles);
  key.addEventListener("input", onKey);
  root.hidden = false;
  return () => {
    files.removeEventListener("change", onFiles);
    key.removeEventListener("input", onKey);
  };
}

for (const root of document.querySelectorAll<HTMLElement>("[data-module=verifier]")) mount(root);
