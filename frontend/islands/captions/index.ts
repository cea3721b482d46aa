/**
 * Correcting a transcript: play from a line, cut, join, add, go back, all by keyboard; what is typed is kept on the
 * device at once and by the service two seconds later. Without this script the same buttons are forms.
 */
import { History, type Step } from "./history";
import { Device } from "./kept";
import { Player } from "./player";
import { clock, Rows, type Values } from "./rows";
import { Line, post, type Told } from "./sending";

const IDLE_MS = 2_000;
const AGAIN_MS = 10_000;
const LEAVE_MS = 5_000; // whoever leaves the page waits no longer for a slow line: the device has their words
const BAD = ["unkept", "refused", "changed", "signed_out", "offline_save"];

type Texts = Readonly<Record<string, string>>;

export function mount(form: HTMLFormElement): () => void {
  const texts = JSON.parse(form.dataset.texts ?? "{}") as Texts;
  const part = <T extends HTMLElement>(name: string) => document.querySelector<T>(`[data-captions=${name}]`);
  const list = part("lines");
  const status = part("status");
  if (!list || !status)
    throw new Error("captions: [data-captions=lines] and [data-captions=status] are expected");
  const media = part<HTMLMediaElement>("media");
  const rows = new Rows(form, list, texts.line ?? "");
  const player = new Player(media, rows, form.dataset);
  const device = new Device(form.dataset.box ?? "");
  const history = new History();
  const line = new Line();
  const hidden = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  const over = new AbortController();
  const { signal } = over;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before: readonly Values[] = rows.read();
  let current: Step = { lines: before, place: null };
  let said = JSON.stringify(before);
  let version = 0;
  let sent = 0;
  let isStopped = false;
  let isHeld = true;
  let isLeaving = false;

  const say = (name: string, told: Told = {}) => {
    const words = (texts[name] ?? "").replace("{at}", told.at ?? "").replace("{fault}", told.fault ?? "");
    status.classList.toggle("mauvais", BAD.includes(name));
    if (status.textContent !== words) status.textContent = words; // said again, it would be heard again
  };

  const hold = (lines: readonly Values[] = rows.read()) => {
    isHeld = device.write({ base: hidden("base").value, lines, before });
    return isHeld;
  };

  /** Take note of what the form says now; `field` is where somebody types. */
  const changed = (field = "", isBack = false) => {
    const lines = rows.read();
    const now = JSON.stringify(lines);
    if (now === said) return;
    if (!isBack) history.note(current, field);
    said = now;
    current = { lines, place: rows.place() };
    version += 1;
    isLeaving = false; // whoever types has stayed
    const kept = hold(lines);
    if (isStopped) return;
    say(kept ? "kept" : "unkept");
    later(IDLE_MS);
  };

  const later = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void send(), ms);
  };

  /** Send what is typed, as one of the buttons would; whether the service has it. */
  const send = (deed = "keep"): Promise<boolean> => {
    clearTimeout(timer);
    return line.run(async () => {
      const [at, lines] = [version, rows.read()];
      const [outcome, told] = await post(form, deed);
      if (outcome === "kept") {
        took(told, at, lines);
        if (deed !== "keep") leave(told.to ?? location.href);
        else if (sent !== version) later(IDLE_MS);
        else say(told.shared ? "shared" : "sent", told);
        return true;
      }
      const isKeep = deed === "keep";
      if (outcome === "offline") {
        say(hold() ? (isKeep ? "offline" : "offline_save") : "unkept");
        later(AGAIN_MS);
      } else if (outcome === "changed" && !isKeep && (await keepMine())) say("others");
      else {
        isStopped ||= outcome === "changed";
        say(outcome, told);
        if (outcome === "refused" && !isKeep) show(told.line ?? 0);
      }
      return false;
    });
  };

  /** What nobody else has touched is kept beside the lines of others; whether it could be. */
  const keepMine = async (): Promise<boolean> => {
    const [at, lines] = [version, rows.read()];
    const [outcome, told] = await post(form, "keep");
    if (outcome === "kept") took(told, at, lines);
    return outcome === "kept";
  };

  /** The service has these lines, as they were at a version. */
  const took = (told: Told, at: number, lines: readonly Values[]) => {
    for (const name of ["base", "first", "count", "was"] as const) hidden(name).value = `${told[name]}`;
    const ofFile = part<HTMLInputElement>("base"); // what a file takes the place of has been seen here
    if (ofFile) ofFile.value = `${told.base}`;
    rows.number();
    before = lines;
    sent = at;
    if (at !== version) hold();
    else if (!isLeaving) device.clear(); // the page that comes may have been made before
  };

  /** Go to a page as it is now, were it this one. */
  const leave = (to: string) => {
    const there = new URL(to, location.href);
    stop();
    if (there.pathname + there.search !== location.pathname + location.search) location.assign(there);
    else {
      location.hash = there.hash;
      location.reload();
    }
  };

  /** Show the line at fault, when it is on this page. */
  const show = (number: number) => {
    const row = rows.all()[number - Number(hidden("first").value) - 1];
    for (const one of rows.all()) one.classList.toggle("fautive", one === row);
    if (row) rows.field(row, "text").focus();
  };

  const goBack = (isForth = false) => {
    const now: Step = { lines: rows.read(), place: rows.place() };
    const step = isForth ? history.forth(now) : history.back(now);
    if (!step) return say("no_step");
    rows.write(step.lines);
    if (step.place) rows.go(step.place);
    changed("", true);
  };

  const deed = (name: string, row: HTMLElement): boolean => {
    const text = rows.field(row, "text") as HTMLTextAreaElement;
    const place = { row: rows.all().indexOf(row), name: "text", from: text.selectionStart } as const;
    current = { ...current, place: { ...place, to: text.selectionEnd } };
    let next: HTMLElement | null = row;
    let caret = -1;
    if (name === "split") {
      const bar = text.value.indexOf("|");
      if (bar >= 0) text.value = text.value.replace("|", "");
      next = rows.split(row, bar >= 0 ? bar : text.selectionStart, media?.currentTime ?? -1);
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
    } else if (name === "remove") {
      next = rows.remove(row);
      if (!next) say("last_line");
    } else return false;
    if (!next) {
      changed();
      return true;
    }
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

  /** The line before or after; at the end of the page, that of the next page. */
  const near = (row: HTMLElement, isUp: boolean) => {
    const found = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (found) return rows.field(found, "text").focus();
    document
      .querySelector<HTMLAnchorElement>(isUp ? "a[data-captions=prev]" : "a[data-captions=next]")
      ?.click();
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const row = rows.of(event.target);
    const isCommand = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const isEnter = event.key === "Enter";
    if (isCommand && !event.altKey && key === "s" && !event.shiftKey) {
      changed();
      void send();
    } else if (row && isCommand && !event.altKey && (key === "z" || key === "y"))
      goBack(event.shiftKey || key === "y");
    else if (row && isCommand && isEnter) deed(event.shiftKey ? "join" : "split", row);
    else if (row && event.altKey && isEnter) player.play(row);
    else if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown"))
      near(row, event.key === "ArrowUp");
    else if (isEnter && (event.target as Element).matches("[name=by],[name=from]")) void send("shift");
    else if (!(isEnter && (event.target as Element).matches("[data-line] input"))) return;
    event.preventDefault();
  };

  /** What the browser would take back itself, from its menu: it knows nothing of lines that were cut or joined. */
  const onBeforeInput = (event: InputEvent) => {
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
      event.preventDefault();
      goBack(event.inputType === "historyRedo");
    } else current = { ...current, place: rows.place() };
  };

  const onInput = (event: Event) => changed((event.target as HTMLInputElement).name);

  /** Nothing leaves the page before the service has it: what was typed would meet a network that is gone. */
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    changed();
    void send((event.submitter as HTMLButtonElement | null)?.value || "keep");
  };

  /** A link waits for what was just typed: the page that it leads to is made of it. */
  const onLink = (event: MouseEvent) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const stays = link?.pathname === location.pathname && link.search === location.search;
    if (!link || !isPlain || link.target || stays || isStopped || (sent === version && !line.isBusy)) return;
    event.preventDefault();
    const sending = sent === version ? line.idle() : send();
    void Promise.race([sending, new Promise((done) => setTimeout(done, LEAVE_MS))]).then(() =>
      leave(link.href),
    );
  };

  const onLeave = (event: BeforeUnloadEvent) => {
    isLeaving = true;
    if (!isHeld && sent !== version) event.preventDefault();
  };

  const take = () => {
    const kept = device.read();
    if (!kept || JSON.stringify(kept.lines) === said) return device.clear();
    if (kept.base === hidden("base").value || JSON.stringify(kept.before) === said) {
      rows.write(kept.lines);
      changed();
      say("restored");
    } else device.setAside(kept.lines.map((one) => `${one.start} ${one.who}: ${one.text}`).join("\n"));
  };

  const showOlder = () => {
    const [older, text] = [part("older"), device.aside()];
    const box = older?.querySelector("textarea");
    if (!older || !box || !text) return;
    box.value = text;
    older.hidden = false;
    say("older");
    const forget = () => {
      device.throwAside();
      older.hidden = true;
    };
    part("throw")?.addEventListener("click", forget, { signal });
  };

  const stop = () => {
    clearTimeout(timer);
    over.abort();
  };

  form.addEventListener("input", onInput, { signal });
  form.addEventListener("beforeinput", onBeforeInput, { signal });
  form.addEventListener("click", onClick, { signal });
  form.addEventListener("keydown", onKey, { signal });
  form.addEventListener("submit", onSubmit, { signal });
  document.addEventListener("click", onLink, { signal });
  window.addEventListener("beforeunload", onLeave, { signal });
  window.addEventListener("online", () => sent !== version && void send(), { signal });
  part("undo")?.addEventListener("click", () => goBack(), { signal });
  part("redo")?.addEventListener("click", () => goBack(true), { signal });
  player.mount(
    {
      start: (row) => rows.fill(row, { start: clock(media?.currentTime ?? 0) }),
      end: (row) => rows.fill(row, { end: clock(media?.currentTime ?? 0) }),
    },
    () => changed(),
    signal,
  );
  for (const name of ["keys", "bar"]) part(name)?.removeAttribute("hidden");
  take();
  showOlder();
  return stop;
}

for (const form of document.querySelectorAll<HTMLFormElement>("[data-module=captions]")) mount(form);
