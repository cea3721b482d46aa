/** The messages of the live protocol: y-protocols' own, and ours under the subprotocol `motion.v1`. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { Person } from "./page";

export const SUBPROTOCOL = "motion.v1";

/** One entry of an awareness message; `state` null means gone or idle. */
export interface Presence {
  readonly client: number;
  readonly clock: number;
  readonly state: PresenceState | null;
}

/** Who and where, as the server writes it. `c` is the position: client, clock and side of a character. */
export interface PresenceState {
  readonly o?: string | number;
  readonly n?: string;
  readonly r?: string;
  readonly c?: readonly number[] | null;
}

export interface Ack {
  readonly n: readonly number[];
  readonly entry: number;
  readonly at: string;
}

export interface Refused {
  readonly n: number;
  readonly reason: string;
  readonly sentence: string;
  readonly kept: boolean;
}

export interface MotionState {
  readonly state: string;
  readonly may_write: boolean;
  readonly reason: string;
  readonly sentence: string;
  /** Entry of the record that last took words out of the updates: a document from before it is void. */
  readonly redacted: number;
}

export interface Authors {
  readonly clients: readonly (readonly [number, string | number])[];
  readonly officials: readonly Person[];
}

export type Message =
  | { readonly type: "step1"; readonly stateVector: Uint8Array }
  | { readonly type: "step2"; readonly update: Uint8Array }
  | { readonly type: "update"; readonly update: Uint8Array }
  | { readonly type: "presence"; readonly entries: readonly Presence[] }
  | { readonly type: "query-presence" }
  | { readonly type: "submit"; readonly n: number; readonly update: Uint8Array }
  | { readonly type: "ack"; readonly ack: Ack }
  | { readonly type: "refused"; readonly refused: Refused }
  | { readonly type: "state"; readonly state: MotionState }
  | { readonly type: "position"; readonly number: number }
  | { readonly type: "authors"; readonly authors: Authors }
  /** The officials connected to this motion, oneself included. */
  | { readonly type: "present"; readonly officials: readonly (string | number)[] }
  | { readonly type: "unknown"; readonly code: number };

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const SUBMIT = 100;
const ACK = 101;
const REFUSED = 102;
const STATE = 103;
const POSITION = 104;
const AUTHORS = 105;
const PRESENT = 106;
const SUBMIT_FOR = 107;

function message(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

export const step1 = (stateVector: Uint8Array) =>
  message((e) => {
    encoding.writeVarUint(e, SYNC);
    encoding.writeVarUint(e, 0);
    encoding.writeVarUint8Array(e, stateVector);
  });

export const submit = (n: number, update: Uint8Array) =>
  message((e) => {
    encoding.writeVarUint(e, SUBMIT);
    encoding.writeVarUint(e, n);
    encoding.writeVarUint8Array(e, update);
  });

/** The same, typed by a rapporteur for another official. */
export const submitFor = (n: number, official: number, update: Uint8Array) =>
  message((e) => {
    encoding.writeVarUint(e, SUBMIT_FOR);
    encoding.writeVarUint(e, n);
    encoding.writeVarUint(e, official);
    encoding.writeVarUint8Array(e, update);
  });

export const queryPresence = () => message((e) => encoding.writeVarUint(e, QUERY_AWARENESS));

export const presence = (entries: readonly Presence[]) =>
  message((e) => {
    encoding.writeVarUint(e, AWARENESS);
    encoding.writeVarUint8Array(
      e,
      message((inner) => {
        encoding.writeVarUint(inner, entries.length);
        for (const entry of entries) {
          encoding.writeVarUint(inner, entry.client);
          encoding.writeVarUint(inner, entry.clock);
          encoding.writeVarString(inner, JSON.stringify(entry.state));
        }
      }),
    );
  });

/** Reads one message. Throws on malformed bytes; a type we do not know is told, not refused. */
export function read(bytes: Uint8Array): Message {
  const d = decoding.createDecoder(bytes);
  const json = () => JSON.parse(new TextDecoder().decode(decoding.readVarUint8Array(d)));
  const code = decoding.readVarUint(d);
  switch (code) {
    case SYNC: {
      const kind = decoding.readVarUint(d);
      const body = decoding.readVarUint8Array(d);
      if (kind === 0) return { type: "step1", stateVector: body };
      return kind === 1 ? { type: "step2", update: body } : { type: "update", update: body };
    }
    case AWARENESS: {
      const inner = decoding.createDecoder(decoding.readVarUint8Array(d));
      const count = decoding.readVarUint(inner);
      const entries: Presence[] = [];
      for (let i = 0; i < count; i++) {
        const client = decoding.readVarUint(inner);
        const clock = decoding.readVarUint(inner);
        entries.push({ client, clock, state: JSON.parse(decoding.readVarString(inner)) });
      }
      return { type: "presence", entries };
    }
    case QUERY_AWARENESS:
      return { type: "query-presence" };
    case SUBMIT:
      return { type: "submit", n: decoding.readVarUint(d), update: decoding.readVarUint8Array(d) };
    case ACK:
      return { type: "ack", ack: json() };
    case REFUSED:
      return { type: "refused", refused: json() };
    case STATE:
      return { type: "state", state: json() };
    case POSITION:
      return { type: "position", number: decoding.readVarUint(d) };
    case AUTHORS:
      return { type: "authors", authors: json() };
    case PRESENT:
      return { type: "present", officials: json().officials };
    default:
      return { type: "unknown", code };
  }
}

/** The body of the HTTP twin: each message with its length before it. */
export function pack(messages: readonly Uint8Array[]): Uint8Array {
  return message((e) => {
    for (const one of messages) encoding.writeVarUint8Array(e, one);
  });
}

export function unpack(body: Uint8Array): Message[] {
  const d = decoding.createDecoder(body);
  const messages: Message[] = [];
  while (decoding.hasContent(d)) messages.push(read(decoding.readVarUint8Array(d)));
  return messages;
}
