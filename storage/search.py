"""Search: passages of the texts as they read now and of the acts, found by the stems of their words.

The stems are ours (`motion.rules.words`) and stand in an ordinary table, so SQLite and PostgreSQL give the same
answers. The index follows what it indexes when somebody searches: `refresh`, in small transactions, since on SQLite
each of them holds up those who write. What another version of Motion indexed is indexed again in the background
(`motion.work.searches`). All of it may be lost: it is made again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, or_, select, union
from sqlmodel import Session, col

from motion.record.entry import Entry as Said
from motion.record.entry import decode_entry
from motion.record.errors import RecordError
from motion.record.forms import Form
from motion.record.kinds import KINDS
from motion.record.objects import open_object
from motion.rules.names import folded
from motion.rules.register import TYPED
from motion.rules.text import MotionText, parse
from motion.rules.words import MAX_WORDS, Asked, stems
from storage import spoken_passages, written_voices
from storage.drafts import insert_missing
from storage.models import Congress, Entry, Motion, Official, SealedObject, SearchPassage, SearchState, SearchStem
from storage.models.record import FREQUENT, IS_RARE
from storage.unindexed import Unindexed

PASSAGES = 150
"""Passages that one transaction indexes at most, of one motion: about ten milliseconds, twenty-five for the longest."""

INDEXING = 2
"""What is indexed, and how its words become stems, in this version of Motion. Raise it with any change of `_ACTS_SAID`,
`_words_of`, `_passages`, `storage.spoken_passages` or `motion.rules.words.stems`: what was indexed otherwise is then
indexed again."""

ACTS = 0
"""Stands for the acts of the register where a motion's id stands for its text."""

_MADE_BY = -1  # stands there for the whole congress: what was read is no number of a text, but an `INDEXING`
_FORMER = -2  # read: the passages are those of another `INDEXING`, and still found until they are made again

VOICES = "contributions"
"""Stands for what people said where a motion's code stands for its text."""

PAGE = 30
PEOPLE = 3  # of the same name: a family in a congress
MAX_STEM = 60  # characters: longer than any French word
_VOTES = (("for", "pour"), ("against", "contre"), ("abstentions", "abstentions"))
_REASONED = ("motion.unfreeze", "motion.withdraw")  # whose object is a reason, in words
_ACTS_SAID = {
    "motion.freeze": "Décision\u00a0: texte de la motion {doc} gelé",
    "motion.unfreeze": "Décision\u00a0: texte de la motion {doc} rouvert",
    "motion.adopt": "Décision\u00a0: motion {doc} adoptée. Vote\u00a0: {votes}",
    "motion.reject": "Décision\u00a0: motion {doc} rejetée. Vote\u00a0: {votes}",
    "motion.withdraw": "Décision\u00a0: motion {doc} retirée",
}
"""What an act is looked for by, in the language of the texts: the index is one for all readers."""
_WITH_WORDS = tuple(
    name
    for name, kind in KINDS.items()
    if name not in FREQUENT and (name in _ACTS_SAID or any(field.form is Form.TEXT for field in kind.fields))
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage found. An alinéa has its motion's code, an act its entry."""

    motion: str
    anchor: str
    title: str
    text: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of passages: the texts in their order, then the acts from the latest; and how many there are."""

    passages: tuple[Passage, ...]
    count: int


def behind(db: Session, congress_id: int) -> list[int]:
    """What is still to be indexed: motions by id, and `ACTS`; `former` lists what is to be indexed again."""
    read = {row.motion_id: row.read for row in _states(db, congress_id)}
    texts = db.execute(
        select(col(Motion.id), col(Motion.text_number))
        .where(col(Motion.congress_id) == congress_id)
        .order_by(col(Motion.id))
    )
    found = [one for one, number in texts if one is not None and read.get(one, -1) not in (number, _FORMER)]
    if read.get(ACTS) == _FORMER:
        return found
    return [*found, ACTS] if _last_act(db, congress_id) > read.get(ACTS, -1) else found


def mark(db: Session, congress_id: int) -> tuple[int, ...]:
    """Return numbers that change when a search may find something else or say it otherwise: no digest of words."""
    states = sorted((row.motion_id, row.read) for row in _states(db, congress_id))
    return (_last_act(db, congress_id), *(number for state in states for number in state))


def _last_act(db: Session, congress_id: int) -> int:
    last = select(func.max(col(Entry.number))).where(col(Entry.congress_id) == congress_id, IS_RARE)
    return db.execute(last).scalar() or 0


def refresh(db: Session, congress_id: int, part: int) -> bool:
    """Index what has changed in one motion, or in the acts: `PASSAGES` at most; return whether more is left."""
    _lock(db, congress_id)
    if part == ACTS:
        return _index_acts(db, congress_id)
    motion = db.get_one(Motion, part)
    read = _read(db, congress_id, part)
    if read == _FORMER:
        return _drop_former(db, motion)
    return read != motion.text_number and _index_motion(db, motion)


def is_of_another_version(db: Session) -> bool:
    """Whether some congress was indexed by another version of Motion, and `put_aside` has not seen it."""
    return bool(_of_another_version(db))


def put_aside(db: Session) -> None:
    """Mark all that another version indexed as `former`. It is found as it was until it has been indexed again."""
    for congress_id in _of_another_version(db):
        _lock(db, congress_id)
        texts = db.execute(select(col(Motion.id)).where(col(Motion.congress_id) == congress_id)).scalars()
        for part in (ACTS, *texts):
            assert part is not None
            _have_read(db, congress_id, part, _FORMER)
        _have_read(db, congress_id, _MADE_BY, INDEXING)


def former(db: Session) -> list[tuple[int, int]]:
    """What `refresh` must index again, though nothing of it has changed: congresses, and their motions or `ACTS`."""
    marked = select(col(SearchState.congress_id), col(SearchState.motion_id)).where(
        col(SearchState.read) == _FORMER, col(SearchState.motion_id) >= ACTS
    )
    return [(row[0], row[1]) for row in db.execute(marked.order_by(col(SearchState.congress_id)))]


def _of_another_version(db: Session) -> list[int]:
    here = col(SearchState.motion_id) == _MADE_BY, col(SearchState.read) == INDEXING
    made = set(db.execute(select(col(SearchState.congress_id)).where(*here)).scalars())
    indexed = select(col(SearchState.congress_id)).where(col(SearchState.motion_id) == ACTS)
    return [one for one in db.execute(indexed.order_by(col(SearchState.congress_id))).scalars() if one not in made]


def forget(db: Session, congress_id: int, *, motions: Collection[int] = (), entries: Collection[int] = ()) -> None:
    """Drop what was indexed of these motions and these acts: their words are no longer public, or have changed."""
    _lock(db, congress_id)  # whoever indexes the former text at this moment has done so first
    gone = select(col(SearchPassage.id)).where(
        col(SearchPassage.congress_id) == congress_id,
        or_(col(SearchPassage.motion_id).in_(motions), col(SearchPassage.entry).in_(entries)),
    )
    _drop(db, list(db.execute(gone).scalars()))
    db.execute(delete(SearchState).where(col(SearchState.motion_id).in_(motions)))


def find(db: Session, congress: Congress, wanted: Asked, *, motion: str = "", page: int = 1) -> Found:
    """Find the passages that have all the words.

    Args:
        motion: The code of the one motion to look in, `VOICES` for what people said, or empty for everything.
        page: From 1.
    """
    if wanted.is_empty:
        return Found((), 0)
    here: list[ColumnElement[bool]] = [Unindexed(col(SearchPassage.congress_id)) == congress.id]
    if motion == VOICES:
        here += [col(SearchPassage.anchor).startswith("contributions/"), col(SearchPassage.entry) >= 0]
    elif motion:
        its = select(col(Motion.id)).where(col(Motion.congress_id) == congress.id, col(Motion.code) == motion)
        here.append(col(SearchPassage.motion_id).in_(its))
    looked_for: list[tuple[ColumnElement[bool], ...]] = [(col(SearchStem.stem) == one,) for one in wanted.whole]
    if wanted.begun:
        stem = (stems(wanted.begun) or [wanted.begun])[0]
        looked_for.append((col(SearchStem.stem) == stem, _begins(wanted.begun)))
    its_own = col(SearchStem.passage_id) == col(SearchPassage.id)
    for either in looked_for:
        # Each finds its place in the index: one condition of both would read all stems.
        having = [_having(congress, condition) for condition in either]
        if motion and motion != VOICES:  # a few passages, and words of many
            here.append(or_(*(one.where(its_own).exists() for one in having)))
        else:
            here.append(col(SearchPassage.id).in_(union(*having)))
    count = db.execute(select(func.count()).select_from(SearchPassage).where(*here)).scalar_one()
    # Numbers alone are put in order, then the words of one page are read: a common word is in ten thousand passages.
    order = (
        select(col(SearchPassage.id))
        .where(*here)
        .order_by(
            col(SearchPassage.entry).is_not(None),
            col(SearchPassage.motion_id),
            col(SearchPassage.place),
            col(SearchPassage.entry).desc(),
            col(SearchPassage.id),
        )
    )
    ids = db.execute(order.offset((page - 1) * PAGE).limit(PAGE)).scalars().all()
    query = (
        select(SearchPassage, col(Motion.code))
        .outerjoin(Motion, col(Motion.id) == col(SearchPassage.motion_id))
        .where(col(SearchPassage.id).in_(ids))
    )
    found = {row.id: Passage(code or "", row.anchor, row.title, row.text, row.entry) for row, code in db.execute(query)}
    return Found(tuple(found[each] for each in ids), count)


def writers(db: Session, congress: Congress, words: str) -> list[Official]:
    """Those who wrote and whose name has all these words or begins with them: `PEOPLE` at most."""
    looked_for = folded(words).split()[:MAX_WORDS]
    if not looked_for or len(max(looked_for, key=len)) < 3:
        return []
    query = select(Official).where(col(Official.congress_id) == congress.id)
    for word in looked_for:
        query = query.where(col(Official.folded).contains(word, autoescape=True))
    wrote = exists().where(
        col(Entry.congress_id) == congress.id, col(Entry.official_id) == col(Official.id), col(Entry.kind) == TYPED
    )
    named = db.execute(query.where(wrote).order_by(col(Official.id)).limit(20 * PEOPLE)).scalars()
    found = [one for one in named if _has_name(one, looked_for)]  # `folded` also has the mandate and the address
    return found[:PEOPLE]


def _has_name(official: Official, words: Sequence[str]) -> bool:
    names = folded(f"{official.first_names} {official.family_name}").split()
    return all(any(name.startswith(word) for name in names) for word in words)


def _begins(words: str) -> ColumnElement[bool]:
    """Stems that begin so: they stand together in the order of bytes, which an index has and LIKE does not use."""
    stem = col(SearchStem.stem)
    return and_(stem >= words, stem < words + "\U0010ffff")


def _having(congress: Congress, condition: ColumnElement[bool]) -> Select[int]:
    return select(col(SearchStem.passage_id)).where(col(SearchStem.congress_id) == congress.id, condition)


def _lock(db: Session, congress_id: int) -> None:
    """Two processes must not index the same passage twice: the state of the register is the lock."""
    if db.get(SearchState, (congress_id, ACTS)) is None:
        for part, read in ((_MADE_BY, INDEXING), (ACTS, -1)):
            insert_missing(db, SearchState, {"congress_id": congress_id, "motion_id": part, "read": read})
    db.get_one(SearchState, (congress_id, ACTS), with_for_update=True)


def _states(db: Session, congress_id: int) -> Sequence[SearchState]:
    return db.execute(select(SearchState).where(col(SearchState.congress_id) == congress_id)).scalars().all()


def _read(db: Session, congress_id: int, motion_id: int) -> int:
    row = db.get(SearchState, (congress_id, motion_id))
    return row.read if row else -1


def _have_read(db: Session, congress_id: int, motion_id: int, number: int) -> None:
    db.merge(SearchState(congress_id=congress_id, motion_id=motion_id, read=number))


def _drop_former(db: Session, motion: Motion) -> bool:
    """Drop some passages of another version, and return that more is left to do: the rest, or to index the text."""
    assert motion.id is not None
    query = select(col(SearchPassage.id)).where(col(SearchPassage.motion_id) == motion.id)
    dropped = db.execute(query.order_by(col(SearchPassage.place)).limit(PASSAGES)).scalars().all()
    _drop(db, dropped)
    if len(dropped) < PASSAGES:
        _have_read(db, motion.congress_id, motion.id, -1)
    return True


def _index_motion(db: Session, motion: Motion) -> bool:
    """Bring a motion's passages to its text; return whether some are left.

    An alinéa that has not changed keeps its row and its stems, wherever it has moved.
    """
    assert motion.id is not None
    kept: dict[str, list[SearchPassage]] = defaultdict(list)
    query = select(SearchPassage).where(col(SearchPassage.motion_id) == motion.id).order_by(col(SearchPassage.place))
    for row in db.execute(query).scalars():
        kept[row.text].append(row)
    new: list[SearchPassage] = []
    for place, anchor, title, said in _passages(parse(motion.text)):
        if kept[said]:
            row = kept[said].pop(0)
            if (row.place, row.anchor, row.title) != (place, anchor, title):
                row.place, row.anchor, row.title = place, anchor, title
                db.add(row)
        elif len(new) < PASSAGES:
            passage = SearchPassage(congress_id=motion.congress_id, motion_id=motion.id, text=said)
            passage.place, passage.anchor, passage.title = place, anchor, title
            new.append(passage)
        else:
            _add(db, new)
            return True
    _add(db, new)
    _drop(db, [row.id for rows in kept.values() for row in rows if row.id is not None])
    _have_read(db, motion.congress_id, motion.id, motion.text_number)
    return False


def _passages(text: MotionText) -> Iterator[tuple[int, str, str, str]]:
    """Headings and alinéas in order: (place, anchor, title of the section, words)."""
    line = 0
    for section in text.sections:
        if section.title:
            yield 2 * line + 1, section.anchor, section.title, section.title
        for alinea in section.alineas:
            line = alinea.line
            if alinea.text.strip():
                yield 2 * line, alinea.line_anchor, section.title, alinea.text.strip()


def _index_acts(db: Session, congress_id: int) -> bool:
    """Index the acts that have come; return whether some are left."""
    read = _read(db, congress_id, ACTS)
    query = (
        select(col(Entry.number), col(Entry.content))
        .where(
            col(Entry.congress_id) == congress_id,
            col(Entry.number) > read,
            IS_RARE,
        )
        .order_by(col(Entry.number))
        .limit(PASSAGES)
    )
    rows = db.execute(query).all()
    new, replaced = list[SearchPassage](), list[int]()
    for number, content in rows:
        entry = decode_entry(content)
        if entry.kind == spoken_passages.KIND:
            new += spoken_passages.passages(db, congress_id, number)
            replaced += spoken_passages.earlier(db, congress_id, number)
        if entry.kind == written_voices.KIND:
            written = written_voices.passage(db, congress_id, number)
            new += [written] if written is not None else []
            _drop(db, written_voices.earlier(db, congress_id, number))
        words = _words_of(db, congress_id, entry) if entry.kind in _WITH_WORDS else ""
        if words:
            new.append(SearchPassage(congress_id=congress_id, entry=number, text=words))
    through = rows[-1][0] if rows else max(read, -1)
    place = col(SearchPassage.entry)
    again = or_(and_(place > read, place <= through), place.in_(replaced))
    indexed = select(col(SearchPassage.id)).where(col(SearchPassage.congress_id) == congress_id, again)
    _drop(db, db.execute(indexed).scalars().all())  # those of another version
    _add(db, new)
    _have_read(db, congress_id, ACTS, through)
    return len(rows) == PASSAGES


def _words_of(db: Session, congress_id: int, entry: Said) -> str:
    """The public words of an act: what was decided, titles, names, offices, the reason that was given."""
    said = [_ACTS_SAID[entry.kind].format(**_decided(entry))] if entry.kind in _ACTS_SAID else []
    said += [
        str(entry.body[field.name])
        for field in KINDS[entry.kind].fields
        if field.form is Form.TEXT and field.name in entry.body and field.name != "zone"
    ]
    if entry.kind in _REASONED:
        kept = db.get(SealedObject, (congress_id, str(entry.body["c"])))
        if kept is not None:
            try:
                said.append(open_object(kept.content, str(entry.body["c"])).decode())
            except (RecordError, UnicodeDecodeError):
                pass  # `motion verify` says so; a search is no place for it
    return ". ".join(said)


def _decided(entry: Said) -> dict[str, str]:
    """What stands in the words of a decision: `2`, `pour 41, contre 12, abstentions 3`."""
    body = entry.body
    votes = [f"{word} {body[name]}" for name, word in _VOTES if name in body]
    return {"doc": str(body["doc"]).removeprefix("M"), "votes": ", ".join(votes)}


def _add(db: Session, passages: Iterable[SearchPassage]) -> None:
    rows: list[dict[str, object]] = []
    for passage in passages:
        db.add(passage)
        db.flush()
        rows += [
            {"congress_id": passage.congress_id, "stem": one, "passage_id": passage.id}
            for one in {found[:MAX_STEM] for found in stems(passage.text)}
        ]
    if rows:
        db.execute(insert(SearchStem), rows)


def _drop(db: Session, ids: Sequence[int | None]) -> None:
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        db.execute(delete(SearchStem).where(col(SearchStem.passage_id).in_(part)))
        db.execute(delete(SearchPassage).where(col(SearchPassage.id).in_(part)))
