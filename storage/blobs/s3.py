"""Blobs in any S3-compatible store.

An object of S3 is visible once it is whole: a small file is one PUT; a larger one goes in parts, and is assembled by
the last request. What a crash leaves are parts without an object, which cost room: `sweep` asks the store for such
uploads and ends them.
"""

import asyncio
import http.client
import logging
import re
import xml.etree.ElementTree
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from storage.blobs.address import S3Address
from storage.blobs.local import PARTS, aside, sweep_parts
from storage.blobs.promise import CHUNK_BYTES, BlobMissing, BlobTaken, StoreUnusable, checked
from storage.blobs.signing import Signer

T = TypeVar("T")

log = logging.getLogger(__name__)

PART_BYTES = 6 << 20  # 4 GB are 636 parts; the protocol allows 10,000, and none below 5 MiB but the last
PARTS_AT_ONCE = 2  # on their way; a third one fills meanwhile, and all three are in memory
RETRIED = timedelta(seconds=20)  # then whoever asked is told
SWEEP_SECONDS = 60


class S3Blobs:
    """Blobs in a bucket; see `storage.blobs.promise`.

    Args:
        found: The store.
        folder: Of this machine, for what `as_file` lends.
    """

    def __init__(self, found: S3Address, folder: Path) -> None:
        self.origin = found.public
        self._folder = folder / PARTS
        self._inside = Signer(found.base, found.bucket, found.region, found.key, found.secret)
        self._outside = Signer(found.public, found.bucket, found.region, found.key, found.secret)
        self._store = S3Store(
            found.bucket,
            endpoint=found.base,
            region=found.region,
            access_key_id=found.key,
            secret_access_key=found.secret,
            virtual_hosted_style_request=False,
            client_options={"allow_http": found.base.startswith("http:"), "connect_timeout": timedelta(seconds=5)},
            retry_config={"max_retries": 5, "retry_timeout": RETRIED},
        )

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        # Looked up, and not left to a conditional request, which not every store understands: nobody else draws this
        # key, and whoever finishes the same upload holds its lock.
        if await self.size(key) is not None:
            raise BlobTaken(key)
        first: list[bytes] = []
        length = 0
        async for chunk in chunks:
            first.append(chunk)
            length += len(chunk)
            if length > PART_BYTES:
                break
        else:
            await self._kept(self._store.put_async(key, b"".join(first), use_multipart=False))
            return length
        # The library turns what `chunks` raises into an error of its own: the caller is told the first.
        raised: list[Exception] = []

        async def all_of_it() -> AsyncIterator[bytes]:
            nonlocal length
            # One after another, each let go of: joined, they would lie in memory twice.
            first.reverse()
            while first:
                yield first.pop()
            try:
                async for chunk in chunks:
                    length += len(chunk)
                    yield chunk
            except Exception as error:
                raised.append(error)
                raise

        try:
            await self._kept(
                self._store.put_async(
                    key, all_of_it(), use_multipart=True, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE
                )
            )
        except Exception:
            if raised:
                raise raised[0] from None
            raise
        return length

    async def take(self, key: str, path: Path) -> int:
        async def pieces() -> AsyncIterator[bytes]:
            with path.open("rb") as file:
                while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
                    yield piece

        length = await self.write(key, pieces())
        await asyncio.to_thread(path.unlink)
        return length

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        # A request for each piece: none of them waits for a slow reader, and each is tried again by itself.
        length = await self.size(key)
        if length is None or (end is not None and end > length):
            raise BlobMissing(key)
        end = length if end is None else end
        at = start
        while at < end:
            until = min(end, at + CHUNK_BYTES)
            try:
                piece = await self._asked(self._store.get_range_async(key, start=at, end=until))
            except FileNotFoundError:
                raise BlobMissing(key) from None
            yield bytes(piece)
            at = until

    async def size(self, key: str) -> int | None:
        checked(key)
        try:
            found = await self._asked(self._store.head_async(key))
        except FileNotFoundError:
            return None
        return found["size"]

    async def delete(self, key: str) -> None:
        checked(key)
        await self._in_thread(self._ask, "DELETE", key, {})

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        path = await asyncio.to_thread(aside, self._folder, checked(key))
        try:
            with path.open("xb") as file:
                async for piece in self.read(key):
                    await asyncio.to_thread(file.write, piece)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def address(self, key: str, *, seconds: int, media_type: str, file_name: str, inline: bool = True) -> str | None:
        if not self.origin:
            return None
        way = "inline" if inline else "attachment"
        said = {
            "response-content-type": media_type,
            "response-content-disposition": f"{way}; filename*=UTF-8''{quote(file_name, safe='')}",
            "response-cache-control": "private, no-store",
        }
        return self._outside.address("GET", checked(key), said, seconds=seconds, now=datetime.now(UTC))

    async def sweep(self, before: datetime) -> int:
        removed = await asyncio.to_thread(sweep_parts, self._folder, before)
        for key, upload in await self._in_thread(self._unfinished, before):
            await self._in_thread(self._ask, "DELETE", key, {"uploadId": upload})
            removed += 1
        return removed

    def close(self) -> None:
        """Its connections close by themselves."""

    async def _asked(self, answer: Coroutine[Any, Any, T]) -> T:
        """Ask the store; an object that is not there is a FileNotFoundError."""
        try:
            return await answer
        except FileNotFoundError:
            raise
        except BaseError as error:
            raise StoreUnusable(f"couldn't use the store of files: {error}") from error

    async def _kept(self, answer: Coroutine[Any, Any, object]) -> None:
        try:
            await self._asked(answer)
        except FileNotFoundError as error:
            raise StoreUnusable("the store of files has no such bucket") from error

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        try:
            return await asyncio.to_thread(function, *arguments)
        except (OSError, http.client.HTTPException) as error:
            raise StoreUnusable(f"couldn't reach the store of files: {error}") from error

    def _unfinished(self, before: datetime) -> list[tuple[str, str]]:
        """List the uploads in parts that were begun before a moment: their keys and ids."""
        said = self._ask("GET", "", {"uploads": ""})
        # No declaration of a document type has business here, and with it no entity.
        tree = xml.etree.ElementTree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", said))
        found = []
        for upload in tree.iter():
            if _plain(upload.tag) == "Upload":
                fields = {_plain(each.tag): each.text or "" for each in upload}
                if datetime.fromisoformat(fields["Initiated"].replace("Z", "+00:00")) < before:
                    found.append((fields["Key"].lstrip("/"), fields["UploadId"]))
        return found

    def _ask(self, method: str, key: str, query: dict[str, str]) -> bytes:
        """One request that the library does not know, with a signed address.

        Raises:
            StoreUnusable: It was refused; 404 is an answer like another.
        """
        parts = urlsplit(self._inside.address(method, key, query, seconds=SWEEP_SECONDS, now=datetime.now(UTC)))
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=SWEEP_SECONDS)
        try:
            connection.request(method, f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            said = answer.read()
            if answer.status >= 300 and answer.status != 404:
                raise StoreUnusable(f"the store of files answered {answer.status} to {method}")
            return said
        finally:
            connection.close()


def _plain(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]
