"""A disk that is full: of what was sent nothing is lost, nothing half made is published, and with room it goes on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def can_mount() -> bool:
    """Whether this machine lets anyone have a small disk of their own."""
    if shutil.which("unshare") is None:
        return False
    probe = [*NAMESPACE, "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="nobody may mount a disk here")  # some kernels refuse user namespaces
def test_with_room_it_goes_on(tmp_path: Path) -> None:
    """Whichever is on the full disk: where files are made, where they are kept, where they are known."""
    small, roomy = tmp_path / "petit", tmp_path / "grand"
    small.mkdir()
    roomy.mkdir()
    program = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" -m tests.work.full_disk "$1" "$3"'
    command = [*NAMESPACE, "sh", "-c", program, "sh", str(small), sys.executable, str(roomy)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    roles = ["video-720", "video-360", "sound", "waveform", "poster"]
    said = {"made": "waits", "kept": "waits", "known": "disk is full"}
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told == [
        {"what": what, "said": said[what], "before": [], "then": 1, "state": "done", "shown": roles} for what in said
    ]
