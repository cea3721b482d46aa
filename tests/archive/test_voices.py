"""A copy holds what was said, with its files: read without server, checked without us."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import bagit
from sqlmodel import Session

from motion.acts import contributions, moderation, transcripts
from motion.acts.contributions import ReceivedFile
from motion.archive.export import export
from motion.commands import run
from motion.record.objects import SALT_BYTES, Sealed, seal
from motion.rules.contributions import Channel, ConsentWay, FileKind, Words
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from storage.blobs import from_url
from storage.models import Congress, Contribution, ContributionFile, FileRendition
from tests.audit.world import Script, play

BLOB = "ab" * 16
PICTURE = b"\xff\xd8\xff the picture that is shown"


async def one(content: bytes) -> AsyncIterator[bytes]:
    yield content


def receive(
    script: Script,
    db: Session,
    actor: Actor,
    words: Words,
    uses: tuple[str, ...],
    sent: ReceivedFile,
    role: str,
    shown: Sealed,
) -> tuple[Contribution, ContributionFile]:
    """Receive and publish words with a file, and what was made of it."""
    db.get_one(Congress, script.congress).phase = Phase.DRAFTING
    received = contributions.receive(
        db,
        actor,
        script.congress,
        words,
        Channel.SPOKEN,
        uses,
        how=ConsentWay.SPOKEN,
        token_hash=script.salt(),
        salt=script.salt(),
        files=[sent],
        now=script.now(),
    )
    [file] = contributions.rows.files(db, received.id)
    made = FileRendition(
        file_id=file.id,
        role=role,
        media_type=sent.media_type,
        size=len(shown.data) - SALT_BYTES,
        blob=BLOB,
        salt=shown.data[:SALT_BYTES],
        name=shown.name,
    )
    db.add(made)
    db.flush()
    moderation.publish(db, actor, received, now=script.now())
    return received, file


def publish(script: Script, data_dir: Path) -> tuple[int, str]:
    """Receive and publish words with a photo; the number, and the name of what is shown of the photo."""
    blobs = from_url("", data_dir)
    asyncio.run(blobs.write(BLOB, one(PICTURE)))
    blobs.close()
    shown, salt = seal(script.salt(), PICTURE), script.salt()
    sent = ReceivedFile(
        FileKind.PHOTO, "image/jpeg", "route.jpg", 3, "cd" * 16, salt, seal(salt, b"raw").name, "La route"
    )
    actor = Actor(script.congress, Role.SECRETARIAT, secretary_id=1)

    def act(db: Session) -> int:
        words = Words("Solène Marchebrune", "Le car ne passe plus.")
        return receive(script, db, actor, words, ("publish",), sent, "photo", shown)[0].number

    number = script.store.write_now(act)
    script.sign()
    return number, shown.name


def test_what_was_said_is_in_the_copy(tmp_path: Path) -> None:
    """Its page, its picture as a file that opens and as an object that is checked; tampered with, it is told."""
    script, rooms = play(tmp_path / "service")
    number, name = publish(script, rooms.settings.data_dir)
    folder = tmp_path / "copie"
    export(rooms.settings, script.store, "ormeline", folder, wait_s=20)
    script.store.close()
    page = (folder / "data" / "contributions" / f"C{number}.html").read_text()
    assert "Le car ne passe plus." in page and f"../medias/{name}.jpg" in page
    assert f"contributions/C{number}.html" in (folder / "data" / "contributions.html").read_text()
    assert (folder / "data" / "medias" / f"{name}.jpg").read_bytes() == PICTURE
    listed = (folder / "data" / "contributions.html").read_text()
    for table in ("contributions", "themes", "lieux"):
        assert f'href="donnees/{table}.csv"' in listed
        assert (folder / "data" / "donnees" / f"{table}.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "Le car ne passe plus." in (folder / "data" / "donnees" / "contributions.csv").read_text()
    assert '"published"' in (folder / "data" / "donnees" / "chiffres.json").read_text()
    assert '.atom"' not in listed  # a feed needs a server
    assert not (folder / "data" / "log" / "objects" / "files" / name).exists()  # nothing lies there twice
    bagit.Bag(str(folder)).validate()
    assert verified(folder) == (0, 0)
    shown = folder / "data" / "medias" / f"{name}.jpg"
    salt = folder / "data" / "log" / "objects" / "files" / f"{name}.salt"
    for place in (shown, salt):
        kept = place.read_bytes()
        place.write_bytes(b"!" + kept[1:])
        assert verified(folder) == (1, 1)
        place.write_bytes(kept)
    shown.unlink()
    assert verified(folder) == (1, 1)


def verified(folder: Path) -> tuple[int, int]:
    """What the auditor says of a copy, and what the room of the record says that lies in it, alone."""
    code = [sys.executable, "-m", "record.verify", ".."]
    alone = subprocess.run(code, cwd=folder / "data" / "verify", capture_output=True, timeout=120, check=False)
    return run(["verify", str(folder)], {"LANG": "fr_FR.UTF-8"}), alone.returncode


def speak(script: Script, data_dir: Path) -> int:
    """Publish a recording with its captions and their translation; the number of the contribution."""
    blobs = from_url("", data_dir)
    for key in (BLOB, "cd" * 16):
        asyncio.run(blobs.write(key, one(b"OggS, a sound")))
    blobs.close()
    actor = Actor(script.congress, Role.SECRETARIAT, secretary_id=1)
    shown, salt = seal(script.salt(), b"OggS, a sound"), script.salt()
    sent = ReceivedFile(FileKind.SOUND, "audio/ogg", "v.ogg", 13, "cd" * 16, salt, seal(salt, b"raw").name)
    said = {"fr": "Le car ne passe plus.", "de": "Der Bus fährt nicht mehr."}

    def act(db: Session) -> int:
        spoken, uses = Words("Solène Marchebrune", "Écoutez."), ("publish", "quote")
        received, file = receive(script, db, actor, spoken, uses, sent, "sound", shown)
        for language, words in said.items():
            content = f"WEBVTT\n\n00:00.000 --> 00:02.000\n{words}\n".encode()
            given = (db, actor, received, file, language, content)
            transcripts.upload(*given, salt=script.salt(), now=script.now())
        return received.number

    number = script.store.write_now(act)
    script.sign()
    return number


def test_a_translation_is_a_track_and_a_page_of_the_copy(tmp_path: Path) -> None:
    """Its language named, its captions beside those of the language that was spoken."""
    script, rooms = play(tmp_path / "service")
    number = speak(script, rooms.settings.data_dir)
    folder = tmp_path / "copie"
    export(rooms.settings, script.store, "ormeline", folder, wait_s=20)
    script.store.close()
    place = folder / "data" / "contributions" / f"C{number}" / "transcription"
    pages = {language: place / f"1{name}.html" for language, name in (("fr", ""), ("de", ".langue-de"))}
    words = {"fr": "Le car ne passe plus.", "de": "Der Bus fährt nicht mehr."}
    for language, page in pages.items():
        text = page.read_text()
        assert words[language] in text and f'lang="{language}"' in text
        tracks = re.findall(r'<track kind="(\w+)" src="([^"]+)" srclang="(\w+)" label="([^"]+)"', text)
        assert [(kind, code, name) for kind, _src, code, name in tracks] == [
            ("captions", "fr", "français"),
            ("subtitles", "de", "allemand"),
        ]
        for _kind, src, code, _name in tracks:
            assert words[code] in (page.parent / src).resolve().read_text()
    assert 'href="1.langue-de.html"' in pages["fr"].read_text() and 'href="1.langue-fr.html"' in pages["de"].read_text()
    assert verified(folder) == (0, 0)
