"""Contributions for readers: lists and one page. What is not published gives its number and its state.

Of a contribution that is not published, or whose words were taken out, no row of its words is read at all: what a page
does not have, it can't show. What is counted is told by `voices_counted`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, exists, func, literal, or_, select
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

PAGE = 30
MAX_NUMBER = 2**31 - 1  # what a column of PostgreSQL holds; nothing has this number
_PRIME = 2_147_483_647  # multiplying by what is below it changes the order of all smaller numbers, and of none twice

IS_SHOWN: ColumnElement[bool] = and_(
    col(ContributionVersion.contribution_id) == col(Contribution.id),
    col(ContributionVersion.version) == col(Contribution.published_version),
    col(Contribution.state) == ContributionState.PUBLISHED.value,
    col(ContributionVersion.is_gone).is_(False),
)
"""Joins a contribution to the words that everyone reads, if there are any."""

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
class Asked:
    """What a reader asks of the list. Empty: of all.

    Attributes:
        state: A state, or `all`.
        official: `yes`, `no`, or empty.
        files: A kind of file, `any`, or empty.
        order: `recent`, `time`, `theme`, `place` or `random`.
        seed: Of the random order: the same seed is the same order.
        after: Number of the last contribution of the page before, in the orders of time.
        upto: The highest number there was when the random order was drawn: what comes later does not move a page.
        page: From 1, in the other orders.
    """

    channel: str = ""
    theme: int | None = None
    department: str = ""
    commune: str = ""
    official: str = ""
    files: str = ""
    state: str = ContributionState.PUBLISHED.value
    order: str = "recent"
    seed: int = 0
    after: int | None = None
    upto: int | None = None
    page: int = 1


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


def last_entry(db: Session, congress_id: int) -> int:
    """Number of the last entry that may change what readers see of contributions; -1 before any."""
    query = select(col(Entry.number)).where(col(Entry.congress_id) == congress_id, col(Entry.kind).in_(_KINDS), IS_RARE)
    found: int | None = db.execute(query.order_by(col(Entry.number).desc()).limit(1)).scalar_one_or_none()
    return -1 if found is None else found


def listed(db: Session, congress: Congress, asked: Asked) -> Voices:
    """Read a page of the list."""
    assert congress.id is not None
    wanted = narrowed(congress.id, asked)
    is_open = asked.state in ("all", ContributionState.PUBLISHED.value)
    congress_id, last = congress.id, last_entry(db, congress.id)
    counted = select(func.count()).select_from(Contribution).outerjoin(ContributionVersion, IS_SHOWN).where(*wanted)
    found = _page(db, wanted, asked)
    voices = dressed(db, found[:PAGE])
    states = kept(db, congress_id, last, "states", lambda: states_of(db, congress_id))
    # The list as it opens is counted with the states: the count of a filter reads what it filters.
    plain = asked.state == ContributionState.PUBLISHED.value and not _is_filtered(asked)
    count = states.get(asked.state, 0) if plain else db.execute(counted).scalar_one()
    return Voices(
        voices,
        count,
        states,
        themes_in_use(db, congress.id),
        kept(db, congress_id, last, "departments", lambda: _departments(db, congress_id)) if is_open else (),
        last,
        len(found) > PAGE,
        rows.next_number(db, congress.id) - 1,
    )


def _page(
    db: Session, wanted: list[ColumnElement[bool]], asked: Asked
) -> list[tuple[Contribution, ContributionVersion | None]]:
    """Read a page and one more. What is put in order is numbers alone, not the words that go with them."""
    order = select(col(Contribution.id)).outerjoin(ContributionVersion, IS_SHOWN).where(*wanted)
    ids = db.execute(_ordered(order, asked).limit(PAGE + 1)).scalars().all()
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


def _is_filtered(asked: Asked) -> bool:
    return any((asked.channel, asked.theme, asked.department, asked.commune, asked.official, asked.files))


def narrowed(congress_id: int, asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions of what is asked, its order aside; `IS_SHOWN` is joined."""
    version = ContributionVersion
    wanted = [col(Contribution.congress_id) == congress_id]
    if asked.state != "all":
        wanted.append(col(Contribution.state) == asked.state)
    if asked.channel:
        wanted.append(col(Contribution.channel) == asked.channel)
    # What follows is said by the words: of those that nobody may read, none is found by them.
    if asked.department:
        wanted.append(col(version.department_code) == asked.department)
    if asked.commune:
        # What SQLite calls lower leaves É as it is; so do bytes.
        named = {asked.commune.lower(), asked.commune.encode().lower().decode()}
        wanted.append(func.lower(col(version.commune)).in_(named))
    if asked.official:
        wanted.append(col(version.is_official).is_(asked.official == "yes"))
    if asked.theme is not None:
        under = (
            exists()
            .where(
                col(ContributionTheme.contribution_id) == col(Contribution.id),
                col(ContributionTheme.theme_id) == col(Theme.id),
                col(Theme.number) == asked.theme,
                col(Theme.congress_id) == congress_id,
            )
            .correlate(Contribution)
        )
        wanted += [under, col(version.version).is_not(None)]
    if asked.files:
        made = (
            exists()
            .where(
                col(ContributionFile.contribution_id) == col(Contribution.id),
                col(FileRendition.file_id) == col(ContributionFile.id),
                col(FileRendition.entry).is_not(None),
                col(FileRendition.blob).is_not(None),
                *([] if asked.files == "any" else [col(ContributionFile.kind) == asked.files]),
            )
            .correlate(Contribution)
        )
        wanted += [made, col(version.version).is_not(None)]
    if asked.upto is not None:
        wanted.append(col(Contribution.number) <= asked.upto)
    return wanted


def _ordered(query: Select[Any], asked: Asked) -> Select[Any]:
    number = col(Contribution.number)
    if asked.order == "time":
        query = query if asked.after is None else query.where(number > asked.after)
        return query.order_by(number)
    if asked.order == "recent":
        query = query if asked.after is None else query.where(number < asked.after)
        return query.order_by(number.desc())
    by: list[Any] = []  # columns of several types
    if asked.order == "place":
        version = ContributionVersion
        by = [col(version.version).is_(None), col(version.department_code), col(version.commune)]
    elif asked.order == "theme":
        first = (
            select(func.min(col(Theme.number)))
            .join(ContributionTheme, col(ContributionTheme.theme_id) == col(Theme.id))
            .where(col(ContributionTheme.contribution_id) == col(Contribution.id))
            .correlate(Contribution)
            .scalar_subquery()
        )
        by = [func.coalesce(first, MAX_NUMBER)]
    elif asked.order == "random":
        factor = 1 + (asked.seed * 48_271 + 40_692) % (_PRIME - 1)
        by = [(cast(number, BigInteger) * literal(factor, BigInteger)) % literal(_PRIME, BigInteger)]
    return query.order_by(*by, number).offset((asked.page - 1) * PAGE)


def states_of(db: Session, congress_id: int) -> dict[str, int]:
    """How many contributions are in each state."""
    query = select(col(Contribution.state), func.count()).where(col(Contribution.congress_id) == congress_id)
    return {state: count for state, count in db.execute(query.group_by(col(Contribution.state)))}


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
