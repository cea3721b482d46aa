/**
 * A recording beside its words: a line plays from there, the line being said is marked, a quotation is copied.
 *
 * The player is the browser's own and starts only when somebody asks. The focus and the place on the page never move.
 */

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;
const KEPT = "motion-vitesse";
const FRAGMENT = /^#t=(\d{1,5})(?:,\d{1,5})?$/;

export function mount(root: HTMLElement): () => void {
  const media = root.querySelector<HTMLMediaElement>("[data-testimony=media]");
  const status = root.querySelector<HTMLElement>("[data-testimony=status]");
  const lines = [...root.querySelectorAll<HTMLLIElement>("li[data-start]")];
  const said = root.dataset;
  const over = new AbortController();
  const { signal } = over;
  let isFromHere = false;

  const say = (sentence = "") => {
    if (!status) return;
    status.hidden = !sentence;
    status.textContent = sentence;
  };

  const mark = (current?: Element) => {
    for (const line of lines) {
      if (line === current) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  };

  const playFrom = (line: HTMLLIElement) => {
    if (!media) return;
    isFromHere = true;
    media.currentTime = Number(line.dataset.start) / 1000;
    mark(line);
    say((said.playing ?? "").replace("{at}", line.querySelector(".heure")?.textContent ?? ""));
    media.play().catch(() => say());
  };

  const quote = async (link: HTMLAnchorElement) => {
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/plain" }, cache: "no-store" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      await navigator.clipboard.writeText(await answer.text());
      say(said.copied);
    } catch {
      say(said.uncopied);
      location.assign(link.href);
    }
  };

  const onClick = (event: MouseEvent) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const target = event.target as Element;
    const line = target.closest<HTMLLIElement>("li[data-start]");
    if (!line) return;
    const cited = target.closest<HTMLAnchorElement>(".citer");
    if (cited) {
      event.preventDefault();
      void quote(cited);
    } else if (
      media &&
      (target.closest(".heure") || (target.closest(".mots") && getSelection()?.isCollapsed))
    ) {
      event.preventDefault();
      playFrom(line);
    }
  };

  const onTime = () => {
    if (!media || (media.paused && !isFromHere)) return;
    const at = media.currentTime * 1000;
    mark(lines.find((line) => Number(line.dataset.start) <= at && at < Number(line.dataset.end)));
  };

  /** An address of seconds is where the player begins, when somebody starts it. */
  const onFirst = () => {
    const start = FRAGMENT.exec(location.hash)?.[1];
    if (media && start && !isFromHere && media.currentTime < 0.5) media.currentTime = Number(start);
  };

  root.addEventListener("click", onClick, { signal });
  media?.addEventListener("timeupdate", onTime, { signal });
  media?.addEventListener("play", onFirst, { signal, once: true });
  const speed = media && choice(media, said.speed ?? "", signal);
  return () => {
    over.abort();
    speed?.remove();
  };
}

/** The choice of a speed, kept for the other recordings of this visit. */
function choice(media: HTMLMediaElement, name: string, signal: AbortSignal): HTMLElement {
  const label = document.createElement("label");
  const select = document.createElement("select");
  for (const speed of SPEEDS) {
    select.add(
      new Option(`× ${speed.toLocaleString(document.documentElement.lang)}`, `${speed}`, speed === 1),
    );
  }
  const set = (value: string) => {
    select.value = value;
    media.defaultPlaybackRate = media.playbackRate = Number(select.value) || 1;
  };
  try {
    set(sessionStorage.getItem(KEPT) ?? "1");
  } catch {
    set("1");
  }
  select.addEventListener(
    "change",
    () => {
      set(select.value);
      try {
        sessionStorage.setItem(KEPT, select.value);
      } catch {
        // this visit alone forgets it
      }
    },
    { signal },
  );
  label.className = "vitesse";
  label.append(`${name} `, select);
  media.after(label);
  return label;
}

for (const root of document.querySelectorAll<HTMLElement>("[data-enhanced=testimony]")) mount(root);
