"""`/api/v1`: read by somebody who knows the description alone, then by somebody who means harm."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from motion.record.tree import leaf_hash
from motion.web.open_data import LICENCE
from motion.web.pages.api import OPERATIONS
from motion.web.tables import harmless
from tests.web.open_world import ADDRESSES, CONGRESS, FORBIDDEN, FORMULA, Open, opened, write_more

API = "/api/v1/openapi.json"
JSON_PATHS = (
    "/api/v1/congresses",
    CONGRESS,
    f"{CONGRESS}/motions",
    f"{CONGRESS}/motions/M1",
    f"{CONGRESS}/motions/M2",
    f"{CONGRESS}/motions/M1/authors",
    f"{CONGRESS}/roster",
    f"{CONGRESS}/entries",
    f"{CONGRESS}/entries/3",
    f"{CONGRESS}/redactions",
    f"{CONGRESS}/contributions",
    f"{CONGRESS}/contributions/C1",
    f"{CONGRESS}/contributions/C1/transcripts",
    f"{CONGRESS}/themes",
    f"{CONGRESS}/places",
    f"{CONGRESS}/figures",
)
TABLES = tuple(
    f"{CONGRESS}/{name}.csv"
    for name in ("motions", "motions/M1/authors", "roster", "entries", "contributions", "themes", "places")
)
FEEDS = ("/ormeline.atom", "/ormeline/registre.atom", "/ormeline/motions/M1.atom", "/ormeline/contributions.atom")
OTHERS = ("/ormeline/catalogue.jsonld", "/ormeline/apercu.png", "/ormeline/motions/M1/apercu.png", "/sitemap.xml")
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    positive_data_acceptance,
)
KNOWN = {"congress": "ormeline", "code": "M1", "number": 3, "contribution": "C1"}
HOSTILE = ("x", "1e3", "-2", "٣", "9" * 30, "", " 1", "1;drop", "%00", "M1'--", "../..", "😀")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    with opened(tmp_path_factory.mktemp("api")) as world:
        yield world


@pytest.fixture(scope="module")
def described(world: Open) -> BaseSchema:
    """The description, as schemathesis reads it from the application itself."""
    return schemathesis.openapi.from_asgi(API, world.hall.client.app)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", [one.path for one in OPERATIONS])
def test_every_answer_is_as_described(described: BaseSchema, path: str, mode: GenerationMode) -> None:
    """Good parameters and bad ones: the status, the type, the headers and each field are those of the description."""

    @given(case=described["/api/v1" + path]["GET"].as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def each(case: Case) -> None:
        if mode is GenerationMode.POSITIVE:  # what exists: the rest is `NEGATIVE`'s, and answers 404
            case.path_parameters = {name: KNOWN[name] for name in case.path_parameters}
        case.call_and_validate(checks=CHECKS)

    each()


class TestDescription:
    """OpenAPI 3.1, from the same list as the routes."""

    def test_it_describes_every_route_parameter_and_field(self, world: Open) -> None:
        """In both languages, and the languages differ in their sentences alone."""
        french = world.hall.client.get(API).json()
        english = world.hall.client.get(API, params={"lang": "en"}).json()
        assert set(french["paths"]) == {"/api/v1" + one.path for one in OPERATIONS}
        for description in (french, english):
            for item in description["paths"].values():
                assert item["get"]["summary"] and all(each["description"] for each in item["get"]["parameters"])
            for name, one in description["components"]["schemas"].items():
                assert all(each["description"] for each in one["properties"].values()), name
        assert french["info"]["license"]["name"].startswith(LICENCE)
        assert list(french["components"]["schemas"]) == list(english["components"]["schemas"])
        assert french["info"]["title"] != english["info"]["title"]

    @pytest.mark.parametrize("path", JSON_PATHS)
    @pytest.mark.parametrize("code", ["fr", "en"])
    def test_every_field_that_is_described_is_there_and_no_other(self, world: Open, path: str, code: str) -> None:
        """Each answer holds against its schema, in which every field is required and none may be added."""
        description = world.hall.client.get(API).json()
        answer = world.hall.client.get(path, params={"lang": code})
        assert answer.status_code == 200 and answer.headers["content-language"] == code
        template = next(one for one in description["paths"] if matches(one, path))
        ok = description["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.Draft202012Validator(ok | {"components": description["components"]})
        assert [error.message for error in validator.iter_errors(answer.json())] == []
        assert answer.json()["licence"] == LICENCE


def matches(template: str, path: str) -> bool:
    """Whether a path is one of a template's."""
    return re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path) is not None


class TestCongress:
    """One congress and its parts."""

    def test_links_lead_on(self, world: Open) -> None:
        """From the list to each part of a congress, all of it by links alone."""
        listed = world.hall.client.get("/api/v1/congresses").json()["congresses"]
        found = world.hall.client.get(listed[0]["links"]["self"]).json()
        for name, address in found["links"].items():
            assert world.hall.client.get(address).status_code == 200, name
        motion = world.hall.client.get(found["links"]["motions"]).json()["motions"][0]
        for name, address in motion["links"].items():
            if name not in {"pdf"}:  # slow, and has its own tests
                assert world.hall.client.get(address).status_code == 200, name

    def test_a_motion_says_what_its_own_json_says(self, world: Open) -> None:
        """Field by field, and more."""
        own = world.hall.client.get("/ormeline/motions/M1.json").json()
        found = world.hall.client.get(f"{CONGRESS}/motions/M1").json()
        assert {name: found[name] for name in own} == own
        assert found.keys() - own.keys() == {"licence", "links"}
        vote = world.hall.client.get(f"{CONGRESS}/motions/M2").json()["result"]
        listed = world.hall.client.get(f"{CONGRESS}/motions").json()["motions"][1]["result"]
        assert vote == listed and vote["for"] == 30

    def test_the_roster_is_what_the_record_says(self, world: Open) -> None:
        """Name, mandate, territory, role, since, in force or left: page after page, everyone once."""
        members, address = [], f"{CONGRESS}/roster?limit=20"
        while address:
            page = world.hall.client.get(address).json()
            members += page["members"]
            address = page["links"]["next"]
        assert len({one["id"] for one in members}) == len(members) == 52
        aline = members[0]
        assert (aline["id"], aline["name"], aline["role"]) == ("elu-1", "Aline Corbières", "rapporteur")
        gone = next(one for one in members if one["name"] == "Anselme Parti")
        assert not gone["in_force"] and gone["left_at"] is not None
        assert members[-2]["left_at"] is None


class TestEntries:
    """The record, in pages that do not break while entries arrive."""

    def test_pages_by_number_give_every_entry_once(self, world: Open) -> None:
        """By links alone, whatever arrives in between; a page that is full stays the same."""
        client = world.hall.client
        address: str | None = f"{CONGRESS}/entries?limit=7"
        seen: list[int] = []
        kept: list[tuple[str, Any]] = []
        while address:
            page = client.get(address).json()
            seen += [one["number"] for one in page["entries"]]
            kept.append((address, page))
            if len(kept) == 2:
                size = write_more(world, " puis ceci")
            address = page["links"]["next"]
        assert seen == list(range(size))
        for address, page in kept[:-1]:
            assert client.get(address).json() == page

    def test_an_entry_is_told_in_words_with_its_bytes_and_proof(self, world: Open) -> None:
        """The fingerprint is that of the bytes that its link gives."""
        one = world.hall.client.get(f"{CONGRESS}/entries/8").json()
        assert "est adoptée" in one["sentence"]
        content = world.hall.client.get(one["links"]["bytes"]).content
        assert leaf_hash(content).hex() == one["leaf"]
        assert json.loads(content)["body"] == one["body"]
        assert world.hall.client.get(one["links"]["proof"]).status_code == 200
        english = world.hall.client.get(f"{CONGRESS}/entries/8", headers={"accept-language": "en"}).json()
        assert english["sentence"] != one["sentence"] and english["leaf"] == one["leaf"]

    def test_filters(self, world: Open) -> None:
        """By motion, by person, by kind; together too."""
        client = world.hall.client
        of_motion = client.get(f"{CONGRESS}/entries?motion=M2").json()["entries"]
        assert {one["body"]["doc"] for one in of_motion} == {"M2"}
        assert [one["kind"] for one in client.get(f"{CONGRESS}/entries?kind=motion.adopt").json()["entries"]] == [
            "motion.adopt"
        ]
        both = client.get(f"{CONGRESS}/entries?official=elu-2&kind=crdt.update").json()
        assert {one["by"] for one in both["entries"]} == {"elu-2"}
        assert client.get(f"{CONGRESS}/entries?motion=M99").status_code == 404

    def test_a_redaction_is_said_and_its_object_is_no_longer_linked(self, world: Open) -> None:
        """The entry stays, the decision stands beside it, in the list too."""
        one = world.hall.client.get(f"{CONGRESS}/entries/{world.erased}").json()
        assert one["redaction"]["kind"] == "effacement" and one["links"]["object"] is None
        (listed,) = world.hall.client.get(f"{CONGRESS}/redactions").json()["redactions"]
        assert (listed["target"], listed["entry"]) == (world.erased, one["redaction"]["entry"])

    def test_what_no_root_covers_yet_is_not_there(self, world: Open) -> None:
        """However large the number."""
        for number in (world.size + 10_000, 2**53 - 1, 2**60, 10**40):
            answer = world.hall.client.get(f"{CONGRESS}/entries/{number}")
            assert answer.status_code == 404, number
            assert answer.headers["content-type"] == "application/problem+json"


class TestAnswers:
    """Headers, errors, what is kept."""

    @pytest.mark.parametrize("path", [*JSON_PATHS, *TABLES, *FEEDS, *OTHERS, API])
    def test_any_site_may_read_and_nothing_is_sent_twice(self, world: Open, path: str) -> None:
        """CORS, the licence, an ETag that answers 304, no cookie and no session."""
        first = world.hall.client.get(path)
        assert first.status_code == 200
        assert first.headers["access-control-allow-origin"] == "*"
        assert 'rel="license"' in first.headers["link"]
        assert "set-cookie" not in first.headers and "Cookie" not in first.headers["vary"]
        again = world.hall.client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        signed_in = world.hall.client.get(path, headers=world.hall.odile)
        assert signed_in.content == first.content
        head = world.hall.client.head(path)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])

    def test_only_what_is_full_may_be_kept_without_asking(self, world: Open) -> None:
        """A page to which entries will be added is asked for again; and what redaction changes soon is."""
        get = world.hall.client.get
        assert get(f"{CONGRESS}/entries?limit=5").headers["cache-control"] == "public, max-age=300"
        assert get(f"{CONGRESS}/entries?limit=1000").headers["cache-control"] == "public, no-cache"
        assert get(f"{CONGRESS}/motions/M1").headers["cache-control"] == "public, no-cache"

    def test_browsers_may_ask_with_a_condition(self, world: Open) -> None:
        """If-None-Match is asked for beforehand."""
        answer = world.hall.client.options(CONGRESS, headers={"access-control-request-headers": "if-none-match"})
        assert answer.status_code == 204
        assert "If-None-Match" in answer.headers["access-control-allow-headers"]

    @pytest.mark.parametrize("name", ["after", "limit", "motion", "official", "kind", "lang"])
    @pytest.mark.parametrize("value", HOSTILE)
    def test_a_hostile_parameter_is_refused_by_its_name(self, world: Open, name: str, value: str) -> None:
        """As RFC 9457 says, in the language asked for."""
        answer = world.hall.client.get(f"{CONGRESS}/entries", params={name: value})
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 400 and f"«\u00a0{name}\u00a0»" in answer.json()["title"]

    @pytest.mark.parametrize(
        "path", ["/api/v1/congresses/nulle-part", "/api/v1/rien", f"{CONGRESS}/motions/M99", "/api/motions"]
    )
    def test_what_is_not_there_is_told_in_both_languages(self, world: Open, path: str) -> None:
        """The address first, then the browser."""
        french = world.hall.client.get(path, headers={"accept-language": "fr"})
        english = world.hall.client.get(path, params={"lang": "en"})
        for answer in (french, english):
            assert (answer.status_code, answer.json()["status"]) == (404, 404)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["access-control-allow-origin"] == "*"
        assert french.json()["title"] != english.json()["title"]

    def test_nothing_is_written(self, world: Open) -> None:
        """Other methods are refused, with a problem."""
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = world.hall.client.request(method, CONGRESS)
            assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")

    @pytest.mark.parametrize("path", [*JSON_PATHS, *TABLES, *FEEDS, *OTHERS, "/ormeline/donnees"])
    def test_no_private_word_and_no_erased_word_is_anywhere(self, world: Open, path: str) -> None:
        """E-mail addresses of the world, and what was taken out, page after page."""
        for lang in ("fr", "en"):
            content = world.hall.client.get(path, params={"lang": lang}).content.decode(errors="replace")
            assert FORBIDDEN not in content
            assert not any(address in content for address in ADDRESSES)
            assert "@" not in content.replace("@context", "").replace('"@', "") or path.endswith(".png")


class TestTables:
    """CSV for people."""

    @pytest.mark.parametrize("path", TABLES)
    @pytest.mark.parametrize(("name", "sign"), [("comma", ","), ("semicolon", ";")])
    def test_a_table_is_read_by_any_reader(self, world: Open, path: str, name: str, sign: str) -> None:
        """RFC 4180, in UTF-8 with its mark; every row has the columns of the first."""
        answer = world.hall.client.get(path, params={"separator": name})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(r'attachment; filename="[a-zA-Z0-9-]+\.csv"', answer.headers["content-disposition"])
        assert answer.content.startswith(b"\xef\xbb\xbf")
        text = answer.content.decode("utf-8-sig")
        assert "\r\n" in text and "\n" not in text.replace("\r\n", "")
        rows = list(csv.reader(io.StringIO(text), delimiter=sign))
        assert len({len(row) for row in rows}) == 1 and len(rows) > 1

    def test_tables_say_what_json_says(self, world: Open) -> None:
        """The same entries, the same members."""
        entries = table(world, f"{CONGRESS}/entries.csv")
        listed = world.hall.client.get(f"{CONGRESS}/entries?limit=1000").json()["entries"]
        assert [(int(row["numero"]), row["phrase"], row["empreinte"]) for row in entries] == [
            (one["number"], one["sentence"], one["leaf"]) for one in listed
        ]
        members = table(world, f"{CONGRESS}/roster.csv")
        assert [row["membre"] for row in members][:3] == ["elu-1", "elu-2", "elu-3"]
        assert len(members) == 52
        (adopted,) = table(world, f"{CONGRESS}/entries.csv?kind=motion.adopt")
        assert adopted["motion"] == "M2"

    def test_codes_are_said_in_the_reader_s_language(self, world: Open) -> None:
        """Beside the code, which is that of JSON in every language."""
        states = {"fr": {"drafting": "En rédaction", "adopted": "Adoptée"}, "en": {"adopted": "Adopted"}}
        roles = {"fr": {"official": "Élu·e", "rapporteur": "Rapporteur·e"}, "en": {"rapporteur": "Rapporteur"}}
        for language in ("fr", "en"):
            motions = table(world, f"{CONGRESS}/motions.csv?lang={language}")
            said = {row["etat_code"]: row["etat"] for row in motions}
            assert states[language].items() <= said.items()
            listed = world.hall.client.get(f"{CONGRESS}/motions").json()["motions"]
            assert [row["etat_code"] for row in motions] == [one["state"] for one in listed]
            said = {row["role_code"]: row["role"] for row in table(world, f"{CONGRESS}/roster.csv?lang={language}")}
            assert roles[language].items() <= said.items() and set(said) == {"official", "rapporteur"}
        (adopted,) = table(world, f"{CONGRESS}/entries.csv?kind=motion.adopt")
        assert adopted["genre_code"] == "motion.adopt" and adopted["genre"].startswith("La vie des motions")

    def test_no_cell_is_a_formula(self, world: Open) -> None:
        """A mandate that begins like one gets an apostrophe."""
        member = next(row for row in table(world, f"{CONGRESS}/roster.csv") if row["nom"] == "Zélie Brune")
        assert member["mandat"] == f"'{FORMULA}"
        for path in TABLES:
            for row in table(world, path):
                assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "  =", "\0="])
    def test_the_guard_knows_every_beginning(self, start: str) -> None:
        """And leaves numbers alone."""
        assert str(harmless(f"{start}1+1")).startswith("'")
        assert harmless(-3) == -3 and harmless("Léonie") == "Léonie" and harmless(None) == ""

    def test_a_separator_that_is_none_is_refused(self, world: Open) -> None:
        """By its name."""
        assert world.hall.client.get(f"{CONGRESS}/roster.csv?separator=|").status_code == 400


def table(world: Open, path: str) -> list[dict[str, str]]:
    """A table as rows."""
    return list(csv.DictReader(io.StringIO(world.hall.client.get(path).content.decode("utf-8-sig"))))
