"""The web application: every route, every layer."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from motion.live.replaying import Histories
from motion.rules.errors import MotionError
from motion.web import error_pages, live, past
from motion.web.assets import Assets
from motion.web.error_pages import ErrorPages
from motion.web.for_readers import ForReaders
from motion.web.headers import Guard
from motion.web.heavy import Heavy
from motion.web.media_bytes import NOT_PACKED, MediaHost
from motion.web.pages import (
    address_cards,
    api,
    archive,
    card,
    collected,
    collected_cards,
    comparisons,
    discovery,
    documents,
    editor,
    feeds,
    follow,
    follow_up,
    home,
    instants,
    kiosk,
    language,
    log,
    moderation,
    motions,
    new_congress,
    news_address,
    notices,
    objects,
    open_data,
    participate,
    participate_files,
    participate_send,
    plain,
    redactions,
    register,
    replay,
    replay_data,
    roster,
    scribe,
    search,
    secretariat,
    secretariat_motions,
    shapes,
    sheet_checking,
    sheet_typing,
    sheets,
    sign_in,
    testimonies,
    themes,
    transcripts,
    transcripts_waiting,
    uploads,
    verify,
    voice_feeds,
    voices,
    voices_figures,
    voices_map,
    withdrawals,
)
from motion.web.pages.card import Held
from motion.web.pages.documents import Files
from motion.web.pages.editor import Plans
from motion.web.pages.follow import Watchers
from motion.web.pages.plain import Desk
from motion.web.recent import Recent
from motion.web.scans import Scans
from motion.web.shared_reads import SharedReads
from motion.web.sightings import Sightings
from motion.web.templates import Templates
from motion.web.uploading import Uploads
from storage import pages

if TYPE_CHECKING:
    from motion.web.service import Service

# Each module of pages holds its `ROUTES`. The order counts where addresses overlap: `/nouveau` before `/{congress}`,
# `/rejeu/{chunk}.json` before `/rejeu/{anchor}`.
PAGES = (
    api,
    discovery,
    feeds,
    open_data,
    language,
    new_congress,
    sign_in,
    uploads,
    participate,
    participate_files,
    participate_send,
    follow_up,
    news_address,
    kiosk,
    card,
    secretariat,
    secretariat_motions,
    transcripts_waiting,
    transcripts,
    testimonies,
    withdrawals,
    redactions,
    collected,
    collected_cards,
    address_cards,
    moderation,
    notices,
    themes,
    scribe,
    sheets,
    sheet_typing,
    sheet_checking,
    roster,
    follow,
    editor,
    plain,
    documents,
    replay,
    replay_data,
    shapes,
    instants,
    comparisons,
    motions,
    log,
    objects,
    register,
    search,
    archive,
    verify,
    voice_feeds,
    voices,
    voices_figures,
    voices_map,
    home,
)
NEVER_PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, *NOT_PACKED)
MAX_FORM_BYTES = 256 * 1024  # any form but uploads and the plain mode, which set their own on their routes


async def health(request: Request) -> Response:
    """Say that this process answers and that its database does."""
    await request.app.state.service.store.read(pages.alive)
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


def routes(assets: Assets, service: "Service", sightings: Sightings) -> list[BaseRoute]:
    """List every route, in the order in which they are tried."""
    return [
        *live.routes(service, sightings),
        Route("/healthz", health),
        Route("/static/{name}", assets.serve, name="static"),
        *(route for module in PAGES for route in module.ROUTES),
    ]


def make_app(service: "Service", *, for_readers: bool = False) -> Starlette:
    """Build the application round a service. Called once for each process, and by the tests.

    Args:
        for_readers: Show pages and nothing else.

    Raises:
        AssetsNotBuilt: `frontend/dist` is missing.
    """
    assets, sightings = Assets(), Sightings(service)
    app = Starlette(
        routes=routes(assets, service, sightings),
        middleware=[
            Middleware(Guard, settings=service.settings),
            Middleware(MediaHost, settings=service.settings),
            # No secret stands in a page, so its length tells nothing.
            Middleware(GZipMiddleware, compresslevel=6, exclude_content_types=NEVER_PACKED),
            Middleware(ErrorPages),
            *([Middleware(ForReaders)] if for_readers else []),
            Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_FORM_BYTES),
        ],
        exception_handlers={MotionError: error_pages.refused, HTTPException: error_pages.http_error},
    )
    app.state.service = service
    app.state.templates = Templates(assets.url)
    app.state.sightings = sightings
    app.state.shared_reads = SharedReads()
    app.state.past_pages = Heavy(past.PAGES_AT_ONCE, past.PAGES_WAITING)
    app.state.comparisons = Heavy(comparisons.COMPARED_AT_ONCE, comparisons.COMPARED_WAITING)
    app.state.recent = Recent()
    app.state.histories = Histories(service.store)
    app.state.refreshed = {}  # when this process last brought the search of a congress up to date, by a rising clock
    app.state.plans = Plans()
    app.state.desk = Desk()
    app.state.files = Files()
    app.state.uploads = Uploads(service)
    app.state.scans = Scans()
    app.state.is_copy = False  # whether the pages are written into a folder, by `motion.archive`
    app.state.held = Held()
    app.state.watchers = Watchers(service, app.state.recent)
    return app
