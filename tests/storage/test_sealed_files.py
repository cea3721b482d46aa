"""Files under seal: nothing but the whole file comes out, under its key and its name alone."""

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import blobs, sealed_files
from storage.blobs import BlobMissing, Blobs
from storage.sealed_files import HEAD_BYTES, LOCKED_BYTES, MARK, PIECE_BYTES, TAG_BYTES
from storage.sealing import SealBroken
from tests import object_store

KEY, RANDOM, NAME = bytes(range(32)), bytes(range(32, 64)), "ab" * 32
BLOB, OTHER = "a" * 32, "b" * 32
SIZES = (0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 3 * PIECE_BYTES + 17)


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    """An empty store of each kind."""
    url = ""
    if request.param == "s3":
        base = request.getfixturevalue("s3_server")
        url = object_store.blobs_url(base, object_store.new_bucket(base))
    found = blobs.from_url(url, tmp_path)
    yield found
    found.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Blobs]:
    """A folder, for tests in which the store is not the subject."""
    found = blobs.from_url("", tmp_path)
    yield found
    found.close()


async def seal(store: Blobs, content: bytes, blob: str = BLOB, random: bytes = RANDOM) -> None:
    """Keep a content under seal."""
    await store.write(blob, sealed_files.lock_away(KEY, random, NAME, blobs.chunks(content)))


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def is_broken(store: Blobs, key: bytes = KEY, name: str = NAME) -> bool:
    """Whether reading it to its end is refused."""
    try:
        await whole(sealed_files.take_out(store, BLOB, key, name))
    except SealBroken:
        return True
    return False


def test_what_was_sealed_comes_out(store: Blobs) -> None:
    """In a folder and in a bucket, and nothing of it can be read there."""

    async def story() -> None:
        content = os.urandom(2 * PIECE_BYTES + 17)
        await seal(store, content)
        raw = await whole(store.read(BLOB))
        assert raw.startswith(MARK + RANDOM)
        assert not any(content[at : at + 16] in raw for at in range(0, len(content) - 16, 65_536))
        assert await whole(sealed_files.take_out(store, BLOB, KEY, NAME)) == content
        assert await sealed_files.look(store, BLOB, KEY, NAME) == len(content)

    asyncio.run(story())


@pytest.mark.parametrize("size", SIZES)
def test_any_length(folder: Blobs, size: int) -> None:
    """None, one piece, whole pieces, and what remains."""

    async def story() -> None:
        content = os.urandom(size)
        await seal(folder, content)
        pieces = max(1, -(-size // PIECE_BYTES))
        assert await folder.size(BLOB) == HEAD_BYTES + size + pieces * TAG_BYTES
        assert await whole(sealed_files.take_out(folder, BLOB, KEY, NAME)) == content
        assert await sealed_files.look(folder, BLOB, KEY, NAME) == size

    asyncio.run(story())


def test_another_key_name_or_file_opens_nothing(folder: Blobs) -> None:
    """And not one byte is given."""

    async def story() -> None:
        await seal(folder, b"une voix")
        for key, name in ((bytes(32), NAME), (KEY, "cd" * 32)):
            assert await is_broken(folder, key, name)
            with pytest.raises(SealBroken):
                await sealed_files.look(folder, BLOB, key, name)
        await folder.write(OTHER, blobs.chunks(b"une photo en clair " * 9))
        with pytest.raises(SealBroken):
            await sealed_files.look(folder, OTHER, KEY, NAME)
        with pytest.raises(BlobMissing):
            await sealed_files.look(folder, "c" * 32, KEY, NAME)
        with pytest.raises(BlobMissing):
            await whole(sealed_files.take_out(folder, "c" * 32, KEY, NAME))

    asyncio.run(story())


def test_whatever_is_changed_is_seen(folder: Blobs) -> None:
    """A bit, a cut at any place, an end that comes again, two pieces that change places, a piece of another file."""

    async def story() -> None:
        content = bytes(3 * PIECE_BYTES)  # pieces that are equal: only their places tell them apart
        await seal(folder, content)
        good = await whole(folder.read(BLOB))
        await seal(folder, content, OTHER, random=bytes(32))
        other = await whole(folder.read(OTHER))
        first, second, third = (HEAD_BYTES + number * LOCKED_BYTES for number in range(3))
        changed = {
            f"bit at {at}": good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
            for at in (0, len(MARK), HEAD_BYTES, second - 1, second, len(good) - 1)
        }
        changed |= {
            f"cut at {at}": good[:at]
            for at in (0, 5, HEAD_BYTES, second - 1, second, second + 16, third, len(good) - 1)
        }
        changed["last dropped, end kept"] = good[:second] + good[third:]
        changed["longer"] = good + bytes(16)
        changed["end again"] = good + good[third:]
        changed["swapped"] = good[:first] + good[second:third] + good[first:second] + good[third:]
        changed["of another"] = good[:first] + other[first:second] + good[second:]
        for what, data in changed.items():
            await folder.delete(BLOB)
            await folder.write(BLOB, blobs.chunks(data))
            assert await is_broken(folder), what
        for what in ("cut at 0", f"cut at {second}", f"cut at {len(good) - 1}", "longer", "end again"):
            await folder.delete(BLOB)
            await folder.write(BLOB, blobs.chunks(changed[what]))
            with pytest.raises(SealBroken):  # without reading all of it
                await sealed_files.look(folder, BLOB, KEY, NAME)

    asyncio.run(story())


def test_memory_holds_a_few_pieces(folder: Blobs) -> None:
    """However long the file."""

    async def story() -> None:
        async def film() -> AsyncIterator[bytes]:
            for _ in range(128):
                yield bytes(blobs.CHUNK_BYTES)

        await folder.write(BLOB, sealed_files.lock_away(KEY, RANDOM, NAME, film()))
        async for _piece in sealed_files.take_out(folder, BLOB, KEY, NAME):
            pass

    tracemalloc.start()
    try:
        asyncio.run(story())
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 16 * PIECE_BYTES


def test_a_stranger_to_this_code_opens_it(folder: Blobs) -> None:
    """By the description at the head of the module alone, with no line of it."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    async def story() -> bytes:
        await seal(folder, b"a" * PIECE_BYTES + b"la fin")
        return await whole(folder.read(BLOB))

    raw = asyncio.run(story())
    extracted = hmac.new(raw[16:48], KEY, hashlib.sha256).digest()
    own = hmac.new(extracted, b"motion sealed file " + NAME.encode() + b"\x01", hashlib.sha256).digest()
    last = AESGCM(own).decrypt((1).to_bytes(12, "big"), raw[48 + (1 << 20) + 16 :], b"last")
    assert last == b"la fin"
