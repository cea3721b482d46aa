/**
 * One motion, as this tab holds it: the document, what waits to be sent, and the connection.
 *
 * Local updates go to the outbox first and are shown as saved once the server has committed them. Remote
 * updates go through the hold rule. When the server refuses an update the document is made anew from the
 * server's state, and the refused words are handed to their author; when it refuses but the client id, which somebody
 * else has, they are sent again under another.
 */
import * as Y from "yjs";
import { Hold } from "./hold";
import { type Closed, Live } from "./live";
import { underLogin } from "./moving";
import type { Base } from "./outbox";
import type { RoomOptions } from "./parts";
import type * as wire from "./wire";
import { EntryWords, insertedText, masks } from "./words";

/** Own updates of this span travel as one, in milliseconds. */
const COALESCE_MS = 100;
/** An update being gathered stays below this size, in bytes: the server takes 16 KiB. */
const GATHER_BYTES = 14_000;
/** Updates without an answer beyond which the next ones wait, to leave as one. */
const IN_FLIGHT = 20;
/** Client ids given up because somebody else has them, at most: more is no accident. */
const MAX_TAKEN = 3;
/** Wait before the state of the document is kept on the device again, in milliseconds. */
const BASE_EVERY_MS = 2500;

const REMOTE = Symbol("remote");
const RESTORED = Symbol("restored");

export class Room {
  text: Y.Text;
  /** The server's last word on the motion. */
  state: wire.MotionState | null = null;
  online = false;
  way: "socket" | "http" = "socket";
  joined = false;
  savedAt: Date | null = null;
  closed: Closed | null = null;
  readonly hold: Hold<Uint8Array>;
  private doc: Y.Doc;
  private fresh: Y.Doc | null = null;
  private readonly spoiled = new Set<number>();
  /** Client ids of this tab that somebody else has. */
  private readonly taken = new Set<number>();
  /** The official for whom one types; 0 for oneself. */
  private typedFor = 0;
  /** Client ids of this document by for whom one types under them. */
  private readonly hands = new Map<number, number>();
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private gatherTimer: ReturnType<typeof setTimeout> | undefined;
  private baseTimer: ReturnType<typeof setTimeout> | undefined;
  private adding: Promise<unknown> = Promise.resolve();
  private releasing = false;
  /** Words of another login or of a taken client id wait: nothing leaves before they are moved (`moving.ts`). */
  private moving: boolean;
  /** The entry that last took words out, up to which `doc` has heard of it. */
  private redacted: number;
  /** `doc` holds words that were taken out since: it is kept nowhere, and the server's takes its place. */
  private isVoid = false;
  /** States from the device that the document was restored from. */
  private readonly usable: readonly Base[];
  private readonly words = new EntryWords();
  private readonly live: Live;

  constructor(private readonly options: RoomOptions) {
    this.doc = this.newDoc();
    this.text = this.doc.getText("text");
    this.redacted = options.redacted;
    this.usable = options.outbox.bases.filter((base) => (base.redacted ?? 0) >= options.redacted);
    if (this.usable.length < options.outbox.bases.length) void options.outbox.dropBases();
    for (const base of this.usable) this.restore(base.state);
    for (const entry of options.outbox.entries) this.restore(entry.bytes);
    this.moving = options.outbox.entries.some((entry) => entry.session !== options.session);
    // To move them one must know what the server has: its whole state is asked for.
    if (this.moving) this.fresh = this.newDoc();
    this.hold = new Hold(options.composing, (update) => this.apply(update));
    this.live = new Live({
      socketUrl: options.socketUrl,
      fallbackUrl: options.fallbackUrl,
      login: options.session,
      stateVector: () => Y.encodeStateVector(this.fresh ?? this.doc),
      pending: () => (this.moving ? [] : options.outbox.sendable),
      onMessage: (message) => this.receive(message),
      onOnline: (online, way) => {
        this.online = online;
        this.way = way;
        if (online) {
          this.closed = null;
          this.send();
        } else void this.saveBase();
        options.onChange();
      },
      onVoid: () => this.void(),
      onClosed: (why) => {
        this.closed = why;
        options.onChange();
      },
    });
  }

  /** A text from the device is at hand: one may go on writing before the server answers. */
  get restored(): boolean {
    const { pendingStructs, pendingDs } = this.doc.store;
    return (
      this.usable.length > 0 || (this.options.outbox.entries.length > 0 && !pendingStructs && !pendingDs)
    );
  }

  start(): void {
    this.live.start();
  }

  /** Verifies the connection at once (the page is seen again, the network came back). */
  wake(): void {
    this.live.wake();
  }

  /** Tells where one is; may be lost. */
  say(message: Uint8Array): void {
    if (this.joined) this.live.say(message);
  }

  get client(): number {
    return this.doc.clientID;
  }

  /**
   * From here on one types for this official, 0 for oneself, under a client id of its own: the server ties an id to for
   * whom its words are.
   */
  typeFor(official: number): void {
    if (official === this.typedFor) return;
    void this.flush();
    this.hands.set(this.typedFor, this.doc.clientID);
    this.typedFor = official;
    this.doc.clientID = this.hands.get(official) ?? draw();
    this.options.onChange();
  }

  /** When the oldest update without answer was written, in milliseconds since 1970; null when none waits. */
  get waitingSince(): number | null {
    return this.options.outbox.entries[0]?.at ?? (this.gathered.length > 0 ? Date.now() : null);
  }

  /** The words that the server has not acknowledged, in the order of writing. */
  unsentText(): string {
    return this.words.of(this.options.outbox.entries) + this.gathered.map(insertedText).join("");
  }

  /** Those of them that are on the device; null when none of what waits is. */
  keptText(): string | null {
    const kept = this.options.outbox.onDevice;
    return kept.length > 0 ? this.words.of(kept) : null;
  }

  /** Whether a reload would bring back all that waits. */
  get isKept(): boolean {
    const { entries, onDevice } = this.options.outbox;
    return this.gathered.length === 0 && onDevice.length === entries.length;
  }

  /** The device does not keep what it is given. */
  get deviceRefuses(): boolean {
    return this.options.outbox.refuses;
  }

  /** Closes the update being gathered and keeps it on the device. */
  async flush(): Promise<void> {
    clearTimeout(this.gatherTimer);
    this.gatherTimer = undefined;
    if (this.gathered.length > 0) {
      const bytes = this.gathered.length === 1 ? this.gathered[0] : Y.mergeUpdates(this.gathered);
      this.gathered = [];
      this.gatheredBytes = 0;
      const { outbox, session } = this.options;
      const added = outbox.add({
        client: this.doc.clientID,
        bytes: bytes as Uint8Array,
        at: Date.now(),
        session,
        typedFor: this.typedFor,
        // What leaves at once is written as such; the rest is merged when its turn comes.
        sent: this.online && !this.moving && !outbox.hasUnsent && outbox.inFlight < IN_FLIGHT,
      });
      this.adding = this.adding
        .then(() => added)
        .then(() => {
          this.send();
          this.options.onKept();
        });
    }
    await this.adding;
  }

  /** Lets leave what may: first what was never sent is merged, unless much is still without an answer. */
  private send(): void {
    if (!this.online || this.moving) return;
    const { outbox } = this.options;
    if (!this.releasing && outbox.hasUnsent && outbox.inFlight < IN_FLIGHT) {
      this.releasing = true;
      void outbox.release().then((any) => {
        this.releasing = false;
        if (any) this.send();
      });
    }
    this.live.push();
  }

  /** The page is being hidden or left: put everything on the device now. */
  async settle(): Promise<void> {
    await this.flush();
    void this.options.outbox.copyNow();
    await this.saveBase();
  }

  destroy(): void {
    void this.settle();
    clearTimeout(this.baseTimer);
    this.hold.destroy();
    this.live.stop();
    this.options.outbox.close();
  }

  private newDoc(): Y.Doc {
    // Without collection an update always carries the words that were written, even if deleted at once.
    const doc = new Y.Doc({ gc: false });
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (doc !== this.doc) return;
      this.baseTimer ??= setTimeout(() => void this.saveBase(), BASE_EVERY_MS);
      if (origin === REMOTE || origin === RESTORED) return;
      this.gather(update);
    });
    return doc;
  }

  private gather(update: Uint8Array): void {
    if (this.gatheredBytes + update.length > GATHER_BYTES) void this.flush();
    const wasQuiet = this.gathered.length === 0;
    this.gathered.push(update);
    this.gatheredBytes += update.length;
    this.gatherTimer ??= setTimeout(() => void this.flush(), COALESCE_MS);
    if (wasQuiet) this.options.onChange();
  }

  private restore(update: Uint8Array): void {
    try {
      Y.applyUpdate(this.doc, update, RESTORED);
    } catch {
      // A state cut short on the device: the server's will take its place.
    }
  }

  private async saveBase(): Promise<void> {
    clearTimeout(this.baseTimer);
    this.baseTimer = undefined;
    if (this.isVoid || (!this.joined && !this.restored)) return;
    // In this order: the state must never hold words of ours that the outbox has not.
    await this.flush();
    if (this.isVoid) return;
    await this.options.outbox.saveBase({
      state: Y.encodeStateAsUpdate(this.doc),
      client: this.typedFor === 0 ? this.doc.clientID : (this.hands.get(0) ?? 0),
      session: this.options.session,
      redacted: this.redacted,
    });
  }

  private apply(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, REMOTE);
  }

  private receive(message: wire.Message): void {
    switch (message.type) {
      case "step2":
        if (this.fresh) this.replaceDoc(this.fresh, message.update);
        else this.hold.receive(message.update);
        this.join();
        return;
      case "update":
        if (this.fresh) Y.applyUpdate(this.fresh, message.update, REMOTE);
        else this.hold.receive(message.update);
        this.join();
        return;
      case "ack":
        this.acknowledge(message.ack);
        return;
      case "refused":
        this.refuse(message.refused);
        return;
      case "state":
        this.state = message.state;
        if (message.state.redacted !== this.redacted) {
          this.redacted = message.state.redacted;
          const isAsked = this.fresh !== null;
          this.void();
          if (!isAsked) this.live.resync();
        }
        this.options.onChange();
        return;
      case "presence":
        this.options.onPresence(message.entries);
        return;
      case "authors":
        this.options.onAuthors(message.authors);
        return;
      case "present":
        this.options.onPresent(message.officials);
        return;
      default:
        // Step 1 needs no answer from us: whatever the server lacks is in the outbox. Unknown types are news
        // for later versions.
        return;
    }
  }

  /** The server's state is here: keep it at once, the line may be cut the next moment. */
  private join(): void {
    if (this.joined) return;
    this.joined = true;
    this.takeUpClient();
    void this.saveBase();
    this.options.onChange();
  }

  /**
   * Goes on under the client id of this tab's page before the reload: a login may bind a few only. Safe now and not
   * before: the server's state and our outbox together hold all that was ever written under it.
   */
  private takeUpClient(): void {
    const { outbox, session } = this.options;
    const before = outbox.bases.find((base) => session !== "" && base.session === session && base.client > 0);
    const hasWritten = this.gathered.length > 0 || Y.getState(this.doc.store, this.doc.clientID) > 0;
    if (
      !before ||
      hasWritten ||
      this.typedFor !== 0 ||
      this.hold.waiting > 0 ||
      this.doc.store.pendingStructs
    )
      return;
    this.doc.clientID = before.client;
  }

  private acknowledge(ack: wire.Ack): void {
    for (const n of ack.n) {
      const entry = this.options.outbox.settle(n);
      // After a rebuild the new document may not have what was acknowledged meanwhile.
      if (entry && (this.spoiled.size > 0 || this.isVoid))
        Y.applyUpdate(this.fresh ?? this.doc, entry.bytes, REMOTE);
    }
    this.savedAt = new Date(ack.at);
    this.send();
    this.options.onChange();
  }

  private refuse(refused: wire.Refused): void {
    // What was on its way when a client id was given up: all of it is sent again, and then answered.
    if (this.moving) return;
    const { outbox } = this.options;
    const client = outbox.entries.find(({ n }) => n === refused.n)?.client;
    if (refused.reason === "client-taken" && client !== undefined && this.taken.size < MAX_TAKEN) {
      this.giveUp(client);
      return;
    }
    const entry = outbox.settle(refused.n);
    if (!entry) return;
    this.options.onRefused({ ...refused, text: insertedText(entry.bytes) });
    if (!this.spoiled.has(this.doc.clientID)) this.rebuild();
    this.options.onChange();
  }

  /** Somebody else has this client id: what was written under it goes on under another, on the server's text. */
  private giveUp(client: number): void {
    this.taken.add(client);
    this.moving = true;
    this.fresh ??= this.newDoc();
    this.live.resync();
    this.options.onChange();
  }

  /** What was refused stands in our document and nowhere else: take the server's instead. */
  private rebuild(): void {
    void this.flush();
    this.spoiled.add(this.doc.clientID);
    this.fresh = this.newDoc();
    this.live.resync();
  }

  /** Words were taken out of the motion: what this tab and its device hold of it gives way to the server's state. */
  private void(): void {
    this.isVoid = true;
    void this.options.outbox.dropBases();
    this.fresh ??= this.newDoc();
  }

  /** Puts what the server has not answered on its own state, and goes on under the same client id if that is whole. */
  private carryOver(fresh: Y.Doc): void {
    for (const entry of this.options.outbox.entries) {
      // What follows on refused words will be refused too.
      if (!this.spoiled.has(entry.client)) Y.applyUpdate(fresh, entry.bytes, REMOTE);
    }
    const { clientID } = this.doc;
    const isWhole = Y.getState(fresh.store, clientID) === Y.getState(this.doc.store, clientID);
    if (isWhole && !this.spoiled.has(clientID)) fresh.clientID = clientID;
  }

  /** Brings what was written under another login, or under a taken client id, under this one, on the server's text. */
  private move(fresh: Y.Doc): void {
    const { outbox, session } = this.options;
    const known = Y.decodeStateVector(Y.encodeStateVector(fresh));
    const underThis = underLogin(outbox.entries, session, known, draw, this.taken);
    const moved = this.taken.size > 0 ? outbox.numbered(underThis) : underThis;
    for (const entry of moved) Y.applyUpdate(fresh, entry.bytes, REMOTE);
    void outbox.rewrite(moved).then(() => {
      this.moving = false;
      this.send();
      this.options.onChange();
    });
  }

  private replaceDoc(fresh: Y.Doc, update: Uint8Array): void {
    // Words typed since the refusal follow on refused ones: they will be refused too, and shown.
    void this.flush();
    Y.applyUpdate(fresh, update, REMOTE);
    if (this.moving) this.move(fresh);
    else if (this.isVoid) this.carryOver(fresh);
    this.hold.flush();
    const before = masks(this.text);
    this.fresh = null;
    // An id of the document that goes may lack here what was refused of it.
    this.hands.clear();
    const old = this.doc;
    this.doc = fresh;
    this.text = fresh.getText("text");
    this.options.onText(this.text);
    old.destroy();
    const wasVoid = this.isVoid;
    this.isVoid = false;
    if (wasVoid && this.joined && masks(this.text) > before) this.options.onRedacted();
    void this.saveBase();
  }
}

/** A client id that nobody uses. */
function draw(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
