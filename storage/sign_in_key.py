"""The key under which short secrets are hashed: six digits, card codes, networks.

Without it, whoever copies the database could try all codes at leisure. It is a file of the data folder,
not a row. Lost, it is made anew: cards already printed keep their QR code, and their short code ends.
"""

from pathlib import Path

from motion import key_files

FILE = "connexion.key"


def load(data_dir: Path) -> bytes:
    """Return the installation's key; the first call makes it."""
    return key_files.load(data_dir, FILE)
