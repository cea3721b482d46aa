"""Nobody writes in another's name, and no hand-made update reaches the text: through the real socket, POST and form."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2
import pytest

from motion.live import wire
from motion.live.updates import DeleteRange, encode, server_client
from motion.live.wire import varuint
from motion.rehearsal.seats import Seat
from tests import worlds
from tests.live.editors import deleted, run, typed
from tests.whole.attackers import LIVE, PAGE, Client, Target, attacked, joined, text_of_newcomer, writing


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The demonstration, for the attacks of this module."""
    with attacked(tmp_path_factory.mktemp("authors")) as served:
        yield served


def word() -> str:
    """A word that no other test writes."""
    return "mot" + secrets.token_hex(6)


def end_of(client: Client) -> int:
    """The next clock of a client."""
    from motion.live.updates import parse_state_vector

    known = parse_state_vector(client.typist.state_vector())
    assert known is not None
    return known.get(client.typist.client, 0)


def post(target: Target, seat: Seat, *messages: wire.Message, **headers: str) -> httpx2.Response:
    """Send messages without a socket."""
    body = wire.join_frames([wire.encode_message(message) for message in messages])
    with target.browser(seat, **{"X-Motion-Live": "1", **headers}) as browser:
        return browser.post(LIVE, content=body)


def answers(response: httpx2.Response) -> list[wire.Message]:
    """What a POST brought back."""
    assert response.status_code == 200, response.text
    return [wire.decode_message(frame) for frame in wire.split_frames(response.content)]


def author_of(target: Target, words: str) -> set[str]:
    """Who, by the record, made the updates in which these words stand: read from the kept bytes, not from a page."""
    found = target.rows(
        "SELECT e.content, u.content AS kept, u.salt FROM draft_update u "
        "JOIN motion m ON m.id = u.motion_id JOIN entry e ON e.congress_id = m.congress_id AND e.number = u.entry"
    )
    return {
        re.search(rb'"by":"([^"]+)"', row["content"])[1].decode()  # type: ignore[index]
        for row in found
        if words.encode() in row["kept"]
    }


class TestForgedAuthors:
    """Who writes is who signed in; nothing that is sent says otherwise."""

    def test_writing_under_the_client_id_of_another(self, target: Target) -> None:
        """On all three ways in, and by a standard client: refused, recorded, and the words are nowhere."""

        async def scene() -> None:
            a, b, c = target.seats(3)
            forged = word()
            async with writing(a) as alice, writing(b) as bob, writing(c, speaks_motion=False) as standard:
                await alice.type(0, "Bonjour. ")
                victim, clock = alice.typist.client, end_of(alice)
                update = typed(run(victim, clock, forged, (victim, clock - 1)))
                assert await bob.refused(update) == "client-taken"
                await standard.socket.send(wire.encode_message(wire.SyncUpdate(update)))
                await standard.until(lambda: standard.denials == 1)
                await standard.socket.send(wire.encode_message(wire.SyncStep2(update)))
                await standard.until(lambda: standard.denials == 2)
                said = answers(await asyncio.to_thread(post, target, b, wire.Submit(1, update)))
                assert [m.reason for m in said if isinstance(m, wire.Refusal)] == ["client-taken"]
                assert forged not in await text_of_newcomer(a)
                assert not author_of(target, forged)
            assert [e["body"]["reason"] for e in target.entries("crdt.reject", target.session_id(b))] == [
                "client-taken",
                "client-taken",
            ]
            assert {e["by"] for e in target.entries("crdt.reject", target.session_id(c))} == {f"elu-{c.official}"}

        asyncio.run(scene())

    def test_sending_what_another_sent(self, target: Target) -> None:
        """Another's bytes, sent again: acknowledged as known, and still the other's in the record."""

        async def scene() -> None:
            a, b = target.seats(2)
            said = word()
            async with writing(a) as alice, writing(b) as bob:
                update = await alice.type(0, said)
                before = target.public()["entry"]
                assert isinstance(await bob.submit(update), wire.Ack)
                said_again = answers(await asyncio.to_thread(post, target, b, wire.Submit(5, update)))
                assert [list(m.n) for m in said_again if isinstance(m, wire.Ack)] == [[5]]
                await target.published(said)
                assert author_of(target, said) == {f"elu-{a.official}"}
                assert bob.typist.text.count(said) == 1
                assert target.public()["entry"] >= before
            assert target.entries("crdt.update", target.session_id(b)) == []

        asyncio.run(scene())

    def test_answering_before_the_other_speaks(self, target: Target) -> None:
        """An id that somebody announced and has not written under yet: whoever takes it writes as themselves."""

        async def scene() -> None:
            a, b = target.seats(2)
            stolen = word()
            async with writing(a) as alice, writing(b) as bob:
                update = typed(run(alice.typist.client, 0, stolen))
                assert isinstance(await bob.submit(update), wire.Ack)
                assert author_of(target, stolen) == {f"elu-{b.official}"}
                assert await alice.refused(typed(run(alice.typist.client, len(stolen), "x"))) == "client-taken"

        asyncio.run(scene())

    def test_ids_that_are_the_services_own(self, target: Target) -> None:
        """The ids under which forms and templates write are no client's: not one's own session's neighbours', not 0."""

        async def scene() -> None:
            a, b = target.seats(2)
            async with writing(b) as bob:
                for client in (server_client(target.session_id(a)), server_client(0), 2**53 - 1):
                    assert await bob.refused(typed(run(client, 0, "x"))) == "foreign-client", client
                assert await bob.refused(typed(run(0, 0, "x"))) == "malformed"

        asyncio.run(scene())

    def test_an_author_named_in_the_form(self, target: Target) -> None:
        """The plain form with every field that might name somebody else: the words are those of the cookie's owner."""
        a, b = target.seats(2)
        written = word()
        with target.browser(b) as browser:
            shown = browser.get(f"{PAGE}/rediger/simple")
            version = re.search(r'name="version" value="(\d+)"', shown.text)
            assert version is not None
            names = ("official", "official_id", "author", "by", "elu", "session", "session_id", "actor", "me", "id")
            form = {name: str(a.official) for name in names} | {"sess": f"s-{target.session_id(a)}"}
            form |= {"version": version[1], "nouveau": written, "apres": "0"}
            answer = browser.post(f"{PAGE}/rediger/simple", data=form, headers={"X-Official": str(a.official)})
        assert answer.status_code == 200, answer.text
        assert author_of(target, written) == {f"elu-{b.official}"}
        shares = {author["official"] for author in asyncio.run(target.published(written))["authors"]}
        assert b.official in shares

    def test_a_cursor_with_anothers_name(self, target: Target) -> None:
        """Presence shows the name of the session, whatever the client says; and never under another's id."""

        async def scene() -> None:
            a, b, c = target.seats(3)

            def claim(client: int) -> bytes:
                state = (
                    f'{{"o":{a.official},"n":"Quelqu’un d’autre","r":"s","user":{{"name":"X"}},"c":[1,0,0]}}'.encode()
                )
                return b"\x01" + varuint(client) + varuint(1) + varuint(len(state)) + state

            async with writing(a) as alice, writing(b) as bob, writing(c) as witness:
                await alice.type(0, "A")
                await bob.type(0, "B")
                for client in (alice.typist.client, bob.typist.client):
                    await bob.socket.send(wire.encode_message(wire.Awareness(claim(client))))
                shown = await witness.until(
                    lambda: [m.payload for m in witness.messages if isinstance(m, wire.Awareness)]
                )
                await asyncio.sleep(1.2)
                shown = b"".join(m.payload for m in witness.messages if isinstance(m, wire.Awareness))
            assert f'"o":{b.official},'.encode() in shown
            assert f'"o":{a.official},'.encode() not in shown
            assert "Quelqu’un".encode() not in shown and b'"user"' not in shown and b'"r":"s"' not in shown
            assert varuint(alice.typist.client) not in shown

        asyncio.run(scene())


@dataclass(frozen=True, slots=True)
class Aim:
    """What an attack needs to know: `pair` is the clock of the first half of Alice's emoji."""

    alice: int
    pair: int
    end: int
    bob: int
    clock: int


ROOT = b"\x01\x04text"
A = b"\x04" + ROOT + b"\x01a"


def section(aim: Aim, *structs: bytes, deletes: bytes = b"\x00") -> bytes:
    """One section of Bob's, of given struct bytes."""
    return b"\x01" + varuint(len(structs)) + varuint(aim.bob) + varuint(aim.clock) + b"".join(structs) + deletes


def own(aim: Aim, text: str, origin: tuple[int, int] | None = None, right: tuple[int, int] | None = None) -> bytes:
    """Bob's next run."""
    return typed(run(aim.bob, aim.clock, text, origin, right))


ATTACKS: list[tuple[str, str, Callable[[Aim], bytes]]] = [
    ("a run under another's id", "client-taken", lambda a: typed(run(a.alice, a.end, "x", (a.alice, a.end - 1)))),
    (
        "a true run that carries a forged one",
        "client-taken",
        lambda a: typed(run(a.bob, a.clock, "b", (a.alice, 0)), run(a.alice, a.end, "x", (a.bob, a.clock))),
    ),
    ("origin inside a pair", "surrogate", lambda a: own(a, "x", (a.alice, a.pair), (a.alice, a.pair + 1))),
    ("right origin inside a pair", "surrogate", lambda a: own(a, "x", (a.alice, a.pair - 1), (a.alice, a.pair + 1))),
    ("deleting the first half of a pair", "surrogate", lambda a: deleted((a.alice, a.pair, 1))),
    ("deleting the second half of a pair", "surrogate", lambda a: deleted((a.alice, a.pair + 1, 1))),
    ("a lone surrogate", "malformed", lambda a: section(a, b"\x04" + ROOT + b"\x03\xed\xa0\xbd")),
    ("a gap in the clock", "gap", lambda a: typed(run(a.bob, a.clock + 7, "x"))),
    ("one's own past written anew", "overlap", lambda a: typed(run(a.bob, a.clock - 1, "xy"))),
    ("origin in one's own future", "unknown-origin", lambda a: own(a, "ab", (a.bob, a.clock + 1))),
    ("origin that nobody wrote", "unknown-origin", lambda a: own(a, "x", (a.alice, a.end + 5))),
    ("right origin that nobody wrote", "unknown-origin", lambda a: own(a, "x", None, (999_999, 0))),
    ("beside one letter on both sides", "contradiction", lambda a: own(a, "x", (a.alice, 3), (a.alice, 3))),
    ("the right one before the left one", "contradiction", lambda a: own(a, "x", (a.alice, 3), (a.alice, 2))),
    ("deleting the future", "delete-unknown", lambda a: deleted((a.alice, a.end, 2**20))),
    ("deleting what a stranger never wrote", "delete-unknown", lambda a: deleted((999_999, 0, 1))),
    ("Any nested 5,000 deep", "content", lambda a: section(a, b"\x08" + ROOT + b"\x01" + b"\x75\x01" * 5000 + b"\x7e")),
    ("a format", "content", lambda a: section(a, b"\x06" + ROOT + b"\x04bold\x04true")),
    ("an embed", "content", lambda a: section(a, b"\x05" + ROOT + b"\x02{}")),
    ("a subdocument", "content", lambda a: section(a, b"\x09" + ROOT + b"\x01g\x7e")),
    ("a nested type", "content", lambda a: section(a, b"\x07" + ROOT + b"\x02")),
    ("binary", "content", lambda a: section(a, b"\x03" + ROOT + b"\x01a")),
    ("collected", "content", lambda a: section(a, b"\x00\x01")),
    ("skipped", "content", lambda a: section(a, b"\x0a\x01")),
    ("another root", "root", lambda a: section(a, b"\x04\x01\x04hide\x01a")),
    ("a key of a map", "root", lambda a: section(a, b"\x24" + ROOT + b"\x03key\x01a")),
    ("a parent by id", "root", lambda a: section(a, b"\x04\x00" + varuint(a.alice) + b"\x00\x01a")),
    ("a bomb of sections", "malformed", lambda a: b"\xff\xff\xff\x7f"),
    ("a bomb of structs", "malformed", lambda a: b"\x01\xff\xff\xff\x7f\x01\x00" + A),
    ("a bomb of ranges", "malformed", lambda a: b"\x00\x01\x01\xff\xff\xff\x7f\x00\x01"),
    ("an endless integer", "malformed", lambda a: b"\x80" * 40),
    ("cut short", "malformed", lambda a: own(a, "élan", (a.alice, 0))[:-3]),
    ("bytes behind the end", "malformed", lambda a: own(a, "x") + b"\x00"),
    ("text that is not UTF-8", "malformed", lambda a: section(a, b"\x04" + ROOT + b"\x02\xc3\x28")),
    ("an override of direction", "character", lambda a: own(a, "a\u202eb")),
    ("an isolate", "character", lambda a: own(a, "a\u2066b")),
    ("invisible tags", "character", lambda a: own(a, "a\U000e0041b")),
    ("a terminal's escape", "character", lambda a: own(a, "\x1b[2J")),
    ("too many characters", "too-large", lambda a: own(a, "a" * 20_000)),
    ("too many bytes", "too-large", lambda a: own(a, "😀" * 5_000)),
    (
        "known text with a new deletion of half a pair",
        "surrogate",
        lambda a: encode((), [DeleteRange(a.alice, a.pair - 1, 2)]),
    ),
]


class TestHandMadeUpdates:
    """Each attack that was tried on live Yjs servers (`record.md` 5.2), end to end."""

    def test_every_attack(self, target: Target) -> None:
        """Refused with its reason; the room lives, nobody's text moves, and a newcomer sees the same."""

        async def scene() -> None:
            a, b, c = target.seats(3)
            async with writing(a) as alice, writing(c) as witness:
                await alice.type(0, "Bonjour 😀 à tous.\n\n")
                for start in range(0, len(ATTACKS), 30):  # a session is read without delay for forty messages
                    async with writing(target.seats(2)[1] if start else b) as bob:
                        await bob.type(0, "B")
                        await bob.until(lambda: "😀" in bob.typist.text)
                        aim = Aim(alice.typist.client, 8, end_of(alice), bob.typist.client, end_of(bob))
                        for name, reason, attack in ATTACKS[start : start + 30]:
                            assert await bob.refused(attack(aim)) == reason, name
                        await bob.type(0, "encore ")
                marker = word()
                await alice.type(0, marker)
                await witness.sees(marker)
                public = (await target.published(marker))["text"]
                assert alice.typist.text == witness.typist.text == public == await text_of_newcomer(c)
                assert hashlib.sha256(public.encode()).hexdigest() == target.public()["digest"]
            recorded = target.entries("crdt.reject", target.session_id(b))
            assert [e["body"]["reason"] for e in recorded] == [reason for _, reason, _ in ATTACKS[:5]]
            assert {e["by"] for e in recorded} == {f"elu-{b.official}"}

        asyncio.run(scene())

    def test_frames_that_are_no_messages(self, target: Target) -> None:
        """Closed as malformed; the next connection of the same session is welcome."""

        async def scene() -> None:
            (a,) = target.seats(1)
            for frame in (b"", b"\xff", b"\x65\x02{}", b"\x00\x07", b"\x00\x02\xff\xff\xff\x7f", "text", b"\x64\x01"):
                async with joined(a) as client:
                    await client.socket.send(frame)
                    assert await client.closed() == 4400, frame
            async with joined(a) as client:
                await client.socket.send(b"\x00" * (300 * 1024))
                assert await client.closed() in (1009, 4400)
            async with joined(a, speaks_motion=False) as client:
                await client.socket.send(wire.encode_message(wire.Submit(1, b"\x00\x00")))
                assert await client.closed() == 4400
            assert await text_of_newcomer(a)

        asyncio.run(scene())

    def test_random_bytes(self, target: Target) -> None:
        """Mutations of a true update: taken or refused, and the texts stay one. The seed is fixed."""

        async def scene() -> None:
            import random

            chance = random.Random(20260)
            a, b = target.seats(2)
            async with writing(a) as alice, writing(b) as bob:
                await alice.type(0, "Un été 😀 ")
                await bob.type(0, "x")
                for _ in range(60):
                    honest = bytearray(typed(run(bob.typist.client, end_of(bob), "né", (alice.typist.client, 2))))
                    for _ in range(chance.randint(1, 3)):
                        honest[chance.randrange(len(honest))] = chance.randrange(256)
                    if isinstance(await bob.submit(bytes(honest)), wire.Ack):
                        await bob.until(lambda: True)
                marker = word()
                await alice.type(0, marker)
                await bob.sees(marker)
                texts = {alice.typist.text, await text_of_newcomer(a), (await target.published(marker))["text"]}
                assert len(texts) == 1

        asyncio.run(scene())


class TestRoles:
    """Who may write, on every way in."""

    def test_the_secretariat_reads_and_writes_no_character(self, target: Target) -> None:
        """Typing, deleting, step 2, POST and form: refused by role, and nothing of it is in the text."""

        async def scene() -> None:
            desk = target.secretariat()
            (a,) = target.seats(1)
            written = word()
            async with writing(a) as alice:
                await alice.type(0, "Texte. ")
                async with writing(desk) as clerk:
                    state = await clerk.until(
                        lambda: next((m for m in clerk.messages if isinstance(m, wire.State)), None)
                    )
                    assert not state.may_write
                    update = clerk.typist.type(0, written)
                    assert await clerk.refused(update) == "role"
                    assert await clerk.refused(deleted((alice.typist.client, 0, 1))) == "role"
                    assert await clerk.refused(typed(run(alice.typist.client, end_of(alice), "x"))) == "role"
                async with writing(desk, speaks_motion=False) as clerk:
                    await clerk.socket.send(wire.encode_message(wire.SyncStep2(update)))
                    await clerk.until(lambda: clerk.denials == 1)
                said = answers(await asyncio.to_thread(post, target, desk, wire.Submit(1, update)))
                assert [m.reason for m in said if isinstance(m, wire.Refusal)] == ["role"]
                with target.browser(desk) as browser:
                    form = {"version": "0", "nouveau": written, "apres": "-1"}
                    assert browser.get(f"{PAGE}/rediger/simple").status_code == 403
                    assert browser.post(f"{PAGE}/rediger/simple", data=form).status_code == 403
                assert written not in await text_of_newcomer(a)
                assert not author_of(target, written)

        asyncio.run(scene())

    def test_the_public_never_gets_in(self, target: Target) -> None:
        """Without a cookie, or with one that nobody was given: no socket, no POST, no form."""
        nobody = Seat(0, "", target.address.replace("http", "ws") + LIVE, "")
        invented = Seat(0, "motion=" + secrets.token_urlsafe(32), nobody.ws, "")
        for seat in (nobody, invented):
            assert_shut(target, seat)

    def test_people_of_another_congress(self, target: Target) -> None:
        """An official and the secretariat of another congress are the public here."""
        target.served.command(
            "congress", "new", "Autre congrès", "--slug", "autre", "--starts", "2031-11-14",
            "--ends", "2031-11-16", "--secretariat", "autre@example.org",
        )  # fmt: skip
        congress = target.rows("SELECT id FROM congress WHERE slug = 'autre'")[0][0]
        secretary = target.rows("SELECT id FROM secretary WHERE congress_id = ?", congress)[0][0]
        target.store.write_now(worlds.official, congress, "Ursule", "Beaumanoir", "maire", "Ailleurs")
        official = target.rows("SELECT id FROM official WHERE congress_id = ?", congress)[0][0]
        for seat in (
            target.session_of(congress, official=official),
            target.session_of(congress, secretary=secretary),
        ):
            assert_shut(target, seat, signed_in_elsewhere=True)

    def test_a_session_that_was_ended(self, target: Target) -> None:
        """Its sockets are closed at once, and its cookie opens nothing any more."""

        async def scene() -> None:
            (a,) = target.seats(1)
            async with writing(a) as first, writing(a, speaks_motion=False) as second:
                with target.browser(a) as browser:
                    assert browser.post("/ormeline/deconnexion").status_code == 303
                assert await first.closed() == await second.closed() == 4401
            await asyncio.to_thread(assert_shut, target, a)

        asyncio.run(scene())

    def test_a_session_ended_from_elsewhere(self, target: Target) -> None:
        """Revoked in the database by another process: closed within seconds, and refused at once meanwhile."""

        async def scene() -> None:
            (a,) = target.seats(1)
            written = word()
            async with writing(a) as alice:
                target.run(
                    "UPDATE login_session SET revoked_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = ?",
                    target.session_id(a),
                )
                await alice.socket.send(wire.encode_message(wire.Submit(1, alice.typist.type(0, written))))
                assert await alice.closed() == 4401
                assert written not in await text_of_newcomer(target.seats(2)[1])
            await asyncio.to_thread(assert_shut, target, a)

        asyncio.run(scene())

    def test_a_session_that_expired(self, target: Target) -> None:
        """The same when its time is over, even for somebody who only reads."""

        async def scene() -> None:
            a, b = target.seats(2)
            written = word()
            async with writing(a) as alice, writing(b) as reader:
                for seat in (a, b):
                    target.run(
                        "UPDATE login_session SET expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = ?",
                        target.session_id(seat),
                    )
                await alice.socket.send(wire.encode_message(wire.Submit(1, alice.typist.type(0, written))))
                assert await alice.closed() == 4401
                assert await reader.closed() == 4401
            assert not author_of(target, written)
            await asyncio.to_thread(assert_shut, target, a)

        asyncio.run(scene())


def assert_shut(target: Target, seat: Seat, *, signed_in_elsewhere: bool = False) -> None:
    """Every way in that asks who comes is shut for this cookie."""

    async def sockets() -> None:
        async with joined(seat) as client:
            assert await client.closed() == (4403 if signed_in_elsewhere else 4401)
        from websockets.exceptions import InvalidStatus

        with pytest.raises(InvalidStatus) as refused:
            async with joined(seat, speaks_motion=False):
                raise AssertionError("a socket opened")
        assert refused.value.response.status_code == 403

    asyncio.run(sockets())
    expected = 403 if signed_in_elsewhere else 401
    assert post(target, seat, wire.Submit(1, typed(run(77, 0, "x")))).status_code == expected
    with target.browser(seat if seat.cookie else None) as browser:
        assert browser.get(f"{LIVE}/after/0").status_code == expected
        assert browser.post(f"{PAGE}/rediger/simple", data={"version": "0", "nouveau": "x"}).status_code == 403
        assert browser.get(f"{PAGE}/rediger/simple").headers["location"].startswith("/ormeline/connexion")
        assert browser.get(f"{PAGE}/rediger").headers["location"].startswith("/ormeline/connexion")
        assert browser.get("/ormeline/mes-connexions").status_code == 403
