"""Numbers that no column holds, wherever an address takes one: told by a plain answer, on PostgreSQL too."""

from collections.abc import Iterator

import pytest
from starlette.routing import Route

from tests import databases
from tests.web.test_redactions import sign
from tests.web.world import Hall, served

HUGE = ("2147483648", "999999999999999", "9007199254740991", "9" * 40)
HOSTILE = (*HUGE, "M999999999", "elu-999999999999999", "d-2147483648", "-2147483649", "M\0")
ASKED = (
    *("a", "after", "apres", "avant", "chaque", "citer", "de", "decision", "depuis", "empreinte", "fait", "genre"),
    *("heure", "inscription", "jour", "jusqua", "kind", "limit", "mots", "motion", "numero", "official", "page"),
    *("partie", "personne", "q", "qui", "theme", "version"),
)
LISTS = (
    "/ormeline",
    "/ormeline/registre",
    "/ormeline/recherche",
    "/ormeline/motions/M1",
    "/ormeline/motions/M1/rejeu",
    "/ormeline/motions/M1/differences",
    "/ormeline/registre.atom",
    "/ormeline/motions/M1.atom",
    "/ormeline/contributions",
    "/ormeline/contributions.atom",
    "/ormeline/fiche",
    "/ormeline/verifier",
    "/ormeline/secretariat/liste",
    "/ormeline/secretariat/retraits/nouveau",
    "/ormeline/secretariat/contributions",
    "/ormeline/secretariat/fiches",
    "/api/v1/congresses/ormeline/entries",
    "/api/v1/congresses/ormeline/entries.csv",
    "/api/v1/congresses/ormeline/roster",
    "/api/v1/congresses/ormeline/redactions",
    "/api/v1/congresses/ormeline/contributions",
    "/api/v1/congresses/ormeline/contributions.csv",
)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[Hall]:
    url = databases.new_database(postgresql_server)
    with served(tmp_path_factory.mktemp("numbers"), environment={"DATABASE_URL": url}) as hall:
        sign(hall)
        yield hall


def paths(hall: Hall) -> set[str]:
    """The path of every route that takes something and can be read."""
    routes = [route for route in hall.client.app.routes if isinstance(route, Route)]
    return {route.path_format for route in routes if "GET" in (route.methods or ()) and "{" in route.path_format}


@pytest.mark.parametrize("number", HOSTILE)
def test_no_address_with_such_a_number_fails(hall: Hall, number: str) -> None:
    """Every route that is read, each of its places in turn, as a visitor and as the secretariat."""
    usual = {"congress": "ormeline", "code": "M1", "one": "1", "other": "2", "entry": "3", "number": "3", "size": "3"}
    asked = 0
    for path in sorted(paths(hall)):
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        for name in names:
            filled = path
            for each in names:
                value = number.replace("\0", "%00") if each == name else usual.get(each, "1")
                filled = filled.replace("{" + each + "}", value)
            for headers in ({}, hall.odile):
                answer = hall.client.get(filled, headers=headers)
                assert answer.status_code < 500, (filled, answer.status_code)
                asked += 1
    assert asked > 150


@pytest.mark.parametrize("number", HOSTILE)
def test_no_question_with_such_a_number_fails(hall: Hall, number: str) -> None:
    """Every list, each of its parameters in turn."""
    for path in LISTS:
        for name in ASKED:
            answer = hall.client.get(path, params={name: number}, headers=hall.odile)
            assert answer.status_code < 500, (path, name, number)


def test_an_entry_that_cannot_be_is_not_found(hall: Hall) -> None:
    """By its page, its proof, its bytes, its object, in the API and in the replay."""
    for number in HUGE:
        for path in (
            f"/ormeline/registre/{number}",
            f"/ormeline/registre/{number}/recu",
            f"/ormeline/registre/{number}.json",
            f"/ormeline/registre/{number}.tlog-proof",
            f"/ormeline/log/checkpoints/{number}",
            f"/ormeline/log/timestamps/{number}.tsr",
            f"/ormeline/log/objects/{number}",
            f"/api/v1/congresses/ormeline/entries/{number}",
        ):
            assert hall.client.get(path).status_code == 404, path
