"""What Motion writes round a text in an ODT or a DOCX, and how it is found again when such a document comes back.

People take a motion home, correct it in a word processor and bring it in again: what was said round the text (the
result, who wrote, the fingerprints) must not become part of it. It is written in styles of their own, which word
processors keep. Whoever types below such a paragraph leaves the style: each names a plain one as the next.

Found by signs and not by a parser of XML: what holds no such style is left byte for byte as it was.
"""

import re
from collections.abc import Mapping

PARAGRAPH = "MotionPourtour"
WORDS = "MotionPourtourMots"
"""Of paragraphs, and of words within a heading or an item."""

PARTS: Mapping[str, str] = {"odt": "content.xml", "docx": "word/document.xml"}
"""The part of each kind that holds the words."""

DECLARED: Mapping[str, tuple[str, str, str]] = {
    "odt": (
        "styles.xml",
        "</office:styles>",
        f'<style:style style:name="{PARAGRAPH}" style:family="paragraph" style:parent-style-name="Text_20_body"'
        f' style:next-style-name="Text_20_body" style:class="text"/><style:style style:name="{WORDS}"'
        ' style:family="text"/></office:styles>',
    ),
    "docx": (
        "word/styles.xml",
        f'<w:name w:val="{PARAGRAPH}" /><w:basedOn w:val="BodyText" />',
        f'<w:name w:val="{PARAGRAPH}" /><w:basedOn w:val="BodyText" /><w:next w:val="BodyText" />',
    ),
}
"""Where the styles are declared: the part, what pandoc wrote there, and what stands there instead."""

_BLOCKS = {
    # A block that holds another one (a note, a frame) is none of ours.
    "odt": re.compile(r"<text:(?P<kind>[ph])\b[^>]*(?<!/)>(?:(?!<text:[ph][ >/]).)*?</text:(?P=kind)>", re.DOTALL),
    "docx": re.compile(r"<w:p\b[^>]*(?<!/)>(?:(?!<w:p[ >/]).)*?</w:p>", re.DOTALL),
}
_USED = {
    "odt": re.compile(r'text:style-name="([^"]*)"'),
    "docx": re.compile(r'<w:[pr]Style\s+w:val="([^"]*)"'),
}
_AUTOMATIC = re.compile(r"<style:style\b[^>]*>")
_NAME = re.compile(r'style:name="([^"]*)"')
_PARENT = re.compile(r'style:parent-style-name="([^"]*)"')
_LEVEL = re.compile(r'text:outline-level="(\d)"')
_TITLE_BLOCK = ("Subtitle", "Author", "Date")  # of pandoc's own model; the DOCX reader knows them by itself


def without_cover(kind: str, part: bytes) -> bytes:
    """A part of `PARTS` without what Motion wrote round the text; the same bytes when Motion wrote nothing there."""
    if PARAGRAPH.encode() not in part:
        return part
    try:
        xml = part.decode()
    except UnicodeDecodeError:
        return part
    ours = _with_automatic(xml, {PARAGRAPH, WORDS})
    blocks = _BLOCKS[kind]
    if not any(ours & set(_USED[kind].findall(block[0])) for block in blocks.finditer(xml)):
        return part
    titles: set[str] = set()
    if kind == "odt":
        ours |= _with_automatic(xml, set(_TITLE_BLOCK))
        titles = _with_automatic(xml, {"Title"})
        # The title becomes the one heading above the others, as it is in a motion.
        xml = _LEVEL.sub(lambda level: f'text:outline-level="{int(level[1]) + 1}"', xml)

    def kept(block: re.Match[str]) -> str:
        used = set(_USED[kind].findall(block[0]))
        if used & ours:
            return ""
        if used & titles and block["kind"] == "p":
            words = block[0].partition(">")[2].removesuffix("</text:p>")
            return f'<text:h text:outline-level="1">{words}</text:h>'
        return block[0]

    return blocks.sub(kept, xml).encode()


def _with_automatic(xml: str, names: set[str]) -> set[str]:
    """The names, with the styles that a word processor derived from them for one paragraph."""
    found = set(names)
    for style in _AUTOMATIC.findall(xml):
        name, parent = _NAME.search(style), _PARENT.search(style)
        if name is not None and parent is not None and parent[1] in names:
            found.add(name[1])
    return found
