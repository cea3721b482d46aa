"""Pages of errors: of the domain, of the addresses, and what nobody expected.

The sentences of the domain's errors are in `motion.web.errors`; here are those of what routing itself refuses, and how
an error becomes an answer, for people and for programs.
"""

import logging
from gettext import NullTranslations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from motion.rules.errors import MotionError
from motion.web import open_answers
from motion.web import page as pages
from motion.web.errors import CrossSite, Told, tell
from motion.web.page import NEVER, Page
from motion.web.said import Said

_ = NullTranslations().gettext  # marks the sentences for the catalogues
log = logging.getLogger("motion.web")

BY_STATUS = {
    404: Said(
        404,
        _("Cette page n’existe pas."),
        _("L’adresse est peut-être incomplète, ou la page a changé de place."),
        _("Vérifiez l’adresse, ou repartez de l’accueil."),
    ),
    405: Said(
        405,
        _("Cette page ne se demande pas ainsi."),
        _("L’adresse existe, mais pas pour cette façon de la demander."),
        _("Repartez de la page qui vous y a conduit."),
    ),
    413: Said(
        413,
        _("Rien n’a été enregistré."),
        _("L’envoi est trop grand pour cette page."),
        _("Envoyez moins à la fois, ou un fichier plus petit."),
    ),
    421: Said(
        421,
        _("Rien n’a été enregistré."),
        _("Votre demande est arrivée à une partie du service qui ne fait que montrer les pages."),
        _("Réessayez dans une minute. Si cela recommence, prévenez le secrétariat du congrès."),
    ),
    429: Said(
        429,
        _("Rien n’a été enregistré."),
        _("Trop d’envois sont venus de cet appareil en peu de temps."),
        _("Revenez à la page précédente\u00a0: votre texte y est encore. Attendez une minute, puis renvoyez-le."),
    ),
    503: Said(
        503,
        _("Ce que vous demandez n’est pas prêt."),
        _("Beaucoup de fichiers ou de comparaisons sont demandés en même temps."),
        _("Réessayez dans une minute. La page de la motion, elle, se lit et s’imprime tout de suite."),
    ),
}
BAD_REQUEST = Said(
    400,
    _("La demande n’a pas été comprise."),
    _("Ce que le navigateur a envoyé est incomplet ou abîmé."),
    _("Rechargez la page et recommencez."),
)
INTERNAL = Said(
    500,
    _("Erreur interne."),
    _("Le service a rencontré une panne qu’il ne connaît pas. Elle est notée avec ses détails."),
    _("Réessayez dans un instant. Si cela continue, prévenez le secrétariat."),
)


def _tell_plainly(said: Said, page: Page) -> Told:
    return Told(f"http-{said.status}", said.status, page._(said.what), page._(said.why), page._(said.repair))


def answer(page: Page, told: Told) -> Response:
    """Answer in HTML, or in JSON to those who ask for it."""
    if open_answers.is_for_programs(page.path):
        return open_answers.problem(page, told.code, told.status, told.what, f"{told.why} {told.repair}")
    wants_json = page.path.endswith(".json") or page.request.headers.get("accept", "").startswith("application/json")
    if wants_json:
        error = {"code": told.code, "status": told.status, "sentences": [told.what, told.why, told.repair]}
        return JSONResponse({"error": error}, told.status, {"Cache-Control": NEVER})
    return page.render("error.html", status=told.status, told=told)


async def _page_for(request: Request) -> Page:
    """The frame of an error: with the congress when it can be read, bare otherwise."""
    try:
        page = await pages.open_page(request)
    except Exception as error:
        if not isinstance(error, MotionError):
            log.exception("couldn't read the frame of an error page")
        page = pages.frame(request, request.app.state.service.now())
    return open_answers.spoken(request, page) if open_answers.is_for_programs(page.path) else page


async def refused(request: Request, error: Exception) -> Response:
    """The handler of every error of the domain."""
    assert isinstance(error, MotionError)
    page = await _page_for(request)
    return answer(page, tell(error, page.language))


async def http_error(request: Request, error: Exception) -> Response:
    """The handler of what routing itself refuses: 404, 405, 413…"""
    assert isinstance(error, HTTPException)
    page = await _page_for(request)
    response = answer(page, _tell_plainly(BY_STATUS.get(error.status_code, BAD_REQUEST), page))
    response.headers.update(error.headers or {})
    return response


class ErrorPages:
    """Turns what nobody expected into a page, and Starlette's bare 413 into ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = too_large = False

        async def watched(message: Message) -> None:
            nonlocal started, too_large
            if message["type"] == "http.response.start":
                kind = dict(message.get("headers", [])).get(b"content-type", b"")
                too_large = message["status"] == 413 and kind.startswith(b"text/plain")
            if not too_large:
                started = True
                await send(message)

        request = Request(scope, receive)
        if scope.get("motion.elsewhere"):
            await (await refused(request, CrossSite()))(scope, receive, send)
            return
        try:
            await self.app(scope, receive, watched)
        except Exception:
            log.exception("unexpected error while answering %s", getattr(scope.get("route"), "path", "a request"))
            if started:
                raise  # half an answer is out: the connection must break rather than look whole
            page = await _page_for(request)
            await answer(page, _tell_plainly(INTERNAL, page))(scope, receive, send)
            return
        if too_large:
            page = await _page_for(request)
            await answer(page, _tell_plainly(BY_STATUS[413], page))(scope, receive, send)
