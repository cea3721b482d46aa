"""Contributions with recordings in a served congress: what tests of their pages start from."""

import itertools
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import anyio
from sqlmodel import Session

from motion.acts import contributions, moderation
from motion.acts.contributions import ReceivedFile
from motion.acts.private_addresses import draw
from motion.record.objects import seal
from motion.rules.contributions import Channel, ConsentWay, FileKind, Place, Words
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage.models import FileRendition
from tests.web.world import NOW, Hall

SECRETARIAT = Actor(1, Role.SECRETARIAT, secretary_id=1)
WORDS = Words("Solène Marchebrune", "Le car ne passe plus.", place=Place("Valbrune", "99123", "99"))
SOUND = b"OggS" + bytes(range(200)) * 20
_NUMBERS = itertools.count(1)


async def once(content: bytes) -> AsyncIterator[bytes]:
    """What is written."""
    yield content


def salt() -> bytes:
    """A new one."""
    return next(_NUMBERS).to_bytes(32, "big")


def recorded(
    hall: Hall,
    *,
    uses: tuple[str, ...] = ("publish", "quote"),
    is_published: bool = True,
    sound: bytes = SOUND,
    media_type: str = "audio/ogg",
    words: Words = WORDS,
) -> str:
    """Receive a contribution with a recording and the sound made of it; return the secret of its private address."""
    private = draw()
    key = f"{next(_NUMBERS):032x}"
    original, made = salt(), salt()
    with ThreadPoolExecutor(1) as other:  # a thread of a browser has a loop of its own
        other.submit(anyio.run, hall.service.blobs.write, key, once(sound)).result()

    def build(db: Session) -> None:
        file = ReceivedFile(FileKind.SOUND, media_type, "v.ogg", len(sound), key, original, seal(original, sound).name)
        contribution = contributions.receive(
            db,
            None,
            1,
            words,
            Channel.WEB,
            uses,
            how=ConsentWay.ONLINE,
            token_hash=private.hash,
            salt=salt(),
            files=(file,),
            now=NOW,
        )
        db.add(
            FileRendition(
                file_id=contributions.rows.files(db, contribution.id)[0].id,
                role="sound",
                media_type=media_type,
                size=len(sound),
                blob=key,
                salt=made,
                name=seal(made, sound).name,
            )
        )
        db.flush()
        if is_published:
            moderation.publish(db, SECRETARIAT, contribution, now=NOW)

    hall.service.store.write_now(build)
    return private.secret
