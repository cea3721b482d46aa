"""Files sent in pieces, so that a cut, a closed tab or a restart costs nothing: the protocol tus 1.0.0.

Extensions: creation, creation-with-upload, checksum, termination, expiration. Any client of the protocol will do; the
cookie says whose a file is. Source: https://tus.io/protocols/resumable-upload (1.0.0). Errors are JSON, in three
sentences of the reader's language.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from motion.acts.attempts import keyed
from motion.acts.uploads import NewUpload
from motion.rules.errors import MotionError, NotFound
from motion.rules.file_names import plain_type, shown_name
from motion.rules.upload_errors import PieceUnreadable
from motion.web import depots
from motion.web.doors import congress_id
from motion.web.errors import tell
from motion.web.page import NEVER, Page, open_page
from motion.web.pages.sign_in import key_of, network_of
from motion.web.uploading import DIGESTS, Checksum, Uploads
from storage.models import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
PIECE = "application/offset+octet-stream"
MAX_DECLARED_BYTES = 2_000
MIN_NAME = 32  # of `cle` in Upload-Metadata, by which our own pages name an announcement
ANY_LENGTH = 1 << 50  # the file's own limit is held by `motion.web.uploading`, byte by byte
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


async def collection(request: Request) -> Response:
    """OPTIONS: what is spoken here. POST: announce a file, with its first bytes or without."""
    return await spoken(request, {"POST": create, "OPTIONS": describe})


async def file(request: Request) -> Response:
    """HEAD: how much is there. PATCH: a piece. DELETE: give it up."""
    return await spoken(request, {"HEAD": look, "PATCH": receive, "DELETE": give_up, "OPTIONS": describe})


Answering = Callable[[Request, Page], Awaitable[Response]]


async def spoken(request: Request, methods: dict[str, Answering]) -> Response:
    """Answer in the protocol's terms, errors included."""
    # For proxies that let nothing but POST through.
    method = request.headers.get("x-http-method-override", request.method).upper()
    page = await open_page(request)
    if method not in methods:
        response = Response(status_code=405, headers={"Allow": ", ".join(methods)})
    elif method != "OPTIONS" and request.headers.get("tus-resumable") != VERSION:
        response = Response(status_code=412, headers={"Tus-Version": VERSION})
    else:
        try:
            response = await methods[method](request, page)
        except MotionError as error:
            said = tell(error, page.language)
            body = {"code": said.code, "status": said.status, "sentences": [said.what, said.why, said.repair]}
            response = JSONResponse({"error": body}, said.status)
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = NEVER
    return response


async def describe(request: Request, page: Page) -> Response:
    """Say what this service can do."""
    said = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(page.service.settings.max_media_bytes),
        "Tus-Checksum-Algorithm": ",".join(DIGESTS),
    }
    return Response(status_code=204, headers=said)


async def create(request: Request, page: Page) -> Response:
    """Announce a file; a browser without a secret gets one."""
    assert page.congress is not None
    service = page.service
    length = number(request, "upload-length")
    declared = request.headers.get("upload-metadata", "")
    if len(declared) > MAX_DECLARED_BYTES:
        raise PieceUnreadable("Upload-Metadata")
    said = metadata(declared)
    new = NewUpload(
        length,
        shown_name(said.get("filename", said.get("name", ""))),
        plain_type(said.get("filetype", said.get("type", ""))),
        declared,
        is_named=len(said.get("cle", "")) >= MIN_NAME,
    )
    owner, secret = depots.depot(request), ""
    if owner is None:
        secret, owner = depots.new_depot()
    network = keyed(key_of(page), "upload-network", network_of(request)).hex()[:32]
    desk: Uploads = request.app.state.uploads
    upload = await desk.begin(congress_id(page), owner, network, new)
    if request.headers.get("content-type") == PIECE:
        upload = await desk.receive(
            congress_id(page),
            owner,
            upload.id,
            0,
            request.stream(),
            length=body_length(request),
            checksum=sum_of(request),
        )
    response = Response(status_code=201, headers=progress(upload))
    response.headers["Location"] = f"{page.home}/fichiers/{upload.id}"
    if secret:
        depots.give(response, service.settings, secret)
    return response


async def look(request: Request, page: Page) -> Response:
    """How much of a file is there."""
    desk: Uploads = request.app.state.uploads
    upload = await desk.look(congress_id(page), depots.depot(request), upload_id(request))
    headers = progress(upload) | {"Upload-Length": str(upload.length)}
    if upload.declared:
        headers["Upload-Metadata"] = upload.declared
    return Response(status_code=200, headers=headers)


async def receive(request: Request, page: Page) -> Response:
    """Take a piece."""
    if request.headers.get("content-type") != PIECE:
        return Response(status_code=415)
    offset = number(request, "upload-offset")
    desk: Uploads = request.app.state.uploads
    upload = await desk.receive(
        congress_id(page),
        depots.depot(request),
        upload_id(request),
        offset,
        request.stream(),
        length=body_length(request),
        checksum=sum_of(request),
    )
    return Response(status_code=204, headers=progress(upload))


async def give_up(request: Request, page: Page) -> Response:
    """Forget a file."""
    desk: Uploads = request.app.state.uploads
    await desk.give_up(congress_id(page), depots.depot(request), upload_id(request))
    return Response(status_code=204)


def upload_id(request: Request) -> str:
    """The file of the address; nothing else ever names one on disk.

    Raises:
        NotFound: No file has such an address.
    """
    said: str = request.path_params["id"]
    if not re.fullmatch(r"[0-9a-f]{32}", said, re.ASCII):
        raise NotFound("file", "")
    return said


def progress(upload: Upload) -> dict[str, str]:
    """What of a file is safe, and until when it is kept."""
    headers = {"Upload-Offset": str(upload.received)}
    if upload.state == "receiving":
        headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return headers


def number(request: Request, name: str) -> int:
    """A header's number.

    Raises:
        PieceUnreadable: It is absent, or no number.
    """
    said = request.headers.get(name, "")
    if not _NUMBER.fullmatch(said):
        raise PieceUnreadable("-".join(part.capitalize() for part in name.split("-")))
    return int(said)


def body_length(request: Request) -> int | None:
    """The length of the body, when it is told before."""
    said = request.headers.get("content-length", "")
    return int(said) if _NUMBER.fullmatch(said) else None


def metadata(declared: str) -> dict[str, str]:
    """Read the header Upload-Metadata: keys, and values in base64; what can't be read is left out."""
    found = {}
    for pair in declared.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
    return found


def sum_of(request: Request) -> Checksum | None:
    """Read the header Upload-Checksum.

    Raises:
        PieceUnreadable: The algorithm is unknown, or the sum has not its form.
    """
    said = request.headers.get("upload-checksum")
    if said is None:
        return None
    algorithm, _, value = said.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm not in DIGESTS or len(digest) != hashlib.new(algorithm).digest_size:
        raise PieceUnreadable("Upload-Checksum")
    return Checksum(algorithm, digest)


HERE = "/{congress}/fichiers"
ROUTES = [
    Route(HERE, collection, methods=["POST", "OPTIONS"], name="uploads", max_body_size=ANY_LENGTH),
    Route(
        HERE + "/{id}",
        file,
        methods=["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"],
        name="upload",
        max_body_size=ANY_LENGTH,
    ),
]
