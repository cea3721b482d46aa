/** What the page gives the editor, as JSON in `<script type="application/json" id="motion-editor">`. */
import type { Other } from "./forwhom";
import type { ServerPlan } from "./plan";

export interface Person {
  /** Identifier of the official in the congress. */
  readonly id: string;
  readonly name: string;
  readonly initials: string;
  readonly mandate?: string;
  readonly commune?: string;
}

export interface EditorPage {
  /** The congress's slug. */
  readonly congress: string;
  /** The motion's code: M1, M2… */
  readonly code: string;
  readonly title: string;
  /** Path of the live socket, `/live/{congress}/{code}`; the scheme follows the page's. */
  readonly live_url: string;
  /** Path of the plain HTTP twin, for networks that block sockets. */
  readonly fallback_url: string;
  /** Page of the plain mode. */
  readonly simple_url: string;
  /** Where one signs in to come back here. */
  readonly sign_in_url: string;
  /** Language tag of the interface: `fr` or `en`. */
  readonly language: string;
  /** Where the plan is asked for again. */
  readonly plan_url: string;
  /** The plan of the text as the server had it when it made the page. */
  readonly plan: ServerPlan;
  /** IANA zone of the congress; the device's own when absent. */
  readonly time_zone?: string;
  /** Entry of the record that last took words out of this motion; 0 when none did. */
  readonly redacted: number;
  readonly may_write: boolean;
  /** Why one may not write, in the page's language; empty when one may. */
  readonly sentence?: string;
  readonly me: Person;
  /** For whom one may write, as a rapporteur; absent for all others. */
  readonly others?: readonly Other[];
  /** Something that tells this login from others, the same on each of its pages; never the cookie itself. */
  readonly session?: string;
  readonly texts: Texts;
}

/** Every sentence that the editor shows. Words in braces are filled by the editor. */
export interface Texts {
  readonly editor_label: string;
  readonly editor_help: string;
  readonly toolbar: string;
  readonly heading: string;
  readonly bold: string;
  readonly italic: string;
  readonly list: string;
  readonly undo: string;
  readonly redo: string;
  readonly authors: string;
  readonly signs: string;
  readonly simple_mode: string;
  readonly plan: string;
  readonly plan_start: string;
  readonly lines_one: string;
  readonly lines_other: string;
  readonly here_one: string;
  readonly here_other: string;
  readonly present: string;
  readonly present_none: string;
  readonly present_count_one: string;
  readonly present_count_other: string;
  readonly present_short_one: string;
  readonly present_short_other: string;
  readonly go_there: string;
  readonly go_there_name: string;
  readonly at_line: string;
  readonly writing_now: string;
  readonly authors_of_text: string;
  readonly authors_more: string;
  readonly characters: string;
  readonly announcements: string;
  readonly announce_none: string;
  readonly announce_calm: string;
  readonly announce_all: string;
  readonly says_editing_here: string;
  readonly says_editing_line: string;
  readonly says_arrived_one: string;
  readonly says_arrived_other: string;
  readonly says_back: string;
  readonly time: string;
  readonly joining: string;
  readonly saved: string;
  readonly saving: string;
  readonly unsent_one: string;
  readonly unsent_other: string;
  readonly unsent_short: string;
  readonly unkept_one: string;
  readonly unkept_other: string;
  readonly keeping: string;
  readonly offline: string;
  readonly read_only: string;
  readonly read_only_short: string;
  readonly reason_signed_out: string;
  readonly reason_not_allowed: string;
  readonly reason_not_found: string;
  readonly offline_title: string;
  readonly offline_text: string;
  readonly offline_unkept: string;
  readonly signed_out_title: string;
  readonly signed_out_text: string;
  readonly signed_out_kept: string;
  readonly sign_in: string;
  readonly words_removed: string;
  readonly for_label: string;
  readonly for_begin: string;
  readonly for_field: string;
  readonly for_help: string;
  readonly for_choose: string;
  readonly for_none: string;
  readonly for_more: string;
  readonly for_count: string;
  readonly for_cancel: string;
  readonly for_now: string;
  readonly for_note: string;
  readonly for_end: string;
  readonly for_ended: string;
  readonly for_reloaded: string;
  readonly for_again: string;
  readonly refused_title: string;
  readonly refused_deletion: string;
  readonly late_title: string;
  readonly late_text: string;
  readonly passage: string;
  readonly copy: string;
  readonly copied: string;
  readonly close: string;
  readonly tabs: string;
  readonly tab_text: string;
  readonly tab_line: string;
  readonly tab_plan: string;
  readonly tab_plan_count_one: string;
  readonly tab_plan_count_other: string;
}

/** Reads the page's JSON, or says which part is missing. */
export function readPage(doc: Document): EditorPage {
  const source = doc.getElementById("motion-editor")?.textContent;
  if (!source) throw new Error("editor: the page has no element #motion-editor");
  const page = JSON.parse(source) as EditorPage;
  for (const key of [
    "congress",
    "code",
    "live_url",
    "fallback_url",
    "plan_url",
    "plan",
    "texts",
    "me",
    "redacted",
  ] as const) {
    if (page[key] === undefined) throw new Error(`editor: #motion-editor lacks "${key}"`);
  }
  return page;
}

/** Fills the words in braces: `fill("ligne {number}", { number: 14 })`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
}

/** Chooses between the `_one` and `_other` forms as the language asks (0 is singular in French). */
export function plural(
  language: string,
  count: number,
  one: string,
  other: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? one : other;
  return fill(form, { count, ...values });
}

/** An hour as people write it in the page's language, in the congress's zone. */
export function clockWords(at: Date, page: Pick<EditorPage, "time_zone" | "texts">): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    hour: "numeric",
    minute: "2-digit",
    hourCycle: "h23",
    ...(page.time_zone ? { timeZone: page.time_zone } : {}),
  }).formatToParts(at);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? "";
  return fill(page.texts.time, { hour: String(Number(part("hour"))), minute: part("minute") });
}
