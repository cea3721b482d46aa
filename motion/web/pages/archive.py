"""Taking a whole congress away: what a copy holds, the copy itself, and asking for one."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from motion.rules.vocabulary import Phase
from motion.web import archives
from motion.web.archives import Ready
from motion.web.doors import admit, congress_id
from motion.web.page import Page, read
from motion.web.pages.home import OPEN
from motion.web.views import View, shown
from motion.web.weights import weight
from storage import copying, jobs, published, redactions
from storage.models import Checkpoint, Congress, Job
from storage.store import Session


@dataclass(frozen=True, slots=True)
class ArchiveView(View):
    """The page of the copy."""

    url: str = shown("The address of the file; empty when there is none to give.")
    weight: str = shown("How large it is, in words.")
    entries: str = shown("How many entries of the record it holds, in words.")
    digest: str = shown("SHA-256 of the file, to compare.")
    is_waiting: bool = shown("Whether one is being made.")
    has_failed: bool = shown("Whether the last one could not be made.")
    is_closed: bool = shown("Whether the congress is closed.")
    is_old: bool = shown("Whether more was written since.")
    may_ask: bool = shown("Whether this person may ask for one.")
    is_copy: bool = shown("Whether this page stands in a copy: then nothing is to be asked for.")


async def show(request: Request) -> Response:
    """What a copy holds, and where it is."""
    page, (signed, withdrawn, job) = await read(request, look)
    assert page.congress is not None
    is_copy = request.app.state.is_copy
    made = None if is_copy else archives.ready(page.service.settings.data_dir, page.congress.slug)
    size = signed.size if signed else 0
    state = job.state if job and not is_copy else ""
    etag = page.etag(0 if is_copy else size, page.congress, made, withdrawn, state)
    return page.answer("archive.html", etag, lambda: view_of(page, made, withdrawn, size, state, is_copy=is_copy))


def look(db: Session, congress: Congress) -> tuple[Checkpoint | None, int, Job | None]:
    """Read the last root, the last redaction and the last task."""
    assert congress.id is not None
    signed = published.newest(db, congress.id)
    return signed, redactions.last(db, congress.id), copying.last_job(db, congress.id, archives.KIND)


def view_of(page: Page, made: Ready | None, withdrawn: int, size: int, state: str, *, is_copy: bool) -> ArchiveView:
    """Put the page together; a copy that holds what was withdrawn since is not given out."""
    assert page.congress is not None
    given = made if made is not None and made.withdrawn == withdrawn else None
    entries = page.language.ngettext("%(num)s inscription", "%(num)s inscriptions", given.size if given else 0)
    return ArchiveView(
        f"{page.home}/archive.zip" if given else "",
        weight(page.language, given.bytes) if given else "",
        entries % {"num": page.times.number(given.size)} if given else "",
        given.sha256 if given else "",
        state in ("waiting", "running"),
        state == "failed",
        page.congress.phase == Phase.CLOSED,
        given is not None and given.size < size,
        page.visitor.role == "secretariat" and not is_copy,
        is_copy,
    )


async def download(request: Request) -> Response:
    """The copy, as one file; the page instead, when there is none to give."""
    page, (_signed, withdrawn, _job) = await read(request, look)
    assert page.congress is not None
    data = page.service.settings.data_dir
    made = archives.ready(data, page.congress.slug)
    if made is None or made.withdrawn != withdrawn:
        return page.redirect(f"{page.home}/archive")
    return FileResponse(
        archives.place(data, page.congress.slug) / made.name,
        media_type="application/zip",
        filename=f"{page.congress.slug}-{made.size}.zip",
        headers=OPEN,
    )


async def ask(request: Request) -> Response:
    """Ask for a copy of the congress as it stands."""
    page, _actor = await admit(request)

    def add(db: Session) -> None:
        last = copying.last_job(db, congress_id(page), archives.KIND)
        if last is None or last.state not in ("waiting", "running"):
            jobs.add(db, congress_id(page), archives.KIND, {}, page.now)

    await page.service.store.write(add)
    return page.redirect(f"{page.home}/archive")


ROUTES = [
    Route("/{congress}/archive", show, name="archive"),
    Route("/{congress}/archive", ask, methods=["POST"], name="archive-ask"),
    Route("/{congress}/archive.zip", download, name="archive-file"),
]
