/**
 * What the server reads in the text: the number of each heading, and who wrote how much. The rule is the server's alone
 * (`motion/rules/headings.py`); between two answers the labels stay with their lines.
 */
import {
  type EditorState,
  type Extension,
  type Range,
  StateEffect,
  StateField,
  type Text,
} from "@codemirror/state";
import { Decoration, EditorView, type ViewUpdate } from "@codemirror/view";
import { headingLevel } from "./numbering";

/** A heading as the server read it: its line of the source, its label ("Article 2"), a number that was typed. */
export interface ServerHeading {
  readonly row: number;
  readonly text: string;
  readonly label: string;
  readonly typed: string;
}

export interface ServerPlan {
  readonly number: number;
  readonly headings: readonly ServerHeading[];
  /** Official, characters read, style (0 beyond the sixth); most first. */
  readonly authors: readonly (readonly [string, number, number])[];
}

/** The label of the heading whose line starts at `at`. */
export interface Label {
  readonly at: number;
  readonly label: string;
  readonly typed: string;
}

/** Lays the server's headings on those of a text, which may have moved on; what has no answer keeps its label. */
export function layOn(
  lines: Iterable<string>,
  headings: readonly ServerHeading[],
  before: readonly Label[] = [],
): Label[] {
  const own: { at: number; text: string }[] = [];
  let at = 0;
  for (const text of lines) {
    if (headingLevel(text) > 0) own.push({ at, text });
    at += text.length + 1;
  }
  const inStep = own.length === headings.length;
  const labels: Label[] = [];
  let next = 0;
  own.forEach((one, index) => {
    const found = inStep ? index : headings.findIndex(({ text }, i) => i >= next && text === one.text);
    const heading = headings[found];
    if (heading) {
      next = found + 1;
      if (heading.label) labels.push({ at: one.at, label: heading.label, typed: heading.typed });
    } else labels.push(...before.filter((label) => label.at === one.at));
  });
  return labels;
}

/** What to show before the words of a heading, and how much of them is a number that is not shown. */
export function shownLabel(
  line: string,
  { label, typed }: Label,
): { before: string; from: number; to: number } {
  const signs = /^[ \t]*#{1,6}[ \t]*/.exec(line)?.[0].length ?? 0;
  const stands = typed !== "" && line.startsWith(typed, signs);
  // "Article 2. " was typed in the right place: it says so already.
  if (stands && typed.startsWith(label) && !/\d/.test(typed.charAt(label.length)))
    return { before: "", from: signs, to: signs };
  return { before: label, from: signs, to: stands ? signs + typed.length : signs };
}

export const setPlan = StateEffect.define<ServerPlan>();

export const labels = StateField.define<readonly Label[]>({
  create: () => [],
  update: (value, transaction) => {
    let current = value;
    const { newDoc } = transaction;
    if (transaction.docChanged && value.length > 0) {
      const moved = new Map<number, Label>();
      for (const label of value) {
        const line = newDoc.lineAt(transaction.changes.mapPos(label.at, 1));
        if (headingLevel(line.text) > 0) moved.set(line.from, { ...label, at: line.from });
      }
      current = [...moved.values()];
    }
    for (const effect of transaction.effects) {
      if (effect.is(setPlan)) current = layOn(newDoc.iterLines(), effect.value.headings, current);
    }
    return current;
  },
});

const unshown = Decoration.mark({ class: "lp-tape" });

/**
 * The label is content that the style generates: nobody can edit, select or break it, no widget stands beside the caret
 * (dead keys), and screen readers read it as part of the heading.
 */
const drawn = EditorView.decorations.compute([labels, "doc"], (state) => {
  const found: Range<Decoration>[] = [];
  for (const label of state.field(labels)) {
    if (label.at > state.doc.length) continue;
    const line = state.doc.lineAt(label.at);
    const { before, from, to } = shownLabel(line.text, label);
    if (before) found.push(Decoration.line({ attributes: { "data-label": `${before}.` } }).range(line.from));
    if (to > from) found.push(unshown.range(line.from + from, line.from + to));
  }
  return Decoration.set(found, true);
});

/** The labels by the index at which their heading's line starts. */
export function labelsAt(state: EditorState): ReadonlyMap<number, Label> {
  return new Map(state.field(labels).map((label) => [label.at, label]));
}

export const numberedHeadings: Extension = [labels, drawn];

/** Whether a change made, moved into or took away a heading: the numbers may be others. */
export function touchesHeading({ changes, startState, state }: ViewUpdate): boolean {
  let touches = false;
  const among = (doc: Text, from: number, to: number) => {
    const last = doc.lineAt(to).number;
    for (let n = doc.lineAt(from).number; n <= last && !touches; n++)
      touches = headingLevel(doc.line(n).text) > 0;
  };
  changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    among(startState.doc, fromA, toA);
    among(state.doc, fromB, toB);
  });
  return touches;
}

/** First wait after a heading has changed, in milliseconds; by chance up to twice that, for all hear of it at once. */
const ASK_MS = 700;
/** The server makes a plan once a second: wait before it is asked again for what it could not know yet. */
const AGAIN_MS = 1500;

/** Asks the server for the plan, not too often. */
export class PlanAsker {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  constructor(
    private readonly url: string,
    private readonly onPlan: (plan: ServerPlan) => void,
    /** Whether the text has headings that the plan does not know. */
    private readonly isBehind: (plan: ServerPlan) => boolean,
  ) {}

  /** Something that the plan depends on has changed. */
  soon(wait: number = ASK_MS * (1 + Math.random())): void {
    this.timer ??= setTimeout(() => void this.ask(), wait);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private again = 0;

  private async ask(): Promise<void> {
    this.timer = undefined;
    if (this.asking) return this.soon();
    this.asking = true;
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const plan = (await answer.json()) as ServerPlan;
      this.onPlan(plan);
      this.again = this.isBehind(plan) ? this.again + 1 : 0;
      if (this.again > 0 && this.again < 4) this.soon(AGAIN_MS * this.again);
    } catch {
      // Offline: the labels stay as they are, and the next change asks again.
    } finally {
      this.asking = false;
    }
  }
}
