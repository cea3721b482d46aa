"""Themes, groups and hints: the secretariat's list, a rapporteur who sorts, acts that others undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from motion.acts.themes import MAX_THEME, MAX_THEMES
from tests.web.moderation_world import decide, last_entry, of, page, receive, record, text_of
from tests.web.world import Hall, served

HERE = "/ormeline/secretariat/themes"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def change(hall: Hall, deed: str, who: str = "odile", **fields: str):
    """Send one of the list's forms."""
    return hall.client.post(HERE, data={"deed": deed, **fields}, headers=hall.signed_in(who))


def published(hall: Hall, text: str = "Le car ne passe plus.", **more: str) -> int:
    """A published contribution."""
    number = receive(hall, text, **more)
    decide(hall, number, "publish")
    return number


class TestTheList:
    def test_named_renamed_given_up_taken_up(self, hall: Hall) -> None:
        """Each an entry; what stands under a theme that is given up comes back with it."""
        number = published(hall)
        assert change(hall, "add", theme=" Santé  et soins ").status_code == 303
        assert last_entry(hall)[:2] == ("theme.change", {"held": True, "name": "Santé et soins", "theme": "T1"})
        decide(hall, number, "sort", **{"theme-1": "1"})
        assert last_entry(hall)[1] == {"contribution": f"C{number}", "held": True, "theme": "T1"}
        change(hall, "rename", number="1", theme="Santé")
        assert "T1, 1 contribution" in text_of(hall.client.get(HERE, headers=hall.odile))
        change(hall, "drop", number="1")
        assert last_entry(hall)[1]["held"] is False
        assert 'name="theme-1"' not in page(hall, f"/C{number}").text
        assert decide(hall, number, "sort", **{"theme-1": "1"}).status_code == 404
        change(hall, "take", number="1")
        assert 'name="theme-1" value="1" id="theme-1" checked' in page(hall, f"/C{number}").text
        before = record(hall)
        change(hall, "take", number="1")
        assert record(hall) == before  # so already

    @pytest.mark.parametrize("name", ["", "  ", "x" * (MAX_THEME + 1), "a\u202eb", "SANTE", "—"])
    def test_a_name_that_cannot_be(self, hall: Hall, name: str) -> None:
        """Empty, long, deceiving or taken: said beside the field, and nothing is recorded."""
        change(hall, "add", theme="Santé")
        before = record(hall)
        refused = change(hall, "add", theme=name)
        assert refused.status_code == 422 and 'id="theme-0-faute"' in refused.text
        assert 'id="theme-1-faute"' in change(hall, "rename", number="1", theme="").text
        assert record(hall) == before

    def test_so_many(self, hall: Hall) -> None:
        """A list that is no order any more is refused; giving one up makes room."""
        for at in range(MAX_THEMES):
            assert change(hall, "add", theme=f"Thème {at}").status_code == 303
        assert change(hall, "add", theme="Un de trop").status_code == 422
        change(hall, "drop", number="3")
        assert change(hall, "add", theme="Un de trop").status_code == 303
        number = published(hall)
        ticked = {f"theme-{at}": "1" for at in range(1, MAX_THEMES + 2) if at != 3}
        assert decide(hall, number, "sort", **ticked).status_code == 303

    def test_who_may(self, hall: Hall) -> None:
        """An official reaches nothing; a rapporteur reads the list and changes none of it."""
        change(hall, "add", theme="Santé")
        before = record(hall)
        assert hall.client.get(HERE, headers=hall.mamadou).status_code == 403
        shown = hall.client.get(HERE, headers=hall.aline)
        assert shown.status_code == 200 and 'name="deed"' not in shown.text
        for who in ("aline", "mamadou", "nobody"):
            assert change(hall, "add", who, theme="Autre").status_code == 403
        assert change(hall, "burn", number="1").status_code == 422
        assert change(hall, "drop", number="9").status_code == 404
        assert record(hall) == before


class TestSorting:
    def test_a_rapporteur_sorts_what_is_published(self, hall: Hall) -> None:
        """Under several themes, in their own name; what is not published is not there for them."""
        number, hidden = published(hall), receive(hall, "Caché encore.")
        for name in ("Santé", "Transports"):
            change(hall, "add", theme=name)
        listed = hall.client.get(HERE, headers=hall.aline)
        assert f"/contributions/C{number}/themes" in listed.text and "Caché encore." not in listed.text
        at = f"/ormeline/contributions/C{number}/themes"
        assert hall.client.get(at, headers=hall.aline).status_code == 200
        fields = {"theme-1": "1", "theme-2": "1"}
        assert hall.client.post(at, data=fields, headers=hall.aline).status_code == 303
        assert [entry.by for entry in record(hall)[-2:]] == ["elu-1", "elu-1"]
        before = record(hall)
        assert hall.client.post(at, data=fields, headers=hall.aline).status_code == 303
        assert record(hall) == before
        hall.client.post(at, data={"theme-2": "1"}, headers=hall.aline)
        assert last_entry(hall)[1] == {"contribution": f"C{number}", "held": False, "theme": "T1"}
        at = f"/ormeline/contributions/C{hidden}/themes"
        assert hall.client.get(at, headers=hall.aline).status_code == 404
        assert hall.client.post(at, data=fields, headers=hall.aline).status_code == 409
        assert hall.client.get(at, headers=hall.mamadou).status_code == 403

    def test_everything_has_a_theme(self, hall: Hall) -> None:
        """The page says so once it is so."""
        number = published(hall)
        change(hall, "add", theme="Santé")
        decide(hall, number, "sort", **{"theme-1": "1"})
        assert "Toutes les contributions publiées ont un thème." in text_of(hall.client.get(HERE, headers=hall.odile))


class TestGroups:
    def test_together_and_apart(self, hall: Hall) -> None:
        """Whatever stands with either comes along; who leaves leaves alone; each step is an entry."""
        first, second, third, fourth = (published(hall, f"Contribution {at}") for at in range(4))
        assert decide(hall, second, "group", **{"with": f"c{first}"}).status_code == 303
        assert decide(hall, fourth, "group", **{"with": str(third)}).status_code == 303
        decide(hall, third, "group", **{"with": f"C{second}"})
        assert {of(hall, number).group_id for number in (second, third, fourth)} == {of(hall, first).id}
        before = record(hall)
        decide(hall, fourth, "group", **{"with": f"C{second}"})
        assert record(hall) == before
        shown = text_of(page(hall, f"/C{third}"))
        assert f"Rapprochée de C{first} , C{second} , C{fourth}" in shown
        decide(hall, first, "part")  # the one to which the others point
        assert of(hall, first).group_id is None
        assert [of(hall, number).group_id for number in (second, third, fourth)] == [
            None,
            of(hall, second).id,
            of(hall, second).id,
        ]
        decide(hall, fourth, "part")
        assert last_entry(hall)[1] == {"contribution": f"C{fourth}", "held": False, "with": f"C{second}"}

    @pytest.mark.parametrize("other", ["", "C999", "douze", "C1"])
    def test_with_nothing(self, hall: Hall, other: str) -> None:
        """No number, none of this number, itself: said beside the field."""
        number = published(hall)
        refused = decide(hall, number, "group", **{"with": other})
        assert refused.status_code == 422 and 'id="with-faute"' in refused.text


class TestHints:
    def test_with_the_words_by_which(self, hall: Hall) -> None:
        """The like of it is shown to the desk, with the rare words; grouped, it is no hint any more."""
        first = receive(hall, "La navette de Brumeval vers la pharmacie ne roule plus le soir.")
        receive(hall, "Les écoles ferment à midi.")
        second = receive(hall, "Il n’y a plus de navette entre Brumeval et notre pharmacie.")
        shown = text_of(page(hall, f"/C{second}"))
        assert "Mots en commun" in shown and "navette, pharmacie" in shown.replace("brumeval, ", "")
        decide(hall, second, "group", **{"with": str(first)})
        assert "Mots en commun" not in text_of(page(hall, f"/C{second}"))
