/**
 * Live reading: the server says which fragments changed, the page fetches them and puts them in place.
 *
 * `data-events` on an element is the address of the events; an event's data is JSON, a list of fragment names.
 * `data-fragment` on an element is its name, `data-src` the address of its HTML. Nothing is ever scrolled, and an
 * element that holds the focus waits.
 */

/** Without events the page asks by itself so often, in milliseconds. */
const POLL_MS = 30_000;

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

export function mount(root: HTMLElement): () => void {
  const address = root.dataset.events as string;
  const waiting = new Set<HTMLElement>();
  const parts = () => [...root.querySelectorAll<HTMLElement>("[data-fragment][data-src]")];
  const swap = async (part: HTMLElement) => {
    if (part.contains(document.activeElement)) {
      waiting.add(part);
      return;
    }
    const answer = await fetch(part.dataset.src as string, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const html = await answer.text();
    part.innerHTML = policy ? policy.createHTML(html) : html;
  };
  const refresh = (names: readonly string[] | null) => {
    for (const part of parts()) {
      // Without names all is asked for: a part within a part comes with it.
      const wanted = names
        ? names.includes(part.dataset.fragment as string)
        : !part.parentElement?.closest("[data-fragment]");
      if (wanted) swap(part).catch(() => {});
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let events: EventSource | undefined;
  // Where there are no events, or a server that restarts has refused them for good, the page asks by itself. Not all
  // pages at the same moment.
  const later = (again: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(again, POLL_MS * (1 + Math.random() / 2));
  };
  const poll = () => {
    refresh(null);
    later(poll);
  };
  const listen = () => {
    const source = new EventSource(address);
    events = source;
    source.onmessage = ({ data }) => {
      const names: unknown = JSON.parse(data || "null");
      refresh(Array.isArray(names) ? names : null);
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      later(() => {
        refresh(null);
        listen();
      });
    };
  };
  if (typeof EventSource === "undefined") later(poll);
  else listen();
  const left = () => {
    for (const part of waiting) {
      waiting.delete(part);
      swap(part).catch(() => {});
    }
  };
  const onFocus = () => setTimeout(left);
  root.addEventListener("focusout", onFocus);
  return () => {
    events?.close();
    clearTimeout(timer);
    root.removeEventListener("focusout", onFocus);
  };
}

for (const root of document.querySelectorAll<HTMLElement>("[data-events]")) mount(root);
