"""A page of the service turned into one that lies in a folder: no script, no form, links that lead to files.

Pages are read as they are, tag by tag, and what is not touched keeps its bytes. What only a server can do goes, and
with it what then says nothing: the item of a list that was a link, the list without items, the heading above nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
GONE = frozenset(("script", "form", "noscript", "template", "iframe", "dialog"))
NEEDS_SCRIPT = frozenset(("data-module", "data-replay"))  # made by a script, hidden until it runs
LIVE = frozenset(("data-events", "data-fragment", "data-src"))
ADDRESSES = {"a": "href", "img": "src", "link": "href", "source": "src", "track": "src"}
PLAYERS = frozenset(("video", "audio"))
SHELLS = frozenset(("li", "ul", "ol", "nav", "p", "section", "details", "article", "aside", "div", "menu"))
NO_CONTENT = frozenset(("h2", "h3", "h4", "summary", "legend"))
"""Do not keep what surrounds them by themselves."""

Resolve = Callable[[str], str | None]
"""Gives the relative address of the file for an address on a page, or None when there is no such file."""


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet: `start` is its place among the pieces, `links` among the links."""

    tag: str
    start: int
    links: int
    attributes: dict[str, str | None]
    says: bool = False  # words or pictures stand in it
    lost: bool = False  # something was taken out of it
    lost_list: bool = False
    drops: bool = False
    unwraps: bool = False


@dataclass(slots=True)
class Rewritten:
    """A page for a folder; `links` are the addresses of it that have a file."""

    html: str
    links: list[str] = field(default_factory=list)


def rewrite(html: str, resolve: Resolve, *, canonical: str, foot: str) -> Rewritten:
    """Turn a page into one of a folder.

    Args:
        canonical: The page's own address on the service, in full.
        foot: HTML that ends the foot of the page.
    """
    reader = _Reader(resolve, canonical, foot)
    reader.feed(html)
    reader.close()
    return Rewritten("".join(reader.pieces), reader.links)


class _Reader(HTMLParser):
    def __init__(self, resolve: Resolve, canonical: str, foot: str) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._resolve = resolve
        self._canonical = canonical
        self._foot = foot
        self._has_canonical = False
        self._open: list[_Open] = []

    # What the parser says.

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._say()
        self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self._say()
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say()
        self.pieces.append(f"&#{name};")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self.handle_starttag(tag, attrs)
        else:
            self._say()
            self.pieces.append(self.get_starttag_text() or "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in VOID:
            self._void(tag, attributes)
            return
        here = _Open(tag, len(self.pieces), len(self.links), attributes)
        here.drops = tag in GONE or not NEEDS_SCRIPT.isdisjoint(attributes)
        self._open.append(here)
        written = self.get_starttag_text() or ""
        if not LIVE.isdisjoint(attributes):
            written = _tag(tag, {name: value for name, value in attributes.items() if name not in LIVE})
        if tag == "a" and attributes.get("href") is not None:
            address = self._found(attributes["href"] or "")
            if address is None:
                here.unwraps = True
            else:
                written = _tag(tag, attributes | {"href": address})
        if tag in PLAYERS:
            for name in ("src", "poster"):
                if name in attributes:
                    address = self._found(attributes.pop(name) or "")
                    attributes |= {} if address is None else {name: address}
            written = _tag(tag, attributes)
        if tag == "svg" or tag in PLAYERS:
            self._say()
        self.pieces.append(written)

    def handle_endtag(self, tag: str) -> None:
        if not any(one.tag == tag for one in self._open):
            return
        while self._open[-1].tag != tag:
            self._close(self._open[-1], "")
        if tag == "head" and not self._has_canonical:
            self.pieces.append(f'<link rel="canonical" href="{escape(self._canonical)}">\n')
        here = self._open[-1]
        if tag == "footer" and "pied" in (here.attributes.get("class") or "").split():
            self.pieces.append(self._foot)
        self._close(here, f"</{tag}>")

    # What becomes of it.

    def _void(self, tag: str, attributes: dict[str, str | None]) -> None:
        relation = (attributes.get("rel") or "").split()
        if tag == "link":
            if "canonical" in relation:
                self._has_canonical = True
            elif "stylesheet" in relation or "icon" in relation:
                address = self._found(attributes.get("href") or "")
                if address is not None:
                    self.pieces.append(_tag(tag, attributes | {"href": address}))
                return
            else:
                return  # fonts ahead of time, other languages, feeds: of a server
        elif tag in ADDRESSES:
            name = ADDRESSES[tag]
            address = self._found(attributes.get(name) or "")
            if address is None:
                return
            self._say()
            self.pieces.append(_tag(tag, attributes | {name: address}))
            return
        elif tag not in ("meta", "br", "hr", "wbr"):
            self._say()
        self.pieces.append(self.get_starttag_text() or "")

    def _found(self, address: str) -> str | None:
        if address.startswith("#"):
            return address
        found = self._resolve(address)
        if found is not None:
            self.links.append(address)
        return found

    def _say(self) -> None:
        if self._open:
            self._open[-1].says = True

    def _close(self, here: _Open, end: str) -> None:
        self._open.pop()
        parent = self._open[-1] if self._open else None
        if here.unwraps:
            # A link that was a button, or all there was of an item, goes; one in a sentence leaves its words.
            is_button = "btn" in (here.attributes.get("class") or "").split()
            alone = parent is not None and parent.tag == "li" and not parent.says
            if is_button or alone:
                here.drops = True
            else:
                self.pieces[here.start] = ""
                end = ""
        shell = here.tag in SHELLS and here.lost and not here.says
        orphan = here.tag == "article" and here.lost_list
        if here.drops or shell or orphan:
            del self.pieces[here.start :], self.links[here.links :]
            if parent is not None:
                parent.lost = True
                parent.lost_list = parent.lost_list or here.tag == "ul"
            return
        self.pieces.append(end)
        if parent is not None:
            parent.says = parent.says or (here.says and here.tag not in NO_CONTENT)


def _tag(tag: str, attributes: dict[str, str | None]) -> str:
    written = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attributes.items()
    )
    return f"<{tag}{written}>"
