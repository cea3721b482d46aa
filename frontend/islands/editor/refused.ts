/** Words that the server did not take, shown to their author to copy until they close the panel. */
import { el } from "./dom";
import type { Texts } from "./page";
import type { RefusedText } from "./parts";

interface Kept {
  text: string;
  sentence: string;
  late: boolean;
  /** The server has it as late text, where the secretariat reads it; absent in passages of older pages, which it had. */
  kept?: boolean;
}

/** Refusals that follow each other within this time are one passage, in milliseconds. */
const TOGETHER_MS = 4000;

export class RefusedPanel {
  readonly element = el("div", { class: "refus-liste" });
  private readonly passages: Kept[] = [];
  private lastAt = Number.NEGATIVE_INFINITY;

  /**
   * @param store Where the passages outlive the page; each author's own.
   * @param backToText Gives the focus to the text, for a panel that is closed takes the focus with it.
   */
  constructor(
    private readonly texts: Texts,
    private readonly store: string,
    private readonly announce: (words: string) => void,
    private readonly backToText: () => void,
  ) {
    try {
      this.passages.push(...(JSON.parse(localStorage.getItem(store) ?? "[]") as Kept[]));
    } catch {
      // Nothing was kept, or nothing may be.
    }
    this.draw();
  }

  add(refused: RefusedText, now: number): void {
    const last = this.passages.at(-1);
    const late = refused.kept || refused.reason === "frozen";
    if (last && now - this.lastAt < TOGETHER_MS && last.late === late && last.sentence === refused.sentence)
      last.text += refused.text;
    else {
      this.passages.push({ text: refused.text, sentence: refused.sentence, late, kept: refused.kept });
      this.announce(`${late ? this.texts.late_title : this.texts.refused_title} ${refused.sentence}`);
    }
    this.lastAt = now;
    this.keep();
    this.draw();
  }

  private keep(): void {
    try {
      if (this.passages.length > 0) localStorage.setItem(this.store, JSON.stringify(this.passages));
      else localStorage.removeItem(this.store);
    } catch {
      // The passage is still on the screen.
    }
  }

  private draw(): void {
    // Only the panels that changed are made anew: a focused one stays.
    while (this.element.children.length > this.passages.length) this.element.lastElementChild?.remove();
    this.passages.forEach((passage, i) => {
      const existing = this.element.children[i] as HTMLElement | undefined;
      const area = existing?.querySelector("textarea");
      if (area && existing?.dataset.late === String(passage.late)) area.value = passage.text;
      else if (existing) existing.replaceWith(this.panel(passage));
      else this.element.append(this.panel(passage));
    });
  }

  private panel(passage: Kept): HTMLElement {
    const { texts } = this;
    const title = passage.late ? texts.late_title : texts.refused_title;
    const panel = el("section", { class: "refus", "aria-label": title, "data-late": String(passage.late) });
    panel.append(el("h2", {}, title));
    if (passage.sentence) panel.append(el("p", {}, passage.sentence));
    if (passage.late && passage.kept !== false) panel.append(el("p", {}, texts.late_text));
    const close = el("button", { type: "button", class: "btn" }, texts.close);
    close.addEventListener("click", () => {
      this.passages.splice(this.passages.indexOf(passage), 1);
      this.keep();
      panel.remove();
      this.backToText();
    });
    const buttons = el("p", { class: "rang" });
    if (passage.text) {
      const area = el("textarea", { readonly: true, rows: "3", "aria-label": texts.passage });
      area.value = passage.text;
      const copy = el("button", { type: "button", class: "btn plein" }, texts.copy);
      copy.addEventListener("click", async () => {
        area.select();
        // Without a secure address there is no clipboard: the old command still copies what is selected.
        await (navigator.clipboard?.writeText(area.value) ?? Promise.reject()).catch(() =>
          document.execCommand("copy"),
        );
        copy.textContent = texts.copied;
      });
      panel.append(area);
      buttons.append(copy);
    } else panel.append(el("p", {}, texts.refused_deletion));
    buttons.append(close);
    panel.append(buttons);
    return panel;
  }
}
