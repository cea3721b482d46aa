"""Who may do what: one table.

Only officials can write in a motion; the secretariat runs everything else and cannot write one
character of it.
"""

from dataclasses import dataclass
from enum import StrEnum

from motion.rules.errors import NotAllowed
from motion.rules.vocabulary import Role

SYSTEM = "system"  # how the record names the service itself


class Act(StrEnum):
    """A deed that a person can do."""

    RUN_CONGRESS = "run-congress"
    IMPORT_ROSTER = "import-roster"
    ISSUE_CARDS = "issue-cards"
    CREATE_MOTION = "create-motion"
    WRITE = "write"
    FREEZE = "freeze"
    ADOPT = "adopt"
    WITHDRAW = "withdraw"
    READ_LATE_TEXT = "read-late-text"
    READ_MAIL = "read-mail"
    REDACT = "redact"
    COLLECT = "collect"
    MODERATE = "moderate"
    SORT = "sort"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a deed, as the session says: never as a form or a message says.

    `official_id` or `secretary_id` is set, by the role; `session_id` is None on the command line.
    """

    congress_id: int
    role: Role
    official_id: int | None = None
    secretary_id: int | None = None
    session_id: int | None = None

    @property
    def mark(self) -> str:
        """How the record names this actor: `elu-12`, `sec-3` or `system`."""
        if self.official_id is not None:
            return f"elu-{self.official_id}"
        if self.secretary_id is not None:
            return f"sec-{self.secretary_id}"
        return SYSTEM


_MAY: dict[Act, frozenset[Role]] = {
    Act.RUN_CONGRESS: frozenset({Role.SECRETARIAT}),
    Act.IMPORT_ROSTER: frozenset({Role.SECRETARIAT}),
    Act.ISSUE_CARDS: frozenset({Role.SECRETARIAT}),
    Act.CREATE_MOTION: frozenset({Role.SECRETARIAT, Role.RAPPORTEUR}),
    Act.WRITE: frozenset({Role.OFFICIAL, Role.RAPPORTEUR}),
    Act.FREEZE: frozenset({Role.SECRETARIAT}),
    Act.ADOPT: frozenset({Role.SECRETARIAT}),
    Act.WITHDRAW: frozenset({Role.SECRETARIAT}),
    Act.READ_LATE_TEXT: frozenset({Role.SECRETARIAT}),
    Act.READ_MAIL: frozenset({Role.SECRETARIAT}),
    Act.REDACT: frozenset({Role.SECRETARIAT}),
    Act.COLLECT: frozenset({Role.SECRETARIAT}),
    Act.MODERATE: frozenset({Role.SECRETARIAT}),
    Act.SORT: frozenset({Role.SECRETARIAT, Role.RAPPORTEUR}),
}


def may(role: Role, act: Act) -> bool:
    """Say whether a role may do an act at all; the state of things may still forbid it."""
    return role in _MAY[act]


def require(actor: Actor, act: Act, congress_id: int) -> None:
    """Stop anyone whose role, in this very congress, does not allow the act.

    Raises:
        NotAllowed: The role lacks the act, or belongs to another congress.
    """
    if actor.congress_id != congress_id or not may(actor.role, act):
        raise NotAllowed(act, actor.role)
