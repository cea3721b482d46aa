"""The plain mode: a text edited paragraph by paragraph in an ordinary form.

Pure but for Yjs: a kept version as text, its paragraphs, the text that a form asks for, and edits in portions that
one update may carry.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pycrdt import Doc, Text

from motion.live.draft import Edit
from motion.live.updates import FORBIDDEN, ROOT
from motion.rules import merging

PORTION = 2_000  # characters put in by one update: at most 8,000 bytes, half of what an update may weigh

_PARTED = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")  # the blank lines between two paragraphs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a text: where it stands, in characters, and its source."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def text_of(state: bytes) -> str:
    """Return the text of a whole document, as `Rooms.state_at` gives it."""
    doc: Doc[Text] = Doc()
    text = doc.get(ROOT, type=Text)
    doc.apply_update(state)
    return str(text)


def paragraphs(text: str) -> list[Paragraph]:
    """Cut a text at its blank lines; what is between two paragraphs belongs to neither."""
    found, start = [], 0
    for gap in _PARTED.finditer(text):
        found.append(Paragraph(start, text[start : gap.start()]))
        start = gap.end()
    found.append(Paragraph(start, text[start:].rstrip("\n")))
    return [paragraph for paragraph in found if paragraph.text.strip()]


def cleaned(text: str) -> str:
    """The words of a form's field: line feeds alone end lines, nothing invisible or misleading, no blank ends."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def wanted(base: str, changed: Mapping[int, str], new: str, after: int) -> str:
    """The text that a form asks for.

    Args:
        base: The text that the form showed.
        changed: Each paragraph that the form sent, by its place in `paragraphs(base)`; empty: taken out.
        new: A paragraph to add, or nothing.
        after: The place after which it goes; -1 for the head of the text.
    """
    new = cleaned(new)
    found = paragraphs(base)
    text = new if after < 0 else ""
    at = 0
    for place, paragraph in enumerate(found):
        gap, at = base[at : paragraph.start], paragraph.end
        said = cleaned(changed[place]) if place in changed else paragraph.text
        if said == cleaned(paragraph.text):
            said = paragraph.text  # a form strips what nobody sees: that is no change
        if said and not text:
            text = (gap if place == 0 else "") + said
        elif said:
            text += (gap if place else "\n\n") + said  # a paragraph that goes takes the gap above it along
        if new and place == min(after, len(found) - 1):
            text += ("\n\n" if text else "") + new
    if not found and not text:
        return new or base
    return text + base[at:] if text else ""


def portion(edits: Sequence[merging.Edit]) -> tuple[list[merging.Edit], bool]:
    """Take the first edits, as many as one update may carry; say whether any is left.

    An insertion that is too long is cut: the rest is asked for again, on the text as it is then.
    """
    taken: list[merging.Edit] = []
    room = PORTION
    for edit in edits:
        if len(edit.insert) > room:
            if room:
                taken.append(merging.Edit(edit.start, edit.delete, edit.insert[:room]))
            return taken, True
        taken.append(edit)
        room -= len(edit.insert)
    return taken, False


def as_live(edits: Sequence[merging.Edit]) -> list[Edit]:
    """The same edits as the live draft takes them."""
    return [Edit(edit.start, edit.end, edit.insert) for edit in edits]
