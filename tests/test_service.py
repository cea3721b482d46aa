"""The life of a process: what it does by itself, and what stops it before anybody is served."""

import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from motion import settings
from motion.acts import congresses
from motion.acts.congresses import NewCongress
from motion.rules.vocabulary import Phase
from storage import migrate
from storage.store import Store
from tests.servers import serving

PATIENCE_SECONDS = 20


def congress_with(data: Path, opens_at: datetime) -> None:
    """Make a congress whose collection opens at an hour."""
    store = Store(settings.read({"MOTION_DATA": str(data)}).database_url)
    migrate.upgrade(store)
    form = NewCongress(
        "Congrès d’Ormeline",
        "ormeline",
        "Valbrune",
        opens_at.date(),
        opens_at.date(),
        calendar={Phase.COLLECTION: opens_at},
    )
    store.write_now(congresses.create, None, form, host="motion.example", now=datetime.now(UTC))
    store.close()


def ask(data: Path, question: str) -> list[tuple[object, ...]]:
    """Ask the database from outside the service."""
    with sqlite3.connect(data / "motion.sqlite") as database:
        return database.execute(question).fetchall()


class TestTurns:
    """What happens without anybody."""

    def test_a_phase_opens_at_its_hour_and_the_record_is_signed(self, tmp_path: Path) -> None:
        """Seconds later the congress is in its phase, and a checkpoint covers the entry that says so."""
        congress_with(tmp_path, datetime.now(UTC) + timedelta(seconds=1))
        with serving(tmp_path):
            limit = time.monotonic() + PATIENCE_SECONDS
            while ask(tmp_path, "SELECT max(size) FROM checkpoint") != [(2,)]:
                assert time.monotonic() < limit, "no phase was opened and signed"
                time.sleep(0.1)
        assert ask(tmp_path, "SELECT phase FROM congress") == [("collection",)]
        assert [kind for (kind,) in ask(tmp_path, "SELECT kind FROM entry ORDER BY number")] == [
            "congress.open",
            "phase.change",
        ]


class TestStart:
    """A record that is not the one that was signed."""

    @pytest.mark.parametrize("language", ["fr_FR.UTF-8", "en_GB.UTF-8"])
    def test_an_altered_record_stops_the_start_with_a_sentence(self, tmp_path: Path, language: str) -> None:
        """Which congress, what was found, what to do; no trace of the program."""
        congress_with(tmp_path, datetime.now(UTC) - timedelta(days=1))
        with serving(tmp_path):
            limit = time.monotonic() + PATIENCE_SECONDS
            while ask(tmp_path, "SELECT max(size) FROM checkpoint") != [(2,)]:
                assert time.monotonic() < limit
                time.sleep(0.1)
        with sqlite3.connect(tmp_path / "motion.sqlite") as database:
            database.execute("UPDATE entry SET content = CAST('{}' AS BLOB) WHERE number = 0")
        started = subprocess.run(
            [sys.executable, "-m", "motion", "serve", "--port", "1"],
            env={"PATH": os.environ["PATH"], "MOTION_DATA": str(tmp_path), "LANG": language},
            capture_output=True,
            text=True,
            check=False,
        )
        assert started.returncode == 1
        assert "ormeline" in started.stderr and "Traceback" not in started.stderr

    def test_a_misspelt_setting_stops_the_start(self, tmp_path: Path) -> None:
        """MOTION_BASEURL is not MOTION_BASE_URL."""
        started = subprocess.run(
            [sys.executable, "-m", "motion", "serve"],
            env={"PATH": os.environ["PATH"], "MOTION_DATA": str(tmp_path), "MOTION_BASEURL": "https://m.example"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert started.returncode == 1 and "MOTION_BASEURL" in started.stderr


class TestProxy:
    """What stands in front says who asks, if the settings trust it, and nobody else can."""

    @pytest.mark.parametrize(
        ("trusted", "networks"), [("", 1), ("127.0.0.1", 3), ("10.1.2.3", 1), ("127.0.0.0/8", 3), ("*", 3)]
    )
    def test_tries_are_counted_by_where_people_are(self, tmp_path: Path, trusted: str, networks: int) -> None:
        """Three people behind one proxy have three counts; without trust, a header gives nobody a new count."""
        congress_with(tmp_path, datetime.now(UTC) + timedelta(days=1))
        # uvicorn's own variable must not open what our setting closes.
        with serving(tmp_path, extra={"MOTION_TRUSTED_PROXIES": trusted, "FORWARDED_ALLOW_IPS": "*"}) as running:
            for number in range(3):
                request = urllib.request.Request(
                    f"{running.address}/ormeline/connexion/carte",
                    b"card=7KQ3XPD9TR",
                    {"X-Forwarded-For": f"192.0.2.{number}", "Origin": running.address},
                )
                with pytest.raises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(request)
                refused.value.close()
                assert refused.value.code == 422
        assert ask(tmp_path, "SELECT count(DISTINCT key) FROM sign_in_attempt WHERE key LIKE 'code-network:%'") == [
            (networks,)
        ]
