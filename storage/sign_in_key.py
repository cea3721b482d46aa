"""The key under which short secrets are hashed: six digits, card codes, networks.

Without it, whoever copies the database could try all codes at leisure. It is a file of the data folder,
not a row. Lost, it is made anew: cards already printed keep their QR code, and their short code ends.
"""

import os
import secrets
from pathlib import Path

FILE = "connexion.key"
LENGTH_BYTES = 32


def load(data_dir: Path) -> bytes:
    """Return the installation's key; the first call makes it, readable by its owner alone."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / FILE
    if not path.exists():
        # Written whole under another name, then linked: of two processes that start together, one wins,
        # and neither ever reads half a key.
        draft = data_dir / f"{FILE}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(LENGTH_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
