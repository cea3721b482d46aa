"""What is refused, and by which rule: each attack that was tried on live Yjs servers, and its kin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from motion.live.draft import MAX_CHARACTERS, Accepted, Author, Draft, Sender
from motion.live.refusals import Reason
from motion.live.updates import UPDATE, DeleteRange, Id, Limits, Struct, encode, server_client
from motion.live.wire import varuint
from tests.live.editors import Editor, deleted, refusal, run, take, typed

ALICE, BOB = 111, 222
GREETING = "Bonjour 😀 monde"  # the pair stands at clocks 8 and 9; 16 units
END = 16
alice, bob = Author(1, 10), Author(2, 20)


@pytest.fixture
def draft() -> Draft:
    """Alice's greeting, and nothing of Bob's yet."""
    draft = Draft()
    take(draft, typed(run(ALICE, 0, GREETING)), alice)
    return draft


def attempt(draft: Draft, update: bytes, author: Author = bob) -> str:
    """The reason for which `update` is refused; refusing leaves no trace."""
    before = (draft.number, draft.text(), draft.snapshot())
    window = draft.window()
    reason = refusal(window.check(update, Sender(author)))
    assert refusal(window.check(update, Sender(author))) == reason
    assert (draft.number, draft.text(), draft.snapshot()) == before
    return reason


def raw(*structs: bytes, client: int = BOB, clock: int = 0, deletes: bytes = b"\x00") -> bytes:
    """An update of one section made of given struct bytes."""
    return b"\x01" + varuint(len(structs)) + varuint(client) + varuint(clock) + b"".join(structs) + deletes


AT_ROOT = b"\x01\x04text"
STRING_A = b"\x04" + AT_ROOT + b"\x01a"


class TestWhoWrites:
    """A client id is one session's, for ever."""

    def test_writing_under_the_id_of_another(self, draft: Draft) -> None:
        """Attack: Bob writes on where Alice's client stopped, as if he were Alice."""
        assert attempt(draft, typed(run(ALICE, END, "!", (ALICE, END - 1)))) == "client-taken"

    def test_writing_under_the_id_of_another_first(self, draft: Draft) -> None:
        """Attack: Bob answers for what Alice is about to write; who comes first owns the id, and only it."""
        take(draft, typed(run(333, 0, "x", (ALICE, END - 1))), bob)
        assert attempt(draft, typed(run(333, 1, "y", (333, 0))), alice) == "client-taken"
        assert draft.bindings[333] == bob

    def test_a_forged_run_at_known_clocks(self, draft: Draft) -> None:
        """Attack: other words under clocks that Alice has used: known ids, so nothing changes."""
        decision = draft.check(typed(run(ALICE, 0, "Au revoir")), Sender(bob))
        assert isinstance(decision, Accepted)
        assert decision.is_duplicate
        assert draft.text() == GREETING

    def test_two_authors_in_one_update(self, draft: Draft) -> None:
        """Attack: a true run of Bob's carries one in Alice's name."""
        update = typed(run(BOB, 0, "b", (ALICE, 0)), run(ALICE, END, "a", (BOB, 0)))
        assert attempt(draft, update) == "client-taken"

    def test_another_session_of_the_same_official(self, draft: Draft) -> None:
        """A client id does not follow its official from one session to the next."""
        update = typed(run(ALICE, END, "!", (ALICE, END - 1)))
        assert attempt(draft, update, Author(3, alice.official)) == "client-taken"

    def test_an_id_for_each_letter(self, draft: Draft) -> None:
        """Attack: a session that takes a new client id each time is stopped after a hundred."""
        for client in range(1000, 1000 + UPDATE.clients_per_session):
            take(draft, typed(run(client, 0, "a")), bob)
        assert attempt(draft, typed(run(1000 + UPDATE.clients_per_session, 0, "a"))) == "foreign-client"

    def test_an_id_that_the_server_gives(self, draft: Draft) -> None:
        """Attack: Bob writes under the id that the plain mode keeps for Alice's session."""
        assert attempt(draft, typed(run(server_client(alice.session), 0, "a"))) == "foreign-client"

    @pytest.mark.parametrize("reason", [Reason.FROZEN, Reason.NOT_WRITABLE, Reason.ROLE])
    def test_someone_who_may_not_write(self, draft: Draft, reason: Reason) -> None:
        """The secretariat, or anyone after the freeze: refused for that reason, whatever the update."""
        sender = Sender(bob, barred=reason)
        assert refusal(draft.check(typed(run(BOB, 0, "a")), sender)) == reason
        assert refusal(draft.check(typed(run(BOB, 0, "a")), sender, from_step2=True)) == reason
        assert refusal(draft.check(deleted((ALICE, 0, 1)), sender)) == reason

    def test_what_was_taken_before_the_freeze_is_acknowledged_after_it(self, draft: Draft) -> None:
        """An editor that missed the acknowledgement sends again: known, so accepted and without effect."""
        decision = draft.check(typed(run(ALICE, 0, GREETING)), Sender(alice, barred=Reason.FROZEN))
        assert isinstance(decision, Accepted)
        assert decision.is_duplicate


class TestOrder:
    """Nothing waits for what has not come."""

    def test_a_gap_in_the_clock(self, draft: Draft) -> None:
        """Attack: clocks left out; Yjs would park the run, pycrdt would show it."""
        assert attempt(draft, typed(run(BOB, 5, "a"))) == "gap"

    def test_a_run_known_in_part(self, draft: Draft) -> None:
        """Attack: one's own past written again, longer."""
        assert attempt(draft, typed(run(ALICE, 0, GREETING + "!")), alice) == "overlap"
        known_then_new = typed(run(ALICE, 0, GREETING), run(ALICE, END, "!", (ALICE, END - 1)))
        assert attempt(draft, known_then_new, alice) == "overlap"

    def test_known_text_with_a_new_deletion(self, draft: Draft) -> None:
        """Attack: what was acknowledged comes back with a deletion that it did not have."""
        update = encode([run(ALICE, 0, GREETING)], [DeleteRange(ALICE, 0, 1)])
        assert attempt(draft, update, alice) == "overlap"

    def test_an_origin_in_ones_own_future(self, draft: Draft) -> None:
        """Attack: a run that follows itself; every Yjs client would throw."""
        assert attempt(draft, typed(run(BOB, 0, "ab", (BOB, 1)))) == "unknown-origin"
        assert attempt(draft, typed(run(BOB, 0, "a", (BOB, 1)), run(BOB, 1, "b", (BOB, 0)))) == "unknown-origin"

    def test_an_origin_that_nobody_wrote(self, draft: Draft) -> None:
        """Attack: neighbours that are not there would make every reader wait for ever."""
        assert attempt(draft, typed(run(BOB, 0, "a", (ALICE, END)))) == "unknown-origin"
        assert attempt(draft, typed(run(BOB, 0, "a", (999, 0)))) == "unknown-origin"
        assert attempt(draft, typed(run(BOB, 0, "a", None, (ALICE, END)))) == "unknown-origin"
        assert attempt(draft, typed(run(BOB, 0, "a", None, (999, 0)))) == "unknown-origin"

    def test_two_runs_that_wait_for_each_other(self, draft: Draft) -> None:
        """Attack: two ids of one session, each run the other's neighbour."""
        update = typed(run(BOB, 0, "a", (BOB + 1, 0)), run(BOB + 1, 0, "b", (BOB, 0)))
        assert attempt(draft, update) == "unknown-origin"

    def test_a_place_that_is_none(self, draft: Draft) -> None:
        """Attack: before and after the same letter, or after what comes later: Yjs would read it in two ways."""
        assert attempt(draft, typed(run(BOB, 0, "a", (ALICE, 3), (ALICE, 3)))) == "contradiction"
        assert attempt(draft, typed(run(BOB, 0, "a", (ALICE, 3), (ALICE, 2)))) == "contradiction"
        assert attempt(draft, typed(run(BOB, 0, "a", None, (ALICE, 3)))) == "contradiction"
        assert attempt(draft, typed(run(BOB, 0, "a", (ALICE, 3), (ALICE, 5)))) == "contradiction"

    def test_two_ids_of_one_session_may_build_on_each_other(self, draft: Draft) -> None:
        """Two tabs of one browser: a later section is the neighbour of an earlier one."""
        update = typed(
            run(BOB, 0, "a", (ALICE, END - 1)), run(BOB, 1, "c", (BOB + 1, 0)), run(BOB + 1, 0, "b", (BOB, 0))
        )
        accepted = take(draft, update, bob)
        assert set(accepted.clients) == set(accepted.new_clients) == {BOB, BOB + 1}
        assert draft.text() == GREETING + "abc"


class TestPairs:
    """Half of an emoji is nobody's: yjs and pycrdt would show different texts."""

    def test_writing_inside_a_pair(self, draft: Draft) -> None:
        """Attack: a letter between the halves destroys Alice's emoji without a deletion."""
        assert attempt(draft, typed(run(BOB, 0, "a", (ALICE, 8), (ALICE, 9)))) == "surrogate"
        assert attempt(draft, typed(run(BOB, 0, "a", (ALICE, 8)))) == "surrogate"
        assert attempt(draft, typed(run(BOB, 0, "a", (ALICE, 7), (ALICE, 9)))) == "surrogate"

    def test_deleting_half_a_pair(self, draft: Draft) -> None:
        """Attack: a deletion that ends or begins between the halves."""
        assert attempt(draft, deleted((ALICE, 8, 1))) == "surrogate"
        assert attempt(draft, deleted((ALICE, 9, 1))) == "surrogate"
        assert attempt(draft, deleted((ALICE, 0, 9))) == "surrogate"
        assert attempt(draft, deleted((ALICE, 9, 4))) == "surrogate"
        take(draft, deleted((ALICE, 8, 2)), bob)
        assert draft.text() == "Bonjour  monde"

    def test_a_pair_of_the_same_update(self, draft: Draft) -> None:
        """Attack: the emoji and the letter inside it come together."""
        update = typed(run(BOB, 0, "😀", (ALICE, 0)), run(BOB, 2, "a", (BOB, 0)))
        assert attempt(draft, update) == "surrogate"

    def test_a_pair_of_the_same_window(self, draft: Draft) -> None:
        """Attack: the emoji was accepted a moment ago and is not applied yet."""
        window = draft.window()
        assert isinstance(window.check(typed(run(BOB, 0, "😀", (ALICE, 0))), Sender(bob)), Accepted)
        assert refusal(window.check(typed(run(ALICE, END, "a", (BOB, 0))), Sender(alice))) == "surrogate"

    def test_a_lone_half(self, draft: Draft) -> None:
        """Attack: a surrogate by itself, in the bytes that CESU-8 would have."""
        assert attempt(draft, raw(b"\x04" + AT_ROOT + b"\x03\xed\xa0\xbd")) == "malformed"


class TestDeletions:
    """Anyone may delete what is there; nobody what is not."""

    def test_deleting_what_nobody_wrote(self, draft: Draft) -> None:
        """Attack: a deletion in advance, of what others are going to write."""
        assert attempt(draft, deleted((ALICE, END, 1))) == "delete-unknown"
        assert attempt(draft, deleted((ALICE, 10, 2**20))) == "delete-unknown"
        assert attempt(draft, deleted((999, 0, 1))) == "delete-unknown"

    def test_two_people_delete_the_same_word(self, draft: Draft) -> None:
        """Known in part or known entirely: genuine, and accepted."""
        take(draft, deleted((ALICE, 0, 4)), alice)
        assert not take(draft, deleted((ALICE, 2, 4)), bob).is_duplicate
        assert take(draft, deleted((ALICE, 0, 6)), bob).is_duplicate
        assert draft.text() == GREETING[6:]

    def test_a_hole_under_ones_own_id(self, draft: Draft) -> None:
        """Inserted and deleted in one go by a client that collects: accepted, and known as deleted."""
        hole = encode([Struct(BOB, 0, 3, Id(ALICE, 0), Id(ALICE, 1), None)], [DeleteRange(BOB, 0, 3)])
        assert take(draft, hole, bob).new_clients == (BOB,)
        assert draft.text() == GREETING
        assert take(draft, deleted((BOB, 0, 3)), alice).is_duplicate
        assert take(draft, typed(run(BOB, 3, "x", (BOB, 2), (ALICE, 1))), bob).clients == (BOB,)


class TestContent:
    """Plain text in one shared type, and nothing else."""

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            ("GC", b"\x00\x01"),
            ("JSON", b"\x02" + AT_ROOT + b"\x01\x011"),
            ("Binary", b"\x03" + AT_ROOT + b"\x01a"),
            ("Embed", b"\x05" + AT_ROOT + b"\x02{}"),
            ("Format", b"\x06" + AT_ROOT + b"\x04bold\x04true"),
            ("Type", b"\x07" + AT_ROOT + b"\x02"),
            ("Any", b"\x08" + AT_ROOT + b"\x01\x78"),
            ("Doc", b"\x09" + AT_ROOT + b"\x01g\x7e"),
            ("Skip", b"\x0a\x01"),
            ("unheard of", b"\x1f" + AT_ROOT),
            ("Any nested 5,000 deep", b"\x08" + AT_ROOT + b"\x01" + b"\x75\x01" * 5000 + b"\x7e"),
        ],
    )
    def test_anything_but_text(self, draft: Draft, kind: str, content: bytes) -> None:
        """Attack: formats, embeds, subdocuments, and a nesting that overflows the clients' stack."""
        assert attempt(draft, raw(content)) == "content"

    def test_another_shared_type(self, draft: Draft) -> None:
        """Attack: text where no reader looks, in another root, a key of a map, or a nested type."""
        assert attempt(draft, raw(b"\x04\x01\x04hide\x01a")) == "root"
        assert attempt(draft, raw(b"\x24" + AT_ROOT + b"\x03key\x01a")) == "root"
        assert attempt(draft, raw(b"\x04\x00" + varuint(ALICE) + b"\x00\x01a")) == "root"
        assert attempt(draft, raw(b"\xa4" + varuint(ALICE) + b"\x00\x01a")) == "root"

    @pytest.mark.parametrize(
        "character",
        ["\x00", "\x08", "\x0b", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u202a"]
        + ["\u2066", "\u2069", "\ufeff", "\U000e0001", "\U000e0041", "\U000e007f"],
        ids=lambda character: f"U+{ord(character):04X}",
    )
    def test_characters_that_hide_or_turn(self, draft: Draft, character: str) -> None:
        """Attack: a text that reads otherwise than it is written."""
        assert attempt(draft, typed(run(BOB, 0, f"a{character}b"))) == "character"

    @pytest.mark.parametrize("text", ["\n", "\t", "\u00a0", "\u202f", "\u200d", "’", "👩‍👩‍👧‍👦", "e\u0301", "\ufffd"])
    def test_characters_of_honest_prose(self, draft: Draft, text: str) -> None:
        """Spaces of French typography, families of emoji, combining accents are all welcome."""
        take(draft, typed(run(BOB, 0, text)), bob)


class TestBytes:
    """One way to write each update, and every count within what is there."""

    @pytest.mark.parametrize(
        ("case", "update"),
        [
            ("nothing", b""),
            ("no delete set", b"\x00"),
            ("trailing bytes", b"\x00\x00\x00"),
            ("a long integer", b"\x80" * 9 + b"\x01\x00"),
            ("an integer without end", b"\x80" * 40),
            ("an integer spelt too long", b"\x80\x00\x00"),
            ("an integer above 2^53 - 1", b"\x01\x01\xff\xff\xff\xff\xff\xff\xff\x7f\x00" + STRING_A + b"\x00"),
            ("a bomb of sections", b"\xff\xff\xff\x7f"),
            ("a bomb of structs", b"\x01\xff\xff\xff\x7f\x01\x00" + STRING_A),
            ("a bomb of delete clients", b"\x00\xff\xff\xff\x7f"),
            ("a bomb of ranges", b"\x00\x01\x01\xff\xff\xff\x7f\x00\x01"),
            ("a string longer than the update", b"\x01\x01\x01\x00\x04" + AT_ROOT + b"\x7fa\x00"),
            ("an empty section", b"\x01\x00\x01\x00\x00"),
            ("two sections of one client", b"\x02\x01\x01\x00" + STRING_A + b"\x01\x01\x01" + STRING_A + b"\x00"),
            ("an empty string", b"\x01\x01\x01\x00\x04" + AT_ROOT + b"\x00\x00"),
            ("an empty hole", b"\x01\x01\x01\x00\x01" + AT_ROOT + b"\x00\x00"),
            ("an empty range", b"\x00\x01\x01\x01\x00\x00"),
            ("a client without ranges", b"\x00\x01\x01\x00"),
            ("one client's ranges twice", b"\x00\x02\x01\x01\x00\x01\x01\x01\x05\x01"),
            ("ranges out of order", b"\x00\x01\x01\x02\x05\x01\x00\x01"),
            ("ranges that overlap", b"\x00\x01\x01\x02\x00\x05\x04\x01"),
            ("a clock above 2^31 - 1", b"\x01\x01\x01\xff\xff\xff\xff\x07" + STRING_A + b"\x00"),
            ("a range above 2^31 - 1", b"\x00\x01\x01\x01\xff\xff\xff\xff\x07\x01"),
            ("text that is not UTF-8", b"\x01\x01\x01\x00\x04" + AT_ROOT + b"\x02\xc3\x28\x00"),
            ("UTF-8 spelt too long", b"\x01\x01\x01\x00\x04" + AT_ROOT + b"\x02\xc0\xaf\x00"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_bytes_that_no_client_writes(self, draft: Draft, case: str, update: bytes) -> None:
        """Attack: bombs of counts, integers and strings that are none."""
        assert attempt(draft, update) == "malformed"

    def test_cut_short_anywhere(self, draft: Draft) -> None:
        """Attack: an update without its end, at whatever byte."""
        update = encode([run(BOB, 0, "élan", (ALICE, 0), (ALICE, 1))], [DeleteRange(ALICE, 0, 2)])
        take(Draft.restore(draft.snapshot()), update, bob)
        for end in range(len(update)):
            assert attempt(draft, update[:end]) == "malformed"

    def test_too_much_at_once(self, draft: Draft) -> None:
        """Attack: more bytes, runs, ranges or characters than a person makes in one go."""
        assert attempt(draft, typed(run(BOB, 0, "a" * UPDATE.bytes))) == "too-large"
        many = [run(BOB, clock, "a", (ALICE, 0)) for clock in range(UPDATE.structs + 1)]
        roomy = Draft(replace(UPDATE, bytes=10**6))
        take(roomy, typed(run(ALICE, 0, GREETING)), alice)
        assert attempt(roomy, typed(*many)) == "too-many-structs"
        ranges = [(ALICE, 2 * at, 1) for at in range(UPDATE.delete_ranges + 1)]
        assert attempt(roomy, deleted(*ranges)) == "too-large"
        assert attempt(roomy, typed(run(BOB, 0, "a" * (UPDATE.characters + 1)))) == "too-large"

    def test_the_server_may_bring_more(self, draft: Draft) -> None:
        """What the service imports is held to larger limits, given for that update alone."""
        imported = typed(run(server_client(0), 0, "a" * 50_000))
        limits = Limits(bytes=10**6, characters=10**6)
        assert isinstance(draft.window().check(imported, Sender(Author(0, 0)), limits=limits), Accepted)


class TestStep2:
    """A standard client sends all that it thinks the server lacks; only the news is judged."""

    def test_all_of_it_known(self, draft: Draft) -> None:
        """The usual step 2 of a reader: others' text and deletions, all known: nothing to keep."""
        take(draft, deleted((ALICE, 0, 2)), bob)
        decision = draft.check(draft.full_state(), Sender(bob, barred=Reason.ROLE), from_step2=True)
        assert isinstance(decision, Accepted)
        assert decision.is_duplicate

    def test_typed_offline(self, draft: Draft) -> None:
        """A cut, words typed and deleted meanwhile by both, then a step 2: its news alone is kept."""
        editor = Editor(BOB, bob.session, bob.official)
        editor.hear(draft.full_state())
        take(draft, editor.type(0, "Oh ! "), bob)
        take(draft, deleted((ALICE, 0, 3)), alice)
        editor.cut(12, 15)
        editor.type(5, "😀 Ah. ")
        step2 = editor.doc.get_update()  # as if the server had been at nothing: the worst case
        accepted = take(draft, step2, bob, from_step2=True)
        assert accepted.update != step2
        assert accepted.new_clients == ()
        editor.hear(draft.full_state())
        assert str(editor.text) == draft.text()
        assert take(draft, step2, bob, from_step2=True).is_duplicate

    def test_an_update_that_overtakes_the_step_2(self, draft: Draft) -> None:
        """Typed offline, then once more before the server's step 1: the update is a gap, the step 2 has all."""
        editor = Editor(BOB, bob.session, bob.official)
        editor.hear(draft.full_state())
        editor.type(0, "ab")
        overtaking = editor.type(2, "c")
        assert attempt(draft, overtaking) == "gap"
        take(draft, editor.doc.get_update(draft.state_vector()), bob, from_step2=True)
        assert draft.text() == "abc" + GREETING

    def test_a_run_known_in_part_is_cut(self, draft: Draft) -> None:
        """A run that has grown since: its known head is taken off, and the rest follows it."""
        accepted = take(draft, typed(run(ALICE, 0, GREETING + " !")), alice, from_step2=True)
        assert accepted.parsed.structs == (run(ALICE, END, " !", (ALICE, END - 1)),)
        assert draft.text() == GREETING + " !"

    def test_a_hole_known_in_part_is_cut(self, draft: Draft) -> None:
        """The same for a run that was deleted before it was sent."""
        longer = typed(Struct(ALICE, 0, END + 2, None, None, None))
        accepted = take(draft, longer, alice, from_step2=True)
        assert accepted.parsed.structs == (Struct(ALICE, END, 2, Id(ALICE, END - 1), None, None),)

    def test_the_news_is_held_to_the_rules(self, draft: Draft) -> None:
        """Attack: what an update may not do, tried by a step 2."""

        def tried(update: bytes) -> str:
            return refusal(draft.check(update, Sender(bob), from_step2=True))

        assert tried(typed(run(ALICE, 0, GREETING + "!"))) == "client-taken"
        assert tried(typed(run(BOB, 1, "a"))) == "gap"
        assert tried(typed(run(BOB, 0, "a", (ALICE, 8)))) == "surrogate"
        assert tried(deleted((ALICE, 0, END + 1))) == "delete-unknown"
        assert tried(typed(run(BOB, 0, "a" * 17_000))) == "too-large"
        assert tried(b"\x00" * 300_000) == "too-large"
        assert tried(raw(b"\x00\x01")) == "content"

    def test_a_cut_inside_a_pair(self, draft: Draft) -> None:
        """Attack: a longer run that has a pair where the known one ended."""
        forged = typed(run(ALICE, 0, "x" * (END - 1) + "😀"))
        assert refusal(draft.check(forged, Sender(alice), from_step2=True)) == "surrogate"

    def test_large_news_behind_a_known_head(self, draft: Draft) -> None:
        """Attack: too much text, with known text before it."""
        forged = encode([run(ALICE, 0, GREETING + "a" * 17_000)], [DeleteRange(ALICE, 0, 1)])
        assert refusal(draft.check(forged, Sender(alice), from_step2=True)) == "too-large"


class TestRoom:
    """A motion is as long as its pages can read, and no longer."""

    def test_a_text_that_no_page_would_read(self) -> None:
        """Attack: paste after paste, each within its limits; in one window or in many, the text stops growing."""
        draft = Draft()
        whole = MAX_CHARACTERS // 10_000
        for at in range(whole - 1):
            before = (ALICE, at * 10_000 - 1) if at else None
            take(draft, typed(run(ALICE, at * 10_000, "é" * 5_000 + "a" * 5_000, before)), alice)
        window = draft.window()
        half = (whole - 1) * 10_000
        rest = MAX_CHARACTERS - half
        assert isinstance(
            window.check(typed(run(ALICE, half, "a" * 9_999, (ALICE, half - 1))), Sender(alice)), Accepted
        )
        assert refusal(window.check(typed(run(BOB, 0, "b" * (rest - 9_998))), Sender(bob))) == "full"
        assert isinstance(window.check(typed(run(BOB, 0, "b" * (rest - 9_999))), Sender(bob)), Accepted)
        assert refusal(window.check(typed(run(BOB, rest - 9_999, "c", (BOB, rest - 10_000))), Sender(bob))) == "full"
        assert isinstance(window.check(deleted((ALICE, 0, 5)), Sender(bob)), Accepted)
