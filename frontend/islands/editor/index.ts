/** The drafting room's island: mounts the editor in the page's `#redaction`, or leaves the plain page as it is. */
import { Announcer, newsWords } from "./announce";
import { TextBinding } from "./binding";
import { DeviceBoxes } from "./boxes";
import { formatAt } from "./commands";
import { el } from "./dom";
import { makeForWhom } from "./forwhom";
import { Header, type HeaderParts } from "./header";
import { PageLife } from "./life";
import { type Caret, numberAt, setAuthors, setCarets } from "./margin";
import { remember, remembered } from "./memory";
import { MemoryBoxes, Outbox } from "./outbox";
import { type Section, sections } from "./outline";
import { type EditorPage, fill, plural, readPage } from "./page";
import { makePlan, makeRail, type Share } from "./panels";
import { People, placeOf } from "./people";
import { labelsAt, PlanAsker, type ServerPlan, setPlan, touchesHeading } from "./plan";
import { setSigns } from "./preview";
import { RefusedPanel } from "./refused";
import { Room } from "./room";
import { styleFromPageSheet } from "./sheet";
import { makeSignIn } from "./signin";
import { savingWords, sentences } from "./status";
import { Tabs } from "./tabs";
import { makeToolbar } from "./toolbar";
import { isComposing, makeView } from "./view";
import * as wire from "./wire";

/** One's own place is told at most so often, in milliseconds. */
const TELL_MS = 1000;
/** Wait before the plan and the lists follow an edit, in milliseconds. */
const FOLLOW_MS = 250;
/** Wait before the shares of the authors are asked for again while they are shown, in milliseconds. */
const SHARES_MS = 5000;

export interface MountOptions extends HeaderParts {
  readonly page: EditorPage;
  /** The polite live region, outside the editor. */
  readonly announcements: HTMLElement | null;
  /** The link round the bars, which leads to the text. */
  readonly skip: HTMLElement | null;
}

/** Puts the editor in `root` in place of the plain page. Returns what undoes it. */
export async function mount(root: HTMLElement, options: MountOptions): Promise<() => void> {
  const { page } = options;
  const { texts } = page;
  styleFromPageSheet(document);
  const motion = `${page.congress}/${page.code}/${page.me.id}`;
  const name = Math.random().toString(36).slice(2) + Date.now().toString(36);
  const outbox = await Outbox.open(new DeviceBoxes(motion), name).catch(() =>
    Outbox.open(new MemoryBoxes(), name),
  );
  void navigator.storage?.persist?.().catch(() => false);

  const people = new People(page.me);
  const announcer = new Announcer();
  announcer.loudness = remembered("motion-announcements", ["none", "calm", "all"], "calm");
  const speak = (words: string) => {
    if (options.announcements) options.announcements.textContent = words;
  };
  const refused = new RefusedPanel(texts, `motion-refused:${motion}`, speak, () => editor.view.focus());
  const signIn = makeSignIn(page, () => life.leave());
  const header = new Header(options, page, speak);
  const removed = el("p", { class: "avis", hidden: true }, texts.words_removed);

  let authorsShown = remembered("motion-authors", ["shown", "hidden"], "hidden") === "shown";
  const signsShown = remembered("motion-signs", ["shown", "hidden"], "hidden") === "shown";
  let plan: readonly Section[] = [];
  let known: ServerPlan = page.plan;
  const learnPlan = (found: ServerPlan) => {
    known = found;
    people.draw(new Map(found.authors.map(([official, , style]) => [official, style])));
  };
  learnPlan(page.plan);
  const room = new Room({
    socketUrl: new URL(page.live_url, location.href).href.replace(/^http/, "ws"),
    fallbackUrl: page.fallback_url,
    outbox,
    session: page.session ?? "",
    redacted: page.redacted,
    composing: () => isComposing(editor?.view ?? null),
    onText: (text) => {
      binding.use(text);
      people.learnOwn(room.client);
    },
    onChange: () => follow(),
    onKept: () => followSoon(),
    onRedacted: () => {
      removed.hidden = false;
      speak(texts.words_removed);
    },
    onRefused: (passage) => {
      refused.add(passage, Date.now());
      if (passage.reason === "not-rapporteur") forWhom?.end(passage.sentence);
    },
    onPresence: (entries) => {
      const arrived = people.hear(entries, room.client, Date.now());
      if (arrived.length > 0) announcer.hear({ type: "arrived", names: arrived.map((one) => one.name) });
      drawCarets();
      for (const entry of entries) if (entry.state && entry.client !== room.client) hearEdit(entry.client);
      followSoon();
    },
    onAuthors: (authors) => {
      people.learn(authors);
      if (authorsShown) showAuthors(true);
      followSoon();
    },
    onPresent: (officials) => {
      const names = people.gather(officials).map((one) => one.name);
      const told = names.filter((one) => one !== "");
      if (told.length > 0) announcer.hear({ type: "arrived", names: told });
      followSoon();
    },
  });
  const forWhom = makeForWhom(page, `motion-for:${motion}`, speak, {
    choose: (official) => {
      room.typeFor(official);
      people.learnOwn(room.client);
    },
    backToText: () => editor.view.focus(),
  });
  people.learnOwn(room.client);
  const binding = new TextBinding(room.text);

  const sheet = el("div", { class: "feuille-texte" });
  const main = el("main", { class: "page", id: "texte", tabindex: "-1" });
  main.append(
    el("p", { class: "vh", id: "aide-editeur" }, texts.editor_help),
    signIn.element,
    removed,
    refused.element,
    ...(forWhom ? [forWhom.element] : []),
    sheet,
  );
  const desk = el("div", { class: "plan-de-travail" });
  const bars = el("section", { class: "barre-outils", "aria-label": texts.toolbar });
  const tabs = new Tabs(root, texts.tabs);

  const editor = makeView({
    page,
    parent: sheet,
    binding,
    margins: () => {
      const low = getComputedStyle(tabs.element).display !== "none";
      const top = document.querySelector("header.barre")?.clientHeight ?? 64;
      const above = top + (forWhom?.height ?? 0);
      return low ? { top: above + 16, bottom: 150 } : { top: above + 86, bottom: 60 };
    },
    onUpdate: (update) => {
      if (update.docChanged || update.selectionSet || update.focusChanged) {
        if (update.transactions.some((one) => one.isUserEvent("input") || one.isUserEvent("delete"))) {
          announcer.keystroke(Date.now());
        }
        toolbar?.update(formatAt(update.state), !update.state.readOnly);
        if (update.docChanged && touchesHeading(update)) asker.soon();
        tellSoon();
        followSoon();
      } else if (update.startState.readOnly !== update.state.readOnly) {
        toolbar?.update(formatAt(update.state), !update.state.readOnly);
      }
    },
  });
  const { view } = editor;
  const go = (index: number) => {
    tabs.show("texte");
    view.dispatch({ selection: { anchor: Math.min(index, view.state.doc.length) }, scrollIntoView: true });
    view.focus();
  };
  const asker = new PlanAsker(
    page.plan_url,
    (found) => {
      learnPlan(found);
      view.dispatch({ effects: setPlan.of(found) });
      if (authorsShown) showAuthors(true);
      follow();
    },
    (found) => found.headings.length !== plan.filter((section) => section.level > 0).length,
  );
  const showAuthors = (shown: boolean) => {
    authorsShown = shown;
    const look = (official: string) => ({
      style: people.style(official),
      initials: people.person(official).initials,
    });
    view.dispatch({ effects: setAuthors.of(shown ? { runs: () => people.runs(room.text), look } : null) });
    showShares();
  };
  const toolbar = makeToolbar(
    texts,
    {
      view,
      undo: () => void binding.undo.undo(),
      redo: () => void binding.undo.redo(),
      showAuthors: (shown) => {
        remember("motion-authors", shown ? "shown" : "hidden");
        showAuthors(shown);
        if (shown) asker.soon(0);
      },
      showSigns: (shown) => {
        remember("motion-signs", shown ? "shown" : "hidden");
        view.dispatch({ effects: setSigns.of(shown) });
      },
      authorsShown,
      signsShown,
    },
    "texte-motion",
  );
  bars.append(
    toolbar.element,
    el("a", { class: "btn discret simple", href: page.simple_url }, texts.simple_mode),
  );
  const planPanel = makePlan(page, go);
  const rail = makeRail(page, announcer.loudness, {
    go,
    setLoudness: (loudness) => {
      announcer.loudness = loudness;
      remember("motion-announcements", loudness);
    },
  });

  const plain = [...root.childNodes];
  // The header is as high as the motion's title asks: what sticks below it must know.
  const frame = document.querySelector("header.barre");
  const bar = new ResizeObserver(() => {
    if (frame) document.documentElement.style.setProperty("--barre", `${frame.clientHeight}px`);
  });
  if (frame) bar.observe(frame);
  desk.append(planPanel.element, main, rail.element);
  root.replaceChildren(bars, desk, tabs.element);
  root.classList.add("monte");
  tabs.show("texte");

  // --- what others do -----------------------------------------------------------------------------------
  function drawCarets(): void {
    const here = people.present(room.text.doc, Date.now());
    const carets: Caret[] = [];
    for (const one of here) {
      if (!one.active || one.index === null || one.index > view.state.doc.length) continue;
      carets.push({ initials: one.person.initials, style: one.style, at: one.index });
    }
    view.dispatch({ effects: setCarets.of(carets) });
  }
  function hearEdit(client: number): void {
    const one = people.at(client, room.text.doc, Date.now());
    if (!one || one.index === null) return;
    const { doc, selection } = view.state;
    const mine =
      doc.lineAt(Math.min(one.index, doc.length)).number === doc.lineAt(selection.main.head).number;
    const line = numberAt(view.state, Math.min(one.index, doc.length));
    announcer.hear({ type: "editing", name: one.person.name, mine, line });
  }

  // --- where one is -------------------------------------------------------------------------------------
  let told = 0;
  let clock = 0;
  let tellTimer: ReturnType<typeof setTimeout> | undefined;
  function tellSoon(): void {
    tellTimer ??= setTimeout(tell, Math.max(0, told + TELL_MS - Date.now()));
  }
  function tell(): void {
    tellTimer = undefined;
    told = Date.now();
    if (!view.hasFocus) return;
    const c = placeOf(room.text, Math.min(view.state.selection.main.head, room.text.length));
    room.say(wire.presence([{ client: room.client, clock: ++clock, state: { c } }]));
  }

  // --- words that follow the state ----------------------------------------------------------------------
  let followTimer: ReturnType<typeof setTimeout> | undefined;
  function followSoon(): void {
    followTimer ??= setTimeout(follow, FOLLOW_MS);
  }
  function follow(): void {
    clearTimeout(followTimer);
    followTimer = undefined;
    if (!editor) return;
    people.learnOwn(room.client);
    const { closed, state } = room;
    const reasons = {
      "signed-out": texts.reason_signed_out,
      "not-allowed": texts.reason_not_allowed,
      "not-found": texts.reason_not_found,
    };
    const allowed = state ? state.may_write : page.may_write;
    const readOnly = closed ? reasons[closed] : allowed ? "" : state?.sentence || page.sentence || "";
    editor.setWritable(!closed && allowed && (room.joined || room.restored));
    const since = room.waitingSince;
    const kept = room.keptText();
    const saving = savingWords(
      {
        online: room.online,
        joined: room.joined || room.restored,
        unsent: since === null ? 0 : sentences(room.unsentText()),
        kept: kept === null ? 0 : sentences(kept),
        refuses: room.deviceRefuses,
        waitedMs: since === null ? 0 : Date.now() - since,
        savedAt: room.savedAt ?? (room.joined ? joinedAt() : null),
        readOnly: allowed && !closed ? "" : readOnly || texts.reason_not_allowed,
      },
      page,
    );
    if (signIn.show(closed === "signed-out", since !== null && room.isKept))
      speak(`${texts.signed_out_title}. ${texts.signed_out_text}`);
    const now = Date.now();
    const present = people.present(room.text.doc, now);
    const { doc, selection } = view.state;
    const head = selection.main.head;
    plan = sections(doc.iterLines(), labelsAt(view.state));
    planPanel.update(plan, head, present);
    rail.update(present, (index) => numberAt(view.state, Math.min(index, doc.length)));
    const count = people.count(now);
    header.draw({
      saving,
      offline: !room.online && !closed && (room.joined || room.restored),
      closed: closed !== null,
      deviceRefuses: room.deviceRefuses,
      writable: state ? state.state === "drafting" && readOnly === "" : null,
      present,
      count,
    });
    const here = numberAt(view.state, head);
    tabs.draw("texte", texts.tab_text, here === null ? "" : fill(texts.tab_line, { number: here }));
    const articles = plan.filter((section) => section.level > 0).length;
    tabs.draw(
      "plan",
      texts.tab_plan,
      plan.find((section, i) => isAt(section, i, head))?.label ||
        plural(page.language, articles, texts.tab_plan_count_one, texts.tab_plan_count_other),
    );
    tabs.draw(
      "presents",
      String(count),
      plural(page.language, count, texts.present_short_one, texts.present_short_other),
    );
  }
  const isAt = (section: Section, i: number, head: number) =>
    head >= section.from && (head < section.to || i === plan.length - 1);
  let joined: Date | null = null;
  function joinedAt(): Date {
    joined ??= new Date();
    return joined;
  }
  function showShares(): void {
    if (!authorsShown) {
      rail.showShares(null);
      return;
    }
    const shares = known.authors.map(
      ([official, characters, style]): Share => ({ person: people.person(official), style, characters }),
    );
    rail.showShares(shares.filter((share) => share.person.name !== ""));
  }

  const life = new PageLife(room);
  // The way round the bars leads into the text itself, where one writes.
  const toText = (event: Event) => {
    event.preventDefault();
    tabs.show("texte");
    view.focus();
  };
  options.skip?.addEventListener("click", toText);
  // The editor's own handlers run first; what was held is applied once the composed word is in the text.
  view.contentDOM.addEventListener("compositionend", () => setTimeout(() => room.hold.release(), 20));
  const beat = setInterval(() => {
    const news = announcer.due(Date.now());
    if (news) speak(newsWords(news, page));
    follow();
    // The shares are the server's; while they are shown they are asked for now and then, and cost a 304.
    if (authorsShown) asker.soon(SHARES_MS);
  }, 1000);

  // Last: what a reload brought back makes the view tell its first update to all of the above.
  binding.attach(view);
  view.dispatch({ effects: [setPlan.of(page.plan), setSigns.of(signsShown)] });
  if (authorsShown) showAuthors(true);
  room.start();
  follow();
  return () => {
    clearInterval(beat);
    clearTimeout(tellTimer);
    clearTimeout(followTimer);
    asker.stop();
    options.skip?.removeEventListener("click", toText);
    bar.disconnect();
    life.stop();
    room.destroy();
    binding.destroy();
    view.destroy();
    root.classList.remove("monte");
    delete root.dataset.volet;
    root.replaceChildren(...plain);
  };
}

const root = document.querySelector<HTMLElement>('[data-module="editor"]');
if (root) {
  const find = (name: string) => document.querySelector<HTMLElement>(`[data-editor="${name}"]`);
  mount(root, {
    page: readPage(document),
    status: find("status"),
    count: find("count"),
    phase: find("phase"),
    seals: find("seals"),
    banner: find("banner"),
    announcements: find("announcements"),
    skip: find("skip"),
  }).catch((error: unknown) => {
    // The plain page, with its text and its way to write, is still there.
    console.error("editor: couldn't start", error);
    root.classList.add("echec");
  });
}
