"""The drafting room's page: its header, what it tells the editor, the plan."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.world import Hall, served

PAGE = "/ormeline/motions/M1/rediger"
PLAN = "/ormeline/motions/M1/plan.json"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as one:
        yield one


def editor(hall: Hall, headers: dict[str, str]) -> dict[str, Any]:
    """What the page tells the editor."""
    html = hall.client.get(PAGE, headers=headers).text
    found = re.search(r'<script type="application/json" id="motion-editor">(.*?)</script>', html, re.S)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_the_header_says_which_motion_and_until_when(hall: Hall) -> None:
    """Number, title, phase."""
    html = hall.client.get(PAGE, headers=hall.aline).text
    header = re.sub(r"<[^>]+>", "|", html[html.index("<h1>") : html.index("</h1>")])
    assert re.match(r"\|Motion 1, .+\|Rédaction (ouverte|fermée).*\|", header), header


def test_the_numbers_are_those_of_the_public_page(hall: Hall) -> None:
    """The editor has no rule of its own: the page gives the labels, and the plan again."""
    told = editor(hall, hall.aline)
    labels = [heading["label"] for heading in told["plan"]["headings"]]
    assert "Article 1" in labels
    answer = hall.client.get(PLAN, headers=hall.aline)
    assert answer.json()["headings"] == told["plan"]["headings"]
    public = hall.client.get("/ormeline/motions/M1").text
    assert all(f"{label}. " in public for label in labels if label)
    again = hall.client.get(PLAN, headers={**hall.aline, "if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_plan_is_for_those_in_the_room(hall: Hall) -> None:
    """The public has its own page, a second later."""
    assert hall.client.get(PLAN).status_code == 403


def test_a_login_has_a_name_that_is_not_its_cookie(hall: Hall) -> None:
    """The same on each page of the login, another for another login."""
    names = [editor(hall, headers)["session"] for headers in (hall.aline, hall.aline)]
    assert names[0] == names[1] and len(names[0]) == 24
    assert names[0] not in hall.aline["cookie"] and hall.aline["cookie"].split("=")[1] not in names[0]


def test_the_live_door_is_for_the_login_of_the_page(hall: Hall) -> None:
    """The page of one login sends nothing by the cookie of another, who signed in since on the same device."""
    told = editor(hall, hall.aline)
    address = f"{told['live_url']}/after/0"
    assert hall.client.get(address, params={"login": told["session"]}, headers=hall.aline).status_code == 200
    assert hall.client.get(address, headers=hall.aline).status_code == 200  # a standard client says nothing
    other = {"login": "0" * 24}
    assert hall.client.get(address, params=other, headers=hall.aline).status_code == 401
    posted = hall.client.post(
        told["live_url"], params=other, headers={**hall.aline, "X-Motion-Live": "1"}, content=b"\x01\x03"
    )
    assert posted.status_code == 401


def test_whoever_is_signed_out_finds_the_way_back(hall: Hall) -> None:
    """The editor's way to the sign-in carries the room's address, and the forms there keep it."""
    told = editor(hall, hall.aline)
    assert told["sign_in_url"] == f"/ormeline/connexion?suite={PAGE}"
    assert f"suite={PAGE}" in hall.client.get(told["sign_in_url"]).text
