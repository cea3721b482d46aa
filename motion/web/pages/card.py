"""Signing in by a personal card: its QR code, or the short code typed by hand."""

import asyncio
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import cards
from motion.acts.cards import WrongCode
from motion.rules.card_codes import read_card_code
from motion.web.doors import congress_id
from motion.web.forms import read_form
from motion.web.identity import hash_token
from motion.web.page import open_page, read
from motion.web.pages.sign_in import doors, enter, key_of, network_of, new_session, said_at
from storage.people import Person

DEVICE = "motion-essais"  # tells one browser from others behind the same network, once it has mistyped a code
DEVICE_BYTES = 16
DEVICE_S = 3600
MAX_DEVICE = 64  # characters
MAX_HELD = 200  # wrong answers kept back at once, by one process


class Held:
    """Wrong answers that are kept back: a few at a time, or a flood of them would hold memory instead."""

    def __init__(self) -> None:
        self._count = 0

    async def keep_back(self, seconds: float) -> None:
        """Wait, unless too many do already."""
        if seconds <= 0 or self._count >= MAX_HELD:
            return
        self._count += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._count -= 1


async def use_card_code(request: Request) -> Response:
    """Sign in by the short code of a card."""
    page = await open_page(request)
    form = await read_form(request)
    token, new = new_session(page)
    device = request.cookies.get(DEVICE, "")[:MAX_DEVICE] or secrets.token_urlsafe(DEVICE_BYTES)
    answer = await page.service.store.write(
        cards.use_code,
        congress_id(page),
        read_card_code(form.value("card")),
        new,
        device=device,
        network=network_of(request),
        key=key_of(page),
        now=page.now,
    )
    if isinstance(answer, WrongCode):
        await request.app.state.held.keep_back(answer.hold_s)
        response = doors(page, *said_at(page, answer.refusal, "card", form))
        secure = page.service.settings.is_secure
        response.set_cookie(DEVICE, device, max_age=DEVICE_S, path="/", secure=secure, httponly=True, samesite="lax")
        return response
    return await enter(page, token, answer)


async def show_card(request: Request) -> Response:
    """The page that a card's QR code opens: whose it is, and a button."""
    token_hash = hash_token(request.path_params["token"])

    def query(db: Any, congress: Any) -> Person:
        return cards.owner(db, congress.id, token_hash)

    page, owner = await read(request, query)
    return page.render("connexion/choix.html", people=(owner,), action=page.here, hidden={})


async def use_card(request: Request) -> Response:
    """Sign in by a card's QR code."""
    page = await open_page(request)
    token, new = new_session(page)
    token_hash = hash_token(request.path_params["token"])
    session = await page.service.store.write(cards.use, congress_id(page), token_hash, new, now=page.now)
    return await enter(page, token, session)


ROUTES = [
    Route("/{congress}/connexion/carte", use_card_code, methods=["POST"], name="sign-in-card-code"),
    Route("/{congress}/carte/{token}", show_card, name="card"),
    Route("/{congress}/carte/{token}", use_card, methods=["POST"], name="card-use"),
]
