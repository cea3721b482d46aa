"""The history of a motion for programs and for the replay in the browser: its index `…/rejeu.json`, and its chunks."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from motion.rules.history import listed
from motion.web.page import Page
from motion.web.pages.home import OPEN
from motion.web.past import BASE, etag_of, past_of
from motion.web.reading import person_of
from motion.web.steps import step_view
from storage import replays
from storage.replays import Index, OneChunk


async def index(request: Request) -> Response:
    """The index of a history, for programs: chunks, steps, people."""
    page, rows = await past_of(request, replays.index)
    etag = etag_of(page, rows.past)
    return page.unchanged(etag) or JSONResponse(index_of(page, rows), headers={**OPEN, "ETag": etag})


def index_of(page: Page, rows: Index) -> dict[str, object]:
    """Say an index for programs. `at` are ISO moments, `ms` milliseconds since 1970."""
    found = rows.past
    url = f"{page.home}/motions/{found.motion.code}"
    return {
        "motion": found.motion.code,
        "version": found.head.version,
        "entry": found.head.entry,
        "changes": found.head.changes,
        "zone": str(page.times.zone),
        "chunks": [
            {"chunk": line.chunk, "entry": line.base_entry, "first": line.first_change, "changes": line.changes_count}
            for line in rows.lines
        ],
        "people": {
            str(official): person_of(page, row, official).name for official, row in sorted(found.officials.items())
        },
        "steps": [
            {
                "entry": step.last_entry,
                "from": step.first_entry,
                "ms": step.first_at,
                "kind": str(step.kind),
                "official": step.official,
                "said": f"{said.said_when}\u00a0: {said.sentence}",
            }
            for step in found.steps
            for said in [step_view(page, url, step, found.officials)]
        ],
    }


async def chunk(request: Request) -> Response:
    """One chunk of a history: a keyframe, and the changes after it.

    Raises:
        NotFound: There is no such chunk.
    """
    number = request.path_params["chunk"]
    page, rows = await past_of(request, replays.one_chunk, min(number, 10**6), entry=-1)
    etag = etag_of(page, rows.past)
    return page.unchanged(etag) or JSONResponse(chunk_of(rows), headers={**OPEN, "ETag": etag})


def chunk_of(rows: OneChunk) -> dict[str, object]:
    """Say a chunk for programs; positions count characters (code points)."""

    return {
        "chunk": rows.number,
        "text": rows.keyframe.text,
        "runs": rows.keyframe.runs,
        "changes": [listed(change) for change in rows.changes],
    }


ROUTES = [
    Route(f"{BASE}/rejeu.json", index, name="replay-json"),
    Route(BASE + "/rejeu/{chunk:int}.json", chunk, name="replay-chunk"),
]
