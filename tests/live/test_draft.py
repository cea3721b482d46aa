"""A draft changes only by what was committed, in order, and is rebuilt from what was kept."""

from __future__ import annotations

import subprocess
import sys
import zlib
from typing import Any

import pytest
from pycrdt import Doc, Text

from motion.live import draft as draft_module
from motion.live.draft import (
    SYSTEM,
    Accepted,
    Author,
    Draft,
    DraftBroken,
    Edit,
    Kept,
    OutOfOrder,
    Sender,
    Snapshot,
    fold,
)
from motion.live.refusals import Refused
from motion.live.updates import EMPTY, UPDATE, encode, inserted_text, parse, parse_state_vector, server_client, skeleton
from motion.live.wire import varuint
from tests.live.editors import Editor, deleted, refusal, run, take, typed

alice, bob = Author(1, 10), Author(2, 20)


def accepted(decision: Accepted | Refused) -> Accepted:
    assert isinstance(decision, Accepted), decision
    return decision


class TestWindows:
    """Decisions before the commit; changes after it."""

    def test_a_later_update_builds_on_an_earlier_one_of_its_window(self) -> None:
        """Two authors in one window, the second beside the first's unapplied words; then both are applied."""
        draft = Draft()
        window = draft.window()
        first = accepted(window.check(typed(run(1, 0, "Vu")), Sender(alice)))
        second = accepted(window.check(typed(run(2, 0, " le code", (1, 1))), Sender(bob)))
        third = accepted(window.check(encode([run(2, 8, "!", (2, 7))], parse_deletes((1, 0, 1))), Sender(bob)))
        assert (first.new_clients, second.new_clients, third.new_clients) == ((1,), (2,), ())
        assert draft.text() == ""
        for number, decision, author in ((1, first, alice), (2, second, bob), (3, third, bob)):
            draft.apply(number, decision.update, author, decision.parsed)
        assert draft.text() == "u le code!"
        assert draft.runs() == [(1, 10), (9, 20)]

    def test_a_dropped_window_leaves_nothing(self) -> None:
        """The commit failed: the same updates are judged afresh, and the ids are free again."""
        draft = Draft()
        update = typed(run(1, 0, "Vu"))
        assert accepted(draft.window().check(update, Sender(alice))).new_clients == (1,)
        assert accepted(draft.window().check(update, Sender(bob))).new_clients == (1,)
        assert draft.bindings == {}

    def test_the_same_update_twice_in_a_window(self) -> None:
        """Sent again before the commit: the second is a duplicate, and so is its deletion."""
        draft = Draft()
        window = draft.window()
        update = encode([run(1, 0, "abc")], parse_deletes((1, 1, 1)))
        assert not accepted(window.check(update, Sender(alice))).is_duplicate
        assert accepted(window.check(update, Sender(alice))).is_duplicate
        assert not accepted(window.check(deleted((1, 0, 3)), Sender(bob))).is_duplicate
        assert accepted(window.check(deleted((1, 0, 2)), Sender(bob))).is_duplicate

    def test_a_window_counts_the_ids_that_it_gives_away(self) -> None:
        """As many ids as a session may have, in one window, are all of them."""
        window = Draft().window()
        for client in range(1, UPDATE.clients_per_session + 1):
            accepted(window.check(typed(run(client, 0, "a")), Sender(bob)))
        last = typed(run(UPDATE.clients_per_session + 1, 0, "a"))
        assert refusal(window.check(last, Sender(bob))) == "foreign-client"


def parse_deletes(*ranges: tuple[int, int, int]) -> Any:
    parsed = parse(deleted(*ranges))
    assert not isinstance(parsed, Refused)
    return parsed.deletes


class TestOrder:
    """Numbers follow each other."""

    def test_a_gap_in_the_numbers_changes_nothing(self) -> None:
        """What comes too early, or again, is not applied; the error names the number that is due."""
        draft = Draft()
        take(draft, typed(run(1, 0, "a")), alice)
        for number in (1, 3):
            with pytest.raises(OutOfOrder) as error:
                draft.apply(number, typed(run(1, 1, "b", (1, 0))), alice)
            assert (error.value.expected, error.value.number) == (2, number)
        assert draft.text() == "a"
        draft.apply(2, typed(run(1, 1, "b", (1, 0))), alice)
        assert draft.text() == "ab"

    def test_a_tail_without_one_of_its_numbers(self) -> None:
        """A draft is not restored over a hole."""
        with pytest.raises(OutOfOrder):
            Draft.restore(None, [Kept(2, typed(run(1, 0, "a")), alice)])


class TestFailures:
    """A draft that may be wrong is void."""

    def test_bytes_that_are_no_update(self) -> None:
        """Kept bytes that cannot be read break the draft; so does everything after."""
        draft = Draft()
        with pytest.raises(DraftBroken):
            draft.apply(1, b"\x05\x05", alice)
        with pytest.raises(DraftBroken):
            draft.apply(1, typed(run(1, 0, "a")), alice)

    def test_a_panic_below_is_a_broken_draft(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """pycrdt's panics are no `Exception`: they stop here all the same."""

        class Panic(BaseException):
            pass

        def panic(update: bytes) -> None:
            raise Panic("rust")

        draft = Draft()
        monkeypatch.setattr(draft._doc, "apply_update", panic)
        with pytest.raises(DraftBroken):
            draft.apply(1, typed(run(1, 0, "a")), alice)

    def test_an_interruption_stays_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C during an update ends the program, not the draft alone."""

        def interrupt(update: bytes) -> None:
            raise KeyboardInterrupt

        draft = Draft()
        monkeypatch.setattr(draft._doc, "apply_update", interrupt)
        with pytest.raises(KeyboardInterrupt):
            draft.apply(1, typed(run(1, 0, "a")), alice)

    def test_authors_that_part_from_the_text(self) -> None:
        """Should an update go by unseen, the next one shows it."""
        draft = Draft()
        draft._text.insert(0, "unseen")
        draft._deltas.clear()
        with pytest.raises(DraftBroken):
            draft.apply(1, typed(run(1, 0, "a")), alice)

    @pytest.mark.parametrize("packed", [b"", b"\x80", b"\x01\x05abc", b"\x01\x02\x00\x00", b"\x01\x02\x00\x00junk"])
    def test_a_snapshot_that_cannot_be_read(self, packed: bytes) -> None:
        """A damaged snapshot is refused; it can always be computed again."""
        with pytest.raises(DraftBroken):
            Draft.restore(Snapshot.unpack(packed))

    def test_a_snapshot_of_another_version_or_another_text(self) -> None:
        """What a later version wrote is not guessed at; authors must fit the text."""
        draft = Draft()
        take(draft, typed(run(1, 0, "abc")), alice)
        snapshot = draft.snapshot()
        later = zlib.compress(zlib.decompress(snapshot.memory).replace(b'"version":1', b'"version":9'))
        with pytest.raises(DraftBroken, match="version 9"):
            Draft.restore(Snapshot(1, snapshot.state, later))
        with pytest.raises(DraftBroken, match="does not give its text"):
            Draft.restore(Snapshot(1, Draft().snapshot().state, snapshot.memory))
        memory = zlib.decompress(snapshot.memory).replace(b"[[3,10]]", b"[[2,10]]")
        with pytest.raises(DraftBroken, match="authors of another text"):
            Draft.restore(Snapshot(1, snapshot.state, zlib.compress(memory)))


class TestReading:
    """What a draft shows."""

    def test_step_2_brings_a_reader_to_the_text(self) -> None:
        """From nothing, and from where they were."""
        draft = Draft()
        take(draft, typed(run(1, 0, "Vu le code")), alice)
        reader = Editor(9)
        reader.hear(draft.full_state())
        where = reader.doc.get_state()
        take(draft, typed(run(2, 0, " général", (1, 9))), bob)
        assert draft.diff(where) == draft.diff(where)
        reader.hear(draft.diff(where))
        assert str(reader.text) == draft.text() == "Vu le code général"
        assert parse_state_vector(reader.doc.get_state()) == parse_state_vector(draft.state_vector())

    def test_answers_to_many_are_not_kept_without_end(self) -> None:
        """Each newcomer may come from elsewhere; only a few answers are kept ready."""
        draft = Draft()
        take(draft, typed(run(1, 0, "a" * 50)), alice)
        for clock in range(40):
            doc: Any = Doc()
            text = doc.get("text", type=Text)
            if clock:
                doc.apply_update(typed(run(1, 0, "a" * clock)))
            doc.apply_update(draft.diff(b"\x01\x01" + bytes([clock]) if clock else b"\x00"))
            assert str(text) == "a" * 50
        assert len(draft._diff_cache) <= draft_module._DIFFS_KEPT

    def test_authors_are_counted_in_characters(self) -> None:
        """An emoji is one character of one author, whatever its bytes and units."""
        draft = Draft()
        take(draft, typed(run(1, 0, "é😀’")), alice)
        take(draft, typed(run(2, 0, "👩‍👩‍👧", (1, 2), (1, 3))), bob)
        assert draft.text() == "é😀👩‍👩‍👧’"
        assert draft.runs() == [(2, 10), (5, 20), (1, 10)]
        assert draft.shares() == {10: 3, 20: 5}

    def test_restored_words_are_those_of_who_restored_them(self) -> None:
        """Bob brings back what Alice wrote and deleted: Yjs writes it anew, under his id."""
        draft = Draft()
        take(draft, typed(run(1, 0, "Vu le code")), alice)
        take(draft, deleted((1, 2, 3)), alice)
        take(draft, typed(run(2, 0, " le", (1, 4), (1, 5))), bob)
        assert (draft.text(), draft.runs()) == ("Vu le code", [(2, 10), (3, 20), (5, 10)])

    def test_what_a_late_author_gets_back(self) -> None:
        """The words of an update that came after the freeze, to be copied."""
        assert inserted_text(typed(run(1, 0, "Vu "), run(1, 3, "😀 le code", (1, 2)))) == "Vu 😀 le code"
        assert inserted_text(deleted((1, 0, 3))) == ""
        assert inserted_text(b"junk") == ""

    def test_no_skeleton_of_what_was_never_accepted(self) -> None:
        """Redaction works on kept updates only."""
        with pytest.raises(ValueError, match="malformed"):
            skeleton(b"junk")


class TestComposing:
    """What the server writes for someone goes the way of all updates."""

    def test_a_template_is_the_systems(self) -> None:
        """A new motion starts from text that is no official's."""
        draft = Draft()
        window = draft.window()
        update = window.compose(SYSTEM.session, [Edit(0, 0, "# Motion\n\nLe congrès 😀,\n")])
        decision = accepted(window.check(update, Sender(SYSTEM)))
        assert decision.clients == (server_client(0),)
        draft.apply(1, decision.update, SYSTEM, decision.parsed)
        assert draft.text() == "# Motion\n\nLe congrès 😀,\n"
        assert draft.shares() == {0: len(draft.text())}

    def test_edits_in_the_plain_mode_merge_with_what_others_wrote(self) -> None:
        """A form answered on an older version: its changes fall where they were meant."""
        draft = Draft()
        take(draft, typed(run(1, 0, "Vu 😀 le code ; considérant.")), alice)
        base = draft.full_state()
        take(draft, typed(run(2, 0, " municipal", (1, 12), (1, 13))), bob)
        carol = Author(5, 50)
        edits = [Edit(0, 2, "Visant"), Edit(3, 4, "l’élu et"), Edit(27, 27, " Fin.")]
        compose(draft, edits, base, carol)
        assert draft.text() == "Visant l’élu et le code municipal ; considérant. Fin."
        # The same form again, on the same old base: its session's clocks go on.
        compose(draft, [Edit(27, 27, "😀ab"), Edit(27, 27, "cd")], base, carol)
        assert draft.text().count("😀ab") == 1
        assert draft.text().count("cd") == 1
        assert {client for client, owner in draft.bindings.items() if owner == carol} == {server_client(5)}

    def test_nothing_to_change(self) -> None:
        """A form sent back as it was makes no update."""
        draft = Draft()
        take(draft, typed(run(1, 0, "abc")), alice)
        assert draft.window().compose(5, []) == EMPTY
        assert accepted(draft.check(EMPTY, Sender(bob))).is_duplicate

    def test_deletions_of_others_long_ago_are_not_repeated(self) -> None:
        """A composed update brings its own changes alone."""
        draft = Draft()
        take(draft, typed(run(1, 0, "abcdef")), alice)
        take(draft, deleted((1, 0, 2)), alice)
        parsed = parse(accepted_bytes(draft.window().compose(5, [Edit(0, 1, "")])))
        assert not isinstance(parsed, Refused)
        assert parsed.deletes == ((1, 2, 1),)

    def test_forbidden_characters_are_refused_there_too(self) -> None:
        """A pasted bidirectional override does not enter by the form."""
        assert refusal(Draft().window().compose(5, [Edit(0, 0, "a\u202eb")])) == "character"


def compose(draft: Draft, edits: list[Edit], base: bytes, author: Author) -> None:
    """What a form does: composed, checked and applied in one window."""
    window = draft.window()
    decision = accepted(window.check(accepted_bytes(window.compose(author.session, edits, base)), Sender(author)))
    draft.apply(draft.number + 1, decision.update, author, decision.parsed)


def accepted_bytes(update: bytes | Refused) -> bytes:
    assert isinstance(update, bytes), update
    return update


class TestFolding:
    """Many updates as one."""

    def test_none_one_and_many(self) -> None:
        """Nothing is the empty update; a thousand keystrokes are one text."""
        assert fold([]) == EMPTY
        assert fold([b"x"]) == b"x"
        keystrokes = [typed(run(1, at, "a", (1, at - 1) if at else None)) for at in range(1_000)]
        doc: Any = Doc()
        text = doc.get("text", type=Text)
        doc.apply_update(fold(keystrokes))
        assert str(text) == "a" * 1_000


def test_a_draft_may_be_restored_in_one_thread_and_used_in_another() -> None:
    """Rooms open their drafts beside the loop."""
    code = (
        "import threading; from motion.live.draft import *\n"
        "found = []\n"
        "maker = threading.Thread(target=lambda: found.append(Draft.restore(None)))\n"
        "maker.start(); maker.join()\n"
        "update = found[0].window().compose(0, [Edit(0, 0, 'Vu')])\n"
        "found[0].apply(1, update, SYSTEM); print(found[0].text())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.returncode) == ("Vu\n", 0), done.stderr


def test_a_client_id_of_one_or_of_53_bits_is_a_client_id() -> None:
    """All ids that Yjs and pycrdt draw are read, but for 0: in the record it says that an update has no words."""
    draft = Draft()
    assert refusal(draft.check(typed(run(0, 0, "a")), Sender(alice))) == "malformed"
    take(draft, typed(run(1, 0, "a")), alice)
    take(draft, typed(run(2**53 - 2**32 - 1, 0, "b", (1, 0))), alice)
    assert draft.text() == "ab"
    assert draft.state_vector() == b"\x02" + varuint(2**53 - 2**32 - 1) + b"\x01\x01\x01"
