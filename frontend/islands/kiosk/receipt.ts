/** The receipt leaves the screen by itself: how soon is told, and whoever needs longer says so. */

/** @param line Says how long, in words; its page holds the way to the next person, and the button of more time. */
export function leaving(line: HTMLElement): void {
  const whole = Number(line.dataset.borneRecu);
  const next = document.querySelector<HTMLAnchorElement>("main a.btn.plein") as HTMLAnchorElement;
  const more = document.querySelector<HTMLButtonElement>("[data-borne-encore]") as HTMLButtonElement;
  // In place of the receipt: going back does not lead to it.
  const go = () => location.replace(next.href);
  let left = whole;
  const count = () => {
    line.textContent = (line.dataset.reste as string).replace("{n}", String(left));
    if (left > 0) left -= 1;
    else {
      clearInterval(timer);
      go();
    }
  };
  const timer = setInterval(count, 1_000);
  count();
  more.hidden = false;
  more.addEventListener("click", () => {
    left = whole;
    count();
  });
  next.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
}
