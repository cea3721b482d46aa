/** What a room is given, and what it hands out. */
import type * as Y from "yjs";
import type { Outbox } from "./outbox";
import type * as wire from "./wire";

/** Words that the server did not take. */
export interface RefusedText {
  /** The text of the update; empty for a deletion. */
  readonly text: string;
  readonly reason: string;
  readonly sentence: string;
  /** Whether the server keeps them as late text. */
  readonly kept: boolean;
}

export interface RoomOptions {
  readonly socketUrl: string;
  readonly fallbackUrl: string;
  readonly outbox: Outbox;
  /** The login, as the page tells it; empty when it does not. */
  readonly session: string;
  /** Entry that last took words out of the motion, as the page tells it; 0 when none did. */
  readonly redacted: number;
  /** Whether remote updates must wait (hold rule). */
  readonly composing: () => boolean;
  /** The document was replaced by the server's: bind the editor to `room.text` again. */
  readonly onText: (text: Y.Text) => void;
  /** Something that the status or the writing right depends on has changed. */
  readonly onChange: () => void;
  /** More of what waits is on the device. */
  readonly onKept: () => void;
  /** Words of the text were taken out of it by a decision. */
  readonly onRedacted: () => void;
  readonly onRefused: (refused: RefusedText) => void;
  readonly onPresence: (entries: readonly wire.Presence[]) => void;
  readonly onAuthors: (authors: wire.Authors) => void;
  readonly onPresent: (officials: readonly (string | number)[]) => void;
}
