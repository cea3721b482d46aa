/**
 * The kiosk's page empties itself when nobody has touched it for a while, after a warning. Without this script whoever
 * leaves presses "Tout effacer", and the receipt leaves by itself.
 */

const form = document.querySelector<HTMLFormElement>("form[data-borne]");
const notice = document.querySelector<HTMLElement>("[data-borne-avis]");

/** Begin to watch; returns what ends it. */
export function watch(page: HTMLFormElement, warning: HTMLElement): () => void {
  const idle = Number(page.dataset.attente) * 1000;
  const warned = Number(page.dataset.avertie) * 1000;
  let timer = 0;
  const leave = () => window.location.replace(page.dataset.borne as string);
  const warn = () => {
    warning.hidden = false;
    timer = window.setTimeout(leave, warned);
  };
  const touch = () => {
    warning.hidden = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(warn, idle);
  };
  const events = ["pointerdown", "keydown", "input", "scroll"];
  for (const name of events) window.addEventListener(name, touch, { passive: true });
  touch();
  return () => {
    window.clearTimeout(timer);
    for (const name of events) window.removeEventListener(name, touch);
  };
}

if (form && notice) watch(form, notice);
// A page that the browser brings back by itself would show the words of whoever was here before.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && form) window.location.replace(form.dataset.borne as string);
});
