/** The CodeMirror view of a motion, with everything that makes it this editor. */
import { standardKeymap } from "@codemirror/commands";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, type ViewUpdate } from "@codemirror/view";
import { promptKeys } from "./android";
import type { TextBinding } from "./binding";
import { backspace, enter, toggleMark } from "./commands";
import { clean } from "./filter";
import { motionMarkdown } from "./language";
import { beside } from "./margin";
import type { EditorPage } from "./page";
import { numberedHeadings } from "./plan";
import { preview } from "./preview";

export interface MotionView {
  readonly view: EditorView;
  /** Read-only keeps the focus and the caret: one may still read, select and copy. */
  setWritable(writable: boolean): void;
}

export interface ViewOptions {
  readonly page: EditorPage;
  readonly parent: HTMLElement;
  readonly binding: TextBinding;
  /** Rows of the screen taken by bars, in pixels: a caret is never scrolled under them. */
  readonly margins: () => { readonly top: number; readonly bottom: number };
  readonly onUpdate: (update: ViewUpdate) => void;
}

export function makeView({ page, parent, binding, margins, onUpdate }: ViewOptions): MotionView {
  const { texts } = page;
  const writing = new Compartment();
  const mode = (writable: boolean): Extension => [
    EditorState.readOnly.of(!writable),
    EditorView.contentAttributes.of({ "aria-readonly": String(!writable) }),
  ];
  const back = () => {
    binding.undo.undo();
    return true;
  };
  const forth = () => {
    binding.undo.redo();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        EditorView.lineWrapping,
        motionMarkdown.extension,
        preview,
        numberedHeadings,
        beside,
        binding.extension,
        keymap.of([
          { key: "Mod-z", run: back, preventDefault: true },
          { key: "Mod-y", mac: "Mod-Shift-z", run: forth, preventDefault: true },
          { key: "Mod-Shift-z", run: forth, preventDefault: true },
          { key: "Mod-b", run: (target) => toggleMark(target, "**") },
          { key: "Mod-i", run: (target) => toggleMark(target, "*") },
          { key: "Enter", run: enter },
          { key: "Backspace", run: backspace },
          // No indentWithTab: Tab leaves the text.
          ...standardKeymap,
        ]),
        writing.of(mode(false)),
        EditorView.clipboardInputFilter.of(clean),
        EditorView.scrollMargins.of(margins),
        EditorView.updateListener.of(onUpdate),
        EditorView.contentAttributes.of({
          id: "texte-motion",
          "aria-label": texts.editor_label,
          "aria-describedby": "aide-editeur",
          spellcheck: "true",
          autocapitalize: "sentences",
          autocorrect: "on",
          lang: page.language,
          class: "texte",
        }),
      ],
    }),
  });
  promptKeys(view, () => enter(view));
  let writableNow = false;
  return {
    view,
    setWritable(writable) {
      if (writable === writableNow) return;
      writableNow = writable;
      view.dispatch({ effects: writing.reconfigure(mode(writable)) });
    },
  };
}

/** Whether a word is being composed where remote updates must wait for it (see `Hold`). */
export function isComposing(view: EditorView | null): boolean {
  // Not `composing`, which waits for the first change: an update between the two would break the word.
  if (!view?.compositionStarted) return false;
  return !(view.contentDOM as HTMLElement & { editContext?: unknown }).editContext;
}
