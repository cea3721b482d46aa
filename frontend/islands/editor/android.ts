/**
 * Enter and Backspace at once, where Android composes by `EditContext`.
 *
 * CodeMirror holds these keys for a frame on Android, to see what the browser makes of them in the page. With
 * `EditContext` the browser makes nothing of them; and any change within that frame (the next letter, a neighbour's
 * word) makes CodeMirror forget the key: the break between two paragraphs was lost. There the keys need no waiting.
 */
import type { EditorView } from "@codemirror/view";

const ENTER = 13;
const BACKSPACE = 8;
/** What a keyboard that sends no key says instead of Enter. */
const BREAKS = new Set(["insertParagraph", "insertLineBreak"]);

/** CodeMirror's own mark of a key that is not to be held. */
type Key = KeyboardEvent & { synthetic?: boolean };

/** @param enter What Enter does to the text. */
export function promptKeys(view: EditorView, enter: () => void): void {
  const { contentDOM } = view;
  if (!(contentDOM as HTMLElement & { editContext?: unknown }).editContext) return;
  const keydown = (event: Key) => {
    if (event.keyCode === ENTER || event.keyCode === BACKSPACE) event.synthetic = true;
  };
  const beforeinput = (event: InputEvent) => {
    if (!BREAKS.has(event.inputType)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    enter();
  };
  // Before CodeMirror's listeners.
  contentDOM.addEventListener("keydown", keydown, true);
  contentDOM.addEventListener("beforeinput", beforeinput, true);
}
