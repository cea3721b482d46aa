/**
 * Parts of an image to hide, drawn on it: each rectangle goes into the numeric fields of the form, and fields that are
 * typed show their rectangle. What is sent are the fields.
 */

const SIDES = ["left", "top", "width", "height"] as const;
/** Under this many percent a press is a press, not a rectangle. */
const SMALLEST = 1;

type Rectangle = Readonly<Record<(typeof SIDES)[number], number>>;

const SVG = "http://www.w3.org/2000/svg";

export function mount(root: HTMLElement): void {
  const details = root.querySelector<HTMLDetailsElement>("[data-masks=rows]");
  if (!details) return;
  const rows = [...details.querySelectorAll<HTMLFieldSetElement>("fieldset")];
  const field = (row: HTMLFieldSetElement, side: string) =>
    row.querySelector<HTMLInputElement>(`[name$="-${side}"]`);
  const read = (row: HTMLFieldSetElement): Rectangle | null => {
    const [left = 0, top = 0, width = 0, height = 0] = SIDES.map((side) =>
      Number((field(row, side)?.value ?? "").replace(",", ".")),
    );
    return width > 0 && height > 0 ? { left, top, width, height } : null;
  };
  const figures = [...root.querySelectorAll<HTMLElement>("[data-picture]")].map((figure) => {
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("aria-hidden", "true");
    const image = figure.querySelector("img") as HTMLImageElement;
    const fit = () => drawing.setAttribute("height", String(image.clientHeight));
    new ResizeObserver(fit).observe(image);
    figure.append(drawing);
    return { place: figure.dataset.picture as string, drawing };
  });
  const shape = ({ left, top, width, height }: Rectangle): SVGRectElement => {
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x: left, y: top, width, height })) {
      rect.setAttribute(name, `${value}%`);
    }
    return rect;
  };
  const draw = () => {
    for (const { place, drawing } of figures) {
      const mine = rows.filter((row) => (field(row, "picture")?.value ?? "1") === place);
      drawing.replaceChildren(...mine.map(read).flatMap((found) => (found ? [shape(found)] : [])));
    }
  };
  for (const { place, drawing } of figures) {
    let from: [number, number] | null = null;
    const at = (event: PointerEvent): [number, number] => {
      const box = drawing.getBoundingClientRect();
      const part = (value: number) => Math.min(100, Math.max(0, value * 100));
      return [part((event.clientX - box.left) / box.width), part((event.clientY - box.top) / box.height)];
    };
    const between = ([x, y]: [number, number], [u, v]: [number, number]): Rectangle => ({
      left: Math.min(x, u),
      top: Math.min(y, v),
      width: Math.abs(u - x),
      height: Math.abs(v - y),
    });
    drawing.addEventListener("pointerdown", (event) => {
      from = at(event);
      drawing.setPointerCapture(event.pointerId);
    });
    drawing.addEventListener("pointermove", (event) => {
      if (!from) return;
      draw();
      drawing.append(shape(between(from, at(event))));
    });
    drawing.addEventListener("pointercancel", () => {
      from = null;
      draw();
    });
    drawing.addEventListener("pointerup", (event) => {
      if (!from) return;
      const found = between(from, at(event));
      from = null;
      const row = rows.find((each) => SIDES.every((side) => !field(each, side)?.value));
      if (row && found.width >= SMALLEST && found.height >= SMALLEST) {
        for (const side of SIDES) (field(row, side) as HTMLInputElement).value = found[side].toFixed(1);
        const picture = field(row, "picture");
        if (picture) picture.value = place;
        details.open = true;
      }
      draw();
    });
  }
  details.addEventListener("input", draw);
  draw();
}

for (const root of document.querySelectorAll<HTMLElement>("[data-masks=root]")) mount(root);
