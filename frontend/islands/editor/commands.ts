/** What the toolbar and the keys do to the text. */
import { syntaxTree } from "@codemirror/language";
import { EditorSelection, type EditorState } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { headingLevel } from "./numbering";
import { prefixLength, signsShown } from "./preview";

const ITEM = /^([ \t]*)([-*+]|(\d{1,9})([.)]))[ \t]+/;
const QUOTE = /^(?:[ \t]*>[ \t]?)+/;

/** What stands at the caret, for the pressed state of the buttons. */
export interface Format {
  readonly heading: boolean;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly list: boolean;
}

export function formatAt(state: EditorState): Format {
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head).text;
  let bold = false;
  let italic = false;
  for (let node = syntaxTree(state).resolveInner(head, -1); node.parent; node = node.parent) {
    if (node.name === "StrongEmphasis") bold = true;
    if (node.name === "Emphasis") italic = true;
  }
  return { heading: headingLevel(line) > 0, bold, italic, list: ITEM.test(line.replace(QUOTE, "")) };
}

/** Makes the selected lines headings or list items, or plain paragraphs if they are that already. */
export function toggleLines(view: EditorView, sign: "## " | "- "): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  const changes: { from: number; to: number; insert: string }[] = [];
  const format = formatAt(state);
  const remove = sign === "## " ? format.heading : format.list;
  for (let n = state.doc.lineAt(from).number; n <= state.doc.lineAt(to).number; n++) {
    const line = state.doc.line(n);
    if (line.text.trim() === "" && from !== to) continue;
    const insert = remove ? "" : sign;
    changes.push({ from: line.from, to: line.from + prefixLength(line.text), insert });
  }
  const set = state.changes(changes);
  view.dispatch({ changes: set, selection: state.selection.map(set, 1), userEvent: "input.format" });
  return true;
}

/** Puts signs round the selection or the word at the caret, or takes them away. */
export function toggleMark(view: EditorView, mark: "**" | "*"): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const name = mark === "**" ? "StrongEmphasis" : "Emphasis";
  const { main } = state.selection;
  for (let node = syntaxTree(state).resolveInner(main.head, -1); node.parent; node = node.parent) {
    const { firstChild: first, lastChild: last } = node;
    if (node.name !== name || !first || !last || node.from > main.from || node.to < main.to) continue;
    view.dispatch({
      changes: [
        { from: first.from, to: first.to },
        { from: last.from, to: last.to },
      ],
      userEvent: "input.format",
    });
    return true;
  }
  const chosen = main.empty ? (state.wordAt(main.head) ?? main) : main;
  // Signs beside a space are not signs in Markdown.
  const text = state.sliceDoc(chosen.from, chosen.to);
  const from = chosen.from + (text.length - text.trimStart().length);
  const to = Math.max(from, chosen.to - (text.length - text.trimEnd().length));
  if (state.sliceDoc(from, to).includes("\n")) return false;
  view.dispatch({
    changes: [
      { from, insert: mark },
      { from: to, insert: mark },
    ],
    selection: main.empty
      ? EditorSelection.cursor(main.head + mark.length)
      : EditorSelection.range(from + mark.length, to + mark.length),
    userEvent: "input.format",
  });
  return true;
}

/**
 * Enter: a new paragraph after a blank line, the next item in a list, the next line of a quote. On an item
 * without words it leaves the list.
 */
export function enter(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  const line = state.doc.lineAt(from);
  const quoted = QUOTE.exec(line.text)?.[0] ?? "";
  const item = ITEM.exec(line.text.slice(quoted.length));
  const opening = prefixLength(line.text);
  const edit = (start: number, end: number, insert: string, caret = start + insert.length) => {
    view.dispatch({
      changes: { from: start, to: end, insert },
      selection: EditorSelection.cursor(caret),
      scrollIntoView: true,
      userEvent: "input",
    });
    return true;
  };
  if (item || quoted) {
    if (line.text.slice(opening).trim() === "") return edit(line.from, Math.max(to, line.to), "");
    const next = item?.[3] ? `${Number(item[3]) + 1}${item[4]}` : item?.[2];
    const sign = quoted + (item ? `${item[1]}${next} ` : "");
    return edit(from, to, `\n${sign}`);
  }
  if (line.text.trim() === "") return edit(from, to, "\n");
  // Before a title's first letter the new paragraph stands above the title.
  if (opening > 0 && from === line.from + opening && from === to) {
    return edit(line.from, line.from, "\n\n", line.from + 2 + opening);
  }
  return edit(from, to, "\n\n");
}

/** Backspace at the start of a line: its sign goes first, then the blank line above it. */
export function backspace(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (state.readOnly || !main.empty) return false;
  const line = state.doc.lineAt(main.head);
  const opening = prefixLength(line.text);
  if (opening > 0 && main.head === line.from + opening && !state.field(signsShown)) {
    view.dispatch({ changes: { from: line.from, to: main.head }, userEvent: "delete.backward" });
    return true;
  }
  if (main.head !== line.from || line.number < 3 || line.text.trim() === "") return false;
  const above = state.doc.line(line.number - 1);
  if (above.text.trim() !== "" || state.doc.line(line.number - 2).text.trim() === "") return false;
  view.dispatch({
    changes: { from: above.from - 1, to: line.from },
    scrollIntoView: true,
    userEvent: "delete.backward",
  });
  return true;
}
