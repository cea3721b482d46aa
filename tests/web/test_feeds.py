"""Atom feeds: valid by RFC 4287's own rules, stable, paged, and silent about what was taken out."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from sqlmodel import Session

from motion.acts import record
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.atom import ATOM, tag
from tests.web.open_world import Open, opened
from tests.web.world import NOW

NAME = {"a": ATOM}
FEEDS = {
    "/ormeline.atom": "/ormeline",
    "/ormeline/registre.atom": "/ormeline/registre",
    "/ormeline/motions/M1.atom": "/ormeline/motions/M1",
    "/ormeline/contributions.atom": "/ormeline/contributions",
}
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d{2}-\d{2}:\S+")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
ALINE = Actor(1, Role.OFFICIAL, official_id=1, session_id=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    with opened(tmp_path_factory.mktemp("feeds")) as world:
        yield world


def feed_of(world: Open, path: str) -> Element:
    """A page of a feed, as a reader parses it."""
    answer = world.hall.client.get(path)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def text(element: Element, name: str) -> str:
    """The text of the one child of this name."""
    (found,) = element.findall(f"a:{name}", NAME)
    return found.text or ""


def links(element: Element) -> dict[str, str]:
    """Addresses by their relation, of which each occurs once (RFC 4287, 4.1.1)."""
    found = element.findall("a:link", NAME)
    assert len({link.get("rel") for link in found}) == len(found)
    return {str(link.get("rel")): str(link.get("href")) for link in found}


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_feed_is_valid(world: Open, path: str, lang: str) -> None:
    """RFC 4287, 4.1: what a feed and an entry must have, once each; dates of RFC 3339; ids that are IRIs and differ."""
    feed = feed_of(world, f"{path}?lang={lang}")
    assert feed.tag == f"{{{ATOM}}}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
    assert TAG.fullmatch(text(feed, "id")) and text(feed, "title") and MOMENT.fullmatch(text(feed, "updated"))
    assert feed.find("a:author/a:name", NAME) is not None
    addresses = links(feed)
    assert addresses["self"] == f"http://testserver{path}?lang={lang}"
    assert addresses["alternate"] == f"http://testserver{FEEDS[path]}"
    assert world.hall.client.get(addresses["alternate"]).status_code == 200
    entries = feed.findall("a:entry", NAME)
    assert entries
    ids = [text(entry, "id") for entry in entries]
    assert len(set(ids)) == len(ids) and all(TAG.fullmatch(one) for one in ids)
    for entry in entries:
        assert text(entry, "title")[0].isupper()
        began, changed = (datetime.fromisoformat(text(entry, name)) for name in ("published", "updated"))
        assert began <= changed
        assert world.hall.client.get(links(entry)["alternate"]).status_code == 200
    assert text(feed, "updated") == max(text(entry, "updated") for entry in entries)


def test_each_feed_tells_what_it_is_about(world: Open) -> None:
    """Acts of a congress without keystrokes; a motion with its writers; the register with everything."""
    kinds = {
        path: {str(one.get("term")) for one in feed_of(world, path).findall("a:entry/a:category", NAME)}
        for path in FEEDS
    }
    assert "crdt.update" not in kinds["/ormeline.atom"] and "motion.adopt" in kinds["/ormeline.atom"]
    assert "crdt.update" in kinds["/ormeline/motions/M1.atom"]
    assert "motion.adopt" not in kinds["/ormeline/motions/M1.atom"]
    assert {"official.accredit", "crdt.update", "motion.adopt", "redaction"} <= kinds["/ormeline/registre.atom"]


def test_categories_are_said_in_the_reader_s_language(world: Open) -> None:
    """The code is for programs; beside it stands the genre of the register."""
    for language, expected in (("fr", "La vie des motions"), ("en", "Life of the motions")):
        feed = feed_of(world, f"/ormeline.atom?lang={language}")
        labels = {str(one.get("term")): str(one.get("label")) for one in feed.findall("a:entry/a:category", NAME)}
        assert labels["motion.adopt"].startswith(expected)
        assert all(labels.values()) and not set(labels) & set(labels.values())


def test_identifiers_are_the_same_in_both_languages(world: Open) -> None:
    """And made of the record's origin, which never changes."""
    french, english = (
        [text(one, "id") for one in feed_of(world, f"/ormeline.atom?lang={lang}").findall("a:entry", NAME)]
        for lang in ("fr", "en")
    )
    assert french == english
    assert tag("motion.example:8000/ormeline/log", NOW, "7") == "tag:motion.example,2031-11-15:ormeline/log/7"


def test_pages_follow_each_other_and_a_stretch_is_in_one_alone(world: Open) -> None:
    """By rel=next: every act once, and one who writes on across the edge of a page is told once, from the beginning."""

    def write(db: Session) -> None:
        for number in range(160):
            # Aline types all along, while somebody signs in again and again.
            body: dict[str, object] = {"c": "0" * 64, "cid": 9, "doc": "M1", "len": 2, "n": 900 + number, "sess": "s-1"}
            at = NOW + timedelta(hours=30, seconds=number)
            record.note(
                db, 1, "crdt.update", body | {"skel": "0" * 64}, actor=ALINE, now=at, motion_id=1, official_id=1
            )
            opened = {"sess": f"s-{number}", "who": "elu-3", "how": "card"}
            record.note(db, 1, "session.open", opened, actor=None, now=at, official_id=3)

    world.hall.service.store.write_now(write)
    address, ids, stretches, pages = "/ormeline/registre.atom", list[str](), list[Element](), 0
    while address:
        feed = feed_of(world, address)
        pages += 1
        for entry in feed.findall("a:entry", NAME):
            ids.append(text(entry, "id"))
            if (
                text(entry, "updated") > "2031-11-16"
                and entry.find("a:category[@term='crdt.update']", NAME) is not None
            ):
                stretches.append(entry)
        address = links(feed).get("next", "")
    assert pages > 3 and len(ids) == len(set(ids))
    (stretch,) = stretches
    assert text(stretch, "published") < text(stretch, "updated")
    (later,) = [text(one, "id") for one in stretches]
    grown = feed_of(world, "/ormeline/motions/M1.atom").findall("a:entry", NAME)
    assert later in {text(one, "id") for one in grown}


def test_pages_lead_to_their_feed(world: Open) -> None:
    """`link rel=alternate`, found by readers: of the congress, of a motion, of the register."""
    for path, page in FEEDS.items():
        html = world.hall.client.get(page).text
        assert f'<link rel="alternate" type="application/atom+xml" href="{path}">' in html


def test_what_does_not_exist_has_no_feed(world: Open) -> None:
    """Nor does nonsense after it break one."""
    for path in ("/nulle-part.atom", "/ormeline/motions/M99.atom", "/nulle-part/registre.atom"):
        assert world.hall.client.get(path).status_code == 404
    for query in ("avant=x", "avant=-1", "avant=" + "9" * 40, "avant=0"):
        assert world.hall.client.get(f"/ormeline/registre.atom?{query}").status_code == 200
