"""Signing the record: a checkpoint a second when something is new, and the comparison at each start.

The key of the installation lies in the data folder, one file, made at the first start. Whoever has it can
sign another history under this service's name: keep a copy apart, and keep it secret. Losing it stops the
service at the next start rather than letting it sign with another.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from motion.record.checkpoint import Checkpoint, Signer, open_checkpoint, sign_checkpoint
from motion.record.errors import RecordError
from motion.record.tree import Frontier, leaf_hash
from storage import ledger, signed_roots
from storage.models import Checkpoint as SignedRoot
from storage.store import Store

KEY_FILE = "log.key"
BATCH = 5_000  # entries read at once: a few megabytes


class RecordRefused(Exception):
    """The service must not start: its record is not the one it signed, or it can no longer sign."""


@dataclass
class RecordAltered(RecordRefused):
    """A record no longer leads to its last signed root; `number` is the size that was signed."""

    slug: str
    number: int
    found: int


@dataclass
class KeyMissing(RecordRefused):
    """There are signed checkpoints and no key to sign the next ones with."""

    path: str


@dataclass
class KeyUnreadable(RecordRefused):
    """The key's file holds something else than 64 hexadecimal digits."""

    path: str


def load_key(store: Store, data_dir: Path) -> bytes:
    """Return the 32 bytes of the signing key; made at the first start, when nothing is signed yet.

    Raises:
        KeyMissing, KeyUnreadable: The service must not sign with another key.
    """
    path = data_dir / KEY_FILE
    try:
        seed = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        if store.read_now(signed_roots.any_signed):
            raise KeyMissing(str(path)) from None
        return _make_key(path)
    except ValueError:
        raise KeyUnreadable(str(path)) from None
    if len(seed) != 32:
        raise KeyUnreadable(str(path))
    return seed


def _make_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = secrets.token_bytes(32)
    # Written whole under another name first: a crash leaves no half key. The link is refused if another
    # process was faster, and then its key is the one.
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(seed.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        seed = bytes.fromhex(path.read_text().strip())
    finally:
        draft.unlink()
    return seed


class Checkpoints:
    """The right edge of each congress's tree, kept in memory by the one task that signs."""

    def __init__(self, store: Store, seed: bytes) -> None:
        self._store = store
        self._seed = seed
        self._edges: dict[int, Frontier] = {}

    def verify(self) -> None:
        """Rebuild every tree from its entries and compare it with the last signed root.

        Raises:
            RecordAltered: An entry was changed or removed, or an old backup was restored.
        """
        for congress_id, slug, origin in self._store.read_now(signed_roots.logs):
            last = self._store.read_now(signed_roots.last, congress_id)
            edge = self._edges[congress_id] = Frontier()
            for _root_at in self._read(congress_id, edge, last.size if last else None):
                assert last is not None
                if edge.root() != last.root or not self._is_ours(origin, last):
                    raise RecordAltered(slug, last.size, edge.size)
            if last is not None and edge.size < last.size:
                raise RecordAltered(slug, last.size, edge.size)

    def _is_ours(self, origin: str, row: SignedRoot) -> bool:
        try:
            signed = open_checkpoint(row.note.encode(), Signer(origin, self._seed).verifier).checkpoint
        except RecordError:
            return False
        return (signed.size, signed.root) == (row.size, row.root)

    def _read(self, congress_id: int, edge: Frontier, stop: int | None) -> Iterator[None]:
        """Grow an edge to the end of the entries, pausing once at the size `stop`."""
        while True:
            limit = BATCH if stop is None or edge.size >= stop else min(BATCH, stop - edge.size)
            batch = self._store.read_now(ledger.contents, congress_id, edge.size, limit)
            edge.extend(map(leaf_hash, batch))
            if batch and edge.size == stop:
                yield
            if len(batch) < limit:
                return

    def sign_due(self, now: datetime) -> int:
        """Sign one checkpoint for each congress that has something new; return how many were signed.

        The row is committed before anybody is shown the signature: a crash in between leaves a signed
        root that nobody saw and that the next start still holds us to.
        """
        signed = 0
        for congress_id, _slug, origin in self._store.read_now(signed_roots.logs):
            edge = self._edges.setdefault(congress_id, Frontier())
            before = edge.size
            for _ in self._read(congress_id, edge, None):
                pass
            if edge.size > before or (edge.size and not self._store.read_now(signed_roots.has, congress_id, edge.size)):
                note = sign_checkpoint(Checkpoint(origin, edge.size, edge.root()), [Signer(origin, self._seed)])
                row = SignedRoot(congress_id=congress_id, size=edge.size, root=edge.root(), note=note.decode(), at=now)
                signed += self._store.write_now(signed_roots.keep, row)
        return signed
