"""Paper forms as rows: which numbers exist, what became of each. Reading alone; `motion.acts.sheets` writes."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from motion.rules.contributions import ContributionState
from motion.rules.errors import NotFound
from storage import contributions, deposits, transcribed
from storage.models import Congress, Contribution, ContributionFile, ContributionMessage, FileRendition, Upload
from storage.transcribed import Typed

SHOWN = 50  # of a list; who looks for an older one has its number


@dataclass(frozen=True, slots=True)
class Sheets:
    """The forms of a congress: the last number printed, how many were typed, how many of them wait to be compared.

    `waiting` are the first of those; `just_typed` is the number of the form that somebody has typed a moment ago.
    """

    last: int
    typed: int
    to_compare: int
    waiting: list[Typed]
    just_typed: int | None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a form that was printed. `contribution` is None while nobody has typed it."""

    number: int
    contribution: Contribution | None
    refusal: str  # code of the reason; empty but for one that is refused


def overview(db: Session, congress: Congress, just_typed: int = 0) -> Sheets:
    """Read where the forms of a congress stand.

    Args:
        just_typed: Number of the contribution that somebody has just made of a form; 0 for none.
    """
    assert congress.id is not None
    paper = (Contribution.congress_id == congress.id, Contribution.channel == "paper")
    awaited = (*paper, Contribution.state == ContributionState.AWAITED)
    typed, to_compare = (
        db.exec(select(func.count()).select_from(Contribution).where(*wanted)).one() for wanted in (paper, awaited)
    )
    found = db.exec(select(Contribution).where(*awaited).order_by(col(Contribution.number)).limit(SHOWN))
    last = contributions.collection(db, congress.id).sheets
    made = db.exec(select(Contribution.sheet).where(*awaited, Contribution.number == just_typed)).first()
    return Sheets(last, typed, to_compare, transcribed.with_words(db, list(found)), made)


def fate(db: Session, congress: Congress, number: int) -> Fate:
    """Say what became of a form.

    Raises:
        NotFound: No form of this number was printed.
    """
    assert congress.id is not None
    if not 1 <= number <= contributions.collection(db, congress.id).sheets:
        raise NotFound("sheet", str(number))
    found = contributions.of_sheet(db, congress.id, number)
    refusal = ""
    if found is not None and found.state == ContributionState.REFUSED:
        query = select(ContributionMessage.reason).where(
            ContributionMessage.contribution_id == found.id, ContributionMessage.kind == "decision"
        )
        refusal = db.exec(query.order_by(col(ContributionMessage.id).desc()).limit(1)).first() or ""
    return Fate(number, found, refusal)


def typed(db: Session, congress: Congress, number: int) -> Typed:
    """Find what was typed of a form.

    Raises:
        NotFound: No such form, or nobody has typed it.
    """
    found = fate(db, congress, number).contribution
    if found is None:
        raise NotFound("sheet", str(number))
    return transcribed.with_words(db, [found])[0]


def being_typed(db: Session, congress: Congress, number: int, owner: bytes) -> tuple[Fate, list[Upload]]:
    """Read a form that nobody has typed, with the scans that were sent of it.

    Raises:
        NotFound: No form of this number was printed.
    """
    assert congress.id is not None
    found = deposits.files(db, congress.id, owner)
    return fate(db, congress, number), [upload for upload in found if upload.state == "done"]


def compared(
    db: Session, congress: Congress, number: int
) -> tuple[Typed, list[tuple[ContributionFile, FileRendition | None]]]:
    """Read a form that was typed, with its scans and what will be published of each.

    Raises:
        NotFound: No such form, or nobody has typed it.
    """
    found = typed(db, congress, number)
    assert found.contribution.id is not None
    files = contributions.files(db, found.contribution.id)
    made = {row.file_id: row for row in contributions.renditions(db, [file.id for file in files if file.id])}
    return found, [(file, made.get(file.id or 0)) for file in files]
