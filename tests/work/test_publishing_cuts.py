"""A power cut at every step of publishing: taken up again, never twice, nothing lost, no file that nobody knows."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from motion.record.checkpoint import open_checkpoint
from motion.record.tree import leaf_hash, root_of
from motion.work.checkpoints import Checkpoints
from storage import ledger, migrate, removals, signed_roots
from storage.models import Contribution, ContributionFile, FileRendition, Upload
from storage.store import Store
from tests import databases
from tests.web.world import Hall
from tests.work import test_mailbox
from tests.work.dying_publisher import SEED, left
from tests.work.stories import rows
from tests.work.test_media import check_blobs
from tests.worlds import NOW, World

port = test_mailbox.port
ROOT = Path(__file__).parents[2]
PATIENCE_S = 570


def told(story: str, folder: Path, environment: dict[str, str] | None = None) -> Iterator[Hall]:
    """Tell a story as often as it has steps; give what each cut left, and what no cut did."""
    command = [sys.executable, "-m", "tests.work.dying_publisher", story, str(folder), json.dumps(environment or {})]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    places = sorted(folder.glob("step-*"))
    trail = (folder / "whole" / "trail").read_text().splitlines()
    assert len(places) == len(trail) >= 3
    for place in [*places, folder / "whole"]:
        with left(place) as hall:
            yield hall


def kinds(hall: Hall) -> list[str]:
    """The kinds of all entries."""
    raw = hall.service.store.read_now(ledger.contents, 1, 0, 10_000)
    return [json.loads(content)["t"] for content in raw]


def check(hall: Hall, roles: list[str]) -> None:
    """One contribution, published once, with all that was made of its files, each once; signed as it is."""
    (contribution,) = rows(hall, Contribution)
    assert (contribution.state, contribution.published_version) == ("published", 1)
    said = kinds(hall)
    assert [said.count(f"contribution.{deed}") for deed in ("receive", "publish", "show")] == [1, 1, len(roles)]
    made = sorted(rows(hall, FileRendition), key=lambda row: row.id)
    assert [row.role for row in made] == roles
    entries = [row.entry for row in made]
    assert None not in entries and len(set(entries)) == len(roles)
    assert {row.state for row in rows(hall, ContributionFile)} <= {"done", "waiting"}
    folder = hall.service.settings.data_dir
    (folder / "conversions").mkdir(exist_ok=True)
    for cut in (folder / "conversions").iterdir():  # goes a day later
        for file in cut.iterdir():
            file.unlink()
        cut.rmdir()
    asyncio.run(hall.service.blobs.sweep(datetime.now(UTC) + timedelta(days=1)))  # and what was half written
    check_blobs(World(hall.service.store, 1, 1, *[None] * 3), hall.service.blobs, folder)  # type: ignore[arg-type]
    _check_root(hall)


def _check_root(hall: Hall) -> None:
    store = hall.service.store
    checkpoints = Checkpoints(store, SEED)
    checkpoints.verify()
    last = store.read_now(signed_roots.last, 1)
    assert last is not None
    leaves = [leaf_hash(content) for content in store.read_now(ledger.contents, 1, 0, 10_000)]
    signed = open_checkpoint(last.note.encode(), checkpoints.signer("testserver/ormeline").verifier).checkpoint
    assert (signed.size, signed.root) == (len(leaves), root_of(leaves))


def test_what_somebody_sends_with_files(tmp_path: Path) -> None:
    """The form comes again with the same key; each file belongs to one contribution."""
    for hall in told("send", tmp_path):
        check(hall, [])
        assert [row.state for row in rows(hall, Upload)] == ["taken", "taken"]
        assert {row.key for row in rows(hall, Upload)} == {row.blob for row in rows(hall, ContributionFile)}


def test_a_sound_that_is_ready_while_its_words_are_published(tmp_path: Path) -> None:
    """Whichever is first, both are published."""
    for hall in told("meanwhile", tmp_path):
        check(hall, ["sound", "waveform"])


def test_a_sound_that_was_ready_before(tmp_path: Path, postgresql_server: str) -> None:
    """On PostgreSQL."""
    url = databases.new_database(postgresql_server)
    store = Store(url)
    migrate.upgrade(store)
    store.close()
    for hall in told("afterwards", tmp_path, {"DATABASE_URL": url}):
        check(hall, ["sound", "waveform"])


def test_a_paper_form(tmp_path: Path) -> None:
    """Typed once, compared once; its picture, whose signature is hidden, is published with it."""
    given_up = 0
    for hall in told("sheet", tmp_path):
        given_up += len(hall.service.store.read_now(removals.doomed, NOW + timedelta(days=1)))
        check(hall, ["page"])
        assert [row.state for row in rows(hall, Upload)] == ["taken"]
    assert given_up > 0  # what a cut leaves is known before its first byte is written, and goes


def test_a_message(tmp_path: Path, port: int) -> None:
    """Received once, and its author is always asked: whoever is never asked can never agree."""
    url = f"imap://contributions:secret@127.0.0.1:{port}/INBOX?congress=ormeline"
    for hall in told("mail", tmp_path, {"MOTION_IMAP_URL": url, "TEST_IMAP_PORT": str(port)}):
        check(hall, ["photo"])
