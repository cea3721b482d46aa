"""The objects that entries commit to, for programs and mirrors, and the list of those that were taken out.

Any site may read them. Unlike tiles they may change, once: they are asked for again each time. What names their
version is where they stand and the last redaction there, never a digest of what may have to be erased.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from motion.live.updates import skeleton
from motion.record.bundles import AS_FILES, KEPT_BACK, MAX_SLOT_BYTES, encode_objects, file_path, parse_object_path
from motion.record.entry import canonical
from motion.record.errors import MalformedTree
from motion.record.tiles import TILE_WIDTH, Tile
from motion.web.page import Page, read
from motion.web.pages.home import OPEN
from motion.web.pages.log import BINARY, JSON, MAX_NUMBER, TEXT, asked_number, look
from motion.web.tombstones import said
from storage import contributions, ledger, published, redactions
from storage.contributions import Shown
from storage.models import Congress, Redaction
from storage.redactions import PublishedObject, Tombstone
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues


@dataclass(frozen=True, slots=True)
class Bundle:
    """The objects of a bundle of entries; `version` is the last redaction among them, or 0."""

    congress_id: int
    version: int
    objects: list[PublishedObject] | None  # None: the reader has them


def answer(request: Request, version: str, content: bytes | None, media_type: str) -> Response:
    """Send bytes under the name of their version, or 304 to who has it, or 404 when there are none."""
    headers = OPEN | {"ETag": f'"{version}"'}
    if has(request, version):
        return Response(status_code=304, headers=headers)
    if content is None:
        return Response(b"not found\n", 404, OPEN | {"Cache-Control": "no-store"}, media_type=TEXT)
    return Response(content, headers=headers, media_type=media_type)


def has(request: Request, version: str) -> bool:
    """Whether the reader has this version."""
    asked = request.headers.get("if-none-match", "")
    return f'"{version}"' in {name.strip().removeprefix("W/") for name in asked.split(",")}


async def bundle(request: Request) -> Response:
    """The objects of up to 256 entries; of a redacted update the skeleton."""
    try:
        tile = parse_object_path("objects/" + request.path_params["path"])
    except MalformedTree:
        return answer(request, "", None, BINARY)
    if tile.number > MAX_NUMBER // TILE_WIDTH:
        return answer(request, "", None, BINARY)
    found = await look(request, objects_of, tile, request)
    if found is None:
        return answer(request, "", None, BINARY)
    content = None if found.objects is None else encode_objects([slot(one) for one in found.objects])
    return answer(request, name_of(tile, found.congress_id, found.version), content, BINARY)


def objects_of(db: Session, congress_id: int, tile: Tile, request: Request) -> Bundle | None:
    """Read the objects of a bundle; None beyond the last signed root."""
    start = tile.number * TILE_WIDTH
    end = start + tile.width
    newest = published.newest(db, congress_id)
    if newest is None or newest.size < end:
        return None
    version = redactions.last(db, congress_id, start, end)
    if has(request, name_of(tile, congress_id, version)):
        return Bundle(congress_id, version, None)
    return Bundle(congress_id, version, redactions.published(db, congress_id, start, end))


def name_of(tile: Tile, congress_id: int, version: int) -> str:
    """Name a version of a bundle."""
    return f"o{congress_id}-{tile.number}-{tile.width}-{version}"


def slot(one: PublishedObject) -> bytes:
    """What a bundle has in the place of an object."""
    if one.masked:
        return skeleton(one.masked)
    return one.data if len(one.data) <= MAX_SLOT_BYTES else b""


async def long_object(request: Request) -> Response:
    """An object that is too long for a bundle, or that lies in the store of files."""
    name = request.path_params["name"]
    try:
        file_path(name)
    except MalformedTree:
        return answer(request, "", None, BINARY)
    shown = await look(request, contributions.shown, name)
    if shown is not None:
        return await stored_object(request, shown)
    content = await look(request, redactions.published_file, name)
    if content is None or len(content) <= MAX_SLOT_BYTES:
        return answer(request, "", None, BINARY)
    return answer(request, name, content, BINARY)


async def stored_object(request: Request, shown: Shown) -> Response:
    """An object of the store of files, salt first, as it is read: it may be a whole video."""
    if has(request, shown.name):
        return answer(request, shown.name, None, BINARY)
    headers = OPEN | {"ETag": f'"{shown.name}"', "Content-Length": str(len(shown.salt) + shown.size)}
    if request.method == "HEAD":
        return Response(headers=headers, media_type=BINARY)

    async def chunks() -> AsyncIterator[bytes]:
        yield shown.salt
        async for chunk in request.app.state.service.blobs.read(shown.blob):
            yield chunk

    return StreamingResponse(chunks(), headers=headers, media_type=BINARY)


async def list_redactions(request: Request) -> Response:
    """What was taken out, for mirrors to remove it too."""

    def query(db: Session, congress_id: int) -> tuple[int, list[Redaction]]:
        return ledger.size(db, congress_id), redactions.of_congress(db, congress_id)

    found = await look(request, query)
    if found is None:
        return answer(request, "", None, JSON)
    size, rows = found
    slug = request.path_params["congress"]
    content = json_of(slug, size, rows)
    return answer(request, f"r-{slug}-{size}", content, JSON)


def json_of(slug: str, size: int, rows: list[Redaction]) -> bytes:
    """`redactions.json`, as FORMAT.md says it."""
    told = []
    for row in rows:
        one: dict[str, object] = {
            "at": row.at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z",
            "basis": row.basis,
            "decision": f"d-{row.decision}",
            "entry": row.entry,
            "kind": row.kind,
            "name": row.name,
            "reason": row.reason,
            "remedy": row.remedy,
            "skel": row.is_skeleton,
            "target": row.target,
            "who": row.who,
        }
        if row.until is not None:
            one["until"] = row.until.isoformat()
        told.append(one)
    return canonical({"congress": slug, "redactions": told, "size": size})


@dataclass(frozen=True, slots=True)
class One:
    """The object of one entry: `is_known` when a signed root covers the entry."""

    is_known: bool
    kind: str
    data: bytes | None
    gone: tuple[Tombstone, ...]
    name: str | None = None


async def one_object(request: Request) -> Response:
    """The object of one entry, salt first; 410 with the decision's words once it is taken out."""
    number = asked_number(request, "number")
    page, one = await read(request, object_of, -1 if number is None else number)
    if one.kind in AS_FILES and one.name is not None and not one.gone:
        return RedirectResponse(f"{page.home}/log/{file_path(one.name)}", 307, OPEN)
    if not one.is_known or (one.data is None and not one.gone):
        return answer(request, "", None, BINARY)
    if one.gone:
        words = gone_in_words(page, one.gone)
        return Response(words.encode(), 410, OPEN | {"Cache-Control": "no-cache"}, media_type=TEXT)
    if one.kind in KEPT_BACK:
        words = page._(
            _(
                "Cet objet n’est pas publié\u00a0: "
                "seules la personne qui l’a écrit et l’équipe du secrétariat le lisent."
            )
        )
        return Response(f"{words}\n".encode(), 403, OPEN | {"Cache-Control": "no-store"}, media_type=TEXT)
    response = answer(request, f"e{number}", one.data, BINARY)
    response.headers["Content-Disposition"] = f'attachment; filename="inscription-{number}.objet"'
    return response


def object_of(db: Session, congress: Congress, number: int) -> One:
    """Read the object of one entry."""
    assert congress.id is not None
    newest = published.newest(db, congress.id)
    if newest is None or not 0 <= number < newest.size:
        return One(False, "", None, ())
    target = redactions.targets(db, congress.id, [number])[number]
    gone = redactions.told(db, redactions.of_entry(db, congress.id, number))
    return One(True, target.kind, target.data, gone, target.name)


def gone_in_words(page: Page, gone: tuple[Tombstone, ...]) -> str:
    """Say a decision as plain text."""
    lines = []
    for stone in gone:
        lines += [said(page, stone), page._(_("Fondement\u00a0: %(basis)s."), basis=stone.first.basis)]
        lines += [page._(_("Recours\u00a0: %(remedy)s."), remedy=stone.first.remedy), ""]
    return "\n".join(lines)


ROUTES = [
    Route("/{congress}/log/redactions.json", list_redactions, name="log-redactions"),
    Route("/{congress}/log/objects/files/{name}", long_object, name="log-object"),
    Route("/{congress}/log/objects/{path:path}", bundle, name="log-objects"),
    Route("/{congress}/registre/{number}.objet", one_object, name="entry-object"),
]
