/**
 * The files of a contribution: sent in pieces as soon as they are chosen, recorded in the page where the browser can.
 * Without this script the page is an ordinary form; all it shows is made from the page's templates and texts.
 */
import { Booth } from "./booth";
import { Depot } from "./depot";
import { hindrance } from "./formats";
import { part, say } from "./parts";
import { forgetful, hold, type Keeping, type KeptRecording, Shelf } from "./shelf";
import { fill, type Words } from "./words";

/** How a page that is everybody's differs: nothing is kept on the device, and nobody is asked whether to leave. */
export interface Passing {
  /** Of each request: whose the files are. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Mounted {
  /** Whether somebody is there without touching anything: they speak, or look at what they recorded. */
  readonly isAttended: boolean;
  /** Lets go of the camera and of everything on its way. */
  leave(): void;
}

export async function mount(root: HTMLElement, passing: Passing | null = null): Promise<Mounted> {
  const tools = root.querySelector<HTMLElement>("[data-depot-outils]") as HTMLElement;
  const words = JSON.parse(tools.dataset.texts as string) as Words;
  const announce = (sentence: string) => {
    const live = part(tools, "live");
    // The same sentence twice is said twice.
    live.textContent = "";
    setTimeout(() => say(live, sentence), 50);
  };
  const shelf: Keeping = passing ? forgetful : new Shelf(`${root.dataset.depot}#${tools.dataset.owner}`);
  const depot = new Depot(root, tools, shelf, words, announce, passing?.headers ?? {});
  const [video, sound] = [part(tools, "record-video"), part(tools, "record-sound")];
  const doors = { video, sound };
  const files = root.querySelector("details");
  const otherwise = (why: string) => {
    const notice = part(tools, "why");
    say(notice, words[why] as string);
    notice.hidden = false;
    if (files) files.open = true;
    announce(words[why] as string);
  };

  const left = await shelf.open(Date.now());
  const sent = new Set(left.uploads.map(({ recording }) => recording));
  await depot.goOn(left);

  const why = hindrance(globalThis);
  if (why) {
    const notice = part(tools, "why");
    say(notice, words[why] as string);
    notice.hidden = false;
  } else {
    for (const door of Object.values(doors)) door.hidden = false;
  }
  const booth = new Booth(
    tools,
    part(tools, "booth"),
    doors,
    shelf,
    words,
    announce,
    (taken, name) => depot.addRecording(taken, name),
    otherwise,
    60 * Number(root.dataset.duree),
  );
  video.addEventListener("click", () => booth.open("video"));
  sound.addEventListener("click", () => booth.open("sound"));
  addEventListener("beforeunload", (event) => {
    if (passing) return;
    if (booth.isRecording || (booth.isFull && !shelf.lasts) || depot.isBusy) event.preventDefault();
  });

  const waiting: KeptRecording[] = [];
  for (const row of left.recordings) if (!sent.has(row.id) && (await hold(row.id))) waiting.push(row);
  offer(tools, booth, shelf, waiting, words);
  return {
    get isAttended() {
      return booth.isAttended;
    },
    leave: () => {
      booth.leave();
      depot.abandon();
    },
  };
}

/** What an earlier visit recorded and nobody decided about. */
function offer(
  root: HTMLElement,
  booth: Booth,
  shelf: Keeping,
  rows: readonly KeptRecording[],
  words: Words,
): void {
  for (const row of rows) {
    const box = part(root, "found");
    box.hidden = false;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    const when = new Date(row.at).toLocaleString(document.documentElement.lang, {
      dateStyle: "long",
      timeStyle: "short",
    });
    button.textContent = fill(words[row.kind === "video" ? "found_video" : "found_sound"] as string, {
      when,
    });
    button.addEventListener("click", async () => {
      if (booth.isRecording || booth.isFull) return;
      const bytes = await shelf.recorded(row).catch(() => null);
      button.remove();
      box.hidden = box.querySelector("button") === null;
      if (bytes) booth.review({ row, bytes });
    });
    box.append(button);
  }
}

// A kiosk's page mounts its own when somebody asks for it.
for (const root of document.querySelectorAll<HTMLElement>("[data-depot]:not([data-depot-borne])")) {
  mount(root).catch((error) => {
    // The forms remain, as without script.
    console.error(error);
  });
}
