/**
 * Correcting a transcript: play from a line, cut, join, add, all by keyboard; what is typed is kept on the device at
 * once and by the service two seconds later. Without this script the same buttons are forms.
 */
import { Device, type Kept } from "./kept";
import { clock, Rows, seconds } from "./rows";

const IDLE_MS = 2_000;
const AGAIN_MS = 10_000;

type Texts = Readonly<Record<string, string>>;
type Answer = Readonly<{ base?: string; count?: number; at?: string; fault?: string }>;

export function mount(form: HTMLFormElement): () => void {
  const texts = JSON.parse(form.dataset.texts ?? "{}") as Texts;
  const part = <T extends HTMLElement>(name: string) => document.querySelector<T>(`[data-captions=${name}]`);
  const list = part("lines");
  const status = part("status");
  if (!list || !status)
    throw new Error("captions: [data-captions=lines] and [data-captions=status] are expected");
  const media = part<HTMLMediaElement>("media");
  const rows = new Rows(form, list, texts.line ?? "");
  const device = new Device(form.dataset.box ?? "");
  const hidden = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  const over = new AbortController();
  const { signal } = over;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flying: Promise<void> | null = null;
  let version = 0;
  let isStopped = false;
  let until = Number.POSITIVE_INFINITY;
  let said = JSON.stringify(rows.read());

  const say = (name: string, values: Answer = {}) => {
    status.hidden = false;
    status.classList.toggle("mauvais", ["unkept", "refused", "changed", "signed_out"].includes(name));
    status.textContent = (texts[name] ?? "")
      .replace("{at}", values.at ?? "")
      .replace("{fault}", values.fault ?? "");
  };

  const hold = (sent = false): boolean => {
    const kept: Kept = { base: hidden("base").value, lines: rows.read(), ...(sent ? { sent } : {}) };
    return device.write(kept);
  };

  const changed = () => {
    const now = JSON.stringify(rows.read());
    if (now === said) return;
    said = now;
    version += 1;
    const isHeld = hold();
    if (isStopped) return;
    say(isHeld ? "kept" : "unkept");
    clearTimeout(timer);
    timer = setTimeout(() => void send(), IDLE_MS);
  };

  /** One request at a time: each answers on the state that the one before has made. */
  const send = (): Promise<void> => {
    clearTimeout(timer);
    flying ??= deliver().finally(() => {
      flying = null;
    });
    return flying;
  };

  const deliver = async () => {
    const sent = version;
    const body = new FormData(form);
    body.set("do", "keep");
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
    }).catch(() => null);
    const isOurs = answer?.headers.get("content-type")?.startsWith("application/json");
    const told: Answer = isOurs ? ((await answer?.json().catch(() => ({}))) as Answer) : {};
    if (answer?.ok && told.base !== undefined) {
      hidden("base").value = told.base;
      hidden("count").value = `${told.count}`;
      if (sent === version) {
        device.clear();
        return say("sent", told);
      }
      hold();
      timer = setTimeout(() => void send(), IDLE_MS);
      return;
    }
    if (answer?.status === 422 && told.fault) return say("refused", told);
    if (answer?.status === 409) {
      isStopped = true;
      return say("changed");
    }
    if (answer && answer.status < 500) return say("signed_out");
    say(hold() ? "offline" : "unkept");
    timer = setTimeout(() => void send(), AGAIN_MS);
  };

  const play = (row: HTMLElement) => {
    if (!media) return;
    if (!media.paused) return media.pause();
    const { start, end } = rows.values(row);
    if (Number.isNaN(seconds(start))) return;
    until = seconds(end);
    media.currentTime = seconds(start);
    void media.play();
  };

  const tools = toolbar(form.dataset, media !== null, {
    play: (row) => play(row),
    start: (row) => rows.fill(row, { start: clock(media?.currentTime ?? 0) }),
    end: (row) => rows.fill(row, { end: clock(media?.currentTime ?? 0) }),
  });

  const deed = (name: string, row: HTMLElement): boolean => {
    const text = rows.field(row, "text") as HTMLTextAreaElement;
    let next: HTMLElement | null = row;
    let caret = -1;
    if (name === "split") {
      const bar = text.value.indexOf("|");
      const place = bar >= 0 ? bar : text.selectionStart;
      if (bar >= 0) text.value = text.value.replace("|", "");
      next = rows.split(row, place, media?.currentTime ?? -1);
      caret = 0;
      if (!next) say("one_word");
    } else if (name === "join") {
      caret = text.value.trim().length;
      const why = rows.join(row);
      if (why) say(why);
      if (why) return true;
    } else if (name === "add") {
      next = rows.add(row);
      if (!next) say("no_room");
    } else if (name === "remove") next = rows.remove(row);
    else return false;
    if (!next) return true;
    const field = rows.field(next, "text") as HTMLTextAreaElement;
    field.focus();
    if (caret >= 0) field.setSelectionRange(caret, caret);
    changed();
    return true;
  };

  const onClick = (event: MouseEvent) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[name=do]");
    const row = rows.of(button);
    if (button && row && deed(button.value.split("-")[0] ?? "", row)) event.preventDefault();
  };

  const onKey = (event: KeyboardEvent) => {
    const row = rows.of(event.target);
    const isCommand = event.ctrlKey || event.metaKey;
    let done = false;
    if (isCommand && event.key.toLowerCase() === "s" && !event.shiftKey) {
      changed();
      void send();
      done = true;
    } else if (row && isCommand && event.key === "Enter") done = deed(event.shiftKey ? "join" : "split", row);
    else if (row && event.altKey && event.key === "Enter") {
      play(row);
      done = true;
    } else if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const near = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
      if (near) rows.field(near, "text").focus();
      done = true;
    } else if (event.key === "Enter" && (event.target as Element).matches("[data-line] input")) done = true;
    if (done) event.preventDefault();
  };

  /** A form that leaves waits for what is on its way: the service would take it for somebody else's. */
  const onSubmit = (event: SubmitEvent) => {
    clearTimeout(timer);
    if (flying) {
      event.preventDefault();
      void flying.then(() => form.requestSubmit(event.submitter));
      return;
    }
    hold(true);
    isStopped = true;
  };

  const onTime = () => {
    if (!media) return;
    if (media.currentTime >= until) {
      media.pause();
      until = Number.POSITIVE_INFINITY;
    }
    for (const row of rows.all()) {
      const { start, end } = rows.values(row);
      row.classList.toggle(
        "en-cours",
        seconds(start) <= media.currentTime && media.currentTime < seconds(end),
      );
    }
  };

  const take = () => {
    const kept = device.read();
    const isSaid = new URLSearchParams(location.search).has("fait");
    if (!kept) return;
    if (kept.sent && isSaid) return device.clear();
    if (JSON.stringify(kept.lines) === said) {
      if (form.dataset.refused === undefined) device.clear();
      return;
    }
    if (kept.base === hidden("base").value) {
      rows.write(kept.lines);
      say("restored");
      version += 1;
      said = JSON.stringify(rows.read());
      timer = setTimeout(() => void send(), IDLE_MS);
      return;
    }
    const older = part("older");
    const box = older?.querySelector("textarea");
    if (!older || !box) return;
    box.value = kept.lines.map((line) => `${line.start} ${line.who}: ${line.text}`).join("\n");
    older.hidden = false;
    isStopped = false;
    part("throw")?.addEventListener(
      "click",
      () => {
        device.clear();
        older.hidden = true;
      },
      { signal },
    );
  };

  form.addEventListener("input", changed, { signal });
  form.addEventListener("click", onClick, { signal });
  form.addEventListener("keydown", onKey, { signal });
  form.addEventListener("submit", onSubmit, { signal });
  list.addEventListener(
    "focusin",
    (event) => {
      const row = rows.of(event.target);
      if (row && tools && tools.parentElement !== row) row.append(tools);
    },
    { signal },
  );
  form.addEventListener("tool", changed, { signal });
  media?.addEventListener("timeupdate", onTime, { signal });
  window.addEventListener("online", () => version > 0 && void send(), { signal });
  const keys = part("keys");
  if (keys) keys.hidden = false;
  take();
  return () => {
    clearTimeout(timer);
    over.abort();
  };
}

type Deeds = Readonly<Record<"play" | "start" | "end", (row: HTMLElement) => void>>;

/** The buttons of the player, which stand at the line where one is. */
function toolbar(data: DOMStringMap, hasMedia: boolean, deeds: Deeds): HTMLElement | null {
  if (!hasMedia) return null;
  const bar = document.createElement("p");
  bar.className = "rang";
  bar.dataset.tools = "";
  for (const name of ["play", "start", "end"] as const) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = data[name] ?? "";
    button.addEventListener("click", () => {
      const row = bar.closest<HTMLElement>("[data-line]");
      if (!row) return;
      deeds[name](row);
      bar.dispatchEvent(new CustomEvent("tool", { bubbles: true }));
    });
    bar.append(button);
  }
  return bar;
}

for (const form of document.querySelectorAll<HTMLFormElement>("[data-module=captions]")) mount(form);
