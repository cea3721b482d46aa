"""Taking words out through the pages, and what everyone may have of objects: read again from outside."""

import base64
import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from motion.acts import congresses, motions
from motion.live.updates import skeleton
from motion.record.bundles import Opened, Slot, decode_objects, object_path, open_slot
from motion.record.entry import decode_entry
from motion.record.tiles import Tile, decode_bundle
from motion.rules.permissions import Actor
from motion.rules.redactions import MASK
from motion.rules.vocabulary import Role
from motion.web.identity import hash_token
from motion.work.checkpoints import Checkpoints
from storage import drafts, ledger
from storage.models import LoginSession
from tests.acts.strokes import Hand
from tests.web.world import NOW, Hall, served
from tests.worlds import World

SEED = bytes(range(32))
WORDS = "Un propos interdit."
HERE = "/ormeline/secretariat/retraits"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def world_of(hall: Hall) -> World:
    """The same congress as the tests of acts see it."""
    return World(
        hall.service.store,
        1,
        1,
        Actor(1, Role.SECRETARIAT, secretary_id=1, session_id=3),
        Actor(1, Role.RAPPORTEUR, official_id=1, session_id=1),
        Actor(1, Role.OFFICIAL, official_id=2, session_id=2),
    )


def sign(hall: Hall) -> int:
    """Sign the record as it stands; how many entries it has."""
    Checkpoints(hall.service.store, SEED).sign_due(NOW)
    return hall.service.store.read_now(ledger.size, 1)


def text_of(page: str) -> str:
    """What is read on a page."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def prepare(hall: Hall, first: int, last: int, kind: str = "effacement", **more: str) -> str:
    """Have a decision prepared; the address where it is confirmed."""
    fields = {"de": str(first), "a": str(last), "kind": kind, "reason": "diffamation", "who": "personne-visee"} | more
    answer = hall.client.post(f"{HERE}/nouveau", data=fields, headers=hall.odile)
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"]


def take_out(hall: Hall, first: int, last: int, kind: str = "effacement", **more: str) -> None:
    """Prepare a decision and confirm it."""
    at = prepare(hall, first, last, kind, **more)
    answer = hall.client.post(at, data={"step": "confirm"}, headers=hall.odile)
    assert answer.status_code == 303, text_of(answer.text)
    hall.at[0] += timedelta(seconds=1)


def freeze(hall: Hall) -> None:
    """Freeze the first motion as the page does."""
    assert hall.client.post("/ormeline/secretariat/motions/M1/geler", headers=hall.odile).status_code == 303


def is_kept(hall: Hall, words: str) -> bool:
    """Whether the words stand in the bytes of the database's files."""
    folder = Path(hall.service.store.url.removeprefix("sqlite:///")).parent
    return any(words.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def public_addresses(hall: Hall, size: int) -> list[str]:
    """Everything that is public of the congress and of its first motion."""
    motion = "/ormeline/motions/M1"
    bundle = Tile(None, 0, size) if size < 256 else Tile(None, 0)
    return [
        "/ormeline",
        "/ormeline.json",
        "/ormeline/motions",
        motion,
        f"{motion}?vue=auteurs",
        f"{motion}.md",
        f"{motion}.json",
        f"{motion}/imprimer",
        f"{motion}/fragments/marge",
        f"{motion}/fragments/texte",
        f"/ormeline/log/{bundle.path}",
        f"/ormeline/log/{object_path(bundle)}",
        "/ormeline/log/redactions.json",
        *(f"/ormeline/registre/{number}.json" for number in range(size)),
        *(f"/ormeline/registre/{number}.objet" for number in range(size)),
    ]


class TestFinding:
    """A phrase, a stretch, a number of the register."""

    def test_deleted_words_are_found_by_what_was_typed(self, hall: Hall) -> None:
        """Letter by letter, whoever typed in between, whatever the accents; with exactly their entries."""
        world = world_of(hall)
        aline, mamadou = Hand(world, world.aline, 40), Hand(world, world.yves, 50)
        aline.type("Avant ")
        said = []
        for letter in "un élu véreux":
            said.append(aline.type(letter))
            mamadou.type("m")
        aline.type(" après")
        answer = hall.client.get(f"{HERE}?motion=M1&mots=ELU+Vereux", headers=hall.odile)
        assert "Aline CORBIÈRES" in text_of(answer.text) or "Aline Corbières" in text_of(answer.text)
        assert "<mark>élu véreux</mark>" in answer.text
        assert f"nouveau?de={said[3]}&amp;a={said[-1]}" in answer.text

    def test_a_card_marks_what_goes_and_the_next_page_widens_it(self, hall: Hall) -> None:
        """Entries go whole; whoever decides begins earlier or ends later, seeing the words of each."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = [aline.type(words) for words in ("Le préfet Machin ", "est un ", "vil escroc. ", "Voilà.")]
        page = hall.client.get(f"{HERE}?motion=M1&mots=escroc", headers=hall.odile).text
        assert "<mark>vil <strong>escroc</strong>. </mark>" in page
        assert "Ces mots sont encore dans le texte\u00a0: «\u00a0vil escroc.\u00a0»" in text_of(page)
        aline.erase("Le préfet Machin est un vil escroc. ")
        page = hall.client.get(f"{HERE}?motion=M1&mots=escroc", headers=hall.odile).text
        assert "sont encore dans le texte" not in page
        chosen = hall.client.get(f"{HERE}/nouveau?de={said[2]}&a={said[2]}", headers=hall.odile).text
        assert f'<option value="{said[0]}"' in chosen and "Le préfet Machin est un vil escroc." in text_of(chosen)
        wider = hall.client.get(f"{HERE}/nouveau?de={said[0]}&a={said[2]}", headers=hall.odile).text
        assert '<blockquote class="tape" lang="fr">Le préfet Machin est un vil escroc. </blockquote>' in wider

    def test_without_words_everything_typed_is_listed(self, hall: Hall) -> None:
        """The latest first; and a motion in which nobody wrote says so."""
        world = world_of(hall)
        Hand(world, world.aline, 40).type("Ceci d’abord.")
        Hand(world, world.yves, 50).type("Cela ensuite.")
        found = text_of(hall.client.get(f"{HERE}?motion=M1", headers=hall.odile).text)
        assert found.index("Cela ensuite.") < found.index("Ceci d’abord.")
        empty = hall.client.get(f"{HERE}?motion=M1&mots=introuvable", headers=hall.odile)
        assert "Personne n’a tapé ces mots" in text_of(empty.text)

    def test_a_number_of_the_register_leads_to_the_form(self, hall: Hall) -> None:
        """And what is no number is told beside the field."""
        answer = hall.client.get(f"{HERE}?inscription=12", headers=hall.odile)
        assert answer.headers["location"].endswith("/retraits/nouveau?de=12&a=12")
        answer = hall.client.get(f"{HERE}?inscription=douze", headers=hall.odile)
        assert answer.status_code == 422 and "ce n’est pas un nombre entier" in text_of(answer.text)


class TestDeciding:
    """Prepared, read once more, confirmed."""

    def test_the_page_shows_what_goes_and_what_everyone_will_read(self, hall: Hall) -> None:
        """Before anything is done."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type_slowly("véreux")
        aline.erase("véreux")
        at = prepare(hall, said[0], said[-1])
        told = text_of(hall.client.get(at, headers=hall.odile).text)
        for words in (
            "véreux",
            "6 inscriptions",
            "Décision d-1",
            "Diffamation",
            "la personne visée",
            "1881",
            "Recours",
        ):
            assert words in told
        assert is_kept(hall, "diffamation") and hall.service.store.read_now(ledger.size, 1) > said[-1]

    def test_erased_words_are_at_no_address_and_in_no_file(self, hall: Hall) -> None:
        """Of the database and of everything public; the text is the same."""
        world = world_of(hall)
        aline, mamadou = Hand(world, world.aline, 40), Hand(world, world.yves, 50)
        said = aline.type(WORDS)
        mamadou.type(" Et ceci reste.")
        aline.erase(WORDS)
        before = aline.hear()
        size = sign(hall)
        objects = f"/ormeline/log/{object_path(Tile(None, 0, size))}"
        old = hall.client.get(objects)
        assert (
            WORDS.encode() in old.content
            and WORDS.encode() in hall.client.get(f"/ormeline/registre/{said}.objet").content
        )
        take_out(hall, said, said)
        size = sign(hall)
        for path in public_addresses(hall, size):
            answer = hall.client.get(path)
            assert answer.status_code in {200, 404, 410}, path
            assert WORDS.encode() not in answer.content, path
        assert not is_kept(hall, WORDS)
        again = hall.client.get(objects, headers={"if-none-match": old.headers["etag"]})
        assert (again.status_code, WORDS.encode() in again.content) == (200, False)
        fresh = Hand(world, world.yves, 60)
        assert fresh.hear() == before
        assert hall.client.get("/ormeline/motions/M1.md").status_code == 200

    def test_the_tombstone_is_public(self, hall: Hall) -> None:
        """On the motion's page, in its JSON, at the object's address, for mirrors."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        take_out(hall, said, said, "retrait", until="2032-01-31")
        sign(hall)
        page = text_of(hall.client.get("/ormeline/motions/M1").text)
        for words in ("Ce qui a été retiré", "Décision d-1", "Diffamation", "la personne visée", "31 janvier 2032"):
            assert words in page
        (told,) = hall.client.get("/ormeline/motions/M1.json").json()["redactions"]
        assert (told["kind"], told["reason"], told["targets"]) == ("retrait", "diffamation", [said])
        for number in (said, told["entries"][0]):
            entry = hall.client.get(f"/ormeline/registre/{number}")
            assert "Décision d-1" in text_of(entry.text) and f"{number}.objet" not in entry.text
        gone = hall.client.get(f"/ormeline/registre/{said}.objet")
        assert gone.status_code == 410 and "Décision d-1" in gone.text and "Recours" in gone.text
        listed = hall.client.get("/ormeline/log/redactions.json")
        assert listed.headers["access-control-allow-origin"] == "*"
        (one,) = listed.json()["redactions"]
        entry = decode_entry(hall.client.get(f"/ormeline/registre/{one['entry']}.json").content)
        target = decode_entry(hall.client.get(f"/ormeline/registre/{said}.json").content)
        assert one["name"] == target.body["c"] and one["target"] == said
        for name in ("basis", "decision", "kind", "reason", "remedy", "skel", "target", "until", "who"):
            assert one[name] == entry.body[name]

    def test_in_a_frozen_text_the_words_are_masked(self, hall: Hall) -> None:
        """On the page they are heard as withdrawn; Markdown and JSON have the mask; the digest is said to be former."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        deleted = aline.type("Autre chose.")
        aline.erase("Autre chose.")
        take_out(hall, deleted, deleted)
        said = aline.type("un élu véreux", after="On renonce à ")
        own = aline.type(" La case ▒ est à cocher.", after="un élu véreux")
        freeze(hall)
        vote = {"votes_for": "1", "votes_against": "0", "abstentions": "0", "not_voting": "0", "presided_by": "Aline"}
        digest = hall.service.store.read_now(motions.get, 1).digest
        adopted = hall.client.post(
            "/ormeline/secretariat/motions/M1/adopter",
            data=vote | {"step": "confirm", "digest": digest},
            headers=hall.odile,
        )
        assert adopted.status_code == 303
        assert "un élu véreux" in hall.client.get("/ormeline/motions/M1.md").text
        room = "/ormeline/motions/M1/rediger"
        assert "un élu véreux" in hall.client.get(room, headers=hall.aline).text
        page = hall.client.get(f"{HERE}/nouveau?de={said}&a={said}", headers=hall.odile)
        assert "remplacés par ▒" in text_of(page.text)
        take_out(hall, said, said)
        masked = MASK * len("un élu véreux")
        opened = hall.client.get(room, headers=hall.aline).text
        assert masked in opened and "véreux" not in opened  # a second after it was made with the letters
        assert f"On renonce à {masked}" in hall.client.get("/ormeline/motions/M1.md").text
        body = hall.client.get("/ormeline/motions/M1.json").json()
        assert masked in body["text"] and body["frozen_digest"] == digest != body["digest"]
        for path in ("/ormeline/motions/M1", "/ormeline/motions/M1?vue=auteurs", "/ormeline/motions/M1/imprimer"):
            shown = hall.client.get(path).text
            assert f'role="img" aria-label="texte retiré, décision d-2">{MASK}' in shown, path
            assert "véreux" not in shown
        # What changed when they were written, and a document to take away. The past also has what no text shows now.
        between = hall.client.get(f"/ormeline/motions/M1/entre/{said - 1}/{said}").text
        assert f'aria-label="texte retiré, décisions d-1 et d-2">{MASK}' in between and "véreux" not in between
        xml = hall.client.get("/ormeline/motions/M1.akn.xml").text
        assert "On renonce à [texte retiré, décision d-2] La case ▒ est à cocher." in xml
        # The same sign, typed by somebody, is what they typed.
        between_own = f"/ormeline/motions/M1/entre/{said}/{own}"
        for path in ("/ormeline/motions/M1", f"/ormeline/motions/M1/a/{own}", between_own):
            shown = hall.client.get(path).text
            assert f">{masked}</span>" in shown and "La case ▒ est à cocher." in shown, path
            assert shown.count('class="retire"') == 1
        assert "prise avant que des mots n’en soient retirés" in text_of(hall.client.get("/ormeline/motions/M1").text)
        assert not is_kept(hall, "véreux")

    def test_what_is_sealed_is_handed_to_a_court(self, hall: Hall) -> None:
        """With its salt, so that the court can check it against the record; then it can still be erased."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        take_out(hall, said, said, "retrait")
        assert not is_kept(hall, WORDS)
        size = hall.service.store.read_now(ledger.size, 1)
        court = {"authority-1": "Tribunal judiciaire d’Ormelac", "ground-1": "commission-rogatoire"}
        for given, words in (
            ({}, "rien n’est écrit ici"),
            (court | {"ground-1": ""}, "choisissez dans la liste"),
            (court | {"authority-1": "x" * 201}, "c’est trop long"),
        ):
            refused = hall.client.post(f"{HERE}/1/scelle", data=given, headers=hall.odile)
            assert refused.status_code == 422 and words in text_of(refused.text) and WORDS not in refused.text
            assert 'href="#authority-1"' in refused.text or 'href="#ground-1"' in refused.text
        assert hall.service.store.read_now(ledger.size, 1) == size
        answer = hall.client.post(f"{HERE}/1/scelle", data=court, headers=hall.odile)
        (handed,) = json.loads(answer.content)["objects"]
        entry = decode_entry(hall.service.store.read_now(ledger.contents, 1, said, 1)[0])
        assert handed["words"] == WORDS
        assert open_slot(entry, base64.b64decode(handed["object"]), is_redacted=False).slot == Slot.OBJECT
        for path in ("/ormeline/motions/M1", f"/ormeline/registre/{said}"):
            told = text_of(hall.client.get(path).text).replace("\u00a0", " ")
            assert "Remis à la justice, sans être publié" in told and "Tribunal judiciaire d’Ormelac, " in told
            assert "Code de procédure pénale, art. 99-3" in told and WORDS not in told
        told = text_of(hall.client.get(f"/ormeline/registre/{size}").text).replace("\u00a0", " ")
        assert f"remet à la justice le contenu retiré de l’inscription n° {said}, sans le publier" in told
        assert "nouveau?decision=1" in hall.client.get(HERE, headers=hall.odile).text
        form = hall.client.get(f"{HERE}/nouveau?decision=1", headers=hall.odile)
        assert form.status_code == 200 and WORDS not in form.text
        answer = hall.client.post(
            f"{HERE}/nouveau",
            data={"decision": "1", "kind": "effacement", "reason": "rgpd-17", "who": "auteur"},
            headers=hall.odile,
        )
        hall.client.post(answer.headers["location"], data={"step": "confirm"}, headers=hall.odile)
        assert hall.client.post(f"{HERE}/1/scelle", data=court, headers=hall.odile).status_code == 404

    def test_a_second_person_confirms(self, hall: Hall) -> None:
        """Whoever prepared it sees no button, and posting all the same takes nothing out."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)

        def add(db: Session) -> None:
            second = congresses.add_secretary(db, None, 1, "Basile Tournon", "b@exemple.invalid", now=NOW)
            db.add(
                LoginSession(
                    congress_id=1,
                    secretary_id=second.id,
                    token_hash=hash_token("basile"),
                    created_at=NOW,
                    seen_at=NOW,
                    expires_at=NOW + timedelta(days=1),
                )
            )

        hall.service.store.write_now(add)
        at = prepare(hall, said, said)
        assert 'value="confirm"' not in hall.client.get(at, headers=hall.odile).text
        answer = hall.client.post(at, data={"step": "confirm"}, headers=hall.odile)
        assert answer.status_code == 409 and "une autre personne" in text_of(answer.text)
        assert is_kept(hall, WORDS)
        basile = hall.signed_in("basile")
        assert "Odile Brunoy" in text_of(hall.client.get(HERE, headers=basile).text)
        assert hall.client.post(at, data={"step": "confirm"}, headers=basile).status_code == 303
        assert not is_kept(hall, WORDS)

    def test_a_decision_can_be_given_up(self, hall: Hall) -> None:
        """Nothing is taken out, and it cannot be confirmed any more."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        at = prepare(hall, said, said)
        hall.client.post(at, data={"step": "drop"}, headers=hall.odile)
        assert hall.client.post(at, data={"step": "confirm"}, headers=hall.odile).status_code == 409
        assert is_kept(hall, WORDS)


class TestRefusals:
    """Each says what is wrong and what to do."""

    def test_only_the_secretariat_sees_these_pages(self, hall: Hall) -> None:
        """Neither the public, nor an official, nor a rapporteur."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        at = prepare(hall, said, said)
        take_out(hall, said, said, "retrait")
        for headers in ({}, hall.aline, hall.mamadou):
            for path in (HERE, f"{HERE}/nouveau?de={said}&a={said}", at):
                answer = hall.client.get(path, headers=headers)
                assert answer.status_code == 403 and WORDS not in answer.text, path
            for path in (f"{HERE}/nouveau", at, f"{HERE}/1/scelle"):
                answer = hall.client.post(
                    path, data={"de": str(said), "a": str(said), "step": "confirm"}, headers=headers
                )
                assert answer.status_code == 403 and WORDS not in answer.text, path

    def test_entries_from_which_nothing_can_be_taken(self, hall: Hall) -> None:
        """Unknown, without words, gone already, still in the text."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        stays = aline.type("Ceci reste. ")
        said = aline.type(WORDS)
        deletes = aline.erase(WORDS)
        take_out(hall, said, said)
        for numbers, status, words in (
            ("de=999999&a=999999", 404, "L’inscription n° 999999 n’existe pas"),
            ("de=abc&a=1", 404, "(inscription)"),
            ("", 404, "(inscription)"),
            ("decision=9", 404, "(décision)"),
            ("de=0&a=0", 409, "ne porte aucun mot"),
            (f"de={deletes}&a={deletes}", 409, "ne porte aucun mot"),
            (f"de={said}&a={said}", 409, "déjà retiré ou effacé"),
            (f"de={stays}&a={stays}", 409, "Ces mots sont encore dans le texte de la motion M1"),
        ):
            answer = hall.client.get(f"{HERE}/nouveau?{numbers}", headers=hall.odile)
            said_here = text_of(answer.text).replace("\u00a0", " ")
            assert (answer.status_code, words in said_here) == (status, True), numbers
        assert "Demandez à une élue ou un élu" in text_of(answer.text)

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"reason": "parce que"}, "Raison : cette valeur n’est pas connue (parce que)"),
            ({"reason": ""}, "Raison : choisissez dans la liste"),
            ({"who": "moi"}, "Qui le demande : cette valeur"),
            ({"kind": "oubli"}, "Ce qui est décidé : cette valeur"),
            ({"kind": "retrait", "until": "demain"}, "Gardé jusqu’au : ce n’est pas une date (demain)"),
            ({"kind": "retrait", "until": "2031-11-15"}, "Gardé jusqu’au : ce jour est passé"),
        ],
    )
    def test_a_form_filled_wrongly(self, hall: Hall, fields: dict[str, str], words: str) -> None:
        """Told beside the field; nothing is prepared."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = str(aline.type(WORDS))
        aline.erase(WORDS)
        sent = {"de": said, "a": said, "kind": "effacement", "reason": "injure", "who": "juge"} | fields
        answer = hall.client.post(f"{HERE}/nouveau", data=sent, headers=hall.odile)
        assert answer.status_code == 422
        assert words in text_of(answer.text).replace("\u00a0", " ")
        assert "À confirmer" not in text_of(hall.client.get(HERE, headers=hall.odile).text)


class TestObjects:
    """FORMAT.md, "Objects, published"."""

    def test_every_object_is_there_or_explained(self, hall: Hall) -> None:
        """As an auditor checks them, slot by slot."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.type(" Et ceci reste.")
        aline.erase(WORDS)
        freeze(hall)
        hall.client.post(
            "/ormeline/secretariat/motions/M1/rouvrir", data={"reason": "À cause de M. Untel."}, headers=hall.odile
        )
        reopened = hall.service.store.read_now(ledger.size, 1) - 1
        entry = f"/ormeline/registre/{reopened}"
        assert "À cause de M. Untel." in text_of(hall.client.get(entry).text)
        take_out(hall, said, said)
        take_out(hall, reopened, reopened)
        assert "M. Untel" not in hall.client.get(entry).text
        size = sign(hall)
        tile = Tile(None, 0, size)
        entries = decode_bundle(tile, hall.client.get(f"/ormeline/log/{tile.path}").content)
        answer = hall.client.get(f"/ormeline/log/{object_path(tile)}")
        assert answer.headers["access-control-allow-origin"] == "*" and answer.headers["cache-control"] == "no-cache"
        gone = {one["target"] for one in hall.client.get("/ormeline/log/redactions.json").json()["redactions"]}
        assert gone == {said, reopened}
        opened = [
            open_slot(decode_entry(entry), slot, is_redacted=number in gone)
            for number, (entry, slot) in enumerate(zip(entries, decode_objects(tile, answer.content), strict=True))
        ]
        rows = hall.service.store.read_now(drafts.updates_after, 1, 0)
        assert opened[said] == Opened(Slot.SKELETON, skeleton(next(row.content for row in rows if row.entry == said)))
        assert opened[reopened].slot == Slot.REDACTED
        assert [one.slot for one in opened].count(Slot.OBJECT) == len(rows) - 1
        assert "Untel" not in hall.client.get("/ormeline/motions/M1").text

    def test_a_reader_who_has_them_is_told_so(self, hall: Hall) -> None:
        """Until something is taken out of this very bundle."""
        world = world_of(hall)
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        size = sign(hall)
        path = f"/ormeline/log/{object_path(Tile(None, 0, size))}"
        etag = hall.client.get(path).headers["etag"]
        assert hall.client.get(path, headers={"if-none-match": etag}).status_code == 304
        assert hall.client.get(path, headers={"if-none-match": f"W/{etag}"}).content == b""
        take_out(hall, said, said)
        assert hall.client.get(path, headers={"if-none-match": etag}).status_code == 200
        listed = hall.client.get("/ormeline/log/redactions.json").headers["etag"]
        assert hall.client.get("/ormeline/log/redactions.json", headers={"if-none-match": listed}).status_code == 304

    def test_nothing_beyond_the_last_signed_root(self, hall: Hall) -> None:
        """Nor under a path that is not the one way to write it."""
        size = sign(hall)
        world = world_of(hall)
        said = Hand(world, world.aline, 40).type("Pas encore signé.")
        for path in (
            f"log/objects/000.p/{said + 1}",
            "log/objects/000",
            "log/objects/0.p/1",
            "log/objects/x999/x999/x999/x999/x999/x999/999",
            f"registre/{said}.objet",
            "registre/-1.objet",
            "registre/01.objet",
            "registre/99999999999999999999.objet",
            "log/objects/files/" + "ab" * 32,
            "log/objects/files/../checkpoint",
        ):
            assert hall.client.get(f"/ormeline/{path}").status_code == 404, path
        assert hall.client.get(f"/ormeline/log/objects/000.p/{size}").status_code == 200
        assert hall.client.get("/nulle-part/log/redactions.json").status_code == 404

    def test_no_etag_is_a_digest_of_what_may_be_erased(self, hall: Hall) -> None:
        """It names the place and the last redaction there."""
        size = sign(hall)
        etag = hall.client.get(f"/ormeline/log/objects/000.p/{size}").headers["etag"]
        assert etag == f'"o1-0-{size}-0"'
