/** From one person to the next: what was typed leaves the screen at once, and what was recorded leaves the service. */

const AGAIN_MS = 5_000;
const ANSWER_MS = 10_000;

/** Resolves when the empty page is on its way. Without a network it waits for one: a browser's error page helps nobody. */
export async function reset(form: HTMLFormElement): Promise<void> {
  empty(form);
  const erasing = document.querySelector<HTMLFormElement>("form#effacer") as HTMLFormElement;
  const body = new URLSearchParams([["key", keyOf(erasing)]]);
  const notice = document.querySelector<HTMLElement>("[data-borne-coupure]");
  for (;;) {
    try {
      const signal = AbortSignal.timeout ? AbortSignal.timeout(ANSWER_MS) : null;
      const answer = await fetch(erasing.action, { method: "POST", body, redirect: "manual", signal });
      if (answer.type === "opaqueredirect" || answer.ok || answer.status < 500) break;
    } catch {
      // Tried again below.
    }
    if (notice) notice.hidden = false;
    await new Promise((resolve) => {
      setTimeout(resolve, AGAIN_MS);
      addEventListener("online", resolve, { once: true });
    });
  }
  location.replace(form.dataset.borne as string);
}

function keyOf(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>("input[name=key]")?.value ?? "";
}

/** A page that came back with faults holds what was typed as its fields' first values: `form.reset` would show it. */
function empty(form: HTMLFormElement): void {
  for (const field of form.elements) {
    if (field instanceof HTMLTextAreaElement) {
      field.defaultValue = "";
      field.value = "";
    } else if (field instanceof HTMLInputElement && field.name !== "key") {
      field.defaultChecked = false;
      field.checked = false;
      if (field.type !== "file" && field.type !== "checkbox" && field.type !== "radio")
        field.defaultValue = "";
      if (field.type !== "checkbox" && field.type !== "radio") field.value = "";
    }
  }
  form.inert = true;
  form.hidden = true;
}
