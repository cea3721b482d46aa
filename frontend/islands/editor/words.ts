/** The words that updates carry. */
import * as Y from "yjs";
import type { Entry } from "./outbox";

/** What stands in for each letter that was taken out (`motion/rules/redactions.py`). */
const MASK = "\u2592";

/** The characters that an update brings, in the order of writing. */
export function insertedText(update: Uint8Array): string {
  let text = "";
  for (const struct of Y.decodeUpdate(update).structs) {
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentString) text += struct.content.str;
  }
  return text;
}

/** How many letters of a text were taken out of it. */
export function masks(text: Y.Text): number {
  return text.toString().split(MASK).length - 1;
}

/** Reads each entry once, however often its words are asked for. */
export class EntryWords {
  private readonly read = new WeakMap<Entry, string>();

  of(entries: readonly Entry[]): string {
    let all = "";
    for (const entry of entries) {
      const words = this.read.get(entry) ?? insertedText(entry.bytes);
      this.read.set(entry, words);
      all += words;
    }
    return all;
  }
}
