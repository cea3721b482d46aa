"""Each task at its own pace, and none that stops the others."""

import asyncio

import pytest

from motion.work.loop import Turn, keep_turning


class Panic(BaseException):
    """As pycrdt's, which is no Exception."""


@pytest.mark.parametrize("failure", [ValueError, Panic])
def test_a_task_that_fails_is_tried_again_and_stops_no_other(failure: type[BaseException]) -> None:
    """A text that cannot be replayed must not end the signing of the record."""
    tries, signed = 0, 0

    async def replay() -> None:
        nonlocal tries
        tries += 1
        raise failure

    async def sign() -> None:
        nonlocal signed
        signed += 1

    async def story() -> None:
        turning = asyncio.create_task(keep_turning([Turn("histories", 1, replay), Turn("checkpoints", 1, sign)]))
        await asyncio.sleep(0.1)
        assert not turning.done()
        turning.cancel()
        await asyncio.gather(turning, return_exceptions=True)

    asyncio.run(story())
    assert tries > 1 and signed > 1
