"""One read for all who ask the same thing at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from motion.web.shared_reads import SharedReads
from motion.web.turns import PER_TURN


class Source:
    """Something that changes, and is slow to read; it counts how often it was."""

    def __init__(self) -> None:
        self.value = 0
        self.reads = 0

    async def read(self) -> int:
        self.reads += 1
        seen = self.value
        await asyncio.sleep(0.01)
        return seen


def run(test: Callable[[], Awaitable[None]]) -> None:
    """On a loop of its own."""
    asyncio.run(test())  # type: ignore[arg-type]


def test_a_thousand_who_ask_at_once_cost_two_reads() -> None:
    """The first, and the one for those who came while it ran."""

    async def test() -> None:
        shared, source = SharedReads(), Source()
        answers = await asyncio.gather(*(shared.get("page", source.read) for _ in range(1000)))
        assert set(answers) == {0} and source.reads == 2

    run(test)


def test_nobody_is_shown_what_was_before_they_asked() -> None:
    """What changed while a read ran is seen by whoever asks after the change."""

    async def test() -> None:
        shared, source = SharedReads(), Source()
        early = asyncio.ensure_future(shared.get("page", source.read))
        await asyncio.sleep(0.001)
        source.value = 1
        assert await shared.get("page", source.read) == 1
        assert await early == 0
        source.value = 2
        assert await shared.get("page", source.read) == 2

    run(test)


def test_other_questions_are_read_apart() -> None:
    """By their key."""

    async def test() -> None:
        shared, source = SharedReads(), Source()
        await asyncio.gather(shared.get("one", source.read), shared.get("other", source.read))
        assert source.reads == 2

    run(test)


def test_a_failure_is_told_to_all_who_waited_and_to_nobody_else() -> None:
    """The next one reads again."""

    async def test() -> None:
        shared, source = SharedReads(), Source()

        async def fail() -> int:
            await source.read()
            raise LookupError

        answers = await asyncio.gather(*(shared.get("page", fail) for _ in range(5)), return_exceptions=True)
        assert all(isinstance(answer, LookupError) for answer in answers)
        assert await shared.get("page", source.read) == 0

    run(test)


def test_a_reader_who_leaves_takes_nobody_along() -> None:
    """Cancelled while the others wait."""

    async def test() -> None:
        shared, source = SharedReads(), Source()
        leaving = asyncio.ensure_future(shared.get("page", source.read))
        staying = [asyncio.ensure_future(shared.get("page", source.read)) for _ in range(3)]
        await asyncio.sleep(0.001)
        leaving.cancel()
        assert await asyncio.gather(*staying) == [0, 0, 0]
        with pytest.raises(asyncio.CancelledError):
            await leaving

    run(test)


def test_those_who_waited_are_answered_in_handfuls() -> None:
    """A read that ends for hundreds does not keep whatever else runs here waiting for all of them."""

    async def test() -> None:
        shared, source = SharedReads(), Source()
        answered = 0

        async def reader() -> None:
            nonlocal answered
            await shared.get("page", source.read)
            answered += 1

        readers = [asyncio.ensure_future(reader()) for _ in range(200)]
        seen = [0]
        while answered < 200:
            await asyncio.sleep(0)
            seen.append(answered)
        await asyncio.gather(*readers)
        assert max(after - before for before, after in zip(seen, seen[1:], strict=False)) <= 2 * PER_TURN

    run(test)
