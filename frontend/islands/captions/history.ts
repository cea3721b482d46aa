/** What one can go back to: the lines as they were before each change, and where one was then. */
import type { Name, Values } from "./rows";

/** Where somebody is: a line of the page, a field of it, what is selected there. */
export interface Place {
  readonly row: number;
  readonly name: Name;
  readonly from: number;
  readonly to: number;
}

export interface Step {
  readonly lines: readonly Values[];
  readonly place: Place | null;
}

const MOST = 200;
const PAUSE_MS = 1_000; // letters typed without a longer pause go back together

export class History {
  private past: Step[] = [];
  private future: Step[] = [];
  private typing = "";
  private at = 0;

  /**
   * Note a change.
   * @param before how it was
   * @param field where somebody types, when it is no more than that
   */
  note(before: Step, field = "", now = Date.now()): void {
    const goesOn = field !== "" && field === this.typing && now - this.at < PAUSE_MS;
    this.typing = field;
    this.at = now;
    this.future = [];
    if (goesOn) return;
    this.past.push(before);
    if (this.past.length > MOST) this.past.shift();
  }

  back(current: Step): Step | null {
    return this.move(this.past, this.future, current);
  }

  forth(current: Step): Step | null {
    return this.move(this.future, this.past, current);
  }

  private move(from: Step[], to: Step[], current: Step): Step | null {
    const found = from.pop();
    if (!found) return null;
    to.push(current);
    this.typing = "";
    return found;
  }
}
