"""Former states of a room's document: few, and one near any number."""

from motion.live import versions
from motion.live.versions import Versions


def test_the_newest_that_is_not_above_a_number_is_given() -> None:
    """From it the updates in between make the version that a form showed."""
    kept = Versions()
    for number in (10, 20, 20, 15, 30):
        kept.keep(number, b"%d" % number)
    assert [kept.before(number) for number in (9, 10, 29, 99)] == [None, (10, b"10"), (20, b"20"), (30, b"30")]


def test_a_long_day_costs_little_memory() -> None:
    """However many were kept, the newest are close to each other and the oldest far apart."""
    kept = Versions()
    for number in range(0, 260_000, 2_000):
        kept.keep(number, bytes(100))
    assert len(kept._numbers) <= versions.MOST
    assert kept.before(259_999) == (258_000, bytes(100))
    assert kept.before(257_999) == (256_000, bytes(100))


def test_large_documents_are_fewer() -> None:
    """The last one stays in any case."""
    kept = Versions()
    for number in range(1, 20):
        kept.keep(number, bytes(versions.MOST_BYTES // 3))
    assert len(kept._numbers) <= 3 and kept.before(99) is not None
