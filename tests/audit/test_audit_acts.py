"""What the record says of the congress itself, and of each text as a whole: each lie is caught for what it is."""

import pytest
from pycrdt import merge_updates

from motion.audit import replay
from motion.audit.audit import Given, audit
from motion.audit.sources import Folder
from motion.record.checkpoint import parse_verifier_key
from motion.record.flaws import Flaw
from motion.record.policy import majority_policy
from tests.record.world import witness_key

from .forger import Forger
from .test_audit import Attack, caught, check, own, resign, show_another_log
from .world import Published


def name_a_witness(forger: Forger, name: str = "mairie.example", *, held: bool = True) -> int:
    """And publish it, or leave it out of what is published."""
    return forger.add("witness.change", "system", held=held, key=witness_key(name, bytes(32)).encode(), name=name)


def hide_a_witness(forger: Forger) -> None:
    name_a_witness(forger)


def show_a_witness_never_named(forger: Forger) -> None:
    key = parse_verifier_key((forger.log / "log.vkey").read_text())
    named = [("mairie", witness_key("mairie.example", bytes(32)).encode(), "")]
    (forger.log / "policy").write_bytes(majority_policy([key.encode()], named, "https://motion.example/ormeline/log"))


def name_a_witness_twice(forger: Forger) -> int:
    name_a_witness(forger)
    return name_a_witness(forger)


def give_up_a_stranger(forger: Forger) -> int:
    return name_a_witness(forger, held=False)


def freeze_the_congress_before_they_write(forger: Forger) -> int:
    """The phase is said to have ended where somebody was refused; they go on writing."""
    refused = forger.find("crdt.reject")
    forger.put(refused, "phase.change", "sec-1", **{"from": "drafting", "to": "frozen", "how": "hand"})
    return next(number for number in own(forger, 0) if number > refused)


def leave_a_phase_that_was_not_open(forger: Forger) -> int:
    number = forger.find("phase.change")
    return forger.edit(number, **{"from": "frozen"})


def hand_over(forger: Forger, which: int = -1, **changes: object) -> int:
    """The secretariat hands an object to a court: that of a redaction, by default the one that is kept sealed."""
    kept = forger.body(forger.find("redaction", which))
    said = {
        "authority": "Tribunal judiciaire d’Ormelac",
        "basis": "Code de procédure pénale, art. 99-3",
        "decision": kept["decision"],
        "ground": "commission-rogatoire",
        "name": forger.body(kept["target"])["c"],
        "target": kept["target"],
    }
    return forger.add("object.disclosed", "sec-1", **said | changes)


def hand_over_what_was_destroyed(forger: Forger) -> int:
    return hand_over(forger, 0)


def hand_over_by_another_decision(forger: Forger) -> int:
    return hand_over(forger, decision="d-1")


def hand_over_another_object(forger: Forger) -> int:
    return hand_over(forger, name=forger.body(forger.find("motion.unfreeze"))["c"])


def hand_over_what_is_published(forger: Forger) -> int:
    number = forger.find("motion.unfreeze")
    return hand_over(forger, target=number, name=forger.body(number)["c"])


def hand_over_out_of_curiosity(forger: Forger) -> int:
    return hand_over(forger, ground="curiosite")


ATTACKS = [
    Attack("written after the drafting phase", Flaw.PHASE, resign(freeze_the_congress_before_they_write)),
    Attack("a phase never opened is left", Flaw.PHASE, resign(leave_a_phase_that_was_not_open)),
    Attack("witness named twice", Flaw.WITNESS_CHANGE, resign(name_a_witness_twice)),
    Attack("witness given up, never named", Flaw.WITNESS_CHANGE, resign(give_up_a_stranger)),
    Attack("witness left out of the policy", Flaw.POLICY, resign(hide_a_witness)),
    Attack("witness of the policy alone", Flaw.POLICY, resign(show_a_witness_never_named)),
    Attack("policy of another log", Flaw.POLICY, resign(show_another_log)),
    Attack("disclosure of what was destroyed", Flaw.DISCLOSURE, resign(hand_over_what_was_destroyed)),
    Attack("disclosure by another decision", Flaw.DISCLOSURE, resign(hand_over_by_another_decision)),
    Attack("disclosure of another object", Flaw.DISCLOSURE, resign(hand_over_another_object)),
    Attack("disclosure of what is published", Flaw.DISCLOSURE, resign(hand_over_what_is_published)),
    Attack("disclosure on an unlisted ground", Flaw.DISCLOSURE, resign(hand_over_out_of_curiosity)),
]


class TestRewritten:
    """By the operator, who has the key."""

    @pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
    def test_is_caught(self, congress: Published, forger: Forger, attack: Attack):
        """The stated reason, at the stated entry."""
        number = attack.do(forger)
        assert caught(check(congress, forger)) == (attack.flaw, number)

    def test_a_disclosure_of_what_is_sealed_is_none(self, congress: Published, forger: Forger):
        """What the attacks on it start from."""
        hand_over(forger)
        forger.write()
        assert check(congress, forger).broken is None


class TestWhole:
    """Each text is read a second time, from all its updates at once, as a stock Yjs reads a document."""

    def test_another_text_at_once_than_one_after_the_other_is_caught(
        self, congress: Published, monkeypatch: pytest.MonkeyPatch
    ):
        """No record that keeps the rules is known to do so: here the Yjs that merges forgets the last update."""
        monkeypatch.setattr(replay, "merge_updates", lambda *updates: merge_updates(*updates[:-1]))
        report = audit(Folder(congress.folder), Given(parse_verifier_key(congress.key)))
        assert report.broken is not None
        assert (report.broken.flaw, report.broken.words) == (Flaw.WHOLE, "M1")

    def test_many_updates_are_merged_by_heaps(self, congress: Published, monkeypatch: pytest.MonkeyPatch):
        """Of heaps of heaps: the same."""
        monkeypatch.setattr(replay, "HEAP", 2)
        report = audit(Folder(congress.folder), Given(parse_verifier_key(congress.key)))
        assert report.broken is None and report.counts.wholes == 2
