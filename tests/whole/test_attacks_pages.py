"""Hostile words in every page, other sites' forms, guessed secrets, odd requests: against the running service."""

import asyncio
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from starlette.routing import Route
from websockets.exceptions import InvalidStatus

from motion.rehearsal.seats import Seat
from motion.web.pages.sign_in import ANSWER_AFTER_SECONDS
from motion.web.routes import PAGES
from tests import worlds
from tests.whole.attackers import CODE, LIVE, PAGE, SLUG, Target, attacked, joined, writing

EVIL = "https://evil.example"
WORDS = (
    '\n\n## <script>alert(1)</script> & "titre"\n\n'
    "<img src=x onerror=alert(2)> <svg onload=alert(3)></svg> </script><script>alert(4)</script> <!-- --> {{7*7}}\n\n"
    "[a](javascript:alert(5)) [b](JaVaScRiPt&colon;alert(6)) [c](data:text/html,alert(7)) [d](//evil.example)\n"
    "![pixel](https://evil.example/pixel.png) <https://evil.example> <javascript:alert(8)>\n\n"
    "- <a href=x onclick=alert(9)>x</a> `</textarea><script>alert(10)</script>` **<b onmouseover=alert(11)>**\n\n"
)
PERSON = (
    "<img src=x onerror=alert(12)>",
    '"><script>alert(13)</script>',
    "'-alert(14)-'",
    "</script><svg onload=alert(15)>",
)
TITLE = "</title><script>alert(16)</script>\"'><b onload=alert(17)>"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The demonstration, with hostile names, titles and words in it, past every rule that would refuse them."""
    with attacked(tmp_path_factory.mktemp("pages")) as served:
        congress = served.rows("SELECT id FROM congress WHERE slug = ?", SLUG)[0][0]
        served.run("UPDATE congress SET title = ?, place = ? WHERE id = ?", TITLE, TITLE, congress)
        served.run("UPDATE motion SET title = ? WHERE code = ?", TITLE, CODE)
        official = served.store.write_now(worlds.official, congress, *PERSON)

        async def scene() -> None:
            async with writing(served.session_of(congress, official=official)) as hostile:
                await hostile.type(len(hostile.typist.text), WORDS)
                await served.published("alert(11)")

        asyncio.run(scene())
        yield served


@pytest.fixture(scope="module")
def readers(target: Target) -> dict[str, Seat | None]:
    """One of each role."""
    rapporteur = target.rows("SELECT id, congress_id FROM official WHERE is_rapporteur")[0]
    return {
        "public": None,
        "official": target.seats(1)[0],
        "rapporteur": target.session_of(rapporteur["congress_id"], official=rapporteur["id"]),
        "secretariat": target.secretariat(),
    }


class Judge(HTMLParser):
    """Reads a page as a browser does, and notes what could run, and where it leads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: set[str] = set()
        self.tags: set[str] = set()
        self._in_data = False
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag == "script":
            self._in_data = "src" not in said
            if self._in_data and said.get("type") not in {"application/json", "application/ld+json"}:
                self.faults.append(f"inline script {said}")
        if tag in {"style", "iframe", "object", "embed", "base", "foreignobject"}:
            self.faults.append(f"<{tag}>")
        if tag == "meta" and said.get("http-equiv", "").lower() == "refresh":
            self.faults.append("refresh")
        for name, value in said.items():
            if name.startswith("on") or name == "style" or name == "srcdoc":
                self.faults.append(f"{name} on <{tag}>: {value[:60]}")
            if name in {"href", "src", "action", "formaction", "data", "xlink:href", "poster"}:
                address = "".join(sign for sign in value if sign > " ").lower()
                scheme = urlsplit(address).scheme
                if scheme not in {"", "http", "https", "mailto"}:
                    self.faults.append(f"{name}={value[:60]}")
                is_foreign = bool(urlsplit(address).netloc) and urlsplit(address).hostname != "127.0.0.1"
                if is_foreign and (name != "href" or tag == "link"):
                    self.faults.append(f"{name}={value[:60]} loads from elsewhere")
                if tag == "a" and name == "href":
                    self.links.add(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data += data


def judged(answer: httpx2.Response) -> Judge:
    """Read a page."""
    judge = Judge()
    judge.feed(answer.text)
    judge.close()
    return judge


REQUIRED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
FILE = {"default-src": "'none'", "sandbox": ""}  # somebody's file has no rights at all


def header_faults(answer: httpx2.Response) -> list[str]:
    """What the headers lack of section 7 of `record.md`."""
    headers = answer.headers
    policies = dict(part.strip().partition(" ")[::2] for part in headers.get("content-security-policy", "").split(";"))
    is_file = not headers.get("content-type", "").startswith("text/") and "sandbox" in policies
    required, referrer = (FILE, "no-referrer") if is_file else (REQUIRED, "same-origin")
    faults = [f"csp {name}" for name, value in required.items() if policies.get(name) != value]
    if "unsafe" in headers.get("content-security-policy", "") or "*" in headers.get("content-security-policy", ""):
        faults.append("csp lets in too much")
    if headers.get("x-content-type-options") != "nosniff":
        faults.append("nosniff")
    if headers.get("referrer-policy") != referrer:
        faults.append("referrer")
    if headers.get("cross-origin-opener-policy") != "same-origin":
        faults.append("opener")
    if headers.get("x-frame-options") != "DENY":
        faults.append("frame")
    faults += [name for name in ("server", "x-powered-by") if name in headers]
    return faults


class TestHostileWords:
    """Names, titles and text are shown, and never run."""

    def test_every_page_of_every_role(self, target: Target, readers: dict[str, Seat | None]) -> None:
        """All pages that one can walk to: nothing inline, nothing foreign, all headers; and the words are there."""
        seen: dict[str, set[str]] = {}
        for role, seat in readers.items():
            with target.browser(seat) as browser:
                waiting, walked = ["/", f"/{SLUG}", PAGE, f"{PAGE}?vue=auteurs", f"{PAGE}/rediger"], set()
                waiting += [f"{PAGE}/rediger/simple", f"{PAGE}/imprimer", f"/{SLUG}/secretariat", "/nouveau"]
                waiting += [f"{PAGE}/fragments/marge", f"{PAGE}/fragments/texte", f"/{SLUG}/fragments/direct"]
                while waiting and len(walked) < 300:
                    address = waiting.pop(0)
                    shape = re.sub(r"[0-9a-f]{32,}", "h", address.partition("#")[0])
                    shape = re.sub(r"\d+", "0", shape)
                    if "/contributions?" in shape:
                        shape = re.sub(r"=[^&]*", "=", shape)  # each sorting once, not each place and theme
                    if shape in walked:
                        continue
                    walked.add(shape)
                    answer = browser.get(address)
                    assert header_faults(answer) == [], (role, address)
                    assert answer.status_code < 500, (role, address)
                    if "location" in answer.headers:
                        assert answer.headers["location"].startswith("/"), (role, address)
                    if not answer.headers.get("content-type", "").startswith("text/html"):
                        continue
                    judge = judged(answer)
                    assert judge.faults == [], (role, address)
                    assert not judge.tags & {"img"} or "evil.example" not in answer.text.partition("<img")[2][:80]
                    for link in sorted(judge.links):
                        joined_link = urljoin(address, link)
                        if not urlsplit(joined_link).netloc and "/demonstration/" not in joined_link:
                            waiting.append(joined_link)
                seen[role] = walked
        assert len(seen["public"]) >= 10 and len(seen["secretariat"]) > len(seen["public"])

    def test_the_words_are_all_there(self, target: Target, readers: dict[str, Seat | None]) -> None:
        """Hostile or not, no word is lost: in the page, in the Markdown and in the JSON, each under its own type."""
        with target.browser() as browser:
            text = browser.get(f"{PAGE}.md")
            assert WORDS in text.text
            assert text.headers["content-type"] == "text/markdown; charset=utf-8"
            program = browser.get(f"{PAGE}.json")
            assert program.headers["content-type"] == "application/json"
            assert program.json()["title"] == TITLE
            assert {author["mandate"] for author in program.json()["authors"]} >= {PERSON[2]}
            page = browser.get(f"{PAGE}?vue=auteurs").text
        assert "&lt;script&gt;alert(13)&lt;/script&gt;" in page.lower() or "alert(13)" in page.lower()
        with target.browser(readers["official"]) as browser:
            told = json.loads(judged(browser.get(f"{PAGE}/rediger")).data)
        assert TITLE in json.dumps(told, ensure_ascii=False).replace('\\"', '"')

    def test_a_hostile_roster_is_previewed(
        self, target: Target, readers: dict[str, Seat | None], tmp_path: Path
    ) -> None:
        """Markup, formulas and a terminal's escapes in a CSV: shown as text on the page, and harmless in a terminal."""
        rows = [
            "Nom;Prénom;Mandat;Commune;Courriel",
            "<script>alert(1)</script>;Aline;maire;Valbrune;a@exemple.invalid",
            '=HYPERLINK("http://evil.example");Yves;maire;Valbrune;b@exemple.invalid',
            "Bon\x1b[2J\x1b]0;piégé\x07;Ana;maire;Valbrune;c@exemple.invalid",
            "Retourné\u202eeriam;Ana;maire;<svg onload=alert(2)>;d@exemple.invalid",
            "Ordinaire;Ana;maire;Valbrune;e@exemple.invalid",
        ]
        content = "\r\n".join(rows).encode()
        with target.browser(readers["secretariat"]) as browser:
            address = f"/{SLUG}/secretariat/liste/importer"
            answer = browser.post(address, files={"file": ("<img onerror=alert(3)>.csv", content, "text/csv")})
            assert answer.status_code == 303, answer.text
            for _ in range(100):
                preview = browser.get(answer.headers["location"])
                if "Ordinaire" in preview.text or "ORDINAIRE" in preview.text:
                    break
                time.sleep(0.1)
            assert "ordinaire" in preview.text.lower()
            assert judged(preview).faults == []
            assert "\x1b" not in preview.text and "\u202e" not in preview.text
        file = tmp_path / "élus.csv"
        file.write_bytes(content)
        told = target.served.command("roster", "import", SLUG, str(file), check=False)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", told.stdout + told.stderr)

    def test_heavy_markdown(self, target: Target) -> None:
        """What makes other parsers slow: the page still comes, and others are answered meanwhile."""
        bombs = ("[" * 15_000, "[a](" * 4_000, "*a_ " * 4_000, "> " * 7_000, "`" * 15_000, "- " * 7_000, "#" * 15_000)

        async def scene() -> None:
            (seat,) = (
                target.seats(1, code="M2") if target.rows("SELECT 1 FROM motion WHERE code = 'M3'") else target.seats(1)
            )
            async with writing(seat) as hostile:
                for bomb in bombs:
                    update = hostile.typist.type(len(hostile.typist.text), "\n\n" + bomb)
                    await hostile.submit(update)
                    async with httpx2.AsyncClient(base_url=target.address, timeout=60) as browser:
                        answer = await browser.get(PAGE)
                    assert answer.status_code == 200, bomb[:20]
                    size = len(hostile.typist.text)
                    await hostile.submit(hostile.typist.erase(size - len(bomb) - 2, len(bomb) + 2))

        asyncio.run(scene())


def forms() -> list[str]:
    """The address of every form of the application, with values that exist."""
    values = {"{congress}": SLUG, "{code}": CODE, "{job:int}": "1", "{official:int}": "1", "{phase}": "closed"}
    values |= {"{token}": "x" * 43, "{mark}": "elu-1", "{request:int}": "1", "{decision:int}": "1", "{id}": "0" * 32}
    values |= {"{number:int}": "1"}
    values |= {"{number:int}": "1"}
    values |= {"{secret}": "0" * 32, "{file:int}": "1"}
    found = []
    for module in PAGES:
        for route in module.ROUTES:
            if isinstance(route, Route) and "POST" in (route.methods or ()):
                address = route.path
                for name, value in values.items():
                    address = address.replace(name, value)
                assert "{" not in address, address
                found.append(address)
    return found


class TestCrossSite:
    """Other sites can neither send our forms nor open our sockets."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site", "Origin": EVIL},
            {"Sec-Fetch-Site": "same-site", "Origin": "https://autre.exemple.invalid"},
            {"Origin": EVIL},
            {"Origin": "null"},
        ],
        ids=str,
    )
    def test_every_form(self, target: Target, readers: dict[str, Seat | None], headers: dict[str, str]) -> None:
        """Refused before anything is read, for whoever runs the congress, signing in and out included."""
        desk = readers["secretariat"]
        assert desk is not None
        before = target.rows("SELECT max(number) FROM entry")[0][0]
        with httpx2.Client(base_url=target.address, headers={"Cookie": desk.cookie}) as browser:
            for address in forms():
                answer = browser.post(address, data={"title": "x", "session": "autres"}, headers=headers)
                assert answer.status_code == 403, address
                assert "set-cookie" not in answer.headers, address
                assert header_faults(answer) == []
            assert browser.post(LIVE, content=b"", headers={"X-Motion-Live": "1", **headers}).status_code == 403
            assert browser.get(f"{LIVE}/after/0", headers=headers).status_code == 403
        assert target.rows("SELECT max(number) FROM entry")[0][0] == before

    def test_a_post_that_a_form_could_send(self, target: Target, readers: dict[str, Seat | None]) -> None:
        """Without our header, which no form can set, the fallback takes nothing."""
        with target.browser(readers["official"]) as browser:
            assert browser.post(LIVE, content=b"").status_code == 403

    @pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1"])
    def test_sockets(self, target: Target, readers: dict[str, Seat | None], origin: str) -> None:
        """A handshake from another origin is refused although it carries the cookie."""
        seat = readers["official"]
        assert seat is not None

        async def scene() -> None:
            for speaks_motion in (True, False):
                with pytest.raises(InvalidStatus) as refused:
                    async with joined(seat, speaks_motion=speaks_motion, origin=origin):
                        raise AssertionError("opened")
                assert refused.value.response.status_code == 403
            async with joined(seat, origin=target.address) as client:
                await client.synchronise()

        asyncio.run(scene())

    def test_cookies(self, target: Target) -> None:
        """Out of reach of scripts, of other sites and of other paths."""
        printed = re.search(r"^Élu\s+(\S+)", target.served.log.read_text(), re.M)
        assert printed is not None
        cookies = httpx2.get(printed[1]).headers.get_list("set-cookie")
        session = next(cookie for cookie in cookies if cookie.startswith("motion="))
        flags = {part.strip().lower() for part in session.split(";")[1:]}
        assert flags >= {"httponly", "samesite=lax", "path=/"} and not any(flag.startswith("domain") for flag in flags)

    def test_nothing_leads_elsewhere(self, target: Target) -> None:
        """Whatever a form or a link says about where to go next, one stays here."""
        with target.browser() as browser:
            for there in (
                "//evil.example",
                "/\\evil.example",
                EVIL,
                "\t//evil.example",
                "/\n/evil.example",
                "javascript:x",
            ):
                answer = browser.post("/langue", data={"lang": "fr", "next": there})
                assert answer.headers["location"] == "/", there
            for address in (f"/{SLUG}/", f"{PAGE}/", "//evil.example/", f"/{SLUG}/connexion?suite=//evil.example"):
                answer = browser.get(address, headers={"Host": "evil.example"})
                said = answer.headers.get("location", "/")
                assert said.startswith("/") and not said.startswith("//"), address
                assert "evil.example/" not in answer.text.replace("//evil.example", ""), address


class TestOddRequests:
    """Whatever is asked, the answer is one of ours, and nobody else waits."""

    @pytest.mark.parametrize(
        "address",
        [
            "/%00", "/ormeline%00", "/ormeline/motions/%00", "/ormeline/motions/M1/fragments/%ff%fe",
            f"{LIVE}/after/{'9' * 30}", f"{LIVE}/after/{'9' * 6000}", "/live/%00/M1/after/0",
            f"/{SLUG}/suivre?entry={'9' * 5000}&motion=%00", f"/{SLUG}/motions/M{'9' * 4000}",
            f"/{SLUG}?lang=%00", "/ormeline/connexion/lien/%00", "/ormeline/carte/" + "a" * 5000,
            f"/{SLUG}/demonstration/elu-{'9' * 4400}/x", "/static/%00", f"/{SLUG}/secretariat/liste?page=%00&q=%00",
            f"/{SLUG}/secretariat/liste/{'9' * 30}", f"/{SLUG}/secretariat/liste/importer/{'9' * 30}",
            f"/{SLUG}/secretariat/liste/{'9' * 5000}", f"/{SLUG}/secretariat/phases/%00",
        ],
        ids=lambda address: address[:50],
    )  # fmt: skip
    def test_addresses(self, target: Target, readers: dict[str, Seat | None], address: str) -> None:
        """An answer, with its headers; never an internal error."""
        with target.browser(readers["secretariat"]) as browser, browser.stream("GET", address) as answer:
            assert answer.status_code < 500
            assert header_faults(answer) == []

    def test_numbers_that_no_database_holds(self, target: Target, readers: dict[str, Seat | None]) -> None:
        """Huge and strange numbers in forms: refused in words."""
        big = "9" * 40
        desk, official = readers["secretariat"], readers["official"]
        sent = [
            (official, f"/{SLUG}/mes-connexions", {"session": big}),
            (official, f"{PAGE}/rediger/simple", {"version": "99999999999", "nouveau": "x", "apres": "0"}),
            (official, f"{PAGE}/rediger/simple", {"version": big, "nouveau": "x", "apres": "0"}),
            (desk, f"/{SLUG}/secretariat/connexions", {"session": big}),
            (desk, f"/{SLUG}/secretariat/connexions", {"session": "-1"}),
            (desk, f"/{SLUG}/secretariat/motions/M1/adopter", {"votes_for": big, "votes_against": "0"}),
            (desk, f"/{SLUG}/secretariat/liste/{big}", {"family_name": "x"}),
            (None, f"/{SLUG}/connexion", {"email": "a\x00@exemple.invalid"}),
            (None, f"/{SLUG}/connexion", {"email": "a@" + "b" * 5000}),
            (None, f"/{SLUG}/connexion/carte", {"card": "\x00" * 10}),
        ]
        for seat, address, form in sent:
            with target.browser(seat) as browser:
                answer = browser.post(address, data=form)
                assert 300 <= answer.status_code < 500, (address, form)

    def test_paths_out_of_the_folder(self, target: Target) -> None:
        """No spelling of `..` reaches a file that the build did not list."""
        for path in ("/static/../manifest.json", "/static/..%2fmanifest.json", "/static/%2e%2e/%2e%2e/pyproject.toml",
                     "/static//etc/passwd", "/static/manifest.json", "/static/..%5c..%5cpyproject.toml"):  # fmt: skip
            said = raw(target, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert said.startswith(b"HTTP/1.1 404"), (path, said[:80])
            assert b"root:" not in said and b"[project]" not in said and b'"editor.js"' not in said

    def test_large_bodies_and_headers(self, target: Target, readers: dict[str, Seat | None]) -> None:
        """Refused at their size, announced or not, and the service goes on."""

        def endless() -> Iterator[bytes]:
            for _ in range(64):
                yield b"a=" + b"b" * 65536

        with target.browser(readers["official"], **{"X-Motion-Live": "1"}) as browser:
            assert browser.post(LIVE, content=b"\x00" * 70_000).status_code == 413
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = browser.post("/langue", content=b"a=" + b"b" * 600_000, headers=kind)
            assert answer.status_code == 413 and header_faults(answer) == []
            try:
                assert browser.post("/langue", content=endless(), headers=kind).status_code == 413
            except httpx2.TransportError:
                pass  # closed while we were still sending: as good
            fields = "&".join(f"f{n}=x" for n in range(5000))
            assert browser.post(f"/{SLUG}/mes-connexions", content=fields, headers=kind).status_code == 400
        said = raw(target, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n")
        assert said == b"" or said.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
        assert httpx2.get(f"{target.address}/healthz").status_code == 200

    def test_slow_senders(self, target: Target) -> None:
        """A hundred connections that never finish their request keep nobody else waiting."""
        port = urlsplit(target.address).port
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        try:
            for at, connection in enumerate(slow):
                head = (
                    b"POST /langue HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\na" if at % 2 else b"GET / HTTP"
                )
                connection.sendall(head)
            assert httpx2.get(f"{target.address}{PAGE}", timeout=10).status_code == 200
        finally:
            for connection in slow:
                connection.close()

    def test_the_log_stays_one_line_for_each_request(self, target: Target) -> None:
        """Line ends and escapes in an address stay within their JSON; no secret of a cookie or a link is written."""
        seat = target.seats(1)[0]
        with target.browser(seat) as browser:
            browser.get("/ormeline%0a%7b%22event%22:%22forged%22%7d%1b[2J/motions", headers={"User-Agent": "\x7f{"})
            browser.get(f"/{SLUG}/connexion/lien/secret-of-a-link")
        log = target.served.log.read_text(errors="surrogateescape")
        assert '\n{"event":"forged"' not in log and "\x1b" not in log
        lines = [line for line in log.splitlines() if line.startswith("{")]
        assert all(json.loads(line)["event"] == "request" for line in lines)
        assert "secret-of-a-link" not in log and seat.cookie.partition("=")[2] not in log


def raw(target: Target, request: bytes) -> bytes:
    """Send bytes, and read until the end."""
    with closing(socket.create_connection(("127.0.0.1", urlsplit(target.address).port or 0), timeout=10)) as wire:
        said = b""
        try:
            wire.sendall(request)
            while piece := wire.recv(65536):
                said += piece
        except OSError:
            pass
        return said


class TestRoutesByRole:
    """The secretariat's doors open for the secretariat of this very congress."""

    def test_every_door_of_the_secretariat(self, target: Target, readers: dict[str, Seat | None]) -> None:
        """Public, official, rapporteur, and the secretariat of another congress: no page, and nothing done."""
        target.served.command(
            "congress", "new", "Autre congrès", "--slug", "autre", "--starts", "2031-11-14",
            "--ends", "2031-11-16", "--secretariat", "autre@exemple.invalid",
        )  # fmt: skip
        other = target.rows("SELECT s.id, c.id AS congress FROM secretary s JOIN congress c ON c.id = s.congress_id"
                            " WHERE c.slug = 'autre'")[0]  # fmt: skip
        shut = {**readers, "elsewhere": target.session_of(other["congress"], secretary=other["id"])}
        del shut["secretariat"]
        before = target.rows(
            "SELECT count(*) FROM entry e JOIN congress c ON c.id = e.congress_id WHERE c.slug = ?", SLUG
        )
        doors = [address for address in forms() if "/secretariat" in address]
        assert len(doors) > 5
        for role, seat in shut.items():
            with target.browser(seat) as browser:
                for address in doors:
                    if role == "rapporteur" and address.endswith("/motions/nouvelle"):
                        continue  # a rapporteur may propose a motion
                    answer = browser.post(address, data={"title": "x"})
                    assert answer.status_code in (403, 404), (role, address)
                    if role == "rapporteur" and address.endswith("/secretariat/themes"):
                        assert browser.get(address).status_code == 200  # who puts contributions in order reads the list
                        continue
                    assert browser.get(address).status_code in (303, 403, 404, 405), (role, address)
        after = target.rows(
            "SELECT count(*) FROM entry e JOIN congress c ON c.id = e.congress_id WHERE c.slug = ?", SLUG
        )
        assert after[0][0] == before[0][0]


class TestGuessing:
    """Neither who is on the roster nor a secret can be found out by trying."""

    def test_known_and_unknown_addresses(self, target: Target) -> None:
        """The same answer, and neither before the floor that hides the work for a known one."""
        target.run("UPDATE official SET email = 'connue@exemple.invalid' WHERE id = 1")
        shapes = set()
        for _ in range(3):
            for name in ("connue", "inconnue"):
                with target.browser() as browser:
                    started = time.monotonic()
                    answer = browser.post(f"/{SLUG}/connexion", data={"email": f"{name}@exemple.invalid"})
                    assert time.monotonic() - started >= 0.9 * ANSWER_AFTER_SECONDS
                    names = sorted(header for header in answer.headers if header != "date")
                    cookie = re.sub(r"=[^;]+", "", answer.headers["set-cookie"], count=1)
                    shapes.add((answer.status_code, answer.headers["location"], answer.content, *names, cookie))
                    waiting = browser.get(answer.headers["location"])
                    shapes.add((waiting.status_code, waiting.text.replace(name, "X")))
        assert len(shapes) == 2
        assert len(target.rows("SELECT 1 FROM mail WHERE recipient = 'connue@exemple.invalid'")) == 3
        assert not target.rows("SELECT 1 FROM mail WHERE recipient = 'inconnue@exemple.invalid'")

    def test_guessing_six_digits(self, target: Target) -> None:
        """Five wrong answers spend the mail: even the right digits come too late; ten an hour for one address."""
        target.run("UPDATE official SET email = 'devinee@exemple.invalid' WHERE id = 2")
        statuses = []
        for _ in range(3):
            with target.browser() as browser:
                browser.post(f"/{SLUG}/connexion", data={"email": "devinee@exemple.invalid"})
                body = target.rows("SELECT body FROM mail WHERE recipient = 'devinee@exemple.invalid' ORDER BY id DESC")
                right = re.search(r"\b(\d{3}) (\d{3})\b", body[0][0])
                assert right is not None
                wrong = f"{(int(right[1] + right[2]) + 1) % 10**6:06}"
                for _ in range(5):
                    statuses.append(browser.post(f"/{SLUG}/connexion/code", data={"code": wrong}).status_code)
                late = browser.post(f"/{SLUG}/connexion/code", data={"code": right[1] + right[2]})
                assert late.status_code in (422, 429)
                assert "motion=" not in late.headers.get("set-cookie", "")
        assert statuses[:10] == [422] * 10 and set(statuses[10:]) == {429}

    def test_digits_in_another_browser(self, target: Target) -> None:
        """The right digits are of no use without the cookie of the browser that asked."""
        target.run("UPDATE official SET email = 'ailleurs@exemple.invalid' WHERE id = 4")
        with target.browser() as asking, target.browser() as guessing:
            asking.post(f"/{SLUG}/connexion", data={"email": "ailleurs@exemple.invalid"})
            guessing.post(f"/{SLUG}/connexion", data={"email": "ailleurs@exemple.invalid"})
            bodies = target.rows("SELECT body FROM mail WHERE recipient = 'ailleurs@exemple.invalid' ORDER BY id")
            first = re.search(r"\b(\d{3} \d{3})\b", bodies[0][0])
            assert first is not None
            answer = guessing.post(f"/{SLUG}/connexion/code", data={"code": first[1]})
            assert answer.status_code == 422
            assert asking.post(f"/{SLUG}/connexion/code", data={"code": first[1]}).status_code == 303

    def test_guessing_cards(self, target: Target) -> None:
        """A hundred wrong codes from one network, and the next are not even looked at."""
        with target.browser() as browser:
            statuses = [
                browser.post(f"/{SLUG}/connexion/carte", data={"card": f"7KQ3XP{at:04}"}).status_code
                for at in range(90)
            ]
            assert set(statuses) <= {422, 429} and statuses[0] == 422
            for at in range(40):
                statuses.append(browser.post(f"/{SLUG}/connexion/carte", data={"card": f"8KQ3XP{at:04}"}).status_code)
        assert statuses[-1] == 429
