/** The form that corrects one contribution: people found as on the scribe's page, and Ctrl+Enter. */
import { type Member, People } from "./people";

export function mountOne(form: HTMLFormElement): void {
  const words = JSON.parse(form.dataset.texts as string) as Readonly<Record<string, string>>;
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement | null;
  const person = field("who") as HTMLInputElement;
  const text = field("text") as unknown as HTMLTextAreaElement;
  const elsewhere = field("elsewhere") as HTMLInputElement;
  const place = form.querySelector("[data-scribe=person]") as HTMLElement;

  const people = new People(person, place, words, (member: Member | null) => {
    const official = field("official");
    // Of namesakes that the server offers, the choice is a list of buttons, which has no value of its own to set.
    if (official?.type === "hidden") official.value = member ? String(member.id) : "";
    if (member) text.focus();
  });
  people.load(form.dataset.members as string);
  const listen = () => people.listen(!elsewhere.checked);
  elsewhere.addEventListener("change", listen);
  listen();

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector<HTMLButtonElement>("button[value=correct]"));
  });
  (form.querySelector("[data-scribe=keys]") as HTMLElement).hidden = false;
  // Who may confirm reads first; whoever wrote it comes to correct.
  if (!document.querySelector("[autofocus], [aria-invalid]")) {
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }
}
