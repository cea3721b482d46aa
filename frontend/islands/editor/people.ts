/** Who writes here, who is here now, and where. */
import * as Y from "yjs";
import type { Person } from "./page";
import type * as wire from "./wire";

/** How long someone who went quiet stays in the list of those present, in milliseconds. */
const PRESENT_MS = 5 * 60_000;

/** Someone present: at which place of the text, when last seen. */
export interface Present {
  readonly person: Person;
  /** Index in the text, null when unknown. */
  readonly index: number | null;
  /** Writing or moving now: the caret is drawn. */
  readonly active: boolean;
  /** Milliseconds since 1970. */
  readonly seen: number;
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

  constructor(readonly me: Person) {}

  learn(authors: wire.Authors): void {
    for (const person of authors.officials) this.officials.set(String(person.id), person);
    for (const [client, official] of authors.clients) this.clients.set(client, String(official));
  }

  /** Binds this tab's own client: what one has just typed is one's own before the server says so. */
  learnOwn(client: number): void {
    this.clients.set(client, String(this.me.id));
    if (!this.officials.has(String(this.me.id))) this.officials.set(String(this.me.id), this.me);
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
      const here = this.present(null, now).some((one) => String(one.person.id) === official);
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

  /** Those present, one entry for each official, the latest place of each. */
  present(doc: Y.Doc | null, now: number): Present[] {
    const latest = new Map<string, Place>();
    for (const place of this.places.values()) {
      if (now - place.seen > PRESENT_MS) continue;
      const other = latest.get(place.official);
      if (!other || other.seen < place.seen) latest.set(place.official, place);
    }
    return [...latest.values()]
      .map((place) => ({
        person: this.person(place.official, place.name),
        index: doc && place.at ? indexOf(doc, place.at) : null,
        active: place.active,
        seen: place.seen,
        style: this.style(place.official),
      }))
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

  /** The drawing of an official, 1 to 6; a person keeps the same one on the whole page. */
  style(official: string): number {
    return (this.rank(official) % 6) + 1;
  }

  /** Whether an official has a drawing of their own, not shared with another. */
  distinct(official: string): boolean {
    return this.rank(official) < 6;
  }

  private rank(official: string): number {
    const rank = [...this.officials.keys()].indexOf(official);
    if (rank >= 0) return rank;
    let sum = 0;
    for (const letter of official) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
    return sum;
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
