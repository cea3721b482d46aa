"""What the entries of a log say together: each may be well formed, truly signed, and false beside the others.

The rules are those of ``FORMAT.md``, "Across entries". Times are not compared: a clock may be set back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .flaws import Flaw
from .tree import Frontier
from .voices_story import VoicesStory

SYSTEM = "system"  # `by` and `sess` of what the service does itself
DRAFTING = "drafting"  # the phase in which officials write

REASONS = frozenset(
    (
        "consentement-retire",
        "rgpd-17",
        "mineur",
        "droit-image",
        "vie-privee",
        "diffamation",
        "injure",
        "haine",
        "contrefacon",
        "decision-judiciaire",
        "erreur-materielle",
        "spam",
    )
)
"""For which an object may be withdrawn or destroyed; never free words, which could name somebody."""
REDACTION_KINDS = frozenset(("retrait", "effacement"))
DISCLOSED_FOR = frozenset(("requisition", "commission-rogatoire", "decision-judiciaire"))
"""On which a sealed object is handed to an authority."""
ASKED_BY = frozenset(("personne-visee", "auteur", "autorite", "juge"))

_PLAIN, _UPDATE = 1, 2  # what an entry commits to, one byte each: a log has millions


@dataclass(frozen=True, slots=True)
class Redaction:
    """Entry ``entry`` withdrew or destroyed the object of another one; ``skeleton`` is published instead."""

    entry: int
    kind: str
    reason: str
    skeleton: bool
    decision: str = ""


@dataclass(slots=True)
class _Motion:
    changed: int  # entry that last changed the text
    updates: int = 0  # number of the last update
    frozen: str | None = None  # digest of the frozen text
    final: bool = False  # adopted, rejected or given up


class Story:
    """What one entry must know of those before it: told in order, it says the first that cannot be.

    One owner. Memory grows with motions, sessions and redactions, and by one byte for each entry.
    """

    def __init__(self) -> None:
        self._number = 0
        self._closed = False
        self._is_rehearsal = False
        self._motions: dict[str, _Motion] = {}
        self._authors: dict[tuple[str, int], str] = {}  # author of a client id in a motion
        self._typed_for: dict[tuple[str, int], str] = {}  # for whom one types, if for another
        self._rapporteurs: set[tuple[str, str]] = set()  # official, and motion; empty for all motions
        self._bound: set[tuple[str, int, str]] = set()  # motion, client id, session
        self._sessions: dict[str, tuple[str, bool]] = {SYSTEM: (SYSTEM, True)}  # whose, and whether still open
        self._officials: dict[str, bool] = {}  # whether on the roster now
        self._phase: str | None = None  # None while the record has not said it
        self.witnesses: set[str] = set()  # verifier keys of those named now
        self._objects = bytearray()
        self._voices = VoicesStory()
        self.redactions: dict[int, Redaction] = {}
        self.kinds: dict[str, int] = {}
        self._tellers: dict[str, Callable[[Mapping[str, Any], str], Flaw | None]] = {
            "phase.change": self._tell_phase,
            "witness.change": self._tell_witness,
            "official.accredit": self._tell_accredit,
            "official.revoke": self._tell_revoke,
            "role.change": self._tell_role,
            "session.open": self._tell_session,
            "session.close": self._tell_session_end,
            "motion.create": self._tell_create,
            "client.bind": self._tell_bind,
            "crdt.update": self._tell_update,
            "crdt.late": self._tell_late,
            "crdt.reject": self._tell_reject,
            "motion.freeze": self._tell_freeze,
            "motion.unfreeze": self._tell_unfreeze,
            "motion.adopt": self._tell_adopt,
            "motion.reject": self._tell_rejection,
            "motion.withdraw": self._tell_withdraw,
            "motion.rename": self._tell_of_motion,
            "motion.import": self._tell_of_motion,
            "doc.snapshot": self._tell_state,
            "redaction": self._tell_redaction,
            "object.disclosed": self._tell_disclosed,
        }

    @property
    def officials(self) -> int:
        """How many officials were ever accredited."""
        return len(self._officials)

    @property
    def updates(self) -> dict[str, int]:
        """How many updates each motion has."""
        return {doc: motion.updates for doc, motion in self._motions.items()}

    @property
    def is_rehearsal(self) -> bool:
        """Whether the congress says it is one: its roster is a copy that the record does not list."""
        return self._is_rehearsal

    def tell(self, kind: str, body: Mapping[str, Any], by: str, before: Frontier) -> Flaw | None:
        """Take the next entry, which was read and is of its kind; say why it cannot be, if so.

        Args:
            before: The tree of the entries before this one.
        """
        if self._closed:
            return Flaw.AFTER_CLOSE
        if (kind == "congress.open") != (self._number == 0):
            return Flaw.NOT_OPENED
        if kind == "congress.open":
            self._is_rehearsal = body.get("rehearsal", False)
            self._phase = body.get("phase")
        elif kind == "log.close":
            if (body["size"], body["root"]) != (before.size, before.root().hex()):
                return Flaw.CLOSE
            self._closed = True
        teller = self._tellers.get(kind)
        flaw = teller(body, by) if teller is not None else self._voices.tell(kind, body, by)
        if flaw is not None:
            return flaw
        self._objects.append(0 if "c" not in body else _UPDATE if kind == "crdt.update" else _PLAIN)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self._number += 1
        return None

    def _tell_phase(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        if self._phase not in (None, body["from"]) or body["to"] == body["from"]:
            return Flaw.PHASE
        self._phase = body["to"]
        return None

    def _tell_witness(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        if (body["key"] in self.witnesses) == body["held"]:
            return Flaw.WITNESS_CHANGE
        (self.witnesses.add if body["held"] else self.witnesses.discard)(body["key"])
        return None

    def _tell_accredit(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        self._officials[body["official"]] = True
        return None

    def _tell_revoke(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        official = body["official"]
        self._officials[official] = False
        self._rapporteurs = {role for role in self._rapporteurs if role[0] != official}
        return None

    def _tell_role(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        if body["role"] == "rapporteur":
            role = body["who"], body.get("doc", "")
            (self._rapporteurs.add if body["held"] else self._rapporteurs.discard)(role)
        return None

    def _tell_session(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        if body["sess"] in self._sessions:
            return Flaw.NO_SESSION
        if not self._on_roster(body["who"]):
            return Flaw.NOT_ACCREDITED
        self._sessions[body["sess"]] = body["who"], True
        return None

    def _tell_session_end(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        if body["sess"] not in self._sessions or body["sess"] == SYSTEM:
            return Flaw.NO_SESSION
        self._sessions[body["sess"]] = self._sessions[body["sess"]][0], False
        return None

    def _on_roster(self, who: str) -> bool:
        """Officials are; the secretariat and the service need not be."""
        return self._officials.get(who, not who.startswith("elu-"))

    def _in_session(self, sess: str, who: str) -> Flaw | None:
        whose, is_open = self._sessions.get(sess, ("", False))
        if whose != who:
            return Flaw.NO_SESSION
        if not is_open:
            return Flaw.SESSION_CLOSED
        return None if self._on_roster(who) else Flaw.NOT_ACCREDITED

    def _tell_create(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        if body["doc"] in self._motions:
            return Flaw.UNKNOWN_MOTION
        self._motions[body["doc"]] = _Motion(self._number)
        return None

    def _tell_of_motion(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        return None if body["doc"] in self._motions else Flaw.UNKNOWN_MOTION

    def _tell_bind(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        doc, cid, sess, official = body["doc"], body["cid"], body["sess"], body["official"]
        typed_for = body.get("for")
        if doc not in self._motions:
            return Flaw.UNKNOWN_MOTION
        if (doc, cid) in self._authors and (self._authors[doc, cid], self._typed_for.get((doc, cid))) != (
            official,
            typed_for,
        ):
            return Flaw.BOUND_TWICE
        flaw = self._in_session(sess, official)
        if flaw is None and typed_for is not None:
            is_other = typed_for != official and self._officials.get(typed_for, False)
            flaw = None if is_other and self._is_rapporteur(official, doc) else Flaw.NOT_RAPPORTEUR
        if flaw is None:
            self._authors[doc, cid] = official
            self._bound.add((doc, cid, sess))
            if typed_for is not None:
                self._typed_for[doc, cid] = typed_for
        return flaw

    def _is_rapporteur(self, official: str, doc: str) -> bool:
        return (official, "") in self._rapporteurs or (official, doc) in self._rapporteurs

    def _tell_update(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        doc, cid, sess, n = body["doc"], body["cid"], body["sess"], body["n"]
        motion = self._motions.get(doc)
        if motion is None:
            return Flaw.UNKNOWN_MOTION
        if n != motion.updates + 1:
            return Flaw.UPDATE_NUMBER
        if motion.final or motion.frozen is not None:
            return Flaw.TEXT_CLOSED
        # The service writes templates and imported files whenever a motion is made.
        if by != SYSTEM and self._phase not in (None, DRAFTING):
            return Flaw.PHASE
        flaw = self._in_session(sess, by)
        if flaw is not None:
            return flaw
        # An update that only deletes has no client id of its own.
        if cid and (self._authors.get((doc, cid)) != by or (doc, cid, sess) not in self._bound):
            return Flaw.UNBOUND
        if (doc, cid) in self._typed_for and not self._is_rapporteur(by, doc):
            return Flaw.NOT_RAPPORTEUR
        motion.updates, motion.changed = n, self._number
        return None

    def _tell_late(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        return self._tell_of_motion(body, by) or self._in_session(body["sess"], by)

    def _tell_reject(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        # What comes from a session that is over is refused for that: only whose it was can be checked.
        whose = self._sessions.get(body["sess"], ("", False))[0]
        return self._tell_of_motion(body, by) or (None if whose == by else Flaw.NO_SESSION)

    def _tell_state(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        motion = self._motions.get(body["doc"])
        if motion is None:
            return Flaw.UNKNOWN_MOTION
        return None if (motion.changed, motion.updates) == (body["last"], body["n"]) else Flaw.LAST_CHANGE

    def _tell_freeze(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        flaw = self._tell_state(body, by)
        if flaw is None:
            motion = self._motions[body["doc"]]
            if motion.final or motion.frozen is not None:
                return Flaw.TEXT_CLOSED
            motion.frozen = body["digest"]
        return flaw

    def _tell_unfreeze(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        motion = self._motions.get(body["doc"])
        if motion is None:
            return Flaw.UNKNOWN_MOTION
        if motion.final or motion.frozen is None:
            return Flaw.TEXT_CLOSED if motion.final else Flaw.NOT_FROZEN
        motion.frozen = None
        return None

    def _tell_adopt(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        return self._decide(body, by) or (None if body["for"] > body["against"] else Flaw.VOTES)

    def _tell_rejection(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        return self._decide(body, by) or (None if body["for"] <= body["against"] else Flaw.VOTES)

    def _decide(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        flaw = self._tell_state(body, by)
        if flaw is not None:
            return flaw
        motion = self._motions[body["doc"]]
        if motion.final:
            return Flaw.TEXT_CLOSED
        if motion.frozen != body["digest"]:
            return Flaw.NOT_FROZEN
        motion.final = True
        return None

    def _tell_withdraw(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        motion = self._motions.get(body["doc"])
        if motion is None:
            return Flaw.UNKNOWN_MOTION
        if motion.final:
            return Flaw.TEXT_CLOSED
        motion.final = True
        return None

    def _tell_redaction(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        target = body["target"]
        what = self._objects[target] if target < self._number else 0
        if not what or body["skel"] != (what == _UPDATE):
            return Flaw.REDACTION
        if body["reason"] not in REASONS or body["kind"] not in REDACTION_KINDS or body["who"] not in ASKED_BY:
            return Flaw.REDACTION
        self.redactions[target] = Redaction(self._number, body["kind"], body["reason"], body["skel"], body["decision"])
        return None

    def _tell_disclosed(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        kept = self.redactions.get(body["target"])
        if kept is None or (kept.kind, kept.decision) != ("retrait", body["decision"]):
            return Flaw.DISCLOSURE
        return None if body["ground"] in DISCLOSED_FOR else Flaw.DISCLOSURE
