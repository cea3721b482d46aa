"""What waits for a room's next window, and the decision on it: taken, late, known already, or refused."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_bytes

from motion.acts import drafting
from motion.live.answers import Pending
from motion.live.draft import Accepted, Draft, Sender
from motion.live.refusals import Reason, Refused
from motion.live.rejections import Allowances
from motion.live.reservations import Reservations
from motion.record.objects import SALT_BYTES
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role


@dataclass(slots=True)
class Decided:
    """A window under way: what was asked of the database, and the answers that wait for it."""

    writings: list[tuple[Pending, Accepted]] = field(default_factory=list)
    late: list[Pending] = field(default_factory=list)
    rejections: list[drafting.Rejection] = field(default_factory=list)
    duplicates: list[Pending] = field(default_factory=list)
    refused: list[tuple[Pending, Refused]] = field(default_factory=list)


class Intake:
    """One room's; `decided` is the window under way. Nothing of the draft changes here.

    Args:
        draft: The room's.
        reservations: Client ids that only who announced them may use first.
        closed_for: The code for which somebody may not write now; empty when they may.
    """

    def __init__(self, draft: Draft, reservations: Reservations, closed_for: Callable[[Actor], str]) -> None:
        self._draft = draft
        self._reservations = reservations
        self._closed_for = closed_for
        self._loop = asyncio.get_running_loop()
        self._pending: list[Pending] = []
        self.decided = Decided()
        self._allowances = Allowances()

    def put(self, pending: Pending) -> None:
        """Put something before the next window."""
        self._pending.append(pending)

    def put_back(self, pending: Sequence[Pending]) -> None:
        """Put what must be decided on again before all that waits."""
        self._pending = [*pending, *self._pending]

    def decide(self) -> Decided:
        """Decide on what waits, in the order in which it came."""
        waiting, self._pending = self._pending, []
        stolen: list[Pending] = []
        while True:
            self.decided = self._decide([pending for pending in waiting if pending not in stolen])
            found = [pending for pending, accepted in self.decided.writings if self._steals(pending, accepted)]
            if not found:
                break
            # What came after may stand on it: all is decided again without. Nothing honest comes here.
            stolen += found
        self.decided.refused += [(pending, Refused(Reason.CLIENT_TAKEN)) for pending in stolen]
        for pending, refused in self.decided.refused:
            self._reject(pending, refused)
        return self.decided

    def _decide(self, waiting: Sequence[Pending]) -> Decided:
        decided = Decided()
        window = self._draft.window()
        for pending in waiting:
            barred = self._barred(pending)
            if pending.edits is not None:
                session = pending.caller.actor.session_id
                assert session is not None
                composed = window.compose(session, pending.edits, pending.base, pending.author.typed_for)
                if isinstance(composed, Refused):
                    decided.refused.append((pending, composed))
                    continue
                pending.update = composed
            decision = window.check(pending.update, Sender(pending.author, barred), from_step2=pending.from_step2)
            if isinstance(decision, Refused):
                if decision.reason is Reason.FROZEN:
                    decided.late.append(pending)
                else:
                    decided.refused.append((pending, decision))
            elif decision.is_duplicate:
                decided.duplicates.append(pending)
            else:
                decided.writings.append((pending, decision))
        return decided

    def _steals(self, pending: Pending, accepted: Accepted) -> bool:
        """Whether it writes first under a client id that somebody else has announced."""
        now, official = self._loop.time(), pending.author.official
        return any(self._reservations.is_for_another(client, official, now) for client in accepted.new_clients)

    def take_decided(self) -> Decided:
        """The window under way, to be answered; from then on none is."""
        decided, self.decided = self.decided, Decided()
        return decided

    def lose(self) -> None:
        """Tell everyone who awaits an answer that none will come."""
        window = self.decided
        decided = [p for p, _ in window.writings] + window.late + window.duplicates + [p for p, _ in window.refused]
        for pending in [*decided, *self._pending]:
            pending.lose()

    def _barred(self, pending: Pending) -> Reason | None:
        actor = pending.caller.actor
        why = self._closed_for(actor)
        if not why:
            is_honest = not pending.author.typed_for or actor.role is Role.RAPPORTEUR
            return None if is_honest else Reason.NOT_RAPPORTEUR
        return Reason.ROLE if why == "role" else Reason.NOT_WRITABLE if why == "not-writable" else Reason.FROZEN

    def _reject(self, pending: Pending, refused: Refused) -> None:
        """Have a refusal recorded, as far as the session's allowance goes."""
        actor = pending.caller.actor
        uncounted = self._allowances.spend(actor.session_id, self._loop.time())
        if uncounted is not None:
            self.decided.rejections.append(
                drafting.Rejection(actor, pending.update, token_bytes(SALT_BYTES), refused.reason, uncounted)
            )


def asked(motion_id: int, number: int, decided: Decided) -> drafting.MotionWindow | None:
    """What a window asks of the database, `number` being the last update shown; None when it needs nothing."""
    if not (decided.writings or decided.late or decided.rejections):
        return None
    return drafting.MotionWindow(
        motion_id,
        number,
        [
            drafting.Writing(
                p.caller.actor,
                a.update,
                token_bytes(SALT_BYTES),
                a.clients,
                a.new_clients,
                a.parsed,
                p.author.typed_for if a.clients else 0,
            )
            for p, a in decided.writings
        ],
        [drafting.Writing(p.caller.actor, p.update, token_bytes(SALT_BYTES)) for p in decided.late],
        decided.rejections,
    )
