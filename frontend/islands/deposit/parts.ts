/** Pieces of the page's templates. */

/** A copy of a template's one element. */
export function copy(page: ParentNode, name: string): HTMLElement {
  const template = page.querySelector<HTMLTemplateElement>(`template[data-depot-modele=${name}]`);
  return document.importNode((template as HTMLTemplateElement).content, true)
    .firstElementChild as HTMLElement;
}

export function part<Kind extends Element = HTMLElement>(root: ParentNode, name: string): Kind {
  return root.querySelector(`[data-part=${name}]`) as Kind;
}

/** Changes a text only when it differs, so that nothing is announced or drawn for nothing. */
export function say(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

/** Shows or hides; a hidden button that has the focus hands it on first. */
export function show(element: HTMLElement, isShown: boolean, heir?: HTMLElement | null): void {
  const hadFocus = !isShown && element.contains(document.activeElement);
  element.hidden = !isShown;
  if (hadFocus) heir?.focus();
}
