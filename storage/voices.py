"""Contributions for readers: lists and one page. What is not published gives its number and its state.

Of a contribution that is not published, or whose words were taken out, no row of its words is read at all: what a page
does not have, it can't show. What is counted is told by `voices_counted`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, exists, func, or_, select, union_all
from sqlmodel import Session, col

from motion.rules.contributions import ContributionState, Use
from motion.rules.errors import NotFound
from storage import contributions as rows
from storage import refused_files, voice_ends
from storage.kept_counts import kept
from storage.models import (
    Congress,
    Contribution,
    ContributionFile,
    ContributionMessage,
    ContributionTheme,
    ContributionVersion,
    Entry,
    FileRendition,
    Theme,
    Transcript,
)
from storage.models.record import IS_RARE
from storage.redactions import Tombstone
from storage.refused_files import Kept
from storage.transcripts import Testimony, public, testimonies
from storage.voices_asked import IS_SHOWN as IS_SHOWN
from storage.voices_asked import MAX_NUMBER, PAGE, joined, narrowed, ordered
from storage.voices_asked import Asked as Asked

_KINDS = (
    "redaction",
    "theme.change",
    *(
        f"contribution.{what}"
        for what in (
            *("receive", "file", "consent", "check", "publish", "show", "captions", "refuse", "answer", "notice"),
            *("reply", "withdraw", "sort", "group", "import"),
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Voice:
    """One contribution in a list. `version` is None when nobody may read its words; its files are then none."""

    contribution: Contribution
    version: ContributionVersion | None
    themes: tuple[Theme, ...] = ()
    files: tuple[ContributionFile, ...] = ()  # with something published
    reason: str = ""  # why it is refused: a code


@dataclass(frozen=True, slots=True)
class Voices:
    """A page of the list."""

    voices: tuple[Voice, ...]
    count: int  # that are as asked
    states: dict[str, int]  # how many contributions are in each state
    themes: tuple[Theme, ...]
    departments: tuple[str, ...]  # codes of those heard
    last_entry: int
    has_next: bool
    last_number: int


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of a published contribution: what was made of it, and what is said in it."""

    file: ContributionFile
    made: tuple[FileRendition, ...]
    transcripts: tuple[Transcript, ...] = ()


@dataclass(frozen=True, slots=True)
class OneVoice:
    """A contribution for its page. Without words, files and replies unless it is published."""

    voice: Voice
    versions: tuple[ContributionVersion, ...] = ()  # published and still there, the first one first
    files: tuple[FileShown, ...] = ()
    testimony: Testimony | None = None  # the first recording, with what is said in it
    replies: tuple[ContributionMessage, ...] = ()
    supports: Contribution | None = None
    supported_by: tuple[Voice, ...] = ()
    similar: tuple[Voice, ...] = ()
    uses: frozenset[Use] = frozenset()
    tombstones: tuple[Tombstone, ...] = ()
    # `receive`, `correct`, `publish`, `republish`, `refuse` or `withdraw`, and its number.
    entries: tuple[tuple[str, int], ...] = ()
    last_entry: int = -1
    kept: Kept | None = None  # until when the files of what is refused are readable by the secretariat


def last_entry(db: Session, congress_id: int, kinds: Sequence[str] = _KINDS) -> int:
    """Number of the last entry of these kinds, outside `FREQUENT`; -1 before any.

    Args:
        kinds: All that may change what readers see of contributions, by default.
    """
    its = select(func.max(col(Entry.number)).label("number")).where(col(Entry.congress_id) == congress_id, IS_RARE)
    # The last of each kind is found at once; a list of kinds would be walked to the end, or put in order.
    each = union_all(*(its.where(col(Entry.kind) == kind) for kind in kinds)).subquery()
    found: int | None = db.execute(select(func.max(each.c.number))).scalar_one()
    return -1 if found is None else found


def listed(db: Session, congress: Congress, asked: Asked) -> Voices:
    """Read a page of the list."""
    assert congress.id is not None
    is_open = asked.state in ("all", ContributionState.PUBLISHED.value)
    congress_id, last = congress.id, last_entry(db, congress.id)
    found = _page(db, congress_id, asked, last)
    voices = dressed(db, found[:PAGE])
    states = kept(db, congress_id, last, "states", lambda: rows.states_of(db, congress_id))
    return Voices(
        voices,
        _count(db, congress_id, asked, states, last),
        states,
        themes_in_use(db, congress.id),
        kept(db, congress_id, last, "departments", lambda: _departments(db, congress_id)) if is_open else (),
        last,
        len(found) > PAGE,
        rows.next_number(db, congress.id) - 1,
    )


def _count(db: Session, congress_id: int, asked: Asked, states: dict[str, int], last: int) -> int:
    """How many are as asked; of the list as it opens, and of what is narrowed to one of few things, as kept."""
    if not asked.filters:
        return sum(states.values()) if asked.state == "all" else states.get(asked.state, 0)
    asked = replace(asked, order="recent")

    def count() -> int:
        query = joined(select(func.count()).select_from(Contribution), asked)
        return int(db.execute(query.where(*narrowed(congress_id, asked))).scalar_one())

    one = asked.channel or asked.official or asked.files
    if not one or asked.filters > 1 or asked.upto is not None:
        return count()
    return kept(db, congress_id, last, f"{asked.state}, {one}", count)


def _page(
    db: Session, congress_id: int, asked: Asked, last: int
) -> list[tuple[Contribution, ContributionVersion | None]]:
    """Read a page and one more. What is put in order is numbers alone, not the words that go with them.

    All that is published is put in the order of its places once, until something is said again.
    """
    order = joined(select(col(Contribution.id)), asked).where(*narrowed(congress_id, asked))
    if asked == Asked(order="place", page=asked.page):
        by_place = ordered(order, replace(asked, page=1))
        every = kept(db, congress_id, last, "by place", lambda: tuple(db.execute(by_place).scalars()))
        ids: Sequence[int | None] = every[(asked.page - 1) * PAGE :][: PAGE + 1]
    else:
        ids = db.execute(ordered(order, asked).limit(PAGE + 1)).scalars().all()
    join = select(Contribution, ContributionVersion).outerjoin(ContributionVersion, IS_SHOWN)
    found = {row[0].id: (row[0], row[1]) for row in db.execute(join.where(col(Contribution.id).in_(ids)))}
    return [found[each] for each in ids]


def one(db: Session, congress: Congress, number: int) -> OneVoice:
    """Read a contribution for its page.

    Raises:
        NotFound: There is none of this number.
    """
    assert congress.id is not None
    found = rows.numbered(db, congress.id, min(number, MAX_NUMBER))
    if found is None or found.id is None:
        raise NotFound("contribution", f"C{number}")
    versions = rows.versions(db, found.id)
    shown = next(
        (each for each in versions if each.version == found.published_version and not each.is_gone),
        None,
    )
    if found.state != ContributionState.PUBLISHED:
        shown = None
    last = last_entry(db, congress.id)
    (voice,) = dressed(db, [(found, shown)])
    stones = voice_ends.tombstones(db, congress.id, found, versions)
    entries = [("correct" if each.version > 1 else "receive", each.entry) for each in versions]
    if shown is None:
        entries += voice_ends.ending(db, found)
        kept_files = refused_files.kept(db, found)
        return OneVoice(voice, tombstones=stones, entries=tuple(entries), last_entry=last, kept=kept_files)
    published = [each.published_entry for each in versions if each.published_entry is not None]
    entries += [("republish" if number else "publish", entry) for number, entry in enumerate(published)]
    group = found.group_id or found.id
    near = or_(col(Contribution.group_id) == group, col(Contribution.id) == group)
    return OneVoice(
        voice,
        tuple(each for each in versions if each.published_entry is not None and not each.is_gone),
        _files_shown(db, voice.files),
        next(iter(testimonies(db, found)), None),
        tuple(each for each in rows.messages(db, found.id) if each.kind == "reply" and each.entry and each.text),
        db.get(Contribution, found.supports_id) if found.supports_id is not None else None,
        _some(db, col(Contribution.supports_id) == found.id),
        tuple(each for each in _some(db, near) if each.contribution.id != found.id),
        rows.agreed(db, found.id),
        stones,
        tuple(sorted(entries, key=lambda each: each[1])),
        last,
    )


def recent(db: Session, congress_id: int, most: int) -> tuple[Voice, ...]:
    """The last contributions published, by number."""
    return _some(db, col(Contribution.congress_id) == congress_id, most)


def _some(db: Session, condition: ColumnElement[bool], most: int = PAGE) -> tuple[Voice, ...]:
    query = select(Contribution, ContributionVersion).join(ContributionVersion, IS_SHOWN).where(condition)
    found = db.execute(query.order_by(col(Contribution.number).desc()).limit(most)).all()
    return dressed(db, [(row[0], row[1]) for row in found])


def themes_in_use(db: Session, congress_id: int) -> tuple[Theme, ...]:
    """The themes in use, by number."""
    query = select(Theme).where(col(Theme.congress_id) == congress_id, col(Theme.is_used).is_(True))
    return tuple(db.execute(query.order_by(col(Theme.number))).scalars())


def _departments(db: Session, congress_id: int) -> tuple[str, ...]:
    query = (
        select(col(ContributionVersion.department_code))
        .join(Contribution, IS_SHOWN)
        .where(col(Contribution.congress_id) == congress_id, col(ContributionVersion.department_code) != "")
        .distinct()
    )
    return tuple(sorted(db.execute(query).scalars()))


def dressed(db: Session, found: Sequence[tuple[Contribution, ContributionVersion | None]]) -> tuple[Voice, ...]:
    """Add themes and kinds of files to those that are read, and the reason to those that are refused."""
    shown = [one.id for one, version in found if version is not None]
    refused = [one.id for one, _version in found if one.state == ContributionState.REFUSED]
    themes: dict[int, list[Theme]] = {}
    files: dict[int, list[ContributionFile]] = {}
    reasons: dict[int, str] = {}
    if shown:
        under = (
            select(col(ContributionTheme.contribution_id), Theme)
            .join(Theme, col(Theme.id) == col(ContributionTheme.theme_id))
            .where(col(ContributionTheme.contribution_id).in_(shown), col(Theme.is_used).is_(True))
        )
        for contribution_id, theme in db.execute(under.order_by(col(Theme.number))):
            themes.setdefault(contribution_id, []).append(theme)
        there = (
            exists()
            .where(
                col(FileRendition.file_id) == col(ContributionFile.id),
                col(FileRendition.entry).is_not(None),
                col(FileRendition.blob).is_not(None),
            )
            .correlate(ContributionFile)
        )
        with_files = select(ContributionFile).where(col(ContributionFile.contribution_id).in_(shown), there)
        for file in db.execute(with_files.order_by(col(ContributionFile.number))).scalars():
            files.setdefault(file.contribution_id, []).append(file)
    if refused:
        said = select(col(ContributionMessage.contribution_id), col(ContributionMessage.reason)).where(
            col(ContributionMessage.contribution_id).in_(refused), col(ContributionMessage.kind) == "decision"
        )
        reasons = {row[0]: row[1] for row in db.execute(said.order_by(col(ContributionMessage.id)))}
    return tuple(
        Voice(
            one,
            version,
            tuple(themes.get(one.id or 0, ())),
            tuple(files.get(one.id or 0, ())),
            reasons.get(one.id or 0, ""),
        )
        for one, version in found
    )


def _files_shown(db: Session, files: Sequence[ContributionFile]) -> tuple[FileShown, ...]:
    ids = [file.id for file in files if file.id is not None]
    made = [each for each in rows.renditions(db, ids) if each.entry is not None and each.blob is not None]
    said = public(db, ids)
    return tuple(
        FileShown(
            file,
            tuple(each for each in made if each.file_id == file.id),
            tuple(each for each in said if each.file_id == file.id),
        )
        for file in files
    )
