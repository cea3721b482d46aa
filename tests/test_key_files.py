"""Secrets that are files: made once, whole, for their owner alone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from motion import key_files


def test_whoever_comes_together_gets_one_key(tmp_path: Path) -> None:
    """Nothing else is left in the folder, which was made for it."""
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: key_files.load(tmp_path / "data", "some.key"), range(8)))
    [key] = keys
    assert len(key) == key_files.LENGTH_BYTES
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["some.key"]
    assert stat.S_IMODE((tmp_path / "data" / "some.key").stat().st_mode) == 0o600
