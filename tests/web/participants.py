"""Somebody who says something to the congress, by the ordinary forms."""

import re
from typing import Any

from sqlmodel import select

from storage import contributions as rows
from storage.models import Congress
from tests.web.world import Hall

HERE = "/ormeline/participer"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)
CONSENT = {"publish": "1", "quote": "1", "adult": "1"}


def visit(hall: Hall, path: str = HERE, status: int = 200) -> str:
    """What a page says."""
    answer = hall.client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


def fill(hall: Hall, step: str, status: int = 303, **fields: str) -> Any:
    """Send the form of a step."""
    answer = hall.client.post(f"{HERE}/{step}", data=fields)
    assert answer.status_code == status, (step, answer.status_code, answer.text)
    return answer


def attach(hall: Hall, name: str, content: bytes, media_type: str = "application/octet-stream", **fields: str) -> Any:
    """Send a file by the ordinary form."""
    files = {"file": (name, content, media_type)}
    return hall.client.post(f"{HERE}/fichiers/ajouter", data=fields, files=files)


def filled(hall: Hall, **more: str) -> str:
    """Answer every question; return the key of the form that sends it."""
    visit(hall)
    fill(hall, "texte", title="Le car", text="Le car ne passe **plus** le jeudi.")
    fill(hall, "nom", name="Solène Marchebrune", official="non")
    fill(hall, "lieu", place=more.get("place", ""))
    fill(hall, "courriel", email=more.get("email", ""))
    fill(hall, "accord", **CONSENT)
    return key_in(visit(hall, f"{HERE}/verifier"))


def key_in(html: str) -> str:
    """The key of the last form."""
    found = re.search(r'name="key" value="([0-9a-f]{32})"', html)
    assert found is not None
    return found[1]


def send(hall: Hall, key: str) -> Any:
    """Send the contribution."""
    return hall.client.post(f"{HERE}/verifier", data={"key": key})


def received(hall: Hall, number: int = 1) -> Any:
    """A contribution, reread."""
    return hall.service.store.read_now(rows.numbered, 1, number)


def phase(hall: Hall, name: str) -> None:
    """Put the congress in a phase."""

    def write(db: Any) -> None:
        congress = db.get_one(Congress, 1)
        congress.phase = name
        db.add(congress)

    hall.service.store.write_now(write)


def table(hall: Hall, model: Any) -> list[Any]:
    """All rows of a table."""
    return list(hall.service.store.read_now(lambda db: db.exec(select(model)).all()))
