/**
 * Line numbers of the motion, by the server's rule (`motion/rules/text.py`); both are held to
 * `tests/rules/data/line_numbers.json`. Each line of the source that carries words has the next number;
 * headings (outside lists and quotes), blank lines and bare signs have none.
 */

const QUOTE = /^[ \t]*>[ \t]?/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const BULLET = /^[ \t]*[-*+](?:[ \t]+|$)/;

/**
 * Whether a line of the source counts as an alinéa.
 *
 * @param above The line before it; empty for the first one. A bare "-" under a paragraph belongs to it.
 */
export function isNumbered(line: string, above = ""): boolean {
  if (HEADING.test(line)) return false;
  let rest = line;
  for (;;) {
    const sign = QUOTE.exec(rest) ?? BULLET.exec(rest);
    if (!sign) break;
    rest = rest.slice(sign[0].length);
  }
  return rest.trim() !== "" || (isBare(line) && continues(line, above));
}

/** A bullet, or several, and nothing else. */
function isBare(line: string): boolean {
  return /^[ \t]*[-*+][ \t]*$/.test(line);
}

/** Whether a bare bullet goes on with the paragraph above instead of opening an item. */
function continues(line: string, above: string): boolean {
  if (above.trim() === "" || !isNumbered(above)) return false;
  const indent = (of: string) => of.length - of.trimStart().length;
  return !/^[ \t]*(?:[-*+>]|\d{1,9}[.)](?:[ \t]|$))/.test(above) || indent(line) > indent(above) + 1;
}

/** Whether a line of the source is a heading, and of which level (0: it is not). */
export function headingLevel(line: string): number {
  return HEADING.test(line) ? line.trimStart().search(/[^#]|$/) : 0;
}

/** The number of each line, or null, for all lines of a text. */
export function lineNumbers(lines: Iterable<string>): (number | null)[] {
  let last = 0;
  let above = "";
  const numbers: (number | null)[] = [];
  for (const line of lines) {
    numbers.push(isNumbered(line, above) ? ++last : null);
    above = line;
  }
  return numbers;
}
