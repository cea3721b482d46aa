"""What somebody says in the text of a mail: without what their program adds, and without the mail they answer.

Programs mark what they quote in many ways, none of them by a standard; those of the usual ones are known here, in
French, English and German.
"""

import re
from html.parser import HTMLParser

_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_QUOTED = re.compile(
    r"^("
    r"(?=[^\n]*\d)(Le [^\n]{5,160}\n?[^\n]{0,120}a écrit|On [^\n]{5,160}\n?[^\n]{0,120}wrote"
    r"|Am [^\n]{5,160}\n?[^\n]{0,120}schrieb[^\n]{0,120}?)\s?:[^\S\n]*$"  # a day, or a person said something
    r"|-{2,}\s?(Message d.origine|Original Message|Ursprüngliche Nachricht)[^\n]*"
    r"|\*?(De|From|Von)\s?:[^\n]+\n\s*\*?(Envoyé|Date|À|Sent|To|Gesendet|An|Datum)\s?:"
    r")",
    re.MULTILINE,
)
_LINES_QUOTED = re.compile(r"(\n\s*)*\n>")
_BY_A_PHONE = re.compile(
    r"\n*^(Envoyé (de|depuis|à partir de) [^\n]{1,80}|Sent from [^\n]{1,80}|Get Outlook for [^\n]{1,80}"
    r"|Télécharge[rz] Outlook pour [^\n]{1,80}|Von meinem [^\n]{1,60} gesendet|Gesendet von [^\n]{1,80})\s*\Z",
    re.MULTILINE,
)
_PRIVATE = re.compile(r"<?\S*/suivi/[0-9a-fA-F]{32}\S*")
_BLANKS = re.compile(r"[^\S\n \u00a0\u202f\u2009]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "ul", "ol", "table"})
_UNSAID = frozenset({"style", "script", "head", "title"})


def what_is_said(text: str) -> str:
    """The words of whoever wrote: without signature, without the mail that they answer, without private addresses.

    An address of somebody's contribution is its only key. It comes back in what is quoted, and would be published.
    """
    text = legible(text.replace("\r\n", "\n"))
    signature = _SIGNATURE.search(text)
    if signature is not None:
        text = text[: signature.start()]
    found = _QUOTED.search(text)
    if found is not None:
        before, after = text[: found.start()], text[found.end() :]
        # Lines that are marked go one by one: whoever answers below them is heard. What begins a message is forwarded.
        text = before + after if _LINES_QUOTED.match(after) else (before if before.strip() else text)
    text = "\n".join(line.rstrip() for line in text.split("\n") if not line.startswith(">"))
    text = _PRIVATE.sub("[…]", _BY_A_PHONE.sub("", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def legible(text: str) -> str:
    """The same text with every blank one that people type, and without signs that nobody sees: programs strew them.

    >>> legible("Le\\tcar\\ufeff\\u2003de 7\\u00a0h")
    'Le car de 7\\xa0h'
    """
    return _BLANKS.sub(" ", _UNSEEN.sub("", text))


def unflowed(text: str, *, joins_words: bool) -> str:
    """Paragraphs as they were typed, from lines that a program has cut: RFC 3676.

    Args:
        joins_words: The blank at the end of a cut line is the cut's own (`DelSp`).

    >>> unflowed("Le car \\nne passe plus.\\n-- \\nÈve", joins_words=False)
    'Le car ne passe plus.\\n-- \\nÈve'
    """
    lines: list[str] = []
    is_cut = False
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.removeprefix(" ")
        if is_cut and not line.startswith(">") and line != "-- ":
            lines[-1] = (lines[-1][:-1] if joins_words else lines[-1]) + line
        else:
            lines.append(line)
        is_cut = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(lines)


def words_of_html(html: str) -> str:
    """The words of a page, a line for each of its blocks, lists with their dashes and links with their addresses.

    >>> words_of_html("<p>Le car&nbsp;: <b>plus</b> jamais.</p><script>x()</script><p>Merci</p>")
    'Le car\\xa0: plus jamais.\\n\\nMerci'
    >>> words_of_html('<ul><li>Un</li><li><p>Deux</p></li></ul><a href="https://a.example">Ici</a>')
    '- Un\\n- Deux\\n\\nIci (https://a.example)'
    """
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split(" ")).strip(" \t") for line in "".join(reader.said).split("\n")]
    text = re.sub(r"^-\s+", "- ", "\n".join(lines), flags=re.MULTILINE)  # a block within an item begins no line
    text = re.sub(r"(^- [^\n]*)\n+(?=- )", r"\1\n", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unsaid = 0
        self._link, self._linked_from = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unsaid += tag in _UNSAID
        if tag in _BLOCKS:
            self.said.append("\n- " if tag == "li" else "\n")
        if tag == "a":
            self._link, self._linked_from = dict(attrs).get("href") or "", len(self.said)

    def handle_endtag(self, tag: str) -> None:
        self._unsaid = max(0, self._unsaid - (tag in _UNSAID))
        if tag in _BLOCKS and tag != "br":
            self.said.append("\n")
        if tag == "a":
            words = "".join(self.said[self._linked_from :]).strip()
            is_web = self._link.startswith(("http://", "https://"))
            if is_web and words and words.rstrip("/") not in self._link:
                self.said.append(f" ({self._link})")
            self._link = ""

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self.said.append(re.sub(r"[ \t\r\n]+", " ", data))
