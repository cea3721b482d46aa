"""The drafting room: the page of the editor. Without script it shows the text and the way to the plain mode."""

import secrets
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.live import sentences
from motion.rules.names import initials
from motion.rules.rendering import render
from motion.rules.text import parse
from motion.web.headers import policy
from motion.web.page import Page, read
from motion.web.reading import PersonView, person_of
from motion.web.views import View, shown
from storage import pages
from storage.models import Congress, Motion


@dataclass(frozen=True, slots=True)
class EditorView(View):
    """The page of the editor."""

    congress: Congress = shown("The congress: `slug` and `title` are shown.")
    motion: Motion = shown("The motion: `code`, `title` and `state` are shown.")
    text_html: Markup = shown("The text as safe HTML, for browsers in which the editor doesn't start.")
    editor: dict[str, Any] = shown("What the editor needs: `EditorPage` in islands/editor/page.ts, but for `texts`.")


def html_of(text: str) -> Markup:
    """The text to read: headings and numbered lines."""
    sections = render(parse(text))
    return Markup("").join(
        Markup('<h2 id="{}">{}</h2>{}').format(section.anchor, Markup(section.heading), Markup(section.body))
        if section.heading
        else Markup(section.body)
        for section in sections
    )


def me(page: Page) -> PersonView:
    """Who writes, as the others see it; the secretariat, who only reads, has the number 0."""
    official = page.signed_in.official if page.signed_in else None
    if official is not None and official.id is not None:
        return person_of(page, official, official.id)
    return PersonView(0, page.visitor.name, initials(page.visitor.name), "", "", "")


def editor_of(page: Page, motion: Motion, person: PersonView, closed: str, nonce: str) -> dict[str, Any]:
    """What the editor is told by its page."""
    assert page.congress is not None
    base = f"{page.home}/motions/{motion.code}"
    live = f"/live/{page.congress.slug}/{motion.code}"
    return {
        "congress": page.congress.slug,
        "code": motion.code,
        "title": motion.title,
        "live_url": live,
        "fallback_url": live,
        "simple_url": f"{base}/rediger/simple",
        "language": page.language.code,
        "time_zone": page.congress.time_zone,
        "may_write": not closed,
        "sentence": closed,
        "me": {
            "id": str(person.official),
            "name": person.name,
            "initials": person.initials,
            "mandate": person.mandate,
            "commune": person.commune,
        },
        "csp_nonce": nonce,
    }


async def show(request: Request) -> Response:
    """The editor's page, for officials and, to read, for the secretariat; the public is led to sign in."""
    page, motion = await read(request, pages.motion_named, request.path_params["code"])
    actor = page.visitor.actor
    if actor is None:
        return page.redirect(f"{page.home}/connexion?suite={page.path}")
    assert motion.id is not None and page.congress is not None
    room = await page.service.rooms.open(motion.id)
    nonce = secrets.token_urlsafe(16)
    closed = sentences.state(room.closed_for(actor), page.language.code)
    view = EditorView(page.congress, motion, html_of(room.text), editor_of(page, motion, me(page), closed, nonce))
    response = page.render("rediger.html", view)
    # Browsers without constructable style sheets (Safari 15) let the editor's style in by this nonce alone.
    response.headers["Content-Security-Policy"] = policy(page.service.settings, style_nonce=nonce)
    return response


ROUTES = [Route("/{congress}/motions/{code}/rediger", show, name="editor")]
