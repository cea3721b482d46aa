"""The roster from the command line, at its real size."""

import io
import tracemalloc
from pathlib import Path

import pytest
from sqlmodel import func, select

from motion.language import language
from motion.work.roster_import import import_by_hand, import_file
from storage.models import Official
from storage.store import Store
from tests.acts.people import NOW, hall
from tests.rules import rne


def write(folder: Path, lines: int) -> Path:
    """A file of municipal councillors in the true form, with fictional people."""
    path = folder / "elus-conseillers-municipaux-cm.csv"
    headers = rne.headers("cm")
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(headers) + "\n")
        for person in rne.people("cm", lines):
            file.write(";".join(f'"{person.get(header, "")}"' for header in headers) + "\n")
    return path


def officials(store: Store) -> int:
    return store.read_now(lambda db: db.exec(select(func.count()).select_from(Official)).one())


def test_a_department_of_a_large_file_in_bounded_memory(sqlite_store: Store, tmp_path: Path) -> None:
    """Forty thousand lines, one department in five kept: read in pieces, with progress; then again for nothing."""
    hall(sqlite_store)
    path = write(tmp_path, 40_000)
    told: list[tuple[int, int]] = []
    tracemalloc.start()
    try:
        plan, applied = import_file(
            sqlite_store,
            "ormeline",
            path,
            department="2",
            confirm=lambda plan: False,
            progress=lambda done, total: told.append((done, total)),
            now=lambda: NOW,
        )
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not applied and len(plan.added) == 8_000
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert peak < 60_000_000
    for applied_now in (True, False):
        _plan, applied = import_file(
            sqlite_store, "ormeline", path, department="2", confirm=lambda plan: True, now=lambda: NOW
        )
        assert applied is applied_now
        assert officials(sqlite_store) == 8_002


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_command_says_what_it_did(
    sqlite_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    """Counts, then done; a second time there is nothing to import."""
    hall(sqlite_store)
    path = write(tmp_path, 50)
    for _ in range(2):
        status = import_by_hand(
            sqlite_store, "ormeline", path, department="02", yes=True, language=language(code), now=NOW
        )
        assert status == 0
    assert officials(sqlite_store) == 12
    assert "10" in capsys.readouterr().out


def test_no_is_no(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not confirm changes nothing, and the exit status says so."""
    hall(sqlite_store)
    monkeypatch.setattr("sys.stdin", io.StringIO("non\n"))
    status = import_by_hand(
        sqlite_store, "ormeline", write(tmp_path, 50), department=None, yes=False, language=language("fr"), now=NOW
    )
    assert status == 1 and officials(sqlite_store) == 2


def test_lines_beyond_those_shown_are_counted(
    sqlite_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is silently left: refused and doubtful lines alike."""
    hall(sqlite_store)
    path = tmp_path / "liste.csv"
    doubtful = "".join(f"Merlan;Basile;maire;Lieu-{number};\n" for number in range(22))
    path.write_text("Nom;Prénom;Mandat;Commune;Courriel\n" + doubtful + "Seul\n" * 23)
    import_by_hand(sqlite_store, "ormeline", path, department=None, yes=True, language=language("fr"), now=NOW)
    printed = capsys.readouterr().out
    assert "et 2 autres lignes" in printed and "et 3 autres lignes" in printed


def test_a_file_that_is_none(sqlite_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence on the standard error, and nothing imported."""
    hall(sqlite_store)
    path = tmp_path / "liste.xlsx"
    path.write_bytes(b"PK\x03\x04 a spreadsheet")
    status = import_by_hand(sqlite_store, "ormeline", path, department=None, yes=True, language=language("fr"), now=NOW)
    assert status == 1
    assert "CSV" in capsys.readouterr().err
