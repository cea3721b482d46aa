"""What a copy of a congress needs to know beside its pages: whether it is signed whole, which entries have a page."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from motion.rules.steps import StepKind
from storage import history, pages, published, redactions, replays
from storage.models import Checkpoint, Congress, Entry, Job, Redaction


@dataclass(frozen=True, slots=True)
class Standing:
    """How a congress stands.

    Attributes:
        signed: Its newest signed root; None before the first.
        entries: How many entries there are; the root covers all of them when their numbers are equal.
        withdrawn: The last redaction, or 0.
        awaited: Whether witnesses are named whose cosignatures the root lacks.
        behind: Motions whose history is not computed to the end.
    """

    signed: Checkpoint | None
    entries: int
    withdrawn: int
    awaited: bool
    behind: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all is signed and computed."""
        return self.signed is not None and self.signed.size == self.entries and not self.behind


def standing(db: Session, congress: Congress) -> Standing:
    """Read how a congress stands."""
    assert congress.id is not None
    signed = published.newest(db, congress.id)
    named = published.named(db, congress.id)
    motions, last = pages.motions(db, congress)
    ids = [(motion.id, motion.number) for motion in motions if motion.id is not None]
    behind = tuple(motion for motion, number in ids if history.head(db, motion).number < number)
    return Standing(
        signed,
        last + 1,
        redactions.last(db, congress.id),
        bool(named) and signed is not None and signed.published is None,
        behind,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What has a page of its own in a copy: entries of the record, instants of texts; and the motions' codes."""

    entries: frozenset[int]
    instants: frozenset[int]
    motions: tuple[str, ...]
    decided: str


def shown(db: Session, congress: Congress) -> Shown:
    """List what a copy shows one by one: acts, what was taken out, the steps of each text. Not each keystroke."""
    motions, _last = pages.motions(db, congress)
    entries = set(db.exec(select(Entry.number).where(Entry.congress_id == congress.id, Entry.kind != "crdt.update")))
    entries |= set(db.exec(select(Redaction.target).where(Redaction.congress_id == congress.id)))
    instants: set[int] = set()
    for motion in motions:
        steps = replays.past(db, congress, motion.code).steps
        instants |= {step.last_entry for step in steps if step.kind is not StepKind.PAUSE}
        instants.add(motion.text_entry)
    decided = next((motion.code for motion in motions if motion.digest), motions[0].code if motions else "")
    return Shown(frozenset(entries | instants), frozenset(instants), tuple(motion.code for motion in motions), decided)


def with_object(db: Session, congress_id: int, size: int, width: int = 256) -> int:
    """An entry whose object is published, to show how it is checked; 0 when the first ones have none left."""
    query = select(Entry.number).where(Entry.congress_id == congress_id, Entry.kind == "crdt.update")
    for number in db.exec(query.order_by(col(Entry.number)).limit(width)):
        if number < size and any(one.data for one in redactions.published(db, congress_id, number, number + 1)):
            return number
    return 0


def last_job(db: Session, congress_id: int, kind: str) -> Job | None:
    """Return the last task of a kind that a congress was given."""
    query = select(Job).where(Job.congress_id == congress_id, Job.kind == kind).order_by(col(Job.id).desc())
    return db.exec(query.limit(1)).first()
