"""Files sent in pieces: the protocol tus 1.0.0, sentence by sentence, and what it is refused."""

import base64
import errno
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from motion.acts import uploads as acts
from motion.rules.errors import NotFound
from motion.web import depots, uploading
from storage import uploads
from storage.models import Upload
from storage.upload_files import Incoming
from tests.web.world import Hall, served

HERE = "/ormeline/fichiers"
SECRET, OTHER = "0123456789abcdef" * 2, "f" * 32
PIECE = "application/offset+octet-stream"
SMALL = {
    "MOTION_MAX_MEDIA_BYTES": "5000000",
    "MOTION_PERSON_MEDIA_BYTES": "8000000",
    "MOTION_CONGRESS_MEDIA_BYTES": "12000000",
}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress, and limits that a test can reach."""
    with served(tmp_path, environment=SMALL) as hall:
        yield hall


def send(hall: Hall, method: str, path: str, *, secret: str = SECRET, content: bytes = b"", **more: str) -> Any:
    """One request of the protocol, by somebody's browser."""
    headers = {"tus-resumable": "1.0.0", "cookie": f"motion-depot={secret}"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return hall.client.request(method, path, headers=headers, content=content)


def announced(hall: Hall, length: int, **more: str) -> str:
    """Announce a file and return its address."""
    answer = send(hall, "POST", HERE, upload_length=str(length), **more)
    assert answer.status_code == 201, answer.text
    address: str = answer.headers["location"]
    assert answer.headers["upload-offset"] == "0"
    return address


def piece(hall: Hall, address: str, offset: int, content: bytes, **more: str) -> Any:
    """Send a piece."""
    more = {"content_type": PIECE, "upload_offset": str(offset)} | more
    return send(hall, "PATCH", address, content=content, **more)


def row(hall: Hall, address: str) -> Upload | None:
    """An upload, reread."""
    return hall.service.store.read_now(uploads.find, address.rpartition("/")[2])


def on_disk(hall: Hall) -> list[str]:
    """What lies in the folder of uploads."""
    folder = hall.service.settings.data_dir / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def kept(hall: Hall, key: str | None) -> bytes:
    """A blob."""
    assert key is not None
    return (hall.service.settings.data_dir / "fichiers" / key[:2] / key).read_bytes()


def code(answer: httpx2.Response) -> str:
    """Which error was told, in three sentences."""
    error = answer.json()["error"]
    assert len(error["sentences"]) == 3 and all(error["sentences"])
    said: str = error["code"]
    return said


class TestSending:
    def test_the_service_says_what_it_can_do(self, hall: Hall) -> None:
        """To any client that asks, without a version."""
        answer = hall.client.options(HERE)
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
        said = set(answer.headers["tus-extension"].split(","))
        assert said == {"creation", "creation-with-upload", "checksum", "termination", "expiration"}
        assert answer.headers["tus-max-size"] == "5000000"
        assert answer.headers["tus-checksum-algorithm"] == "sha256,sha1"

    def test_a_file_in_two_pieces_becomes_a_blob(self, hall: Hall) -> None:
        """Under a random key, and nothing is left of it elsewhere."""
        content = os.urandom(3_000_000)
        address = announced(hall, len(content))
        assert piece(hall, address, 0, content[:1_234_567]).headers["upload-offset"] == "1234567"
        told = send(hall, "HEAD", address)
        assert told.status_code == 200
        assert (told.headers["upload-offset"], told.headers["upload-length"]) == ("1234567", "3000000")
        assert told.headers["cache-control"] == "no-store"
        last = piece(hall, address, 1_234_567, content[1_234_567:])
        assert (last.status_code, last.headers["upload-offset"]) == (204, "3000000")
        found = row(hall, address)
        assert found is not None and found.state == "done"
        assert kept(hall, found.key) == content
        assert on_disk(hall) == []
        assert send(hall, "HEAD", address).headers["upload-offset"] == "3000000"

    def test_a_small_file_may_come_with_its_announcement(self, hall: Hall) -> None:
        """One request for a photo."""
        answer = send(hall, "POST", HERE, upload_length="5", content_type=PIECE, content=b"photo")
        assert (answer.status_code, answer.headers["upload-offset"]) == (201, "5")
        found = row(hall, answer.headers["location"])
        assert found is not None and kept(hall, found.key) == b"photo"

    def test_an_announcement_with_a_name_is_made_once(self, hall: Hall) -> None:
        """Its answer was lost: said again, it is the same file; without a name or by somebody else, another."""
        named = "cle " + base64.b64encode(b"0123456789abcdef" * 2).decode()
        address = announced(hall, 4, upload_metadata=named)
        piece(hall, address, 0, b"ab")
        again = send(hall, "POST", HERE, upload_length="4", upload_metadata=named)
        assert (again.headers["location"], again.headers["upload-offset"]) == (address, "2")
        others = {announced(hall, 4, upload_metadata=named, secret=OTHER), announced(hall, 5, upload_metadata=named)}
        others |= {announced(hall, 4, upload_metadata="filename eA==") for _ in range(2)}
        piece(hall, address, 2, b"cd")
        others.add(announced(hall, 4, upload_metadata=named))
        assert len(others | {address}) == 6

    def test_a_browser_without_a_secret_gets_one(self, hall: Hall) -> None:
        """And goes on with it; the table holds its hash alone."""
        answer = hall.client.post(HERE, headers={"tus-resumable": "1.0.0", "upload-length": "5"})
        given = answer.cookies["motion-depot"]
        assert "HttpOnly" in answer.headers["set-cookie"]
        hall.client.cookies.clear()
        address = answer.headers["location"]
        assert send(hall, "HEAD", address, secret=given).status_code == 200
        found = row(hall, address)
        assert found is not None and found.owner == depots.hashed(given)
        assert given.encode() not in (hall.service.settings.data_dir / "motion.sqlite").read_bytes()

    def test_its_name_is_only_shown(self, hall: Hall) -> None:
        """Cleaned of paths, controls and turned letters; given back to the client as it was sent."""
        name = "../../etc/\u202egpj.photo\x00\n.jpg"
        declared = (
            f"filename {base64.b64encode(name.encode()).decode()},filetype {base64.b64encode(b'Image/JPEG').decode()}"
        )
        address = announced(hall, 5, upload_metadata=declared)
        found = row(hall, address)
        assert found is not None
        assert (found.file_name, found.media_type) == ("gpj.photo .jpg".replace(" ", ""), "image/jpeg")
        assert send(hall, "HEAD", address).headers["upload-metadata"] == declared

    def test_a_method_may_be_told_in_a_header(self, hall: Hall) -> None:
        """For proxies that let nothing but POST through."""
        address = announced(hall, 5)
        more = {"content_type": PIECE, "upload_offset": "0", "x_http_method_override": "PATCH"}
        assert send(hall, "POST", address, content=b"photo", **more).status_code == 204
        assert send(hall, "POST", address).status_code == 405


class TestRefusals:
    def test_the_version_is_agreed_first(self, hall: Hall) -> None:
        """Any other is told which one is spoken."""
        for version in ("0.2.2", ""):
            answer = send(hall, "POST", HERE, upload_length="5", tus_resumable=version)
            assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")

    @pytest.mark.parametrize("length", ["", "-1", "5.0", "abc", "9" * 30, "0x10"])
    def test_a_length_is_a_number(self, hall: Hall, length: str) -> None:
        """And it is told at the beginning."""
        answer = send(hall, "POST", HERE, upload_length=length)
        assert (answer.status_code, code(answer)) == (400, "piece-unreadable")

    @pytest.mark.parametrize(
        ("length", "status", "said"), [("0", 422, "empty-file"), ("5000001", 413, "file-too-large")]
    )
    def test_a_file_has_a_size(self, hall: Hall, length: str, status: int, said: str) -> None:
        """Neither empty nor above the setting."""
        answer = send(hall, "POST", HERE, upload_length=length)
        assert (answer.status_code, code(answer)) == (status, said)

    def test_sizes_are_said_in_words(self, hall: Hall) -> None:
        """In the units that a telephone shows."""
        said = send(hall, "POST", HERE, upload_length="1400000000").json()["error"]["sentences"]
        assert said[1] == "Il est trop grand\u00a0: 1,4\u00a0Go, et 5\u00a0Mo sont permis."

    def test_a_disk_that_is_nearly_full_takes_no_more(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """The record needs what is left."""
        monkeypatch.setattr(uploading, "KEPT_FREE_BYTES", 1 << 60)
        answer = send(hall, "POST", HERE, upload_length="5")
        assert (answer.status_code, code(answer)) == (507, "no-room-left")

    def test_a_disk_that_fills_up_keeps_what_came(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sender is told; with room made, the file goes on."""
        address = announced(hall, 10)
        piece(hall, address, 0, b"abc")
        with monkeypatch.context() as full:

            def write(*_arguments: object) -> None:
                raise OSError(errno.ENOSPC, "full")

            full.setattr(Incoming, "write", write)
            answer = piece(hall, address, 3, b"defghij")
            assert (answer.status_code, code(answer)) == (507, "no-room-left")
        assert send(hall, "HEAD", address).headers["upload-offset"] == "3"
        assert piece(hall, address, 3, b"defghij").status_code == 204

    def test_a_piece_goes_on_where_the_file_ends(self, hall: Hall) -> None:
        """Anywhere else is a conflict, and nothing is written."""
        address = announced(hall, 10)
        piece(hall, address, 0, b"abc")
        for offset in (0, 2, 4, 10):
            answer = piece(hall, address, offset, b"xyz")
            assert (answer.status_code, code(answer)) == (409, "upload-elsewhere")
        assert piece(hall, address, 3, b"defghij").status_code == 204
        found = row(hall, address)
        assert found is not None and kept(hall, found.key) == b"abcdefghij"

    def test_more_than_was_announced_is_refused(self, hall: Hall) -> None:
        """Whether its length is told or not; what was counted before stays."""

        def untold() -> Iterator[bytes]:
            yield b"12345678"

        address = announced(hall, 10)
        piece(hall, address, 0, b"abc")
        assert piece(hall, address, 3, b"12345678").status_code == 413
        assert piece(hall, address, 3, untold()).status_code == 413  # type: ignore[arg-type]
        assert send(hall, "HEAD", address).headers["upload-offset"] == "3"
        piece(hall, address, 3, b"defghij")
        found = row(hall, address)
        assert found is not None and kept(hall, found.key) == b"abcdefghij"

    def test_a_piece_has_the_type_of_a_piece(self, hall: Hall) -> None:
        """A form of another page is none."""
        address = announced(hall, 5)
        assert piece(hall, address, 0, b"photo", content_type="multipart/form-data").status_code == 415

    def test_nobody_else_sees_or_sends_or_ends_a_file(self, hall: Hall) -> None:
        """With another secret, or none, or from another congress, or another's address: there is no such file."""
        address = announced(hall, 5)
        for secret in (OTHER, "", "x"):
            assert send(hall, "HEAD", address, secret=secret).status_code == 404
            assert piece(hall, address, 0, b"photo", cookie=f"motion-depot={secret}").status_code == 404
            assert send(hall, "DELETE", address, secret=secret).status_code == 404
        for other in (HERE + "/" + "0" * 32, HERE + "/..%2F..%2Fmotion.sqlite", HERE + "/x", HERE + "/" + "A" * 32):
            assert send(hall, "HEAD", other).status_code == 404
            assert piece(hall, other, 0, b"x").status_code == 404
        assert piece(hall, address, 0, b"photo").status_code == 204

    def test_another_site_sends_nothing(self, hall: Hall) -> None:
        """Our own pages do; a program that is no browser does."""
        address = announced(hall, 5)
        for site in ("cross-site", "same-site"):
            for method, path in (("POST", HERE), ("PATCH", address), ("DELETE", address)):
                answer = send(hall, method, path, content=b"x", upload_length="5", sec_fetch_site=site)
                assert answer.status_code == 403
        assert piece(hall, address, 0, b"ph", origin="https://ailleurs.example").status_code == 403
        assert piece(hall, address, 0, b"ph", sec_fetch_site="same-origin").status_code == 204
        assert piece(hall, address, 2, b"oto", origin="http://testserver").status_code == 204

    def test_a_closed_congress_takes_nothing(self, hall: Hall) -> None:
        """Its pages are read for ever."""

        def close(db: Any) -> None:
            from storage.models import Congress

            db.get_one(Congress, 1).phase = "closed"

        hall.service.store.write_now(close)
        assert send(hall, "POST", HERE, upload_length="5").status_code == 409


class TestChecksums:
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_a_piece_that_is_right_is_counted(self, hall: Hall, algorithm: str) -> None:
        """And one that was altered on the way is not: it comes again."""
        address = announced(hall, 10)
        piece(hall, address, 0, b"abcde")
        right = f"{algorithm} {base64.b64encode(hashlib.new(algorithm, b'fghij').digest()).decode()}"
        wrong = piece(hall, address, 5, b"fgxij", upload_checksum=right)
        assert (wrong.status_code, code(wrong)) == (460, "piece-altered")
        assert send(hall, "HEAD", address).headers["upload-offset"] == "5"
        assert piece(hall, address, 5, b"fghij", upload_checksum=right).status_code == 204
        found = row(hall, address)
        assert found is not None and kept(hall, found.key) == b"abcdefghij"

    @pytest.mark.parametrize("said", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha256 !!", "sha1 YWJj"])
    def test_a_sum_that_can_not_be_read_is_refused(self, hall: Hall, said: str) -> None:
        """Nothing is counted on trust."""
        address = announced(hall, 5)
        assert piece(hall, address, 0, b"photo", upload_checksum=said).status_code == 400
        assert send(hall, "HEAD", address).headers["upload-offset"] == "0"


class TestEnds:
    def test_a_file_is_given_up(self, hall: Hall) -> None:
        """Half come or whole: its bytes go, and its address."""
        half, whole = announced(hall, 10), announced(hall, 5)
        piece(hall, half, 0, b"abc")
        piece(hall, whole, 0, b"photo")
        found = row(hall, whole)
        for address in (half, whole):
            assert send(hall, "DELETE", address).status_code == 204
            assert send(hall, "HEAD", address).status_code == 404
            assert row(hall, address) is None
        assert on_disk(hall) == []
        with pytest.raises(FileNotFoundError):
            kept(hall, found.key if found else None)

    def test_a_file_that_a_contribution_has_stays(self, hall: Hall) -> None:
        """Its sender takes it out of the contribution, not from under it; and it is used once."""
        address = announced(hall, 5)
        piece(hall, address, 0, b"photo")
        owner, name = depots.hashed(SECRET), address.rpartition("/")[2]
        take = (acts.take, 1, owner, name)
        taken = hall.service.store.write_now(*take, now=hall.at[0])
        assert kept(hall, taken.key) == b"photo"
        with pytest.raises(NotFound):
            hall.service.store.write_now(*take, now=hall.at[0])
        assert send(hall, "DELETE", address).status_code == 404
        assert kept(hall, taken.key) == b"photo"

    def test_what_stands_still_expires(self, hall: Hall) -> None:
        """Its hour is told, and put off by each piece; afterwards it is gone, and says so."""
        address = announced(hall, 10)
        hall.at[0] += timedelta(hours=23)
        told = piece(hall, address, 0, b"abc").headers["upload-expires"]
        assert parsedate_to_datetime(told) == hall.at[0] + timedelta(hours=24)
        hall.at[0] += timedelta(hours=23)
        assert piece(hall, address, 3, b"d").status_code == 204
        hall.at[0] += timedelta(hours=24)
        answer = piece(hall, address, 4, b"e")
        assert (answer.status_code, code(answer)) == (410, "upload-gone")

    def test_an_upload_that_never_ends_ends(self, hall: Hall) -> None:
        """However regularly a byte comes."""
        address = announced(hall, 1_000)
        begun, sent = hall.at[0], 0
        while (answer := piece(hall, address, sent, b"x")).status_code == 204:
            sent += 1
            hall.at[0] += timedelta(hours=12)
        assert answer.status_code == 410
        assert hall.at[0] - begun == acts.LONGEST
