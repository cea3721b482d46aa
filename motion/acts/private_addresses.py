"""The private address of a contribution: its secret, and what the database knows of it.

The secret is 128 random bits, written as 32 hexadecimal digits, which are easily read aloud and typed. Rows hold the
SHA-256 of the bits. Whoever has the address is the author; nobody can find it again.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

SECRET_BYTES = 16
_SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PrivateAddress:
    """`hash` goes to the database; `secret` to the author and nowhere else."""

    secret: str
    hash: bytes

    def url(self, base_url: str, slug: str) -> str:
        """The whole address."""
        return f"{base_url}/{slug}/suivi/{self.secret}"


def draw() -> PrivateAddress:
    """Draw a new one."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return PrivateAddress(secret.hex(), hash_of(secret))


def hash_of(secret: bytes) -> bytes:
    """What the database knows: enough for 128 random bits."""
    return hashlib.sha256(secret).digest()


def hash_of_typed(text: str) -> bytes | None:
    """What the database knows of a secret as it stands in an address; None when it can't be one."""
    typed = text.lower()
    return hash_of(bytes.fromhex(typed)) if _SECRET.fullmatch(typed) else None
