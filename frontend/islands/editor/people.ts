/** Who writes here, who is here now, and where. */
import * as Y from "yjs";
import type { Person } from "./page";
import type * as wire from "./wire";

/** Where the server does not say who is connected: how long someone who went quiet counts as present, in ms. */
const PRESENT_MS = 5 * 60_000;

/** Someone present: at which place of the text, when last seen. */
export interface Present {
  readonly person: Person;
  /** Index in the text, null when unknown. */
  readonly index: number | null;
  /** Writing or moving now: the caret is drawn. */
  readonly active: boolean;
  /** One of the six drawings of line and colour. */
  readonly style: number;
}

/** A stretch of text by one author. */
export interface Run {
  readonly official: string;
  readonly from: number;
  readonly to: number;
}

interface Place {
  readonly official: string;
  readonly name: string;
  readonly at: readonly number[] | null;
  readonly active: boolean;
  readonly seen: number;
  readonly clock: number;
}

export class People {
  private readonly officials = new Map<string, Person>();
  private readonly clients = new Map<number, string>();
  private readonly places = new Map<number, Place>();
  /** Those connected, as the server says; null until it does. */
  private here: ReadonlySet<string> | null = null;
  private styles: ReadonlyMap<string, number> = new Map();

  constructor(readonly me: Person) {}

  learn(authors: wire.Authors): void {
    for (const person of authors.officials) this.officials.set(String(person.id), person);
    // Official 0 is nobody: the words of a template or of an import.
    for (const [client, official] of authors.clients) this.clients.set(client, String(official || ""));
  }

  /** Binds this tab's own client: what one has just typed is one's own before the server says so. */
  learnOwn(client: number): void {
    this.clients.set(client, String(this.me.id));
    if (!this.officials.has(String(this.me.id))) this.officials.set(String(this.me.id), this.me);
  }

  /** Takes in the list of those connected. Returns the officials who were not here before; none the first time. */
  gather(officials: readonly (string | number)[]): Person[] {
    const before = this.here;
    this.here = new Set(officials.map(String));
    if (!before) return [];
    const came = [...this.here].filter((one) => !before.has(one) && one !== String(this.me.id));
    return came.map((one) => this.person(one));
  }

  /** How many are in the text, oneself included; the secretariat, who only reads (official 0), is not counted. */
  count(now: number): number {
    const own = String(this.me.id);
    if (this.here) return this.here.size + (own !== "0" && !this.here.has(own) ? 1 : 0);
    return this.present(null, now).length + (own === "0" ? 0 : 1);
  }

  /** The authors' drawings, as the pages show them: official and style. */
  draw(styles: ReadonlyMap<string, number>): void {
    this.styles = styles;
  }

  /** Takes in presence. Returns the officials who were not here before. */
  hear(entries: readonly wire.Presence[], own: number, now: number): Person[] {
    const arrived: Person[] = [];
    for (const { client, clock, state } of entries) {
      if (client === own) continue;
      const known = this.places.get(client);
      if (!state) {
        if (known) this.places.set(client, { ...known, active: false, clock });
        continue;
      }
      const official = String(state.o ?? this.clients.get(client) ?? "");
      if (official === "" || official === String(this.me.id)) continue;
      const name = state.n ?? this.officials.get(official)?.name ?? "";
      const here =
        this.here !== null || this.present(null, now).some((one) => String(one.person.id) === official);
      this.places.set(client, {
        official,
        name,
        at: state.c ?? known?.at ?? null,
        active: true,
        seen: now,
        clock,
      });
      if (!here) arrived.push(this.person(official, name));
    }
    return arrived;
  }

  /** The others present, one entry for each official, with the latest place of each. */
  present(doc: Y.Doc | null, now: number): Present[] {
    const latest = new Map<string, Place>();
    for (const place of this.places.values()) {
      if (this.here ? !this.here.has(place.official) : now - place.seen > PRESENT_MS) continue;
      const other = latest.get(place.official);
      if (!other || other.seen < place.seen) latest.set(place.official, place);
    }
    const officials = [...(this.here ?? latest.keys())].filter((one) => one !== String(this.me.id));
    return officials
      .map((official) => {
        const place = latest.get(official);
        return {
          person: this.person(official, place?.name),
          index: doc && place?.at ? indexOf(doc, place.at) : null,
          active: place?.active ?? false,
          style: this.seal(official),
        };
      })
      .filter((one) => one.person.name !== "")
      .sort((a, b) => a.person.name.localeCompare(b.person.name));
  }

  /** Where one client is now; undefined when unknown. */
  at(client: number, doc: Y.Doc | null, now: number): Present | undefined {
    const official = this.places.get(client)?.official;
    return this.present(doc, now).find((one) => String(one.person.id) === official);
  }

  person(official: string, name = ""): Person {
    const known = this.officials.get(official);
    if (known) return known;
    return { id: official, name, initials: initialsOf(name) };
  }

  /** How an official's words are drawn, 1 to 6, as on the public page; 0 for all beyond the sixth author. */
  style(official: string): number {
    return this.styles.get(official) ?? 0;
  }

  /** The colour of an official's caret and seal, 1 to 6: that of their words when they have one. */
  private seal(official: string): number {
    let sum = 0;
    for (const letter of official) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
    return this.style(official) || (sum % 6) + 1;
  }

  /** Who wrote what, in the order of the text, from the client ids and their owners told by the server. */
  runs(text: Y.Text): Run[] {
    const runs: { official: string; from: number; to: number }[] = [];
    let at = 0;
    for (let piece = text._start; piece; piece = piece.right) {
      if (piece.deleted || !piece.countable) continue;
      const official = this.clients.get(piece.id.client) ?? "";
      const last = runs.at(-1);
      if (last?.official === official) last.to = at + piece.length;
      else runs.push({ official, from: at, to: at + piece.length });
      at += piece.length;
    }
    return runs;
  }
}

/** A place that survives the edits of others: client, clock, side. Null in an empty text. */
export function placeOf(text: Y.Text, index: number): number[] | null {
  const atEnd = index >= text.length;
  const place = Y.createRelativePositionFromTypeIndex(text, index, atEnd ? -1 : 0);
  return place.item ? [place.item.client, place.item.clock, place.assoc] : null;
}

function indexOf(doc: Y.Doc, [client, clock, assoc]: readonly number[]): number | null {
  if (client === undefined || clock === undefined) return null;
  const place = new Y.RelativePosition(null, null, Y.createID(client, clock), assoc ?? 0);
  if (Y.getState(doc.store, client) <= clock) return null;
  return Y.createAbsolutePositionFromRelativePosition(place, doc)?.index ?? null;
}

function initialsOf(name: string): string {
  return name
    .split(/[\s-]+/)
    .map((word) => word.charAt(0).toLocaleUpperCase())
    .join("")
    .slice(0, 2);
}
