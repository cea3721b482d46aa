/**
 * The files of a contribution: sent in pieces as soon as they are chosen, recorded in the page where the browser can.
 * Without this script the page is an ordinary form; all it shows is made from the page's templates and texts.
 */
import { Booth } from "./booth";
import { Depot } from "./depot";
import { hindrance } from "./formats";
import { part, say } from "./parts";
import { hold, type KeptRecording, Shelf } from "./shelf";
import { fill, type Words } from "./words";

export async function mount(root: HTMLElement): Promise<void> {
  const tools = root.querySelector<HTMLElement>("[data-depot-outils]") as HTMLElement;
  const words = JSON.parse(tools.dataset.texts as string) as Words;
  const announce = (sentence: string) => {
    const live = part(tools, "live");
    // The same sentence twice is said twice.
    live.textContent = "";
    setTimeout(() => say(live, sentence), 50);
  };
  const shelf = new Shelf(`${root.dataset.depot}#${tools.dataset.owner}`);
  const depot = new Depot(root, tools, shelf, words, announce);
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
  );
  video.addEventListener("click", () => booth.open("video"));
  sound.addEventListener("click", () => booth.open("sound"));
  addEventListener("beforeunload", (event) => {
    if (booth.isRecording || (booth.isFull && !shelf.lasts) || depot.isBusy) event.preventDefault();
  });

  const waiting: KeptRecording[] = [];
  for (const row of left.recordings) if (!sent.has(row.id) && (await hold(row.id))) waiting.push(row);
  offer(tools, booth, shelf, waiting, words);
}

/** What an earlier visit recorded and nobody decided about. */
function offer(
  root: HTMLElement,
  booth: Booth,
  shelf: Shelf,
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

for (const root of document.querySelectorAll<HTMLElement>("[data-depot]")) {
  mount(root).catch((error) => {
    // The forms remain, as without script.
    console.error(error);
  });
}
