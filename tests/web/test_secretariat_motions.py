"""The secretariat's motions: made, frozen, reopened, voted on, withdrawn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from motion.acts import motions
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.reading import grouped_digest
from storage.models import LateText, Motion
from tests.web.secretariat_world import HOME, VOTE, get, motion, post, rows, two_congresses
from tests.web.world import NOW, Hall, fill_roster


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with two_congresses(tmp_path) as hall:
        yield hall


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

    def test_brackets_of_a_template_are_shown_before_the_text_is_frozen(self, hall: Hall) -> None:
        """By line; it takes a button that says so, and whoever was not shown them is shown them first."""
        post(hall, "/motions/nouvelle", title="Les écoles", template="deliberative")
        asked = get(hall, "/motions/M3/geler").text
        assert "16 passages sont restés entre crochets." in asked and "Geler le texte tel quel" in asked
        assert '#ligne-1">ligne 1</a>' in asked and "[destinataire]" in asked and "titre d’une partie" in asked
        unseen = post(hall, "/motions/M3/geler")
        assert unseen.status_code == 200 and "restés entre crochets" in unseen.text
        assert motion(hall, "M3").state == "drafting"
        assert "M3, Les écoles" in get(hall, "/phases/frozen").text
        assert "16 passages sont restés entre crochets." in get(hall, "/phases/frozen").text
        assert post(hall, "/motions/M3/geler", brackets="seen").status_code == 303
        assert motion(hall, "M3").state == "frozen"
        assert "entre crochets" not in get(hall, "/motions/M1/geler").text

    def test_brackets_are_shown_again_before_the_vote_and_do_not_stop_it(self, hall: Hall) -> None:
        """On each page up to the last button, with the way to reopen the text while there is one."""
        fill_roster(hall)
        post(hall, "/motions/nouvelle", title="Les écoles", template="demands")
        post(hall, "/motions/M3/geler", brackets="seen")
        for shown in (
            get(hall, "/motions/M3/adopter"),
            post(hall, "/motions/M3/adopter", **(VOTE | {"votes_for": "x"})),
            post(hall, "/motions/M3/adopter", step="correct", **VOTE),
            post(hall, "/motions/M3/adopter", **VOTE),
        ):
            assert "passages sont restés entre crochets." in shown.text and "[destinataire]" in shown.text
            assert f'{HOME}/motions/M3/rouvrir">Rouvrir le texte' in shown.text
        post(hall, "/phases/adopted")
        assert "Rouvrir le texte" not in get(hall, "/motions/M3/adopter").text
        done = post(hall, "/motions/M3/adopter", step="confirm", digest=motion(hall, "M3").digest, **VOTE)
        assert done.status_code == 303 and motion(hall, "M3").state == "adopted"

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
