"""A congress whose open data has something to say: signed entries, a vote, words taken out, private addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from motion.acts import contributions, moderation, motions, roster, themes
from motion.acts.motions import ShowOfHands
from motion.acts.roster import OfficialForm
from motion.rules.contributions import Channel, ConsentWay, Place, Words
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import ledger
from tests.acts.strokes import Hand
from tests.web.test_redactions import sign, take_out, world_of
from tests.web.world import NOW, Hall, fill_roster, served

SECRETARIAT = Actor(1, Role.SECRETARIAT, secretary_id=1, session_id=3)
FORBIDDEN = "Un propos interdit."
ADDRESSES = ("odile@exemple.invalid", "zelie@brumeval.example")
FORMULA = "=HYPERLINK(0)"
CONGRESS = "/api/v1/congresses/ormeline"


@dataclass(frozen=True, slots=True)
class Open:
    """The served congress, the entry whose words were erased, how many entries are signed."""

    hall: Hall
    erased: int
    size: int


@contextmanager
def opened(folder: Path) -> Iterator[Open]:
    """Serve it for as long as the block lasts."""
    with served(folder) as hall:
        fill_roster(hall)
        hall.service.store.write_now(_acts)
        aline, mamadou = Hand(world_of(hall), world_of(hall).aline, 40), Hand(world_of(hall), world_of(hall).yves, 50)
        erased = aline.type(FORBIDDEN)
        mamadou.type_slowly(" Et ceci reste")
        aline.erase(FORBIDDEN)
        take_out(hall, erased, erased)
        hall.service.store.write_now(_voice)
        size = sign(hall)
        yield Open(hall, erased, size)


def _acts(db: Session) -> None:
    form = OfficialForm("BRUNE", "Zélie", mandate=FORMULA, territory="Brumeval", email=ADDRESSES[1])
    roster.add(db, SECRETARIAT, 1, form, now=NOW)
    gone = roster.add(db, SECRETARIAT, 1, OfficialForm("PARTI", "Anselme"), now=NOW)
    assert gone.id is not None
    roster.revoke(db, SECRETARIAT, gone.id, "mistake", now=NOW + timedelta(minutes=1))
    frozen = motions.freeze(db, SECRETARIAT, 2, now=NOW + timedelta(minutes=2))
    assert frozen.digest is not None
    motions.adopt(
        db,
        SECRETARIAT,
        2,
        ShowOfHands(30, 4, 2, 1, "Solène Kervadec"),
        expected_digest=frozen.digest,
        now=NOW + timedelta(minutes=3),
    )


def _voice(db: Session) -> None:
    """Somebody is heard, under a theme."""
    said = Words("Solène Marchebrune", "Le car ne passe plus.", place=Place("Valbrune", "99123", "99"))
    now = NOW + timedelta(minutes=4)
    uses, online = ("publish", "quote"), ConsentWay.ONLINE
    one = contributions.receive(
        db, None, 1, said, Channel.WEB, uses, how=online, token_hash=bytes(32), salt=bytes(range(32)), now=now
    )
    moderation.publish(db, SECRETARIAT, one, now=now)
    theme = themes.add(db, SECRETARIAT, 1, "Les transports", now=now)
    themes.sort(db, SECRETARIAT, one, [theme.number], now=now)


def write_more(world: Open, words: str) -> int:
    """Have somebody write on, and sign; how many entries there are then."""
    Hand(world_of(world.hall), world_of(world.hall).yves, 60 + len(words)).type_slowly(words)
    sign(world.hall)
    return world.hall.service.store.read_now(ledger.size, 1)
