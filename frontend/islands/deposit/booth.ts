/** Where one records: asked, seen and heard, recorded, seen again; then kept, or done again. */
import { format, isSafari, type Kind } from "./formats";
import { watch } from "./level";
import { newKey } from "./network";
import { copy, part, say, show } from "./parts";
import type { Keeping, KeptRecording } from "./shelf";
import { hold } from "./shelf";
import { Take, type Taken } from "./take";
import { duration, fill, type Words } from "./words";

type State = "closed" | "asking" | "ready" | "recording" | "review";

/** Which parts are seen in which state. */
const SEEN: Readonly<Record<string, readonly State[]>> = {
  asking: ["asking"],
  mirror: ["ready", "recording"],
  choices: ["ready"],
  level: ["ready", "recording"],
  advice: ["ready"],
  time: ["recording"],
  start: ["ready"],
  hold: ["recording"],
  stop: ["recording"],
  replay: ["review"],
  keep: ["review"],
  redo: ["review"],
  leave: ["asking", "ready"],
  drop: ["review"],
};
/** Where the focus goes when a state begins. */
const FIRST: Readonly<Partial<Record<State, string>>> = {
  asking: "title",
  ready: "start",
  recording: "stop",
  review: "title",
};

export class Booth {
  private readonly root: HTMLElement;
  private state: State = "closed";
  private kind: Kind = "video";
  private stream: MediaStream | null = null;
  private unwatch = () => {};
  private take: Take | null = null;
  private taken: Taken | null = null;
  private address = "";
  private timer = 0;
  private said = 0;
  private isLeft = false;

  /**
   * @param doors The buttons that open it, by kind.
   * @param kept What was recorded is to be sent.
   * @param refused Nothing can be recorded, and why: a key of the page's texts.
   * @param longestS How many seconds a recording has at most.
   */
  constructor(
    page: ParentNode,
    place: HTMLElement,
    private readonly doors: Readonly<Record<Kind, HTMLElement>>,
    private readonly shelf: Keeping,
    private readonly words: Words,
    private readonly announce: (sentence: string) => void,
    private readonly kept: (taken: Taken, name: string) => void,
    private readonly refused: (why: string) => void,
    private readonly longestS: number,
  ) {
    this.root = copy(page, "booth");
    place.append(this.root);
    const on = (name: string, deed: () => void) => this.part(name).addEventListener("click", deed);
    on("start", () => this.start());
    on("stop", () => this.take?.stop(true));
    on("hold", () => this.pause());
    on("redo", () => this.redo());
    on("keep", () => this.keep());
    on("leave", () => this.close());
    on("drop", () => this.drop());
    for (const name of ["camera", "microphone"]) {
      this.part(name).addEventListener("change", () => this.ask());
    }
    addEventListener("pagehide", () => this.release());
  }

  get isRecording(): boolean {
    return this.state === "recording";
  }

  /** Whether somebody is there without touching anything: they speak, or look at what they recorded. */
  get isAttended(): boolean {
    const player = this.part("replay").querySelector<HTMLMediaElement>("video, audio");
    // A pause has no end of its own: whoever left in the middle of one is not waited for.
    if (this.isRecording) return !this.take?.isPaused;
    return player !== null && !player.paused && !player.ended;
  }

  /** Lets the camera go and forgets what was recorded: whoever was here has left. */
  leave(): void {
    this.isLeft = true;
    this.release();
    this.blank();
    this.enter("closed");
  }

  /** Whether something was recorded that nobody has decided about. */
  get isFull(): boolean {
    return this.state === "review";
  }

  async open(kind: Kind): Promise<void> {
    this.kind = kind;
    for (const door of Object.values(this.doors)) door.hidden = true;
    say(this.part("title"), this.words[kind === "video" ? "title_video" : "title_sound"] as string);
    say(this.part("advice"), this.words[kind === "video" ? "advice_video" : "advice_sound"] as string);
    show(this.part("camera-choice"), kind === "video");
    this.enter("asking");
    await this.ask();
  }

  /** Shows what an earlier visit recorded. */
  review(taken: Taken): void {
    this.kind = taken.row.kind;
    for (const door of Object.values(this.doors)) door.hidden = true;
    say(this.part("title"), this.words[this.kind === "video" ? "again_video" : "again_sound"] as string);
    this.look(taken);
  }

  private part<Kind extends Element = HTMLElement>(name: string): Kind {
    return part<Kind>(this.root, name);
  }

  private enter(state: State): void {
    this.state = state;
    this.root.hidden = state === "closed";
    const hadFocus = this.root.contains(document.activeElement) || document.activeElement === document.body;
    for (const [name, states] of Object.entries(SEEN)) this.part(name).hidden = !states.includes(state);
    if (this.kind === "sound") this.part("mirror").hidden = true;
    const first = FIRST[state];
    if (first && (hadFocus || state === "asking")) this.part(first).focus();
  }

  /** Asks for the camera and the microphone that are chosen, or for any. */
  private async ask(): Promise<void> {
    this.release();
    const chosen = (name: string) => this.part<HTMLSelectElement>(name).value;
    const camera = chosen("camera");
    const microphone = chosen("microphone");
    const wanted = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } };
    const constraints: MediaStreamConstraints = {
      audio: microphone ? { deviceId: { exact: microphone } } : true,
      video:
        this.kind === "video" &&
        (camera ? { ...wanted, deviceId: { exact: camera } } : { ...wanted, facingMode: "user" }),
    };
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(constraints);
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      this.close();
      this.refused(
        name === "NotAllowedError" || name === "SecurityError"
          ? "denied"
          : name === "NotFoundError" || name === "OverconstrainedError"
            ? "no_device"
            : "busy",
      );
      return;
    }
    // Whoever left meanwhile is not filmed.
    if (this.state !== "asking" && this.state !== "ready") {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.stream = stream;
    const mirror = this.part<HTMLVideoElement>("mirror");
    mirror.muted = true;
    mirror.srcObject = this.kind === "video" ? stream : null;
    if (this.kind === "video") mirror.play().catch(() => {});
    this.unwatch = watch(stream, this.part<SVGElement>("bar"), (isHeard) => {
      say(this.part("heard"), this.words[isHeard ? "heard" : "too_low"] as string);
      // While somebody speaks nobody else should: the sentence stands beside the bar.
      if (this.state === "ready") this.announce(this.words[isHeard ? "heard" : "too_low"] as string);
    });
    await this.list(stream);
    if (this.state === "asking") this.enter("ready");
  }

  private async list(stream: MediaStream): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    for (const [name, kind, word] of [
      ["camera", "videoinput", "camera"],
      ["microphone", "audioinput", "microphone"],
    ] as const) {
      const select = this.part<HTMLSelectElement>(name);
      const found = devices.filter((one) => one.kind === kind && one.deviceId);
      const track = stream.getTracks().find((one) => `${one.kind}input` === kind);
      const used = track?.getSettings().deviceId ?? select.value;
      const options = found.map((one, i) => {
        const label = one.label || fill(this.words[word] as string, { n: i + 1 });
        return new Option(label, one.deviceId, false, one.deviceId === used);
      });
      select.replaceChildren(...options);
    }
    show(this.part("camera-choice"), this.kind === "video");
  }

  private async start(): Promise<void> {
    if (!this.stream || this.state !== "ready") return;
    const found = format(this.kind, (type) => MediaRecorder.isTypeSupported(type), isSafari);
    if (!found) {
      this.close();
      this.refused("not_here");
      return;
    }
    const id = newKey();
    const { kind } = this;
    const row = { id, owner: this.shelf.owner, kind, type: found.type, at: Date.now(), seconds: 0 };
    await hold(id);
    try {
      this.take = new Take(this.stream, row, this.shelf, this.longestS);
    } catch {
      this.close();
      this.refused("not_here");
      return;
    }
    this.said = 0;
    this.part("note").hidden = true;
    this.tick();
    this.timer = setInterval(() => this.tick(), 500);
    say(this.part("hold"), this.words.pause as string);
    this.enter("recording");
    this.announce(this.words.recording_on as string);
    const { take } = this;
    const taken = await take.over;
    clearInterval(this.timer);
    this.take = null;
    this.release();
    if (this.isLeft) return;
    if (taken) {
      this.announce(fill(this.words.recorded as string, { time: duration(taken.row.seconds, this.words) }));
      this.look(taken);
      return;
    }
    await this.shelf.removeRecording(id);
    if (take.isAsked || take.seconds > 0) {
      await this.open(this.kind);
      if (this.root.hidden) return;
      say(this.part("note"), this.words.too_short as string);
      this.part("note").hidden = false;
      this.announce(this.words.too_short as string);
    } else {
      this.close();
      this.refused("busy");
    }
  }

  private tick(): void {
    const seconds = this.take?.seconds ?? 0;
    const left = Math.max(0, this.longestS - seconds);
    const said = { time: duration(seconds, this.words), left: duration(left, this.words) };
    const state = this.take?.isPaused ? "time_paused" : "time";
    const unkept = this.shelf.lasts ? "" : ` ${this.words.unkept}`;
    say(this.part("time"), fill(this.words[state] as string, said) + unkept);
    for (const [n, minutes] of [
      [1, 5],
      [2, 1],
    ] as const) {
      if (this.said >= n || left > minutes * 60) continue;
      this.said = n;
      this.announce(fill(this.words.ends_soon as string, { left: duration(left, this.words) }));
    }
  }

  private pause(): void {
    if (!this.take) return;
    if (this.take.isPaused) this.take.resume();
    else this.take.pause();
    say(this.part("hold"), this.words[this.take.isPaused ? "resume" : "pause"] as string);
    this.tick();
  }

  private look(taken: Taken): void {
    this.taken = taken;
    const replay = this.part("replay");
    const name = taken.row.kind === "video" ? "video" : "audio";
    const player = document.createElement(name);
    player.controls = true;
    player.preload = "metadata";
    player.setAttribute("aria-label", this.words.see_again as string);
    if (player instanceof HTMLVideoElement) player.playsInline = true;
    // A recording says how long it is only to whoever goes to its end.
    player.addEventListener(
      "loadedmetadata",
      () => {
        if (Number.isFinite(player.duration)) return;
        player.addEventListener("seeked", () => (player.currentTime = 0), { once: true });
        player.currentTime = 1e9;
      },
      { once: true },
    );
    this.address = URL.createObjectURL(taken.bytes);
    player.src = this.address;
    const length = document.createElement("p");
    length.className = "secondaire";
    length.textContent = fill(this.words.length as string, { time: duration(taken.row.seconds, this.words) });
    replay.replaceChildren(player, length);
    this.enter("review");
  }

  private async forget(): Promise<void> {
    const row = this.taken?.row;
    this.blank();
    if (row) await this.shelf.removeRecording(row.id);
  }

  private blank(): void {
    this.taken = null;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = "";
    this.part("replay").replaceChildren();
  }

  private async redo(): Promise<void> {
    await this.forget();
    await this.open(this.kind);
  }

  private keep(): void {
    const taken = this.taken;
    if (!taken) return;
    const ending = endingOf(taken.row);
    this.blank();
    this.close();
    this.kept(
      taken,
      fill(this.words[taken.row.kind === "video" ? "name_video" : "name_sound"] as string, { ending }),
    );
  }

  private async drop(): Promise<void> {
    await this.forget();
    this.close();
    this.announce(this.words.dropped as string);
  }

  private close(): void {
    this.release();
    const hadFocus = this.root.contains(document.activeElement);
    this.enter("closed");
    for (const door of Object.values(this.doors)) door.hidden = false;
    if (hadFocus) this.doors[this.kind].focus();
  }

  private release(): void {
    this.unwatch();
    this.unwatch = () => {};
    if (this.take) {
      this.take.stop();
      return;
    }
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.part<HTMLVideoElement>("mirror").srcObject = null;
  }
}

function endingOf(row: KeptRecording): string {
  const container = row.type.split(";")[0]?.split("/")[1] ?? "webm";
  return container === "mp4" && row.kind === "sound" ? "m4a" : container;
}
