"""Who acts, as the pages, the draft and the database say it."""

from dataclasses import dataclass

from motion.live.draft import Author
from motion.rules.permissions import Actor
from storage import drafts


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody signed in: who acts, the name as displayed, the language of their page."""

    actor: Actor
    name: str
    language: str = "fr"


def author_of(actor: Actor, typed_for: int = 0) -> Author:
    """How the draft names somebody signed in, who may say that they type for another official."""
    return Author(actor.session_id or 0, actor.official_id or 0, typed_for)


def author_of_row(row: drafts.UpdateRow) -> Author:
    """How the draft names whoever wrote a kept update; nobody is official 0."""
    return Author(row.session_id or 0, row.official_id or 0, row.for_id or 0)
