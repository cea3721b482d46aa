/** Whether anybody is still there: asked in words, with a time that is told and that any touch extends. */

const EVENTS = ["pointerdown", "keydown", "input", "scroll"];
const TICK_MS = 1_000;

export class Idle {
  private timer = 0;
  private left = 0;
  private readonly idle: number;
  private readonly warned: number;

  /**
   * @param page Says in seconds how long nobody has to touch it, and how long the warning stays.
   * @param isAttended Whether somebody is there without touching anything.
   * @param leave Nobody is.
   */
  constructor(
    page: HTMLElement,
    private readonly warning: HTMLElement,
    private readonly isAttended: () => boolean,
    private readonly leave: () => void,
  ) {
    this.idle = Number(page.dataset.attente) * 1_000;
    this.warned = Number(page.dataset.avertie);
  }

  watch(): void {
    for (const name of EVENTS) window.addEventListener(name, this.touch, { passive: true });
    this.touch();
  }

  end(): void {
    clearTimeout(this.timer);
    for (const name of EVENTS) window.removeEventListener(name, this.touch);
    this.warning.hidden = true;
  }

  private readonly touch = (): void => {
    clearTimeout(this.timer);
    this.warning.hidden = true;
    // Emptied, so that it is said again the next time.
    this.part("question").textContent = "";
    this.timer = window.setTimeout(this.warn, this.idle);
  };

  private readonly warn = (): void => {
    if (this.isAttended()) {
      this.touch();
      return;
    }
    this.warning.hidden = false;
    this.part("question").textContent = this.part("question").dataset.borneQuestion as string;
    this.left = this.warned;
    this.count();
  };

  private readonly count = (): void => {
    if (this.left <= 0) {
      this.end();
      this.leave();
      return;
    }
    const line = this.part("reste");
    line.textContent = (line.dataset.borneReste as string).replace("{n}", String(this.left));
    this.left -= 1;
    this.timer = window.setTimeout(this.count, TICK_MS);
  };

  private part(name: string): HTMLElement {
    return this.warning.querySelector(`[data-borne-${name}]`) as HTMLElement;
  }
}
