"""One page: its frame, its view, its answer.

A handler reads with `read`, makes a frozen view, and answers with `page.render`:

    async def show(request: Request) -> Response:
        page, rows = await read(request, pages.motion, request.path_params["code"])
        return page.render("motion.html", view_of(page, rows), entry=rows.last_entry)
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from motion.language import LANGUAGES, NAMES, Language, Times
from motion.web import identity, views
from motion.web.identity import Visitor
from motion.web.language import COOKIE, COOKIE_DAYS, language_of, times_of
from motion.web.shared_reads import SharedReads
from motion.web.templates import Rendered, Templates
from storage import pages
from storage.models import Congress, PhaseOpening

if TYPE_CHECKING:
    from motion.web.service import Service

T = TypeVar("T")

REVALIDATE = "private, no-cache"  # kept by the browser, asked again each time: answered 304 when nothing changed
NEVER = "no-store"


@dataclass(frozen=True, slots=True)
class Page:
    """What every page needs: the request's frame. Handed to templates as `page`."""

    request: Request
    service: "Service"
    templates: Templates
    language: Language
    times: Times
    visitor: Visitor
    signed_in: pages.SignedIn | None
    congress: Congress | None
    openings: tuple[PhaseOpening, ...]
    now: datetime

    @property
    def home(self) -> str:
        """The address of the congress, or of the list of congresses."""
        return f"/{self.congress.slug}" if self.congress else "/"

    @property
    def path(self) -> str:
        """The address of this page, without its query. Two slashes at its head would lead to another site."""
        return "/" + self.request.url.path.lstrip("/")

    @property
    def here(self) -> str:
        """The address of this page, with its query but for the language."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name != "lang"]
        return self.path + (f"?{urlencode(kept)}" if kept else "")

    @property
    def public_url(self) -> str:
        """The address of this page for paper and for other sites."""
        address: str = self.service.settings.base_url
        return address + self.path

    @property
    def canonical(self) -> str:
        """The one address of this page for search engines: with its language and its part, without filters."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name == "partie"]
        own = self.congress.languages.split(",")[0] if self.congress else LANGUAGES[0]
        if self.language.code != own:
            kept.append(("lang", self.language.code))
        return self.public_url + (f"?{urlencode(kept)}" if kept else "")

    @property
    def is_listed(self) -> bool:
        """Whether search engines may list it: a rehearsal and a demonstration are nobody's news."""
        return self.congress is None or not (self.congress.is_demonstration or self.congress.rehearsal_of)

    @property
    def dates(self) -> str:
        """The days of the congress, in words."""
        return self.times.dates(self.congress.starts_on, self.congress.ends_on) if self.congress else ""

    @property
    def other_languages(self) -> list[tuple[str, str, str]]:
        """The other languages of the congress: code, name, address of this page in it."""
        offered = self.congress.languages.split(",") if self.congress else list(NAMES)
        query = [(name, value) for name, value in self.request.query_params.multi_items() if name != "lang"]
        return [
            (code, NAMES[code], f"{self.path}?{urlencode([*query, ('lang', code)])}")
            for code in offered
            if code in NAMES and code != self.language.code
        ]

    def _(self, sentence: str, **values: object) -> str:
        """Say a sentence of the catalogue, with its values."""
        said = self.language.gettext(sentence)
        return said % values if values else said

    def only(self, *names: str) -> "Page":
        """The same page, asked for with these parameters of its address alone, and its language.

        What else stands behind the `?` of a link then neither makes it another page nor stands in its own links.
        """
        given = self.request.query_params
        known = [(name, given[name]) for name in (*names, "lang") if name in given]
        scope = {**self.request.scope, "query_string": urlencode(known).encode()}
        return replace(self, request=Request(scope, self.request.receive))

    def etag(self, entry: int, *more: object) -> str:
        """Name what this page shows now: the record's entry, the language, the reader, the build."""
        known = (
            entry,
            self.language.code,
            self.visitor.session_id,
            self.visitor.name,
            self.path,
            self.request.url.query,
            self.templates.build,
            self.times.local(self.now).date(),
            *more,
        )
        return '"' + hashlib.sha256(repr(known).encode()).hexdigest()[:24] + '"'

    def unchanged(self, etag: str) -> Response | None:
        """Answer 304 when the browser has this very page already."""
        asked = self.request.headers.get("if-none-match", "")
        if etag not in {name.strip().removeprefix("W/") for name in asked.split(",")}:
            return None
        return self._finish(Response(status_code=304, headers={"ETag": etag, "Cache-Control": REVALIDATE}))

    def render(
        self,
        template: str,
        view: "views.View | None" = None,
        *,
        status: int = 200,
        etag: str | None = None,
        **more: Any,
    ) -> Response:
        """Answer with a page. Without an `etag` it is not kept by anyone: forms, personal pages, errors."""
        html = self.templates.render(self.language.code, template, {"page": self, "view": view, **more})
        headers = {"Cache-Control": REVALIDATE if etag else NEVER, "Content-Language": self.language.code}
        if etag:
            headers["ETag"] = etag
        return self._finish(HTMLResponse(html, status, headers))

    def answer(self, template: str, etag: str, view: "Callable[[], views.View]", **more: Any) -> Response:
        """Answer with a page that `etag` names: 304, or as it was rendered lately, or rendered now from `view()`."""
        return self.known(template, etag) or self.send(self.rendered(template, etag, view, **more), etag)

    def known(self, template: str, etag: str) -> Response | None:
        """Answer what costs nothing: 304, or the page as it was rendered lately; None when it is to be rendered."""
        unchanged = self.unchanged(etag)
        if unchanged is not None:
            return unchanged
        kept = self.templates.kept(template, etag)
        return None if kept is None else self.send(kept, etag)

    def rendered(self, template: str, etag: str, view: "Callable[[], views.View]", **more: Any) -> Rendered:
        """Render what `etag` names, and pack it for browsers that take it so."""
        made = self.templates.render_once(
            self.language.code, template, etag, lambda: {"page": self, "view": view(), **more}
        )
        if self._takes_packed:
            made.packed()
        return made

    @property
    def _takes_packed(self) -> bool:
        return "gzip" in self.request.headers.get("accept-encoding", "")

    def send(self, rendered: Rendered, etag: str) -> Response:
        """Answer with a rendered page."""
        headers = {"Cache-Control": REVALIDATE, "Content-Language": self.language.code, "ETag": etag}
        if self._takes_packed:
            # Packed once for all readers; the layer that packs other answers leaves it as it is.
            headers["Content-Encoding"] = "gzip"
            return self._finish(HTMLResponse(rendered.packed(), headers=headers))
        return self._finish(HTMLResponse(rendered.html, headers=headers))

    def redirect(self, path: str) -> Response:
        """After a form: show another page of ours. `path` starts with one slash."""
        return self._finish(RedirectResponse(path, 303, {"Cache-Control": NEVER}))

    def _finish(self, response: Response) -> Response:
        response.headers["Vary"] = "Cookie, Accept-Language, Accept-Encoding"
        if self.request.query_params.get("lang") == self.language.code:
            response.set_cookie(
                COOKIE,
                self.language.code,
                max_age=COOKIE_DAYS * 86400,
                path="/",
                secure=self.service.settings.is_secure,
                httponly=True,
                samesite="lax",
            )
        return response


async def read(request: Request, query: Callable[..., T], *args: Any, **kwargs: Any) -> tuple[Page, T]:
    """Read a page in one transaction: its frame and its rows.

    The congress is that of the address (`{congress}`); `query` then receives `(db, congress, *args)`, and
    `(db, *args)` on a page of no congress.

    Raises:
        NotFound: There is no such congress, or the query didn't find its thing.
    """
    service = request.app.state.service
    slug = request.path_params.get("congress")
    token = identity.token_hash(request, service.settings)
    now = service.now()

    async def ask() -> "pages.Framed[T]":
        found: pages.Framed[T] = (
            await service.store.read(pages.bare_frame, token, now, query, *args, **kwargs)
            if slug is None
            else await service.store.read(pages.frame, slug, token, now, query, *args, **kwargs)
        )
        return found

    shared: SharedReads = request.app.state.shared_reads
    key = None if token else _key(slug, query, args, kwargs)
    framed: pages.Framed[T] = await ask() if key is None else await shared.get(key, ask)
    if framed.signed_in is not None:
        request.app.state.sightings.see(framed.signed_in.session, now)
    return frame(request, now, framed.congress, framed.openings, framed.signed_in), framed.rows


def _key(slug: str | None, query: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]) -> Hashable | None:
    """What names a read; None for one that nobody else can ask."""
    key = slug, query, args, tuple(sorted(more.items()))
    try:
        hash(key)
    except TypeError:
        return None
    return key


async def open_page(request: Request) -> Page:
    """Read the frame alone: for forms that are answered after an act."""
    page, _rows = await read(request, pages.nothing)
    return page


def frame(
    request: Request,
    now: datetime,
    congress: Congress | None = None,
    openings: tuple[PhaseOpening, ...] = (),
    signed_in: pages.SignedIn | None = None,
) -> Page:
    """Put the frame together; errors use it directly, with what little is known."""
    spoken = language_of(request, congress.languages) if congress else language_of(request)
    times = times_of(spoken, congress.time_zone) if congress else times_of(spoken)
    return Page(
        request,
        request.app.state.service,
        request.app.state.templates,
        spoken,
        times,
        identity.visitor_of(signed_in),
        signed_in,
        congress,
        openings,
        now,
    )
