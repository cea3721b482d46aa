"""What was said in a recording, as a page; the files of its lines."""

import hashlib

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from motion.rules import caption_files
from motion.rules.errors import NotFound
from motion.web.page import NEVER, REVALIDATE, Page, read
from motion.web.testimonies import QuoteView, quote_view, testimony_view
from storage import transcripts
from storage.models import Congress, Transcript
from storage.store import Session

KNOWN = ("langue", "media", "partie", "t", "citer")


async def show(request: Request) -> Response:
    """The page of a recording: its words; the player is a click."""
    given = request.path_params
    language = request.query_params.get("langue", "")[:20]
    page, one = await read(request, transcripts.testimony, given["number"], given["file"], language)
    page = page.only(*KNOWN)
    start, end = quoted(page)
    quote: QuoteView | None = quote_view(page, one, start, end) if end else None
    if end and request.headers.get("accept", "") == "text/plain":  # the page's script, to copy it
        plain = quote.plain if quote is not None else ""
        return PlainTextResponse(plain, 200 if quote else 404, {"Cache-Control": NEVER})
    etag = page.etag(
        one.contribution.entry, *(part.name for part in one.transcripts), *(made.name for made in one.made)
    )
    unchanged = page.unchanged(etag)
    if unchanged is not None:
        return unchanged
    asked = page.request.query_params.get("partie", "")
    part = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    view = testimony_view(page, one, part=part)
    return page.render("voix/transcription.html", view, etag=etag, testimony=view, quote=quote, is_asked=bool(end))


def quoted(page: Page) -> tuple[int, int]:
    """The seconds that `?citer=72-81` names; zeros when there are none."""
    first, sign, last = page.request.query_params.get("citer", "").partition("-")
    is_read = sign and all(part.isascii() and part.isdigit() and len(part) < 6 for part in (first, last))
    return (int(first), int(last)) if is_read and int(first) < int(last) else (0, 0)


async def captions_file(request: Request) -> Response:
    """A published transcript, by the name of its object: as it was published (WebVTT), or as SRT."""

    def query(db: Session, congress: Congress, name: str) -> Transcript:
        assert congress.id is not None
        return transcripts.published(db, congress.id, name)

    name = request.path_params["name"]
    page, said = await read(request, query, name)
    is_srt = request.path_params["ending"] == "srt"
    if request.path_params["ending"] not in ("vtt", "srt"):
        raise NotFound("transcript", name[:80])
    text = caption_files.srt(caption_files.read_own(said.text)) if is_srt else said.text
    etag = '"' + hashlib.sha256(f"{said.name} {is_srt}".encode()).hexdigest()[:24] + '"'
    headers = {
        "ETag": etag,
        "Cache-Control": REVALIDATE,  # each time: what is withdrawn must not be shown out of a cache
        "Content-Language": said.language,
        "X-Content-Type-Options": "nosniff",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if is_srt:
        headers["Content-Disposition"] = f'attachment; filename="transcription-{name[:12]}.srt"'
    return Response(text, headers=headers, media_type="application/x-subrip" if is_srt else "text/vtt")


ROUTES = [
    Route("/{congress}/contributions/C{number:int}/transcription/{file:int}", show, name="testimony"),
    Route("/{congress}/transcriptions/{name}.{ending}", captions_file, name="transcript-file"),
]
