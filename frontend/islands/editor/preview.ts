/** Markdown as it will be read: signs hidden and whole, or shown by "Signes ¶"; headings, lists, quotes. */
import { syntaxTree } from "@codemirror/language";
import {
  EditorSelection,
  EditorState,
  type Extension,
  type Range,
  StateEffect,
  StateField,
  type TransactionSpec,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { fromDocument } from "./binding";

export const setSigns = StateEffect.define<boolean>();

/** Whether the signs are shown. Off by default; never shown by the caret alone, so that no text jumps. */
export const signsShown = StateField.define<boolean>({
  create: () => false,
  update: (shown, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setSigns)) return effect.value;
    return shown;
  },
});

const PREFIX = /^(?:[ \t]*>[ \t]?)*(?: {0,3}#{1,6}(?: |$)|[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+)?/;

/** Length of the hidden signs that open a line: quote, heading, list item. */
export function prefixLength(line: string): number {
  return PREFIX.exec(line)?.[0].length ?? 0;
}

class Bullet extends WidgetType {
  constructor(private readonly sign: string) {
    super();
  }
  override eq(other: Bullet): boolean {
    return other.sign === this.sign;
  }
  toDOM(): HTMLElement {
    const bullet = document.createElement("span");
    bullet.className = "lp-bullet";
    bullet.textContent = this.sign;
    return bullet;
  }
  override ignoreEvent(): boolean {
    return false;
  }
}

const hidden = Decoration.replace({});
const sign = Decoration.mark({ class: "lp-sign" });
const bold = Decoration.mark({ class: "lp-b" });
const italic = Decoration.mark({ class: "lp-i" });
const link = Decoration.mark({ class: "lp-lien" });
const item = Decoration.line({ class: "lp-li" });
const quote = Decoration.line({ class: "lp-q" });
const blank = Decoration.line({ class: "lp-vide" });
const headings = [1, 2, 3, 4, 5, 6].map((level) =>
  Decoration.line({
    class: `lp-h lp-h${level}`,
    // The page's own title is the only heading of the first level.
    attributes: { role: "heading", "aria-level": String(Math.max(2, level)) },
  }),
);

interface Drawing {
  readonly decorations: DecorationSet;
  readonly atoms: DecorationSet;
}

function draw(view: EditorView): Drawing {
  const { state } = view;
  const { doc } = state;
  const show = state.field(signsShown);
  const decorations: Range<Decoration>[] = [];
  const atoms: Range<Decoration>[] = [];
  const hide = (from: number, to: number, shownAs?: Decoration) => {
    if (from >= to) return;
    if (show) decorations.push(sign.range(from, to));
    else {
      decorations.push((shownAs ?? hidden).range(from, to));
      atoms.push(hidden.range(from, to));
    }
  };
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = doc.lineAt(at);
      if (line.text.trim() === "") decorations.push(blank.range(line.from));
      at = line.to + 1;
    }
    syntaxTree(state).iterate({
      from,
      to,
      enter: ({ name, from: start, to: end, node }) => {
        const line = doc.lineAt(start);
        const level = /^ATXHeading(\d)$/.exec(name);
        if (level) decorations.push((headings[Number(level[1]) - 1] as Decoration).range(line.from));
        else if (name === "StrongEmphasis") decorations.push(bold.range(start, end));
        else if (name === "Emphasis") decorations.push(italic.range(start, end));
        else if (name === "ListItem") decorations.push(item.range(line.from));
        // Without an address, "[le destinataire]" is a place to fill in: its brackets stay.
        else if (name === "Link" && node.getChild("URL")) decorations.push(link.range(start, end));
        else if (name === "Blockquote") {
          for (let n = line.number; n <= doc.lineAt(end).number; n++)
            decorations.push(quote.range(doc.line(n).from));
        } else if (name === "EmphasisMark") hide(start, end);
        else if (name === "Escape") hide(start, start + 1);
        else if (name === "LinkMark" && node.parent?.name === "Link" && node.parent.getChild("URL")) {
          const last = node.parent.lastChild;
          // The closing part goes as one: "](address)".
          if (doc.sliceString(start, end) === "[") hide(start, end);
          else if (doc.sliceString(start, end) === "]" && last) hide(start, node.parent.to);
        } else if (name === "HeaderMark" || name === "QuoteMark" || name === "ListMark") {
          const after = doc.sliceString(end, end + 1) === " " ? end + 1 : end;
          if (name === "HeaderMark" && start > line.from + prefixLength(line.text)) hide(start, end);
          else if (name !== "ListMark") hide(start, after);
          else if (after > end) {
            const written = doc.sliceString(start, end);
            hide(
              start,
              after,
              Decoration.replace({ widget: new Bullet(/\d/.test(written) ? written : "–") }),
            );
          }
        }
      },
    });
  }
  return { decorations: Decoration.set(decorations, true), atoms: Decoration.set(atoms, true) };
}

const drawing = ViewPlugin.fromClass(
  class implements Drawing {
    decorations: DecorationSet;
    atoms: DecorationSet;
    constructor(view: EditorView) {
      ({ decorations: this.decorations, atoms: this.atoms } = draw(view));
    }
    update(update: ViewUpdate): void {
      const changed =
        update.docChanged ||
        update.viewportChanged ||
        syntaxTree(update.state) !== syntaxTree(update.startState) ||
        update.state.field(signsShown) !== update.startState.field(signsShown);
      if (changed) ({ decorations: this.decorations, atoms: this.atoms } = draw(update.view));
    }
  },
  {
    decorations: (plugin) => plugin.decorations,
    provide: (plugin) => EditorView.atomicRanges.of((view) => view.plugin(plugin)?.atoms ?? Decoration.none),
  },
);

/** A caret never stands before hidden signs: what is typed there would break them. */
const pastSigns = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.selection || transaction.startState.field(signsShown)) return transaction;
  if (transaction.annotation(fromDocument)) return transaction;
  const { main } = transaction.newSelection;
  if (!main.empty) return transaction;
  const line = transaction.newDoc.lineAt(main.head);
  const length = prefixLength(line.text);
  if (length === 0 || main.head >= line.from + length) return transaction;
  const before = transaction.startState.selection.main.head;
  const leftwards = !transaction.docChanged && before === line.from + length && line.from > 0;
  const head = leftwards && transaction.isUserEvent("select") ? line.from - 1 : line.from + length;
  const moved: TransactionSpec = { selection: EditorSelection.cursor(head), sequential: true };
  return [transaction, moved];
});

/** Deleting one sign of a pair, or all that stands between two, deletes the pair. */
const pairs = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || !transaction.isUserEvent("delete")) return transaction;
  const gone: { from: number; to: number }[] = [];
  transaction.changes.iterChanges((from, to) => gone.push({ from, to }));
  const covers = (from: number, to: number) => gone.some((part) => part.from <= from && part.to >= to);
  const extra: { from: number; to: number }[] = [];
  for (const { from, to } of gone) {
    syntaxTree(transaction.startState).iterate({
      from,
      to,
      enter: ({ name, node }) => {
        if (name !== "StrongEmphasis" && name !== "Emphasis") return;
        const { firstChild: first, lastChild: last } = node;
        if (!first || !last) return;
        const empty = covers(first.to, last.from) && first.to < last.from;
        const broken = covers(first.from, first.to) || covers(last.from, last.to);
        if (!empty && !broken) return;
        for (const mark of [first, last]) {
          if (!covers(mark.from, mark.to)) extra.push({ from: mark.from, to: mark.to });
        }
      },
    });
  }
  return extra.length > 0 ? [transaction, { changes: extra }] : transaction;
});

export const preview: Extension = [signsShown, drawing, pastSigns, pairs];
