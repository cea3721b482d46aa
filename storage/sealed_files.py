"""Files out of publication, kept for a court: encrypted piece by piece, in the store of files.

    16 bytes     `MARK`
    32 bytes     drawn at random, for this file alone
    then         pieces of 1 MiB of the file, each followed by the 16 bytes of its tag; the last one may be shorter

AES-256-GCM under a key of this file alone: HKDF-SHA256 (RFC 5869) of the installation's key (`storage.sealing`), with
the random bytes as salt and as info `motion sealed file ` and the name of the object. The nonce of a piece is its
number from 0, in 12 bytes, big end first; authenticated beside it is `last` or `more`: the construction STREAM of
Hoang, Reyhanitabar, Rogaway and Vizard (CRYPTO 2015). A file that is cut, lengthened, put in another order or taken for
another does not open. Memory holds one piece.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.blobs import BlobMissing, Blobs
from storage.sealing import SealBroken

MARK = b"motion scelle 1\n"
RANDOM_BYTES = 32
HEAD_BYTES = len(MARK) + RANDOM_BYTES
PIECE_BYTES = 1 << 20
TAG_BYTES = 16
LOCKED_BYTES = PIECE_BYTES + TAG_BYTES
_NONCE_BYTES = 12


async def lock_away(key: bytes, random: bytes, name: str, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Encrypt a file as it comes.

    Args:
        key: Of the installation.
        random: 32 bytes from a cryptographic generator, used for this file alone.
        name: Of the object.
    """
    cipher = _cipher(key, random, name)
    yield MARK + random
    number = 0
    async for piece, is_last in _regrouped(chunks, PIECE_BYTES):
        # In a thread: who writes a motion in this process must not wait for gigabytes, one millisecond at a time.
        yield await asyncio.to_thread(cipher.encrypt, _nonce(number), piece, _place(is_last))
        number += 1


async def take_out(blobs: Blobs, blob: str, key: bytes, name: str) -> AsyncGenerator[bytes, None]:
    """Read a file again, in pieces of at most `PIECE_BYTES`, each of them proven before it is given.

    Raises:
        SealBroken: Not under this key and name, or damaged; what was given before is right, and is not all.
        BlobMissing: It is not in the store.
        StoreUnusable: The store can't be reached.
    """
    cipher = await _opened(blobs, blob, key, name)
    number = 0
    async with aclosing(cast(AsyncGenerator[bytes, None], blobs.read(blob, HEAD_BYTES))) as chunks:
        async for locked, is_last in _regrouped(chunks, LOCKED_BYTES):
            yield await asyncio.to_thread(_unlocked, cipher, number, locked, is_last, name)
            number += 1


async def look(blobs: Blobs, blob: str, key: bytes, name: str) -> int:
    """Open the first and the last piece of a file, and return how many bytes the file has.

    What is wrong in between is found by `take_out` alone.

    Raises:
        SealBroken, BlobMissing, StoreUnusable: See `take_out`.
    """
    cipher = await _opened(blobs, blob, key, name)
    length = await _length(blobs, blob, name) - HEAD_BYTES
    last = (length - 1) // LOCKED_BYTES
    for number in sorted({0, last}):
        start, end = number * LOCKED_BYTES, min(length, (number + 1) * LOCKED_BYTES)
        chunks = blobs.read(blob, HEAD_BYTES + start, HEAD_BYTES + end)
        locked = b"".join([chunk async for chunk in chunks])
        await asyncio.to_thread(_unlocked, cipher, number, locked, number == last, name)
    return length - (last + 1) * TAG_BYTES


async def _opened(blobs: Blobs, blob: str, key: bytes, name: str) -> AESGCM:
    await _length(blobs, blob, name)
    head = b"".join([chunk async for chunk in blobs.read(blob, 0, HEAD_BYTES)])
    if not head.startswith(MARK):
        raise SealBroken(name)
    return _cipher(key, head[len(MARK) :], name)


async def _length(blobs: Blobs, blob: str, name: str) -> int:
    """How many bytes lie in the store."""
    length = await blobs.size(blob)
    if length is None:
        raise BlobMissing(blob)
    if length < HEAD_BYTES + TAG_BYTES:
        raise SealBroken(name)
    return length


async def _regrouped(chunks: AsyncIterator[bytes], size: int) -> AsyncGenerator[tuple[bytes, bool], None]:
    """Pieces of one size, each with whether it is the last, which may be shorter: one empty piece of nothing."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


def _cipher(key: bytes, random: bytes, name: str) -> AESGCM:
    own = HKDF(SHA256(), 32, salt=random, info=b"motion sealed file " + name.encode()).derive(key)
    return AESGCM(own)


def _unlocked(cipher: AESGCM, number: int, locked: bytes, is_last: bool, name: str) -> bytes:
    try:
        return cipher.decrypt(_nonce(number), locked, _place(is_last))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(name) from error


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")


def _place(is_last: bool) -> bytes:
    return b"last" if is_last else b"more"
