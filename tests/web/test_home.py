"""The home of a congress says how things stand: its phase, and what became of its motions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from storage.models import Congress, Motion
from tests.web.secretariat_world import two_congresses
from tests.web.world import NOW, Hall, served

TO_WRITE = ("Se connecter pour écrire", "Écrivez le texte", "Lire le texte en cours", "pendant qu’il s’écrit")
FROZEN = "Le texte est gelé. Il attend son vote."
BOTH_FROZEN = "Les textes sont gelés. Ils attendent leur vote."
ADOPTED = "Le congrès a adopté son texte."
VOTED = "Le vote a eu lieu. Tout reste à lire."
CLOSED = "Le congrès est clos. Tout reste à lire."


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def home(hall: Hall, phase: str, *states: str, who: dict[str, str] | None = None) -> str:
    """The home once the congress is in this phase and its motions in these states."""

    def change(db: Session) -> None:
        db.get_one(Congress, 1).phase = phase
        for number, state in enumerate(states, start=1):
            motion = db.get_one(Motion, number)
            motion.state = state
            motion.digest = "0" * 64
            motion.votes_for = motion.votes_against = motion.abstentions = (
                1 if state in ("adopted", "rejected") else None
            )
            for kind in ("frozen", "adopted", "rejected", "withdrawn"):
                setattr(motion, f"{kind}_at", NOW if kind == state else None)

    hall.service.store.write_now(change)
    return hall.client.get("/ormeline", headers=who or {}).text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("phase", "states", "promise", "door"),
    [
        ("drafting", ("frozen", "frozen"), BOTH_FROZEN, "le vote est à venir"),
        ("drafting", ("frozen", "adopted"), FROZEN, "le vote est à venir"),
        ("drafting", ("adopted", "rejected"), ADOPTED, "L’écriture est terminée"),
        ("frozen", ("frozen", "withdrawn"), FROZEN, "le vote est à venir"),
        ("frozen", ("adopted", "adopted"), "Le congrès a adopté ses textes.", "L’écriture est terminée"),
        ("frozen", ("rejected", "withdrawn"), VOTED, "L’écriture est terminée"),
        (
            "frozen",
            ("withdrawn", "withdrawn"),
            "L’écriture est terminée. Tout reste à lire.",
            "L’écriture est terminée",
        ),
        ("adopted", ("frozen", "rejected"), FROZEN, "le vote est à venir"),
        ("adopted", ("adopted", "frozen"), FROZEN, "le vote est à venir"),
        ("adopted", ("adopted", "withdrawn"), ADOPTED, "L’écriture est terminée"),
        ("closed", ("adopted", "frozen"), CLOSED, "L’écriture est terminée"),
    ],
)
def test_nobody_is_asked_to_write_once_the_texts_are_closed(
    hall: Hall, phase: str, states: tuple[str, ...], promise: str, door: str
) -> None:
    """Frozen, voted on, adopted, rejected, withdrawn: the first sentence says it, and the doors lead to reading."""
    shown = home(hall, phase, *states)
    assert f"<h1>{promise}</h1>" in shown and door in shown
    assert not [words for words in TO_WRITE if words in shown]
    assert "Revoir comment elle s’est écrite" in shown and "/rediger" not in shown
    signed_in = home(hall, phase, *states, who=hall.aline)
    assert "Retrouver des mots restés sur cet appareil" in signed_in and "/rediger/simple" not in signed_in


@pytest.mark.parametrize("phase", ["preparation", "collection"])
def test_before_the_drafting_it_speaks_of_what_will_be(hall: Hall, phase: str) -> None:
    """One can sign in, and nobody is told to write yet."""
    shown = home(hall, phase, "drafting", "drafting")
    assert "rédigeront ensemble" in shown and "Vous écrirez le texte" in shown and "Vous lirez le texte" in shown
    assert not [words for words in TO_WRITE[:3] if words in shown]
    assert ">Se connecter</a>" in shown and ">Lire le texte</a>" in shown


def test_while_one_text_is_open_it_calls_to_write(hall: Hall) -> None:
    """Whatever became of the other; the secretariat, who cannot write, is led to its own pages."""
    shown = home(hall, "drafting", "drafting", "adopted")
    assert all(words in shown for words in TO_WRITE)
    run = home(hall, "drafting", "drafting", "adopted", who=hall.odile)
    assert "Se connecter pour écrire" not in run and 'href="/ormeline/secretariat">Conduire le congrès' in run


def test_a_text_without_result_says_so_once_the_congress_is_closed(hall: Hall) -> None:
    """On the motion's own page; its booklet does not say the same thing twice."""
    home(hall, "closed", "frozen", "adopted")
    assert "cette motion reste sans résultat" in hall.client.get("/ormeline/motions/M1").text
    assert "cette motion reste sans résultat" not in hall.client.get("/ormeline/motions/M2").text
    assert "<p>Texte gelé " in hall.client.get("/ormeline/motions/M1/imprimer").text
    assert "<p>Adoptée " in hall.client.get("/ormeline/motions/M2/imprimer").text


def test_a_congress_without_a_motion_has_no_live_card(tmp_path: Path) -> None:
    """Who asks for the card alone is told that there is none."""
    with two_congresses(tmp_path) as hall:
        assert hall.client.get("/autre").status_code == 200
        assert hall.client.get("/autre/fragments/direct").status_code == 404
