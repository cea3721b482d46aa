/** The page's header: how far the text is saved, until when one may write, who is there, and the offline banner. */
import { el, say } from "./dom";
import { type EditorPage, plural } from "./page";
import type { Present } from "./people";
import type { SavingWords } from "./status";

/** Seals in the header. */
const SEALS = 3;

export interface HeaderParts {
  /** Where the state of saving is written. */
  readonly status: HTMLElement | null;
  /** Where the number of those present is written. */
  readonly count: HTMLElement | null;
  /** Until when one may write; hidden once one may not. */
  readonly phase: HTMLElement | null;
  /** The seals of a few of those who write. */
  readonly seals: HTMLElement | null;
  /** The offline banner; its words are given when the line is cut, so that they are announced. */
  readonly banner: HTMLElement | null;
}

export interface HeaderFacts {
  readonly saving: SavingWords;
  /** The line is cut, and one goes on. */
  readonly offline: boolean;
  /** The server will not have us. */
  readonly closed: boolean;
  /** The device does not keep what it is given. */
  readonly deviceRefuses: boolean;
  /** Whether one may write; null before the server has said so. */
  readonly writable: boolean | null;
  readonly present: readonly Present[];
  readonly count: number;
}

export class Header {
  private wasOffline = false;

  /** @param speak Tells those who do not see the screen. */
  constructor(
    private readonly parts: HeaderParts,
    private readonly page: EditorPage,
    private readonly speak: (words: string) => void,
  ) {}

  draw({ saving, offline, closed, deviceRefuses, writable, present, count }: HeaderFacts): void {
    const { parts, page } = this;
    const { texts } = page;
    if (parts.status) drawStatus(parts.status, saving);
    if (parts.banner) {
      const offlineText = deviceRefuses ? texts.offline_unkept : texts.offline_text;
      parts.banner.toggleAttribute("data-ouvert", offline);
      const [title, text] = parts.banner.querySelectorAll("[data-words]");
      if (title) say(title, offline ? texts.offline_title : "");
      if (text) say(text, offline ? offlineText : "");
      if (this.wasOffline && !offline && !closed) this.speak(texts.says_back);
      this.wasOffline = offline;
    }
    if (parts.count) {
      parts.count.hidden = count === 0;
      say(parts.count, plural(page.language, count, texts.present_count_one, texts.present_count_other));
    }
    if (parts.seals) drawSeals(parts.seals, present);
    if (parts.phase && writable !== null) parts.phase.hidden = !writable;
  }
}

const STATUS_CLASSES = {
  joining: "etat hors",
  saved: "etat ouvert ok",
  saving: "etat hors",
  unkept: "etat direct",
  unsent: "etat attente",
  offline: "etat hors",
  "read-only": "etat hors",
} as const;

/** The whole sentence for ears and wide screens, the short one for narrow screens' eyes. */
function drawStatus(element: HTMLElement, { kind, words, short }: SavingWords): void {
  if (element.dataset.words === words) return;
  element.dataset.words = words;
  element.className = STATUS_CLASSES[kind];
  element.replaceChildren(
    el("span", { class: "mot" }, words),
    el("span", { class: "court", "aria-hidden": "true" }, short),
  );
}

/** A few of those who write, or are there, as overlapping seals; the list says who they are. */
function drawSeals(element: HTMLElement, present: readonly Present[]): void {
  const active = [...present].sort((a, b) => Number(b.active) - Number(a.active)).slice(0, SEALS);
  const first = present.filter((one) => active.includes(one));
  const key = first.map((one) => `${one.person.id}/${one.person.initials}/${one.style}`).join(" ");
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(
    ...first.map((one) => el("span", { class: `sceau elu c${one.style}` }, one.person.initials)),
  );
}
