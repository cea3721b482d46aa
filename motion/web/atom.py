"""Atom feeds (RFC 4287), paged as RFC 5005, section 3, says: plain data in, bytes out.

An identifier is a `tag:` address (RFC 4151) made of the record's origin: it never changes, even where the service does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
# What XML 1.0 can't hold, not even escaped (production 2, Char).
_FOREIGN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One thing that happened; `who` is empty when the feed's own author did it.

    `category` is a code that programs filter by, `label` the same in words (RFC 4287, 4.2.2).
    """

    id: str
    title: str
    url: str
    published: datetime
    updated: datetime
    category: str
    label: str
    who: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed; `first` and `following` are addresses, the latter empty on the last page."""

    id: str
    title: str
    subtitle: str
    author: str
    language: str
    url: str
    page: str
    first: str
    following: str
    licence: str
    rights: str
    updated: datetime
    entries: tuple[FeedEntry, ...]


def tag(origin: str, since: datetime, name: str) -> str:
    """A `tag:` address: `tag:motion.example,2031-11-02:ormeline/log/57`."""
    host, _slash, path = origin.partition("/")
    return f"tag:{host.partition(':')[0]},{since.astimezone(UTC):%Y-%m-%d}:{path}/{name}"


def write(feed: Feed) -> bytes:
    """Write a page of a feed."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", _moment(feed.updated))
    _text(_child(root, "author"), "name", feed.author)
    _text(root, "rights", feed.rights)
    _link(root, "self", feed.url, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    _link(root, "license", feed.licence)
    _link(root, "first", feed.first, "application/atom+xml")
    if feed.following:
        _link(root, "next", feed.following, "application/atom+xml")
    _entries(root, feed.entries)
    content: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + content + b"\n"


def _entries(root: Element, entries: Sequence[FeedEntry]) -> None:
    for one in entries:
        entry = _child(root, "entry")
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "published", _moment(one.published))
        _text(entry, "updated", _moment(one.updated))
        if one.who:
            _text(_child(entry, "author"), "name", one.who)
        _link(entry, "alternate", one.url, "text/html")
        category = _child(entry, "category")
        category.set("term", one.category)
        category.set("label", _FOREIGN.sub("\ufffd", one.label))
        if one.summary:
            _text(entry, "summary", one.summary)


def _child(parent: Element, name: str) -> Element:
    return SubElement(parent, name)


def _text(parent: Element, name: str, text: str) -> None:
    _child(parent, name).text = _FOREIGN.sub("\ufffd", text)


def _link(parent: Element, relation: str, url: str, media_type: str = "") -> None:
    link = _child(parent, "link")
    link.set("rel", relation)
    link.set("href", url)
    if media_type:
        link.set("type", media_type)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
