"""What is said of the files of a refused contribution, before and after they are sealed, to each who may ask."""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from motion.acts import contributions, retraits
from motion.rules.redactions import ANSWER_DAYS, KEPT_DAYS
from tests.web import moderation_world
from tests.web.moderation_world import decide, mails, page, text_of
from tests.web.participants import PNG, attach, filled, send, visit
from tests.web.world import NOW, Hall, served

PUBLIC = "/ormeline/contributions/C1"
LAST = "dimanche 16 mai 2032"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress that listens."""
    with served(tmp_path) as hall:
        yield hall


@pytest.fixture
def address(hall: Hall) -> str:
    """The author's page of a contribution with a photo, which the secretariat refuses."""
    key = filled(hall, email="")
    assert attach(hall, "route.png", PNG, "image/png").status_code in (200, 303)
    found = re.search(r"/ormeline/suivi/[0-9a-f]{32}", send(hall, key).text)
    assert found is not None
    hall.client.cookies.clear()

    def confirm(db: Any) -> None:
        one = contributions.get(db, 1, 1)
        one.email, one.email_confirmed_at = "solene@exemple.example", NOW
        db.add(one)

    hall.service.store.write_now(confirm)
    assert decide(hall, 1, "refuse", reason="hors-sujet").status_code == 303
    return found[0]


def seal(hall: Hall) -> None:
    """Its time is over, and the service does what it does."""
    hall.at[0] = NOW + timedelta(days=ANSWER_DAYS + 1)
    more = {"key": bytes(32), "nonces": iter(lambda: secrets.token_bytes(12), b""), "now": hall.at[0]}
    assert hall.service.store.write_now(retraits.seal_refused, 1, **more) is not None


def said(hall: Hall, path: str) -> str:
    """What is read on a page."""
    return text_of(hall.client.get(path))


def test_until_then_each_reads_the_day(hall: Hall, address: str) -> None:
    """Readers, the author, the secretariat; and the mail, in plain words."""
    assert f"Ils sont gardés jusqu’au {LAST}, le temps de répondre au refus ou de corriger" in said(hall, PUBLIC)
    own = visit(hall, address)
    assert f"Vos fichiers sont gardés jusqu’au {LAST}" in own and f"pendant {KEPT_DAYS} jours" in own
    assert f"Ses fichiers restent ici jusqu’au {LAST}." in text_of(page(hall, "/C1"))
    (mail,) = mails(hall)
    assert f"Vos fichiers sont gardés jusqu’au {LAST}." in mail.body


def test_an_answer_holds_them(hall: Hall, address: str) -> None:
    """Nobody is told a day that does not count."""
    assert hall.client.post(f"{address}/reponse", data={"message": "Voyez la photo."}).status_code == 303
    assert "tant qu’une réponse au refus attend sa décision" in said(hall, PUBLIC)
    assert "Vos fichiers sont gardés tant que votre réponse attend sa décision." in visit(hall, address)
    assert "tant que sa réponse attend votre décision" in text_of(page(hall, "/C1"))


def test_afterwards_they_are_said_to_be_sealed(hall: Hall, address: str) -> None:
    """Never as words that were published; the entry of the file still commits to it, and its words can be corrected."""
    before = hall.client.get(PUBLIC).headers["etag"]
    seal(hall)
    answer = hall.client.get(PUBLIC)
    public = text_of(answer)
    assert answer.headers["etag"] != before and "sont gardés jusqu’au" not in public
    assert "Des fichiers d’origine, jamais publiés, sont sous scellé depuis le" in public and "Des mots" not in public
    assert "mardi 17 mai 2033" in public
    hall.at[0] = NOW  # who is signed in stays so
    own = visit(hall, address)
    assert "Ce fichier n’est plus là." in own and "Vos fichiers sont gardés" not in own and f"{address}/corriger" in own
    assert "Ce fichier n’est plus là." in text_of(page(hall, "/C1"))
    target = next(e for e in moderation_world.record(hall) if e.kind == "redaction").body["target"]
    gone = hall.client.get(f"/ormeline/registre/{target}.objet")
    assert gone.status_code in (404, 410) and "Des mots" not in gone.text


def test_what_was_published_keeps_its_words_of_decision(hall: Hall) -> None:
    """A decision about words says words."""
    send(hall, filled(hall))
    decide(hall, 1, "publish")
    assert decide(hall, 1, "refuse", reason="injure", step="confirm").status_code == 303
    assert "Des mots ne sont plus publiés depuis le" in said(hall, PUBLIC)
