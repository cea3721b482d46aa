"""The whole check of a congress: it holds as published, and each way of rewriting it is caught for what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import pytest
from pycrdt import merge_updates

from motion.audit import replay
from motion.audit.audit import Given, Report, audit
from motion.audit.sources import Folder
from motion.live import updates
from motion.live.updates import Id, Struct
from motion.record.checkpoint import Signer, open_checkpoint, parse_verifier_key, sign_checkpoint
from motion.record.flaws import Flaw
from motion.record.policy import majority_policy, parse_policy
from tests.record.world import cosign, witness_key

from .forger import Forger
from .world import ORIGIN, Published


def check(congress: Published, forger: Forger, *, older: tuple[bytes, ...] = ()) -> Report:
    """Check a copy with the key that people have on paper."""
    return audit(Folder(forger.folder), Given(parse_verifier_key(congress.key), older))


def caught(report: Report) -> tuple[Flaw | None, int | None]:
    """What was found, and at which entry."""
    return (None, None) if report.broken is None else (report.broken.flaw, report.broken.entry)


class TestHolds:
    """The congress as it went."""

    def test_everything_agrees(self, congress: Published):
        """And the report says how much was checked, and what could not be."""
        report = audit(Folder(congress.folder), Given(parse_verifier_key(congress.key), (congress.kept,)))
        assert report.broken is None and report.holds is not None
        assert report.holds.origin.startswith(ORIGIN) and report.holds.older == 3
        counts = report.counts
        assert (counts.updates, counts.texts, counts.decisions, counts.digests) == (23, 2, 2, 3)
        assert (counts.withdrawn, counts.skeletons, counts.kept_back) == (2, 2, 1)
        masked = [note.values for note in report.notes if note.code == "digest-withdrawn"]
        assert {values["motion"] for values in masked} == {"M2"} and len(masked) == 2
        assert {note.code for note in report.notes} == {"digest-withdrawn", "no-witness"}

    def test_several_processes_find_the_same(self, congress: Published, monkeypatch: pytest.MonkeyPatch):
        """Bundles, then motions, shared between two."""
        alone = audit(Folder(congress.folder), Given(parse_verifier_key(congress.key)))
        monkeypatch.setattr("motion.audit.audit.LARGE", 10)
        together = audit(Folder(congress.folder), Given(parse_verifier_key(congress.key)), processes=2)
        assert (together.holds, together.counts, together.notes) == (alone.holds, alone.counts, alone.notes)

    def test_a_key_of_the_place_is_said_to_be_one(self, congress: Published):
        """Whoever made the log could have made it."""
        report = audit(Folder(congress.folder), Given())
        assert report.broken is None and "key-of-the-place" in {note.code for note in report.notes}

    def test_the_log_alone_is_checked_without_its_texts(self, congress: Published, forger: Forger):
        """A mirror of the log has no pages."""
        report = audit(Folder(forger.log.rename(forger.folder.parent / "mirror")), Given())
        assert report.broken is None
        assert [note.values["motion"] for note in report.notes if note.code == "text-unpublished"] == ["M1", "M2"]

    def test_witnesses_are_counted(self, congress: Published, forger: Forger):
        """By a policy of one's own it is demanded; by the place's it is told."""
        seeds = {name: bytes([at] * 32) for at, name in enumerate(("mairie", "journal"), start=1)}
        named = [(name, witness_key(f"{name}.example", seed).encode(), "") for name, seed in seeds.items()]
        policy = majority_policy([congress.key], named, "https://motion.example/ormeline/log")
        for name, vkey, _url in named:
            forger.add("witness.change", "system", held=True, key=vkey, name=name)
        forger.write()
        path = forger.log / "checkpoint"
        (forger.log / "policy").write_bytes(policy)
        key = parse_verifier_key(congress.key)
        path.write_bytes(cosign(path.read_bytes(), "mairie.example", seeds["mairie"], 7))
        report = check(congress, forger)
        assert report.broken is None and "few-witnesses" in {note.code for note in report.notes}
        demanded = Given(key, policy=parse_policy(policy))
        assert caught(audit(Folder(forger.folder), demanded)) == (Flaw.WITNESSES, None)
        path.write_bytes(cosign(path.read_bytes(), "journal.example", seeds["journal"], 9))
        report = audit(Folder(forger.folder), demanded)
        assert report.broken is None and report.holds is not None
        assert report.holds.witnesses == ("journal.example", "mairie.example")


@dataclass(frozen=True)
class Attack:
    """What is done to a copy; it returns the entry at which it must be found, or None."""

    name: str
    flaw: Flaw
    do: Callable[[Forger], int | None]


def _resign(change: Callable[[Forger], int | None]) -> Callable[[Forger], int | None]:
    """The operator does it: the tree is built and signed again, and the older checkpoints removed."""

    def attack(forger: Forger) -> int | None:
        found = change(forger)
        forger.forget_older()
        forger.write()
        return found

    return attack


def flip_a_byte(forger: Forger) -> int:
    number = forger.find("session.open", 1)
    entry = bytearray(forger.entries[number])
    entry[30] ^= 1
    forger.entries[number] = bytes(entry)
    forger.write(sign=False)
    return number


def swap_entries(forger: Forger) -> int:
    first = forger.find("official.accredit")
    forger.entries[first], forger.entries[first + 1] = forger.entries[first + 1], forger.entries[first]
    forger.write(sign=False)
    return first


def cut_the_bundle(forger: Forger) -> int:
    bundle = next(iter((forger.log / "tile/entries").glob("000.p/*")))
    data = bundle.read_bytes()
    last = forger.entries[-1]
    bundle.write_bytes(data[: -len(last) - 2])
    return len(forger.entries) - 1


def cut_and_sign(forger: Forger) -> None:
    del forger.entries[30:], forger.slots[30:]
    forger.write()


def drop_and_sign(forger: Forger) -> None:
    forger.drop(forger.find("official.accredit", 3))
    forger.write()


def edit_the_checkpoint(forger: Forger) -> None:
    path = forger.log / "checkpoint"
    path.write_text(path.read_text().replace(f"\n{forger.size}\n", f"\n{forger.size - 1}\n"))


def sign_with_another_key(forger: Forger) -> None:
    forger.signer = Signer(forger.signer.name, bytes([7] * 32))
    forger.forget_older()
    forger.write()
    (forger.log / "log.vkey").write_text(forger.signer.verifier.encode() + "\n")
    show_another_log(forger)


def remove_an_object(forger: Forger) -> int:
    number = forger.find("crdt.update", 4)
    forger.slots[number] = b""
    forger.write(sign=False)
    return number


def alter_an_object(forger: Forger) -> int:
    number = forger.find("crdt.update", 4)
    forger.slots[number] = forger.slots[number][:-3] + b"!!!"
    forger.write(sign=False)
    return number


def hide_behind_a_skeleton(forger: Forger) -> int:
    number = forger.find("crdt.update", 4)
    forger.slots[number] = updates.skeleton(forger.content(number))
    forger.write(sign=False)
    return number


def reshape_a_skeleton(forger: Forger) -> int:
    number = forger.body(forger.find("redaction", 0))["target"]
    parsed = updates.parse(forger.slots[number])
    assert isinstance(parsed, updates.Update)
    longer = [s._replace(text="x" * (s.length + 1), length=s.length + 1) for s in parsed.structs]
    forger.slots[number] = updates.encode(longer, parsed.deletes)
    forger.write(sign=False)
    return number


def empty_a_skeleton(forger: Forger) -> int:
    number = forger.body(forger.find("redaction", 0))["target"]
    forger.slots[number] = b""
    forger.write(sign=False)
    return number


def announce_another_skeleton(forger: Forger) -> int:
    return forger.edit(forger.find("crdt.update", 4), skel="00" * 32)


def announce_another_length(forger: Forger) -> int:
    number = forger.find("crdt.update", 4)
    return forger.edit(number, len=forger.body(number)["len"] + 1)


def own(forger: Forger, which: int, doc: str = "M1") -> list[int]:
    """The updates that one person wrote under one client id, in order."""
    authors = [forger.by(n) for n in range(len(forger.entries)) if forger.body(n).get("doc") == doc]
    people = sorted({by for by in authors if by.startswith("elu-")})
    return [
        number
        for number in range(len(forger.entries))
        if forger.by(number) == people[which] and forger.body(number).get("n") and forger.body(number)["doc"] == doc
    ]


def write_under_anothers_id(forger: Forger) -> int:
    mine, theirs = own(forger, 0)[-1], own(forger, 2)[0]
    parsed = updates.parse(forger.content(mine))
    assert isinstance(parsed, updates.Update)
    stolen = [s._replace(client=forger.body(theirs)["cid"]) for s in parsed.structs]
    content = updates.encode(stolen, parsed.deletes)
    return forger.commit_to(mine, content, skel=skel(content))


def give_an_update_to_another(forger: Forger) -> int:
    mine, theirs = own(forger, 0)[-1], own(forger, 2)[0]
    return forger.edit(mine, by=forger.by(theirs), sess=forger.body(theirs)["sess"])


def skel(content: bytes) -> str:
    """As an entry has it."""
    return sha256(updates.skeleton(content)).hexdigest()


def accept_twice(forger: Forger) -> int:
    first, second = own(forger, 0)[-2:]
    content = forger.content(first)
    return forger.commit_to(second, content, skel=skel(content))


def refer_to_the_future(forger: Forger) -> int:
    number = own(forger, 0)[-1]
    cid = forger.body(number)["cid"]
    content = updates.encode([Struct(cid, 9_000, 1, Id(cid, 8_999), None, "!")], [])
    return forger.commit_to(number, content, skel=skel(content))


def accept_rubbish(forger: Forger) -> int:
    return forger.commit_to(own(forger, 0)[-1], b"\x01\x02\x03")


def change_words(forger: Forger) -> int:
    """The operator puts other words under somebody's name; the freeze that follows gives it away."""
    number = own(forger, 0)[-1]
    parsed = updates.parse(forger.content(number))
    assert isinstance(parsed, updates.Update)
    other = [s._replace(text="z" * s.length) for s in parsed.structs]
    content = updates.encode(other, parsed.deletes)
    forger.commit_to(number, content, skel=skel(content))
    return forger.find("motion.freeze")


def leave_a_gap(forger: Forger) -> int:
    number = forger.find("crdt.update", 4)
    return forger.edit(number, n=forger.body(number)["n"] + 1)


def lose_an_update(forger: Forger) -> int:
    """A word that somebody wrote is taken out of the log, and everything after moves up."""
    number = forger.drop(forger.find("crdt.update", 4))
    return forger.find("crdt.update", 4) if number is not None else -1


def close_the_session_before(forger: Forger) -> int:
    refused = forger.find("crdt.reject")
    writer = own(forger, 2)
    forger.put(refused, "session.close", "system", how="revoked", sess=forger.body(writer[0])["sess"])
    return next(number for number in writer if number > refused)


def revoke_the_official_before(forger: Forger) -> int:
    refused = forger.find("crdt.reject")
    writer = own(forger, 2)
    forger.put(refused, "official.revoke", "sec-1", official=forger.by(writer[0]), reason="resigned")
    return next(number for number in writer if number > refused)


def never_accredit(forger: Forger) -> int:
    who = forger.body(forger.find("session.open"))["who"]
    forger.put(forger.find("official.accredit", official=who), "card.revoke", "sec-1", card="c-1")
    return forger.find("session.open")


def forget_the_binding(forger: Forger) -> int:
    number = own(forger, 0)[0]
    binding = forger.find("client.bind", cid=forger.body(number)["cid"])
    forger.put(binding, "card.revoke", "sec-1", card="c-1")
    return number


def bind_to_two(forger: Forger) -> int:
    first, second = (forger.find("client.bind", at, doc="M1") for at in (1, 2))
    return forger.edit(second, cid=forger.body(first)["cid"])


def write_in_a_frozen_text(forger: Forger) -> int:
    number = forger.find("motion.unfreeze")
    forger.put(number, "card.revoke", "sec-1", card="c-1")
    return next(at for at in own(forger, 1) if at > number)


def adopt_without_a_majority(forger: Forger) -> int:
    return forger.edit(forger.find("motion.adopt"), **{"for": 1, "against": 1})


def reject_with_a_majority(forger: Forger) -> int:
    return forger.edit(forger.find("motion.reject"), **{"for": 3})


def adopt_another_text(forger: Forger) -> int:
    return forger.edit(forger.find("motion.adopt"), digest="00" * 32)


def freeze_another_text(forger: Forger) -> int:
    forger.edit(forger.find("motion.adopt"), digest="00" * 32)
    return forger.edit(forger.find("motion.freeze", 1, doc="M1"), digest="00" * 32)


def withdraw_for_another_reason(forger: Forger) -> int:
    return forger.edit(forger.find("redaction", 0), reason="deplaisant")


def withdraw_what_is_nothing(forger: Forger) -> int:
    return forger.edit(forger.find("redaction", 0), target=forger.find("official.accredit"))


def withdraw_an_update_as_a_file(forger: Forger) -> int:
    return forger.edit(forger.find("redaction", 0), skel=False)


def name_a_witness(forger: Forger, name: str = "mairie.example", *, held: bool = True) -> int:
    """And publish it, or leave it out of what is published."""
    return forger.add("witness.change", "system", held=held, key=witness_key(name, bytes(32)).encode(), name=name)


def hide_a_witness(forger: Forger) -> None:
    name_a_witness(forger)


def show_a_witness_never_named(forger: Forger) -> None:
    key = parse_verifier_key((forger.log / "log.vkey").read_text())
    named = [("mairie", witness_key("mairie.example", bytes(32)).encode(), "")]
    (forger.log / "policy").write_bytes(majority_policy([key.encode()], named, "https://motion.example/ormeline/log"))


def show_another_log(forger: Forger) -> None:
    other = Signer(forger.signer.name, bytes([7] * 32)).verifier.encode()
    (forger.log / "policy").write_bytes(majority_policy([other], [], "https://motion.example/ormeline/log"))


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
    Attack("flipped byte", Flaw.LEAF, flip_a_byte),
    Attack("swapped entries", Flaw.LEAF, swap_entries),
    Attack("truncated bundle", Flaw.MISSING, cut_the_bundle),
    Attack("truncated log, signed again", Flaw.OLDER_BEYOND, cut_and_sign),
    Attack("dropped leaf, tree rebuilt and signed", Flaw.ROOT, drop_and_sign),
    Attack("edited checkpoint", Flaw.CHECKPOINT, edit_the_checkpoint),
    Attack("other key", Flaw.CHECKPOINT, sign_with_another_key),
    Attack("object removed", Flaw.OBJECT_MISSING, remove_an_object),
    Attack("object altered", Flaw.OBJECT_ALTERED, alter_an_object),
    Attack("skeleton without a redaction", Flaw.OBJECT_MISSING, hide_behind_a_skeleton),
    Attack("skeleton of another shape", Flaw.SKELETON, reshape_a_skeleton),
    Attack("skeleton gone", Flaw.SKELETON, empty_a_skeleton),
    Attack("another skeleton announced", Flaw.SKELETON, _resign(announce_another_skeleton)),
    Attack("another length announced", Flaw.OBJECT_LENGTH, _resign(announce_another_length)),
    Attack("update under another's id", Flaw.FOREIGN, _resign(write_under_anothers_id)),
    Attack("update given to another", Flaw.UNBOUND, _resign(give_an_update_to_another)),
    Attack("replayed message", Flaw.REPEATED, _resign(accept_twice)),
    Attack("update from the future", Flaw.UPDATE, _resign(refer_to_the_future)),
    Attack("update that is none", Flaw.UPDATE, _resign(accept_rubbish)),
    Attack("words changed", Flaw.DIGEST, _resign(change_words)),
    Attack("gap in n", Flaw.UPDATE_NUMBER, _resign(leave_a_gap)),
    Attack("update left out", Flaw.UPDATE_NUMBER, _resign(lose_an_update)),
    Attack("session closed before", Flaw.SESSION_CLOSED, _resign(close_the_session_before)),
    Attack("official revoked before", Flaw.NOT_ACCREDITED, _resign(revoke_the_official_before)),
    Attack("official never accredited", Flaw.NOT_ACCREDITED, _resign(never_accredit)),
    Attack("client id not bound", Flaw.UNBOUND, _resign(forget_the_binding)),
    Attack("client id bound to two", Flaw.BOUND_TWICE, _resign(bind_to_two)),
    Attack("written while frozen", Flaw.TEXT_CLOSED, _resign(write_in_a_frozen_text)),
    Attack("adopted without a majority", Flaw.VOTES, _resign(adopt_without_a_majority)),
    Attack("rejected with a majority", Flaw.VOTES, _resign(reject_with_a_majority)),
    Attack("adopted another text than frozen", Flaw.NOT_FROZEN, _resign(adopt_another_text)),
    Attack("frozen another text than written", Flaw.DIGEST, _resign(freeze_another_text)),
    Attack("tombstone with an unlisted reason", Flaw.REDACTION, _resign(withdraw_for_another_reason)),
    Attack("redaction of an entry without object", Flaw.REDACTION, _resign(withdraw_what_is_nothing)),
    Attack("redaction that hides an update's shape", Flaw.REDACTION, _resign(withdraw_an_update_as_a_file)),
    Attack("written after the drafting phase", Flaw.PHASE, _resign(freeze_the_congress_before_they_write)),
    Attack("a phase never opened is left", Flaw.PHASE, _resign(leave_a_phase_that_was_not_open)),
    Attack("witness named twice", Flaw.WITNESS_CHANGE, _resign(name_a_witness_twice)),
    Attack("witness given up, never named", Flaw.WITNESS_CHANGE, _resign(give_up_a_stranger)),
    Attack("witness left out of the policy", Flaw.POLICY, _resign(hide_a_witness)),
    Attack("witness of the policy alone", Flaw.POLICY, _resign(show_a_witness_never_named)),
    Attack("policy of another log", Flaw.POLICY, _resign(show_another_log)),
    Attack("disclosure of what was destroyed", Flaw.DISCLOSURE, _resign(hand_over_what_was_destroyed)),
    Attack("disclosure by another decision", Flaw.DISCLOSURE, _resign(hand_over_by_another_decision)),
    Attack("disclosure of another object", Flaw.DISCLOSURE, _resign(hand_over_another_object)),
    Attack("disclosure of what is published", Flaw.DISCLOSURE, _resign(hand_over_what_is_published)),
    Attack("disclosure on an unlisted ground", Flaw.DISCLOSURE, _resign(hand_over_out_of_curiosity)),
]


class TestRewritten:
    """record.md 8, item 8: each is caught, where it was done, for what it is."""

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

    def test_a_history_signed_again_is_caught_by_what_somebody_kept(self, congress: Published, forger: Forger):
        """Though the operator removed every older checkpoint from the folder."""
        forger.edit(forger.find("official.accredit", 3), name="Quelqu’un d’autre")
        forger.forget_older()
        forger.write()
        assert check(congress, forger).broken is None
        assert caught(check(congress, forger, older=(congress.kept,))) == (Flaw.ROOT, None)

    def test_another_key_shown_with_its_log_holds_only_for_itself(self, congress: Published, forger: Forger):
        """Without a key from elsewhere nothing can be seen: hence the warning."""
        sign_with_another_key(forger)
        report = audit(Folder(forger.folder), Given())
        assert report.broken is None and report.notes[0].code == "key-of-the-place"

    def test_an_older_checkpoint_of_another_key_is_caught(self, congress: Published, forger: Forger):
        """It is not one of this log."""
        key = parse_verifier_key(congress.key)
        kept = open_checkpoint(congress.kept, key).checkpoint
        false = sign_checkpoint(kept, [Signer(key.name, bytes([9] * 32))])
        assert caught(check(congress, forger, older=(false,))) == (Flaw.OLDER_CHECKPOINT, None)


def _text(said: dict) -> None:
    said["text"] = said["text"].replace("navette", "limousine")


def _authors(said: dict) -> None:
    said["authors"][0]["characters"] += 1


def _swap_authors(said: dict) -> None:
    first, second = said["authors"][:2]
    first["official"], second["official"] = second["official"], first["official"]


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


class TestPublished:
    """What the pages say must be what the record gives."""

    @pytest.mark.parametrize(
        ("change", "flaw"),
        [
            (_text, Flaw.TEXT),
            (_authors, Flaw.AUTHORS),
            (_swap_authors, Flaw.AUTHORS),
            (lambda said: said["authors"].pop(), Flaw.AUTHORS),
            (lambda said: said.update(state="frozen"), Flaw.RESULT),
            (lambda said: said.update(title="Autre titre"), Flaw.RESULT),
            (lambda said: said["result"].update({"for": 999}), Flaw.RESULT),
            (lambda said: said.update(number=said["number"] - 1), Flaw.TEXT),
            (lambda said: said.update(number=said["number"] + 1), Flaw.TEXT),
        ],
    )
    def test_is_held_against_the_record(self, congress: Published, forger: Forger, change, flaw: Flaw):
        """The motion's page is named."""
        forger.rewrite_json("M1", change)
        report = check(congress, forger)
        assert report.broken is not None
        assert (report.broken.flaw, report.broken.words) == (flaw, "motions/M1.json")

    def test_words_withdrawn_from_the_text_must_be_masked_on_the_page(self, congress: Published, forger: Forger):
        """A page that still shows them is caught, though no digest can say so any more."""
        forger.rewrite_json("M2", lambda said: said.update(text=said["text"].replace("▒", "M")))
        assert caught(check(congress, forger))[0] == Flaw.TEXT

    def test_the_plain_text_is_compared_too(self, congress: Published, forger: Forger):
        """It is what people compute the digest of."""
        (forger.folder / "motions/M1.md").write_text("autre texte")
        report = check(congress, forger)
        assert report.broken is not None and report.broken.flaw == Flaw.TEXT
        assert (report.broken.motion, report.broken.path) == ("M1", "motions/M1.md")
