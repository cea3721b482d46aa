"""Contributions in the congress of `tests.web.world`, and a second person of its secretariat."""

import html
import itertools
import re
from collections.abc import Iterator
from datetime import timedelta

from motion.acts import contributions
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.acts.record import note
from motion.record.entry import Entry, decode_entry
from motion.record.voices_story import VoicesStory
from motion.rules.contributions import Channel, ConsentWay, Place, Words
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.identity import hash_token
from storage import ledger
from storage.models import Collection, Contribution, LoginSession, Mail, Secretary
from tests.web.secretariat_world import rows
from tests.web.world import NOW, Hall

DESK = "/ormeline/secretariat/contributions"
TEXT = "Le car de 7 h 10 ne passe plus le jeudi."
SALTS: Iterator[bytes] = (number.to_bytes(32, "big") for number in itertools.count(1))


def receive(
    hall: Hall,
    text: str = TEXT,
    *,
    title: str = "",
    name: str = "Solène Marchebrune",
    channel: Channel = Channel.WEB,
    typed_by: int | None = None,
    uses: tuple[str, ...] = ("publish", "quote"),
    files: tuple[ReceivedFile, ...] = (),
    circumstances: Circumstances = contributions.NOTHING_ELSE,
) -> int:
    """Receive something; its number."""
    salt = next(SALTS)
    actor = Actor(1, Role.SECRETARIAT, secretary_id=typed_by) if typed_by else None
    words = Words(name, text, title=title, place=Place("Valbrune", "99123", "99"))
    return hall.service.store.write_now(
        contributions.receive,
        actor,
        1,
        words,
        channel,
        uses,
        how=ConsentWay.ONLINE,
        token_hash=salt,
        salt=salt,
        files=files,
        circumstances=circumstances,
        now=hall.at[0],
    ).number


def of(hall: Hall, number: int) -> Contribution:
    """A contribution as it stands."""
    return hall.service.store.read_now(contributions.get, 1, number)


def revise(hall: Hall, number: int, text: str) -> None:
    """Its author corrects it."""

    def run(db) -> None:
        found = contributions.get(db, 1, number)
        contributions.revise(db, found, Words("Solène Marchebrune", text), salt=next(SALTS), now=hall.at[0])

    hall.service.store.write_now(run)


def colleague(hall: Hall) -> int:
    """Add Pascale to the secretariat, signed in as `pascale`."""

    def add(db) -> int:
        row = Secretary(congress_id=1, name="Pascale Ormoy", email="pascale@exemple.invalid")
        db.add(row)
        db.flush()
        session = LoginSession(
            congress_id=1,
            secretary_id=row.id,
            token_hash=hash_token("pascale"),
            created_at=NOW,
            seen_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
        db.add(session)
        return row.id or 0

    return hall.service.store.write_now(add)


def print_sheets(hall: Hall, count: int = 9) -> None:
    """Let paper forms be printed."""

    def run(db) -> None:
        db.add(Collection(congress_id=1, sheets=count))
        actor = Actor(1, Role.SECRETARIAT, secretary_id=1)
        note(db, 1, "sheet.print", {"first": 1, "last": count}, actor=actor, now=NOW)

    hall.service.store.write_now(run)


def page(hall: Hall, path: str = "", who: str = "odile"):
    """Ask for a page of the desk."""
    return hall.client.get(DESK + path, headers=hall.signed_in(who))


def mark(hall: Hall, number: int, who: str = "odile") -> str:
    """On what a page says that one decides."""
    found = re.search(r'name="mark" value="([^"]*)"', page(hall, f"/C{number}", who).text)
    assert found is not None
    return found[1]


def decide(hall: Hall, number: int, deed: str, who: str = "odile", **fields: str):
    """Do a deed as the page does, on what it shows now."""
    own = fields.pop("mark", None) or mark(hall, number, who)
    return hall.client.post(
        f"{DESK}/C{number}", data={"deed": deed, "mark": own, **fields}, headers=hall.signed_in(who)
    )


def text_of(answer) -> str:
    """What is read on a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def record(hall: Hall) -> list[Entry]:
    """The whole record, as an auditor reads it; it must make sense."""
    story, found = VoicesStory(), []
    for content in hall.service.store.read_now(ledger.contents, 1, 0, 10_000):
        entry = decode_entry(content)
        assert story.tell(entry.kind, entry.body, entry.by) is None, entry
        found.append(entry)
    return found


def last_entry(hall: Hall) -> tuple[str, dict, str]:
    """Kind, body and author of the last line of the record."""
    entry = record(hall)[-1]
    return entry.kind, dict(entry.body), entry.by


def mails(hall: Hall) -> list[Mail]:
    """What is to be sent."""
    return rows(hall, Mail)
