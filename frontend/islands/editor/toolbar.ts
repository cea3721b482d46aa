/** The labelled toolbar: one tab stop, arrows, Home and End (ARIA Authoring Practices, toolbar). */
import type { EditorView } from "@codemirror/view";
import { type Format, toggleLines, toggleMark } from "./commands";
import { drawing, el } from "./dom";
import type { Texts } from "./page";

export interface ToolbarActions {
  readonly view: EditorView;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly showAuthors: (shown: boolean) => void;
  readonly showSigns: (shown: boolean) => void;
  /** What was shown on this device last time. */
  readonly authorsShown: boolean;
  readonly signsShown: boolean;
}

export interface Toolbar {
  readonly element: HTMLElement;
  /** Shows what stands at the caret, and whether one may write. */
  update(format: Format, mayWrite: boolean): void;
}

const LIST = "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01";
const UNDO = "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6";
const REDO = "M15 7l5 5-5 5M20 12H10a6 6 0 0 0-6 6";
const PERSON = "M4 19c1-4 4-6 8-6s7 2 8 6M12 10a4 4 0 1 0 0-8 4 4 0 0 0 0 8z";

export function makeToolbar(texts: Texts, actions: ToolbarActions, textId: string): Toolbar {
  const letter = (sign: string, italic = false) =>
    el("b", { "aria-hidden": "true", class: italic ? "penche" : undefined }, sign);
  const button = (sign: Node, words: string, press: () => void, pressed?: boolean, keys?: string) => {
    const made = el(
      "button",
      {
        type: "button",
        class: "outil",
        tabindex: "-1",
        "aria-pressed": pressed === undefined ? undefined : String(pressed),
        "aria-keyshortcuts": keys,
      },
      sign,
      el("span", {}, words),
    );
    made.addEventListener("click", () => {
      if (made.getAttribute("aria-disabled") !== "true") press();
    });
    // The caret stays where it was: on telephones the keyboard would fold away and come back.
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    return made;
  };
  const line = () => el("span", { class: "filet", "aria-hidden": "true" });
  const { view } = actions;
  const edit = (work: () => boolean) => () => {
    work();
    view.focus();
  };
  const toggle = (made: HTMLButtonElement, act: (shown: boolean) => void) => {
    made.addEventListener("click", () => {
      const shown = made.getAttribute("aria-pressed") !== "true";
      made.setAttribute("aria-pressed", String(shown));
      act(shown);
    });
    return made;
  };
  const heading = button(
    letter("T"),
    texts.heading,
    edit(() => toggleLines(view, "## ")),
    false,
  );
  const bold = button(
    letter(texts.bold.charAt(0)),
    texts.bold,
    edit(() => toggleMark(view, "**")),
    false,
    "Control+B",
  );
  const italic = button(
    letter("I", true),
    texts.italic,
    edit(() => toggleMark(view, "*")),
    false,
    "Control+I",
  );
  const list = button(
    drawing(LIST),
    texts.list,
    edit(() => toggleLines(view, "- ")),
    false,
  );
  const undo = button(drawing(UNDO), texts.undo, actions.undo, undefined, "Control+Z");
  const redo = button(drawing(REDO), texts.redo, actions.redo, undefined, "Control+Y");
  const authors = toggle(
    button(drawing(PERSON), texts.authors, () => {}, actions.authorsShown),
    actions.showAuthors,
  );
  const signs = toggle(
    button(letter("¶"), texts.signs, () => {}, actions.signsShown),
    actions.showSigns,
  );
  const writing = [heading, bold, italic, list, undo, redo];
  const all = [...writing, authors, signs];
  const element = el(
    "div",
    { class: "outils", role: "toolbar", "aria-label": texts.toolbar, "aria-controls": textId },
    ...[heading, bold, italic, list, line(), undo, redo, line(), authors, signs],
  );
  const stop = (chosen: HTMLElement | undefined) => {
    for (const one of all) one.tabIndex = one === chosen ? 0 : -1;
  };
  stop(heading);
  element.addEventListener("focusin", (event) => stop(all.find((one) => one === event.target)));
  element.addEventListener("keydown", (event) => {
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % all.length,
      ArrowLeft: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = moves[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    all[next]?.focus();
  });
  // Where the bar is cut off it says so: its edge fades.
  const hint = () => {
    const rest = element.scrollWidth - element.clientWidth - element.scrollLeft;
    element.classList.toggle("suite", rest > 4);
    element.classList.toggle("debut", element.scrollLeft > 4);
  };
  element.addEventListener("scroll", hint, { passive: true });
  new ResizeObserver(hint).observe(element);
  return {
    element,
    update(format, mayWrite) {
      heading.setAttribute("aria-pressed", String(format.heading));
      bold.setAttribute("aria-pressed", String(format.bold));
      italic.setAttribute("aria-pressed", String(format.italic));
      list.setAttribute("aria-pressed", String(format.list));
      for (const one of writing) one.setAttribute("aria-disabled", String(!mayWrite));
    },
  };
}
