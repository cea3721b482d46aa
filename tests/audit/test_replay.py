"""A text written again from its updates is the text that was written, and whose it is."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.audit.replay import Replay, Rules
from motion.live.draft import Author, Draft
from motion.live.refusals import Refused
from motion.live.updates import MASK, SERVER_CLIENTS, parse, skeleton
from motion.record.contents import Content
from motion.record.flaws import Flaw
from tests.live.editors import Editor, Scene, deleted, run, scenes, take, typed


def body_of(update: bytes, n: int, session: int) -> dict:
    """As an entry has it."""
    parsed = parse(update)
    cid = parsed.structs[0].client if parsed.structs else 0
    return {"cid": cid, "n": n, "sess": f"s-{session}", "skel": sha256(skeleton(update)).hexdigest()}


def accepted(scene: Scene) -> tuple[Draft, list[tuple[bytes, Author]]]:
    """What the service makes of a scene: its draft, and what it kept."""
    draft = Draft()
    kept = []
    for author, from_step2, update in scene.events:
        who = Author(author + 1, author + 1)
        decision = take(draft, update, who, from_step2=from_step2)
        if not decision.is_duplicate:
            kept.append((decision.update, who))
    return draft, kept


def replayed(kept: list[tuple[bytes, Author]], withdrawn: frozenset[int] = frozenset()) -> Replay:
    """The auditor's reading of it; the updates of these numbers were withdrawn."""
    replay = Replay()
    bound = set()
    for n, (update, who) in enumerate(kept, start=1):
        for struct in parse(update).structs:
            if struct.client not in bound:
                bound.add(struct.client)
                replay.bind(struct.client, f"elu-{who.official}")
        content = Content(skeleton(update), True) if n in withdrawn else Content(update, False)
        assert replay.take(body_of(update, n, who.session), f"elu-{who.official}", content) is None
    return replay


class TestTraffic:
    """What six stock Yjs clients sent (tests/live/traffic)."""

    @pytest.mark.parametrize("scene", scenes(), ids=lambda scene: scene.name)
    def test_gives_the_text_and_the_authors_of_the_service(self, scene: Scene):
        """The same text, the same share for each."""
        draft, kept = accepted(scene)
        replay = replayed(kept)
        assert replay.text() == draft.text() == scene.text
        assert replay.whole_text() == scene.text
        assert replay.shares() == {f"elu-{who}": count for who, count in draft.shares().items()}
        assert not replay.is_masked()

    @given(st.data())
    @settings(max_examples=10, deadline=None)
    def test_withdrawn_words_are_masked_and_nothing_else_moves(self, data: st.DataObject):
        """Everybody keeps what they wrote, length for length."""
        scene = data.draw(st.sampled_from(scenes()))
        draft, kept = accepted(scene)
        withdrawn = data.draw(st.frozensets(st.integers(1, len(kept)), min_size=1, max_size=30))
        replay = replayed(kept, withdrawn)
        text, whole = replay.text(), draft.text()
        assert len(text.encode("utf-16-le")) == len(whole.encode("utf-16-le"))
        if MASK not in text:
            assert text == whole and not replay.is_masked()
        else:
            assert replay.is_masked()


def taken(rules: Rules, update: bytes, client: int = 5, by: str = "elu-1", session: str = "s-1") -> Flaw | None:
    """Offer one update."""
    return rules.take(parse(update), by, session, client)


class TestRules:
    """Told a second time, so that what checks is not what let in."""

    @pytest.fixture
    def rules(self) -> Rules:
        rules = Rules()
        rules.bind(5, "elu-1")
        rules.bind(6, "elu-2")
        rules.bind(8, "elu-1")
        assert taken(rules, typed(run(5, 0, "ab😀c"))) is None
        return rules

    @pytest.mark.parametrize(
        ("update", "client", "flaw"),
        [
            (typed(run(5, 5, "d", (5, 4))), 5, None),
            (typed(run(8, 0, "x", (5, 0), (5, 1))), 8, None),
            (typed(run(8, 0, "x", (5, 4)), run(5, 5, "y", (8, 0))), 5, None),
            (deleted((5, 0, 2)), 0, None),
            (typed(run(5, 0, "ab😀c")), 5, Flaw.REPEATED),
            (typed(run(5, 6, "d", (5, 4))), 5, Flaw.UPDATE),
            (typed(run(5, 4, "cd", (5, 3))), 5, Flaw.UPDATE),
            (typed(run(5, 5, "d", (5, 9))), 5, Flaw.UPDATE),
            (typed(run(5, 5, "d", (5, 2))), 5, Flaw.UPDATE),
            (typed(run(5, 5, "d", (5, 1), (5, 3))), 5, Flaw.UPDATE),
            (deleted((5, 4, 2)), 0, Flaw.UPDATE),
            (deleted((5, 3, 1)), 0, Flaw.UPDATE),
            (deleted((5, 2, 1)), 0, Flaw.UPDATE),
            (deleted((9, 0, 1)), 0, Flaw.UPDATE),
            (typed(run(6, 0, "d", (5, 4))), 6, Flaw.FOREIGN),
            (typed(run(7, 0, "d", (5, 4))), 7, Flaw.FOREIGN),
            (typed(run(5, 5, "d", (5, 4))), 8, Flaw.FOREIGN),
            (typed(run(5, 5, "d", (5, 4))), 0, Flaw.FOREIGN),
            (deleted((5, 0, 2)), 5, Flaw.FOREIGN),
        ],
    )
    def test_are_kept(self, rules: Rules, update: bytes, client: int, flaw: Flaw | None):
        """Own ids, clocks that go on, neighbours that are known, pairs that stay whole."""
        assert taken(rules, update, client) == flaw

    @given(st.data())
    @settings(max_examples=150, deadline=None)
    def test_any_bytes_are_taken_or_named(self, data: st.DataObject):
        """Whatever an operator puts in the place of an update: a flaw, or a text; never a crash."""
        _, kept = accepted(data.draw(st.sampled_from(scenes()[:3])))
        kept = kept[: data.draw(st.integers(1, 40))]
        replay = replayed(kept)
        update, who = data.draw(st.sampled_from(kept))
        changed = bytearray(update)
        for _ in range(data.draw(st.integers(0, 4))):
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
        read = parse(bytes(changed))
        body = {"cid": 0, "n": len(kept) + 1, "sess": f"s-{who.session}", "skel": ""}
        if not isinstance(read, Refused):
            body = body_of(bytes(changed), len(kept) + 1, who.session)
        flaw = replay.take(body, f"elu-{who.official}", Content(bytes(changed), False))
        assert flaw is None or isinstance(flaw, Flaw)
        assert sum(replay.shares().values()) == len(replay.text())

    def test_a_deletion_twice_is_a_repetition(self, rules: Rules):
        """Whoever sends it."""
        assert taken(rules, deleted((5, 0, 2)), 0) is None
        assert taken(rules, deleted((5, 0, 2)), 0, "elu-2", "s-2") == Flaw.REPEATED
        assert taken(rules, deleted((5, 1, 3)), 0) is None

    def test_the_ids_of_the_server_belong_to_their_session(self, rules: Rules):
        """The plain mode of session 3 writes under one id only."""
        rules.bind(SERVER_CLIENTS + 3, "elu-1")
        mine = typed(run(SERVER_CLIENTS + 3, 0, "d", (5, 4)))
        assert taken(rules, mine, SERVER_CLIENTS + 3, session="s-4") == Flaw.FOREIGN
        assert taken(rules, mine, SERVER_CLIENTS + 3, session="s-3") is None


class TestUpdate:
    """One update at a time."""

    def test_bytes_that_are_none_are_named(self):
        """And a skeleton that is not its own."""
        replay = Replay()
        editor = Editor(5)
        replay.bind(5, "elu-5")
        update = editor.type(0, "abc")
        wrong = body_of(update, 1, 5) | {"skel": "00" * 32}
        assert replay.take(wrong, "elu-5", Content(update, False)) == Flaw.SKELETON
        assert replay.take(wrong, "elu-5", Content(b"\x01", False)) == Flaw.UPDATE
        assert replay.take(body_of(update, 1, 5), "elu-5", Content(update, False)) is None
        assert (replay.text(), replay.shares(), replay.number) == ("abc", {"elu-5": 3}, 1)
