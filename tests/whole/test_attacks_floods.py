"""Too much, too fast, too slow: who floods is slowed, who does not read is closed, and the others go on."""

import asyncio
import secrets
import statistics
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import httpx2
import pytest

from motion.live import wire
from motion.live.draft import MAX_CHARACTERS
from motion.live.listener import MAX_SOCKETS
from motion.rehearsal.seats import Seat
from tests.live.editors import run, typed
from tests.whole.attackers import LIVE, PAGE, SLUG, Client, Target, attacked, joined, text_of_newcomer, writing

FLOOD = 240
RATE = 40  # MOTION_UPDATES_PER_S of this module: a flood is over in seconds


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The demonstration, for the floods of this module."""
    with attacked(tmp_path_factory.mktemp("floods"), MOTION_UPDATES_PER_S=str(RATE)) as served:
        yield served


async def type_and_time(writer: Client, reader: Client, strokes: int) -> list[float]:
    """Type at a human pace, and say after how many seconds the other saw each stroke."""
    took = []
    for _ in range(strokes):
        mark = secrets.token_hex(4)
        started = time.monotonic()
        await writer.type(0, mark)
        await reader.sees(mark)
        took.append(time.monotonic() - started)
        await asyncio.sleep(0.05)
    return took


class TestFloods:
    """`MOTION_UPDATES_PER_S` slows, and drops nothing."""

    def test_a_thousand_updates_a_second(self, target: Target) -> None:
        """All of it is taken in the end, at the rate of the setting; meanwhile others write as before."""

        async def scene() -> None:
            a, b, c = target.seats(3)
            async with writing(a) as flooder, writing(b) as writer, writing(c) as reader:
                started = time.monotonic()
                for n in range(FLOOD):
                    update = typed(run(flooder.typist.client, n, "x", (flooder.typist.client, n - 1) if n else None))
                    await flooder.socket.send(wire.encode_message(wire.Submit(1000 + n, update)))
                took = await type_and_time(writer, reader, 20)
                assert flooder.answer_to(1000 + FLOOD - 1) is None, "the flood was not slowed"
                await flooder.until(lambda: flooder.answer_to(1000 + FLOOD - 1), 60)
                lasted = time.monotonic() - started
                answered = {n for m in flooder.messages if isinstance(m, wire.Ack) for n in m.n}
                assert answered >= set(range(1000, 1000 + FLOOD))
                assert (FLOOD - 2 * RATE) / RATE * 0.9 < lasted
                await writer.type(0, "fin")
                await reader.sees("fin")
                assert reader.typist.text == await text_of_newcomer(a)
                print(f"a flood of {FLOOD} lasted {lasted:.1f} s; others' strokes: median "
                      f"{statistics.median(took) * 1000:.0f} ms, worst {max(took) * 1000:.0f} ms")  # fmt: skip

        asyncio.run(scene())

    def test_one_session_with_many_sockets(self, target: Target) -> None:
        """The rate is the session's, not the socket's: ten sockets write no faster than one."""

        async def scene() -> None:
            (a,) = target.seats(1)

            async def flood(seat: Seat, strokes: int) -> None:
                async with writing(seat) as client:
                    for n in range(strokes):
                        update = client.typist.type(0, "y")
                        await client.socket.send(wire.encode_message(wire.Submit(n, update)))
                    await client.until(lambda: client.answer_to(strokes - 1), 60)

            started = time.monotonic()
            await asyncio.gather(*(flood(a, 40) for _ in range(6)))
            assert time.monotonic() - started > (6 * 40 - 2 * RATE) / RATE * 0.9

        asyncio.run(scene())

    def test_sockets_without_end(self, target: Target) -> None:
        """One session holds twenty sockets of a motion; the next is told to come back, and others come in."""

        async def scene() -> None:
            a, b = target.seats(2)
            async with AsyncExitStack() as stack:
                held = [await stack.enter_async_context(joined(a)) for _ in range(MAX_SOCKETS)]
                async with joined(a) as one_more:
                    assert await one_more.closed() == 1013
                assert await text_of_newcomer(b)
                assert all(client.close_code is None for client in held)
            await asyncio.sleep(0.5)
            assert await text_of_newcomer(a)

        asyncio.run(scene())

    def test_a_post_full_of_questions(self, target: Target) -> None:
        """Ten thousand questions for the document in one body bring it once."""
        (a,) = target.seats(1)
        question = wire.encode_message(wire.SyncStep1(b"\x00"))
        with target.browser(a, **{"X-Motion-Live": "1"}) as browser:
            once = browser.post(LIVE, content=wire.join_frames([question]))
            often = browser.post(LIVE, content=wire.join_frames([question, b"\x03"] * 60))
        assert once.status_code == often.status_code == 200
        assert len(often.content) < 2 * len(once.content)

    def test_a_motion_does_not_outgrow_its_pages(self, target: Target) -> None:
        """Paste after paste, by socket and by form: refused in words at the end, and every page still opens."""

        async def scene() -> None:
            a, b = target.seats(2)
            async with writing(a) as paster, writing(b) as other:
                reasons = []
                for _ in range(MAX_CHARACTERS // 15_000 + 2):
                    client, end = paster.typist.client, _end(paster)
                    update = typed(run(client, end, "x" * 15_000, (client, end - 1) if end else None))
                    answer = await paster.submit(update)
                    if isinstance(answer, wire.Refusal):
                        reasons.append(answer.reason)
                        break
                    paster.typist.learn(update)
                assert reasons == ["full"]
                await asyncio.sleep(1.5)  # the reading copy
                async with httpx2.AsyncClient(base_url=target.address, timeout=20) as browser:
                    for address in (f"/{SLUG}", f"/{SLUG}/motions", PAGE, f"{PAGE}.json", f"{PAGE}.md"):
                        assert (await browser.get(address)).status_code == 200, address
                with target.browser(b) as signed_in:
                    form = {"version": "0", "nouveau": "z" * 15_000, "apres": "0"}
                    answer_page = await asyncio.to_thread(signed_in.post, f"{PAGE}/rediger/simple", data=form)
                    assert answer_page.status_code == 409 and "longueur limite" in answer_page.text
                # Anyone may still take it out again.
                size = len(other.typist.text)
                start = other.typist.text.index("x" * 1000)
                await other.submit(other.typist.erase(start, other.typist.text.rindex("x") + 1 - start))
                await other.type(0, "De la place. ")
                assert len(other.typist.text) < size

        asyncio.run(scene())


def _end(client: Client) -> int:
    from motion.live.updates import parse_state_vector

    return (parse_state_vector(client.typist.state_vector()) or {}).get(client.typist.client, 0)


async def handshake(target: Target, seat: Seat) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a WebSocket by hand: what comes is read only when somebody reads it."""
    port = urlsplit(target.address).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    lines = (
        f"GET {LIVE} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: motion.v1",
        f"Cookie: {seat.cookie}",
    )
    writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    assert b" 101 " in await reader.readline()
    return reader, writer


def masked(message: bytes) -> bytes:
    """A short binary frame from a client."""
    return bytes((0x82, 0x80 | len(message), 0, 0, 0, 0)) + message


class TestSlowReaders:
    """Memory is not for those who do not read."""

    def test_somebody_who_reads_nothing(self, target: Target) -> None:
        """Closed with "try again later" once too much waits; on return they get everything."""

        async def scene() -> None:
            a, b = target.seats(2)
            async with writing(a) as writer:
                for _ in range(2):  # a document of some forty kilobytes, that each question asks for
                    await writer.type(0, "Un long texte. " * 900)
                reader, sleeper = await handshake(target, b)
                question = masked(wire.encode_message(wire.SyncStep1(b"\x00")))
                limit = time.monotonic() + 40
                while "reads too slowly" not in target.served.log.read_text():
                    assert time.monotonic() < limit, "the sleeper was never closed"
                    sleeper.write(question * 5)
                    await asyncio.sleep(5 / RATE)
                said = b""
                async with asyncio.timeout(20):
                    while piece := await reader.read(1 << 20):
                        said = said[-200:] + piece
                assert b"\x03\xf5too slow" in said
                sleeper.close()
                await writer.type(0, "Pendant ce temps. ")
                assert "Pendant ce temps. " in await text_of_newcomer(b)

        asyncio.run(scene())

    def test_frames_after_the_close(self, target: Target) -> None:
        """Whoever sends bytes that are no frame, or goes on after closing, ends alone."""

        async def scene() -> None:
            a, b = target.seats(2)
            async with writing(b) as other:
                for garbage in (
                    b"\x88\x80\0\0\0\0" + b"\x82\x81\0\0\0\0\x03" * 50,
                    b"\xff" * 64,
                    b"\x82\xff" + b"\x7f" * 8,
                ):
                    reader, writer = await handshake(target, a)
                    writer.write(garbage)
                    async with asyncio.timeout(20):
                        while await reader.read(65536):
                            pass
                    writer.close()
                await other.type(0, "Toujours là. ")
            assert "Traceback" not in target.served.log.read_text()

        asyncio.run(scene())
