"""The whole check of a congress: it holds as published, and each way of rewriting it is caught for what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import pytest

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
        assert counts.updates == report.kinds["crdt.update"] > 20
        assert (counts.texts, counts.wholes, counts.decisions, counts.digests) == (2, 2, 2, 3)
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


def resign(change: Callable[[Forger], int | None]) -> Callable[[Forger], int | None]:
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


def show_another_log(forger: Forger) -> None:
    other = Signer(forger.signer.name, bytes([7] * 32)).verifier.encode()
    (forger.log / "policy").write_bytes(majority_policy([other], [], "https://motion.example/ormeline/log"))


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


def type_for_another_without_the_role(forger: Forger) -> int:
    forger.put(forger.find("role.change", role="rapporteur"), "card.revoke", "sec-1", card="c-1")
    return forger.find("client.bind", cid=900)


def type_for_who_is_nobody(forger: Forger) -> int:
    return forger.edit(forger.find("client.bind", cid=900), **{"for": "elu-900"})


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
    Attack("another skeleton announced", Flaw.SKELETON, resign(announce_another_skeleton)),
    Attack("another length announced", Flaw.OBJECT_LENGTH, resign(announce_another_length)),
    Attack("update under another's id", Flaw.FOREIGN, resign(write_under_anothers_id)),
    Attack("update given to another", Flaw.UNBOUND, resign(give_an_update_to_another)),
    Attack("replayed message", Flaw.REPEATED, resign(accept_twice)),
    Attack("update from the future", Flaw.UPDATE, resign(refer_to_the_future)),
    Attack("update that is none", Flaw.UPDATE, resign(accept_rubbish)),
    Attack("words changed", Flaw.DIGEST, resign(change_words)),
    Attack("gap in n", Flaw.UPDATE_NUMBER, resign(leave_a_gap)),
    Attack("update left out", Flaw.UPDATE_NUMBER, resign(lose_an_update)),
    Attack("session closed before", Flaw.SESSION_CLOSED, resign(close_the_session_before)),
    Attack("official revoked before", Flaw.NOT_ACCREDITED, resign(revoke_the_official_before)),
    Attack("official never accredited", Flaw.NOT_ACCREDITED, resign(never_accredit)),
    Attack("client id not bound", Flaw.UNBOUND, resign(forget_the_binding)),
    Attack("client id bound to two", Flaw.BOUND_TWICE, resign(bind_to_two)),
    Attack("typed for another without the role", Flaw.NOT_RAPPORTEUR, resign(type_for_another_without_the_role)),
    Attack("typed for nobody of the roster", Flaw.NOT_RAPPORTEUR, resign(type_for_who_is_nobody)),
    Attack("written while frozen", Flaw.TEXT_CLOSED, resign(write_in_a_frozen_text)),
    Attack("adopted without a majority", Flaw.VOTES, resign(adopt_without_a_majority)),
    Attack("rejected with a majority", Flaw.VOTES, resign(reject_with_a_majority)),
    Attack("adopted another text than frozen", Flaw.NOT_FROZEN, resign(adopt_another_text)),
    Attack("frozen another text than written", Flaw.DIGEST, resign(freeze_another_text)),
    Attack("tombstone with an unlisted reason", Flaw.REDACTION, resign(withdraw_for_another_reason)),
    Attack("redaction of an entry without object", Flaw.REDACTION, resign(withdraw_what_is_nothing)),
    Attack("redaction that hides an update's shape", Flaw.REDACTION, resign(withdraw_an_update_as_a_file)),
]


class TestRewritten:
    """record.md 8, item 8: each is caught, where it was done, for what it is."""

    @pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
    def test_is_caught(self, congress: Published, forger: Forger, attack: Attack):
        """The stated reason, at the stated entry."""
        number = attack.do(forger)
        assert caught(check(congress, forger)) == (attack.flaw, number)

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


def _typed_for(said: dict) -> None:
    whose = next(author for author in said["authors"] if author["typed_for"])
    whose["typed_for"] = []


def _typed_for_another(said: dict) -> None:
    whose = next(author for author in said["authors"] if author["typed_for"])
    whose["typed_for"][0]["official"] += 1


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

    @pytest.mark.parametrize("change", [_typed_for, _typed_for_another])
    def test_for_whom_words_were_typed_must_be_said(self, congress: Published, forger: Forger, change):
        """A page that forgets it, or names somebody else, is caught: the ids of the record say it."""
        forger.rewrite_json("M2", change)
        assert caught(check(congress, forger))[0] == Flaw.AUTHORS

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
