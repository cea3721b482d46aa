/** The recording beside its lines: plays one of them, marks the one being said, and has its buttons where one is. */
import { type Rows, seconds } from "./rows";

type Deeds = Readonly<Record<"start" | "end", (row: HTMLElement) => void>>;

export class Player {
  private until = Number.POSITIVE_INFINITY;

  constructor(
    private readonly media: HTMLMediaElement | null,
    private readonly rows: Rows,
    private readonly words: DOMStringMap,
  ) {}

  /** Play a line, or stop. */
  play(row: HTMLElement): void {
    if (!this.media) return;
    if (!this.media.paused) {
      this.media.pause();
      return;
    }
    const { start, end } = this.rows.values(row);
    if (Number.isNaN(seconds(start))) return;
    this.until = seconds(end);
    this.media.currentTime = seconds(start);
    void this.media.play();
  }

  /** @param changed told when a button has changed a line */
  mount(deeds: Deeds, changed: () => void, signal: AbortSignal): void {
    if (!this.media) return;
    const bar = this.toolbar(deeds, changed);
    this.media.addEventListener("timeupdate", () => this.follow(), { signal });
    this.rows.list.addEventListener(
      "focusin",
      (event) => {
        const row = this.rows.of(event.target);
        if (row && bar.parentElement !== row) row.append(bar);
      },
      { signal },
    );
  }

  private follow(): void {
    const at = this.media?.currentTime ?? 0;
    if (at >= this.until) {
      this.media?.pause();
      this.until = Number.POSITIVE_INFINITY;
    }
    for (const row of this.rows.all()) {
      const { start, end } = this.rows.values(row);
      row.classList.toggle("en-cours", seconds(start) <= at && at < seconds(end));
    }
  }

  /** The buttons of the player, which stand at the line where one is. */
  private toolbar(deeds: Deeds, changed: () => void): HTMLElement {
    const bar = document.createElement("p");
    bar.className = "rang";
    bar.dataset.tools = "";
    const all = { play: (row: HTMLElement) => this.play(row), ...deeds };
    for (const name of ["play", "start", "end"] as const) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = this.words[name] ?? "";
      button.addEventListener("click", () => {
        const row = this.rows.of(bar);
        if (!row) return;
        all[name](row);
        changed();
      });
      bar.append(button);
    }
    return bar;
  }
}
