"""The public pages, through the real application."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import Session

from motion.acts import motions
from motion.acts.motions import ShowOfHands
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage.models import Congress, Official, PhaseOpening
from tests.web.world import TEXT, Hall, fill_roster, give_authors, served

PUBLIC_PAGES = (
    "/",
    "/ormeline",
    "/ormeline/motions",
    "/ormeline/motions/M1",
    "/ormeline/motions/M1?vue=auteurs",
    "/ormeline/motions/M2",
    "/ormeline/motions/M1/imprimer",
)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("pages")) as hall:
        give_authors(hall, "M1", [[60, 1], [100, 2], [len(TEXT) - 160, 0]])
        yield hall


class TestReading:
    """Issue, section 6: all of it without script."""

    @pytest.mark.parametrize("path", PUBLIC_PAGES)
    @pytest.mark.parametrize("code", ["fr", "en"])
    def test_every_public_page_answers_in_its_language(self, hall: Hall, path: str, code: str) -> None:
        """The page is there, says its language, has one main, one h1 and its skip link first."""
        answer = hall.client.get(path, headers={"accept-language": code})
        assert answer.status_code == 200
        assert f'<html lang="{code}">' in answer.text
        assert answer.headers["content-language"] == code
        assert answer.text.count("<main ") == 1
        assert answer.text.count("<h1") == 1
        body = answer.text.partition("<body")[2]
        assert re.search(r"<a [^>]*>", body)[0].startswith('<a class="evitement" href="#contenu"')

    @pytest.mark.parametrize("path", PUBLIC_PAGES)
    def test_no_page_carries_an_inline_style_or_script(self, hall: Hall, path: str) -> None:
        """The security policy would refuse them: nothing may depend on one."""
        text = hall.client.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))
        assert not re.search(r"\son[a-z]+=", text)

    def test_home_says_what_is_written_and_offers_three_doors(self, hall: Hall) -> None:
        """The card of the motion, the doors, the motions, the calendar."""
        text = hall.client.get("/ormeline").text
        assert "Motion 1\u00a0: l’accès aux soins" in text
        assert text.count('class="feuille porte') == 3
        assert "Aujourd’hui, samedi 15 novembre 2031" in text
        assert "17\u00a0h\u00a032" in text  # the freeze, three hours from now

    def test_a_motion_is_read_with_its_line_numbers(self, hall: Hall) -> None:
        """Each alinéa has its number, and headings the server's."""
        text = hall.client.get("/ormeline/motions/M1").text
        assert 'id="ligne-6"' in text and 'id="ligne-7"' not in text
        assert "Article 2. Salarier les soignants" in text
        assert "<strong>solidaire</strong>" in text
        assert 'class="a ' not in text.partition("<article")[2].partition("</article>")[0]

    def test_the_view_of_authors_says_who_wrote_each_word(self, hall: Hall) -> None:
        """By name, mandate and commune; with a line style; and per article."""
        text = hall.client.get("/ormeline/motions/M1?vue=auteurs").text
        assert 'data-o="1"' in text and 'class="a a1"' in text
        assert "Aline Corbières" in text and "maire de Valbrune" in text
        assert "conseiller municipal de Port-Émeraude" in text
        assert "trait en tirets" in text
        assert 'class="qui-article"' in text

    def test_markdown_is_the_text_and_its_digest_is_on_the_page(self, hall: Hall) -> None:
        """`sha256sum` of the `.md` gives what the page shows."""
        answer = hall.client.get("/ormeline/motions/M1.md")
        assert answer.content == TEXT.encode()
        shown = hall.client.get("/ormeline/motions/M1").text
        digest = re.search(r'class="empreinte">([0-9a-f ]+)<', shown)[1].replace(" ", "")
        assert digest == hashlib.sha256(answer.content).hexdigest()

    def test_json_has_the_names_that_stay(self, hall: Hall) -> None:
        """Issue, "Names that stay": code, title, state, text, entry, authors."""
        answer = hall.client.get("/ormeline/motions/M1.json")
        motion = answer.json()
        assert (motion["code"], motion["title"], motion["state"]) == ("M1", "l’accès aux soins", "drafting")
        assert motion["text"] == TEXT
        assert isinstance(motion["entry"], int)
        assert motion["authors"][0] == {
            "official": 2,
            "name": "Mamadou Diarra",
            "mandate": "conseiller municipal",
            "commune": "Port-Émeraude",
            "characters": 100,
            "typed_for": [],
        }
        assert answer.headers["access-control-allow-origin"] == "*"
        assert hall.client.get("/ormeline.json").json()["motions"][0]["code"] == "M1"

    def test_a_page_is_not_sent_twice(self, hall: Hall) -> None:
        """The same page is answered 304; in another language or for somebody signed in it is another page."""
        for path in ("/ormeline", "/ormeline/motions", "/ormeline/motions/M1", "/ormeline/motions/M1.json"):
            first = hall.client.get(path)
            known = {"if-none-match": first.headers["etag"]}
            assert hall.client.get(path, headers=known).status_code == 304, path
            assert hall.client.get(path, headers={**known, "accept-language": "en"}).status_code == 200, path
            assert hall.client.get(path, headers={**known, **hall.aline}).status_code == 200, path

    def test_fragments_are_parts_of_the_page(self, hall: Hall) -> None:
        """What a live page asks for is what the whole page holds."""
        page = hall.client.get("/ormeline/motions/M1").text
        names = re.findall(r'data-src="([^"]+)"', page)
        assert len(names) == 5
        for address in names:
            part = hall.client.get(address)
            assert part.status_code == 200
            assert part.text.strip() in page
        home = hall.client.get("/ormeline").text
        assert hall.client.get("/ormeline/fragments/direct").text.strip() in home

    @pytest.mark.parametrize("who", ["", "aline", "odile"])
    def test_no_link_leads_nowhere(self, hall: Hall, who: str) -> None:
        """For the public, an official and the secretariat; anchors stand on the page that they name."""
        headers = hall.signed_in(who) if who else {}
        waiting, seen = ["/", "/ormeline"], set()
        while waiting:
            path, _, anchor = waiting.pop().partition("#")
            answer = hall.client.get(path, headers=headers) if path not in seen else None
            if answer is None:
                continue
            seen.add(path)
            assert answer.status_code in {200, 303}, path
            if not path.startswith("/ormeline") or "html" not in answer.headers.get("content-type", ""):
                continue
            for link in re.findall(r'<a [^>]*href="([^"]+)"', answer.text):
                target, _, anchor = unescape(link).partition("#")
                if anchor and target in {"", path} and not path.endswith("/rediger"):  # the editor makes its own
                    assert f'id="{anchor}"' in answer.text, (path, link)
                elif target.startswith("/"):
                    waiting.append(target)
        assert len(seen) > 10

    def test_the_adopted_motion_shows_its_vote(self, tmp_path: Path) -> None:
        """Freeze, then adoption, through the real acts and the real room."""
        with served(tmp_path) as hall:
            fill_roster(hall, 250)
            rooms, actor = hall.service.rooms, Actor(1, Role.SECRETARIAT, secretary_id=1)
            call = hall.client.portal.call

            async def adopt() -> None:
                frozen = await rooms.run_act(1, motions.freeze, actor, 1, now=hall.at[0])
                hands = ShowOfHands(131, 22, 9, 50, "Aline Corbières")
                await rooms.run_act(1, motions.adopt, actor, 1, hands, expected_digest=frozen.digest, now=hall.at[0])

            call(adopt)
            text = hall.client.get("/ormeline/motions/M1").text
            assert "Pour 131, contre 22, abstentions 9" in text
            assert "Séance présidée par Aline Corbières" in text
            assert "131 pour, 22 contre, 9 abstentions" in hall.client.get("/ormeline").text
            assert "follow" not in text  # nothing will ever change: no script
            assert hall.client.get("/ormeline/motions/M1.json").json()["result"]["for"] == 131

    @pytest.mark.parametrize(
        ("phase", "badge", "sentence"),
        [
            ("preparation", "Pas encore ouverte", "La rédaction s’ouvre samedi 15 novembre 2031 à 18\u00a0h\u00a032"),
            ("collection", "Pas encore ouverte", "La rédaction s’ouvre samedi 15 novembre 2031 à 18\u00a0h\u00a032"),
            ("frozen", "Rédaction fermée", ""),
        ],
    )
    def test_an_open_text_outside_the_drafting_phase_is_not_called_open(
        self, hall: Hall, phase: str, badge: str, sentence: str
    ) -> None:
        """Before drafting, every page says when it begins; programs still read the state."""

        def change(db: Session) -> None:
            db.get_one(Congress, 1).phase = phase
            db.get_one(PhaseOpening, (1, "drafting")).opens_at = hall.at[0] + timedelta(hours=4)

        hall.service.store.write_now(change)
        for path in ("", "/motions", "/motions/M1", "/fragments/direct"):
            page = hall.client.get("/ormeline" + path).text
            assert f">{badge}</span>" in page and "En rédaction" not in page, path
            assert sentence in page, path
        # Before, the room would only be read; after, whoever still has words on a device finds the way.
        home = hall.client.get("/ormeline", headers=hall.aline).text
        door = home[home.index('<article class="feuille porte p-petrole">') :].split("</article>")[0]
        assert ("/rediger" in door) == (phase == "frozen") and sentence in door
        assert "Lire la motion" in door
        assert hall.client.get("/ormeline/motions/M1.json").json()["state"] == "drafting"

    @pytest.mark.parametrize("phase", ["adopted", "closed"])
    def test_a_congress_that_is_over_is_told_in_the_past(self, hall: Hall, phase: str) -> None:
        """Its home reads and checks; only officials find the room, for words that stayed on a device."""

        def change(db: Session, phase: str) -> None:
            db.get_one(Congress, 1).phase = phase

        hall.service.store.write_now(change, "drafting")
        ahead = ("Se connecter pour écrire", "Lire le texte en cours", "Écrivez le texte", "rédige ", "rédigent")
        assert all(words in hall.client.get("/ormeline").text for words in ahead[:3])
        hall.service.store.write_now(change, phase)
        home = hall.client.get("/ormeline").text
        assert not [words for words in ahead if words in home]
        assert ("L’écriture est terminée." in home) == (phase == "closed") and "/rejeu" in home
        assert "/rediger" not in home
        assert "/rediger" in hall.client.get("/ormeline", headers=hall.aline).text

    def test_without_an_hour_the_drafting_is_not_open_yet(self, hall: Hall) -> None:
        """The secretariat opens it by hand."""

        def change(db: Session) -> None:
            db.get_one(Congress, 1).phase = "preparation"
            db.delete(db.get_one(PhaseOpening, (1, "drafting")))

        hall.service.store.write_now(change)
        assert "La rédaction n’est pas encore ouverte" in hall.client.get("/ormeline").text

    def test_a_mandate_after_a_name_has_no_capital(self, hall: Hall) -> None:
        """Whatever the list wrote; initials keep theirs."""

        def change(db: Session) -> None:
            db.get_one(Official, 1).mandate = "Maire"
            db.get_one(Official, 2).mandate = "DGS"

        hall.service.store.write_now(change)
        page = hall.client.get("/ormeline/motions/M1?vue=auteurs").text
        assert "maire de Valbrune" in page and "Maire de" not in page and "DGS de Port-Émeraude" in page

    def test_only_who_may_create_a_congress_is_offered_to(self, hall: Hall) -> None:
        """The address refuses anybody else."""
        assert 'href="/nouveau"' not in hall.client.get("/").text
        assert 'href="/nouveau"' in hall.client.get("/", headers=hall.odile).text


class TestLanguage:
    def test_the_address_then_the_cookie_then_the_browser(self, hall: Hall) -> None:
        """French when nothing is asked; a link's choice is kept."""
        assert hall.client.get("/ormeline", headers={"accept-language": "de"}).headers["content-language"] == "fr"
        chosen = hall.client.get("/ormeline?lang=en", headers={"accept-language": "fr"})
        assert chosen.headers["content-language"] == "en"
        assert "langue=en" in chosen.headers["set-cookie"]
        hall.client.cookies.clear()
        by_cookie = hall.client.get("/ormeline", headers={"cookie": "langue=en", "accept-language": "fr"})
        assert by_cookie.headers["content-language"] == "en"

    def test_the_form_keeps_the_choice_and_goes_back(self, hall: Hall) -> None:
        """Only to a page of ours."""
        for asked, given in (("/ormeline", "/ormeline"), ("//autre.invalid", "/"), ("https://autre.invalid", "/")):
            answer = hall.client.post("/langue", data={"lang": "en", "next": asked})
            assert (answer.status_code, answer.headers["location"]) == (303, given)
            assert "langue=en" in answer.headers["set-cookie"]
        hall.client.cookies.clear()


class TestErrors:
    def test_errors_are_pages_and_json(self, hall: Hall) -> None:
        """What was attempted, why, how to repair it."""
        page = hall.client.get("/ormeline/motions/M9")
        assert page.status_code == 404
        assert "M9" in page.text and "Revenir à l’accueil" in page.text
        error = hall.client.get("/ormeline/motions/M9.json").json()["error"]
        assert error["code"] == "not-found" and len(error["sentences"]) == 3
        assert hall.client.get("/nulle-part").status_code == 404
        assert hall.client.get("/nulle-part/du/tout", headers={"accept-language": "en"}).status_code == 404

    def test_wrong_methods_and_large_bodies_have_their_pages(self, hall: Hall) -> None:
        """405 names the allowed methods; 413 is ours, not a bare line."""
        wrong = hall.client.delete("/ormeline")
        assert wrong.status_code == 405 and "GET" in wrong.headers["allow"]
        large = hall.client.post("/langue", content=b"x" * 300_000, headers={"content-type": "text/plain"})
        assert large.status_code == 413 and "trop grand" in large.text

    def test_the_unexpected_is_logged_whole_and_shown_as_internal(
        self, hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Nothing of it reaches the reader."""

        def broken(*_arguments: object, **_options: object) -> None:
            raise RuntimeError("détail intime")

        monkeypatch.setattr("motion.web.pages.home.home_view", broken)
        answer = hall.client.get("/ormeline?jamais=demandee")  # by this name it was not rendered yet
        assert answer.status_code == 500
        assert "Erreur interne" in answer.text and "intime" not in answer.text
        assert "détail intime" in caplog.text
        assert "content-security-policy" in answer.headers


class TestGuard:
    """ASVS 3.4 and 3.5; record.md, section 7."""

    def test_every_answer_is_hardened(self, hall: Hall) -> None:
        """Pages, errors, data and files alike."""
        css = re.search(r'href="(/static/motion-[^"]+css)"', hall.client.get("/").text)[1]
        for path in ("/", "/ormeline", "/nulle-part", "/ormeline/motions/M1.json", css):
            headers = hall.client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"], path
            assert "script-src 'self'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert "strict-transport-security" not in headers

    def test_https_is_strict(self, tmp_path: Path) -> None:
        """With an https address: HSTS, wss, `__Host-` cookies."""
        with served(tmp_path, environment={"MOTION_BASE_URL": "https://testserver"}) as hall:
            headers = hall.client.get("/").headers
            assert headers["strict-transport-security"].startswith("max-age=")
            assert "wss://testserver" in headers["content-security-policy"]
            assert hall.client.get("/ormeline/motions/M1/rediger", headers=hall.aline).status_code == 303

    def test_forms_of_other_sites_are_refused(self, hall: Hall) -> None:
        """By what browsers say, new and old; nothing is done."""
        elsewhere = (
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://autre.invalid"},
            {"origin": "null"},
        )
        for headers in elsewhere:
            answer = hall.client.post("/langue", data={"lang": "en"}, headers=headers)
            assert answer.status_code == 403, headers
            assert "set-cookie" not in answer.headers
        for headers in ({}, {"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}):
            assert hall.client.post("/langue", data={"lang": "fr"}, headers=headers).status_code == 303
        hall.client.cookies.clear()

    def test_each_request_leaves_one_line_without_secrets(self, hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
        """The route's pattern, never the path, the query or the cookie."""
        with caplog.at_level("INFO", "motion.requests"):
            hall.client.get("/ormeline/motions/M1?vue=secret", headers=hall.aline)
        line = json.loads(caplog.records[-1].getMessage())
        assert line["route"] == "/{congress}/motions/{code}" and line["status"] == 200
        assert "secret" not in caplog.text and "aline" not in caplog.text

    def test_static_files_are_kept_for_ever_and_packed(self, hall: Hall) -> None:
        """A name carries its digest; brotli for those who take it; nothing but what was built."""
        css = re.search(r'href="(/static/motion-[^"]+css)"', hall.client.get("/").text)[1]
        answer = hall.client.get(css, headers={"accept-encoding": "br, gzip"})
        assert answer.headers["content-encoding"] == "br"
        assert "immutable" in answer.headers["cache-control"]
        for name in ("manifest.json", "..%2fpackage.json", "motion.css"):
            assert hall.client.get(f"/static/{name}").status_code == 404
