/** A field in which two letters are enough to find somebody of the roster: a combobox with a list (ARIA 1.2). */

/** An official: id, name, mandate with territory, and what they are found by. */
export interface Member {
  readonly id: number;
  readonly name: string;
  readonly office: string;
  readonly folded: string;
}

const LETTERS = 2;
const SHOWN = 8;

/** Letters and digits only, without accents or capitals, as the server folds names. */
export function folded(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .replace(/ø/g, "o")
    .replace(/ł/g, "l");
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

export class People {
  /** Whether the roster is here. */
  known = false;
  private members: readonly Member[] = [];
  private shown: readonly Member[] = [];
  private active = -1;
  private chosen: Member | null = null;
  private listening = true;
  private readonly list = document.createElement("ul");
  private readonly count = document.createElement("p");

  constructor(
    private readonly input: HTMLInputElement,
    place: HTMLElement,
    private readonly words: Readonly<Record<string, string>>,
    private readonly choose: (member: Member | null) => void,
  ) {
    this.list.id = "qui-parle-choix";
    this.list.className = "choix nu";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", place.querySelector("label")?.textContent?.trim() ?? "");
    this.list.hidden = true;
    this.count.className = "vh";
    this.count.setAttribute("role", "status");
    place.append(this.list, this.count);
    input.addEventListener("input", () => {
      this.chosen = null;
      this.choose(null);
      this.find();
    });
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // A press, not a click: the field keeps the focus until the choice is made.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = (event.target as Element).closest("[role=option]");
      const member = this.shown[option ? [...this.list.children].indexOf(option) : -1];
      if (member) this.take(member);
    });
  }

  async load(address: string): Promise<void> {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const rows = (await answer.json()) as [number, string, string, string][];
      this.members = rows.map(([id, name, office, found]) => ({ id, name, office, folded: found }));
      this.known = true;
      this.listen(this.listening);
      if (document.activeElement === this.input && !this.chosen) this.find();
    } catch {
      // The field remains a field: the server looks for what is typed.
    }
  }

  /** Offer choices, or leave the field alone: who is not on the roster is not looked for there. */
  listen(isOn: boolean): void {
    this.listening = isOn;
    if (isOn && this.known) {
      this.input.setAttribute("role", "combobox");
      this.input.setAttribute("aria-autocomplete", "list");
      this.input.setAttribute("aria-controls", this.list.id);
      this.input.setAttribute("aria-expanded", "false");
    } else {
      this.close();
      for (const name of ["role", "aria-autocomplete", "aria-controls", "aria-expanded"]) {
        this.input.removeAttribute(name);
      }
    }
  }

  /** Take the only one who fits, when nobody was chosen. */
  settle(): void {
    if (this.chosen || !this.known || !this.input.value.trim()) return;
    const found = this.matching();
    if (found.length === 1 && found[0]) this.take(found[0], false);
  }

  private matching(): readonly Member[] {
    const typed = folded(this.input.value).split(" ");
    const fits = this.members.filter((member) => typed.every((word) => member.folded.includes(word)));
    const first = typed[0] ?? "";
    // Who is called so, then who has a word that begins so, then the others.
    const rank = ({ folded: found }: Member) =>
      found.startsWith(first) ? 0 : ` ${found}`.includes(` ${first}`) ? 1 : 2;
    return [...fits].sort((a, b) => rank(a) - rank(b));
  }

  private find(): void {
    if (!this.listening || !this.known || folded(this.input.value).length < LETTERS) {
      this.close();
      return;
    }
    const found = this.matching();
    this.shown = found.slice(0, SHOWN);
    this.list.replaceChildren(...this.shown.map((member, place) => this.option(member, place)));
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.move(this.shown.length ? 0 : -1);
    const said = found.length === 0 ? "choices_none" : found.length === 1 ? "choices_one" : "choices_other";
    this.count.textContent = (this.words[said] as string).replace("{count}", String(found.length));
  }

  private option(member: Member, place: number): HTMLLIElement {
    const line = document.createElement("li");
    line.id = `${this.list.id}-${place}`;
    line.setAttribute("role", "option");
    const name = document.createElement("strong");
    name.textContent = member.name;
    line.append(name);
    if (member.office) line.append(`, ${member.office}`);
    return line;
  }

  private move(to: number): void {
    this.active = to;
    for (const [place, line] of [...this.list.children].entries()) {
      line.setAttribute("aria-selected", String(place === to));
    }
    if (to >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${to}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.children[to]?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const member = this.list.hidden ? undefined : this.shown[this.active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) this.find();
      else {
        const step = event.key === "ArrowDown" ? 1 : -1;
        this.move((this.active + step + this.shown.length) % this.shown.length);
      }
      if (!this.list.hidden) event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault(); // never half a form: Ctrl+Enter sends
      if (member) this.take(member);
    } else if (event.key === "Tab" && member && !event.shiftKey) {
      this.take(member, false);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  private take(member: Member, goesOn = true): void {
    this.input.value = member.name;
    this.close();
    this.chosen = member;
    this.choose(member);
    if (!goesOn) this.input.focus();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private close(): void {
    this.list.hidden = true;
    this.shown = [];
    this.list.replaceChildren();
    this.move(-1);
    if (this.input.hasAttribute("aria-expanded")) this.input.setAttribute("aria-expanded", "false");
  }
}
