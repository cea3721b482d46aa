/** What stands beside the text: the plan on the left, those present and the announcements on the right. */
import type { Loudness } from "./announce";
import { el } from "./dom";
import type { Section } from "./outline";
import { type EditorPage, fill, type Person, plural } from "./page";
import type { Present } from "./people";

export interface Plan {
  readonly element: HTMLElement;
  update(found: readonly Section[], caret: number, present: readonly Present[]): void;
}

export function makePlan(page: EditorPage, go: (index: number) => void): Plan {
  const { texts, language } = page;
  const list = el("ol", { class: "nu" });
  const element = el("nav", { class: "sommaire", id: "plan", "aria-label": texts.plan, tabindex: "-1" });
  element.append(el("h2", { class: "petit" }, texts.plan), list);
  const row = (index: number) => {
    const existing = list.children[index];
    if (existing) return existing as HTMLLIElement;
    const button = el("button", { type: "button" }, el("span"), el("small"));
    button.addEventListener("click", () => go(Number(button.dataset.at)));
    const made = el("li", {}, button);
    list.append(made);
    return made;
  };
  return {
    element,
    update(found, caret, present) {
      found.forEach((section, i) => {
        const made = row(i);
        const button = made.firstElementChild as HTMLButtonElement;
        button.dataset.at = String(section.from);
        button.className = section.level > 2 ? "sous" : section.level === 1 ? "titre" : "";
        const isHere = caret >= section.from && (caret < section.to || i === found.length - 1);
        if (isHere) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
        const inside = present.filter(
          (one) => one.index !== null && one.index >= section.from && one.index < section.to,
        );
        const lines = plural(language, section.lines, texts.lines_one, texts.lines_other);
        const here = plural(language, inside.length, texts.here_one, texts.here_other);
        const title = section.title || texts.plan_start;
        const details = inside.length > 0 ? `${lines}, ${here}` : lines;
        if (button.children[0]?.textContent !== title) (button.children[0] as Element).textContent = title;
        if (button.children[1]?.textContent !== details)
          (button.children[1] as Element).textContent = details;
      });
      while (list.children.length > found.length) list.lastElementChild?.remove();
    },
  };
}

/** An author's part of the text, for the key to the colours. */
export interface Share {
  readonly person: Person;
  readonly style: number;
  readonly characters: number;
}

export interface Rail {
  readonly element: HTMLElement;
  update(present: readonly Present[], lineOf: (index: number) => number | null): void;
  /** Shows who wrote how much; null hides the key. */
  showShares(shares: readonly Share[] | null): void;
}

const NAMED_SHARES = 6;
/** In a hall of hundreds the list names so many, those who write first. */
const NAMED_PRESENT = 40;

export function makeRail(
  page: EditorPage,
  loudness: Loudness,
  actions: { readonly go: (index: number) => void; readonly setLoudness: (loudness: Loudness) => void },
): Rail {
  const { texts, language } = page;
  const none = el("p", { class: "secondaire" }, texts.present_none);
  const list = el("ul", { class: "nu gens" });
  const rows = new Map<string, HTMLLIElement>();
  const shares = el("section", { class: "cle-auteurs", hidden: true });
  const select = el("select", { id: "annonces" });
  for (const [value, words] of [
    ["none", texts.announce_none],
    ["calm", texts.announce_calm],
    ["all", texts.announce_all],
  ] as const) {
    select.append(el("option", { value, selected: value === loudness }, words));
  }
  select.addEventListener("change", () => actions.setLoudness(select.value as Loudness));
  const field = el("p", { class: "champ" }, el("label", { for: "annonces" }, texts.announcements), select);
  const element = el("aside", { class: "rail", id: "presents", "aria-label": texts.present, tabindex: "-1" });
  const more = el("p", { class: "secondaire", hidden: true });
  const simple = el(
    "p",
    { class: "simple" },
    el("a", { class: "btn", href: page.simple_url }, texts.simple_mode),
  );
  element.append(shares, el("h2", {}, texts.present), none, list, more, field, simple);
  const row = (id: string) => {
    const existing = rows.get(id);
    if (existing) return existing;
    const button = el("button", { type: "button", class: "btn" }, texts.go_there);
    button.addEventListener("click", () => actions.go(Number(button.dataset.at)));
    const words = el("span", {}, el("b"), el("small"));
    const made = el("li", {}, el("span", { "aria-hidden": "true" }), words, button);
    rows.set(id, made);
    list.append(made);
    return made;
  };
  return {
    element,
    update(everyone, lineOf) {
      const isCrowd = everyone.length > NAMED_PRESENT;
      const writing = isCrowd ? [...everyone].sort((a, b) => Number(b.active) - Number(a.active)) : everyone;
      const present = writing.slice(0, NAMED_PRESENT);
      more.hidden = !isCrowd;
      if (isCrowd) set(more, fill(texts.authors_more, { count: everyone.length - NAMED_PRESENT }));
      none.hidden = present.length > 0;
      const ids = new Set(present.map((one) => String(one.person.id)));
      for (const [id, made] of rows) {
        if (ids.has(id)) continue;
        const focused = made.contains(document.activeElement);
        made.remove();
        rows.delete(id);
        // The focused card is gone: its list takes the focus, not the page's top.
        if (focused) element.focus();
      }
      present.forEach((one, i) => {
        const made = row(String(one.person.id));
        const place = list.children[i] ?? null;
        // A card that has the focus stays where it is: moving it would take the focus away.
        if (place !== made && !made.contains(document.activeElement)) list.insertBefore(made, place);
        const [seal, words, button] = made.children as unknown as [
          HTMLElement,
          HTMLElement,
          HTMLButtonElement,
        ];
        seal.className = `sceau elu c${one.style}`;
        set(seal, one.person.initials);
        const [name, details] = words.children as unknown as [HTMLElement, HTMLElement];
        set(name, one.person.name);
        const line = one.index === null ? null : lineOf(one.index);
        const where = line === null ? "" : fill(texts.at_line, { number: line });
        const doing = [where, one.active ? texts.writing_now : ""].filter(Boolean).join(", ");
        const office = [one.person.mandate, one.person.commune].filter(Boolean).join(", ");
        const key = `${office}\n${doing}`;
        if (details.dataset.key !== key) {
          details.dataset.key = key;
          details.replaceChildren(office, office && doing ? el("br") : "", doing);
        }
        button.hidden = one.index === null;
        button.dataset.at = String(one.index ?? 0);
        button.setAttribute("aria-label", fill(texts.go_there_name, { name: one.person.name }));
      });
    },
    showShares(found) {
      shares.hidden = found === null;
      if (!found) return;
      const items = found
        .slice(0, NAMED_SHARES)
        .map((share) =>
          el(
            "li",
            {},
            el("span", { class: `a a${share.style}` }, share.person.initials),
            el("span", {}, share.person.name),
            el("small", {}, plural(language, share.characters, texts.characters, texts.characters)),
          ),
        );
      const rest = found.length - NAMED_SHARES;
      shares.replaceChildren(el("h2", {}, texts.authors_of_text), el("ul", { class: "nu" }, ...items));
      if (rest > 0) {
        const others = found.slice(NAMED_SHARES).map((share) => el("li", {}, share.person.name));
        const more = el("summary", {}, fill(texts.authors_more, { count: rest }));
        shares.append(el("details", { class: "alt" }, more, el("ul", { class: "nu" }, ...others)));
      }
    },
  };
}

function set(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}
