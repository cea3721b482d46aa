/** Ties a CodeMirror view to a Y.Text, with undo of one's own edits only. */
import {
  Annotation,
  type ChangeSpec,
  EditorState,
  type Extension,
  type Transaction,
} from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import * as Y from "yjs";
import { clean, pieces } from "./filter";

/** Marks changes that come from the document, not from this person's hands. */
export const fromDocument = Annotation.define<boolean>();

/** Longest text of one insertion, in UTF-16 units, so that a long paste travels in several updates. */
const PIECE = 4000;

export class TextBinding {
  undo: Y.UndoManager;
  private view: EditorView | null = null;

  constructor(private text: Y.Text) {
    this.undo = this.makeUndo();
    this.text.observe(this.pull);
  }

  readonly extension: Extension = [
    EditorView.updateListener.of((update) => {
      for (const transaction of update.transactions) {
        if (transaction.docChanged && !transaction.annotation(fromDocument)) this.push(transaction);
      }
    }),
    EditorState.transactionFilter.of(acceptable),
  ];

  attach(view: EditorView): void {
    this.view = view;
    this.showAll();
  }

  /** Goes over to another document; the view gets only the differences. */
  use(text: Y.Text): void {
    this.text.unobserve(this.pull);
    this.undo.destroy();
    this.text = text;
    this.text.observe(this.pull);
    this.undo = this.makeUndo();
    this.showAll();
  }

  destroy(): void {
    this.text.unobserve(this.pull);
    this.undo.destroy();
    this.view = null;
  }

  private makeUndo(): Y.UndoManager {
    return new Y.UndoManager(this.text, { trackedOrigins: new Set([this]), captureTimeout: 600 });
  }

  private push(transaction: Transaction): void {
    const edits: { from: number; remove: number; insert: string }[] = [];
    let shift = 0;
    transaction.changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
      const insert = inserted.sliceString(0, inserted.length, "\n");
      edits.push({ from: fromA + shift, remove: toA - fromA, insert });
      shift += insert.length - (toA - fromA);
    });
    const write = (work: () => void) => this.text.doc?.transact(work, this);
    const long = edits.some((edit) => edit.insert.length > PIECE);
    const apply = () => {
      for (const { from, remove, insert } of edits) {
        if (remove > 0) this.text.delete(from, remove);
        let at = from;
        for (const piece of insert.length > PIECE ? pieces(insert, PIECE) : insert ? [insert] : []) {
          if (long) write(() => this.text.insert(at, piece));
          else this.text.insert(at, piece);
          at += piece.length;
        }
      }
    };
    if (long) apply();
    else write(apply);
  }

  private readonly pull = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (transaction.origin === this || !this.view) return;
    const changes: ChangeSpec[] = [];
    let at = 0;
    let shift = 0;
    let last = 0;
    for (const part of event.delta) {
      if (part.retain !== undefined) at += part.retain;
      else if (part.delete !== undefined) {
        changes.push({ from: at, to: at + part.delete });
        at += part.delete;
        shift -= part.delete;
        last = at + shift;
      } else if (typeof part.insert === "string") {
        changes.push({ from: at, insert: part.insert });
        shift += part.insert.length;
        last = at + shift;
      }
    }
    // One's own undo moves the caret to where it happened; a neighbour's edit never does.
    const own = transaction.origin instanceof Y.UndoManager;
    this.view.dispatch({
      changes,
      annotations: fromDocument.of(true),
      ...(own ? { selection: { anchor: Math.max(0, last) }, scrollIntoView: true } : {}),
    });
  };

  private showAll(): void {
    if (!this.view) return;
    const now = this.view.state.doc.toString();
    const wanted = this.text.toString();
    if (now === wanted) return;
    let start = 0;
    const most = Math.min(now.length, wanted.length);
    while (start < most && now.charCodeAt(start) === wanted.charCodeAt(start)) start++;
    let end = 0;
    while (
      end < most - start &&
      now.charCodeAt(now.length - 1 - end) === wanted.charCodeAt(wanted.length - 1 - end)
    )
      end++;
    this.view.dispatch({
      changes: { from: start, to: now.length - end, insert: wanted.slice(start, wanted.length - end) },
      annotations: fromDocument.of(true),
    });
  }
}

/** Takes forbidden characters out of what is typed, and never lets an edit cut a surrogate pair. */
function acceptable(transaction: Transaction) {
  if (!transaction.docChanged || transaction.annotation(fromDocument)) return transaction;
  const { doc } = transaction.startState;
  const changes: { from: number; to: number; insert: string }[] = [];
  let repaired = false;
  transaction.changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    let from = fromA;
    let to = toA;
    const typed = inserted.sliceString(0, inserted.length, "\n");
    let insert = typed;
    if (cutsPair(doc.sliceString(from - 1, from + 1))) insert = doc.sliceString(--from, fromA) + insert;
    if (to > fromA && cutsPair(doc.sliceString(to - 1, to + 1))) insert += doc.sliceString(to, ++to);
    insert = clean(insert);
    if (from !== fromA || to !== toA || insert !== typed) repaired = true;
    changes.push({ from, to, insert });
  });
  if (!repaired) return transaction;
  const set = transaction.startState.changes(changes);
  const { anchor, head } = transaction.newSelection.main;
  const bound = (at: number) => Math.min(at, set.newLength);
  return {
    changes: set,
    selection: { anchor: bound(anchor), head: bound(head) },
    effects: transaction.effects,
    scrollIntoView: transaction.scrollIntoView,
    userEvent: "input.cleaned",
  };
}

function cutsPair(around: string): boolean {
  return around.length === 2 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(around);
}
