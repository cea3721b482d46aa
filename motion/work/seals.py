"""Putting the files of what was withdrawn under seal: encrypted, read again, then the readable ones are destroyed.

What may stop this, and where, is in `storage.withdrawn_files`. Several processes may turn this: the first one wins.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

from motion.record.objects import Commitment
from motion.work.uncut import to_its_end
from storage import removals, sealed_files, sealing, withdrawn_files
from storage.blobs import BlobMissing, Blobs, StoreUnusable
from storage.sealing import SealBroken
from storage.store import Store
from storage.withdrawn_files import Unsealed

log = logging.getLogger("motion.work")

HOLD_EVERY = timedelta(minutes=5)  # far below `withdrawn_files.HELD`


class ReadOtherwise(Exception):
    """The store gave other bytes the second time, or kept others than it was given."""


class Seals:
    """Seals what waits. Owned by one task."""

    def __init__(self, store: Store, blobs: Blobs, data_dir: Path, now: Callable[[], datetime]) -> None:
        self._store, self._blobs, self._data_dir, self._now = store, blobs, data_dir, now
        self._told: set[str] = set()  # blobs of which the operator was told

    async def seal_due(self) -> int:
        """Seal every file that is withdrawn and still readable; return how many.

        One that can't be sealed stays as it is, is logged once, and holds up no other.
        """
        found = await self._store.read(withdrawn_files.unsealed)
        if not found:
            return 0
        key = await asyncio.to_thread(sealing.load_key, self._data_dir)
        count = 0
        for file in found:
            try:
                count += await self._seal(key, file)
            except StoreUnusable as error:
                log.warning("couldn't seal a file that is withdrawn, trying again: %s", error.detail)
                return count
            except Exception as error:
                self._tell(file, error)
        return count

    def _tell(self, file: Unsealed, error: Exception) -> None:
        if file.blob in self._told:
            return
        self._told.add(file.blob)
        about = f"couldn't seal the file of entry {file.target} of congress {file.congress_id}, withdrawn"
        if isinstance(error, SealBroken):
            log.error("%s: `%s` is not the key under which it was withdrawn; put that file back", about, sealing.FILE)
        elif isinstance(error, BlobMissing):
            log.error("%s: it is not in the store of files", about)
        elif isinstance(error, ReadOtherwise):
            log.error("%s: the store of files doesn't give back what it was given; look at its disk", about)
        else:
            log.error("%s", about, exc_info=error)

    async def _seal(self, key: bytes, file: Unsealed) -> bool:
        """Seal one file; whether this call is the one that did."""
        # Opened first: under another key, such as one that a new machine has just made, nothing must be sealed.
        salt = sealing.take_out(key, file.name, file.sealed)
        copy = secrets.token_hex(16)
        if not await self._store.write(withdrawn_files.reserve, file, copy, self._now()):
            return False
        try:
            await self._write(key, salt, file, copy)
        except BaseException:
            await asyncio.shield(self._store.write(removals.doom, copy, self._now()))
            raise
        return await to_its_end(self._store.write(withdrawn_files.swap, file, copy, self._now()))

    async def _write(self, key: bytes, salt: bytes, file: Unsealed, copy: str) -> None:
        """Write the encrypted blob and read it again, as an auditor would: the readable one is about to go."""
        read = Commitment(salt)
        chunks = self._held(copy, _shown(self._blobs.read(file.blob), read))
        random = secrets.token_bytes(sealed_files.RANDOM_BYTES)
        await self._blobs.write(copy, sealed_files.lock_away(key, random, file.name, chunks))
        kept = Commitment(salt)
        try:
            async for _piece in self._held(
                copy, _shown(sealed_files.take_out(self._blobs, copy, key, file.name), kept)
            ):
                pass
        except SealBroken as error:
            raise ReadOtherwise from error
        if kept.name != read.name:
            raise ReadOtherwise
        if read.name != file.name:
            # Either the disk altered it since it was sent, or it was misread: only the latter is worth another try.
            again = Commitment(salt)
            async for _piece in self._held(copy, _shown(self._blobs.read(file.blob), again)):
                pass
            if again.name != read.name:
                raise ReadOtherwise
            log.error("the file of entry %d of congress %d isn't what was received", file.target, file.congress_id)

    async def _held(self, copy: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Give signs of life as a file goes by."""
        due = self._now() + HOLD_EVERY
        async for chunk in chunks:
            if (now := self._now()) >= due:
                await self._store.write(withdrawn_files.hold, copy, now)
                due = now + HOLD_EVERY
            yield chunk


async def _shown(chunks: AsyncIterator[bytes], commitment: Commitment) -> AsyncIterator[bytes]:
    """A file in pieces, committed to on its way."""
    async for chunk in chunks:
        await asyncio.to_thread(commitment.update, chunk)
        yield chunk
