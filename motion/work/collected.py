"""The long tasks of an import of contributions: reading the file for a preview, then importing it a few at a time."""

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from motion.acts import collecting, congresses, private_addresses, sign_in
from motion.acts.collecting import BATCH, Counts
from motion.rules.collected import Column, Incoming, read, table
from motion.rules.contributions import ConsentWay
from motion.rules.errors import NotFound
from motion.rules.permissions import Act, require
from motion.rules.roster_file import SAMPLE_BYTES, RefusedLine
from motion.work.task_files import TakenOver, pieces
from storage import jobs
from storage.models import Job
from storage.store import Session, Store

SHOWN = 50  # contributions shown in a preview; the rest is counted
REFUSALS_KEPT = 2_000  # to be downloaded; the rest is counted
EXCERPT = 160
ALIVE_EVERY = 500  # lines read between two signs of life: far below `jobs.LEASE`
SALT_BYTES = 32


class Refused:
    """The lines that were refused: all of them counted, the first of them kept for who repairs the file."""

    def __init__(self) -> None:
        self.count = 0
        self.kept: list[dict[str, Any]] = []

    def add(self, line: RefusedLine) -> None:
        self.count += 1
        if len(self.kept) < REFUSALS_KEPT:
            self.kept.append({"line": line.number, "reason": line.reason, "values": list(line.values)})


def preview(store: Store, job: Job, now: Callable[[], datetime]) -> dict[str, Any]:
    """Read the file and say what its import would do."""
    known = store.read_now(collecting.all_known, job.congress_id)
    shown: list[dict[str, Any]] = []
    refused = Refused()
    added = left = mailed = 0
    for item in _lines(store, job, now):
        if isinstance(item, RefusedLine):
            refused.add(item)
        elif item.foreign_id in known:
            left += 1
        else:
            added += 1
            mailed += bool(item.email)
            if len(shown) < SHOWN:
                shown.append(_told(item))
    counts = {"added": added, "left": left, "refused": refused.count, "mailed": mailed}
    return {"counts": counts, "added": shown, "refused": refused.kept}


def bring_in(store: Store, job: Job, now: Callable[[], datetime]) -> dict[str, Any]:
    """Import what was previewed and confirmed: a few at a time, each few a transaction.

    Cut by a crash, it begins again and passes over what is there. The last entry and the outcome are one transaction.
    """
    arguments = json.loads(job.arguments)
    if not store.read_now(jobs.has_file, jobs.file_of(job)):
        raise NotFound("file", "")  # confirmed twice: the first import took the file with it
    actor = store.read_now(sign_in.actor_of, job.congress_id, secretary_id=arguments["secretary"])
    require(actor, Act.COLLECT, job.congress_id)
    at, how = job.created_at, ConsentWay(arguments["how"])
    before = store.read_now(collecting.all_known, job.congress_id)
    waiting: list[Incoming] = []
    refused = Refused()
    seen = 0

    def flush() -> None:
        made = [(private_addresses.draw(), secrets.token_bytes(SALT_BYTES)) for _one in waiting]
        store.write_now(
            collecting.add,
            actor,
            job.congress_id,
            waiting,
            arguments["uses"],
            how,
            secrets=made,
            base_url=arguments["base_url"],
            now=at,
        )
        waiting.clear()

    for item in _lines(store, job, now):
        if isinstance(item, RefusedLine):
            refused.add(item)
            continue
        seen += 1
        if item.foreign_id not in before:
            waiting.append(item)
        if len(waiting) >= BATCH:
            flush()
    if waiting:
        flush()

    def conclude(db: Session) -> dict[str, Any]:
        added = collecting.added_at(db, job.congress_id, at)
        counts = Counts(added, max(0, seen - added), refused.count)
        collecting.conclude(db, actor, job.congress_id, counts, now=now())
        told = {"added": counts.added, "left": counts.left, "refused": counts.refused}
        outcome = {"counts": told, "refused": refused.kept}
        jobs.finish(db, job.id or 0, job.owner, "done", outcome, now(), drop=jobs.file_of(job))
        return outcome

    return store.write_now(conclude)


def _lines(store: Store, job: Job, now: Callable[[], datetime]) -> Iterator[Incoming | RefusedLine]:
    """The lines of the task's file, as its columns were chosen; says now and then that one still reads."""
    arguments = json.loads(job.arguments)
    source = jobs.file_of(job)
    dialect, _headers = table((store.read_now(jobs.piece, source, 0) or b"")[:SAMPLE_BYTES])
    columns = {Column(name): place for name, place in arguments["columns"].items()}
    zone = ZoneInfo(store.read_now(congresses.get, job.congress_id).time_zone)
    done = 0

    def chunks() -> Iterator[bytes]:
        nonlocal done
        for piece in pieces(store, source):
            yield piece
            done += len(piece)
            _alive(store, job, done, now())

    for count, item in enumerate(read(chunks(), dialect, columns, zone, now=now()), start=1):
        if count % ALIVE_EVERY == 0:
            _alive(store, job, done, now())
        yield item


def _alive(store: Store, job: Job, done: int, now: datetime) -> None:
    if not store.write_now(jobs.progress, job.id or 0, job.owner, done, now):
        raise TakenOver


def _told(one: Incoming) -> dict[str, Any]:
    text = " ".join(one.words.text.split())
    return {
        "line": one.line,
        "id": "" if one.foreign_id.startswith("=") else one.foreign_id,
        "name": one.words.name,
        "place": one.words.place.name if one.words.place else "",
        "is_coded": bool(one.words.place and one.words.place.code),
        "title": one.words.title,
        "text": text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…",
        "said_at": one.said_at.isoformat() if one.said_at else "",
        "is_mailed": bool(one.email),
    }
