/** What a person sees of one file on its way: its name, what has arrived, pause, give up. */
import { copy, part, say, show } from "./parts";
import type { Sending } from "./tus";
import { fill, Pace, progress, type Words } from "./words";

export interface Deeds {
  resume(): void;
  pause(): void;
  cancel(): void;
}

export class Card {
  readonly root: HTMLElement;
  private readonly pace = new Pace();

  constructor(
    page: ParentNode,
    name: string,
    private readonly words: Words,
    private readonly language: string,
    deeds: Deeds,
  ) {
    this.root = copy(page, "card");
    say(this.part("name"), name);
    for (const one of this.root.querySelectorAll("[data-part=of]")) one.textContent = ` ${name}`;
    for (const deed of ["pause", "resume", "cancel"] as const) {
      this.part(deed).addEventListener("click", () => deeds[deed]());
    }
  }

  /** Shows where a file is, and returns what of it may be said aloud. */
  draw(sending: Sending, at: number): string {
    const { phase, confirmed, source } = sending;
    if (phase === "sending") this.pace.mark(at, confirmed);
    const left = phase === "sending" ? this.pace.left(source.size) : null;
    const arrived = progress(confirmed, source.size, left, this.words, this.language);
    const bar = this.part<HTMLProgressElement>("progress");
    bar.max = Math.max(1, source.size);
    bar.value = confirmed;
    bar.hidden = phase === "done";
    const said = this.sentence(sending, arrived);
    const again = sending.beganAgain && phase !== "refused" ? `${this.words.began_again} ` : "";
    say(this.part("state"), again + said);
    this.root.classList.toggle("refuse", phase === "refused");
    const goes = phase === "sending" || phase === "waiting" || phase === "queued";
    const [pause, resume] = [this.part("pause"), this.part("resume")];
    if (goes) {
      show(pause, true);
      show(resume, false, pause);
    } else {
      show(resume, phase === "paused" || (phase === "refused" && !sending.isUnreadable));
      show(pause, false, resume);
    }
    this.part("cancel").hidden = phase === "done";
    return said;
  }

  private sentence(sending: Sending, arrived: string): string {
    const { words } = this;
    switch (sending.phase) {
      case "queued":
        return words.queued as string;
      case "waiting":
        return fill(words.waiting as string, { arrived });
      case "paused":
        return fill(words.paused as string, { arrived });
      case "done":
        return words.arrived as string;
      case "refused":
        return sending.isUnreadable
          ? (words.unreadable as string)
          : sending.sentence || (words.refused as string);
      default:
        return sending.confirmed === 0 ? (words.starting as string) : arrived;
    }
  }

  private part<Kind extends Element = HTMLElement>(name: string): Kind {
    return part<Kind>(this.root, name);
  }
}
