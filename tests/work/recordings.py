"""A recording that somebody has sent, as it is before anybody has written down what is said in it."""

import asyncio
import secrets
from pathlib import Path

from motion.acts import contributions
from motion.record.objects import seal
from motion.rules.contributions import Channel, ConsentWay, FileKind, Words
from storage.blobs import Blobs
from storage.models import Contribution, ContributionFile, FileRendition
from storage.store import Session
from tests.media import files
from tests.work.test_media import pieces
from tests.worlds import NOW, World


def record(world: World, blobs: Blobs, tmp_path: Path, *, language: str = "fr", is_ready: bool = True) -> Contribution:
    """Somebody has sent a recording, and its small sound has been made."""
    path = files.film(tmp_path / "voix", codec=None, sound="libopus", format="webm", seconds=1)
    key, salt = secrets.token_hex(16), secrets.token_bytes(32)
    size = asyncio.run(blobs.write(key, pieces(path.read_bytes())))
    name = seal(salt, path.read_bytes()).name

    def run(db: Session) -> Contribution:
        sent = contributions.ReceivedFile(FileKind.SOUND, "audio/webm", "voix.webm", size, key, salt, name)
        contribution = contributions.receive(
            db,
            None,
            world.congress_id,
            Words("Solène Marchebrune", "Écoutez.", language=language),
            Channel.WEB,
            ("publish", "quote"),
            how=ConsentWay.ONLINE,
            token_hash=salt,
            salt=salt,
            files=(sent,),
            now=NOW,
        )
        file = contributions.rows.files(db, contribution.id)[0]
        if is_ready:
            made_ready(db, file, size, key, salt, name)
        return contribution

    return world.store.write_now(run)


def made_ready(db: Session, file: ContributionFile, size: int, key: str, salt: bytes, name: str) -> None:
    """As `motion.work.media` leaves it."""
    file.state, file.progress, file.duration_ms = "done", 100, 1_000
    db.add(file)
    db.add(
        FileRendition(file_id=file.id, role="sound", media_type="audio/webm", size=size, blob=key, salt=salt, name=name)
    )
    db.flush()


def in_english(world: World, contribution: Contribution) -> None:
    """A person says that it is in another language."""

    def run(db: Session) -> None:
        found = contributions.get(db, world.congress_id, contribution.number)
        words = Words("Solène Marchebrune", "Listen.", language="en")
        contributions.revise(db, found, words, salt=secrets.token_bytes(32), now=NOW)

    world.store.write_now(run)
