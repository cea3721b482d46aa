/** The connection to the session: a WebSocket, or its plain HTTP twin where networks block sockets. */
import type { Entry } from "./outbox";
import * as wire from "./wire";

/** First and longest wait before another attempt, in milliseconds; each is shortened by chance. */
const BACKOFF_MS = { first: 400, longest: 15_000 };
/** A socket that has said nothing for so long after it was asked is dead, in milliseconds. */
const SILENCE_MS = 9000;
/** The same when the page has just woken: more likely dead than slow. */
const WAKE_MS = 4000;
/** Quiet after which the server is asked for a sign of life, in milliseconds. */
const HEARTBEAT_MS = 15_000;
/** Failed upgrades after which the plain way is tried. */
const BLOCKED_AFTER = 2;
/** Wait before sockets are tried again from the plain way, in milliseconds; doubles up to ten times that. */
const RETRY_SOCKET_MS = 60_000;
/** Longest body of one request, below the server's 64 KiB. */
const BODY_BYTES = 60_000;
/** Seconds that the server may keep a poll waiting. */
const POLL_S = 25;

export type Closed = "signed-out" | "not-allowed" | "not-found";

export interface LiveOptions {
  /** Absolute `ws:` or `wss:` address. */
  readonly socketUrl: string;
  readonly fallbackUrl: string;
  /** The login of the page, told to the server: another one on the same device must not send these words. */
  readonly login: string;
  /** What the document has, asked at each join. */
  readonly stateVector: () => Uint8Array;
  /** What waits for an answer, in order. */
  readonly pending: () => readonly Entry[];
  readonly onMessage: (message: wire.Message) => void;
  readonly onOnline: (online: boolean, way: "socket" | "http") => void;
  /** The server closed the line because words were taken out: what the document holds is void. */
  readonly onVoid: () => void;
  /** The server will not have us; no further attempt is made until `wake`. */
  readonly onClosed: (why: Closed) => void;
}

/** Why the server closes every line of a motion that words were taken out of. */
const REDACTION = "redaction";
/** Longest wait before the line is made again then, in milliseconds: all of a motion's editors come at once. */
const REDACTION_MS = 400;

const CLOSE_CODES: Readonly<Record<number, Closed>> = {
  4401: "signed-out",
  4403: "not-allowed",
  4404: "not-found",
  401: "signed-out",
  403: "not-allowed",
  404: "not-found",
};

export class Live {
  private socket: WebSocket | null = null;
  private way: "none" | "socket" | "http" = "none";
  private stopped = false;
  /** Number up to which the server has sent everything; asked from the plain way only. */
  private position = 0;
  private sentUpTo = 0;
  /** Questions for the document on this socket without an answer yet: only the last one's is what is awaited. */
  private questions = 0;
  /** The document is being made anew: the plain way asks for all of it, whatever was sent before. */
  private whole = false;
  private failures = 0;
  private blocked = 0;
  private online = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private poll: AbortController | null = null;
  private posting = false;
  private postAgain = false;
  private extra: Uint8Array[] = [];
  private retrySocketMs = RETRY_SOCKET_MS;

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    this.poll?.abort();
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
    this.way = "none";
  }

  /** Sends what waits in the outbox and was not sent on this connection. */
  push(): void {
    if (this.way === "socket" && this.socket) {
      for (const entry of this.options.pending()) {
        if (entry.n <= this.sentUpTo) continue;
        this.socket.send(submitted(entry) as Uint8Array<ArrayBuffer>);
        this.sentUpTo = entry.n;
      }
    } else if (this.way === "http") void this.post();
  }

  /** Sends a message that may be lost (presence). */
  say(message: Uint8Array): void {
    if (this.way === "socket" && this.socket) this.socket.send(message as Uint8Array<ArrayBuffer>);
    else if (this.way === "http") {
      this.extra = [message];
      void this.post();
    }
  }

  /** The page is seen again, or the network says it is back: verify at once. */
  wake(): void {
    if (this.stopped) return;
    if (this.way === "socket" && this.socket?.readyState === WebSocket.OPEN) {
      this.resync();
      this.expectLife(WAKE_MS);
      return;
    }
    if (this.way === "none") {
      this.failures = 0;
      this.connect();
    }
  }

  /** Asks again for what the document lacks. */
  resync(): void {
    this.whole = true;
    if (this.way === "socket" && this.socket) this.ask(this.socket);
    else if (this.way === "http") {
      this.poll?.abort();
      void this.pollLoop();
    }
  }

  private ask(socket: WebSocket): void {
    this.questions++;
    socket.send(wire.step1(this.options.stateVector()) as Uint8Array<ArrayBuffer>);
  }

  private connect(): void {
    clearTimeout(this.retry);
    if (this.stopped || (this.socket && this.way !== "http")) return;
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${this.options.socketUrl}?${this.login}`, [wire.SUBPROTOCOL]);
    } catch {
      this.blocked = BLOCKED_AFTER;
      this.failed();
      return;
    }
    socket.binaryType = "arraybuffer";
    const candidate = this.way === "http";
    if (!candidate) this.socket = socket;
    let alive = false;
    // An upgrade that hangs, or that opens and carries nothing, counts as blocked like a refused one.
    const limit = setTimeout(() => {
      this.blocked = BLOCKED_AFTER;
      socket.close();
      lost(0);
    }, SILENCE_MS);
    let over = false;
    const lost = (code: number, reason = "") => {
      if (over) return;
      over = true;
      clearTimeout(limit);
      if (candidate && !alive) {
        this.scheduleSocketRetry();
        return;
      }
      if (this.socket !== socket) return;
      this.socket = null;
      this.way = "none";
      clearTimeout(this.watch);
      const closed = CLOSE_CODES[code];
      if (closed) {
        this.setOnline(false);
        this.options.onClosed(closed);
        return;
      }
      if (alive && reason === REDACTION && !this.stopped) {
        // No cut: one goes on writing, and nothing is said of the line.
        this.whole = true;
        this.options.onVoid();
        this.retry = setTimeout(() => this.connect(), REDACTION_MS * Math.random());
        return;
      }
      if (!alive) this.blocked++;
      this.failed();
    };
    socket.onopen = () => {
      if (this.socket === socket || candidate) this.questions = 0;
      this.ask(socket);
    };
    socket.onclose = (event) => lost(event.code, event.reason);
    socket.onmessage = (event) => {
      if (this.stopped || over) return;
      if (!alive) {
        alive = true;
        clearTimeout(limit);
        this.becomeSocket(socket);
      }
      this.quiet();
      this.receive(wire.read(new Uint8Array(event.data as ArrayBuffer)));
    };
  }

  private becomeSocket(socket: WebSocket): void {
    this.poll?.abort();
    this.poll = null;
    this.socket = socket;
    this.way = "socket";
    this.failures = 0;
    this.blocked = 0;
    this.retrySocketMs = RETRY_SOCKET_MS;
    this.sentUpTo = 0;
    this.setOnline(true);
    this.push();
  }

  private receive(message: wire.Message): void {
    if (message.type === "position") this.position = message.number;
    // The answer to an older question lacks what the document had then: news, not the whole that a later one asks for.
    const isOld = message.type === "step2" && this.way === "socket" && --this.questions > 0;
    if (message.type === "step2" && !isOld) this.whole = false;
    this.options.onMessage(isOld ? { type: "update", update: message.update } : message);
  }

  /** Something came: the line lives. After a while of quiet, ask. */
  private quiet(): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      this.socket?.send(wire.queryPresence() as Uint8Array<ArrayBuffer>);
      this.expectLife();
    }, HEARTBEAT_MS);
  }

  private expectLife(patienceMs = SILENCE_MS): void {
    clearTimeout(this.watch);
    const socket = this.socket;
    this.watch = setTimeout(() => {
      if (socket && this.socket === socket) {
        // close() alone may wait for an answer that never comes on a dead line.
        socket.close();
        socket.onclose?.({ code: 1006 } as CloseEvent);
      }
    }, patienceMs);
  }

  private failed(): void {
    if (this.stopped) return;
    if (this.blocked >= BLOCKED_AFTER) {
      void this.tryHttp();
      return;
    }
    this.setOnline(false);
    const limit = Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** this.failures++);
    this.retry = setTimeout(() => this.connect(), limit * (0.5 + Math.random() / 2));
  }

  private async tryHttp(): Promise<void> {
    this.way = "http";
    this.poll?.abort();
    if (await this.pollLoop()) return;
    if (this.stopped || this.way !== "http") return;
    this.way = "none";
    this.blocked = 0;
    this.failed();
  }

  private scheduleSocketRetry(): void {
    clearTimeout(this.retry);
    if (this.stopped || this.way !== "http") return;
    this.retry = setTimeout(() => this.connect(), this.retrySocketMs);
    this.retrySocketMs = Math.min(this.retrySocketMs * 2, RETRY_SOCKET_MS * 10);
  }

  /** Polls until something else takes over (true) or a request fails (false). */
  private async pollLoop(): Promise<boolean> {
    const poll = new AbortController();
    this.poll = poll;
    let first = true;
    while (!this.stopped && this.way === "http" && this.poll === poll) {
      try {
        const position = this.whole ? 0 : this.position;
        const address = `${this.options.fallbackUrl}/after/${position}?wait=${first ? 0 : POLL_S}`;
        const answer = await fetch(`${address}&${this.login}`, { signal: poll.signal, cache: "no-store" });
        if (this.refusedByStatus(answer.status)) return true;
        if (!answer.ok) throw new Error(`couldn't poll ${address}: ${answer.status}`);
        const body = new Uint8Array(await answer.arrayBuffer());
        if (this.poll !== poll || this.way !== "http") return true;
        if (first) {
          this.setOnline(true);
          this.scheduleSocketRetry();
          first = false;
        }
        for (const message of wire.unpack(body)) this.receive(message);
        void this.post();
      } catch {
        if (this.poll !== poll || this.way !== "http") return true;
        this.setOnline(false);
        if (first) return false;
        this.way = "none";
        this.failed();
        return true;
      }
    }
    return true;
  }

  /** One request at a time carries what waits, so that the order holds. */
  private async post(): Promise<void> {
    if (this.posting) {
      this.postAgain = true;
      return;
    }
    this.posting = true;
    try {
      do {
        this.postAgain = false;
        const messages = this.extra.splice(0);
        let size = 0;
        for (const entry of this.options.pending()) {
          size += entry.bytes.length + 16;
          if (messages.length > 0 && size > BODY_BYTES) {
            this.postAgain = true;
            break;
          }
          messages.push(submitted(entry));
        }
        if (messages.length === 0) break;
        const answer = await fetch(`${this.options.fallbackUrl}?${this.login}`, {
          method: "POST",
          headers: { "X-Motion-Live": "1", "Content-Type": "application/octet-stream" },
          body: wire.pack(messages) as BodyInit,
        });
        if (this.refusedByStatus(answer.status)) return;
        if (!answer.ok) throw new Error(`couldn't send: ${answer.status}`);
        for (const message of wire.unpack(new Uint8Array(await answer.arrayBuffer()))) this.receive(message);
      } while (this.postAgain && this.way === "http" && !this.stopped);
    } catch {
      // The poll notices that the line is cut; what was not acknowledged stays in the outbox.
    } finally {
      this.posting = false;
    }
  }

  private get login(): string {
    return new URLSearchParams({ login: this.options.login }).toString();
  }

  private refusedByStatus(status: number): boolean {
    const closed = CLOSE_CODES[status];
    if (!closed) return false;
    this.way = "none";
    this.setOnline(false);
    this.options.onClosed(closed);
    return true;
  }

  private setOnline(online: boolean): void {
    if (this.online === online) return;
    this.online = online;
    this.options.onOnline(online, this.way === "http" ? "http" : "socket");
  }
}

/** An update as it leaves: for whom it was typed goes with it, each time it is sent. */
function submitted({ n, bytes, typedFor }: Entry): Uint8Array {
  return typedFor ? wire.submitFor(n, typedFor, bytes) : wire.submit(n, bytes);
}
