/**
 * Line numbers of the motion, by the server's rule (`motion/rules/text.py`); both are held to
 * `tests/rules/data/line_numbers.json`. Each line of the source that carries words has the next number;
 * headings (outside lists and quotes), blank lines and bare signs have none.
 */

const HEADING = /^[ \t]*#{1,6}(?:[ \t]|$)/;
const BARE = /^[ \t\u00a0\u202f>*+-]*$/;

/** Whether a line of the source counts as an alinéa: each line is judged alone. */
export function isNumbered(line: string): boolean {
  return !HEADING.test(line) && !BARE.test(line);
}

/** Whether a line of the source is a heading, and of which level (0: it is not). */
export function headingLevel(line: string): number {
  return HEADING.test(line) ? line.trimStart().search(/[^#]|$/) : 0;
}

/** The number of each line, or null, for all lines of a text. */
export function lineNumbers(lines: Iterable<string>): (number | null)[] {
  let last = 0;
  const numbers: (number | null)[] = [];
  for (const line of lines) numbers.push(isNumbered(line) ? ++last : null);
  return numbers;
}
