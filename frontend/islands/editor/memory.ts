/** What a device remembers of the views that somebody chose; a page without storage forgets it. */

/** One of `choices`, or `otherwise` when none was made here. */
export function remembered<Choice extends string>(
  key: string,
  choices: readonly Choice[],
  otherwise: Choice,
): Choice {
  try {
    const found = localStorage.getItem(key);
    return choices.find((choice) => choice === found) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Forgotten with the page.
  }
}
