"""Texts with a past: updates put in the database at once, as windows would have kept them."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from motion.live.draft import Draft
from storage import drafts
from storage.models import DraftUpdate, Motion
from tests.live.editors import Editor, take

TRACE = Path(__file__).parents[1] / "traces" / "friendsforever.json.gz"
ENTRIES_APART = 2  # other motions and bindings stand in between
WORDS = ("a", "é", "’", "😀", "soin ", "\n", "\n## Se loger\n\n", "Vu ", "# ", "\n\n")


class Past(NamedTuple):
    """One update to keep, and what the text must be after it."""

    content: bytes
    official: int | None
    text: str


def real(officials: Sequence[int], most: int | None = None) -> Iterator[Past]:
    """Two people's real prose, in the order recorded, each change as an update."""
    trace = json.loads(gzip.decompress(TRACE.read_bytes()))
    changes = trace["txns"][:most]
    editors = [Editor(1000 + agent) for agent in range(trace["numAgents"])]
    seen: list[set[int]] = [set() for _ in editors]
    updates: list[bytes] = []
    draft = Draft()
    for at, (agent, parents, patches) in enumerate(changes):
        editor = editors[agent]
        waiting = list(parents)
        missing = []
        while waiting:
            change = waiting.pop()
            if change not in seen[agent]:
                seen[agent].add(change)
                missing.append(change)
                waiting.extend(changes[change][1])
        for change in sorted(missing):
            editor.hear(updates[change])
        editor.outbox.clear()
        with editor.doc.transaction():
            for position, removed, new in patches:  # ASCII: a character is a byte
                if removed:
                    del editor.text[position : position + removed]
                if new:
                    editor.text.insert(position, new)
        seen[agent].add(at)
        updates.append(editor.outbox[0])
        take(draft, updates[-1], editor.author)
        yield Past(updates[-1], officials[agent], draft.text())


def made_up(seed: int, officials: Sequence[int], count: int) -> Iterator[Past]:
    """People who type, paste, delete and hear of each other late, in all the widths of UTF-8."""
    chance = random.Random(seed)
    editors = [Editor(2000 + index) for index in range(len(officials))]
    kept: list[bytes] = []
    heard = [0] * len(editors)
    draft = Draft()
    while len(kept) < count:
        who = chance.randrange(len(editors))
        editor = editors[who]
        if chance.random() < 0.3:
            for update in kept[heard[who] :]:
                editor.hear(update)
            heard[who] = len(kept)
        text = str(editor.text)
        at = chance.randint(0, len(text))
        if text and chance.random() < 0.25:
            editor.cut(min(at, len(text) - 1), min(len(text), at + chance.randint(1, 9)))
        else:
            editor.type(at, chance.choice(WORDS))
        for update in editor.outbox:
            if not take(draft, update, editor.author).is_duplicate:
                kept.append(update)
                yield Past(update, officials[who], draft.text())
        editor.outbox.clear()


def keep(
    db: Session, motion_id: int, past: Sequence[Past], began: datetime, apart: timedelta = timedelta(seconds=1)
) -> list[tuple[int, datetime]]:
    """Put updates after those of a motion; returns (entry, moment) of each."""
    motion = db.get(Motion, motion_id)
    assert motion is not None
    entry = db.execute(select(func.max(col(DraftUpdate.entry)))).scalar_one() or 0
    entry = max(entry, motion.last_entry)
    kept = [(entry + (index + 1) * ENTRIES_APART, began + index * apart) for index in range(len(past))]
    drafts.insert_rows(
        db,
        DraftUpdate,
        [
            {
                "motion_id": motion_id,
                "number": motion.number + index,
                "entry": entry,
                "official_id": update.official,
                "session_id": None,
                "salt": bytes(32),
                "content": update.content,
                "at": at,
            }
            for index, (update, (entry, at)) in enumerate(zip(past, kept, strict=True), start=1)
        ],
    )
    motion.number += len(past)
    motion.last_entry = kept[-1][0] if kept else motion.last_entry
    db.add(motion)
    return kept
