"""Files: one promise, kept by a folder and by a real S3-compatible server."""

import asyncio
import contextlib
import hashlib
import os
import re
import signal
import subprocess
import sys
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from storage import blobs
from storage.blobs.address import S3Address
from storage.blobs.signing import Signer
from tests import object_store

MIB = 1 << 20
KEY = "0123456789abcdef" * 2
OTHER = "f" * 32
LATER = datetime.now(UTC) + timedelta(days=2)
# Writes without end, says when something of it has left, and waits to be killed.
CUT = """
import asyncio, pathlib, sys
from storage import blobs
async def chunks():
    for number in range(40):
        yield bytes([number]) * (1 << 20)
        await asyncio.sleep(0)
    print("half", flush=True)
    await asyncio.sleep(1_000)
async def main():
    await blobs.from_url(sys.argv[1], pathlib.Path(sys.argv[2])).write(sys.argv[3], chunks())
asyncio.run(main())
"""


@pytest.fixture(params=["local", "s3"])
def url(request: pytest.FixtureRequest) -> str:
    """The setting for each kind of store, empty."""
    if request.param == "local":
        return ""
    base = request.getfixturevalue("s3_server")
    return object_store.blobs_url(base, object_store.new_bucket(base))


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[blobs.Blobs]:
    """An empty store of each kind."""
    store = blobs.from_url(url, tmp_path)
    yield store
    store.close()


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    """What arrives."""
    for part in parts:
        yield part


async def whole(store: blobs.Blobs, key: str, start: int = 0, end: int | None = None) -> bytes:
    """What a reader gets."""
    return b"".join([piece async for piece in store.read(key, start, end)])


class TestKeeping:
    def test_what_was_written_is_read_back(self, store: blobs.Blobs) -> None:
        """Whole, and any part of it."""

        async def story() -> None:
            content = os.urandom(3 * MIB + 17)
            assert await store.write(KEY, pieces(content[:5], content[5:MIB], content[MIB:])) == len(content)
            assert await store.size(KEY) == len(content)
            assert await whole(store, KEY) == content
            for start, end in ((0, 1), (5, 5), (MIB - 1, MIB + 1), (len(content) - 1, len(content)), (7, 2 * MIB + 9)):
                assert await whole(store, KEY, start, end) == content[start:end]
            assert await whole(store, KEY, 2 * MIB) == content[2 * MIB :]
            assert max([len(piece) async for piece in store.read(KEY)]) <= blobs.CHUNK_BYTES

        asyncio.run(story())

    def test_an_empty_file_is_a_file(self, store: blobs.Blobs) -> None:
        """Somebody may send one; it is refused elsewhere."""

        async def story() -> None:
            assert await store.write(KEY, pieces()) == 0
            assert await store.size(KEY) == 0
            assert await whole(store, KEY) == b""

        asyncio.run(story())

    @pytest.mark.parametrize("length", [5, 20 * MIB])
    def test_a_key_is_used_once(self, store: blobs.Blobs, length: int) -> None:
        """The first content stays, whatever the length of the second."""

        async def story() -> None:
            await store.write(KEY, pieces(b"le premier"))
            with pytest.raises(blobs.BlobTaken):
                await store.write(KEY, pieces(*(bytes(min(length, MIB)) for _ in range(max(1, length // MIB)))))
            assert await whole(store, KEY) == b"le premier"

        asyncio.run(story())

    def test_a_file_of_the_disk_is_taken_over(self, store: blobs.Blobs, tmp_path: Path) -> None:
        """It leaves its place once it is kept; a key that is taken leaves it alone."""

        async def story() -> None:
            content = os.urandom(9 * MIB)
            path = tmp_path / "recu"
            path.write_bytes(content)
            assert await store.take(KEY, path) == len(content)
            assert not path.exists()
            assert await whole(store, KEY) == content
            path.write_bytes(b"autre")
            with pytest.raises(blobs.BlobTaken):
                await store.take(KEY, path)
            assert path.read_bytes() == b"autre"

        asyncio.run(story())

    def test_deleting_is_for_good_and_can_be_repeated(self, store: blobs.Blobs) -> None:
        """Afterwards nothing is read; the other files stay."""

        async def story() -> None:
            await store.write(KEY, pieces(b"a"))
            await store.write(OTHER, pieces(b"b"))
            await store.delete(KEY)
            await store.delete(KEY)
            assert await store.size(KEY) is None
            with pytest.raises(blobs.BlobMissing):
                await whole(store, KEY)
            assert await whole(store, OTHER) == b"b"

        asyncio.run(story())

    def test_more_than_there_is_is_refused(self, store: blobs.Blobs) -> None:
        """A reader who was promised a length never gets less in silence."""

        async def story() -> None:
            await store.write(KEY, pieces(b"court"))
            with pytest.raises(blobs.BlobMissing):
                await whole(store, KEY, 0, 6)

        asyncio.run(story())

    def test_a_program_gets_a_file(self, store: blobs.Blobs) -> None:
        """For as long as it needs it; nothing lies about afterwards, and the blob is still there."""

        async def story() -> None:
            await store.write(KEY, pieces(b"une image"))
            async with store.as_file(KEY) as path:
                assert path.read_bytes() == b"une image"
            assert await whole(store, KEY) == b"une image"
            assert await store.sweep(LATER) == 0
            with pytest.raises(blobs.BlobMissing):
                async with store.as_file(OTHER):
                    raise AssertionError("lent")

        asyncio.run(story())

    @pytest.mark.parametrize("key", ["", "../../etc/passwd", KEY.upper(), KEY + "\n", KEY[:-1], f"{KEY[:-2]}/."])
    def test_nothing_but_a_key_becomes_a_path(self, store: blobs.Blobs, key: str) -> None:
        """Every method refuses it before it touches anything."""

        async def story() -> None:
            with pytest.raises(ValueError, match="not a key"):
                await store.write(key, pieces(b"x"))
            with pytest.raises(ValueError, match="not a key"):
                await store.size(key)
            with pytest.raises(ValueError, match="not a key"):
                await store.delete(key)
            with pytest.raises(ValueError, match="not a key"):
                await whole(store, key)

        asyncio.run(story())


class TestCuts:
    @pytest.mark.parametrize("length", [3, 30])
    def test_a_writer_that_fails_leaves_no_file(self, store: blobs.Blobs, length: int) -> None:
        """The error is its own, and the key is free."""

        class Cut(Exception):
            pass

        async def failing() -> AsyncIterator[bytes]:
            for _ in range(length):
                yield bytes(MIB)
            raise Cut

        async def story() -> None:
            with pytest.raises(Cut):
                await store.write(KEY, failing())
            assert await store.size(KEY) is None
            await store.write(KEY, pieces(b"le bon"))
            assert await whole(store, KEY) == b"le bon"

        asyncio.run(story())

    def test_a_writer_that_is_cancelled_leaves_no_file(self, store: blobs.Blobs) -> None:
        """Somebody's connection went away in the middle."""
        begun = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield bytes(MIB)
            begun.set()
            await asyncio.sleep(1_000)

        async def story() -> None:
            task = asyncio.create_task(store.write(KEY, endless()))
            await begun.wait()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            assert await store.size(KEY) is None
            await store.sweep(LATER)
            assert await store.sweep(LATER) == 0

        asyncio.run(story())

    def test_a_killed_writer_leaves_nothing_half_visible(self, url: str, store: blobs.Blobs, tmp_path: Path) -> None:
        """And what it left behind is swept, once nobody can be writing it any more."""
        command = [sys.executable, "-c", CUT, url, str(tmp_path), KEY]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"half\n"
            child.send_signal(signal.SIGKILL)

        async def story() -> None:
            assert await store.size(KEY) is None
            with pytest.raises(blobs.BlobMissing):
                await whole(store, KEY)
            assert await store.sweep(datetime.now(UTC) - timedelta(hours=1)) == 0
            assert await store.sweep(LATER) == 1
            assert await store.sweep(LATER) == 0
            await store.write(KEY, pieces(b"de nouveau"))
            assert await whole(store, KEY) == b"de nouveau"

        asyncio.run(story())

    def test_a_large_file_is_never_in_memory(self, store: blobs.Blobs) -> None:
        """200 MB pass through Python with a few megabytes held."""

        async def many() -> AsyncIterator[bytes]:
            for number in range(200):
                yield bytes([number]) * MIB

        async def story() -> None:
            tracemalloc.start()
            try:
                await store.write(KEY, many())
                digest = hashlib.sha256()
                async for piece in store.read(KEY):
                    digest.update(piece)
                assert tracemalloc.get_traced_memory()[1] < 24 * MIB
            finally:
                tracemalloc.stop()
            expected = hashlib.sha256()
            for number in range(200):
                expected.update(bytes([number]) * MIB)
            assert digest.digest() == expected.digest()

        asyncio.run(story())


class TestAddresses:
    def test_a_folder_has_no_address(self, tmp_path: Path) -> None:
        """The service answers by itself."""
        store = blobs.from_url("", tmp_path)
        assert store.address(KEY, seconds=60, media_type="video/mp4", file_name="a.mp4") is None
        assert store.origin == ""
        store.close()

    def test_an_address_answers_with_its_type_and_name(self, s3_server: str, tmp_path: Path) -> None:
        """And with the part that was asked for; altered or expired, it is refused."""
        url = object_store.blobs_url(s3_server, object_store.new_bucket(s3_server))
        store = blobs.from_url(url, tmp_path)
        asyncio.run(store.write(KEY, pieces(b"0123456789")))
        found = store.address(KEY, seconds=60, media_type="video/mp4", file_name="Été «1».mp4", inline=False)
        assert found is not None and found.startswith(store.origin + "/")
        request = urllib.request.Request(found, headers={"Range": "bytes=2-4"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert (answer.status, answer.read()) == (206, b"234")
            assert answer.headers["Content-Type"] == "video/mp4"
            assert (
                answer.headers["Content-Disposition"]
                == "attachment; filename*=UTF-8''%C3%89t%C3%A9%20%C2%AB1%C2%BB.mp4"
            )
        signer = Signer(s3_server, urlsplit(url).path[1:], "us-east-1", object_store.KEY, object_store.SECRET)
        past = signer.address("GET", KEY, {}, seconds=60, now=datetime.now(UTC) - timedelta(hours=1))
        for refused in (found.replace("video", "text"), found.replace(KEY, OTHER), found + "0", past):
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(refused, timeout=20)
            assert error.value.code == 403
            error.value.close()

    def test_an_address_names_its_store_and_its_end(self) -> None:
        """Scope, order and encoding of Signature Version 4; the real server judges the signature, above."""
        signer = Signer("https://s3.example", "seau", "eu-west-3", "clé", "secret")
        now = datetime(2031, 11, 15, 12, 0, 1, tzinfo=UTC)
        found = signer.address("GET", "a/b c", {"z": "1 2"}, seconds=10**9, now=now)
        assert re.sub(r"[0-9a-f]{64}$", "…", found) == (
            "https://s3.example/seau/a/b%20c?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=cl%C3%A9%2F20311115%2Feu-west-3%2Fs3%2Faws4_request&X-Amz-Date=20311115T120001Z"
            "&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&z=1%202&X-Amz-Signature=…"
        )

    @pytest.mark.parametrize("length", [5, 20 * MIB])
    def test_a_store_that_refuses_is_said(self, s3_server: str, tmp_path: Path, length: int) -> None:
        """With a wrong secret: a sentence for whoever runs the service, and not a file that is missing."""
        right = object_store.blobs_url(s3_server, object_store.new_bucket(s3_server))
        store = blobs.from_url(right.replace("secret", "autre"), tmp_path)
        content = pieces(*(bytes(min(length, MIB)) for _ in range(max(1, length // MIB))))
        for deed in (store.write(KEY, content), store.size(KEY), store.delete(KEY), store.sweep(LATER)):
            with pytest.raises(blobs.StoreUnusable):
                asyncio.run(deed)

    def test_the_store_that_is_away_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """With what was attempted; no secret in it."""
        from storage.blobs import s3

        monkeypatch.setattr(s3, "RETRIED", timedelta(milliseconds=10))
        store = blobs.from_url("s3://motion:tressecret@127.0.0.1:9/seau?tls=no", tmp_path)
        with pytest.raises(blobs.StoreUnusable) as refused:
            asyncio.run(store.size(KEY))
        assert "tressecret" not in refused.value.detail


class TestTheSetting:
    def test_what_it_says(self) -> None:
        """Every part of it."""
        assert blobs.check("") is None
        assert blobs.check("s3://k:a%2Fb@h:9000/seau?tls=no&region=fr-par&public=https://media.example") == S3Address(
            "http://h:9000", "https://media.example", "seau", "fr-par", "k", "a/b"
        )
        plain = blobs.check("s3://k:s@s3.example:443/seau")
        assert plain is not None and plain.base == plain.public == "https://s3.example"
        hidden = blobs.check("s3://k:s@s3.example/seau?public=no")
        assert hidden is not None and hidden.public == ""

    @pytest.mark.parametrize(
        "url",
        [
            "https://k:s@h/seau",
            "s3://h/seau",
            "s3://k:s@h/",
            "s3://k:s@h/seau/dossier",
            "s3://k:s@h:port/seau",
            "s3://k:s@h/seau?tsl=no",
            "s3://k:s@h/seau?tls=maybe",
            "s3://k:s@h/seau?public=media.example",
        ],
    )
    def test_what_it_can_not_say(self, url: str) -> None:
        """It is refused at the start."""
        with pytest.raises(blobs.BadAddress):
            blobs.check(url)
