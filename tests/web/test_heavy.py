"""Work on long texts is bounded, and done once for all who ask the same."""

import asyncio
import threading

import pytest
from starlette.exceptions import HTTPException

from motion.web.heavy import Heavy


class Work:
    """Works that go on until they are let go; it knows how many ran together, and how often it began."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = self.together = self.most = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            self.begun += 1
            self.together += 1
            self.most = max(self.most, self.together)
            number = self.begun
        assert self.gate.wait(60)
        with self._lock:
            self.together -= 1
        return number


async def until(asked) -> None:
    """Poll."""
    for _ in range(6_000):
        if asked():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never came")


def test_few_are_worked_at_together() -> None:
    """The others wait their turn, and all are done."""

    async def test() -> None:
        heavy, work = Heavy(at_once=2, most_waiting=50), Work()
        asked = [asyncio.ensure_future(heavy.share(number, work)) for number in range(10)]
        await until(lambda: work.begun == 2)
        await asyncio.sleep(0.05)
        assert work.begun == 2
        work.gate.set()
        assert sorted(await asyncio.gather(*asked)) == list(range(1, 11)) and work.most <= 2

    asyncio.run(test())


def test_the_same_is_done_once_for_all_who_ask_meanwhile() -> None:
    """And again for who asks later."""

    async def test() -> None:
        heavy, work = Heavy(at_once=2, most_waiting=1), Work()
        asked = [asyncio.ensure_future(heavy.share("same", work)) for _ in range(100)]
        await until(lambda: work.begun == 1)
        work.gate.set()
        assert set(await asyncio.gather(*asked)) == {1}
        assert await heavy.share("same", work) == 2

    asyncio.run(test())


def test_too_many_are_sent_away_and_may_come_back() -> None:
    """With the seconds after which to try again."""

    async def test() -> None:
        heavy, work = Heavy(at_once=1, most_waiting=3), Work()
        asked = [asyncio.ensure_future(heavy.share(number, work)) for number in range(3)]
        await until(lambda: work.begun == 1)
        with pytest.raises(HTTPException) as refused:
            await heavy.share("one more", work)
        assert refused.value.status_code == 503 and refused.value.headers == {"Retry-After": "10"}
        work.gate.set()
        await asyncio.gather(*asked)
        assert await heavy.share("one more", work) == 4

    asyncio.run(test())


def test_who_leaves_frees_no_place_before_the_work_is_done() -> None:
    """Closing the page a hundred times does not make a hundred threads."""

    async def test() -> None:
        heavy, work = Heavy(at_once=1, most_waiting=50), Work()
        left = asyncio.ensure_future(heavy.share("left", work))
        await until(lambda: work.begun == 1)
        left.cancel()
        stayed = asyncio.ensure_future(heavy.share("stayed", work))
        await asyncio.sleep(0.05)
        assert work.begun == 1
        work.gate.set()
        assert await stayed == 2 and work.most == 1

    asyncio.run(test())


def test_a_failure_is_told_to_who_asked_and_kept_from_who_comes_later() -> None:
    """Nor does it fill the place of a work."""

    async def test() -> None:
        heavy = Heavy(at_once=1, most_waiting=1)

        def fail() -> int:
            raise LookupError

        answers = await asyncio.gather(*(heavy.share("same", fail) for _ in range(3)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [LookupError] * 3
        assert await heavy.share("same", lambda: 7) == 7

    asyncio.run(test())
