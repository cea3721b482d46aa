"""A text cut into paragraphs for the plain mode, one field each, and put together again."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)*(?:\n|\Z)|\A(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What stands between blank lines.

    Attributes:
        key: Name of the field: the same as long as the words are, wherever the paragraph moves.
        start: Position in the text, in characters.
        after: The blank lines that follow, kept as they are.
    """

    key: str
    start: int
    text: str
    after: str


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs in order. Blank lines at the head of the text stand in none: `assemble` keeps them."""
    found: list[Paragraph] = []
    seen: Counter[str] = Counter()
    at = 0
    while at < len(text):
        blank = _BLANK.search(text, at)
        end, after = (blank.start(), blank.end()) if blank else (len(text), len(text))
        words = text[at:end]
        if words:
            name = sha256(words.encode()).hexdigest()[:12]
            seen[name] += 1
            found.append(Paragraph(f"p-{name}-{seen[name]}", at, words, text[end:after]))
        at = after
    return tuple(found)


def assemble(text: str, answers: Mapping[str, str], added: str = "") -> str:
    """The text that a form asks for.

    Args:
        text: What the form was made from.
        answers: Field key to text. A paragraph without an answer stays as it is: a form that arrives cut short takes
            nothing away. An emptied field takes its paragraph out.
        added: A new paragraph for the end.
    """
    parts: Sequence[Paragraph] = paragraphs(text)
    whole = [text[: parts[0].start]] if parts else []
    for part in parts:
        answer = _tidy(answers[part.key]) if part.key in answers else part.text
        if answer:
            whole += [answer, part.after]
    new = _tidy(added)
    if new:
        before = "".join(whole).rstrip("\n")
        return f"{before}\n\n{new}\n" if before else f"{new}\n"
    return "".join(whole) if parts else text


def as_typed(field: str) -> str:
    """A form's text with the line's ends that it was typed with: browsers send CRLF (HTML, 4.10.22.4)."""
    return field.replace("\r\n", "\n").replace("\r", "\n")


def _tidy(field: str) -> str:
    return as_typed(field).strip("\n") if field.strip() else ""
