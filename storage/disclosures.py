"""What was handed to an authority, read again from the record: it has no table of its own."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from storage.models import Entry
from storage.models.record import IS_RARE


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a decision kept sealed was handed over, all of it at once: the last entry that says so.

    Attributes:
        objects: How many objects.
        basis: The texts relied on, as the record has them.
    """

    entry: int
    at: datetime
    objects: int
    authority: str
    ground: str
    basis: str


def of_decisions(db: Session, congress_id: int, decisions: Collection[int]) -> dict[int, list[Disclosure]]:
    """List what was handed over of these decisions, in order."""
    query = select(col(Entry.number), col(Entry.at), col(Entry.content)).where(
        col(Entry.congress_id) == congress_id, col(Entry.kind) == "object.disclosed", IS_RARE
    )
    found: dict[int, list[Disclosure]] = {}
    for number, at, content in db.execute(query.order_by(col(Entry.number))):
        body = json.loads(content)["body"]
        decision = int(body["decision"].removeprefix("d-"))
        if decision not in decisions:
            continue
        said = found.setdefault(decision, [])
        objects = 1
        if said and (said[-1].at, said[-1].authority, said[-1].ground) == (at, body["authority"], body["ground"]):
            objects += said.pop().objects
        said.append(Disclosure(number, at, objects, body["authority"], body["ground"], body["basis"]))
    return found
