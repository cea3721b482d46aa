/** The files on their way, one after another; and those of an earlier visit. */
import { Card } from "./cards";
import { fingerprint } from "./fingerprint";
import { FileList } from "./list";
import { digest, newKey, send, wait } from "./network";
import { part, say } from "./parts";
import { hold, type Keeping, type KeptRecording, type KeptUpload } from "./shelf";
import type { Taken } from "./take";
import { type Answer, type Request, Sending, type Source } from "./tus";
import { fill, size, type Words } from "./words";

interface Job {
  readonly row: KeptUpload;
  readonly sending: Sending;
  readonly card: Card;
}

/** A file of an earlier visit, of which this one has not the bytes. */
interface Interrupted {
  readonly row: KeptUpload;
  readonly line: HTMLElement;
}

/** How often progress is said aloud. */
const SPOKEN_MS = 30_000;
const LIST_PAUSE_MS = 3_000;

export class Depot {
  private readonly address: string;
  private readonly list: FileList;
  private readonly language = document.documentElement.lang;
  private jobs: Job[] = [];
  private interrupted: Interrupted[] = [];
  private isGoing = false;
  private spoken = 0;

  constructor(
    root: HTMLElement,
    private readonly tools: HTMLElement,
    private readonly shelf: Keeping,
    private readonly words: Words,
    private readonly announce: (sentence: string) => void,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    this.address = root.dataset.depot as string;
    this.list = new FileList(document.querySelector("[data-depot-liste]") as HTMLElement, headers);
    for (const input of root.querySelectorAll<HTMLInputElement>("input[type=file]")) this.enhance(input);
    part(tools, "at-once").hidden = false;
    const next = this.form;
    next?.addEventListener("submit", (event) => this.leave(event as SubmitEvent));
  }

  get isBusy(): boolean {
    return this.jobs.some(({ sending }) => !["done", "cancelled"].includes(sending.phase));
  }

  /** Stops everything on its way: whoever was here has left. What has arrived is given up by the server. */
  abandon(): void {
    for (const { sending } of this.jobs) void sending.pause();
  }

  /** Takes up what an earlier visit left: recordings go on by themselves, files need to be chosen again. */
  async goOn(left: { uploads: KeptUpload[]; recordings: KeptRecording[] }): Promise<void> {
    for (const row of left.uploads) {
      if (!(await hold(row.id))) continue;
      const recording = left.recordings.find(({ id }) => id === row.recording);
      if (recording) {
        const bytes = await this.shelf.recorded(recording).catch(() => null);
        if (bytes) this.add(row, bytes);
        else await this.shelf.removeUpload(row.id);
      } else if (row.address) {
        await this.ask(row, row.address);
      } else {
        await this.shelf.removeUpload(row.id);
      }
    }
  }

  async addFile(file: File): Promise<void> {
    let print: string;
    try {
      print = await fingerprint(file);
    } catch {
      this.complain(fill(this.words.unreadable_named as string, { name: file.name }));
      return;
    }
    if (this.jobs.some(({ row, sending }) => row.fingerprint === print && sending.phase !== "cancelled")) {
      this.complain(fill(this.words.twice as string, { name: file.name }));
      return;
    }
    const known = this.interrupted.find(({ row }) => row.fingerprint === print);
    if (known) {
      this.interrupted = this.interrupted.filter((one) => one !== known);
      known.line.remove();
      this.announce(fill(this.words.goes_on as string, { name: known.row.name }));
      this.add(known.row, file);
      return;
    }
    const row = this.newRow(file.name, file.size, print);
    await this.shelf.putUpload(row);
    this.add(row, file);
  }

  async addRecording(taken: Taken, name: string): Promise<void> {
    const row = { ...this.newRow(name, taken.bytes.size, ""), recording: taken.row.id };
    await this.shelf.putRecording(taken.row);
    await this.shelf.putUpload(row);
    this.add(row, taken.bytes);
  }

  private newRow(name: string, bytes: number, print: string): KeptUpload {
    const { owner } = this.shelf;
    const row = { id: newKey(), owner, address: null, name, size: bytes, fingerprint: print, at: Date.now() };
    void hold(row.id);
    return row;
  }

  private add(row: KeptUpload, bytes: Blob): void {
    this.complain("");
    const source: Source = {
      name: row.name,
      type: bytes.type.split(";")[0] ?? "",
      size: bytes.size,
      piece: (from, to) => bytes.slice(from, to).arrayBuffer(),
    };
    let job: Job;
    const keep = async (address: string | null) => {
      // Cancelled or arrived, it is forgotten elsewhere; this must not bring it back.
      if (job.sending.phase !== "cancelled") await this.shelf.putUpload({ ...row, address });
      this.hideListed();
    };
    const tell = () => this.draw(job);
    const outside = { transport: this.send, digest, wait, clock: () => performance.now(), keep, tell };
    const sending = new Sending(source, this.address, row.id, outside, row.address);
    const card = new Card(this.tools, row.name, this.words, this.language, {
      pause: () => void sending.pause(),
      resume: () => {
        sending.phase = "queued";
        tell();
        this.go();
      },
      cancel: () => void this.cancel(job),
    });
    job = { row, sending, card };
    this.jobs.push(job);
    part(this.tools, "cards").append(card.root);
    this.draw(job);
    this.hideListed();
    this.go();
  }

  private async go(): Promise<void> {
    if (this.isGoing) return;
    this.isGoing = true;
    try {
      for (let job = this.next(); job; job = this.next()) {
        await job.sending.run();
        if ((job.sending.phase as string) === "done") void this.settle(job);
      }
    } finally {
      this.isGoing = false;
    }
  }

  private next(): Job | undefined {
    return this.jobs.find(({ sending }) => sending.phase === "queued");
  }

  private draw(job: Job): void {
    const { phase } = job.sending;
    const before = job.card.root.dataset.phase;
    const now = performance.now();
    const said = job.card.draw(job.sending, now);
    job.card.root.dataset.phase = phase;
    const isNews =
      before !== undefined && before !== phase && !["queued", "sending", "cancelled"].includes(phase);
    if (isNews || (phase === "sending" && before === "waiting")) this.announce(`${job.row.name}. ${said}`);
    else if (phase === "sending" && now - this.spoken > SPOKEN_MS) this.announce(said);
    else return;
    this.spoken = now;
  }

  /** A file has arrived: it stands in the list, or the list says why it does not. */
  private async settle(job: Job): Promise<void> {
    let refused: string;
    for (;;) {
      try {
        refused = await this.list.refresh();
        break;
      } catch {
        await wait(LIST_PAUSE_MS, new AbortController().signal);
      }
    }
    const isRefused = refused.includes(job.row.name);
    await this.shelf.removeUpload(job.row.id);
    // A recording that the server does not take is not thrown away for that: the next visit offers it.
    if (job.row.recording && !isRefused) await this.shelf.removeRecording(job.row.recording);
    this.remove(job);
    if (isRefused) this.complain(refused);
    const go = this.form?.querySelector("[data-depot-suite]");
    if (go && !this.list.isEmpty) say(go, this.words.go_on as string);
  }

  private async cancel(job: Job): Promise<void> {
    const asked = fill(this.words.cancel_sure as string, { name: job.row.name });
    if (job.row.recording && !confirm(asked)) return;
    await job.sending.cancel();
    await this.shelf.removeUpload(job.row.id);
    if (job.row.recording) await this.shelf.removeRecording(job.row.recording);
    this.remove(job);
    this.announce(fill(this.words.cancelled as string, { name: job.row.name }));
    await this.list.refresh().catch(() => "");
  }

  private remove(job: Job): void {
    const hadFocus = job.card.root.contains(document.activeElement);
    job.card.root.remove();
    this.jobs = this.jobs.filter((one) => one !== job);
    this.hideListed();
    if (hadFocus) this.list.element.focus();
  }

  /** Shows a file of an earlier visit, unless it has arrived or is forgotten. */
  private async ask(row: KeptUpload, address: string): Promise<void> {
    let arrived = 0;
    try {
      const headers = { "Tus-Resumable": "1.0.0" };
      const answer = await this.send({ method: "HEAD", address, headers }, null);
      arrived = Number(answer.header("Upload-Offset") ?? 0);
      if (answer.status === 404 || answer.status === 410 || (answer.status < 300 && arrived === row.size)) {
        await this.shelf.removeUpload(row.id);
        return;
      }
    } catch {
      // Without a network nothing is known but that it had begun.
    }
    const said = {
      done: size(arrived, this.words, this.language),
      total: size(row.size, this.words, this.language),
    };
    const card = new Card(this.tools, row.name, this.words, this.language, {
      pause: () => {},
      resume: () => {},
      cancel: () => void this.forget(row, address),
    });
    for (const name of ["pause", "resume", "progress"]) part(card.root, name).hidden = true;
    say(part(card.root, "state"), fill(this.words.interrupted as string, said));
    part(this.tools, "cards").append(card.root);
    this.interrupted.push({ row, line: card.root });
    this.hideListed();
  }

  private async forget(row: KeptUpload, address: string): Promise<void> {
    try {
      await this.send({ method: "DELETE", address, headers: { "Tus-Resumable": "1.0.0" } }, null);
    } catch {
      // It expires.
    }
    await this.shelf.removeUpload(row.id);
    const known = this.interrupted.find((one) => one.row.id === row.id);
    this.interrupted = this.interrupted.filter((one) => one !== known);
    const hadFocus = known?.line.contains(document.activeElement);
    known?.line.remove();
    await this.list.refresh().catch(() => "");
    this.hideListed();
    if (hadFocus) this.list.element.focus();
    this.announce(fill(this.words.cancelled as string, { name: row.name }));
  }

  /** What is shown on its way does not stand in the list as well. */
  private hideListed(): void {
    const addresses = [
      ...this.jobs.map(({ sending }) => sending.address),
      ...this.interrupted.map(({ row }) => row.address),
    ];
    this.list.without(addresses.map((address) => address?.split("/").pop() ?? ""));
  }

  private get form(): HTMLFormElement | null {
    return this.list.element.closest("form");
  }

  private readonly send = (request: Request, signal: AbortSignal | null): Promise<Answer> =>
    send({ ...request, headers: { ...request.headers, ...this.headers } }, signal);

  /** A chosen file leaves at once; the button of its plain form, if it has one, has nothing left to do. */
  private enhance(input: HTMLInputElement): void {
    const plain = this.list.element.contains(input) || input.form === this.form ? null : input.form;
    input.multiple = !input.hasAttribute("capture");
    input.setAttribute("aria-describedby", part(this.tools, "at-once").id);
    for (const button of plain?.querySelectorAll("button") ?? []) button.hidden = true;
    const take = () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      void (async () => {
        for (const file of files) await this.addFile(file);
      })();
    };
    input.addEventListener("change", take);
    plain?.addEventListener("submit", (event) => {
      event.preventDefault();
      take();
    });
    // Chosen before this script was there.
    if (input.files?.length) take();
  }

  /** Leaving would stop what is on its way. */
  private leave(event: SubmitEvent): void {
    if (!this.isBusy) return;
    event.preventDefault();
    this.complain(this.words.stay as string);
    part(this.tools, "complaint").focus();
  }

  private complain(sentence: string): void {
    const notice = part(this.tools, "complaint");
    say(notice, sentence);
    notice.hidden = !sentence;
    if (sentence) this.announce(sentence);
  }
}
