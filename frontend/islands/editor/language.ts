/** The small Markdown of a motion: headings, paragraphs, bold, italic, lists, quotes, links. */
import { defineLanguageFacet, Language } from "@codemirror/language";
import { parser } from "@lezer/markdown";

/** Setext headings would turn a paragraph into a title as soon as "-" is typed under it. */
const REMOVED = [
  "SetextHeading",
  "HTMLBlock",
  "HTMLTag",
  "IndentedCode",
  "FencedCode",
  "InlineCode",
  "LinkReference",
  "Image",
  "Autolink",
  "Entity",
  "HorizontalRule",
];

export const motionMarkdown = new Language(
  defineLanguageFacet({}),
  parser.configure({ remove: REMOVED }),
  [],
  "motion",
);
