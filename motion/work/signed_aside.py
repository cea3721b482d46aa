"""The last signed root of each record, kept beside the key: what a database restored from an old backup forgot.

One file a record, holding the signed checkpoint as it is published. It is written before the transaction that
keeps the root is committed, hence before anybody can be shown it; the entries that lead to it are committed
already. So after any crash, a database that lacks them is an older one.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from motion.record.checkpoint import Checkpoint, VerifierKey, open_checkpoint
from motion.record.errors import RecordError

FOLDER = "signed"


@dataclass(frozen=True, slots=True)
class SignedAside:
    """The files of a data folder.

    Of two processes that sign at once the smaller root may stand there last, for a second: the next one follows.
    """

    folder: Path

    @classmethod
    def beside(cls, data_dir: Path) -> "SignedAside":
        """The files beside the key of a data folder."""
        return cls(data_dir / FOLDER)

    def path(self, origin: str) -> Path:
        """Name the file of a record: its origin, with `_` for what a file name can't hold."""
        return self.folder / re.sub(r"[^A-Za-z0-9.-]", "_", origin)

    def read(self, key: VerifierKey) -> Checkpoint | None:
        """Return the root kept for the log of this key; None when there is none, or none that the key signed.

        A file cut short or edited proves nothing, and must not stop a service whose record is whole.
        """
        try:
            return open_checkpoint(self.path(key.name).read_bytes(), key).checkpoint
        except (FileNotFoundError, RecordError):
            return None

    def write(self, origin: str, note: bytes) -> None:
        """Keep a signed checkpoint; durable when this returns.

        Raises:
            OSError: It can't be kept, so it must not be shown.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path(origin)
        descriptor, draft = tempfile.mkstemp(prefix=".", dir=self.folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name too must survive a power cut
        finally:
            os.close(folder)
