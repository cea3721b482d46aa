"""What is handed to a court when files are among it: a ZIP archive, whole or not at all, that OpenSSL checks."""

import asyncio
import hashlib
import hmac
import io
import json
import os
import secrets
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from motion.acts import contributions
from motion.acts.contributions import ReceivedFile
from motion.acts.disclosures import Handed, SealedFile
from motion.language import language
from motion.rules.contributions import FileKind
from motion.web import handing_over
from motion.web.routes import make_app
from motion.work.doomed import destroy_due
from motion.work.seals import Seals
from storage import blobs as stores
from storage import ledger, sealed_files, sealing
from storage.blobs import BlobMissing, Blobs, from_url
from storage.models import ContributionFile, WithdrawnObject
from storage.redactions import Target
from storage.sealing import SealBroken
from tests.web.moderation_world import TEXT, receive
from tests.web.test_redactions import HERE, sign, text_of
from tests.web.world import NOW, Hall, served

FILM = os.urandom(sealed_files.PIECE_BYTES + 99_999)
COURT = {"authority-1": "Tribunal judiciaire d’Ormelac", "ground-1": "requisition"}
KEY = bytes(range(32))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def key_of(hall: Hall) -> bytes:
    return sealing.load_key(hall.service.settings.data_dir)


def send(hall: Hall, content: bytes = FILM) -> int:
    """Somebody sends words and a film."""
    blob, salt = secrets.token_hex(16), secrets.token_bytes(32)
    asyncio.run(hall.service.blobs.write(blob, stores.chunks(content)))
    name = hmac.new(salt, content, hashlib.sha256).hexdigest()
    film = ReceivedFile(FileKind.VIDEO, "video/quicktime", "film.mov", len(content), blob, salt, name)
    return receive(hall, files=(film,))


def withdraw(hall: Hall, number: int) -> None:
    """Its author takes it back."""

    def run(db: Session) -> None:
        nonces = iter(lambda: secrets.token_bytes(12), b"")
        found = contributions.get(db, 1, number)
        contributions.withdraw(db, found, key=key_of(hall), nonces=nonces, now=hall.at[0])

    hall.service.store.write_now(run)


def seal(hall: Hall) -> int:
    """What the service does by itself."""
    service = hall.service
    count = asyncio.run(Seals(service.store, service.blobs, service.settings.data_dir, service.now).seal_due())
    asyncio.run(destroy_due(service.store, service.blobs, service.now()))
    return count


def size(hall: Hall) -> int:
    return hall.service.store.read_now(ledger.size, 1)


def film_of(hall: Hall) -> WithdrawnObject:
    rows = hall.service.store.read_now(lambda db: db.exec(select(WithdrawnObject)).all())
    (row,) = (row for row in rows if row.blob is not None)
    return row


def place_of(hall: Hall) -> Path:
    """Where the encrypted film lies."""
    blob = film_of(hall).blob or ""
    return hall.service.settings.data_dir / "fichiers" / blob[:2] / blob


def ask(hall: Hall):
    return hall.client.post(f"{HERE}/1/scelle", data=COURT, headers=hall.odile)


class TestHanded:
    def test_a_court_receives_the_film_and_checks_it(self, hall: Hall, tmp_path: Path) -> None:
        """With the command that the archive itself gives, and against the public record."""
        withdraw(hall, send(hall))
        assert seal(hall) == 1
        before = size(hall)
        answer = ask(hall)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        assert 'filename="decision-d-1-sous-scelle.zip"' in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "no-store" and "content-encoding" not in answer.headers
        (tmp_path / "a.zip").write_bytes(answer.content)
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            assert archive.testzip() is None
            archive.extractall(tmp_path)
        folder = tmp_path / "decision-d-1-sous-scelle"
        row = film_of(hall)
        assert (folder / "objets" / f"{row.target}.mov").read_bytes() == FILM
        said = json.loads((folder / "decision.json").read_text())
        words, film = sorted(said["objects"], key=lambda one: "words" not in one)
        assert said["decision"] == "d-1" and TEXT in words["words"]
        assert (film["entry"], film["name"], film["size"]) == (row.target, row.name, len(FILM))
        assert (film["media_type"], film["file"]) == ("video/quicktime", f"objets/{row.target}.mov")
        # As the guide says: of the film with its own line, of the words with the same.
        guide = (folder / "LISEZ-MOI.txt").read_text()
        command = next(line for line in guide.splitlines() if line.startswith("    openssl"))
        for one in (film, words):
            line = command.replace(f"{row.target}.sel", f"{one['entry']}.sel")
            line = line.replace(f"{row.target}.mov", Path(one["file"]).name)
            ran = subprocess.run(["sh", "-c", line], cwd=folder / "objets", capture_output=True, text=True, check=True)
            assert ran.stdout.split()[-1] == one["name"]
        assert row.name in guide and f"/ormeline/registre/{row.target}" in guide
        assert "Le registre public la donne aussi" in guide and "The public register gives it too" in guide
        # One entry of the record for each object, the film as the words.
        entries = hall.service.store.read_now(ledger.contents, 1, before, 100)
        told = [json.loads(content)["body"] for content in entries]
        assert {(one["target"], one["name"]) for one in told} == {
            (one["entry"], one["name"]) for one in said["objects"]
        }

    def test_words_alone_are_a_list(self, hall: Hall) -> None:
        """As before: no archive for one file."""
        withdraw(hall, receive(hall))
        answer = ask(hall)
        assert answer.headers["content-type"] == "application/json"
        (one,) = answer.json()["objects"]
        assert TEXT in one["words"] and set(one) == {"entry", "kind", "name", "object", "words"}


class TestRefused:
    """A clear sentence, and nothing in the record."""

    def test_what_is_not_sealed_yet(self, hall: Hall) -> None:
        """A few seconds after the withdrawal."""
        withdraw(hall, send(hall))
        before = size(hall)
        answer = ask(hall)
        assert answer.status_code == 409 and "n’est pas encore sous scellé" in text_of(answer.text)
        assert size(hall) == before
        seal(hall)
        assert ask(hall).status_code == 200

    @pytest.mark.parametrize("harm", ["missing", "cut", "first", "last", "key"])
    def test_what_does_not_open(self, hall: Hall, harm: str) -> None:
        """A file that is missing, cut or altered at an end; the key of another installation."""
        withdraw(hall, send(hall))
        seal(hall)
        place, key = place_of(hall), hall.service.settings.data_dir / sealing.FILE
        content = place.read_bytes()
        if harm == "key":
            key.write_bytes(bytes(32))
        elif harm == "missing":
            place.unlink()
        else:
            at = 60 if harm == "first" else len(content) - 1
            place.write_bytes(content[:at] if harm == "cut" else content[:at] + b"\0\0" + content[at + 2 :])
        before = size(hall)
        answer = ask(hall)
        assert answer.status_code == 409 and "ne s’ouvre pas" in text_of(answer.text)
        assert size(hall) == before

    def test_what_is_damaged_in_its_middle_is_no_archive(self, hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
        """The answer breaks off rather than look whole."""
        withdraw(hall, send(hall, os.urandom(3 * sealed_files.PIECE_BYTES)))
        seal(hall)
        place = place_of(hall)
        content = bytearray(place.read_bytes())
        content[len(content) // 2] ^= 1
        place.write_bytes(content)
        assert not zipfile.is_zipfile(io.BytesIO(ask(hall).content))
        assert SealBroken.__name__ in caplog.text


class TestNeverServed:
    def test_no_address_gives_a_withdrawn_film(self, hall: Hall) -> None:
        """Not the readable one before it is sealed, and not the encrypted one: by its name, its entry, its key."""
        number = send(hall)
        blob = hall.service.store.read_now(lambda db: contributions_file(db))
        withdraw(hall, number)
        for is_sealed in (False, True):
            assert seal(hall) == 1 if is_sealed else True
            row = film_of(hall)
            sign(hall)
            addresses = [
                f"/ormeline/log/objects/files/{row.name}",
                f"/ormeline/registre/{row.target}.objet",
                *media_addresses(hall, number, {row.name, row.blob or "", blob}),
            ]
            for address in addresses:
                for headers in ({}, hall.odile):
                    answer = hall.client.get(address, headers=headers)
                    assert not answer.headers["content-type"].startswith("video/"), address
                    assert FILM[:64] not in answer.content and sealed_files.MARK not in answer.content


def contributions_file(db: Session) -> str:
    """The key of the readable film."""
    blob = db.exec(select(ContributionFile.blob)).one()
    assert blob is not None
    return blob


def media_addresses(hall: Hall, number: int, names: set[str]) -> list[str]:
    """Every address of a route that gives bytes, with what might name the film in each place."""
    found = []
    for route in make_app(hall.service).routes:
        path = getattr(route, "path", "")
        if not any(word in path for word in ("/media/", "piece", "fichier", "enregistrement")):
            continue
        for name in names | {"1", str(number), f"C{number}"}:
            said = path.replace("{congress}", "ormeline").replace("{congress:path}", "ormeline")
            for part in said.split("/"):
                if part.startswith("{") or "{" in part:
                    before, _open, rest = part.partition("{")
                    said = said.replace(part, before + name + rest.partition("}")[2])
            found.append(said)
    assert found
    return found


class TestArchive:
    """Written as it leaves."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Iterator[Blobs]:
        found = from_url("", tmp_path)
        yield found
        found.close()

    def of(self, folder: Blobs, size: int) -> tuple[list[Handed], dict[str, int]]:
        """A film of so many bytes, sealed."""

        async def film():
            for _ in range(size // stores.CHUNK_BYTES):
                yield bytes(stores.CHUNK_BYTES)

        blob, salt = "a" * 32, bytes(32)
        asyncio.run(folder.write(blob, sealed_files.lock_away(KEY, salt, "ab" * 32, film())))
        target = Target(12, "contribution.file", None, None, "ab" * 32, None)
        handed = [Handed(target, "ab" * 32, salt, SealedFile(blob, "video/mp4"))]
        return handed, asyncio.run(handing_over.sizes_of(folder, KEY, handed))

    def test_memory_holds_a_few_pieces(self, folder: Blobs) -> None:
        """However long the film."""
        handed, sizes = self.of(folder, 40 * sealed_files.PIECE_BYTES)

        async def leave() -> int:
            pieces = handing_over.as_zip(folder, KEY, 3, handed, sizes, "https://exemple.invalid/registre/", NOW)
            return sum([len(piece) async for piece in pieces])

        tracemalloc.start()
        try:
            assert asyncio.run(leave()) > 40 * sealed_files.PIECE_BYTES
            _now, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < 12 * sealed_files.PIECE_BYTES

    def test_a_film_beyond_what_small_archives_hold(self, folder: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
        """Numbers of eight bytes are written as soon as one is needed (beyond 2 GB; here beyond 1 MB)."""
        handed, sizes = self.of(folder, 4 * sealed_files.PIECE_BYTES)

        async def leave() -> bytes:
            pieces = handing_over.as_zip(folder, KEY, 3, handed, sizes, "https://exemple.invalid/registre/", NOW)
            return b"".join([piece async for piece in pieces])

        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1 << 20)
        content = asyncio.run(leave())
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert archive.getinfo("decision-d-3-sous-scelle/objets/12.mp4").file_size == 4 * sealed_files.PIECE_BYTES
        assert b"PK\x06\x06" in content  # the record of large archives

    def test_whoever_leaves_ends_it(self, folder: Blobs) -> None:
        """In the middle of a film, and without a word."""
        handed, sizes = self.of(folder, 4 * sealed_files.PIECE_BYTES)

        async def begin() -> None:
            pieces = handing_over.as_zip(folder, KEY, 3, handed, sizes, "https://exemple.invalid/registre/", NOW)
            for _ in range(5):
                await anext(pieces)
            await pieces.aclose()

        asyncio.run(begin())

    def test_a_film_destroyed_meanwhile_breaks_it_off(self, folder: Blobs) -> None:
        """An erasure does not wait for whoever downloads."""
        handed, sizes = self.of(folder, sealed_files.PIECE_BYTES)
        asyncio.run(folder.delete("a" * 32))

        async def leave() -> None:
            async for _piece in handing_over.as_zip(folder, KEY, 3, handed, sizes, "", NOW):
                pass

        with pytest.raises(BlobMissing):
            asyncio.run(leave())

    def test_a_place_for_every_type(self) -> None:
        """A type that nobody foresaw has one too."""
        target = Target(12, "contribution.file", None, None, "ab" * 32, None)
        places = [
            handing_over.place_of(Handed(target, "", b"", SealedFile("", kind))) for kind in ("audio/webm", "x/y")
        ]
        assert places == ["12.weba", "12.bin"]

    def test_the_guide_is_in_both_languages(self) -> None:
        """Each sentence, whichever page asked for it."""
        target = Target(12, "contribution.file", None, None, "ab" * 32, None)
        said = handing_over.guide(3, [Handed(target, "ab" * 32, bytes(32), None)], "https://exemple.invalid/registre/")
        for code in ("fr", "en"):
            for sentence in handing_over._GUIDE:
                assert language(code).gettext(sentence) % {"decision": 3} in said
