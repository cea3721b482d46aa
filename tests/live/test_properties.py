"""Laws of the draft: authors converge, rebuilding is replaying, and any bytes end in a decision."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.live.admission import Accepted, Sender
from motion.live.draft import Author, Draft, Kept, Snapshot, fold
from motion.live.refusals import Refused
from motion.live.updates import ANY_SIZE, UPDATE, Update, encode, parse, skeleton
from tests.live.editors import Editor, deleted, run, scenes, take, typed

WORDS = ["a", "é", "’", "😀", "👩‍👩‍👧", "Vu ", "\n"]

steps = st.lists(
    st.tuples(
        st.integers(0, 2),  # who
        st.sampled_from(["type", "type", "type", "cut", "send", "hear", "again", "drop"]),
        st.floats(0, 1),
        st.sampled_from(WORDS),
    ),
    min_size=15,
    max_size=60,
)


class Room:
    """Three editors and a draft, in windows: what a room does, without its clock."""

    def __init__(self) -> None:
        self.draft = Draft()
        self.kept: list[Kept] = []
        self.snapshot: Snapshot | None = None
        self.editors = [Editor(100 + who, session=who + 1, official=who + 10) for who in range(3)]
        self.heard = [0, 0, 0]
        self.sent: list[list[bytes]] = [[], [], []]

    def send(self, who: int, *, is_dropped: bool = False) -> None:
        """One window of all that an editor has to send; a dropped one is sent again in the next."""
        editor = self.editors[who]
        window = self.draft.window()
        decisions = [window.check(update, editor.sender) for update in editor.outbox]
        assert all(isinstance(decision, Accepted) for decision in decisions), decisions
        if is_dropped:
            return
        for decision in decisions:
            if not decision.is_duplicate:
                number = self.draft.number + 1
                self.draft.apply(number, decision.update, editor.author, decision.parsed)
                self.kept.append(Kept(number, decision.update, editor.author))
        self.sent[who].extend(editor.outbox)
        editor.outbox.clear()

    def hear(self, who: int) -> None:
        """Everything new in one merged frame."""
        news = [kept.update for kept in self.kept[self.heard[who] :]]
        self.heard[who] = len(self.kept)
        self.editors[who].hear(fold(news))

    def play(self, who: int, deed: str, where: float, word: str) -> None:
        editor = self.editors[who]
        length = len(str(editor.text))
        at = int(where * length)
        if deed == "type":
            editor.type(at, word)
        elif deed == "cut" and at < length:
            editor.cut(at, min(length, at + 3))
        elif deed == "send":
            self.send(who)
        elif deed == "drop":
            self.send(who, is_dropped=True)
        elif deed == "hear":
            self.hear(who)
        elif deed == "again":
            for update in self.sent[who]:
                assert take(self.draft, update, editor.author).is_duplicate
            self.snapshot = self.draft.snapshot()

    def settle(self) -> None:
        for who in range(3):
            self.send(who)
        for who in range(3):
            self.hear(who)


@given(steps)
@settings(max_examples=150, deadline=None)
def test_three_authors_converge_and_what_was_kept_rebuilds_their_text(
    played: list[tuple[int, str, float, str]],
) -> None:
    """Whatever three people type, cut, send, lose and send again."""
    room = Room()
    for step in played:
        room.play(*step)
    room.settle()
    texts = {str(editor.text) for editor in room.editors} | {room.draft.text()}
    assert len(texts) == 1
    replayed = Draft.restore(None, room.kept)
    restored = Draft.restore(room.snapshot, room.kept)
    for other in (replayed, restored):
        assert other.text() == room.draft.text()
        assert other.runs() == room.draft.runs()
        assert other.bindings == room.draft.bindings
        assert other.snapshot().memory == room.draft.snapshot().memory
    assert sum(room.draft.shares().values()) == len(room.draft.text())


def test_each_character_is_signed_by_the_client_that_typed_it() -> None:
    """Runs from events equal what the document itself knows of each character's id."""
    for scene in scenes()[:2]:
        draft = Draft()
        owner: dict[int, int] = {}
        for index, from_step2, update in scene.events:
            accepted = take(draft, update, Author(index + 1, index), from_step2=from_step2)
            owner |= dict.fromkeys(accepted.clients, index)
        signed = [official for length, official in draft.runs() for _ in range(length)]
        at = 0
        for character, official in zip(draft.text(), signed, strict=True):
            item = draft._text.sticky_index(at).to_json()["item"]
            assert owner[item["client"]] == official
            at += len(character.encode())


GENUINE = [update for scene in scenes() for _, _, update in scene.events]


def mutated(dice: random.Random, update: bytes) -> bytes:
    """The update with a few bytes changed, taken out, doubled, or grafted from another."""
    octets = bytearray(update)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(octets)) if octets else 0
        match dice.randrange(6):
            case 0:
                octets[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                octets[at : at + 1] = bytes([octets[at] ^ 1 << dice.randrange(8)]) if octets else b""
            case 2:
                del octets[at : at + dice.randint(1, 4)]
            case 3:
                octets[at:at] = octets[at : at + dice.randint(1, 8)]
            case 4:
                octets[at:at] = bytes([dice.choice([0, 1, 0x7F, 0x80, 0xFF])]) * dice.randint(1, 3)
            case 5:
                other = dice.choice(GENUINE)
                cut = dice.randrange(len(other))
                octets[at:] = other[cut : cut + 40]
    return bytes(octets)


def test_any_bytes_are_an_update_or_refused() -> None:
    """6,000 mutated and random inputs: read and written the same, or refused; never an exception."""
    dice = random.Random(20261122)
    read = 0
    for turn in range(6_000):
        octets = mutated(dice, dice.choice(GENUINE)) if turn % 10 else dice.randbytes(dice.randrange(60))
        for limits in (UPDATE, ANY_SIZE):
            parsed = parse(octets, limits)
            if isinstance(parsed, Update):
                read += 1
                assert encode(*parsed) == octets
                assert isinstance(parse(skeleton(octets), ANY_SIZE), Update)
            else:
                assert isinstance(parsed, Refused)
    assert read > 100


@pytest.mark.parametrize("seed", range(3))
def test_mutated_updates_never_break_a_draft(seed: int) -> None:
    """Amid genuine traffic: mutants are refused, or accepted and then applied in peace to a copy.

    The copy goes on: its snapshot gives the same text and authors.
    """
    dice = random.Random(seed)
    scene = scenes()[seed * 2 + 1]
    draft = Draft()
    applied = refused = 0
    for index, from_step2, update in scene.events:
        author = Author(index + 1, index)
        for _ in range(20):
            octets = mutated(dice, update)
            sender = author if dice.random() < 0.8 else Author(7, 57)
            step2 = dice.random() < 0.3
            decision = draft.check(octets, Sender(sender), from_step2=step2)
            if isinstance(decision, Refused):
                refused += 1
            elif not decision.is_duplicate:
                applied += 1
                copy = Draft.restore(draft.snapshot())
                copy.apply(copy.number + 1, decision.update, sender, decision.parsed)
                assert copy.check(octets, Sender(sender), from_step2=step2) == Accepted(
                    octets, parse_any(octets), is_duplicate=True
                )
                check_snapshot(copy)
        take(draft, update, author, from_step2=from_step2)
    assert draft.text() == scene.text
    assert applied > 20 and refused > 300


def check_snapshot(draft: Draft) -> None:
    """A snapshot gives the draft back."""
    assert draft.is_sound()
    again = Draft.restore(Snapshot.unpack(draft.snapshot().pack()))
    assert again.text() == draft.text()
    assert again.runs() == draft.runs()


def parse_any(update: bytes) -> Update:
    parsed = parse(update, ANY_SIZE)
    assert isinstance(parsed, Update)
    return parsed


def known(dice: random.Random, clocks: dict[int, int]) -> tuple[int, int]:
    """Any character that was ever typed."""
    client = dice.choice(list(clocks))
    return client, dice.randrange(clocks[client])


def test_neighbours_chosen_at_random_never_break_a_draft() -> None:
    """Attack: well-formed runs beside any known characters, in an order that no editor would see.

    Most are refused; the others are applied without a panic, and all of it signed.
    """
    for seed in range(20):
        dice = random.Random(seed)
        draft = Draft()
        kept: list[Kept] = []
        clocks: dict[int, int] = {}

        for _ in range(100):
            who = dice.randrange(1, 5)
            if clocks and dice.random() < 0.3:
                update = deleted((*known(dice, clocks), dice.randint(1, 4)))
            else:
                origin = known(dice, clocks) if clocks and dice.random() < 0.8 else None
                right_origin = known(dice, clocks) if clocks and dice.random() < 0.6 else None
                word = dice.choice(WORDS)
                update = typed(run(who, clocks.get(who, 0), word, origin, right_origin))
            decision = draft.check(update, Sender(Author(who, who)))
            if isinstance(decision, Accepted) and not decision.is_duplicate:
                draft.apply(draft.number + 1, decision.update, Author(who, who), decision.parsed)
                kept.append(Kept(draft.number, decision.update, Author(who, who)))
                for struct in decision.parsed.structs:
                    clocks[who] = struct.clock + struct.length
        assert draft.number > 10
        check_snapshot(draft)
        assert Draft.restore(None, kept).runs() == draft.runs()
        assert sum(draft.shares().values()) == len(draft.text())
