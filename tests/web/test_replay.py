"""The past of a motion on its pages: steps, any instant, what changed, without script."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from motion.live.draft import Author, Draft
from storage import drafts, history
from tests.live import pasts
from tests.live.editors import Editor
from tests.web.world import NOW, Hall, served

BASE = "/ormeline/motions/M1"
ALINE, MAMADOU = 1, 2


def written(hall: Hall) -> list[tuple[int, object]]:
    """Aline writes in article 1 from 14 h 32, Mamadou answers in article 2 at 15 h 10 and takes a word of hers out."""
    draft = Draft()
    for row in hall.service.store.read_now(drafts.updates_after, 1, 0):
        draft.apply(row.number, row.content, draft_author(row))
    past: list[pasts.Past] = []
    entries: list[tuple[int, object]] = []
    for official, minute, where, words in (
        (ALINE, 0, "gratuite pour les patients", "gratuite, "),
        (MAMADOU, 38, "le droit de salarier", "immédiatement "),
    ):
        editor = Editor(5000 + official)
        editor.hear(draft.full_state())
        past = []
        at = str(editor.text).index(where)
        for index, letter in enumerate(words):
            past.append(pasts.Past(editor.type(at + index, letter), official, ""))
        if official == MAMADOU:
            start = str(editor.text).index("solidaire")
            past.append(pasts.Past(editor.cut(start, start + 9), official, ""))
        for one in past:
            draft.apply(draft.number + 1, one.content, draft_author(one))
        began = NOW + timedelta(minutes=minute)
        entries += hall.service.store.write_now(pasts.keep, 1, past, began)
    return entries


def draft_author(row: object) -> Author:
    """Of a kept row, or of one to keep."""
    official = getattr(row, "official", None) or getattr(row, "official_id", None) or 0
    return Author(official, official)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hall, list]]:
    with served(tmp_path_factory.mktemp("replay")) as hall:
        yield hall, written(hall)


def words_of(html: str) -> str:
    """What is read, without tags."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main)).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_steps_of_a_motion_say_who_when_and_where(told: tuple[Hall, list]) -> None:
    """In order: opening, a stretch by each, a pause between."""
    hall, entries = told
    page = words_of(hall.client.get(f"{BASE}/rejeu").text)
    opening = page.index("La motion est ouverte, avec un premier texte")
    aline = page.index("Aline Corbières écrit dans l’article 1, 10 caractères")
    pause = page.index("Personne n’écrit")
    mamadou = page.index("Mamadou Diarra écrit dans l’article 2, 14 caractères")
    assert opening < aline < pause < mamadou
    assert "14 h 32 – 15 h 10" in page
    assert "Mamadou Diarra retire des mots dans l’article 1, 9 caractères retirés" in page


def test_any_instant_has_its_address(told: tuple[Hall, list]) -> None:
    """With who and when, the changes on either side, and the steps."""
    hall, entries = told
    third = entries[2][0]
    answer = hall.client.get(f"{BASE}/a/{third}")
    assert "gragratuite" in answer.text and "Aline Corbières vient d’écrire" in answer.text
    assert f'href="{BASE}/a/{entries[1][0]}"' in answer.text and f'href="{BASE}/a/{entries[3][0]}"' in answer.text
    assert "14 h 32 min 02 s" in words_of(answer.text)
    assert "état passé" in answer.text


def test_an_entry_of_something_else_shows_the_last_change_before_it(told: tuple[Hall, list]) -> None:
    """And names the address of that change as its own."""
    hall, entries = told
    page = hall.client.get(f"{BASE}/a/{entries[2][0] + 1}").text
    assert f'rel="canonical" href="http://testserver{BASE}/a/{entries[2][0]}"' in page
    assert "Avant le premier mot" in words_of(hall.client.get(f"{BASE}/a/0").text)
    last = hall.client.get(f"{BASE}/a/9999999").text
    assert "dernier état du texte" in last


def test_who_had_written_is_one_click_away(told: tuple[Hall, list]) -> None:
    """Text alone is the default; names, mandates and communes in the margin."""
    hall, entries = told
    entry = entries[9][0]
    assert 'class="a a' not in hall.client.get(f"{BASE}/a/{entry}").text.split('class="auteurs"')[0]
    page = hall.client.get(f"{BASE}/a/{entry}?vue=auteurs").text
    assert re.search(rf'<span class="a a1" data-o="{ALINE}"[^>]*>gratuite, </span>', page)
    assert "maire de Valbrune" in page


def test_a_clock_time_leads_to_its_instant(told: tuple[Hall, list]) -> None:
    """In the congress's zone, to the end of the minute asked for; what can't be read leads to the steps."""
    hall, entries = told
    for asked, entry in (("14:32", entries[9][0]), ("14 h 50", entries[9][0]), ("15h10", entries[-1][0])):
        answer = hall.client.get(f"{BASE}/a", params={"heure": asked})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/a/{entry}")
    for asked in ("25:00", "midi", "", "9" * 50):
        assert hall.client.get(f"{BASE}/a", params={"heure": asked}).headers["location"] == f"{BASE}/rejeu"
    early = hall.client.get(f"{BASE}/a", params={"heure": "14:00", "jour": "2031-11-14"})
    assert early.headers["location"] == f"{BASE}/a/0"


def test_what_changed_is_read_aloud_and_signed(told: tuple[Hall, list]) -> None:
    """`ins` and `del` with hidden words and no label, which their roles forbid; each addition has its author."""
    hall, entries = told
    page = hall.client.get(f"{BASE}/entre/{entries[0][0] - 1}/{entries[-1][0]}").text
    assert not re.search(r"<(ins|del)[^>]*aria-label", page)
    read = words_of(page)
    assert "ajout par Aline Corbières : gratuite fin d’ajout" in read
    assert "retrait : solidaire fin de retrait" in read.replace("  ", " ")
    assert "ajout par Mamadou Diarra" in read and "fin d’ajout" in read
    backwards = hall.client.get(f"{BASE}/entre/{entries[-1][0]}/{entries[0][0] - 1}").text
    assert words_of(backwards) == read


def test_pages_are_revalidated_and_follow_a_redaction(told: tuple[Hall, list]) -> None:
    """304 while nothing changed; another name once the history was forgotten."""
    hall, entries = told
    path = f"{BASE}/a/{entries[4][0]}"
    first = hall.client.get(path)
    known = {"If-None-Match": first.headers["etag"]}
    assert "immutable" not in first.headers["cache-control"]
    assert hall.client.get(path, headers=known).status_code == 304
    hall.service.store.write_now(history.forget, 1)
    hall.client.portal.call(hall.client.app.state.histories.reach, 1)
    again = hall.client.get(path, headers=known)
    assert again.status_code == 200 and words_of(again.text) == words_of(first.text)


def test_the_damier_has_a_drawing_for_each_width_and_a_table(told: tuple[Hall, list]) -> None:
    """Named, described, and the same numbers in the table."""
    hall, _entries = told
    page = hall.client.get(f"{BASE}/rejeu").text
    assert len(re.findall(r'<svg class="damier d-\w+"[^>]*role="img"', page)) == 3
    assert re.search(r'<th scope="row">Article 1</th><td>10</td>', page)
    assert "style=" not in page


def test_a_part_shows_how_it_took_shape(told: tuple[Hall, list]) -> None:
    """Its columns, and the same in a table; a part in which nobody wrote has none."""
    hall, _entries = told
    page = hall.client.get(f"{BASE}/rejeu/article-1")
    assert page.status_code == 200 and 'class="colonnes d-large"' in page.text
    assert hall.client.get(f"{BASE}/rejeu/article-9").status_code == 404


def test_a_program_reads_the_history_in_chunks(told: tuple[Hall, list]) -> None:
    """An index, then a keyframe and its changes: together the text of the motion."""
    hall, entries = told
    index = hall.client.get(f"{BASE}/rejeu.json").json()
    assert (index["entry"], index["changes"]) == (entries[-1][0], sum(one["changes"] for one in index["chunks"]))
    chunk = hall.client.get(f"{BASE}/rejeu/0.json").json()
    text = chunk["text"]
    for position, deleted, inserted, *_rest in chunk["changes"]:
        text = text[:position] + inserted + text[position + deleted :]
    assert "gratuite, gratuite pour les patients" in text and "solidaire" not in text
    assert hall.client.get(f"{BASE}/rejeu/7.json").status_code == 404


def test_a_motion_without_a_word_has_a_past_too(told: tuple[Hall, list]) -> None:
    """Opened, and nothing else."""
    hall, _entries = told
    assert "La motion est ouverte" in hall.client.get("/ormeline/motions/M2/rejeu").text
    assert hall.client.get("/ormeline/motions/M2/a/9999").status_code == 200
    assert hall.client.get("/ormeline/motions/M9/rejeu").status_code == 404


def test_the_home_shows_the_day(told: tuple[Hall, list]) -> None:
    """Of the motion being written, with a way to its replay."""
    hall, _entries = told
    hall.client.get(f"{BASE}/rejeu")
    page = hall.client.get("/ormeline").text
    assert "La journée, ligne à ligne" in page and f'href="{BASE}/rejeu"' in page
    assert len(re.findall(r'<svg class="damier', page)) == 3


def test_authors_stand_in_the_order_of_their_names(told: tuple[Hall, list]) -> None:
    """No ranking: Corbières before Diarra, whoever wrote more."""
    hall, _entries = told
    page = hall.client.get(f"{BASE}/a/9999999?vue=auteurs").text
    names = re.findall(r"<b>([^<]+)</b><br>", page)
    assert names == ["Aline Corbières", "Mamadou Diarra"]


def test_a_comparison_counts_everybody_and_names_one_only_when_alone(told: tuple[Hall, list]) -> None:
    """The title is what the page shows, not one step of it; a remover is told too."""
    hall, entries = told
    both = words_of(hall.client.get(f"{BASE}/entre/{entries[0][0] - 1}/{entries[-1][0]}").text)
    first, last = entries[0][0] - 1, entries[-1][0]
    assert f"entre l’inscription {first} et l’inscription {last} : 24 caractères ajoutés, 9 retirés" in both
    assert re.search(r"Aline Corbières.{0,60}8 caractères ajoutés.*Mamadou Diarra.{0,60}14 caractères ajoutés", both)
    assert "d’origine incertaine : 2 caractères ajoutés" in both  # a comma and a space, as they stood before too
    title = re.compile(r"<title>(.*?)</title>", re.DOTALL)
    page = hall.client.get(f"{BASE}/entre/{first}/{last}").text
    assert "Diarra" not in title.search(page)[1] and "Corbières" not in title.search(page)[1]
    alone = hall.client.get(f"{BASE}/entre/{entries[0][0]}/{entries[5][0]}").text
    assert "(Aline Corbières)" in title.search(alone)[1]
    removed = words_of(hall.client.get(f"{BASE}/entre/{entries[-2][0]}/{last}").text)
    assert "ce qui n’est plus là ensuite : Mamadou Diarra." in removed


def test_an_instant_tells_only_the_step_of_its_own_change(told: tuple[Hall, list]) -> None:
    """And who took words out is not said to have written."""
    hall, entries = told
    page = words_of(hall.client.get(f"{BASE}/a/{entries[12][0]}").text)
    assert "Mamadou Diarra vient d’écrire" in page
    assert re.search(r"À 15 h 10 : Mamadou Diarra écrit", page)
    assert "Avant, à 14 h 32" in page and "Le texte à 14 h 32" in page
    assert "Mamadou Diarra vient de retirer des mots" in words_of(hall.client.get(f"{BASE}/a/{entries[-1][0]}").text)


def test_two_instants_are_chosen_by_hour_or_entry(told: tuple[Hall, list]) -> None:
    """Without script, from the steps and from an instant; what can't be read leads back to the form."""
    hall, entries = told
    assert 'id="comparer"' in hall.client.get(f"{BASE}/rejeu").text
    third, last = entries[2][0], entries[9][0]
    assert f'name="de" value="{third}"' in hall.client.get(f"{BASE}/a/{third}").text
    for one, other in ((str(third), "14:50"), ("14 h 50", str(third))):
        answer = hall.client.get(f"{BASE}/entre", params={"de": one, "a": other})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/entre/{third}/{last}")
    lost = hall.client.get(f"{BASE}/entre", params={"de": "midi", "a": "3"})
    assert lost.headers["location"] == f"{BASE}/rejeu#comparer"
