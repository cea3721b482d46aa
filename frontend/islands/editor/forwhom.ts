/** A rapporteur says for whom they write: found by three letters, shown until it is ended, never brought back alone. */
import { el, say } from "./dom";
import { type EditorPage, fill, type Texts } from "./page";

/** A member for whom one may write: number, name, mandate and commune in one phrase. */
export type Other = readonly [number, string, string];

/** Letters after which names are looked for. */
const LETTERS = 3;
/** Names shown at once. */
const MOST = 8;

export interface ForWhomOptions {
  readonly texts: Texts;
  readonly others: readonly Other[];
  /** Where the page leaves a word for itself after a reload; gone with the tab. */
  readonly store: string;
  /** From here on one writes for this member; 0 for oneself. */
  readonly choose: (official: number) => void;
  readonly speak: (words: string) => void;
  readonly backToText: () => void;
}

/** Letters and digits alone, without accents or capitals, as `motion.rules.names.folded`. */
function folded(text: string): string {
  const plain = text.replace(/œ/gi, "oe").replace(/æ/gi, "ae").normalize("NFKD").replace(/\p{M}/gu, "");
  return (plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

/** The members whose name or commune has each word of what was typed at the beginning of one of its own. */
export function found(others: readonly Other[], typed: string): Other[] {
  const words = folded(typed).split(" ");
  if (words.join("").length < LETTERS) return [];
  return others.filter(([, name, title]) => {
    const known = ` ${folded(`${name} ${title}`)}`;
    return words.every((word) => known.includes(` ${word}`));
  });
}

/** The choice for whoever has it; null for all others. */
export function makeForWhom(
  { texts, others }: EditorPage,
  store: string,
  speak: (words: string) => void,
  acts: Pick<ForWhomOptions, "choose" | "backToText">,
): ForWhom | null {
  return others ? new ForWhom({ texts, others, store, speak, ...acts }) : null;
}

export class ForWhom {
  readonly element = el("section", { class: "pour" });
  private now: Other | null = null;

  constructor(private readonly options: ForWhomOptions) {
    this.element.setAttribute("aria-label", options.texts.for_label);
    const before = this.left();
    if (before) this.drawEnded(fill(options.texts.for_reloaded, { name: before[1] }), before);
    else this.drawIdle();
  }

  /** What the banner hides of the text below it, in pixels. */
  get height(): number {
    return ["actif", "fini"].includes(this.element.dataset.etat ?? "") ? this.element.clientHeight : 0;
  }

  /** The server takes nothing for them any more, or there is nobody to write for. */
  end(words: string): void {
    if (!this.now) return;
    const before = this.now;
    this.choose(null);
    this.drawEnded(words || fill(this.options.texts.for_ended, { name: before[1] }), null);
  }

  private choose(other: Other | null): void {
    this.now = other;
    this.keep(other);
    this.options.choose(other ? other[0] : 0);
  }

  private draw(state: string, ...children: Node[]): void {
    this.element.dataset.etat = state;
    this.element.replaceChildren(...children);
  }

  private button(words: string, act: () => void, name = "btn"): HTMLButtonElement {
    const button = el("button", { type: "button", class: name }, words);
    button.addEventListener("click", act);
    return button;
  }

  private drawIdle(focus = false): void {
    const begin = this.button(this.options.texts.for_begin, () => this.drawSearch(), "btn discret");
    this.draw("repos", begin);
    if (focus) begin.focus();
  }

  private drawSearch(): void {
    const { texts, others, speak } = this.options;
    const field = el("input", {
      type: "search",
      id: "pour-qui",
      autocomplete: "off",
      "aria-describedby": "pour-aide",
    });
    const list = el("ul", { class: "pour-noms" });
    const help = el("p", { id: "pour-aide", class: "secondaire petit" }, texts.for_help);
    field.addEventListener("input", () => {
      const names = found(others, field.value);
      list.replaceChildren(
        ...names.slice(0, MOST).map((other) => {
          const words = other[2] ? `${other[1]}, ${other[2]}` : other[1];
          return el(
            "li",
            {},
            this.button(words, () => this.begin(other)),
          );
        }),
      );
      const enough = folded(field.value).replaceAll(" ", "").length >= LETTERS;
      const told = !enough
        ? texts.for_help
        : names.length === 0
          ? texts.for_none
          : names.length > MOST
            ? texts.for_more
            : "";
      say(help, told || texts.for_choose);
      if (enough) speak(told || fill(texts.for_count, { count: names.length }));
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.drawIdle(true);
    });
    const form = el(
      "form",
      { class: "pile serre" },
      el("label", { for: "pour-qui" }, texts.for_field),
      field,
      help,
      list,
      el(
        "p",
        { class: "rang" },
        this.button(texts.for_cancel, () => this.drawIdle(true)),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const names = found(others, field.value);
      if (names.length === 1 && names[0]) this.begin(names[0]);
    });
    this.draw("choix", form);
    field.focus();
  }

  private begin(other: Other): void {
    const { texts, speak, backToText } = this.options;
    this.choose(other);
    const words = el("p", {}, `${texts.for_now} `, el("b", {}, other[1]), other[2] ? `, ${other[2]}.` : ".");
    const note = el("span", { class: "pour-note" }, ` ${texts.for_note}`);
    words.append(note);
    this.draw(
      "actif",
      words,
      this.button(texts.for_end, () => {
        this.choose(null);
        speak(fill(texts.for_ended, { name: other[1] }));
        this.drawIdle();
        backToText();
      }),
    );
    speak(`${texts.for_now} ${other[1]}`);
    backToText();
  }

  private drawEnded(words: string, again: Other | null): void {
    const { texts, speak } = this.options;
    const close = this.button(texts.close, () => this.drawIdle(true));
    const buttons = el("p", { class: "rang" });
    if (again)
      buttons.append(this.button(fill(texts.for_again, { name: again[1] }), () => this.begin(again)));
    buttons.append(close);
    this.draw("fini", el("p", {}, words), buttons);
    speak(words);
  }

  private keep(other: Other | null): void {
    try {
      if (other) sessionStorage.setItem(this.options.store, String(other[0]));
      else sessionStorage.removeItem(this.options.store);
    } catch {
      // A page that is not reloaded needs no word of it.
    }
  }

  /** For whom this tab's page wrote before it was reloaded. */
  private left(): Other | null {
    try {
      const official = Number(sessionStorage.getItem(this.options.store));
      sessionStorage.removeItem(this.options.store);
      return this.options.others.find(([id]) => id === official) ?? null;
    } catch {
      return null;
    }
  }
}
