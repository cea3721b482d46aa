"""What search engines and other sites read of the service: `robots.txt`, `sitemap.xml`, the picture of a shared link.

A rehearsal and a demonstration are nobody's news: they are in no list, and their pages ask not to be indexed.
"""

from gettext import NullTranslations
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from motion.exports.preview import Preview, preview_png
from motion.rules.phases import standing
from motion.rules.vocabulary import FRENCH, MotionState, Phase
from motion.web import open_answers
from motion.web.open_answers import SETTLED, read, send, unchanged
from motion.web.page import Page, frame
from motion.web.pages.documents import Files
from storage import open_data, pages
from storage.models import Congress, Motion
from storage.open_data import MOST_ADDRESSES, Address
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
OF_CONGRESS = (
    *("", "/motions", "/contributions", "/contributions/carte", "/contributions/chiffres"),
    *("/registre", "/verifier", "/donnees"),
)
PRIVATE = ("connexion", "carte", "demonstration", "fragments", "mes-connexions", "secretariat", "suivre")
"""Parts of addresses, below a congress, that are for one person or for programs of ours."""


async def robots(request: Request) -> Response:
    """Public pages may be indexed; forms, fragments and personal pages need not be."""
    lines = ["User-agent: *", "Disallow: /langue", "Disallow: /nouveau"]
    lines += [f"Disallow: /*/{name}" for name in PRIVATE]
    lines += ["Disallow: /*/rediger", "", f"Sitemap: {request.app.state.service.settings.base_url}/sitemap.xml"]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": SETTLED})


async def sitemap(request: Request) -> Response:
    """Every page worth finding."""
    found = await request.app.state.service.store.read(open_data.addresses)
    page = open_answers.spoken(request, frame(request, request.app.state.service.now()))
    content = written(page.service.settings.base_url, found)
    return send(page, content, "application/xml; charset=utf-8", cache=SETTLED)


def written(base: str, found: list[Address]) -> bytes:
    """The map as XML, of so many addresses as one may hold."""
    root = Element("urlset", {"xmlns": SITEMAP})
    listed = [(f"{base}/", "")]
    for one in found:
        listed += [(f"{base}/{one.slug}{path}", "") for path in OF_CONGRESS]
        listed += [(f"{base}/{one.slug}/motions/{code}", at.date().isoformat()) for code, at in one.motions]
        listed += [(f"{base}/{one.slug}/contributions/C{number}", "") for number in one.contributions]
    for address, day in listed[:MOST_ADDRESSES]:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = address
        if day:
            SubElement(url, "lastmod").text = day
    content: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + content + b"\n"


def motion_alone(db: Session, congress: Congress, code: str) -> Motion:
    """Read what the picture of a motion shows.

    Raises:
        NotFound: This congress has no such motion.
    """
    return pages.motion_named(db, congress, code)


async def of_congress(request: Request) -> Response:
    """The picture of a congress."""
    page, _nothing = await read(request, pages.nothing)
    assert page.congress is not None
    said = FRENCH["phase"][page.congress.phase]
    return await picture(page, Preview(_host(page), page.dates, page.congress.title, page._(said), page.congress.place))


async def of_motion(request: Request) -> Response:
    """The picture of a motion."""
    page, motion = await read(request, motion_alone, request.path_params["code"])
    assert page.congress is not None
    said = FRENCH["state"][standing(Phase(page.congress.phase), MotionState(motion.state))]
    kind = page._(_("Motion %(number)s"), number=motion.code[1:])
    return await picture(
        page, Preview(_host(page), page.congress.title, f"{kind}\u00a0: {motion.title}", page._(said), page.dates)
    )


def _host(page: Page) -> str:
    host: str = page.service.settings.host
    return host


async def picture(page: Page, preview: Preview) -> Response:
    """A picture, drawn once for all who ask."""
    etag = page.etag(0, preview)
    found = unchanged(page, etag, SETTLED)
    if found:
        return found
    files: Files = page.request.app.state.files
    content = await files.get(("apercu.png", preview), lambda: preview_png(preview))
    return send(page, content, "image/png", etag=etag, cache=SETTLED)


ROUTES = [
    Route("/robots.txt", robots, name="robots"),
    Route("/sitemap.xml", sitemap, name="sitemap"),
    Route("/{congress}/apercu.png", of_congress, name="congress-preview"),
    Route("/{congress}/motions/{code}/apercu.png", of_motion, name="motion-preview"),
]
