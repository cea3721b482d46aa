/** The page's own life: it sleeps and wakes, is hidden, is left. What was written is put in safety before, and after. */
import type { Room } from "./room";

export class PageLife {
  /** Nothing is lost by leaving, and one does it knowingly: no question asked. */
  private leaving = false;
  private readonly undo: (() => void)[] = [];

  constructor(private readonly room: Room) {
    this.listen(document, "visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
      else void room.settle();
    });
    this.listen(window, "pagehide", () => void room.settle());
    // Asleep for an hour, or brought back from the browser's store of past pages: the line may be dead in silence.
    this.listen(document, "resume", () => this.wake());
    this.listen(window, "pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted) this.wake();
    });
    this.listen(window, "online", () => this.wake());
    this.listen(window, "offline", () => room.wake());
    this.listen(window, "beforeunload", (event) => {
      if (this.leaving || room.waitingSince === null) return;
      void room.settle();
      event.preventDefault();
      (event as BeforeUnloadEvent).returnValue = true;
    });
  }

  /** The page is about to be left for the sign-in: asks nothing if a reload brings all back. */
  leave(): void {
    this.leaving = this.room.isKept;
  }

  stop(): void {
    for (const one of this.undo) one();
  }

  private listen(target: EventTarget, type: string, act: (event: Event) => void): void {
    target.addEventListener(type, act);
    this.undo.push(() => target.removeEventListener(type, act));
  }

  private wake(): void {
    if (this.room.closed === "signed-out") void this.comeBack();
    else this.room.wake();
  }

  /** Signed in again in another tab: this page is of the login that ended, a new one takes up its words. */
  private async comeBack(): Promise<void> {
    const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    await this.room.settle();
    this.leave();
    if (this.leaving) location.reload();
  }
}
