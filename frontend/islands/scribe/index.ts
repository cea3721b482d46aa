/**
 * The scribe's page: people found as their name is typed, Ctrl+Enter sends, the focus is ready for the next one.
 *
 * What is sent goes through a box on the device first (`box.ts`), with a key that the server knows again: whatever the
 * network does, nothing is lost and nothing is noted twice.
 */
import { Box, type Note } from "./box";
import { mountOne } from "./one";
import { type Member, People } from "./people";
import { Sender } from "./sender";

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

type Words = Readonly<Record<string, string>>;

/** What of the form belongs to one person: emptied for the next. */
const TEXTS = ["who", "official", "mandate", "place", "place_code", "text", "hour"] as const;
const TICKS = ["elsewhere", "is_official", "publish", "no_quote", "no_archive"] as const;
const EXCERPT = 160;
/** Between two looks at what other scribes have noted, in milliseconds. */
const LOOK_MS = 15_000;

export function mount(root: HTMLElement): void {
  const words = JSON.parse(root.dataset.texts as string) as Words;
  const form = root.querySelector("form") as HTMLFormElement;
  const part = (name: string) => root.querySelector(`[data-scribe=${name}]`) as HTMLElement;
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement | null;
  const box = new Box(root.dataset.box as string);
  const status = part("status");
  const say = (sentence: string, kind: "" | "bon" | "mauvais" = "") => {
    status.hidden = !sentence;
    status.className = kind ? `avis ${kind}` : "avis";
    status.textContent = sentence;
  };
  const person = field("who") as HTMLInputElement;
  const text = field("text") as unknown as HTMLTextAreaElement;

  const people = new People(person, part("person"), words, (member: Member | null) => {
    const official = field("official");
    if (official) official.value = member ? String(member.id) : "";
    if (member) text.focus();
  });
  const load = () => people.load(root.dataset.members as string);
  load();

  const elsewhere = field("elsewhere") as HTMLInputElement;
  const onElsewhere = () => people.listen(!elsewhere.checked);
  elsewhere.addEventListener("change", onElsewhere);

  const read = (): Record<string, string> => {
    const found: Record<string, string> = {};
    for (const [name, value] of new FormData(form))
      if (typeof value === "string" && value) found[name] = value;
    return found;
  };
  const fill = (fields: Readonly<Record<string, string>>) => {
    for (const name of TEXTS) {
      const one = field(name);
      if (one && "value" in one) one.value = fields[name] ?? "";
    }
    for (const name of TICKS) (field(name) as HTMLInputElement).checked = Boolean(fields[name]);
    onElsewhere();
  };

  let shown = "";
  const last = async () => {
    const answer = await fetch(root.dataset.last as string, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const html = await answer.text();
    // Who is on a link of the list keeps it; what has not changed is not drawn again.
    if (html === shown || part("last").contains(document.activeElement)) return;
    shown = html;
    part("last").innerHTML = policy ? policy.createHTML(html) : html;
  };

  const draw = () => {
    const list = part("waiting");
    const notes = box.notes();
    list.hidden = notes.length === 0;
    list.replaceChildren(...notes.map((note) => drawn(note)));
  };
  const button = (label: string, deed: (pressed: HTMLButtonElement) => void) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn discret";
    made.textContent = words[label] as string;
    made.addEventListener("click", () => deed(made));
    return made;
  };
  const drawn = (note: Note): HTMLLIElement => {
    const line = document.createElement("li");
    line.className = "pile serre";
    const who = document.createElement("h3");
    who.className = "dit";
    who.textContent = note.fields.who ?? "";
    const what = document.createElement("p");
    what.className = "tape";
    const said = note.fields.text ?? "";
    what.textContent = said.length > EXCERPT ? `${said.slice(0, EXCERPT)}…` : said;
    const row = document.createElement("p");
    row.className = "rang";
    const state = document.createElement("span");
    state.className = note.refused ? "etat refus" : "etat attente";
    state.textContent = (note.refused ? words.refused : words.waiting) as string;
    row.append(state);
    line.append(who, what, row);
    if (note.refused) {
      const why = document.createElement("p");
      why.textContent = note.refused;
      line.append(why);
      const done = () => {
        box.remove(note.key);
        draw();
        person.focus();
      };
      row.append(
        button("take_back", () => {
          if (person.value.trim() || text.value.trim()) {
            say(words.busy as string, "mauvais");
            text.focus();
            return;
          }
          fill(note.fields);
          box.keepDraft(read());
          done();
        }),
        button("throw", (pressed) => {
          if (pressed.dataset.sure) return done();
          pressed.dataset.sure = "1";
          pressed.textContent = words.throw_sure as string;
        }),
      );
    }
    return line;
  };

  const sender = new Sender(form.action, box, {
    noted: (note, code) => {
      draw();
      last().catch(() => {});
      say((words.noted as string).replace("{code}", code).replace("{name}", note.fields.who ?? ""), "bon");
    },
    refused: (_note, sentence) => {
      draw();
      say(sentence, "mauvais");
    },
    away: () => {
      const count = box.notes().filter((note) => !note.refused).length;
      say(
        box.lasts ? (words.kept as string).replace("{count}", String(count)) : (words.unkept as string),
        "mauvais",
      );
    },
    signedOut: () => say(words.signed_out as string, "mauvais"),
  });

  /** What can be told without the server; empty when it may go. */
  const fault = (fields: Readonly<Record<string, string>>): [string, HTMLElement] | null => {
    if (!fields.who?.trim()) return [words.who_empty as string, person];
    if (!fields.elsewhere && people.known && !fields.official) return [words.who_choose as string, person];
    if (!fields.text?.trim()) return [words.text_empty as string, text];
    const most = Number(root.dataset.most);
    if (fields.text.length > most) return [(words.too_long as string).replace("{count}", String(most)), text];
    if (!fields.publish) return [words.consent_empty as string, field("publish") as HTMLElement];
    return null;
  };
  const send = () => {
    if (!elsewhere.checked) people.settle();
    const fields = read();
    const wrong = fault(fields);
    if (wrong) {
      say(wrong[0], "mauvais");
      wrong[1].focus();
      return;
    }
    box.add(fields);
    box.keepDraft({});
    fill({});
    for (const one of form.querySelectorAll("input[type=radio]")) one.closest("fieldset")?.remove();
    draw();
    say(words.sending as string);
    person.focus();
    sender.drain();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  });
  person.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || person.value || event.ctrlKey || event.altKey || event.metaKey) return;
    const link = part("last").querySelector<HTMLAnchorElement>("a[data-correct]");
    if (box.notes().length) say(words.not_sent as string, "mauvais");
    else if (link) link.click();
    event.preventDefault();
  });
  form.addEventListener("input", () => box.keepDraft(read()));
  addEventListener("online", () => {
    sender.drain();
    if (!people.known) load();
  });
  addEventListener("beforeunload", (event) => {
    if (!box.lasts && box.notes().length) event.preventDefault();
  });

  setInterval(() => {
    if (document.visibilityState === "visible" && navigator.onLine) last().catch(() => {});
  }, LOOK_MS);

  part("keys").hidden = false;
  const draft = box.draft();
  if (!person.value && !text.value && draft) fill(draft);
  onElsewhere();
  draw();
  if (box.notes().length) sender.drain();
  if (!form.querySelector("[aria-invalid]")) person.focus();
}

for (const root of document.querySelectorAll<HTMLElement>("[data-scribe=root]")) mount(root);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-scribe=one]")) mountOne(form);
