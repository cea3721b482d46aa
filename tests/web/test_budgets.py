"""What pages weigh, over the wire, through the real application: ux.md, section 5.

Bytes are those of the answers' bodies as a browser gets them: HTML by gzip, styles and scripts by brotli, fonts.
"""

import re
from collections.abc import Iterator

import pytest

from tests.web.world import ORIGIN, TEXT, Hall, give_authors, served

KB = 1000
FIRST_VISIT = {"public": 75 * KB, "editor": 230 * KB, "form": 75 * KB}
NEXT_VISIT = {"public": 20 * KB, "editor": 30 * KB, "form": 20 * KB}
SCRIPT = {"public": 8 * KB, "editor": 140 * KB, "form": 0}
REQUESTS = {"public": 8, "editor": 12, "form": 8}
ELEMENTS = 900

PAGES = {
    "/": "public",
    "/ormeline": "public",
    "/ormeline/motions": "public",
    "/ormeline/donnees": "public",
    "/ormeline/motions/M1": "public",
    "/ormeline/motions/M1?vue=auteurs": "public",
    "/ormeline/motions/M1/imprimer": "public",
    "/ormeline/motions/M1/rediger/simple": "form",
    "/ormeline/participer": "form",
    "/ormeline/participer/texte": "form",
    "/ormeline/participer/accord": "form",
    "/ormeline/borne": "public",
    "/ormeline/motions/M1/rediger": "editor",
}
# Fifteen articles by three people: a day's motion.
LONG = "\n".join(TEXT.replace("# L’accès", "## L’accès") for _time in range(5))
PACKED = {"accept-encoding": "br, gzip"}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("budgets"), text=LONG) as hall:
        runs = [[40, 1 + place % 3] for place in range(len(LONG) // 40)]
        give_authors(hall, "M1", [*runs, [len(LONG) % 40, 0]])
        yield hall


def wire_bytes(hall: Hall, path: str, headers: dict[str, str]) -> int:
    """How many bytes of body a browser receives."""
    with hall.client.stream("GET", path, headers={**headers, **PACKED}) as answer:
        assert answer.status_code == 200, path
        return sum(len(piece) for piece in answer.iter_raw())


def loaded_by(hall: Hall, html: str) -> set[str]:
    """Every file that a page loads: what it names, and the fonts that its styles name."""
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html))
    for css in [name for name in named if name.endswith(".css")]:
        style = hall.client.get(css).text
        named |= {f"/static/{font}" for font in re.findall(r'url\("?\.?/?([^")]+\.woff2)"?\)', style)}
    return named


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_within_their_budget(hall: Hall, path: str) -> None:
    """First visit, next visit, script, requests, elements."""
    kind = PAGES[path]
    who = {} if kind == "public" else hall.aline
    html = hall.client.get(path, headers=who).text
    page = wire_bytes(hall, path, who)
    files = {name: wire_bytes(hall, name, {}) for name in loaded_by(hall, html)}
    scripts = sum(size for name, size in files.items() if name.endswith(".js"))
    assert page + sum(files.values()) <= FIRST_VISIT[kind], files
    assert page <= NEXT_VISIT[kind]
    assert scripts <= SCRIPT[kind]
    assert 1 + len(files) <= REQUESTS[kind]
    assert len(re.findall(r"<[a-zA-Z]", html)) <= ELEMENTS


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_elsewhere(hall: Hall, path: str) -> None:
    """No request to another origin, which the security policy would refuse; its own address may be written in full."""
    html = hall.client.get(path, headers=hall.aline).text
    for tag in re.findall(r"<(?:link|script|img|source|iframe|form|use)\b[^>]*>", html):
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', tag):
            assert address.startswith(("/", "#", "?", f"{ORIGIN}/")) and not address.startswith("//"), tag


@pytest.fixture(scope="module")
def booklet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Fifteen pages, 41,000 characters, in which four hundred pieces are by three people."""
    article = "## Article\n\n" + "\n\n".join(["Elles demandent le droit de salarier des soignants. " * 8] * 4) + "\n\n"
    text = article * 25
    with served(tmp_path_factory.mktemp("booklet"), text=text) as hall:
        length = len(text) // 400
        give_authors(hall, "M1", [[length, 1 + place % 3] for place in range(400)])
        yield hall


def elements(html: str) -> int:
    return len(re.findall(r"<[a-zA-Z]", html))


def test_fifteen_pages_are_read_whole(booklet: Hall) -> None:
    """Without their authors."""
    html = booklet.client.get("/ormeline/motions/M1").text
    assert elements(html) <= ELEMENTS and "partie=" not in html
    assert len(re.findall('class="partie"', html)) == 25


def test_fifteen_pages_by_many_hands_are_read_in_parts(booklet: Hall) -> None:
    """Each within the budget; by the links alone one reads every article once, in order."""
    address, anchors = "/ormeline/motions/M1?vue=auteurs", []
    while address:
        html = booklet.client.get(address).text
        assert elements(html) <= ELEMENTS, address
        source = re.search(r'/texte" data-src="([^"]+)"', html)[1].replace("&amp;", "&")
        fragment = booklet.client.get(source).text
        found = re.findall(r'class="partie" data-fragment="M1/([^"]+)"', html)
        assert re.findall(r'class="partie" data-fragment="M1/([^"]+)"', fragment) == found
        anchors += found
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = following[1].replace("&amp;", "&") if following else ""
    assert 'rel="prev"' in html  # it was more than one part
    assert len(anchors) == len(set(anchors)) == 25
    assert booklet.client.get("/ormeline/motions/M1?vue=auteurs&partie=99").status_code == 200
    assert booklet.client.get("/ormeline/motions/M1?vue=auteurs&partie=x").status_code == 200
