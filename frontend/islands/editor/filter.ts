/**
 * Characters that the server refuses are taken out as they are typed or pasted (`record.md`, amendment 5).
 * Control characters but line feed and tab; line and paragraph separators; bidirectional overrides and
 * isolates; the byte order mark; the tag characters; halves of a surrogate pair.
 */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]|\u{E0001}|[\u{E0000}-\u{E007F}]|\p{Cs}/gu;

/** The text as the server accepts it; `\r\n` and `\r` become `\n`. */
export function clean(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\u2028\u2029]/g, "\n")
    .replace(FORBIDDEN, "");
}

/** Moves an offset off the middle of a surrogate pair, to its start. */
export function wholeCharacter(text: string, offset: number): number {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000 ? offset - 1 : offset;
}

/** Cuts a text into pieces of at most `size` UTF-16 units, never through a character. */
export function pieces(text: string, size: number): string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const to = from + size >= text.length ? text.length : wholeCharacter(text, from + size);
    parts.push(text.slice(from, to));
    from = to;
  }
  return parts;
}
