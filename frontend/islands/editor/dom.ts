/** Makes elements. Text is always text: nothing that people wrote is ever read as HTML. */

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** A drawing of 24 units, decorative: the word beside it says all. */
export function drawing(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const attributes = { viewBox: "0 0 24 24", "aria-hidden": "true", fill: "none", stroke: "currentColor" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const [key, value] of [
    ["width", "2.2"],
    ["linecap", "round"],
    ["linejoin", "round"],
  ]) {
    svg.setAttribute(`stroke-${key}`, value as string);
  }
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Changes a text node's words only when they differ, so that nothing is announced or redrawn for nothing. */
export function say(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}
