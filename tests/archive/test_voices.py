"""A copy holds what was said, with its files: read without server, checked without us."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import bagit
from sqlmodel import Session

from motion.acts import contributions, moderation
from motion.acts.contributions import ReceivedFile
from motion.archive.export import export
from motion.commands import run
from motion.record.objects import seal
from motion.rules.contributions import Channel, ConsentWay, FileKind, Words
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from storage.blobs import from_url
from storage.models import Congress, ContributionFile, FileRendition
from tests.audit.world import Script, play

BLOB = "ab" * 16
PICTURE = b"\xff\xd8\xff the picture that is shown"


async def one(content: bytes) -> AsyncIterator[bytes]:
    yield content


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
        congress = db.get_one(Congress, script.congress)
        congress.phase = Phase.DRAFTING
        received = contributions.receive(
            db,
            actor,
            script.congress,
            Words("Solène Marchebrune", "Le car ne passe plus."),
            Channel.SPOKEN,
            ("publish",),
            how=ConsentWay.SPOKEN,
            token_hash=script.salt(),
            salt=script.salt(),
            files=[sent],
            now=script.now(),
        )
        file = db.get_one(ContributionFile, 1)
        made = FileRendition(
            file_id=file.id,
            role="photo",
            media_type="image/jpeg",
            size=len(PICTURE),
            blob=BLOB,
            salt=shown.data[:32],
            name=shown.name,
        )
        db.add(made)
        db.flush()
        moderation.publish(db, actor, received, now=script.now())
        return received.number

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
