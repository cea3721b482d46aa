"""Preparing and confirming decisions as the pages do, and looking whether anything is left."""

import json
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from motion.acts import motions, redactions
from motion.live.callers import author_of_row
from motion.live.draft import Draft, Kept
from motion.live.masking import masked_copy
from motion.record.entry import Entry, decode_entry
from motion.rules.permissions import Actor
from storage import drafts, ledger, search
from storage.models import DraftSnapshot, DraftUpdate, LateText, Motion, SealedObject, SearchPassage, WithdrawnObject
from tests.worlds import NOW, World

KEY = bytes(range(32))
COURT = "Tribunal judiciaire d’Ormelac"
WORDS = "Un propos interdit."


def prepare(world: World, entries: list[int], kind: str = "effacement", **more: object) -> int:
    """Have a decision prepared by the secretariat; its number as a request."""
    values = {"reason": "diffamation", "who": "personne-visee", "until": None, "actor": world.secretariat} | more
    actor = values.pop("actor")
    request = world.store.write_now(
        redactions.prepare,
        actor,
        world.congress_id,
        entries,
        kind,
        **values,
        now=NOW,  # type: ignore[arg-type]
    )
    assert request.id is not None
    return request.id


def confirm(world: World, request: int, actor: Actor | None = None) -> int:
    """Confirm it, as the pages do: the masked text is made first."""
    store = world.store

    def look(db: Session) -> redactions.Plan:
        row = redactions.waiting(db, world.congress_id, request)
        return redactions.plan(db, world.congress_id, json.loads(row.targets), row.kind)  # type: ignore[arg-type]

    plan = store.read_now(look)
    copy = store.read_now(masked_copy, world.motion_id, plan.masks) if plan.masks else None
    nonces = [bytes([at % 256]) * 12 for at, _ in enumerate(plan.targets)]
    decision = store.write_now(
        redactions.carry_out,
        actor or world.secretariat,
        world.congress_id,
        request,
        copy=copy,
        key=KEY,
        nonces=nonces,
        now=NOW,
    )
    assert store.scrub_now()
    return decision


def take_out(world: World, entries: list[int], kind: str = "effacement", **more: object) -> int:
    """Prepare and confirm."""
    return confirm(world, prepare(world, entries, kind, **more))


def entry(world: World, number: int) -> Entry:
    """One entry of the record, as an auditor reads it."""
    return decode_entry(world.store.read_now(ledger.contents, world.congress_id, number, 1)[0])


def motion_of(world: World) -> Motion:
    """The motion's row as it stands."""
    return world.store.read_now(motions.get, world.motion_id)


def replay(world: World) -> Draft:
    """The motion's document, from its kept updates alone."""
    rows = world.store.read_now(drafts.updates_after, world.motion_id, 0)
    return Draft.restore(None, [Kept(row.number, row.content, author_of_row(row)) for row in rows])


def renew_copy(world: World) -> None:
    """Write the reading copy, as the room does."""
    draft = replay(world)
    runs = str([list(run) for run in draft.runs()])
    head = world.store.read_now(drafts.heads, [world.motion_id])[world.motion_id]
    copy = drafts.ReadingCopy(draft.text(), runs, draft.number, head.last_entry, NOW)
    world.store.write_now(drafts.write_copy, world.motion_id, copy)


def freeze(world: World) -> str:
    """Freeze the text; its digest."""
    renew_copy(world)
    digest = world.store.write_now(motions.freeze, world.secretariat, world.motion_id, now=NOW).digest
    assert digest is not None
    return digest


def is_anywhere(world: World, words: str) -> bool:
    """Whether the words stand in the database: in any column, and in the bytes of SQLite's files."""
    mark = words.encode()
    for table in (DraftUpdate, DraftSnapshot, LateText, Motion, SealedObject, SearchPassage, WithdrawnObject):
        with Session(world.store.engine) as db:
            for row in db.execute(select(table)).scalars():
                for value in row.model_dump().values():
                    data = value.encode() if isinstance(value, str) else value
                    if isinstance(data, bytes) and mark in data:
                        return True
    if world.store.is_sqlite:
        path = Path(world.store.url.removeprefix("sqlite:///"))
        return any(mark in file.read_bytes() for file in path.parent.glob(path.name + "*"))
    return False


def index(world: World) -> None:
    """Have everything found by a search."""
    for part in world.store.read_now(search.behind, world.congress_id):
        while world.store.write_now(search.refresh, world.congress_id, part):
            pass
