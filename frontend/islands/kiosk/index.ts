/**
 * The kiosk's page empties itself when nobody has touched it for a while, after a warning, and brings what one records
 * with when somebody asks for it. Without this script whoever leaves presses "Tout effacer", and the receipt leaves by
 * itself.
 */
import type { Mounted, Passing } from "../deposit/index";
import { Idle } from "./idle";
import { leaving } from "./receipt";
import { reset } from "./reset";

const form = document.querySelector<HTMLFormElement>("form[data-borne]");
const place = document.querySelector<HTMLElement>("[data-depot-borne]");

/** Offers the camera; what it needs is fetched on the first click. Says whether somebody speaks or listens. */
function offer(root: HTMLElement): { isAttended(): boolean; leave(): void } {
  const find = (name: string) => root.querySelector<HTMLElement>(`[data-borne-${name}]`) as HTMLElement;
  const [door, tools, failure] = [find("ouvrir"), find("outils"), find("panne")];
  let mounted: Mounted | null = null;
  let isComing = false;
  root.hidden = false;
  door.hidden = false;
  door.addEventListener("click", async () => {
    if (isComing) return;
    isComing = true;
    failure.hidden = true;
    const key = form?.querySelector<HTMLInputElement>("input[name=key]")?.value ?? "";
    const passing: Passing = { headers: { [root.dataset.entete as string]: key } };
    try {
      const script = await import(root.dataset.depotBorne as string);
      mounted = (await script.mount(root, passing)) as Mounted;
    } catch (error) {
      console.error(error);
      failure.hidden = false;
      isComing = false;
      return;
    }
    door.hidden = true;
    tools.hidden = false;
    tools.querySelector<HTMLElement>("button:not([hidden]), input")?.focus();
  });
  return { isAttended: () => mounted?.isAttended ?? false, leave: () => mounted?.leave() };
}

if (form) {
  const recording = place ? offer(place) : null;
  const warning = document.querySelector<HTMLElement>("[data-borne-avis]") as HTMLElement;
  const leave = () => {
    recording?.leave();
    void reset(form);
  };
  const idle = new Idle(form, warning, () => recording?.isAttended() ?? false, leave);
  idle.watch();
  document.querySelector<HTMLFormElement>("form#effacer")?.addEventListener("submit", (event) => {
    event.preventDefault();
    idle.end();
    leave();
  });
}
const receipt = document.querySelector<HTMLElement>("[data-borne-recu]");
if (receipt) leaving(receipt);
// A page that the browser brings back by itself would show the words of whoever was here before.
window.addEventListener("pageshow", (event) => {
  const empty = form?.dataset.borne ?? document.querySelector<HTMLAnchorElement>("main a.btn.plein")?.href;
  if (event.persisted && empty) window.location.replace(empty);
});
