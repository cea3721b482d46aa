/**
 * Watching a text being written: a slider, playing at a few speeds, from step to step. The page has the steps without
 * script; this adds movement. `data-replay` is the address of the index, `data-texts` the words, in the page's language.
 */
import { type Chunk, type Index, Past } from "./past";

const SPEEDS = [1, 10, 60, 600];
/** Where nobody writes for longer, the replay goes on after so long, in milliseconds of the reader. */
const LONGEST_WAIT_MS = 800;
/** One picture, and one word in the live region, at most so often. */
const FRAME_MS = 60;
const SAY_MS = 3_000;
/** Browsers refuse more than a hundred changes of the address in half a minute. */
const ADDRESS_MS = 1_000;
/** With reduced motion a step is shown so long. */
const STEP_MS = 4_000;

type Texts = Record<string, string>;

function make<K extends keyof HTMLElementTagNameMap>(
  parent: Element,
  name: K,
  look: string,
  words = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (look) made.className = look;
  made.textContent = words;
  parent.append(made);
  return made;
}

/** The lines that have words, each with its level as a heading. */
function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => /[^\s>*+#-]/.test(line));
}

/** Shows a text in a box, and touches only the lines that changed. */
class Sheet {
  private shown: string[] = [];

  constructor(private readonly box: HTMLElement) {}

  show(text: string, marked: string): void {
    const lines = linesOf(text);
    for (const old of this.box.querySelectorAll("mark")) old.replaceWith(...old.childNodes);
    for (const [at, line] of lines.entries()) {
      const mark = marked !== "" && this.shown[at] !== line && this.shown.length > 0 ? marked : "";
      if (this.shown[at] === line) continue;
      const heading = /^[ \t]*#{1,6}[ \t]+/.exec(line);
      const made = document.createElement(heading ? "h3" : "p");
      const words = heading ? line.slice(heading[0].length) : line;
      const found = mark ? words.indexOf(mark, firstChange(this.shown[at] ?? "", line) - mark.length) : -1;
      if (found < 0) made.textContent = words;
      else {
        made.append(words.slice(0, found));
        make(made, "mark", "", mark);
        made.append(words.slice(found + mark.length));
      }
      const before = this.box.children[at];
      if (before) before.replaceWith(made);
      else this.box.append(made);
    }
    while (this.box.children.length > lines.length) this.box.lastElementChild?.remove();
    this.shown = lines;
  }
}

function firstChange(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

/** Says a moment as the pages do: "samedi, 9 h 02 min 05 s". */
function hours(lang: string, timeZone: string): (ms: number) => string {
  const said = new Intl.DateTimeFormat(lang, {
    timeZone,
    weekday: "long",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return (ms) => {
    const part = Object.fromEntries(said.formatToParts(ms).map(({ type, value }) => [type, value]));
    if (lang !== "fr") return said.format(ms);
    return `${part.weekday}, ${Number(part.hour)}\u00a0h\u00a0${part.minute}\u00a0min\u00a0${part.second}\u00a0s`;
  };
}

async function json<T>(address: string): Promise<T> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

export function mount(root: HTMLElement): () => void {
  const address = root.dataset.replay as string;
  const base = address.replace(/\/rejeu\.json$/, "");
  const texts: Texts = JSON.parse(root.dataset.texts ?? "{}");
  const say = (name: string) => texts[name] ?? name;
  // Without script this link leads to the first step; with one, the text is replayed in its place.
  const start = root.querySelector("a");
  let stop = () => {};
  let asked = false;
  const begin = async (event: Event) => {
    event.preventDefault();
    if (asked) return;
    asked = true;
    try {
      const index = await json<Index>(address);
      const past = new Past(index, (chunk) => json<Chunk>(`${base}/rejeu/${chunk}.json`));
      await past.go(0);
      start?.remove();
      stop = open(root, past, base, say);
    } catch {
      asked = false;
      make(root, "p", "avis mauvais", say("failed")).setAttribute("role", "alert");
    }
  };
  start?.addEventListener("click", begin);
  return () => {
    start?.removeEventListener("click", begin);
    stop();
  };
}

function open(root: HTMLElement, past: Past, base: string, say: (name: string) => string): () => void {
  const { index } = past;
  const hour = hours(document.documentElement.lang, index.zone);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const bar = make(root, "div", "rang");
  const button = (name: string, look = "btn") => {
    const made = make(bar, "button", look, say(name));
    made.type = "button";
    return made;
  };
  const play = button("play", "btn plein");
  const back = button("before");
  const on = button("after");
  const pace = make(bar, "label", "rang", `${say("speed")} `);
  const speed = make(pace, "select", "");
  for (const each of SPEEDS) make(speed, "option", "", `×${each}`).value = String(each);
  speed.value = "60";
  const label = make(root, "label", "vh", say("slider"));
  const slider = make(root, "input", "");
  slider.type = "range";
  slider.id = "place";
  slider.max = String(index.changes);
  slider.value = "0";
  label.htmlFor = slider.id;
  const state = make(root, "p", "etat-rejeu");
  const told = make(state, "span", "");
  make(state, "br", "");
  const link = make(state, "a", "petit", say("address"));
  const live = make(root, "p", "vh");
  live.setAttribute("aria-live", "polite");
  const page = make(make(root, "div", "registre"), "div", "texte");
  page.lang = "fr";
  const sheet = new Sheet(page);

  const steps = index.steps.filter((step) => step.kind !== "pause");
  let playing = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  let saidAt = 0;
  let saidStep = -2;
  let telling: ReturnType<typeof setTimeout> | undefined;
  let addressAt = 0;

  const draw = (marked = "") => {
    const { last } = past;
    sheet.show(past.text, marked);
    const who = last ? (index.people[String(last[4])] ?? say("service")) : "";
    const words = last ? `${hour(last[5])}, ${say("writes").replace("{name}", who)}` : say("start");
    told.textContent = words;
    slider.value = String(past.place);
    slider.setAttribute("aria-valuetext", words);
    const now = Date.now();
    const entry = last?.[3] ?? 0;
    link.href = `${base}/a/${entry}`;
    if (now - addressAt > ADDRESS_MS) {
      addressAt = now;
      history.replaceState(null, "", link.href);
    }
    tell();
  };
  /** Says the step of the change that is shown, at once or as soon as the last sentence has had its time. */
  const tell = () => {
    clearTimeout(telling);
    const { last } = past;
    const at = last ? stepOf(last[3], last[4]) : -1;
    if (at === saidStep) return;
    const early = saidAt + SAY_MS - Date.now();
    if (early > 0) {
      telling = setTimeout(tell, early);
      return;
    }
    saidAt = Date.now();
    saidStep = at;
    live.textContent = steps[at]?.said ?? say("start");
  };
  /** People write at once: the step is that of who made the change, while there is one. */
  const stepOf = (entry: number, official: number) => {
    const own = steps.findIndex(
      (step) => step.official === official && step.from <= entry && entry <= step.entry,
    );
    return own >= 0 ? own : steps.findIndex((step) => step.entry >= entry);
  };
  const goTo = async (place: number) => {
    turn += 1;
    const mine = turn;
    if ((await past.go(place)) && mine === turn) draw(past.last?.[2].trim() ?? "");
  };
  const toStep = async (way: 1 | -1) => {
    const entry = past.last?.[3] ?? -1;
    const found =
      way > 0 ? steps.find((step) => step.entry > entry) : steps.filter((step) => step.entry < entry).pop();
    saidAt = 0;
    if (found) await goTo(await past.placeOf(found.entry));
    else await goTo(way > 0 ? index.changes : 0);
    return found !== undefined;
  };
  const pause = () => {
    playing = false;
    clearTimeout(timer);
    play.textContent = say("play");
    play.classList.add("plein");
    if (past.last) history.replaceState(null, "", link.href);
  };
  const failed = () => {
    pause();
    live.textContent = say("failed");
  };
  const tick = async (): Promise<void> => {
    if (!playing) return;
    if (still.matches) {
      if (!(await toStep(1))) return pause();
      timer = setTimeout(() => tick().catch(failed), STEP_MS);
      return;
    }
    // What this picture's time holds; a longer wait is shortened.
    let left = FRAME_MS * Number(speed.value);
    let wait = FRAME_MS;
    let marked = "";
    turn += 1;
    const mine = turn;
    for (;;) {
      const change = await past.next();
      if (mine !== turn || !playing) return;
      if (!change) {
        draw(marked);
        return pause();
      }
      const apart = past.last ? change[5] - past.last[5] : 0;
      if (apart > left && marked !== "") break;
      if (apart > left) wait = Math.min(LONGEST_WAIT_MS, apart / Number(speed.value));
      left -= Math.min(apart, left);
      if (!(await past.go(past.place + 1)) || mine !== turn) return;
      marked = change[2].trim() || " ";
      if (left <= 0) break;
    }
    draw(marked.trim());
    timer = setTimeout(() => tick().catch(failed), wait);
  };
  play.addEventListener("click", async () => {
    if (playing) return pause();
    playing = true;
    play.textContent = say("pause");
    play.classList.remove("plein");
    if (past.place >= index.changes) await goTo(0);
    await tick().catch(failed);
  });
  /** After a jump the replay goes on from there, with one timer. */
  const jump = (made: Promise<unknown>) =>
    made.then(() => {
      clearTimeout(timer);
      if (playing) timer = setTimeout(() => tick().catch(failed), LONGEST_WAIT_MS);
    }, failed);
  slider.addEventListener("input", () => jump(goTo(Number(slider.value))));
  back.addEventListener("click", () => jump(toStep(-1)));
  on.addEventListener("click", () => jump(toStep(1)));
  draw();
  play.focus();
  return () => {
    clearTimeout(telling);
    pause();
  };
}

for (const root of document.querySelectorAll<HTMLElement>("[data-replay]")) mount(root);
