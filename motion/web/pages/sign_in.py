"""Signing in and out: by mail, in a demonstration; one's own sessions. Cards are in `motion.web.pages.card`.

A GET changes nothing, save the address printed by a demonstration: links in mails and on cards open a page
with one button, because mail scanners and link previews follow them.
"""

import asyncio
import base64
import binascii
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import sessions, sign_in
from motion.acts.sign_in import Choose, Message, NewSession
from motion.rules.card_codes import DIGITS, read_digits
from motion.rules.errors import Invalid, MotionError, NotAllowed, NotFound, SignInRefused
from motion.rules.permissions import Actor
from motion.web.arrival import carrying, place_of, wanted
from motion.web.doors import congress_id
from motion.web.errors import tell
from motion.web.forms import Form, read_form
from motion.web.identity import clear_session_cookie, hash_token, set_session_cookie
from motion.web.page import Page, open_page, read
from storage import pages, sign_in_key
from storage.models import LoginSession
from storage.people import Person

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ASKED = "motion-demande"  # the browser's secret and the address it asked for, while the mail is on its way
TOKEN_BYTES = 32
# Every request for a mail is answered after this time: a known address makes two more rows to write.
ANSWER_AFTER_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session on its owner's page."""

    id: int
    device: str
    way: str
    since: str
    seen: str
    is_this: bool


def device_of(user_agent: str) -> str:
    """Name a browser as its owner would: "Firefox, Android"."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    phones = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"))
    computers = (("Windows", "Windows"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))
    found = [
        next((name for sign, name in table if sign in user_agent), "") for table in (browsers, (*phones, *computers))
    ]
    return ", ".join(part for part in found if part)


def network_of(request: Request) -> str:
    """The address that asks; the server in front is trusted to say it (uvicorn's proxy settings)."""
    return request.client.host if request.client else ""


def key_of(page: Page) -> bytes:
    """The key of short secrets of this installation."""
    return sign_in_key.load(page.service.settings.data_dir)


def new_session(page: Page) -> tuple[str, NewSession]:
    """Draw the token of a session to be opened."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = page.now + timedelta(days=page.service.settings.session_days)
    device = device_of(page.request.headers.get("user-agent", ""))
    return token, NewSession(hash_token(token), device, expires_at)


async def enter(page: Page, token: str, session: LoginSession) -> Response:
    """Send somebody who just signed in to their room, with a new cookie and without the old session."""
    if page.visitor.actor is not None:
        # Rotated at sign-in: the session that this browser had before would otherwise live on unseen.
        await end_sessions(page, sessions.sign_out, page.visitor.actor)
    response = page.redirect(await place_of(page, session))
    set_session_cookie(response, page.service.settings, token)
    response.delete_cookie(ASKED, path="/")
    return response


async def end_sessions(page: Page, act: Callable[..., list[int]], actor: Actor, *args: Any) -> list[int]:
    """Run an act that ends sessions, then close their sockets."""
    ended = await page.service.store.write(act, actor, *args, now=page.now)
    for session_id in ended:
        await page.service.rooms.revoke(session_id)
    return ended


async def show(request: Request) -> Response:
    """The two doors: by mail, by card."""
    page = await open_page(request)
    return doors(page, Form())


def doors(page: Page, form: Form, status: int = 200) -> Response:
    """Render the two doors, each keeping in mind where to go afterwards."""
    return page.render("connexion/portes.html", status=status, form=form, carrying=carrying, suite=wanted(page))


async def ask(request: Request) -> Response:
    """Send a link and six digits, and answer alike whoever asks."""
    page = await open_page(request)
    form = await read_form(request)
    loop = asyncio.get_running_loop()
    started = loop.time()
    token, browser = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    address = form.value("email").strip().lower()
    try:
        refusal = await page.service.store.write(
            sign_in.request_mail,
            congress_id(page),
            address,
            message_of(page, token, digits),
            token_hash=hash_token(token),
            digits=digits,
            browser=browser,
            network=network_of(request),
            key=key_of(page),
            now=page.now,
            lifetime=timedelta(minutes=page.service.settings.email_link_minutes),
        )
    except Invalid as error:
        return doors(page, form.refuse(page, error), 422)
    await asyncio.sleep(max(0.0, ANSWER_AFTER_SECONDS - (loop.time() - started)))
    if refusal is not None:
        return doors(page, *said_at(page, refusal, "email", form))
    response = page.redirect(carrying(f"{page.home}/connexion/code", wanted(page)))
    response.set_cookie(
        ASKED,
        f"{browser}.{base64.urlsafe_b64encode(address.encode()).decode()}",
        max_age=page.service.settings.email_link_minutes * 60,
        path="/",
        secure=page.service.settings.is_secure,
        httponly=True,
        samesite="lax",
    )
    return response


def message_of(page: Page, token: str, digits: str) -> Message:
    """Write the mail in the language of whoever asks."""
    assert page.congress is not None
    title = page.congress.title
    link = page.service.settings.base_url + carrying(f"{page.home}/connexion/lien/{token}", wanted(page))
    minutes = page.service.settings.email_link_minutes
    body = page._(
        "Bonjour,\n\n"
        "Voici votre connexion à « %(title)s ».\n\n"
        "Votre code : %(digits)s\n"
        "À coller dans la page qui l’attend, sur l’appareil où vous l’avez demandé.\n\n"
        "Ou ouvrez ce lien, sur n’importe quel appareil :\n"
        "%(link)s\n\n"
        "L’un et l’autre servent une seule fois, pendant %(minutes)s minutes.\n"
        "Vous n’avez rien demandé ? Ne faites rien : sans ce code ni ce lien, personne n’entre.\n",
        title=title,
        digits=f"{digits[:3]} {digits[3:]}",
        link=link,
        minutes=minutes,
    )
    return Message(page._("Votre connexion : %(title)s", title=title), body)


def asked_of(request: Request) -> tuple[str, str]:
    """The browser's secret and the address that it asked for; both empty without them."""
    browser, _dot, encoded = request.cookies.get(ASKED, "").partition(".")
    try:
        address = base64.urlsafe_b64decode(encoded[:500].encode()).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (browser, address) if browser and address else ("", "")


async def show_digits(request: Request) -> Response:
    """The page that waits for the six digits."""
    page = await open_page(request)
    _browser, address = asked_of(request)
    if not address:
        return page.redirect(carrying(f"{page.home}/connexion", wanted(page)))
    return waiting(page, address, Form())


def waiting(page: Page, address: str, form: Form, status: int = 200) -> Response:
    """Render the page that waits for the six digits."""
    again = carrying(f"{page.home}/connexion", wanted(page))
    return page.render("connexion/code.html", status=status, form=form, address=address, again=again)


async def use_digits(request: Request) -> Response:
    """Sign in by the six digits."""
    page = await open_page(request)
    form = await read_form(request)
    browser, address = asked_of(request)
    if not address:
        return page.redirect(carrying(f"{page.home}/connexion", wanted(page)))
    token, new = new_session(page)
    answer = await page.service.store.write(
        sign_in.use_digits,
        congress_id(page),
        address,
        read_digits(form.value("code")),
        new,
        browser=browser,
        network=network_of(request),
        key=key_of(page),
        chosen=form.value("person"),
        now=page.now,
    )
    if isinstance(answer, Choose):
        hidden = {"code": form.value("code")}
        return page.render("connexion/choix.html", people=answer.people, action=page.here, hidden=hidden)
    if isinstance(answer, SignInRefused):
        return waiting(page, address, *said_at(page, answer, "code", form))
    return await enter(page, token, answer)


def said_at(page: Page, refusal: MotionError, field: str, form: Form) -> tuple[Form, int]:
    """A form with a refusal beside its field, and the status that says so."""
    told = tell(refusal, page.language)
    form.faults[field] = f"{told.why} {told.repair}"
    return form, 422 if told.status == 403 else told.status


async def show_link(request: Request) -> Response:
    """The page that a mailed link opens: whose it is, and a button."""
    token_hash = hash_token(request.path_params["token"])

    def query(db: Any, congress: Any, now: Any) -> tuple[Person, ...]:
        return sign_in.people_of_link(db, congress.id, token_hash, now=now)

    page, found = await read(request, query, request.app.state.service.now())
    return page.render("connexion/choix.html", people=found, action=page.here, hidden={})


async def use_link(request: Request) -> Response:
    """Sign in by a mailed link."""
    page = await open_page(request)
    form = await read_form(request)
    token, new = new_session(page)
    answer = await page.service.store.write(
        sign_in.use_link,
        congress_id(page),
        hash_token(request.path_params["token"]),
        new,
        chosen=form.value("person"),
        now=page.now,
    )
    if isinstance(answer, Choose):
        return page.render("connexion/choix.html", people=answer.people, action=page.here, hidden={})
    return await enter(page, token, answer)


async def demonstrate(request: Request) -> Response:
    """Sign in directly by an address that a demonstration printed."""
    page = await open_page(request)
    token, new = new_session(page)
    session = await page.service.store.write(
        sign_in.use_demonstration,
        congress_id(page),
        request.path_params["mark"],
        request.path_params["token"],
        new,
        key=key_of(page),
        now=page.now,
    )
    return await enter(page, token, session)


async def show_sessions(request: Request) -> Response:
    """One's own sessions, each with its device."""
    page, actor = await own(request)

    def query(db: Any) -> list[LoginSession]:
        return sessions.own(db, actor, now=page.now)

    rows = await page.service.store.read(query)
    views = [
        SessionView(
            row.id or 0,
            row.device,
            row.way,
            page.times.moment(row.created_at),
            page.times.moment(row.seen_at),
            row.id == actor.session_id,
        )
        for row in rows
    ]
    return page.render("connexion/connexions.html", sessions=views)


async def end_session(request: Request) -> Response:
    """End one of one's sessions, or all but this one; other devices than this one once it is confirmed."""
    page, actor = await own(request)
    form = await read_form(request)
    here = f"{page.home}/mes-connexions"
    is_confirmed = form.value("step") == "confirm"
    if form.value("session") == "autres":
        if not is_confirmed:
            heading = page._(_("Fermer toutes mes autres connexions"))
            return ask_to_end(page, heading, "", {"session": "autres"}, here)
        await end_sessions(page, sessions.revoke_others, actor)
        return page.redirect(here)
    number = form.integer("session")
    if not is_confirmed and number != actor.session_id:
        rows = await page.service.store.read(sessions.own, actor, now=page.now)
        row = next((row for row in rows if row.id == number), None)
        if row is None:
            raise NotFound("session", str(number))
        since = page.times.moment(row.created_at)
        which = page._(
            _("%(device)s, depuis le %(since)s"), device=row.device or page._(_("Appareil inconnu")), since=since
        )
        return ask_to_end(page, page._(_("Fermer cette connexion")), which, {"session": str(number)}, here)
    ended = await end_sessions(page, sessions.revoke, actor, number)
    return left(page) if actor.session_id in ended else page.redirect(here)


def ask_to_end(page: Page, heading: str, which: str, fields: dict[str, str], back: str) -> Response:
    """Ask before sessions of other devices end, and say what stays."""
    return page.render("connexion/fermer.html", heading=heading, which=which, fields=fields, back=back)


async def sign_out(request: Request) -> Response:
    """End this session; without one, only the cookie goes."""
    page = await open_page(request)
    if page.visitor.actor is not None:
        await end_sessions(page, sessions.sign_out, page.visitor.actor)
    return left(page)


def left(page: Page) -> Response:
    """Answer somebody who is no longer signed in."""
    response = page.redirect(page.home)
    clear_session_cookie(response, page.service.settings)
    return response


async def own(request: Request) -> tuple[Page, Actor]:
    """The frame, for those who are signed in.

    Raises:
        NotAllowed: Nobody is.
    """
    page, _rows = await read(request, pages.nothing)
    if page.visitor.actor is None:
        raise NotAllowed("see-sessions", page.visitor.role)
    return page, page.visitor.actor


ROUTES = [
    Route("/{congress}/connexion", show, name="sign-in"),
    Route("/{congress}/connexion", ask, methods=["POST"], name="sign-in-ask"),
    Route("/{congress}/connexion/code", show_digits, name="sign-in-digits"),
    Route("/{congress}/connexion/code", use_digits, methods=["POST"], name="sign-in-digits-use"),
    Route("/{congress}/connexion/lien/{token}", show_link, name="sign-in-link"),
    Route("/{congress}/connexion/lien/{token}", use_link, methods=["POST"], name="sign-in-link-use"),
    Route("/{congress}/demonstration/{mark}/{token}", demonstrate, name="demonstration"),
    Route("/{congress}/mes-connexions", show_sessions, name="sessions"),
    Route("/{congress}/mes-connexions", end_session, methods=["POST"], name="sessions-end"),
    Route("/{congress}/deconnexion", sign_out, methods=["POST"], name="sign-out"),
]
