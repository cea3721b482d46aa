/** The plan: the headings of the text, what each holds, and who is there. */
import { headingLevel, isNumbered } from "./numbering";
import { type Label, shownLabel } from "./plan";

export interface Section {
  /** Label and words of the heading, as the pages show them; empty for what stands before the first one. */
  readonly title: string;
  /** "Article 2", as the server numbers; empty for a heading without number. */
  readonly label: string;
  readonly level: number;
  /** Index of its first character in the text, and of what follows it. */
  readonly from: number;
  readonly to: number;
  /** How many numbered lines it holds. */
  readonly lines: number;
}

/** Cuts a text at its headings. Signs of bold and italic are left out of the titles. `labels`: by the heading's index. */
export function sections(lines: Iterable<string>, labels: ReadonlyMap<number, Label> = new Map()): Section[] {
  const found: Section[] = [];
  let open = { title: "", label: "", level: 0, from: 0, lines: 0 };
  let at = 0;
  const close = () => {
    if (open.level > 0 || open.lines > 0) found.push({ ...open, to: at });
  };
  for (const line of lines) {
    const level = headingLevel(line);
    if (level > 0) {
      close();
      const label = labels.get(at);
      const shown = label && shownLabel(line, label);
      const source = shown?.before ? line.slice(shown.to) : line;
      const words = source.replace(/^\s*#+\s*|\s*#*\s*$/g, "").replace(/\*+|\\(?=\W)/g, "");
      const title = [shown?.before, words].filter(Boolean).join(". ");
      open = { title, label: label?.label ?? "", level, from: at, lines: 0 };
    } else if (isNumbered(line)) open.lines++;
    at += line.length + 1;
  }
  close();
  return found;
}
