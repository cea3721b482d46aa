/** The tabs at the bottom of a narrow screen: the text, its plan, those present. */
import { el, say } from "./dom";

const TABS = ["texte", "plan", "presents"] as const;
export type Tab = (typeof TABS)[number];

export class Tabs {
  readonly element: HTMLElement;
  private readonly buttons: ReadonlyMap<Tab, HTMLButtonElement>;

  /** @param root Wears the name of the open tab; the style does the rest. */
  constructor(
    private readonly root: HTMLElement,
    label: string,
  ) {
    this.element = el("nav", { class: "bas", "aria-label": label });
    this.buttons = new Map(
      TABS.map((tab) => {
        const button = el("button", { type: "button" }, el("b"), el("span"));
        button.addEventListener("click", () => this.show(tab));
        this.element.append(button);
        return [tab, button];
      }),
    );
  }

  show(chosen: Tab): void {
    this.root.dataset.volet = chosen;
    for (const [tab, button] of this.buttons) {
      if (tab === chosen) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  /** @param bold The first words of a tab; @param words What follows them. */
  draw(tab: Tab, bold: string, words: string): void {
    const [first, line] = this.buttons.get(tab)?.children ?? [];
    if (first) say(first, bold);
    if (line) say(line, words);
  }
}
