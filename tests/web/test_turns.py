"""Those who write are not made to wait behind a hall that opens a page."""

import asyncio

from motion.web.turns import Turns


def test_a_few_begin_at_each_turn_in_the_order_in_which_they_came() -> None:
    """Between two turns something else gets through."""
    begun: list[int] = []
    seen: list[int] = []

    async def reader(turns: Turns, number: int) -> None:
        await turns.take()
        begun.append(number)

    async def test() -> None:
        turns = Turns(per_turn=4)
        readers = [asyncio.ensure_future(reader(turns, number)) for number in range(40)]
        while len(begun) < 40:
            seen.append(len(begun))
            await asyncio.sleep(0)
        await asyncio.gather(*readers)

    asyncio.run(test())
    assert begun == list(range(40))
    # What runs beside them never waits for more than two handfuls.
    assert max(after - before for before, after in zip(seen, seen[1:], strict=False)) <= 8


def test_whoever_leaves_the_queue_costs_nobody_a_turn() -> None:
    """A reader who closes the page while waiting."""

    async def test() -> int:
        turns = Turns(per_turn=1)
        await turns.take()
        waiting = [asyncio.ensure_future(turns.take()) for _ in range(5)]
        await asyncio.sleep(0)
        for one in waiting[:4]:
            one.cancel()
        await asyncio.wait_for(waiting[4], 1)
        return sum(one.cancelled() for one in waiting)

    assert asyncio.run(test()) <= 4


def test_alone_nobody_waits() -> None:
    """The turn is taken without a turn of the loop."""

    async def test() -> bool:
        taking = Turns().take()
        try:
            taking.send(None)
        except StopIteration:
            return True
        taking.close()
        return False

    assert asyncio.run(test())
