/** Longest time that remote updates wait for a word being composed, in milliseconds. */
export const HOLD_MS = 3000;

/**
 * Holds remote updates while a character is being composed (dead keys, input methods).
 *
 * Without this a half-typed word is written twice when a neighbour edits beside it. With `EditContext` the
 * browser takes care of it and nothing may be held: its `compositionend` never reaches the document.
 */
export class Hold<Update> {
  private queue: Update[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param composing Whether a composition is under way in an editor without `EditContext`.
   * @param apply Takes one update in, in the order of arrival.
   */
  constructor(
    private readonly composing: () => boolean,
    private readonly apply: (update: Update) => void,
    private readonly holdMs = HOLD_MS,
  ) {}

  /** Applies an update now, or keeps it until the composition ends. */
  receive(update: Update): void {
    if (this.queue.length === 0 && !this.composing()) {
      this.apply(update);
      return;
    }
    this.queue.push(update);
    this.timer ??= setTimeout(() => this.flush(), this.holdMs);
  }

  /** A composition has ended: applies what waits, unless the next one has begun already. */
  release(): void {
    if (!this.composing()) this.flush();
  }

  /** Applies all that waits. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const waiting = this.queue;
    this.queue = [];
    for (const update of waiting) this.apply(update);
  }

  /** How many updates wait. */
  get waiting(): number {
    return this.queue.length;
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.queue = [];
  }
}
