"""Choosing the language by a form: kept in a cookie of the browser, known to nobody else."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from motion.language import LANGUAGES
from motion.web.language import COOKIE, COOKIE_DAYS
from motion.web.page import NEVER


def local_path(path: str) -> str:
    """Keep a path only when it is one of ours: `//other.example` and `/\\other` lead elsewhere."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"


async def choose(request: Request) -> Response:
    """Keep the chosen language and go back to the page."""
    form = await request.form(max_fields=4, max_files=0)
    response = RedirectResponse(local_path(str(form.get("next", "/"))), 303, {"Cache-Control": NEVER})
    code = str(form.get("lang", ""))
    if code in LANGUAGES:
        secure = request.app.state.service.settings.is_secure
        response.set_cookie(
            COOKIE, code, max_age=COOKIE_DAYS * 86400, path="/", secure=secure, httponly=True, samesite="lax"
        )
    return response


ROUTES = [Route("/langue", choose, methods=["POST"], name="language")]
