import { clockWords, type EditorPage, fill, plural } from "./page";

/** What is known about the saving of the text, from which the words follow. */
export interface SavingFacts {
  readonly online: boolean;
  /** The server's state was received at least once on this page. */
  readonly joined: boolean;
  /** Sentences that the server has not acknowledged; 0 when all is acknowledged. */
  readonly unsent: number;
  /** Those of them that are on the device: a reload brings them back. */
  readonly kept: number;
  /** The device does not keep what it is given. */
  readonly refuses: boolean;
  /** How long the oldest of them has waited, in milliseconds. */
  readonly waitedMs: number;
  /** When the last acknowledgement came. */
  readonly savedAt: Date | null;
  /** Why one may not write; empty when one may. */
  readonly readOnly: string;
}

export interface SavingWords {
  readonly kind: "joining" | "saved" | "saving" | "unsent" | "unkept" | "offline" | "read-only";
  /** The whole sentence. */
  readonly words: string;
  /** What a telephone has room for. */
  readonly short: string;
}

/** Beyond this wait a text being saved counts as kept here and unsent, in milliseconds. */
const PATIENCE_MS = 8000;

/**
 * The state of the text in plain words. Nothing is called saved before the server has said so, nor kept before the
 * device has.
 */
export function savingWords(facts: SavingFacts, page: EditorPage): SavingWords {
  const { texts } = page;
  if (facts.unsent > 0 && (!facts.online || facts.waitedMs > PATIENCE_MS)) {
    const counted = (count: number, one: string, other: string) => ({
      words: plural(page.language, count, one, other),
      short: fill(texts.unsent_short, { count }),
    });
    if (facts.refuses)
      return { kind: "unkept", ...counted(facts.unsent, texts.unkept_one, texts.unkept_other) };
    if (facts.kept === 0) return { kind: "saving", words: texts.keeping, short: texts.saving };
    return { kind: "unsent", ...counted(facts.kept, texts.unsent_one, texts.unsent_other) };
  }
  if (facts.readOnly) {
    // The server's own sentence may open with the same words.
    const opening = texts.read_only.split("{")[0] as string;
    const isWhole = facts.readOnly.startsWith(opening.trimEnd());
    const words = isWhole ? facts.readOnly : fill(texts.read_only, { reason: facts.readOnly });
    return { kind: "read-only", words, short: texts.read_only_short };
  }
  if (!facts.online && facts.joined) return { kind: "offline", words: texts.offline, short: texts.offline };
  if (!facts.joined) return { kind: "joining", words: texts.joining, short: texts.joining };
  if (facts.unsent > 0) return { kind: "saving", words: texts.saving, short: texts.saving };
  if (facts.savedAt) {
    const time = clockWords(facts.savedAt, page);
    return { kind: "saved", words: fill(texts.saved, { time }), short: time };
  }
  return { kind: "joining", words: texts.joining, short: texts.joining };
}

/** How many sentences a text holds; what is not empty has at least one. */
export function sentences(text: string): number {
  return Math.max(1, text.split(/[.!?…\n]+/).filter((part) => part.trim() !== "").length);
}
