"""Ways by which something is published, each told so that it can be taken up wherever it was cut.

`prepare_*` makes what there is beforehand; `tell_*` does what is left to do, as people and loops do who know nothing of
a cut: they look at where things are, or do again what they had no answer to.
"""

import asyncio
import imaplib
import json
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

from sqlmodel import Session

from motion.acts import contributions, moderation
from motion.rules.contributions import FileKind
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.work.mailbox import Mailboxes
from motion.work.media import Conversions
from storage.models import Collection, Contribution, FileRendition, Mail
from tests.media import files
from tests.web import participants, test_scribe, test_sheet_typing
from tests.web.world import Hall
from tests.work import test_mailbox, test_media
from tests.worlds import World

ODILE = Actor(1, Role.SECRETARIAT, secretary_id=1)
KEY = bytes(32)


def rows(hall: Hall, table: type) -> list[Any]:
    return participants.table(hall, table)


def publish(hall: Hall) -> None:
    """The secretariat publishes the only contribution, unless it finds it published."""

    def run(db: Session) -> None:
        found = contributions.get(db, 1, 1)
        if found.state != "published":
            moderation.publish(db, ODILE, found, now=hall.at[0])

    hall.service.store.write_now(run)


def make_due(hall: Hall) -> None:
    """What waits is made ready."""
    service = hall.service
    made = Conversions(service.store, service.blobs, service.settings.data_dir, lambda: hall.at[0], owner=str(hall.at))
    asyncio.run(made.make_due())


# Somebody sends what they wrote, with two files, and the secretariat publishes it.


def prepare_send(hall: Hall) -> None:
    key = participants.filled(hall)
    place = hall.service.settings.data_dir
    for name in ("route.png", "pont.png"):
        content = files.photo(place / name, format="PNG").read_bytes()
        (place / name).unlink()
        assert participants.attach(hall, name, content, "image/png").status_code == 303
    participants.visit(hall, f"{participants.HERE}/verifier")  # the files are looked at
    (place / "browser").write_text(json.dumps([key, dict(hall.client.cookies)]))


def tell_send(hall: Hall) -> None:
    """The answer to a form that was cut off never came: the browser sends it again."""
    key, cookies = json.loads((hall.service.settings.data_dir / "browser").read_text())
    for name, value in cookies.items():
        hall.client.cookies.set(name, value)
    answer = participants.send(hall, key)
    assert answer.status_code == 200 and "C1" in answer.text, answer.text
    publish(hall)


# A sound is made ready while its contribution is being published.


def prepare_meanwhile(hall: Hall) -> None:
    place = hall.service.settings.data_dir / "voix"
    path = files.film(place, codec=None, sound="libmp3lame", format="mp3", seconds=1)
    world = World(hall.service.store, 1, 1, ODILE, ODILE, ODILE)
    test_media.send(world, hall.service.blobs, path, FileKind.SOUND)
    place.unlink()


def tell_meanwhile(hall: Hall) -> None:
    """The words are published between the first blob and the second."""
    blobs = hall.service.blobs
    write = blobs.write

    async def writing(key: str, chunks: AsyncIterator[bytes]) -> int:
        length = await write(key, chunks)
        await asyncio.to_thread(publish, hall)
        return length

    blobs.write = writing  # type: ignore[method-assign]
    make_due(hall)
    publish(hall)
    make_due(hall)


# A sound was made ready before its contribution is published.


prepare_afterwards = prepare_meanwhile


def tell_afterwards(hall: Hall) -> None:
    make_due(hall)
    publish(hall)


# A paper form, from its photo to its publication.


def prepare_sheet(hall: Hall) -> None:
    hall.service.store.write_now(lambda db: db.add(Collection(congress_id=1, sheets=5)))
    test_scribe.second(hall)
    photo = ("recto.jpg", test_sheet_typing.photo(), "image/jpeg")
    assert test_sheet_typing.scan(hall, "3", photo).status_code == 303


def tell_sheet(hall: Hall) -> None:
    """Those who type and compare see on the list of forms what is done."""
    if not rows(hall, Contribution):
        masked = {**test_sheet_typing.TYPED, "mask-1-left": "50", "mask-1-top": "75"}
        masked |= {"mask-1-width": "50", "mask-1-height": "25"}
        answer = test_sheet_typing.typed(hall, 3, masked)
        assert answer.status_code == 303, answer.text
    if rows(hall, Contribution)[0].state == "awaited":
        confirm = {"deed": "confirm", "version": "1"}
        assert test_scribe.send(hall, "/fiches/3/relire", confirm, "gaspard").status_code == 303
    publish(hall)


# A message with a photo arrives, its author agrees, and the secretariat publishes it.


def box(environment: dict[str, str]) -> imaplib.IMAP4:
    """The mailbox as its owner sees it."""
    found = imaplib.IMAP4("127.0.0.1", int(environment["TEST_IMAP_PORT"]))
    found.login("contributions", "secret")
    found.select("INBOX")
    return found


def before_mail(environment: dict[str, str]) -> None:
    """One message, unread."""
    message: EmailMessage = test_mailbox.written()
    photo = test_sheet_typing.photo()
    message.add_attachment(photo, "image", "jpeg", filename="route.jpg")
    with box(environment) as found:
        for uid in found.uid("SEARCH", "ALL")[1][0].split():
            found.uid("STORE", uid.decode(), "+FLAGS", r"(\Deleted)")
        found.expunge()
        found.append("INBOX", "", "", message.as_bytes().replace(b"\n", b"\r\n"))


def prepare_mail(hall: Hall) -> None:
    """Nothing."""


def tell_mail(hall: Hall) -> None:
    """The box is read again; whoever was written to follows the address of the letter."""
    service = hall.service
    asyncio.run(Mailboxes(service.store, service.blobs, service.settings, KEY, lambda: hall.at[0]).read_due())
    letters = [letter for letter in rows(hall, Mail) if "/suivi/" in letter.body]
    assert len(letters) == 1
    if rows(hall, Contribution)[0].state == "awaited":
        found = re.search(r"/ormeline/suivi/[^\s]+", letters[0].body)
        assert found is not None
        answer = hall.client.post(found[0] + "/accepter", data=participants.CONSENT)
        assert answer.status_code == 303, answer.text
    publish(hall)
    if not rows(hall, FileRendition):
        make_due(hall)
