"""Signing the record: a checkpoint a second when something is new, at once when something solemn is.

What is signed is compared at each start with what there is: the entries, the tiles, the root kept beside the key
(`signed_aside`) and, for a congress that has witnesses, what they saw (`publishing`). Steps of a signature, and
what the next start finds after a crash behind each:

1. entries are read, committed: nothing is signed, the next turn signs;
2. tiles computed, root signed, kept beside the key: the next turn signs a root of the same history again;
3. tiles and root committed: it is published; if this process never learns it, the next turn finds it and goes on.

The key of the installation lies in the data folder, one file, made at the first start. Whoever has it can
sign another history under this service's name: keep a copy apart, and keep it secret. Losing it stops the
service at the next start rather than letting it sign with another.
"""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from motion import key_files
from motion.record.checkpoint import Checkpoint, Signer, open_checkpoint, sign_checkpoint
from motion.record.errors import RecordError
from motion.record.tiles import grow_tiles
from motion.record.tree import Frontier, leaf_hash
from motion.work.signed_aside import SignedAside
from storage import ledger, log_tiles, signed_roots
from storage.log_tiles import Tiles
from storage.models import Checkpoint as SignedRoot
from storage.signed_roots import Log, TilesDisagree
from storage.store import Store

log = logging.getLogger("motion.record")

KEY_FILE = "log.key"
# What people wait to see signed: a text frozen or decided on, the congress that moves on, the end of a record.
SOLEMN = (
    "motion.freeze",
    "motion.adopt",
    "motion.reject",
    "motion.withdraw",
    "phase.change",
    "redaction",
    "witness.change",
    "log.close",
)


class RecordRefused(Exception):
    """The service must not start: its record is not the one it signed, or it can no longer sign."""


@dataclass
class RecordAltered(RecordRefused):
    """A record no longer leads to its last signed root; `number` is the size that was signed."""

    slug: str
    number: int
    found: int


@dataclass
class RecordBehind(RecordRefused):
    """Somebody holds a signed root of more entries than there are: the database is an older one.

    `holder` is the file beside the key, or the address of a witness or of a mirror; `witness` the witness's name.
    """

    slug: str
    signed: int
    found: int
    holder: str
    witness: str = ""


@dataclass
class RecordForked(RecordRefused):
    """A witness (of this name) or a mirror holds a root that this record does not lead to; `signed` is its size."""

    slug: str
    signed: int
    holder: str
    witness: str = ""


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
    if not path.exists():
        if store.read_now(signed_roots.any_signed):
            raise KeyMissing(str(path))
        data_dir.mkdir(parents=True, exist_ok=True)
        key_files.make(path, secrets.token_hex(key_files.LENGTH_BYTES).encode() + b"\n")
    try:
        seed = bytes.fromhex(path.read_text().strip())
    except ValueError:
        raise KeyUnreadable(str(path)) from None
    if len(seed) != key_files.LENGTH_BYTES:
        raise KeyUnreadable(str(path))
    return seed


class Checkpoints:
    """What signs: for each congress, the tree at its last signed root. Owned by the one task that signs.

    Several processes may each have one on the same database: see `storage.signed_roots`.
    """

    def __init__(self, store: Store, seed: bytes, aside: SignedAside | None = None) -> None:
        self._store = store
        self._seed = seed
        self._aside = aside
        self._trees: dict[int, Frontier] = {}
        self._refused: set[int] = set()  # said once; nothing is signed for them until a restart

    def signer(self, origin: str) -> Signer:
        """The key that signs the log of this origin."""
        return Signer(origin, self._seed)

    def verify(self) -> None:
        """Rebuild every tree from its entries and compare it with what was signed.

        Raises:
            RecordAltered: An entry was changed or removed, or an old backup was restored.
            RecordBehind: An old backup was restored.
        """
        for record in self._store.read_now(signed_roots.logs):
            if not record.is_retired:
                self._trees[record.congress_id] = self._compared(record)

    def _compared(self, record: Log) -> Frontier:
        """The tree at the last signed root, once the entries lead to it and to the root kept beside the key.

        Tiles that do not agree with the entries are computed again: nothing rests on them.
        """
        signer = self.signer(record.origin)
        last = self._store.read_now(signed_roots.last, record.congress_id)
        aside = None if self._aside is None or record.is_passing else self._aside.read(signer.verifier)
        if last is not None and not self._is_ours(signer, last):
            raise RecordAltered(record.slug, last.size, record.entries)
        if self._aside is not None and aside is not None and aside.size > record.entries:
            found = self._store.read_now(ledger.size, record.congress_id)  # another process may have gone on meanwhile
            if aside.size > found:
                raise RecordBehind(record.slug, aside.size, found, str(self._aside.path(record.origin)))
        marks = {mark.size: mark.root for mark in (last, aside) if mark is not None}
        if last is not None and aside is not None and last.size == aside.size and last.root != aside.root:
            raise RecordAltered(record.slug, last.size, record.entries)
        signed = last.size if last else 0
        tree, at_signed = Frontier(), Frontier()
        right: dict[int, bytes] = {}
        tiles_agree = True
        for size in sorted({*marks, signed}):
            for leaves in self._leaves(record.congress_id, tree.size, size):
                if tiles_agree and tree.size < signed:
                    grown = grow_tiles(tree.size, right, leaves)
                    tiles_agree = self._store.read_now(log_tiles.agree, record.congress_id, grown)
                    right = log_tiles.next_edge(tree.size + len(leaves), right, grown)
                tree.extend(leaves)
            if tree.size < size or (size in marks and tree.root() != marks[size]):
                raise RecordAltered(record.slug, size, tree.size)
            if size == signed:
                at_signed = tree.copy()
        if not tiles_agree:
            log.warning("computing the tiles of %s again: they did not agree with its entries", record.slug)
            self._store.write_now(log_tiles.rebuild, record.congress_id, signed)
        return at_signed

    def _is_ours(self, signer: Signer, row: SignedRoot) -> bool:
        try:
            signed = open_checkpoint(row.note.encode(), signer.verifier).checkpoint
        except RecordError:
            return False
        return (signed.size, signed.root) == (row.size, row.root)

    def _leaves(self, congress_id: int, start: int, stop: int) -> Iterator[list[bytes]]:
        """Leaf hashes of the entries from one number to another, in batches; fewer when entries are missing."""
        while start < stop:
            limit = min(log_tiles.BATCH - start % log_tiles.BATCH, stop - start)
            batch = self._store.read_now(ledger.contents, congress_id, start, limit)
            if not batch:
                return
            start += len(batch)
            yield [leaf_hash(content) for content in batch]

    def sign_due(self, now: datetime, *, solemn_only: bool = False) -> int:
        """Sign one checkpoint for each congress that has something new; return how many were signed.

        A record that can't be signed stops no other; it is said once.

        Args:
            solemn_only: Leave alone what is new but not `SOLEMN`.
        """
        if solemn_only and not self._store.read_now(signed_roots.any_waits, SOLEMN):
            return 0
        signed = 0
        for record in self._store.read_now(signed_roots.logs):
            if record.is_retired or record.entries == record.signed or record.congress_id in self._refused:
                continue
            if solemn_only and not self._store.read_now(
                signed_roots.waits_for, record.congress_id, SOLEMN, record.signed
            ):
                continue
            try:
                signed += self._sign(record, now)
            except (RecordRefused, TilesDisagree) as refused:
                self._refused.add(record.congress_id)
                log.critical("couldn't sign the record of %s, and will not until a restart: %r", record.slug, refused)
        return signed

    def _sign(self, record: Log, now: datetime) -> bool:
        tree = self._trees.get(record.congress_id)
        if tree is None or tree.size > record.signed:  # new to this process, or a rehearsal begun again
            tree = self._compared(record)
        elif tree.size < record.signed:  # another process signed
            tree = self._caught_up(record, tree)
        self._trees[record.congress_id] = tree
        leaves = [leaf for batch in self._leaves(record.congress_id, tree.size, record.entries) for leaf in batch]
        if not leaves:
            return False
        after = tree.copy()
        after.extend(leaves)
        grown = self._grown(record, tree, after, leaves)
        if grown is None:
            return False
        signer = self.signer(record.origin)
        note = sign_checkpoint(Checkpoint(record.origin, after.size, after.root()), [signer])
        if self._aside is not None and not record.is_passing:
            self._aside.write(record.origin, note)
        row = SignedRoot(congress_id=record.congress_id, size=after.size, root=after.root(), note=note.decode(), at=now)
        if not self._store.write_now(signed_roots.keep, record.congress_id, tree, grown, row, signer.verifier.encode()):
            return False
        self._trees[record.congress_id] = after
        return True

    def _grown(self, record: Log, tree: Frontier, after: Frontier, leaves: list[bytes]) -> Tiles | None:
        """The tiles to write; None when another process has signed meanwhile."""
        grown = self._store.read_now(signed_roots.grow, record.congress_id, tree, after, leaves)
        if grown is None:
            if not self._store.write_now(signed_roots.mend, record.congress_id, tree.size):
                return None
            log.warning("computed the tiles of %s again: they did not lead to its signed root", record.slug)
            grown = self._store.read_now(signed_roots.grow, record.congress_id, tree, after, leaves)
            last = self._store.read_now(signed_roots.last, record.congress_id)
            if grown is None and (last.size if last else 0) == tree.size:
                raise TilesDisagree(record.congress_id, tree.size)
        return grown

    def _caught_up(self, record: Log, tree: Frontier) -> Frontier:
        last = self._store.read_now(signed_roots.last, record.congress_id)
        assert last is not None
        after = tree.copy()
        for leaves in self._leaves(record.congress_id, tree.size, last.size):
            after.extend(leaves)
        if (after.size, after.root()) != (last.size, last.root):
            raise RecordAltered(record.slug, last.size, after.size)
        return after
