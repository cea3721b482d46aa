/** The list of what has arrived: the server's own rendering, brought again after each file. */

interface Policies {
  createPolicy(
    name: string,
    rules: { createHTML(html: string): string },
  ): { createHTML(html: string): string };
}

/** The security policy lets in only what went through this: fragments, which are the server's own rendering. */
const policy = (window as { trustedTypes?: Policies }).trustedTypes?.createPolicy("motion", {
  createHTML: (html) => html,
});

export class FileList {
  private hiddenIds = new Set<string>();

  /** @param headers Beside those of all requests. */
  constructor(
    private root: HTMLElement,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  get element(): HTMLElement {
    return this.root;
  }

  /** Leaves out the files that are shown on their way: nothing stands on the page twice. */
  without(ids: Iterable<string>): void {
    this.hiddenIds = new Set(ids);
    for (const button of this.root.querySelectorAll<HTMLButtonElement>("button[name=retirer]")) {
      const line = button.closest("li");
      if (line) line.hidden = this.hiddenIds.has(button.value);
    }
  }

  get isEmpty(): boolean {
    return this.root.querySelector("li:not([hidden])") === null;
  }

  /**
   * Brings it again; what is typed in it stays.
   *
   * @returns Why a file that arrived is not taken, in the server's words; empty when all are.
   */
  async refresh(): Promise<string> {
    const headers = { Accept: "text/html", ...this.headers };
    const answer = await fetch(this.root.dataset.depotListe as string, { headers });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    const html = await answer.text();
    const place = document.createElement("div");
    place.innerHTML = policy ? policy.createHTML(html) : html;
    const fresh = place.querySelector<HTMLElement>("[data-depot-liste]");
    if (!fresh) throw new Error("no list");
    const typed = new Map<string, string>();
    for (const area of this.root.querySelectorAll("textarea")) typed.set(area.name, area.value);
    for (const area of fresh.querySelectorAll("textarea")) area.value = typed.get(area.name) ?? area.value;
    const { activeElement } = document;
    const focused = this.root.contains(activeElement) ? (activeElement?.id ?? "") : null;
    this.root.replaceWith(fresh);
    this.root = fresh;
    this.without(this.hiddenIds);
    if (focused !== null) ((focused && document.getElementById(focused)) || fresh).focus();
    return fresh.dataset.depotRefus ?? "";
  }
}
