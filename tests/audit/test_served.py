"""A service that runs is checked at its address, by the program, as anybody would."""

import time
import urllib.request
from pathlib import Path

import pytest

from motion.audit.audit import Given, Report, audit
from motion.audit.sources import Address, SourceError
from motion.record.checkpoint import parse_verifier_key
from tests.servers import serving

PATIENCE_S = 30


def check(address: str, cache: Path) -> Report:
    """Check, once the first checkpoint is there."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(f"{address}/log/log.vkey", timeout=60) as answer:
                key = parse_verifier_key(answer.read().decode())
            return audit(Address(address, cache), Given(key))
        except (OSError, SourceError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


@pytest.mark.timeout(120)
class TestServed:
    """`motion serve --demo`."""

    def test_the_demonstration_holds(self, tmp_path: Path):
        """Its motions are written again, one of them adopted; the pages say the same."""
        (tmp_path / "cache").mkdir()
        with serving(tmp_path / "data", "--demo") as service:
            report = check(f"{service.address}/ormeline", tmp_path / "cache")
        assert report.broken is None and report.holds is not None
        counts = report.counts
        assert counts.updates == report.kinds["crdt.update"] > 100
        assert counts.texts == report.kinds["motion.create"] and counts.decisions >= 1
        assert report.officials > 10
