/** The login has ended: what one may do, above the text. */
import { el, say } from "./dom";
import type { EditorPage } from "./page";

export interface SignIn {
  readonly element: HTMLElement;
  /**
   * @param ended Whether the login has ended.
   * @param kept Whether words wait that are on the device.
   * Returns whether it has just ended.
   */
  show(ended: boolean, kept: boolean): boolean;
}

/** @param leave Called before the way to the sign-in is taken. */
export function makeSignIn({ texts, sign_in_url }: EditorPage, leave: () => void): SignIn {
  const words = el("p", {}, texts.signed_out_text);
  const link = el("a", { class: "btn plein", href: sign_in_url }, texts.sign_in);
  link.addEventListener("click", leave);
  const element = el(
    "section",
    { class: "refus fin", "aria-label": texts.signed_out_title, hidden: true },
    el("h2", {}, texts.signed_out_title),
    words,
    el("p", { class: "rang" }, link),
  );
  return {
    element,
    show(ended, kept) {
      const began = ended && element.hidden === true;
      element.hidden = !ended;
      if (ended) say(words, kept ? texts.signed_out_kept : texts.signed_out_text);
      return began;
    },
  };
}
