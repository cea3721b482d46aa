"""Objects out of publication, kept for a court: encrypted, under a key that is a file and not a row.

Whoever copies the database, or has an old backup of it, reads nothing of them. Lost, the key takes them along:
nothing else depends on it.
"""

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from motion import key_files

FILE = "retraits.key"
NONCE_BYTES = 12


class SealBroken(Exception):
    """The bytes were sealed under another key or name, or are damaged."""


def load_key(data_dir: Path) -> bytes:
    """Return the installation's key; the first call makes it."""
    return key_files.load(data_dir, FILE)


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
