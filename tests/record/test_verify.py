"""The check of a whole log finds the first thing that does not hold, and where."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import motion.record
from motion.record.checkpoint import Checkpoint, sign_checkpoint
from motion.record.errors import NotCanonical, Unsigned
from motion.record.verify import Broken, Flaw, Holds, check_log

from .world import ORIGIN, OTHER, SIGNER, Log, digest, opened_motion, small_log

LOG = SIGNER.verifier


class TestWhole:
    """A log as it should be."""

    def test_holds(self):
        """Entries, checkpoint, older checkpoints and objects agree."""
        log = small_log()
        older = [log.note(size) for size in (9, 0, 3, 3, len(log.entries))]
        result = check_log(log.entries, log.note(), LOG, older=older, read_object=log.objects.get)
        assert result == Holds(ORIGIN, len(log.entries), log.checkpoint().root, 5)

    def test_holds_at_every_size(self):
        """Each beginning of a good log is a good log."""
        log = small_log()
        for size in range(len(log.entries) + 1):
            assert isinstance(check_log(log.entries[:size], log.note(size), LOG), Holds)

    def test_a_copied_room_runs_alone(self, tmp_path: Path):
        """An auditor copies the folder under another name and checks with it."""
        shutil.copytree(
            Path(motion.record.__file__).parent, tmp_path / "audit", ignore=shutil.ignore_patterns("__pycache__")
        )
        log = small_log()
        (tmp_path / "checkpoint").write_bytes(log.note())
        (tmp_path / "entries").write_bytes(b"\n".join(log.entries))
        program = (
            "import sys; from audit.verify import check_log; from audit.checkpoint import parse_verifier_key\n"
            "entries = open('entries', 'rb').read().split(b'\\n')\n"
            "print(check_log(entries, open('checkpoint', 'rb').read(), parse_verifier_key(sys.argv[1])))\n"
            "assert not [name for name in sys.modules if name.split('.')[0] == 'motion']\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", program, LOG.encode()], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (run.returncode, run.stdout.startswith("Holds(")) == (0, True), run.stderr


class TestTampering:
    """What an operator, or a thief of the database, could try."""

    @given(st.data())
    @settings(max_examples=100)
    def test_any_changed_byte_is_caught(self, data: st.DataObject):
        """In any entry, at any place; never reported before its entry."""
        log = small_log()
        number = data.draw(st.integers(0, len(log.entries) - 1))
        entry = log.entries[number]
        at = data.draw(st.integers(0, len(entry) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda b: b != entry[at]))
        note, older = log.note(), log.note(5)
        log.entries[number] = entry[:at] + bytes([byte]) + entry[at + 1 :]
        result = check_log(log.entries, note, LOG, older=[older])
        assert isinstance(result, Broken)
        assert result.entry is None or result.entry >= number

    @given(st.data())
    @settings(max_examples=60)
    def test_swapped_dropped_and_repeated_entries_are_caught(self, data: st.DataObject):
        """Another order is another log."""
        log = small_log()
        note = log.note()
        first = data.draw(st.integers(0, len(log.entries) - 2))
        second = data.draw(st.integers(first + 1, len(log.entries) - 1))
        swapped = log.entries.copy()
        swapped[first], swapped[second] = swapped[second], swapped[first]
        dropped = [*log.entries[:first], *log.entries[first + 1 :]]
        repeated = [*log.entries[:first], *log.entries[first:second], *log.entries[first:]]
        for entries in (swapped, dropped, repeated):
            assert isinstance(check_log(entries, note, LOG), Broken)

    def test_an_entry_that_is_no_entry_is_named(self):
        """Its number, and the error behind."""
        log = small_log()
        log.entries[6] = log.entries[6].replace(b'"doc"', b'"doc" ')
        result = check_log(log.entries, log.note(), LOG)
        assert isinstance(result, Broken) and isinstance(result.cause, NotCanonical)
        assert (result.flaw, result.entry) == (Flaw.ENTRY, 6)

    def test_a_rewritten_entry_is_placed_between_two_checkpoints(self):
        """A checkpoint that somebody kept narrows the place."""
        log = small_log()
        note, older = log.note(), [log.note(size) for size in (3, 11, 14)]
        log.entries[12] = log.entries[12].replace(b"elu-2", b"elu-1").replace(b"s-2", b"s-1")
        assert check_log(log.entries, note, LOG, older=older) == Broken(Flaw.ROOT, since=11, until=14)

    def test_a_history_rewritten_and_signed_again_is_caught_by_a_kept_checkpoint(self):
        """The operator's own key does not help against what people kept."""
        log = small_log()
        kept = log.note(6)
        log.entries[3] = log.entries[3].replace(b"Port-aux-Grues", b"Port-aux-Oies")
        assert isinstance(check_log(log.entries[:16], log.note(16), LOG), Holds)
        result = check_log(log.entries[:16], log.note(16), LOG, older=[kept])
        assert result == Broken(Flaw.ROOT, since=0, until=6)

    def test_an_empty_log_with_a_root_is_caught(self):
        """The root of nothing is known: another, though signed, is false."""
        log = small_log()
        false = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), [SIGNER])
        assert check_log(log.entries, log.note(), LOG, older=[false]) == Broken(Flaw.ROOT, since=0, until=0)

    def test_a_cut_log_is_caught(self):
        """By its checkpoint, or by an older and larger one when it was signed again."""
        log = small_log()
        assert check_log(log.entries[:9], log.note(), LOG) == Broken(Flaw.MISSING, entry=9)
        result = check_log(log.entries[:9], log.note(9), LOG, older=[log.note(12)])
        assert result == Broken(Flaw.OLDER_BEYOND, since=9, until=12)

    def test_entries_that_no_checkpoint_counts_are_caught(self):
        """What was added after the signature is not covered by it."""
        log = small_log()
        assert check_log(log.entries, log.note(9), LOG) == Broken(Flaw.SURPLUS, entry=9)

    def test_another_key_is_caught(self):
        """On the checkpoint, or on an older one."""
        log = small_log()
        for result, flaw in (
            (check_log(log.entries, log.note(signer=OTHER), LOG), Flaw.CHECKPOINT),
            (check_log(log.entries, log.note(), LOG, older=[log.note(2, OTHER)]), Flaw.OLDER_CHECKPOINT),
        ):
            assert isinstance(result, Broken) and isinstance(result.cause, Unsigned)
            assert (result.flaw, result.entry) == (flaw, None)

    def test_objects_missing_or_altered_are_caught(self):
        """With the number of the entry that commits to them."""
        log = small_log()
        name = list(log.objects)[1]
        objects = dict(log.objects)
        del objects[name]
        result = check_log(log.entries, log.note(), LOG, read_object=objects.get)
        assert result == Broken(Flaw.OBJECT_MISSING, entry=9)
        objects[name] = log.objects[name] + b"!"
        result = check_log(log.entries, log.note(), LOG, read_object=objects.get)
        assert isinstance(result, Broken)
        assert (result.flaw, result.entry) == (Flaw.OBJECT_ALTERED, 9)


def bind(log: Log, official: str, cid: int, sess: str, typed_for: str | None = None) -> None:
    """Bind a Yjs client id of the first motion, to type for another official if one is named."""
    whom = {"for": typed_for} if typed_for else {}
    log.add("client.bind", "system", cid=cid, doc="M1", official=official, sess=sess, **whom)


def rapporteur(log: Log, official: str, *, held: bool = True, **motion: str) -> None:
    """Somebody is named rapporteur, of all motions or of one; or is one no more."""
    log.add("role.change", held=held, role="rapporteur", who=official, **motion)


def type_for(log: Log, typed_for: str = "elu-2") -> None:
    """The first official, a rapporteur, begins to type for another."""
    rapporteur(log, "elu-1")
    bind(log, "elu-1", 9, "s-1", typed_for)


def open_session(log: Log, who: str, sess: str) -> None:
    """Somebody signs in."""
    log.add("session.open", who, how="card", sess=sess, who=who)


def close_session(log: Log, sess: str) -> None:
    """A session ends."""
    log.add("session.close", how="left", sess=sess)


def revoke(log: Log, official: str) -> None:
    """An official leaves the roster."""
    log.add("official.revoke", official=official, reason="resigned")


def freeze(log: Log, text: str = "") -> None:
    """The first motion, in which nobody wrote, is frozen."""
    log.add("motion.freeze", digest=digest(text), doc="M1", last=6, n=0)


def decide(log: Log, votes: tuple[int, int] = (31, 2), kind: str = "motion.adopt", text: str = "") -> None:
    """It is adopted, or rejected."""
    log.add(
        kind,
        **{"for": votes[0]},
        against=votes[1],
        abstentions=0,
        not_voting=0,
        chair="Aïssatou Brémond, maire",
        digest=digest(text),
        doc="M1",
        last=6,
        n=0,
    )


def withdraw(log: Log) -> None:
    """It is given up."""
    log.add("motion.withdraw", c=log.keep("retirée".encode()).name, doc="M1")


def redact(
    log: Log, target: int, kind: str = "effacement", reason: str = "vie-privee", who: str = "auteur", skel: bool = True
) -> None:
    """The object of an entry is destroyed."""
    log.add(
        "redaction",
        basis="RGPD, article 17",
        decision="d-1",
        kind=kind,
        reason=reason,
        remedy="https://exemple.fr/recours",
        skel=skel,
        target=target,
        who=who,
    )


class TestStory:
    """Entries that are each well formed, truly signed, and do not make sense together (FORMAT.md)."""

    @pytest.mark.parametrize(
        ("flaw", "tell"),
        [
            (Flaw.NOT_OPENED, lambda log: log.entries.append(log.entries[0])),
            (Flaw.NOT_OPENED, lambda log: log.entries.pop(0)),
            (Flaw.UPDATE_NUMBER, lambda log: log.update(2)),
            (Flaw.UPDATE_NUMBER, lambda log: (log.update(1), log.update(1))),
            (Flaw.UNBOUND, lambda log: log.update(1, cid=99)),
            (Flaw.UNBOUND, lambda log: log.update(1, by="elu-2", sess="s-2")),
            (Flaw.NO_SESSION, lambda log: log.update(1, by="elu-2")),
            (Flaw.NO_SESSION, lambda log: log.update(1, sess="s-9")),
            (Flaw.NO_SESSION, lambda log: bind(log, "elu-1", 9, "s-2")),
            (Flaw.NO_SESSION, lambda log: open_session(log, "elu-2", "s-1")),
            (Flaw.NO_SESSION, lambda log: log.add("crdt.reject", "elu-2", doc="M1", reason="gap", sess="s-1")),
            (Flaw.NO_SESSION, lambda log: log.add("session.close", how="left", sess="s-9")),
            (Flaw.SESSION_CLOSED, lambda log: (close_session(log, "s-1"), log.update(1))),
            (Flaw.SESSION_CLOSED, lambda log: (close_session(log, "s-1"), bind(log, "elu-1", 9, "s-1"))),
            (Flaw.NOT_ACCREDITED, lambda log: (revoke(log, "elu-1"), log.update(1))),
            (Flaw.NOT_ACCREDITED, lambda log: (revoke(log, "elu-1"), open_session(log, "elu-1", "s-3"))),
            (Flaw.NOT_ACCREDITED, lambda log: open_session(log, "elu-7", "s-3")),
            (Flaw.UNKNOWN_MOTION, lambda log: log.update(1, doc="M2")),
            (Flaw.UNKNOWN_MOTION, lambda log: log.add("motion.create", doc="M1", form="blank", title="Encore")),
            (Flaw.UNKNOWN_MOTION, lambda log: log.add("motion.rename", doc="M2", title="Encore")),
            (Flaw.TEXT_CLOSED, lambda log: (freeze(log), log.update(1))),
            (Flaw.TEXT_CLOSED, lambda log: (freeze(log), freeze(log))),
            (Flaw.TEXT_CLOSED, lambda log: (freeze(log), decide(log), decide(log))),
            (Flaw.TEXT_CLOSED, lambda log: (withdraw(log), log.update(1))),
            (Flaw.NOT_FROZEN, lambda log: decide(log)),
            (Flaw.NOT_FROZEN, lambda log: (freeze(log), decide(log, text="autre texte"))),
            (Flaw.NOT_FROZEN, lambda log: log.add("motion.unfreeze", c=log.keep(b"raison").name, doc="M1")),
            (Flaw.VOTES, lambda log: (freeze(log), decide(log, votes=(3, 3)))),
            (Flaw.VOTES, lambda log: (freeze(log), decide(log, votes=(4, 3), kind="motion.reject"))),
            (Flaw.REDACTION, lambda log: (log.update(1), redact(log, 8, reason="sans-raison"))),
            (Flaw.REDACTION, lambda log: (log.update(1), redact(log, 8, who="quelqu-un"))),
            (Flaw.REDACTION, lambda log: (log.update(1), redact(log, 8, kind="oubli"))),
            (Flaw.REDACTION, lambda log: (log.update(1), redact(log, 8, skel=False))),
            (Flaw.REDACTION, lambda log: redact(log, 3)),
            (Flaw.REDACTION, lambda log: redact(log, 8)),
            (Flaw.REDACTION, lambda log: redact(log, 99)),
            (Flaw.BOUND_TWICE, lambda log: bind(log, "elu-2", 7, "s-2")),
            (Flaw.BOUND_TWICE, lambda log: (type_for(log), bind(log, "elu-1", 9, "s-1"))),
            (Flaw.BOUND_TWICE, lambda log: (rapporteur(log, "elu-1"), bind(log, "elu-1", 7, "s-1", "elu-2"))),
            (Flaw.NOT_RAPPORTEUR, lambda log: bind(log, "elu-1", 9, "s-1", "elu-2")),
            (Flaw.NOT_RAPPORTEUR, lambda log: (rapporteur(log, "elu-2"), bind(log, "elu-1", 9, "s-1", "elu-2"))),
            (
                Flaw.NOT_RAPPORTEUR,
                lambda log: (rapporteur(log, "elu-1", doc="M2"), bind(log, "elu-1", 9, "s-1", "elu-2")),
            ),
            (Flaw.NOT_RAPPORTEUR, lambda log: type_for(log, "elu-1")),
            (Flaw.NOT_RAPPORTEUR, lambda log: type_for(log, "elu-7")),
            (Flaw.NOT_RAPPORTEUR, lambda log: (revoke(log, "elu-2"), type_for(log))),
            (
                Flaw.NOT_RAPPORTEUR,
                lambda log: (type_for(log), rapporteur(log, "elu-1", held=False), log.update(1, cid=9)),
            ),
            (Flaw.LAST_CHANGE, lambda log: log.add("motion.freeze", digest=digest(""), doc="M1", last=3, n=0)),
            (Flaw.LAST_CHANGE, lambda log: log.add("doc.snapshot", digest=digest(""), doc="M1", last=6, n=1)),
            (Flaw.UNKNOWN_MOTION, lambda log: log.add("motion.freeze", digest=digest(""), doc="M9", last=6, n=0)),
            (Flaw.CLOSE, lambda log: log.add("log.close", root="00" * 32, size=8)),
            (Flaw.CLOSE, lambda log: log.add("log.close", root=log.checkpoint().root.hex(), size=7)),
        ],
    )
    def test_is_checked(self, flaw: Flaw, tell: Callable[[Log], object]):
        """A false story is caught though its operator signed it."""
        log = opened_motion()
        tell(log)
        result = check_log(log.entries, log.note(), LOG)
        assert isinstance(result, Broken)
        assert (result.flaw, result.entry) == (flaw, 0 if len(log.entries) == 7 else len(log.entries) - 1)

    def test_ends_with_its_closing(self):
        """Nothing follows."""
        log = small_log()
        log.add("card.revoke", card="c-1")
        assert check_log(log.entries, log.note(), LOG) == Broken(Flaw.AFTER_CLOSE, entry=19)

    def test_lets_an_author_come_back_with_the_same_client_id(self):
        """Signed in again, an official sends what the device had kept, under the same id."""
        log = opened_motion()
        log.update(1)
        open_session(log, "elu-1", "s-9")
        bind(log, "elu-1", 7, "s-9")
        log.update(2, sess="s-9")
        log.update(3, sess="s-1")
        assert isinstance(check_log(log.entries, log.note(), LOG), Holds)

    @pytest.mark.parametrize("motion", [{}, {"doc": "M1"}])
    def test_lets_a_rapporteur_type_for_another(self, motion: dict[str, str]):
        """Of all motions or of this one; and words that were typed so stay when the role is taken back."""
        log = opened_motion()
        rapporteur(log, "elu-1", **motion)
        bind(log, "elu-1", 9, "s-1", "elu-2")
        log.update(1, cid=9)
        log.update(2)
        revoke(log, "elu-2")
        log.update(3, cid=9)
        rapporteur(log, "elu-1", held=False, **motion)
        log.update(4)
        assert isinstance(check_log(log.entries, log.note(), LOG), Holds)

    def test_ends_the_role_of_who_leaves(self):
        """Back on the roster, one is no rapporteur any more."""
        log = opened_motion()
        rapporteur(log, "elu-1")
        revoke(log, "elu-1")
        log.add("official.accredit", official="elu-1", name="Aïssatou Brémond")
        bind(log, "elu-1", 9, "s-1", "elu-2")
        result = check_log(log.entries, log.note(), LOG)
        assert isinstance(result, Broken) and result.flaw is Flaw.NOT_RAPPORTEUR

    def test_lets_anyone_delete_without_a_client_id(self):
        """An update that only deletes has no id of its own."""
        log = opened_motion()
        log.update(1, by="elu-2", cid=0, sess="s-2")
        assert isinstance(check_log(log.entries, log.note(), LOG), Holds)
