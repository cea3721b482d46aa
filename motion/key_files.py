"""Secrets that are files of a data folder and not rows, in no copy of a database: the service's and a witness's."""

import os
import secrets
from pathlib import Path

LENGTH_BYTES = 32


def load(data_dir: Path, name: str) -> bytes:
    """Return the 32 bytes of a key; the first call makes its file, readable by its owner alone."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / name
    if not path.exists():
        make(path, secrets.token_bytes(LENGTH_BYTES))
    return path.read_bytes()


def make(path: Path, content: bytes) -> None:
    """Make the file of a secret, readable by its owner alone; when another process is faster, its file stays."""
    # Written whole under a name of its own, then linked: of those who come together one wins, and nobody ever reads
    # half a key. What a crash leaves under that name is in nobody's way.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # what is hashed or sealed under the key must not outlive its name in a power cut
    finally:
        os.close(folder)
