"""The secretariat's pages: who may open them, what they do, how they refuse."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from motion.acts import motions
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.identity import hash_token
from motion.web.reading import grouped_digest
from motion.work import jobs
from storage import queries
from storage.models import Card, Congress, Entry, LateText, LoginSession, Mail, Motion, Official, Secretary
from tests.acts.test_roster import HEADER, LIST
from tests.web.world import NOW, Hall, fill_roster, served

HOME = "/ormeline/secretariat"
PAGES = [
    "",
    "/phases/frozen",
    "/motions/M1/geler",
    "/motions/M1/rouvrir",
    "/motions/M1/adopter",
    "/motions/M1/retirer",
    "/textes-tardifs",
    "/courriels",
    "/connexions",
    "/equipe",
    "/calendrier",
    "/liste",
    "/liste/nouveau",
    "/liste/importer",
    "/liste/importer/1",
    "/liste/1",
    "/liste/1/retirer",
    "/cartes",
]
FORMS = [
    "/phases/frozen",
    "/motions/M1/geler",
    "/motions/M1/rouvrir",
    "/motions/M1/adopter",
    "/motions/M1/retirer",
    "/connexions",
    "/equipe",
    "/calendrier",
    "/liste/nouveau",
    "/liste/importer",
    "/liste/importer/1",
    "/liste/1",
    "/cartes",
]
VOTE = {"votes_for": "41", "votes_against": "3", "abstentions": "2", "not_voting": "0", "presided_by": "A. B."}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        hall.service.store.write_now(_other_congress)
        yield hall


def _other_congress(db) -> None:
    """Another congress, with its own secretariat."""
    other = Congress(
        slug="autre", title="Autre", starts_on=NOW.date(), ends_on=NOW.date(), origin="testserver/autre", created_at=NOW
    )
    db.add(other)
    db.flush()
    secretary = Secretary(congress_id=other.id, name="Irène", email="irene@autre.example")
    db.add(secretary)
    db.flush()
    db.add(
        LoginSession(
            congress_id=other.id,
            secretary_id=secretary.id,
            token_hash=hash_token("irene"),
            created_at=NOW,
            seen_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
    )


def get(hall: Hall, path: str, who: str = "odile"):
    return hall.client.get(path if path.startswith("/ormeline") else HOME + path, headers=hall.signed_in(who))


def post(hall: Hall, path: str, who: str = "odile", files=None, **fields: str):
    return hall.client.post(HOME + path, data=fields, files=files, headers=hall.signed_in(who))


def rows(hall: Hall, table: type) -> list:
    return list(hall.service.store.read_now(lambda db: db.exec(select(table)).all()))


def state(hall: Hall) -> list:
    """Everything that the pages could change."""
    tables = (Congress, Motion, Official, Secretary, LoginSession, Card, Mail)
    entries = [row.content for row in rows(hall, Entry)]
    return [[row.model_dump() for row in rows(hall, table)] for table in tables] + [entries]


def motion(hall: Hall, code: str = "M1") -> Motion:
    found = hall.service.store.read_now(queries.motion_by_code, "ormeline", code)
    assert found is not None
    return found


class TestDoors:
    @pytest.mark.parametrize("who", ["nobody", "mamadou", "aline", "irene"])
    @pytest.mark.parametrize("path", PAGES)
    def test_pages_are_the_secretariats(self, hall: Hall, path: str, who: str) -> None:
        """Closed to the public, to officials, to the rapporteur, and to another congress's secretariat."""
        answer = get(hall, path, who)
        assert answer.status_code == 403
        assert "Basile" not in answer.text

    @pytest.mark.parametrize("who", ["nobody", "mamadou", "aline", "irene"])
    def test_forms_are_the_secretariats(self, hall: Hall, who: str) -> None:
        """The same for what they send; nothing changes."""
        before = state(hall)
        for path in FORMS:
            assert post(hall, path, who, deed="revoke", reason="mistake", who_="all", session="2").status_code == 403
        assert state(hall) == before

    def test_another_site_sends_nothing(self, hall: Hall) -> None:
        """Even with the secretariat's own cookie."""
        before = state(hall)
        headers = hall.odile | {"sec-fetch-site": "cross-site"}
        for path in FORMS:
            assert hall.client.post(HOME + path, data={"deed": "revoke"}, headers=headers).status_code == 403
        assert state(hall) == before

    @pytest.mark.parametrize("path", [page for page in PAGES if page != "/liste/importer/1"])
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_pages_are_shown_in_both_languages(self, hall: Hall, path: str, language: str) -> None:
        """And kept by no browser; an open text is not voted on, and not reopened."""
        answer = get(hall, f"{path}?lang={language}")
        if path.endswith(("adopter", "rouvrir")):
            assert answer.status_code == 303
        else:
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            assert f'<html lang="{language}">' in answer.text
            assert answer.text.count("<h1>") == 1

    @pytest.mark.parametrize(
        "path", ["/phases/rien", "/motions/M99/geler", "/liste/999", "/liste/importer/999", "/rien", "/liste/x"]
    )
    def test_what_is_not_there(self, hall: Hall, path: str) -> None:
        """404, by name or by number."""
        assert get(hall, path).status_code == 404

    def test_the_rapporteur_creates_motions(self, hall: Hall) -> None:
        """And other officials do not."""
        assert get(hall, "/motions/nouvelle", "aline").status_code == 200
        assert get(hall, "/motions/nouvelle", "mamadou").status_code == 403
        assert post(hall, "/motions/nouvelle", "mamadou", title="x", template="blank").status_code == 403
        answer = post(hall, "/motions/nouvelle", "aline", title="Les écoles", template="blank")
        assert answer.headers["location"] == "/ormeline/motions/M3"


class TestMotions:
    def test_created_from_each_template(self, hall: Hall) -> None:
        """The text begins with the title."""
        for number, template in enumerate(("deliberative", "demands", "blank"), start=3):
            answer = post(hall, "/motions/nouvelle", title="Les écoles", template=template)
            assert answer.headers["location"] == f"/ormeline/motions/M{number}"
            assert "Les écoles" in motion(hall, f"M{number}").text

    def test_created_from_a_file(self, hall: Hall) -> None:
        """Markdown in, small Markdown kept."""
        files = {"file": ("motion.md", b"# Les ponts\n\nUn **pont** pour deux.\n", "text/markdown")}
        assert post(hall, "/motions/nouvelle", files=files, title="Les ponts", template="blank").status_code == 303
        assert "**pont**" in motion(hall, "M3").text

    @pytest.mark.parametrize(
        ("fields", "content", "field"),
        [
            ({"title": "", "template": "blank"}, b"", "title"),
            ({"title": "x" * 301, "template": "blank"}, b"", "title"),
            ({"title": "Les ponts", "template": "rien"}, b"", "template"),
            ({"title": "Les ponts", "template": "blank"}, b"%PDF-1.7", "file"),
        ],
    )
    def test_refused(self, hall: Hall, fields: dict, content: bytes, field: str) -> None:
        """422, the field named, what was typed kept, nothing made."""
        files = {"file": ("f.pdf", content)} if content else None
        answer = post(hall, "/motions/nouvelle", files=files, **fields)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert fields["title"][:300] in answer.text
        assert len(rows(hall, Motion)) == 2

    def test_an_empty_file_makes_no_motion(self, hall: Hall) -> None:
        """It was chosen: the template does not take its place in silence."""
        for content in (b"", b" \n"):
            answer = post(hall, "/motions/nouvelle", files={"file": ("motion.md", content)}, title="Les ponts")
            assert answer.status_code == 422 and "ce fichier est vide (motion.md)" in answer.text
        assert len(rows(hall, Motion)) == 2

    def test_frozen_reopened_frozen_adopted(self, hall: Hall) -> None:
        """Each step has its page; the adopted text is final."""
        fill_roster(hall)
        assert "Geler le texte" in get(hall, "/motions/M1/geler").text
        assert post(hall, "/motions/M1/geler").status_code == 303
        assert motion(hall).state == "frozen"
        assert post(hall, "/motions/M1/geler").status_code == get(hall, "/motions/M1/geler").status_code == 409
        assert post(hall, "/motions/M1/rouvrir", reason=" ").status_code == 422
        assert post(hall, "/motions/M1/rouvrir", reason="Une erreur de copie.").status_code == 303
        assert motion(hall).state == "drafting"
        post(hall, "/motions/M1/geler")
        shown = post(hall, "/motions/M1/adopter", **VOTE)
        assert shown.status_code == 200 and motion(hall).state == "frozen"
        digest = motion(hall).digest
        assert grouped_digest(digest) in shown.text and "navette" in shown.text and "## " not in shown.text
        again = post(hall, "/motions/M1/adopter", step="correct", **VOTE)
        assert 'value="41"' in again.text and motion(hall).state == "frozen"
        assert "rouvert\u00a0: Une erreur de copie." in get(hall, "/ormeline/motions/M1").text
        done = post(hall, "/motions/M1/adopter", step="confirm", digest=digest, **VOTE)
        assert done.headers["location"] == "/ormeline/motions/M1"
        assert motion(hall).state == "adopted" and motion(hall).votes_for == 41
        for path, fields in (("rouvrir", {"reason": "x"}), ("adopter", VOTE | {"step": "confirm", "digest": digest})):
            assert post(hall, f"/motions/M1/{path}", **fields).status_code == 409
        for path in ("rouvrir", "adopter", "geler", "retirer"):
            refused = get(hall, f"/motions/M1/{path}")
            assert refused.status_code == 409 and "Elle est adoptée" in refused.text
            assert f'class="btn plein" href="{HOME}"' in refused.text  # the way back is the secretariat's

    @pytest.mark.parametrize(
        ("votes", "sentence"),
        [
            (("2", "9", "0"), "La motion est rejetée\u00a0: 2 voix pour, 9 contre, 0 abstention."),
            (("5", "5", "2"), "La motion est rejetée\u00a0: 5 voix pour, 5 contre, 2 abstentions."),
        ],
    )
    def test_rejected_when_the_numbers_say_so(self, hall: Hall, votes: tuple[str, ...], sentence: str) -> None:
        """In plain words before it is written; then every page, badge and program knows."""
        fill_roster(hall)
        vote = VOTE | dict(zip(("votes_for", "votes_against", "abstentions"), votes, strict=True))
        post(hall, "/motions/M1/geler")
        shown = post(hall, "/motions/M1/adopter", **vote)
        assert shown.status_code == 200 and motion(hall).state == "frozen"
        assert sentence in shown.text and "Adopter la motion" not in shown.text
        assert ("À égalité de voix" in shown.text) == (votes[0] == votes[1])
        post(hall, "/motions/M1/adopter", step="confirm", digest=motion(hall).digest, **vote)
        assert motion(hall).state == "rejected" and motion(hall).adopted_at is None
        page = hall.client.get("/ormeline/motions/M1").text
        assert ">Rejetée</span>" in page and "La motion est rejetée" in page and f"contre {votes[1]}" in page
        assert "follow" not in page  # nothing will ever change
        for path in ("/ormeline/motions", "/ormeline/motions/M1/imprimer"):
            assert "Rejetée" in hall.client.get(path).text
        told = hall.client.get("/ormeline/motions/M1.json").json()
        assert told["state"] == "rejected" and told["result"]["against"] == int(votes[1])
        for path in ("rouvrir", "adopter", "geler", "retirer"):
            refused = get(hall, f"/motions/M1/{path}")
            assert refused.status_code == 409 and "Elle est rejetée" in refused.text

    def test_more_votes_than_people(self, hall: Hall) -> None:
        """Both numbers are said, and nothing is entered."""
        post(hall, "/motions/M1/geler")
        answer = post(hall, "/motions/M1/adopter", **VOTE)
        assert answer.status_code == 422 and motion(hall).state == "frozen"
        assert "compte 46 personnes\u00a0: la liste des membres du congrès n’en a que 3." in answer.text
        again = post(hall, "/motions/M1/adopter", step="confirm", digest=motion(hall).digest, **VOTE)
        assert again.status_code == 422 and motion(hall).state == "frozen"

    @pytest.mark.parametrize("frozen", [False, True])
    def test_withdrawn_with_a_reason_that_all_can_read(self, hall: Hall, frozen: bool) -> None:
        """Nobody writes in it; it stays readable, with the reason."""
        if frozen:
            post(hall, "/motions/M1/geler")
        assert "Plus personne n’écrit" in get(hall, "/motions/M1/retirer").text
        assert post(hall, "/motions/M1/retirer", reason=" ").status_code == 422
        assert post(hall, "/motions/M1/retirer", reason="Un doublon de M2 <b>.").status_code == 303
        assert motion(hall).state == "withdrawn"
        page = hall.client.get("/ormeline/motions/M1").text
        assert ">Retirée</span>" in page and "navette" in page and "follow" not in page
        assert "Raison donnée\u00a0: Un doublon de M2 &lt;b&gt;." in page
        assert "retirée\u00a0: Un doublon" in page  # and in what just changed
        assert "Retirée" in hall.client.get("/ormeline/motions").text
        assert "Retirée" in get(hall, "").text
        assert hall.client.get("/ormeline/motions/M1.json").json()["state"] == "withdrawn"
        plain = hall.client.get("/ormeline/motions/M1/rediger/simple", headers=hall.aline).text
        assert "la motion est retirée" in plain
        for path in ("rouvrir", "adopter", "geler", "retirer"):
            assert get(hall, f"/motions/M1/{path}").status_code == 409
        # The home speaks of the motion that goes on.
        assert "les transports" in hall.client.get("/ormeline/fragments/direct").text

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("votes_for", ""),
            ("votes_for", "douze"),
            ("votes_for", "-1"),
            ("abstentions", "1e3"),
            ("not_voting", "9" * 30),
            ("presided_by", " "),
        ],
    )
    def test_a_result_that_is_none(self, hall: Hall, field: str, value: str) -> None:
        """The field says why, and keeps what was typed."""
        fill_roster(hall)
        post(hall, "/motions/M1/geler")
        answer = post(hall, "/motions/M1/adopter", **(VOTE | {field: value}))
        assert answer.status_code == 422
        assert f'id="{field}-faute"' in answer.text
        assert motion(hall).state == "frozen"

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("presided_by", "A" * 400, "c’est trop long (au plus 200)"),
            ("votes_for", "9" * 12, "le nombre est trop grand (au plus 1000000)"),
            ("votes_for", "9" * 9, "le nombre est trop grand (au plus 1000000)"),
        ],
    )
    def test_a_result_beyond_the_limits(self, hall: Hall, field: str, value: str, sentence: str) -> None:
        """The limit is said, not another fault."""
        fill_roster(hall)
        post(hall, "/motions/M1/geler")
        answer = post(hall, "/motions/M1/adopter", **(VOTE | {field: value}))
        assert answer.status_code == 422 and sentence in answer.text

    def test_nobody_voted(self, hall: Hall) -> None:
        """Four noughts are no result."""
        post(hall, "/motions/M1/geler")
        nought = dict.fromkeys(("votes_for", "votes_against", "abstentions", "not_voting"), "0")
        answer = post(hall, "/motions/M1/adopter", **(VOTE | nought))
        assert answer.status_code == 422 and "personne n’a voté" in answer.text

    def test_a_text_that_changed_is_not_adopted(self, hall: Hall) -> None:
        """Reopened and frozen again with other words, between the reading and the button."""
        fill_roster(hall)
        post(hall, "/motions/M1/geler")
        answer = post(hall, "/motions/M1/adopter", step="confirm", digest="0" * 64, **VOTE)
        assert answer.status_code == 409
        assert motion(hall).state == "frozen"

    def test_late_texts_are_shown_to_be_copied(self, hall: Hall) -> None:
        """With their author; markup in them is only text."""

        def late(db) -> None:
            motions.freeze(db, Actor(1, Role.SECRETARIAT, secretary_id=1), 1, now=NOW)
            db.add(
                LateText(
                    motion_id=1,
                    official_id=2,
                    session_id=2,
                    entry=1,
                    salt=bytes(32),
                    content=b"",
                    text="<script>trop tard",
                    at=NOW,
                )
            )

        hall.service.store.write_now(late)
        answer = get(hall, "/textes-tardifs")
        assert "&lt;script&gt;trop tard" in answer.text and "Diarra" in answer.text.title()
        assert "textes-tardifs" in get(hall, "").text


class TestPhases:
    def test_opened_by_hand_after_a_page_that_warns(self, hall: Hall) -> None:
        """Freezing names the texts that it will freeze, and freezes them."""
        assert "M1" in get(hall, "/phases/frozen").text
        assert post(hall, "/phases/frozen").status_code == 303
        assert {row.state for row in rows(hall, Motion)} == {"frozen"}
        assert post(hall, "/phases/collection").status_code == 409
        assert get(hall, "/phases/collection").status_code == 409

    def test_closing_names_what_has_no_result(self, hall: Hall) -> None:
        """For nobody will be able to enter one; a motion that was withdrawn needs none."""
        warning = "n’ont pas encore de résultat"
        assert warning not in get(hall, "/phases/adopted").text
        asked = get(hall, "/phases/closed").text
        assert warning in asked and "/motions/M1" in asked.split(warning)[1]
        for code in ("M1", "M2"):
            post(hall, f"/motions/{code}/retirer", reason="Un doublon.")
        assert warning not in get(hall, "/phases/closed").text

    def test_the_whole_congress_is_at_hand(self, hall: Hall) -> None:
        """From the home's third door, from the pages of data and of checking, and from the secretariat's."""
        for path in ("/ormeline", "/ormeline/donnees", "/ormeline/verifier", ""):
            main = get(hall, path).text.split("<main")[1].split("</main>")[0]
            assert 'href="/ormeline/archive"' in main, path

    def test_what_was_done_is_said_as_it_stands(self, hall: Hall) -> None:
        """With the motion, with the phase; of a closed congress, that it is closed."""

        def told(answer) -> str:
            return get(hall, answer.headers["location"]).text.split('role="status">')[1].split("</p>")[0]

        assert told(post(hall, "/motions/M1/geler")) == "Le texte de la motion M1 est gelé."
        assert told(post(hall, "/motions/M1/rouvrir", reason="Oubli.")) == "Le texte de la motion M1 est rouvert."
        assert told(post(hall, "/motions/M2/retirer", reason="Oubli.")) == "La motion M2 est retirée."
        assert told(post(hall, "/phases/adopted")) == "La phase «\u00a0Motion adoptée\u00a0» est ouverte."
        assert told(post(hall, "/phases/closed")) == "Le congrès est clos."
        assert 'role="status"' not in get(hall, "?fait=gel&motion=M9").text

    def test_a_closed_congress_offers_no_decision(self, hall: Hall) -> None:
        """Neither on the motion's page nor on the secretariat's; an address kept from before says why."""
        fill_roster(hall)
        post(hall, "/motions/M1/geler")
        offers = ("Enregistrer le vote", "Rouvrir le texte", "Retirer la motion", "Créer une motion")
        pages = ("", "/ormeline/motions", "/ormeline/motions/M1")
        assert all(any(offer in get(hall, path).text for path in pages) for offer in offers)
        post(hall, "/phases/adopted")
        offered = "".join(get(hall, path).text for path in pages)
        assert [offer in offered for offer in offers] == [True, False, True, False]
        post(hall, "/phases/closed")
        offered = "".join(get(hall, path).text for path in pages)
        assert not any(offer in offered for offer in offers)
        for path in ("M1/adopter", "M1/rouvrir", "M1/retirer", "nouvelle"):
            refused = get(hall, f"/motions/{path}")
            assert refused.status_code == 409 and "Le congrès est clos" in refused.text
        vote = VOTE | {"step": "confirm", "digest": motion(hall).digest or ""}
        plain = hall.client.get("/ormeline/motions/M1/rediger/simple", headers=hall.aline).text
        assert "Lecture seule\u00a0: le congrès est clos." in plain
        assert post(hall, "/motions/M1/adopter", **VOTE).status_code == 409
        assert post(hall, "/motions/M1/adopter", **vote).status_code == 409
        assert motion(hall).state == "frozen"


class TestPeople:
    def test_searched(self, hall: Hall) -> None:
        """By words of name and place, in any order; signs of the search are only signs."""
        assert "Mamadou" in get(hall, "/liste?q=diarra mamadou").text
        assert "Mamadou" not in get(hall, "/liste?q=%25").text
        assert get(hall, "/liste?q=<b>&page=-3").status_code == 200
        assert get(hall, "/liste?page=99999").status_code == 200

    def test_added_corrected_named_and_revoked(self, hall: Hall) -> None:
        """The whole life of a row, by its page."""
        answer = post(hall, "/liste/nouveau", family_name="Merlan", first_names="Basile", email="b@ormelac.example")
        here = answer.headers["location"].removeprefix(HOME).partition("?")[0]
        fields = {"family_name": "Merlan", "first_names": "Basile", "mandate": "maire", "email": ""}
        corrected = post(hall, here, deed="correct", **fields).headers["location"].removeprefix(HOME)
        assert "Vos corrections sont enregistrées" in get(hall, corrected).text
        assert post(hall, here, deed="rapporteur").status_code == 303
        basile = rows(hall, Official)[-1]
        assert (basile.mandate, basile.email, basile.is_rapporteur) == ("maire", None, True)
        assert post(hall, here, deed="revoke", reason="left-office").status_code == 303
        assert "retirée de la liste" in get(hall, here).text
        assert post(hall, here, deed="correct", **fields).status_code == 404

    def test_taken_off_the_roster_after_a_page_that_says_what_stays(self, hall: Hall) -> None:
        """The button leads to a question; nothing changes before the answer."""
        assert f'href="{HOME}/liste/1/retirer"' in get(hall, "/liste/1").text
        asked = get(hall, "/liste/1/retirer").text
        assert "Retirer Aline Corbières de la liste" in asked and "reste dans les textes, à son nom" in asked
        assert "Elle perd son rôle" in asked and rows(hall, Official)[0].revoked_at is None
        assert post(hall, "/liste/1", deed="revoke", reason="absent").status_code == 303
        assert rows(hall, Official)[0].revoked_at is not None
        assert get(hall, "/liste/1/retirer").status_code == 303

    def test_an_address_of_somebody_else_asks_again(self, hall: Hall) -> None:
        """Its owner is named; with the box ticked, it is for both."""
        person = {"family_name": "Merlan", "first_names": "Basile", "email": "basile@ormelac.example"}
        post(hall, "/liste/nouveau", **person)
        other = person | {"first_names": "Ève"}
        refused = post(hall, "/liste/nouveau", **other)
        assert refused.status_code == 422 and "cette adresse appartient déjà à Basile Merlan" in refused.text
        assert 'name="shares_email"' in refused.text and "checked" not in refused.text
        assert post(hall, "/liste/nouveau", shares_email="1", **other).status_code == 303

    def test_refused_values_stay_in_the_form(self, hall: Hall) -> None:
        """422 on adding and on correcting."""
        for path, more in (("/liste/nouveau", {}), ("/liste/1", {"deed": "correct"})):
            answer = post(hall, path, family_name="", email="pas une adresse", **more)
            assert answer.status_code == 422
            assert 'value="pas une adresse"' in answer.text and "shares_email" not in answer.text
        assert post(hall, "/liste/1", deed="n’importe").status_code == 422

    def test_a_lost_device(self, hall: Hall) -> None:
        """Its owner's sessions end, one by one or all."""
        page = get(hall, "/connexions").text
        number = re.findall(r'name="session" value="(\d+)"', page)[0]
        assert post(hall, "/connexions", session=number).status_code == 303
        assert post(hall, "/liste/1", deed="sessions").status_code == 303
        assert post(hall, "/liste/2", deed="sessions").status_code == 303
        assert get(hall, "/ormeline/mes-connexions", "aline").status_code == 403
        assert get(hall, "/ormeline/mes-connexions", "mamadou").status_code == 403

    def test_the_team_grows(self, hall: Hall) -> None:
        """By name and address; not by nonsense."""
        assert post(hall, "/equipe", name="", email="x@y.example").status_code == 422
        assert post(hall, "/equipe", name="Zoé", email="zoe@ormeline.example").status_code == 303
        assert "zoe@ormeline.example" in get(hall, "/equipe").text


class TestCards:
    def test_a_sheet_is_given_once(self, hall: Hall) -> None:
        """A PDF to download; those who have a card keep it when only the others are asked for."""
        sheet = hall.client.post(HOME + "/cartes", data={"who": "without"}, headers=hall.odile)
        assert sheet.headers["content-type"] == "application/pdf"
        assert sheet.headers["cache-control"] == "no-store"
        assert "attachment" in sheet.headers["content-disposition"]
        assert len(rows(hall, Card)) == 3
        again = hall.client.post(HOME + "/cartes", data={"who": "without"}, headers=hall.odile)
        assert again.status_code == 200 and "Rien à imprimer" in again.text
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 3
        one = post(hall, "/liste/1", deed="card")
        assert one.content.startswith(b"%PDF")
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 3
        assert post(hall, "/liste/1", deed="cancel-card").status_code == 303
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 2

    def test_cards_in_force_end_after_a_page_that_counts_them(self, hall: Hall) -> None:
        """New cards for all cancel the old ones only once that was confirmed."""
        post(hall, "/liste/1", deed="card")
        asked = hall.client.post(HOME + "/cartes", data={"who": "all"}, headers=hall.odile)
        assert asked.status_code == 200 and "1 carte déjà donnée sera annulée." in asked.text
        assert "3 nouvelles cartes seront imprimées." in asked.text
        assert [card.revoked_at for card in rows(hall, Card)] == [None]
        done = hall.client.post(HOME + "/cartes", data={"who": "all", "step": "confirm"}, headers=hall.odile)
        assert done.content.startswith(b"%PDF")
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 3 and len(rows(hall, Card)) == 4

    def test_one_says_for_whom(self, hall: Hall) -> None:
        """422, and no card."""
        assert hall.client.post(HOME + "/cartes", data={"who": "x"}, headers=hall.odile).status_code == 422
        assert rows(hall, Card) == []


class TestImport:
    def upload(self, hall: Hall, text: str | bytes, **fields: str):
        content = text.encode() if isinstance(text, str) else text
        return post(hall, "/liste/importer", files={"file": ("liste.csv", content)}, **fields)

    def read(self, hall: Hall, path: str):
        jobs.run_due(hall.service.store, hall.service.now)
        return get(hall, path)

    def test_shown_then_confirmed(self, hall: Hall) -> None:
        """Nothing before the button; after it, the people and the entry."""
        text = HEADER + "Merlan;Basile;maire;Ormelac;\nTarn;Irène;conseillère;Brumeval;\n"
        here = self.upload(hall, text).headers["location"]
        page = self.read(hall, here)
        assert "Basile Merlan" in page.text and "Rien n’est encore importé" in page.text
        assert len(rows(hall, Official)) == 3
        done = post(hall, here.removeprefix(HOME)).headers["location"]
        assert "La liste est importée" in self.read(hall, done).text
        assert len(rows(hall, Official)) == 5
        assert [row.kind for row in rows(hall, Entry)].count("roster.import") == 1

    def test_a_namesake_is_decided(self, hall: Hall) -> None:
        """The page asks; a forged answer is refused."""
        here = self.upload(hall, HEADER + "Diarra;Mamadou;maire;Ormelac;\n").headers["location"]
        page = self.read(hall, here).text
        assert "jamais confondues" in page and 'value="elu-2"' in page
        assert post(hall, here.removeprefix(HOME), **{"line-2": "elu-1"}).status_code == 422
        done = post(hall, here.removeprefix(HOME), **{"line-2": "elu-2"}).headers["location"]
        self.read(hall, done)
        assert rows(hall, Official)[1].territory == "Ormelac"

    def test_hundreds_are_decided_page_by_page(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Choices are kept from one page to the next and can be changed; none is lost, and the counts are right."""
        monkeypatch.setattr("motion.web.pages.roster.LOT", 2)
        text = HEADER + "".join(f"Diarra;Mamadou;maire;Lieu-{letter};\n" for letter in "abcde")
        here = self.upload(hall, text).headers["location"].removeprefix(HOME)
        page = self.read(hall, here).text
        assert "Choix 1 à 2 sur 5" in page and page.count('id="ligne-') == 2 and ">Importer</button>" not in page
        second = post(hall, here, lot="1", step="next", **{"line-2": "add", "line-3": "elu-2", "line-6": "add"})
        assert second.headers["location"].endswith("?lot=2")
        assert "Choix 3 à 4 sur 5" in get(hall, f"{here}?lot=2").text
        back = post(hall, here, lot="2", step="back", **{"line-4": "add"})
        first = get(hall, back.headers["location"]).text
        assert 'id="l2-autre" value="add" checked' in first and 'value="elu-2" checked' in first
        post(hall, here, lot="1", step="next", **{"line-2": ""})
        last = get(hall, f"{here}?lot=3").text
        assert "Choix 5 à 5 sur 5" in last and ">Importer</button>" in last
        done = post(hall, here, lot="3", **{"line-6": "add"}).headers["location"]
        told = self.read(hall, done).text
        # Line 4 and 6 are added, and 3 was left to nobody when the first page was sent again.
        assert [row.territory for row in rows(hall, Official)][3:] == ["Lieu-c", "Lieu-e"]
        assert "3 lignes douteuses n’ont pas été importées" in told

    def test_more_doubts_than_anybody_decides(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """They are said to be left out, and what to do."""
        monkeypatch.setattr("motion.work.jobs.DECIDABLE", 1)
        here = self.upload(hall, HEADER + "Diarra;Mamadou;maire;A;\nDiarra;Mamadou;maire;B;\n").headers["location"]
        assert "1 autre ligne est douteuse et ne sera pas importée" in self.read(hall, here).text

    def test_an_address_of_somebody_else_is_shown_with_its_owner(self, hall: Hall) -> None:
        """In the preview, with the name and the address; also when two lines of the file share one."""
        owner = {"family_name": "Corbières", "first_names": "Aline", "mandate": "maire", "territory": "Valbrune"}
        post(hall, "/liste/1", deed="correct", email="mairie@valbrune.example", **owner)
        lines = (
            "Tarn;Zoé;maire;A;mairie@valbrune.example\nBis;Ève;maire;B;bis@b.example\nTer;Luc;maire;C;bis@b.example\n"
        )
        here = self.upload(hall, HEADER + lines).headers["location"]
        page = self.read(hall, here).text
        assert "Cette adresse de courriel est déjà celle de quelqu’un." in page
        assert "C’est Aline Corbières" in page and "maire, Valbrune, mairie@valbrune.example" in page
        assert "Voyez aussi la ligne 3 du fichier\u00a0: Ève Bis." in page

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [(("liste.csv", b""), "ce fichier est vide (liste.csv)"), (("", b""), "aucun fichier n’est choisi")],
    )
    def test_an_empty_file_or_none(self, hall: Hall, file: tuple[str, bytes], sentence: str) -> None:
        """Each is told in its own words, at once; browsers send a part without a name when nothing was chosen."""
        name, content = file
        parts = (
            f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body = parts + content + b"\r\n--b--\r\n"
        headers = hall.odile | {"content-type": "multipart/form-data; boundary=b"}
        answer = hall.client.post(HOME + "/liste/importer", content=body, headers=headers)
        assert answer.status_code == 422 and sentence in answer.text

    def test_refused_lines_have_their_number(self, hall: Hall) -> None:
        """And the reason in words; markup from the file is only text."""
        here = self.upload(hall, LIST + "<b>Seul\n;;x;y;\n").headers["location"]
        page = self.read(hall, here).text
        assert "Ligne 4" in page and "il manque des colonnes" in page
        assert "&lt;b&gt;Seul" in page and "<b>Seul" not in page

    def test_a_picture_is_no_list(self, hall: Hall) -> None:
        """It is said to be one; its bytes are not shown as headers."""
        picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
        page = self.read(hall, self.upload(hall, picture).headers["location"]).text
        assert "est une image" in page and "En-têtes" not in page

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"rien;du\ntout;x\n", bytes(range(256)) * 40])
    def test_what_is_no_list(self, hall: Hall, content: bytes) -> None:
        """Said at once or after the reading; the roster is as it was."""
        answer = self.upload(hall, content)
        if answer.status_code == 303:
            answer = self.read(hall, answer.headers["location"])
            assert "pas été importé" in answer.text
        else:
            assert answer.status_code == 422
        assert len(rows(hall, Official)) == 3

    def test_too_large_a_file_is_not_read(self, tmp_path: Path) -> None:
        """By the setting, with its number on the page."""
        with served(tmp_path, environment={"MOTION_MAX_UPLOAD_BYTES": "10000"}) as hall:
            assert self.upload(hall, HEADER + "x" * 20_000).status_code == 422

    def test_a_reading_under_way_says_so(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody runs the job yet: the page shows how far it is, and can be refreshed."""
        monkeypatch.setattr("motion.web.pages.roster.WAIT_SECONDS", 0.1)
        here = self.upload(hall, LIST).headers["location"]
        page = get(hall, here)
        assert "<progress" in page.text and "Actualiser" in page.text

    def test_confirmed_twice_imports_once(self, hall: Hall) -> None:
        """Two clicks make two jobs; the second finds nothing to do, or a roster that changed."""
        here = self.upload(hall, LIST).headers["location"]
        self.read(hall, here)
        for _ in range(2):
            post(hall, here.removeprefix(HOME))
        jobs.run_due(hall.service.store, hall.service.now)
        names = [(row.family_name, row.territory) for row in rows(hall, Official)]
        assert len(names) == len(set(names))


class TestMails:
    def test_a_mail_is_read_in_a_demonstration_alone(self, hall: Hall) -> None:
        """Elsewhere its link would sign the secretariat in as somebody else."""

        def put(db) -> None:
            db.add(
                Mail(
                    congress_id=1,
                    recipient="aline@valbrune.example",
                    subject="Votre connexion",
                    body="Secret\nhttp://testserver/ormeline/connexion/lien/abc\n",
                    created_at=NOW,
                    not_before=NOW,
                )
            )

        hall.service.store.write_now(put)
        assert "Secret" not in get(hall, "/courriels").text

        def demonstrate(db) -> None:
            congress = db.get_one(Congress, 1)
            congress.is_demonstration = True
            db.add(congress)

        hall.service.store.write_now(demonstrate)
        page = get(hall, "/courriels").text
        assert "Secret" in page and 'href="http://testserver/ormeline/connexion/lien/abc"' in page


class TestCongress:
    FORM = {
        "title": "Congrès des ponts",
        "slug": "",
        "place": "Ormelac",
        "starts_on": "2031-12-01",
        "ends_on": "2031-12-02",
        "time_zone": "Indian/Reunion",
        "fr": "1",
        "template": "blank",
        "opens_drafting": "2031-12-01T09:00",
        "secretary_name": "Zoé",
        "email": "zoe@ponts.example",
    }

    def create(self, hall: Hall, who: str = "odile", **more: str):
        return hall.client.post("/nouveau", data=self.FORM | more, headers=hall.signed_in(who))

    def test_whoever_runs_one_makes_another(self, hall: Hall) -> None:
        """With an address from the title, hours in its own zone, and its founder signed in."""
        answer = self.create(hall)
        assert answer.headers["location"] == "/congres-des-ponts/secretariat"
        token = re.search(r"motion=([^;]+)", answer.headers["set-cookie"])[1]
        page = hall.client.get("/congres-des-ponts/secretariat", headers=hall.signed_in(token))
        assert page.status_code == 200
        assert "à 9\u00a0h" in page.text

    @pytest.mark.parametrize("who", ["nobody", "mamadou", "aline"])
    def test_nobody_else_once_there_is_one(self, hall: Hall, who: str) -> None:
        """Neither page nor form."""
        assert hall.client.get("/nouveau", headers=hall.signed_in(who)).status_code == 403
        assert self.create(hall, who).status_code == 403

    def test_anybody_makes_the_first(self, hall: Hall) -> None:
        """On an installation with demonstrations alone; the second visitor comes too late."""

        def demonstrate(db) -> None:
            for congress in db.exec(select(Congress)).all():
                congress.is_demonstration = True
                db.add(congress)

        hall.service.store.write_now(demonstrate)
        assert "premier congrès" in hall.client.get("/nouveau").text
        assert self.create(hall, "nobody", secretary_name="").status_code == 422
        assert self.create(hall, "nobody").status_code == 303
        assert self.create(hall, "nobody", slug="autre-pont").status_code == 403
        assert rows(hall, Secretary)[-1].email == "zoe@ponts.example"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", ""),
            ("slug", "Pas Bon"),
            ("slug", "nouveau"),
            ("slug", "ormeline"),
            ("starts_on", ""),
            ("starts_on", "1er décembre"),
            ("ends_on", "2031-11-30"),
            ("time_zone", "Mars/Olympus"),
            ("time_zone", "../../etc/passwd"),
            ("fr", ""),
            ("template", "x"),
            ("opens_drafting", "demain"),
            ("opens_collection", "2031-12-01T10:00"),
        ],
    )
    def test_refused_by_field(self, hall: Hall, field: str, value: str) -> None:
        """422 with the form as it was sent; no congress."""
        answer = self.create(hall, **{field: value})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text and 'value="Ormelac"' in answer.text
        assert len(rows(hall, Congress)) == 2

    def test_hours_are_called_by_their_places(self, hall: Hall) -> None:
        """And a zone that the command line set is kept by the form."""
        page = get(hall, "/calendrier").text
        assert ">heure de Paris</option>" in page and ">heure de La Réunion</option>" in page

        def set_zone(db) -> None:
            congress = db.get_one(Congress, 1)
            congress.time_zone = "Asia/Tokyo"
            db.add(congress)

        hall.service.store.write_now(set_zone)
        assert '<option value="Asia/Tokyo" selected>Tokyo</option>' in get(hall, "/calendrier").text

    def test_corrected_with_its_calendar(self, hall: Hall) -> None:
        """What the form shows can be sent back as it is; then a change is kept."""
        page = get(hall, "/calendrier").text
        fields = dict(re.findall(r'name="([^"]+)" type="[^"]+" value="([^"]*)"', page))
        fields |= {"time_zone": "Europe/Paris", "template": "deliberative", "fr": "1", "en": "1"}
        before = state(hall)
        assert post(hall, "/calendrier", **fields).status_code == 303
        assert state(hall) == before
        assert post(hall, "/calendrier", **(fields | {"place": "Salle des fêtes"})).status_code == 303
        assert rows(hall, Congress)[0].place == "Salle des fêtes"
        assert post(hall, "/calendrier", **(fields | {"starts_on": "x"})).status_code == 422
