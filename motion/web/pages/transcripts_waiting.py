"""Recordings whose words wait for somebody: what is to be written, read again or published, the oldest first."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.rules.captions import LANGUAGES
from motion.rules.permissions import Act
from motion.web import transcript_words
from motion.web.doors import enter
from motion.web.forms import MAX_DIGITS
from motion.web.page import Page
from motion.web.testimonies import length_of
from storage import contributions as rows
from storage import waiting_words
from storage.models import Congress
from storage.store import Session
from storage.waiting_words import ALL, Line, WaitingWords, Waits

HERE = "/{congress}/secretariat/transcriptions"


@dataclass(frozen=True, slots=True)
class Task:
    """What one link leads to: `class_name` draws the state, `language` is a code."""

    said: str
    class_name: str
    language: str
    language_name: str


def filter_of(request: Request) -> str:
    """The filter that the address names, or all that waits."""
    asked = request.query_params.get("liste", ALL)
    return asked if waiting_words.is_filter(asked) else ALL


def place_of(request: Request) -> tuple[int, int]:
    """Where the page begins, as the address says (`apres=12-1`); the start when it says nothing that can be read."""
    numbers = request.query_params.get("apres", "").split("-")
    if len(numbers) == 2 and all(one.isascii() and one.isdigit() and len(one) <= MAX_DIGITS for one in numbers):
        return int(numbers[0]), int(numbers[1])
    return 0, 0


async def show(request: Request) -> Response:
    """The list."""
    kind, after, service = filter_of(request), place_of(request), request.app.state.service

    def query(db: Session, congress: Congress) -> WaitingWords:
        return waiting_words.listed(db, congress, kind, after, hears=service.hears, now=service.now())

    page, _actor, found = await enter(request, query, act=Act.COLLECT)
    return page.render(
        "secretariat/transcriptions.html",
        found=found,
        kind=kind,
        filters=transcript_words.FILTERS,
        is_first=after == (0, 0),
        hears=service.hears,
        code=rows.code,
        tasks=lambda line: tasks(page, line),
        fault=lambda line: transcript_words.hearing_fault_of(page, line.hearing),
        lasts=lambda line: length_of(page, line.file.duration_ms // 1000) if line.file.duration_ms else "",
    )


def tasks(page: Page, line: Line) -> list[Task]:
    """What is to be done for a recording, language by language."""
    wanted = [(said.waits, said.language) for said in line.said]
    found = []
    for waits, language in wanted or [(line.waits, line.version.language)]:
        coming = waits is Waits.COMING
        said = transcript_words.coming_of(page, line.hearing) if coming else page._(transcript_words.WAITS[waits])
        class_name = "hors" if coming else "refus" if waits is Waits.FAILED else "attente"
        known = language if language in LANGUAGES else "fr"
        found.append(Task(said, class_name, known, transcript_words.language_of(page, known)))
    return found


ROUTES = [Route(HERE, show, name="transcripts-waiting")]
