"""Objects out of publication, kept for a court: encrypted, under a key that is a file and not a row.

Whoever copies the database, or has an old backup of it, reads nothing of them. Lost, the key takes them along:
nothing else depends on it.
"""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE = "retraits.key"
KEY_BYTES = 32
NONCE_BYTES = 12


class SealBroken(Exception):
    """The bytes were sealed under another key or name, or are damaged."""


def load_key(data_dir: Path) -> bytes:
    """Return the installation's key; the first call makes it, readable by its owner alone."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / FILE
    if not path.exists():
        # Written whole under another name, then linked: of two processes, one wins, and neither reads half a key.
        draft = data_dir / f"{FILE}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def lock_away(key: bytes, nonce: bytes, name: str, data: bytes) -> bytes:
    """Encrypt an object. `nonce` is 12 fresh random bytes, used for this object alone."""
    return nonce + AESGCM(key).encrypt(nonce, data, name.encode())


def take_out(key: bytes, name: str, sealed: bytes) -> bytes:
    """The object again.

    Raises:
        SealBroken: Not under this key and name.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(name) from error
