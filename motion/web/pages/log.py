"""The published log, for programs: checkpoints, tiles, bundles of entries, keys, policy, time stamps, proofs.

Paths and bytes are those of C2SP tlog-tiles, tlog-checkpoint, tlog-policy and tlog-proof (`motion/record/FORMAT.md`).
Any site may read them. Tiles, bundles and entries never change; the rest is asked again each time.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.record.errors import MalformedTree
from motion.record.policy import majority_policy
from motion.record.tiles import parse_tile_path
from motion.web.pages.home import OPEN
from storage import published
from storage.models import Checkpoint
from storage.store import Session

P = ParamSpec("P")
T = TypeVar("T")

FOR_EVER = "public, max-age=31536000, immutable"
TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"
JSON = "application/json"
STAMP = "application/timestamp-reply"  # RFC 3161, 3.4
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
MAX_NUMBER = 2**31 - 1  # what a column holds, in PostgreSQL


async def look(
    request: Request, query: Callable[Concatenate[Session, int, P], T | None], *args: P.args, **kwargs: P.kwargs
) -> T | None:
    """Ask about the congress of the address; None when there is no such congress, or no answer."""

    def ask(db: Session) -> T | None:
        congress_id = published.congress_id(db, request.path_params["congress"])
        return None if congress_id is None else query(db, congress_id, *args, **kwargs)

    found: T | None = await request.app.state.service.store.read(ask)
    return found


def answer(request: Request, content: bytes | None, media_type: str, *, final: bool = False) -> Response:
    """Send bytes, or 304 to who has them, or 404 when there are none.

    Args:
        final: They will never be others.
    """
    if content is None:
        # Not to be kept: what does not exist yet may exist within a second.
        return Response(b"not found\n", 404, OPEN | {"Cache-Control": "no-store"}, media_type=TEXT)
    etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = OPEN | {"ETag": etag, "Cache-Control": FOR_EVER if final else "no-cache"}
    asked = request.headers.get("if-none-match", "")
    if etag in {name.strip().removeprefix("W/") for name in asked.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def asked_number(request: Request, name: str) -> int | None:
    """Read a number of the address, which has one way of being written."""
    said = request.path_params[name]
    return int(said) if NUMBER.fullmatch(said) and int(said) <= MAX_NUMBER else None


def noted(row: Checkpoint | None) -> bytes | None:
    """The bytes of a root as published."""
    return None if row is None else published.note_of(row)


async def checkpoint(request: Request) -> Response:
    """The newest signed root, with the cosignatures of the witnesses where some are named."""
    return answer(request, noted(await look(request, published.checkpoint)), TEXT)


async def latest(request: Request) -> Response:
    """The newest root signed by the log alone."""
    row = await look(request, published.newest)
    return answer(request, None if row is None else row.note.encode(), TEXT)


async def kept_checkpoint(request: Request) -> Response:
    """A former root, by its size: to hold against one that somebody kept."""
    size = asked_number(request, "size")
    row = None if size is None else await look(request, published.checkpoint_of, size)
    return answer(request, noted(row), TEXT)


async def tile(request: Request) -> Response:
    """A tile of hashes or a bundle of entries."""
    try:
        asked = parse_tile_path("tile/" + request.path_params["path"])
    except MalformedTree:
        return answer(request, None, BINARY)
    if asked.number > MAX_NUMBER >> 8 * ((asked.level or 0) + 1):
        return answer(request, None, BINARY)
    return answer(request, await look(request, published.tile, asked), BINARY, final=True)


async def key(request: Request) -> Response:
    """The public keys that sign this log, one a line: to compare with those printed elsewhere."""
    keys = await look(request, published.keys)
    return answer(request, "".join(f"{line}\n" for line in keys).encode() if keys else None, TEXT)


async def policy(request: Request) -> Response:
    """Keys of the log and of its witnesses, and how many of these to ask for: more than half."""
    rules = await look(request, published.policy)
    if rules is None or not rules.keys:
        return answer(request, None, TEXT)
    address = f"{request.app.state.service.settings.base_url}/{request.path_params['congress']}/log"
    return answer(request, majority_policy(rules.keys, rules.witnesses, address), TEXT)


async def timestamp(request: Request) -> Response:
    """The reply of the time-stamping authority over a root, by its size."""
    size = asked_number(request, "size")
    row = None if size is None else await look(request, published.timestamp, size)
    return answer(request, None if row is None else row.reply, STAMP, final=True)


async def stamped(request: Request) -> Response:
    """The very bytes that the authority stamped: later cosignatures would have changed them."""
    size = asked_number(request, "size")
    row = None if size is None else await look(request, published.timestamp, size)
    return answer(request, None if row is None else row.note.encode(), TEXT, final=True)


async def proof(request: Request) -> Response:
    """What shows one entry to be in the log, in one file to keep."""
    number = asked_number(request, "number")
    found = None if number is None else await look(request, published.proof, number)
    return answer(request, None if found is None else found.encode(), TEXT)


async def entry(request: Request) -> Response:
    """The exact bytes of one entry: those that its proof is about."""
    number = asked_number(request, "number")
    found = None if number is None else await look(request, published.entry, number)
    return answer(request, found, JSON, final=True)


ROUTES = [
    Route("/{congress}/log/checkpoint", checkpoint, name="log-checkpoint"),
    Route("/{congress}/log/checkpoint.latest", latest, name="log-latest"),
    Route("/{congress}/log/checkpoints/{size}", kept_checkpoint, name="log-kept"),
    Route("/{congress}/log/log.vkey", key, name="log-key"),
    Route("/{congress}/log/policy", policy, name="log-policy"),
    Route("/{congress}/log/timestamps/{size}.tsr", timestamp, name="log-timestamp"),
    Route("/{congress}/log/timestamps/{size}.checkpoint", stamped, name="log-stamped"),
    Route("/{congress}/log/tile/{path:path}", tile, name="log-tile"),
    Route("/{congress}/registre/{number}.tlog-proof", proof, name="entry-proof"),
    Route("/{congress}/registre/{number}.json", entry, name="entry-json"),
]
