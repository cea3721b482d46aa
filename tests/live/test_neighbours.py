"""A run stands between two units that were once side by side, or it is refused; and nobody honest ever is."""

from __future__ import annotations

import base64
import json
import logging
import random
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.live import neighbours
from motion.live.draft import Accepted, Author, Draft, Edit, Sender, Snapshot, fold
from motion.live.order import Order
from motion.live.refusals import Refused
from motion.live.updates import UPDATE, Id, Struct, encode, server_client
from tests import browser
from tests.live.editors import Editor, deleted, refusal, run, take, typed
from tests.live.test_order import units

A, B, C = 1, 2, 3
alice, bob, carol = Author(1, 10), Author(2, 20), Author(3, 30)

READ_TWICE = """
import * as Y from 'yjs'
let read = ''
for await (const piece of process.stdin) read += piece
const found = JSON.parse(read).map(updates => {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'))
  const whole = new Y.Doc()
  Y.applyUpdate(whole, Y.encodeStateAsUpdate(doc))
  return [doc.getText('text').toString(), whole.getText('text').toString()]
})
console.log(JSON.stringify(found))
"""


@pytest.fixture
def draft() -> Draft:
    """Alice's six letters."""
    draft = Draft()
    take(draft, typed(run(A, 0, "abcdef")), alice)
    return draft


def is_refused(draft: Draft, update: bytes, author: Author = bob) -> bool:
    """Whether an update is refused as contradictory; nothing else may be the reason."""
    decision = draft.check(update, Sender(author))
    if isinstance(decision, Accepted):
        return False
    assert refusal(decision) == "contradiction"
    return True


class TestPlaces:
    """The left one stands before the right one, and nothing between them is in the run's past."""

    def test_side_by_side(self, draft: Draft) -> None:
        """Every place that an editor of this text has."""
        for at in range(5):
            assert not is_refused(draft, typed(run(B, 0, "x", (A, at), (A, at + 1))))
        assert not is_refused(draft, typed(run(B, 0, "x", None, (A, 0))))
        assert not is_refused(draft, typed(run(B, 0, "x", (A, 5))))

    def test_the_same_letter_twice_or_the_wrong_way_round(self, draft: Draft) -> None:
        """Attack: a run after and before the same letter, or after what it is before."""
        assert is_refused(draft, typed(run(B, 0, "x", (A, 2), (A, 2))))
        assert is_refused(draft, typed(run(B, 0, "x", (A, 3), (A, 2))))
        take(draft, typed(run(C, 0, "z", (A, 2), (A, 3))), carol)
        assert is_refused(draft, typed(run(B, 0, "x", (C, 0), (A, 2))))
        assert is_refused(draft, typed(run(B, 0, "x", (A, 3), (C, 0))))

    def test_letters_between_that_are_older_than_the_right_one(self, draft: Draft) -> None:
        """Attack: a letter is left out that nobody lacks who has the right one."""
        assert is_refused(draft, typed(run(B, 0, "x", (A, 0), (A, 2))))
        assert is_refused(draft, typed(run(B, 0, "x", None, (A, 1))))

    def test_what_was_written_meanwhile(self, draft: Draft) -> None:
        """Bob, offline, wrote between two letters that Carol has parted since: taken, however much it is."""
        for clock in range(3):
            take(draft, typed(run(C, clock, "z", (C, clock - 1) if clock else (A, 2), (A, 3))), carol)
        assert not is_refused(draft, typed(run(B, 0, "x", (A, 2), (A, 3))))
        assert not is_refused(draft, typed(run(B, 0, "x", (C, 0), (A, 3))))
        assert not is_refused(draft, typed(run(B, 0, "x", (A, 2))))  # he knew but Alice's first three

    def test_deleted_letters_count(self, draft: Draft) -> None:
        """Attack: a deleted letter is no gap: editors write beside it, not across it."""
        take(draft, deleted((A, 2, 1)), carol)
        assert is_refused(draft, typed(run(B, 0, "x", (A, 1), (A, 3))))
        assert not is_refused(draft, typed(run(B, 0, "x", (A, 2), (A, 3))))

    def test_ones_own_earlier_words_between(self, draft: Draft) -> None:
        """Attack: Bob cannot lack what he wrote himself, nor what he wrote it beside."""
        take(draft, typed(run(B, 0, "x", (A, 2), (A, 3))), bob)
        assert is_refused(draft, typed(run(B, 1, "y", (A, 2), (A, 3))))
        assert not is_refused(draft, typed(run(B, 1, "y", (B, 0), (A, 3))))
        take(draft, typed(run(C, 0, "z", (B, 0), (A, 3))), carol)
        take(draft, typed(run(B, 1, "y", (C, 0), (A, 3))), bob)
        assert is_refused(draft, typed(run(B, 2, "y", (B, 0), (A, 3))))

    def test_a_past_that_passes_through_others(self, draft: Draft) -> None:
        """Attack: Bob's left neighbour was written by someone who had the letter that he leaves out."""
        take(draft, typed(run(C, 0, "z", (A, 2), (A, 3))), carol)
        take(draft, typed(run(4, 0, "y", (A, 5))), Author(4, 40))
        take(draft, typed(run(4, 1, "w", (C, 0), (A, 3))), Author(4, 40))
        take(draft, typed(run(4, 2, "v", (A, 0), (A, 1))), Author(4, 40))
        assert not is_refused(draft, typed(run(B, 0, "x", (A, 2), (A, 3))))
        assert is_refused(draft, typed(run(B, 0, "v", (4, 2), (A, 1)), run(B, 1, "x", (A, 2), (A, 3))))

    def test_within_one_update_and_one_window(self, draft: Draft) -> None:
        """A run beside one of the same update or window is judged like any other; what is refused leaves no trace."""
        window = draft.window()
        assert isinstance(window.check(typed(run(C, 0, "yz", (A, 2), (A, 3))), Sender(carol)), Accepted)
        contradictory = typed(run(B, 0, "1", (C, 0), (C, 1)), run(B, 1, "2", (C, 0), (C, 1)))
        assert refusal(window.check(contradictory, Sender(bob))) == "contradiction"
        consistent = typed(
            run(B, 0, "1", (C, 0), (C, 1)), run(B, 1, "2", (B, 0), (C, 1)), run(B, 2, "3", (B, 0), (B, 1))
        )
        decision = window.check(consistent, Sender(bob))
        assert isinstance(decision, Accepted)
        # The window fails; the next one knows nothing of it.
        assert refusal(draft.check(consistent, Sender(bob))) == "unknown-origin"
        take(draft, typed(run(C, 0, "yz", (A, 2), (A, 3))), carol)
        take(draft, decision.update, bob)
        assert draft.text() == "abcy132zdef"

    def test_the_form_on_an_old_version(self, draft: Draft) -> None:
        """What the service composes for a form knows less than its session: taken, for it was made on a state."""
        base = draft.full_state()
        for word in ("one ", "two "):
            window = draft.window()
            update = window.compose(alice.session, [Edit(3, 3, word)], base)
            assert isinstance(update, bytes)
            decision = window.check(update, Sender(alice))
            assert isinstance(decision, Accepted)
            draft.apply(draft.number + 1, decision.update, alice, decision.parsed)
        assert draft.is_sound()
        by_hand = run(server_client(alice.session), 8, "x", (A, 2), (A, 3))
        assert is_refused(draft, typed(by_hand), alice)


class TestLimits:
    """What cannot be told is taken, and said."""

    def test_too_much_between(
        self, draft: Draft, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """No honest word is refused for being far behind; the operator reads whose it was."""
        for clock in range(40):
            take(draft, typed(run(C, clock, "z", (A, 5), (C, clock - 1) if clock else None)), carol)
        contradictory = typed(run(B, 0, "x", (A, 0), (A, 5)))
        assert is_refused(draft, contradictory)
        monkeypatch.setattr(neighbours, "MAX_STEPS", 20)
        with caplog.at_level(logging.WARNING):
            far = draft.check(typed(run(B, 0, "x", (A, 5))), Sender(bob))
        assert isinstance(far, Accepted)
        assert far.undecided == 1
        assert "session 2, after update 41: 1 runs taken, although too much stands" in caplog.text
        assert is_refused(draft, contradictory)

    def test_too_much_between_and_read_in_two_ways_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Attack: a rule that was tired out first. What shows at once is refused all the same."""
        draft = Draft()
        take(draft, typed(run(B, 0, "bc")), bob)
        monkeypatch.setattr(neighbours, "MAX_STEPS", 0)
        window = draft.window()
        assert isinstance(window.check(typed(run(C, 0, "de", None, (B, 0))), Sender(carol)), Accepted)
        away = window.check(typed(run(4, 0, "x")), Sender(Author(4, 40)))
        assert isinstance(away, Accepted) and away.undecided == 1
        twofold = typed(run(A, 0, "fg", (C, 1), (C, 1)))
        assert refusal(window.check(twofold, Sender(alice))) == "contradiction"

    def test_a_document_that_has_two_orders(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that was read in two ways before is judged no more: whose order would it be?"""
        kept = []
        with monkeypatch.context() as patched:
            patched.setattr(neighbours.Trail, "contradicts", lambda trail, struct: False)
            draft = Draft()
            for author, update in [
                (alice, typed(run(A, 0, "q"))),
                (alice, typed(run(A, 1, "w", (A, 0)))),
                (bob, typed(run(B, 0, "BOB", (A, 1), (A, 1)))),
            ]:
                take(draft, update, author)
                kept.append(update)
        assert not draft.is_sound()
        assert not is_refused(draft, typed(run(C, 0, "x", (A, 1), (A, 1))), carol)


class Offline:
    """Editors who are away at will, with pastes, cuts and forms: what each sends when they are back."""

    def __init__(self, people: int, dice: random.Random) -> None:
        self.dice = dice
        self.draft = Draft(replace(UPDATE, bytes=10**6))
        ids = dice.sample(range(1, 2**31), people)
        self.editors = [Editor(client, session=at + 1, official=at + 10) for at, client in enumerate(ids)]
        self.heard = [0] * people
        self.kept: list[bytes] = []
        self.versions = [self.draft.full_state()]
        self.judged = 0

    def send(self, who: int) -> None:
        """All that waits: in one window, as it was typed, in one merged update, or as a standard client's step 2."""
        editor, way = self.editors[who], self.dice.randrange(3)
        outbox, editor.outbox = editor.outbox, []
        if way == 1 and outbox:
            outbox = [fold(outbox)]
        elif way == 2:
            outbox = [editor.doc.get_update(self.draft.state_vector())]
        window = self.draft.window()
        self._apply([(window.check(update, editor.sender, from_step2=way == 2), editor.author) for update in outbox])

    def fill_in(self, session: int) -> None:
        """A form sent on some version, not the last."""
        author = Author(session, session)
        base = self.dice.choice(self.versions[-5:])
        window = self.draft.window()
        update = window.compose(session, [Edit(0, 0, "F")], base)
        assert isinstance(update, bytes)
        self._apply([(window.check(update, Sender(author)), author)])

    def _apply(self, decisions: list[tuple[Accepted | Refused, Author]]) -> None:
        for decision, author in decisions:
            assert isinstance(decision, Accepted), decision
            if not decision.is_duplicate:
                self.draft.apply(self.draft.number + 1, decision.update, author, decision.parsed)
                self.kept.append(decision.update)
                self.judged += 1
        self.versions.append(self.draft.full_state())

    def hear(self, who: int) -> None:
        """All that was missed."""
        for update in self.kept[self.heard[who] :]:
            self.editors[who].hear(update)
        self.heard[who] = len(self.kept)

    def type(self, who: int) -> None:
        """A few keystrokes somewhere, most often in the same few places as the others."""
        editor, dice = self.editors[who], self.dice
        length = len(str(editor.text))
        at = min(length, dice.choice([0, 3, length, dice.randrange(length + 1)]))
        match dice.randrange(4):
            case 0 if length > at:
                editor.cut(at, min(length, at + dice.randrange(1, 6)))
            case 1:
                editor.type(at, dice.choice(["collé ", "😀", "une phrase entière. "]))
            case _:
                for letter in "mot"[: dice.randrange(1, 4)]:
                    editor.type(at, letter)
                    at += 1


@given(st.integers(0, 2**32), st.integers(2, 5))
@settings(max_examples=100, deadline=None)
def test_nobody_honest_is_refused(seed: int, people: int) -> None:
    """Away for long, back by any way, forms on old versions, restarts meanwhile: all is taken and read in one way."""
    dice = random.Random(seed)
    room = Offline(people, dice)
    for _ in range(60):
        who = dice.randrange(people)
        room.type(who)
        if dice.random() < 0.3:
            room.send(who)
        if dice.random() < 0.25:
            room.hear(who)
        if dice.random() < 0.05:
            room.fill_in(people + 1 + dice.randrange(2))
        if dice.random() < 0.04:
            room.draft = Draft.restore(Snapshot.unpack(room.draft.snapshot().pack()), limits=room.draft.limits)
    for who in range(people):
        room.send(who)
    for who in range(people):
        room.hear(who)
    assert room.draft.is_sound()
    assert {str(editor.text) for editor in room.editors} == {room.draft.text()}


class Attack:
    """A document of which many runs are made by hand: some beside any units, some beside those of a past state."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = random.Random(seed)
        self.draft = Draft()
        self.ids = dice.sample(range(1, 60), dice.randrange(2, 6))
        self.clocks: dict[int, int] = {}
        self.orders: list[list[tuple[int, int]]] = [[]]
        self.kept: list[bytes] = []
        self.refused = 0

    def play(self, turns: int) -> None:
        for _ in range(turns):
            client = self.dice.choice(self.ids)
            structs: list[Struct] = []
            clock = self.clocks.get(client, 0)
            for _ in range(self.dice.choice([1, 1, 1, 2, 3])):
                structs.append(run(client, clock, self.dice.choice(["a", "bc", "def"]), *self._place(client, clock)))
                clock += structs[-1].length
            self._offer(client, structs)

    def _place(self, client: int, clock: int) -> tuple[Id | None, Id | None]:
        dice = self.dice
        if dice.random() < 0.6:
            order = dice.choice(self.orders[-8:])
            at = dice.randrange(len(order) + 1)
            left, right = ([None, *order][at], [*order, None][at])
        else:
            known = [Id(each, at) for each, end in (self.clocks | {client: clock}).items() for at in range(end)]
            left = dice.choice(known) if known and dice.random() < 0.8 else None
            right = dice.choice(known) if known and dice.random() < 0.6 else None
        return (None if left is None else Id(*left)), (None if right is None else Id(*right))

    def _offer(self, client: int, structs: list[Struct]) -> None:
        ranges = [deleted((client, 0, 1))] if self.clocks.get(client) and self.dice.random() < 0.1 else []
        author = Author(client, client)
        for update in [encode(structs, ()), *ranges]:
            decision = self.draft.check(update, Sender(author))
            if isinstance(decision, Refused):
                assert decision.reason == "contradiction"
                self.refused += 1
            elif not decision.is_duplicate:
                self.draft.apply(self.draft.number + 1, decision.update, author, decision.parsed)
                self.kept.append(decision.update)
                for struct in decision.parsed.structs:
                    self.clocks[client] = struct.clock + struct.length
        structs_now = self.draft._structs()
        assert structs_now is not None, "read in two ways"
        self.orders.append(units(Order.of(structs_now)))


def test_what_is_accepted_is_read_in_one_way() -> None:
    """Attack: 400 documents of hand-made runs; after each that is taken, a newcomer reads what those present do.

    By pycrdt after each, by stock Yjs at the end.
    """
    documents, refused = [], 0
    for seed in range(400):
        attack = Attack(seed)
        attack.play(25)
        refused += attack.refused
        documents.append((attack.kept, attack.draft.text()))
    assert refused > 2_000
    assert sum(len(kept) for kept, _ in documents) > 3_000
    for (_, text), (in_turn, at_once) in zip(documents, read_by_yjs([kept for kept, _ in documents]), strict=True):
        assert text == in_turn == at_once


def read_by_yjs(documents: list[list[bytes]]) -> list[list[str]]:
    """The text that stock Yjs makes of each document's updates in turn, and the one it makes of the whole at once."""
    done = subprocess.run(
        [browser.node(), "--input-type=module", "--eval", READ_TWICE],
        cwd=browser.brought(browser.TESTS / "whole" / "node"),
        input=json.dumps([[base64.b64encode(update).decode() for update in updates] for updates in documents]),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found
