/** One recording: every second of it is on this device before the next, so that a crash costs a second or two. */
import type { Keeping, KeptRecording } from "./shelf";

const SHORTEST_S = 1;
const SLICE_MS = 1_000;
const VIDEO_BITS = 1_200_000;
const SOUND_BITS = 64_000;

export interface Taken {
  readonly row: KeptRecording;
  readonly bytes: Blob;
}

export class Take {
  /** Resolves when it is over, for whatever reason; null when nothing was recorded. */
  readonly over: Promise<Taken | null>;
  private readonly recorder: MediaRecorder;
  private readonly parts: Blob[] = [];
  private writing: Promise<unknown> = Promise.resolve();
  /** Whether the person ended it, and not the device. */
  isAsked = false;
  private before = 0;
  private since: number | null = null;
  private readonly limit: ReturnType<typeof setInterval>;

  /**
   * @param row What is kept of it; its length is counted here.
   * @param longestS It stops by itself after so many seconds.
   */
  constructor(
    stream: MediaStream,
    private readonly row: KeptRecording,
    private readonly shelf: Keeping,
    private readonly longestS: number,
  ) {
    const bits = { videoBitsPerSecond: VIDEO_BITS, audioBitsPerSecond: SOUND_BITS };
    this.recorder = new MediaRecorder(stream, { mimeType: row.type, ...bits });
    this.recorder.addEventListener("dataavailable", ({ data }) => {
      if (!data.size) return;
      const n = this.parts.push(data) - 1;
      const now = { ...this.row, seconds: this.seconds };
      this.writing = this.writing.then(() => this.shelf.putChunk(now, n, data));
    });
    this.over = new Promise((resolve) => {
      // A track that ends (a call, a cable, the camera taken by another program) stops the recorder by itself.
      this.recorder.addEventListener("stop", () => {
        this.halt();
        clearInterval(this.limit);
        const bytes = new Blob(this.parts, { type: row.type });
        const taken = { row: { ...row, seconds: this.seconds }, bytes };
        // Less than a second may hold no whole picture, and plays nowhere.
        const isThere = bytes.size > 0 && this.seconds >= SHORTEST_S;
        this.writing.then(() => resolve(isThere ? taken : null));
      });
    });
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop());
    this.recorder.start(SLICE_MS);
    this.since = performance.now();
    this.limit = setInterval(() => {
      if (this.seconds >= this.longestS) this.stop();
    }, SLICE_MS);
  }

  get seconds(): number {
    return this.before + (this.since === null ? 0 : (performance.now() - this.since) / 1000);
  }

  get isPaused(): boolean {
    return this.recorder.state === "paused";
  }

  pause(): void {
    if (this.recorder.state !== "recording") return;
    this.recorder.pause();
    this.halt();
    // What waits in the recorder is written now: a pause may last.
    this.recorder.requestData();
  }

  resume(): void {
    if (this.recorder.state !== "paused") return;
    this.recorder.resume();
    this.since = performance.now();
  }

  /** @param isAsked Whether a person wants it. */
  stop(isAsked = false): void {
    this.isAsked ||= isAsked;
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  private halt(): void {
    this.before = this.seconds;
    this.since = null;
  }
}
