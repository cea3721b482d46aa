"""Live reading: one watcher, small events, at most one in two seconds."""

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from motion.live.callers import Caller
from motion.live.draft import Edit
from motion.rules.permissions import Actor
from motion.rules.text import parse
from motion.rules.vocabulary import Role
from motion.web.pages import follow
from motion.web.recent import Excerpt, Place, Recent, changed_parts, changed_place, excerpt, last_words_of
from tests.web.world import TEXT, served


class TestEvents:
    def test_an_event_names_the_fragments_and_stays_small(self) -> None:
        """With too many names it has none, and all is asked for."""
        said = follow.event("5be0", ["direct", "M1/marge", "M1/article-2"])
        assert said == b'id: 5be0\ndata: ["direct","M1/marge","M1/article-2"]\n\n'
        many = [f"M1/article-{number}" for number in range(200)]
        assert follow.event("5be0", many) == b"id: 5be0\ndata: null\n\n"
        assert follow.MAX_EVENT_BYTES == 1024 and follow.PERIOD_S == 2.0

    def test_a_reader_hears_what_an_official_wrote(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Through the room, the reading copy and the watcher: the names of what changed, once."""
        monkeypatch.setattr(follow, "PERIOD_S", 0.1)
        with served(tmp_path) as hall:
            rooms = hall.service.rooms
            watchers: follow.Watchers = hall.client.app.state.watchers

            async def story() -> bytes:
                with watchers.follow(1) as watcher:
                    events = watcher.events()
                    await asyncio.sleep(0.3)
                    room = await rooms.open(1)
                    at = room.text.index("solidaire")
                    caller = Caller(Actor(1, Role.OFFICIAL, official_id=2, session_id=2), "Mamadou Diarra")
                    await room.edit(caller, [Edit(at, at, "vraiment ")])
                    said = await asyncio.wait_for(anext(events), 10)
                assert watchers.readers == 0
                return said

            said = hall.client.portal.call(story)
            names = json.loads(said.decode().partition("data: ")[2])
            assert "direct" in names and "M1/article-1" in names and "M1/article-2" not in names
            part = hall.client.get("/ormeline/motions/M1/fragments/article-1").text
            assert "vraiment" in part
            hall.at[0] += timedelta(seconds=5)
            card = hall.client.get("/ormeline/fragments/direct").text
            assert "<ins>vraiment </ins>" in card
            assert "Mamadou Diarra, conseiller municipal de Port-Émeraude, écrit" in card
            assert "En direct" in card
            hall.at[0] += timedelta(minutes=5)
            assert "Dernier mot de Mamadou Diarra" in hall.client.get("/ormeline/fragments/direct").text

    def test_a_page_that_is_behind_is_told_at_once(self, tmp_path: Path) -> None:
        """By the mark it shows; one that is not waits for the first change."""
        with served(tmp_path) as hall:
            mark = re.search(r"suivre\?vu=(\w+)", hall.client.get("/ormeline/motions/M1").text)[1]
            assert f"vu={mark}" in hall.client.get("/ormeline").text

            async def first(query: str) -> bytes:
                from starlette.requests import Request

                scope = {
                    "type": "http",
                    "method": "GET",
                    "path": "/ormeline/suivre",
                    "query_string": query.encode(),
                    "headers": [],
                    "path_params": {"congress": "ormeline"},
                    "app": hall.client.app,
                }
                answer = await follow.follow(Request(scope))
                body = answer.body_iterator
                assert await anext(body) == b"retry: 5000\n\n"
                try:
                    return await asyncio.wait_for(anext(body), 0.3)
                except TimeoutError:
                    return b""

            call = hall.client.portal.call
            assert call(first, "vu=0") == follow.event(mark, None)
            assert call(first, "") == follow.event(mark, None)
            assert call(first, f"vu={mark}") == b""
            assert hall.client.get("/nulle-part/suivre").status_code == 404


class TestWhatChanged:
    """`motion.web.recent`."""

    def test_the_place_of_a_change(self) -> None:
        """The one range outside which nothing changed, also where letters repeat."""
        assert changed_place("abcd", "abXcd") == Place(2, 3)
        assert changed_place("aaa", "aaaa") == Place(3, 4)
        assert changed_place("abc", "ac") == Place(1, 1)
        assert changed_place("", "abc") == Place(0, 3)

    def test_parts_are_named_or_the_whole(self) -> None:
        """A word changes its part; a new alinéa renumbers what follows; a new article is another text."""
        assert changed_parts(TEXT, TEXT) == []
        assert changed_parts(TEXT, TEXT.replace("solidaire", "gratuite")) == ["article-1"]
        assert changed_parts(TEXT, TEXT.replace("On renonce", "On se tait.\nOn renonce")) == [
            "expose-des-motifs",
            "article-1",
            "article-2",
        ]
        assert changed_parts(TEXT, TEXT + "\n## Suivre\n\nUn bilan.\n") == ["texte"]
        assert changed_parts(TEXT, TEXT.replace("en Ormeline", "ici")) == ["texte"]

    def test_an_excerpt_shows_the_new_words_in_their_line(self) -> None:
        """Before, new, after; the signs of Markdown are not words."""
        at = TEXT.index("solidaire")
        cut = excerpt(parse(TEXT), Place(at, at + len("solidaire")))
        assert cut is not None
        assert (cut.before[-8:], cut.new, cut.after[:10]) == ("navette ", "solidaire", ", gratuite")
        assert (cut.line, cut.section) == (3, "Article 1. Se déplacer pour se soigner")
        gone = excerpt(parse(TEXT), Place(at, at))
        assert gone is not None and gone.new == ""
        assert excerpt(parse("# Titre"), Place(0, 3)) is None

    def test_excerpts_are_whole_and_bounded(self) -> None:
        """Whatever the place, what is shown is the line's own words, cut at both ends only."""
        text = parse(TEXT)
        lines = [alinea.text for alinea in text.alineas]
        for start in range(len(TEXT)):
            for length in (0, 1, 30):
                cut = excerpt(text, Place(start, min(start + length, len(TEXT))))
                assert isinstance(cut, Excerpt)
                shown = (cut.before + cut.new + cut.after).strip("…")
                assert shown in lines[cut.line - 1], (start, length)

    def test_the_last_words_of_somebody(self) -> None:
        """The last stretch that is theirs."""
        assert last_words_of([[3, 1], [2, 0], [4, 1], [1, 2]], 1) == Place(5, 9)
        assert last_words_of([[3, 1]], 2) is None

    def test_memory_is_bounded_and_never_goes_back(self) -> None:
        """An older copy that comes late changes nothing."""
        recent = Recent()
        assert recent.see(1, 1, "ab") is None
        assert recent.see(1, 2, "aXb") == Place(1, 2)
        assert recent.see(1, 1, "ab") == Place(1, 2)
        for motion in range(2, 400):
            recent.see(motion, 1, "x")
        assert recent.text(1) is None
