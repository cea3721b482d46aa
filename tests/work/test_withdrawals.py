"""What was withdrawn is destroyed when its last day is over."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from motion.acts import disclosures, redactions
from motion.record.entry import decode_entry
from motion.work import withdrawals
from storage import ledger
from storage.store import Store
from tests import worlds
from tests.acts.strokes import Hand
from tests.worlds import NOW

KEY = bytes(32)
COURT = "Tribunal judiciaire d’Ormelac"


def test_a_turn_destroys_what_is_due_and_leaves_the_rest(sqlite_store: Store, tmp_path: Path) -> None:
    """Recorded by the service itself; its bytes are gone from the file, and a second turn finds nothing."""
    world = worlds.make(sqlite_store)
    aline = Hand(world, world.aline, 40)
    said = [aline.type("un"), aline.type("deux")]
    aline.erase("undeux")
    for entry, until in zip(said, (date(2031, 12, 1), date(2032, 6, 1)), strict=True):
        request = sqlite_store.write_now(
            redactions.prepare,
            world.secretariat,
            world.congress_id,
            [entry],
            "retrait",
            "vie-privee",
            "auteur",
            until,
            now=NOW,
        )
        assert request.id is not None
        arguments = {"copy": None, "key": KEY, "nonces": [b"nonce" + entry.to_bytes(7, "big")], "now": NOW}
        sqlite_store.write_now(
            redactions.carry_out,
            world.secretariat,
            world.congress_id,
            request.id,
            **arguments,  # type: ignore[arg-type]
        )
    over = NOW + timedelta(days=30)
    mark = b"nonce" + said[0].to_bytes(7, "big")
    assert asyncio.run(withdrawals.erase_due(sqlite_store, NOW)) == 0
    assert any(mark in path.read_bytes() for path in tmp_path.glob("motion.sqlite*"))
    assert asyncio.run(withdrawals.erase_due(sqlite_store, over)) == 1
    assert asyncio.run(withdrawals.erase_due(sqlite_store, over)) == 0
    assert asyncio.run(withdrawals.Scrubs(sqlite_store).scrub_due())
    assert not any(mark in path.read_bytes() for path in tmp_path.glob("motion.sqlite*"))
    size = sqlite_store.read_now(ledger.size, world.congress_id)
    told = decode_entry(sqlite_store.read_now(ledger.contents, world.congress_id, size - 1, 1)[0])
    assert (told.by, told.body["kind"], told.body["target"]) == ("system", "effacement", said[0])
    (left,) = sqlite_store.write_now(
        disclosures.hand_over, world.secretariat, world.congress_id, 2, COURT, "commission-rogatoire", key=KEY, now=NOW
    )
    assert left.target.entry == said[1]


def test_what_a_reader_kept_from_being_scrubbed_is_scrubbed_later(sqlite_store: Store, tmp_path: Path) -> None:
    """Once it has gone; and not again before the next decision."""
    world = worlds.make(sqlite_store)
    aline = Hand(world, world.aline, 40)
    said = aline.type("Un propos interdit.")
    aline.erase("Un propos interdit.")
    scrubs = withdrawals.Scrubs(sqlite_store)
    log = tmp_path / "motion.sqlite-wal"
    with sqlite_store.engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM entry")
        request = sqlite_store.write_now(
            redactions.prepare, world.secretariat, 1, [said], "effacement", "diffamation", "auteur", None, now=NOW
        )
        sqlite_store.write_now(
            redactions.carry_out, world.secretariat, 1, request.id, copy=None, key=KEY, nonces=[bytes(12)], now=NOW
        )
        assert not asyncio.run(scrubs.scrub_due())
        assert b"propos interdit" in log.read_bytes()
    assert asyncio.run(scrubs.scrub_due())
    assert log.stat().st_size == 0
    Hand(world, world.aline, 41).type("a")
    assert asyncio.run(scrubs.scrub_due())
    assert log.stat().st_size > 0  # nothing was taken out since
