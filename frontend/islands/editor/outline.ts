/** The plan: the headings of the text, what each holds, and who is there. */
import { headingLevel, isNumbered } from "./numbering";

export interface Section {
  /** Words of the heading; empty for what stands before the first one. */
  readonly title: string;
  readonly level: number;
  /** Index of its first character in the text, and of what follows it. */
  readonly from: number;
  readonly to: number;
  /** How many numbered lines it holds. */
  readonly lines: number;
}

/** Cuts a text at its headings. Signs of bold and italic are left out of the titles. */
export function sections(lines: Iterable<string>): Section[] {
  const found: Section[] = [];
  let open = { title: "", level: 0, from: 0, lines: 0 };
  let at = 0;
  const close = () => {
    if (open.level > 0 || open.lines > 0) found.push({ ...open, to: at });
  };
  for (const line of lines) {
    const level = headingLevel(line);
    if (level > 0) {
      close();
      const title = line.replace(/^\s*#+\s*|\s*#*\s*$/g, "").replace(/\*+|\\(?=\W)/g, "");
      open = { title, level, from: at, lines: 0 };
    } else if (isNumbered(line)) open.lines++;
    at += line.length + 1;
  }
  close();
  return found;
}
