"""What others do while a copy is written: it is of one state, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bagit
import pytest

from motion.archive.export import Progress, export
from motion.commands import run
from motion.exports.log_folder import ChangedMeanwhile
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.work.withdrawals import Scrubs
from tests import databases
from tests.archive.conftest import Export
from tests.archive.test_export import bytes_of
from tests.audit.world import Script, official, play, redact


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty PostgreSQL."""
    return databases.new_database(request.getfixturevalue("postgresql_server"))


def at_steps(deed: Callable[[], None], *steps: int) -> Progress:
    """Do something at these steps of an export."""
    taken = 0

    def progress(part: str, done: int, total: int) -> None:
        nonlocal taken
        taken += 1
        if taken in steps:
            deed()

    return progress


def secretary(script: Script) -> Actor:
    """Who runs the congress."""
    return Actor(script.congress, Role.SECRETARIAT, secretary_id=1)


def test_a_copy_from_postgresql_is_of_one_state(address: str, exported: Export, tmp_path: Path) -> None:
    """Entries are appended and signed all the while: it is byte for byte the copy of before them, from SQLite."""
    script, rooms = play(tmp_path / "service", DATABASE_URL=address)
    more = iter(range(1, 100))

    def append() -> None:
        number = next(more)
        script.store.write_now(official, script, secretary(script), f"Nom{number}", "Ajouté")
        script.sign()

    folder = tmp_path / "copie"
    copied = export(
        rooms.settings, script.store, "ormeline", folder, progress=at_steps(append, 1, 5, 20, 50, 90), wait_s=2
    )
    added = next(more) - 1
    assert (added, copied.size) == (5, exported.copied.size)
    assert bytes_of(folder) == bytes_of(exported.folder)
    bagit.Bag(str(folder)).validate()
    assert run(["verify", str(folder)], {"LANG": "fr_FR.UTF-8"}) == 0
    later = export(rooms.settings, script.store, "ormeline", tmp_path / "ensuite", wait_s=2)
    script.store.close()
    assert later.size > copied.size
    assert run(["verify", str(tmp_path / "ensuite")], {"LANG": "fr_FR.UTF-8"}) == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_words_erased_meanwhile_are_scrubbed_once_it_is_over(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The copy is refused, for it holds them; the database is scrubbed after the export, not given up."""
    own = {} if kind == "sqlite" else {"DATABASE_URL": request.getfixturevalue("address")}
    script, rooms = play(tmp_path / "service", **own)
    scrubs = Scrubs(script.store)
    assert asyncio.run(scrubs.scrub_due())
    done: list[bool] = []

    def erase() -> None:
        redact(script, secretary(script), [27], "effacement", "injure", None, 1)
        with ThreadPoolExecutor(1) as elsewhere:  # the export has a loop of its own here
            done.append(elsewhere.submit(asyncio.run, scrubs.scrub_due()).result())

    with pytest.raises(ChangedMeanwhile):
        export(rooms.settings, script.store, "ormeline", tmp_path / "copie", progress=at_steps(erase, 3), wait_s=2)
    assert done == [False]
    assert asyncio.run(scrubs.scrub_due())
    if kind == "sqlite":
        log = Path(script.store.engine.url.database + "-wal")
        assert log.stat().st_size == 0
    script.store.close()
