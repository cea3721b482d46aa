"""What was said, for its readers: the list, one contribution, its files; nothing of what is not published."""

import json
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from motion.acts import contributions, moderation, redactions
from motion.acts.private_addresses import draw
from motion.rules.contributions import Channel, ConsentWay, Place, Words
from motion.rules.redactions import Asker, Grounds, Reason, RedactionKind
from storage import contributions as rows
from storage import redactions as kept
from storage.models import Contribution
from tests.web.voices import SECRETARIAT, SOUND, recorded, salt
from tests.web.world import NOW, Hall, served

LIST = "/ormeline/contributions"
SECRET = "Marchebrune"
WORDS = Words(
    "Solène Marchebrune",
    "Le car ne passe **plus** le jeudi.\n\nIl faudrait une navette.",
    place=Place("Valbrune", "99123", "99"),
    title="Le car du jeudi",
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def say(
    hall: Hall,
    words: Words = WORDS,
    channel: Channel = Channel.WEB,
    *,
    uses: tuple[str, ...] = ("publish", "quote"),
    is_published: bool = True,
) -> int:
    """Receive a contribution, and publish it; return its number."""

    def run(db: Session) -> int:
        actor = SECRETARIAT if channel is Channel.SPOKEN else None
        one = contributions.receive(
            db,
            actor,
            1,
            words,
            channel,
            uses,
            how=ConsentWay.ONLINE,
            token_hash=draw().hash,
            salt=salt(),
            now=NOW,
        )
        if is_published:
            moderation.publish(db, SECRETARIAT, one, now=NOW)
        return one.number

    return hall.service.store.write_now(run)


def nonces() -> Iterator[bytes]:
    return iter(lambda: secrets.token_bytes(12), b"")


def found(db: Session, number: int) -> Contribution:
    return contributions.get(db, 1, number)


def withdraw(hall: Hall, number: int = 1) -> None:
    """Its author takes it back."""
    hall.service.store.write_now(
        lambda db: contributions.withdraw(db, found(db, number), key=bytes(32), nonces=nonces(), now=NOW)
    )


def refuse(hall: Hall, number: int = 1, reason: str = "vie-privee") -> None:
    """The secretariat refuses it, published or not."""
    hall.service.store.write_now(
        lambda db: moderation.refuse(
            db, SECRETARIAT, found(db, number), reason, "Pour vous seule.", key=bytes(32), nonces=nonces(), now=NOW
        )
    )


def take_out(hall: Hall, number: int = 1) -> None:
    """A decision of the secretariat takes the words out; the contribution keeps its state."""

    def run(db: Session) -> None:
        targets = kept.targets(db, 1, rows.objects_at(db, found(db, number)))
        ordered = [targets[entry] for entry in sorted(targets)]
        grounds = Grounds(RedactionKind.EFFACEMENT, Reason.PRIVACY, Asker.CONCERNED, None)
        decision = kept.next_decision(db, 1)
        redactions.take_out(db, SECRETARIAT, 1, decision, grounds, ordered, key=bytes(32), nonces=nonces(), now=NOW)

    hall.service.store.write_now(run)


def revise(hall: Hall, text: str, number: int = 1) -> None:
    """Its author corrects it, and the secretariat publishes the new version."""

    def run(db: Session) -> None:
        one = found(db, number)
        words = Words(WORDS.name, text, place=WORDS.place, title=WORDS.title)
        contributions.revise(db, one, words, salt=salt(), now=NOW)
        moderation.publish(db, SECRETARIAT, one, now=NOW)

    hall.service.store.write_now(run)


def get(hall: Hall, path: str = LIST, **headers: str):
    return hall.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def listed(hall: Hall, query: str = "") -> list[str]:
    """Codes in the order of the list."""
    text = get(hall, f"{LIST}?{query}").text
    return re.findall(r'<p class="voix-titre"><a href="/ormeline/contributions/(C\d+)"', text)


class TestList:
    """All voices, in pages, filtered and ordered."""

    def test_a_line_says_who_where_and_how(self, hall: Hall) -> None:
        """Title, name, commune, channel, number."""
        say(hall)
        text = get(hall).text
        for words in ("Le car du jeudi", "Solène Marchebrune", "Valbrune", "En ligne", "C1"):
            assert words in text

    def test_a_page_that_has_a_next_never_changes(self, hall: Hall) -> None:
        """Pages are cut by number: what comes later is on none of those that were followed."""
        for _number in range(65):
            say(hall)
        second = re.search(r'href="([^"]+)" rel="next"', get(hall).text)[1].replace("&amp;", "&")
        before = listed(hall, second.partition("?")[2])
        assert before == [f"C{number}" for number in range(35, 5, -1)]
        say(hall)
        assert listed(hall, second.partition("?")[2]) == before

    def test_chance_is_the_same_for_the_same_seed(self, hall: Hall) -> None:
        """A shared address shows one order; pages of it hold each contribution once."""
        for _number in range(40):
            say(hall)
        first = listed(hall, "ordre=hasard-4711&jusqua=40")
        rest = listed(hall, "ordre=hasard-4711&jusqua=40&page=2")
        assert first == listed(hall, "ordre=hasard-4711&jusqua=40")
        assert sorted(first + rest) == sorted(f"C{number}" for number in range(1, 41))
        assert first != listed(hall, "ordre=hasard-12&jusqua=40")
        say(hall)
        assert first == listed(hall, "ordre=hasard-4711&jusqua=40")

    def test_chance_draws_its_own_address(self, hall: Hall) -> None:
        """Who asks for chance is led to an address that keeps."""
        say(hall)
        answer = get(hall, f"{LIST}?ordre=hasard")
        assert answer.status_code == 303
        assert re.search(r"ordre=hasard-\d+", answer.headers["location"])

    @pytest.mark.parametrize(
        ("query", "codes"),
        [
            ("", ["C3", "C2", "C1"]),
            ("ordre=temps", ["C1", "C2", "C3"]),
            ("ordre=lieu", ["C2", "C3", "C1"]),
            ("ordre=theme", ["C1", "C2", "C3"]),
            ("canal=spoken", ["C2"]),
            ("departement=99", ["C3", "C1"]),
            ("commune=valbrune", ["C1"]),
            ("elu=oui", ["C3"]),
            ("elu=non", ["C2", "C1"]),
            ("pieces=sound", []),
            ("etat=received", ["C4"]),
            ("etat=toutes", ["C4", "C3", "C2", "C1"]),
            ("theme=T9", []),
            ("canal=pigeon&theme=abc&page=-1&apres=x", ["C3", "C2", "C1"]),
        ],
    )
    def test_filters_and_orders(self, hall: Hall, query: str, codes: list[str]) -> None:
        """Each narrows by what is public; what can't be read is left out."""
        say(hall)
        say(hall, Words("Armel Costenoire", "Bonjour."), Channel.SPOKEN)
        say(hall, Words("Zoé Brune", "Oui.", is_official=True, mandate="maire", place=Place("Brumeval", "99001", "99")))
        say(hall, Words("Inconnue", "Non."), is_published=False)
        assert listed(hall, query) == codes

    def test_an_unpublished_one_is_not_found_by_its_words(self, hall: Hall) -> None:
        """A filter by place or by person tells nothing of what is being examined."""
        say(hall, is_published=False)
        for query in ("commune=Valbrune", "departement=99", "elu=non"):
            assert listed(hall, f"etat=received&{query}") == []

    def test_what_is_not_published_says_number_channel_state(self, hall: Hall) -> None:
        """And its reason when it is refused; no word, no name."""
        say(hall, is_published=False)
        say(hall, is_published=False)
        refuse(hall, 2, "hors-sujet")
        text = get(hall, f"{LIST}?etat=toutes").text
        assert "Reçue, en cours d’examen" in text
        assert "Sans rapport avec l’objet du congrès" in text
        assert SECRET not in text and "Le car du jeudi" not in text

    def test_it_is_kept_until_something_is_said(self, hall: Hall) -> None:
        """A reader who has it is answered 304, until an entry about contributions."""
        say(hall)
        etag = get(hall).headers["etag"]
        assert get(hall, if_none_match=etag).status_code == 304
        say(hall)
        assert get(hall, if_none_match=etag).status_code == 200


class TestOne:
    """The page of a contribution."""

    def test_its_words_and_where_they_come_from(self, hall: Hall) -> None:
        """Rendered safely, with the entries of the register."""
        say(hall)
        text = get(hall, f"{LIST}/C1").text
        assert "<strong>plus</strong>" in text
        assert "Solène Marchebrune" in text
        assert re.search(r"/ormeline/registre/\d+", text)

    def test_markup_is_words(self, hall: Hall) -> None:
        """What somebody writes runs nowhere."""
        say(hall, Words("<b>Zoé</b>", "<script>alert(1)</script>\n\n[lien](javascript:alert(1))", title="<i>"))
        text = get(hall, f"{LIST}/C1").text
        assert "<script>alert" not in text and "<b>Zoé" not in text and "<i>" not in text
        assert 'href="javascript' not in text

    def test_all_published_versions_are_readable_and_compared(self, hall: Hall) -> None:
        """The old one stays, the new one says what it changed."""
        say(hall)
        revise(hall, "Le car ne passe plus le mardi.\n\nIl faudrait une navette.")
        text = get(hall, f"{LIST}/C1").text
        assert "mardi" in text and "?version=1" in text
        assert "jeudi.</p>" in get(hall, f"{LIST}/C1?version=1").text
        compared = get(hall, f"{LIST}/C1?version=2").text
        assert "<del>" in compared and "<ins>" in compared

    def test_a_correction_that_is_examined_is_not_shown(self, hall: Hall) -> None:
        """Until it is published, the version before is what everyone reads."""
        say(hall)
        hall.service.store.write_now(
            lambda db: contributions.revise(db, found(db, 1), Words("Solène", "Nouveau mot."), salt=salt(), now=NOW)
        )
        for path in ("C1", "C1?version=2", "C1.json", "C1.md"):
            assert "Nouveau mot" not in get(hall, f"{LIST}/{path}").text

    def test_a_passage_is_quoted_by_its_address(self, hall: Hall) -> None:
        """The words marked, the person, the commune, the number, the address."""
        say(hall)
        text = get(hall, f"{LIST}/C1?citer=0-34").text
        assert "<mark>Le car ne passe plus le jeudi.</mark>" in text
        assert "Contribution C1" in text and "citer=0-34" in text

    def test_a_correction_is_told_from_the_first_words(self, hall: Hall) -> None:
        """In the register's entries, and where the former version is read."""
        say(hall)
        revise(hall, "Le car ne passe plus le mardi.")
        text = get(hall, f"{LIST}/C1").text
        assert "Correction publiée" in text and "Vous lisez la version" not in text
        assert "Vous lisez la version 1." in get(hall, f"{LIST}/C1?version=1").text

    def test_its_links_lead_to_place_theme_and_receipt(self, hall: Hall) -> None:
        """What a reader goes on with."""
        say(hall)
        text = get(hall, f"{LIST}/C1").text
        assert 'href="/ormeline/contributions?departement=99&amp;commune=Valbrune"' in text
        assert re.search(r"/ormeline/registre/\d+/recu", text)

    @pytest.mark.parametrize("asked", ["", "x", "9-2", "5000-6000", "0-99999", "1-2-3", "²-³"])
    def test_a_passage_that_is_none(self, hall: Hall, asked: str) -> None:
        """Is no quotation, or ends with the words."""
        say(hall)
        answer = get(hall, f"{LIST}/C1?citer={asked}")
        assert answer.status_code == 200

    def test_who_has_not_agreed_is_not_quoted(self, hall: Hall) -> None:
        """The page says so and makes no quotation."""
        say(hall, uses=("publish",))
        text = get(hall, f"{LIST}/C1?citer=0-34").text
        assert "<mark>" not in text and "n’a pas donné son accord pour être citée" in text

    def test_received_says_so_and_nothing_else(self, hall: Hall) -> None:
        """No name, no word, in any form."""
        say(hall, is_published=False)
        for path in ("C1", "C1.json", "C1.md"):
            answer = get(hall, f"{LIST}/{path}")
            assert answer.status_code == 200
            for hidden in (SECRET, "Valbrune", "jeudi", "navette"):
                assert hidden not in answer.text

    def test_refused_says_the_reason_and_the_remedy(self, hall: Hall) -> None:
        """The message to its author stays between them."""
        say(hall, is_published=False)
        refuse(hall, 1, "hors-sujet")
        text = get(hall, f"{LIST}/C1").text
        assert "Sans rapport avec l’objet du congrès" in text and "Recours" in text
        assert "Pour vous seule" not in text and SECRET not in text

    def test_unknown_ones(self, hall: Hall) -> None:
        """Are not found, whatever the number."""
        for code in ("C1", "C0", "C99999999999999999999", "X1"):
            assert get(hall, f"{LIST}/{code}").status_code == 404

    def test_a_recording_is_heard_by_parts(self, hall: Hall) -> None:
        """Its bytes by ranges, its weight before the click, no preload."""
        recorded(hall)
        text = get(hall, f"{LIST}/C1").text
        address = re.search(r"/ormeline/medias/[0-9a-f]{64}", text)[0]
        assert 'preload="none"' in text and "ko" in text
        answer = get(hall, address, range="bytes=0-3")
        assert (answer.status_code, answer.content) == (206, SOUND[:4])
        assert "sandbox" in answer.headers["content-security-policy"]
        name = address.rpartition("/")[2][:12]
        assert answer.headers["content-disposition"].startswith(f'inline; filename="{name}.ogg"')

    @pytest.mark.parametrize("name", ["0" * 64, "..%2f..", "x", "A" * 64])
    def test_other_names_are_no_files(self, hall: Hall, name: str) -> None:
        """Nothing is told."""
        assert get(hall, f"/ormeline/medias/{name}").status_code == 404


HIDING = {"withdrawn": withdraw, "refused": refuse, "taken out": take_out}


class TestGone:
    """What is taken back, refused afterwards or taken out is readable nowhere."""

    @pytest.mark.parametrize("how", HIDING)
    def test_nothing_hidden_stays_readable(self, hall: Hall, how: str) -> None:
        """Page, versions, data, list, filters, media: before and after, with what caches hold."""
        recorded(hall, words=WORDS)
        revise(hall, "Le car du jeudi est supprimé.")
        media = re.search(r"/ormeline/medias/[0-9a-f]{64}", get(hall, f"{LIST}/C1").text)[0]
        pages = [
            *(f"{LIST}{query}" for query in ("", "?etat=toutes", "?commune=Valbrune", "?departement=99")),
            *(f"{LIST}/C1{rest}" for rest in ("", "?version=1", "?version=2", "?citer=0-20", ".json", ".md")),
        ]
        tags = {path: get(hall, path).headers["etag"] for path in pages}
        media_tag = get(hall, media).headers["etag"]
        assert SECRET in get(hall).text and get(hall, media).status_code == 200
        HIDING[how](hall)
        for path, tag in tags.items():
            answer = get(hall, path, if_none_match=tag)
            assert answer.status_code == 200, path
            for hidden in (SECRET, "jeudi", "navette"):
                assert hidden not in answer.text, path
        assert get(hall, media, if_none_match=media_tag).status_code == 410

    @pytest.mark.parametrize("how", HIDING)
    def test_its_page_says_what_was_decided(self, hall: Hall, how: str) -> None:
        """A tombstone stands where the words were."""
        say(hall)
        HIDING[how](hall)
        text = get(hall, f"{LIST}/C1").text
        assert 'class="pierre' in text and "Recours" in text
        data = json.loads(get(hall, f"{LIST}/C1.json").text)
        assert data["redactions"] and "text" not in data


def test_english(hall: Hall) -> None:
    """The pages speak it."""
    say(hall)
    for path in (LIST, f"{LIST}/C1"):
        assert 'lang="en"' in get(hall, f"{path}?lang=en").text


class TestElsewhere:
    """Where else contributions are read: home, search, map, figures, addresses for engines."""

    PATHS = ("", "/contributions/carte", "/contributions/chiffres", "/recherche?q=navette", "/registre.atom")

    def test_they_are_found(self, hall: Hall) -> None:
        """The home tells the last ones, the search finds words, the map says the place, the sitemap the page."""
        say(hall)
        assert "Le car du jeudi" in get(hall, "/ormeline").text
        assert "/ormeline/contributions/C1" in get(hall, "/ormeline/recherche?q=solene+navette").text
        assert "Valbrune" in get(hall, "/ormeline/contributions/carte").text
        assert "En ligne" in get(hall, "/ormeline/contributions/chiffres").text
        assert "/ormeline/contributions/C1<" in get(hall, "/sitemap.xml").text

    def test_only_the_last_version_is_found(self, hall: Hall) -> None:
        """A corrected one is found once, by its new words."""
        say(hall)
        assert "contributions/C1" in get(hall, "/ormeline/recherche?q=jeudi").text
        revise(hall, "Le car ne passe plus le mardi.")
        hall.client.app.state.refreshed.clear()
        assert get(hall, "/ormeline/recherche?q=mardi").text.count('href="/ormeline/contributions/C1"') == 1
        assert "contributions/C1" not in get(hall, "/ormeline/recherche?q=navette").text

    @pytest.mark.parametrize("how", HIDING)
    def test_nothing_hidden_stays_there(self, hall: Hall, how: str) -> None:
        """After a withdrawal, a refusal, a decision: no name, no word, no place, even for who has the former page."""
        say(hall)
        tags = {path: get(hall, f"/ormeline{path}").headers.get("etag", "") for path in self.PATHS}
        HIDING[how](hall)
        for path, tag in tags.items():
            hall.client.app.state.refreshed.clear()
            answer = get(hall, f"/ormeline{path}", if_none_match=tag)
            assert answer.status_code == 200, path
            for hidden in (SECRET, "Le car du jeudi", "contributions/C1<", 'href="/ormeline/contributions/C1"'):
                assert hidden not in answer.text, path
        if how != "taken out":
            assert "/ormeline/contributions/C1<" not in get(hall, "/sitemap.xml").text

    def test_a_real_place_is_on_the_map(self, hall: Hall) -> None:
        """A filled circle where somebody is heard, hollow ones elsewhere."""
        say(hall, Words("Zoé", "Bonjour.", place=Place("Bourg-en-Bresse", "01053", "01")))
        text = get(hall, "/ormeline/contributions/carte").text
        assert "<title>Ain, 1" in text
        assert text.count('class="vide"/>') == 95

    def test_overseas_stands_beside_the_map(self, hall: Hall) -> None:
        """Heard or not yet, each collectivity where people live."""
        say(hall, Words("Zoé", "Bonjour.", place=Place("Sainte-Marie", "97418", "974")))
        text = get(hall, "/ormeline/contributions/carte").text
        assert '<a href="/ormeline/contributions?departement=974">La Réunion</a> (1)' in text
        assert '<li class="vide">Mayotte' in text and "Clipperton" not in text

    def test_communes_of_one_name_are_told_apart(self, hall: Hall) -> None:
        """By the department, on the map and on the page of a contribution; as many are listed as the map says."""
        say(hall, Words("Zoé", "Bonjour.", place=Place("Saint-Denis", "93066", "93")))
        say(hall, Words("Yann", "Bonsoir.", place=Place("Saint-Denis", "97411", "974")))
        for path in (f"{LIST}/carte", f"{LIST}/C1"):
            assert f'href="{LIST}?departement=93&amp;commune=Saint-Denis"' in get(hall, path).text
        text = get(hall, f"{LIST}?departement=93&commune=Saint-Denis").text
        assert "Bonjour" in text and "Bonsoir" not in text

    def test_days_are_counted_in_the_congress_s_zone(self, hall: Hall) -> None:
        """One bar a day, with its table."""
        say(hall)
        say(hall)
        text = get(hall, "/ormeline/contributions/chiffres").text
        assert "Jour après jour" in text and "la plus haute vaut 2 contributions" in text
        assert "samedi 15 novembre 2031" in text

    def test_weeks_of_long_ago_are_one_line(self, hall: Hall) -> None:
        """Of a collection that lasts for years: what the picture has no room for is counted all the same."""
        say(hall)
        say(hall)

        def age(db: Session) -> None:
            one = found(db, 1)
            one.received_at = NOW - timedelta(weeks=150)
            db.add(one)

        hall.service.store.write_now(age)
        text = get(hall, "/ormeline/contributions/chiffres").text
        assert "Semaine après semaine" in text
        assert '<th scope="row">Avant le lundi 30 juillet 2029</th><td>1</td>' in text
        assert '<th scope="row">Semaine du lundi 10 novembre 2031</th><td>1</td>' in text

    def test_a_list_says_what_it_is_narrowed_to(self, hall: Hall) -> None:
        """In its title too, for who shares its address."""
        say(hall)
        text = get(hall, f"{LIST}?commune=Valbrune&canal=web").text
        assert "<p>En ligne, Valbrune. " in text and "<title>Ce qui a été dit\u00a0: En ligne, Valbrune" in text

    def test_a_list_does_not_say_what_it_could_not_read(self, hall: Hall) -> None:
        """Words that stand for no theme narrow nothing, and whoever writes an address does not write the page."""
        say(hall)
        text = get(hall, f"{LIST}?theme=Congr%C3%A8s+annul%C3%A9&canal=nulle+part").text
        assert "annulé</title>" not in text and "Tout revoir" not in text and "Le car du jeudi" in text
        assert "<p>T9. " in get(hall, f"{LIST}?theme=T9").text

    def test_what_was_said_is_searched_alone(self, hall: Hall) -> None:
        """Without the name of who speaks at the end of their words."""
        say(hall)
        text = get(hall, "/ormeline/recherche?q=jeudi&motion=contributions").text
        assert f"{LIST}/C1" in text and "navette.\nSol" not in text
        assert LIST + "/C1" not in get(hall, "/ormeline/recherche?q=jeudi&motion=M1").text
