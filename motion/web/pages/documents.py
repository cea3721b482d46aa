"""A motion as a file to take away: PDF (also in large print), ODT, DOCX, EPUB, Akoma Ntoso.

The addresses are the motion's with an ending. A file is made when somebody asks, one at a time for each process, and
kept in memory under what it shows, whoever asks and however: a hall that prints asks for the same one. While a text is
being written, a file of the last seconds is given again; it says which entry it is of.
"""

import asyncio
import base64
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from gettext import NullTranslations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.exports.motion_akoma import motion_akoma
from motion.exports.motion_document import Author, MotionDocument, Vote, Words, with_masks_said
from motion.exports.motion_office import OfficeFormat, motion_office
from motion.exports.motion_pdf import motion_pdf
from motion.rules.text import digest
from motion.web.page import Page, read
from motion.web.pages.home import OPEN
from motion.web.reading import bar_of, named, read_motion
from motion.web.tombstones import mask_words
from storage import pages, published
from storage.models import Checkpoint, Congress, Motion
from storage.pages import MotionRows
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

FILES_KEPT = 96  # of 300 kB at most each: twelve for a motion, in two languages
FRESH_S = 10.0  # how old a file of a text that is being written may be: every keystroke would make another
MOST_WAITING = 20  # who asks for a file that is not there, in one process; a file takes tenths of a second
RETRY_AFTER_S = 10


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing a motion; `name` is the end of the file's name."""

    name: str
    media_type: str
    write: Callable[[MotionDocument], bytes]


FORMATS = {
    one.name: one
    for one in (
        Format("pdf", "application/pdf", motion_pdf),
        Format("gros-caracteres.pdf", "application/pdf", lambda document: motion_pdf(document, is_large=True)),
        Format(
            "odt",
            "application/vnd.oasis.opendocument.text",
            lambda document: motion_office(document, OfficeFormat.ODT),
        ),
        Format(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            lambda document: motion_office(document, OfficeFormat.DOCX),
        ),
        Format("epub", "application/epub+zip", lambda document: motion_office(document, OfficeFormat.EPUB)),
        Format("akn.xml", "application/akn+xml", motion_akoma),
    )
}


@dataclass(frozen=True, slots=True)
class File:
    """A file, and the entry of its text. `version` names what it shows; `made_at` is a second of a rising clock."""

    content: bytes
    version: str
    entry: int
    made_at: float


class Files:
    """Files made lately, by motion, language and format. Owned by the event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], File] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    def kept(self, key: tuple[object, ...], version: str) -> File | None:
        """Return the file of this version, or a younger one than `FRESH_S`."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found.version != version and asyncio.get_running_loop().time() - found.made_at >= FRESH_S:
            return None
        self._kept.move_to_end(key)
        return found

    async def get(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        """Return a file that its key names whole, making it unless it was made lately.

        Raises:
            HTTPException: 503: too many wait already.
        """
        return (await self.newest(key, "", 0, make)).content

    async def newest(self, key: tuple[object, ...], version: str, entry: int, make: Callable[[], bytes]) -> File:
        """Return a file that follows a text, making it in a thread unless it was made lately.

        Args:
            key: What may not differ, were it for a second: motion, format, language, state, what was taken out.
            version: What names the rest of what is shown.
            entry: The entry of the text.

        Raises:
            HTTPException: 503: too many wait already.
        """
        found = self.kept(key, version)
        if found is not None:
            return found
        if self._waiting >= MOST_WAITING:
            raise HTTPException(503, headers={"Retry-After": str(RETRY_AFTER_S)})
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                found = self.kept(key, version)  # made meanwhile, for whoever asked first
                if found is None:
                    content = await asyncio.to_thread(make)
                    found = File(content, version, entry, asyncio.get_running_loop().time())
                    self._kept[key] = found
                    self._kept.move_to_end(key)
                    if len(self._kept) > FILES_KEPT:
                        self._kept.popitem(last=False)
                return found
        finally:
            self._waiting -= 1


def shown_as(wanted: Format) -> Callable[[Request], Awaitable[Response]]:
    """The handler of one format."""

    async def show(request: Request) -> Response:
        return await answer(request, wanted)

    return show


async def answer(request: Request, wanted: Format) -> Response:
    """The motion as a file."""
    page, (rows, root) = await read(request, motion_and_root, request.path_params["code"])
    version = version_of(page, rows, root)
    etag = f'"{version}-{wanted.name}"'
    unchanged = page.unchanged(etag)
    if unchanged:
        return unchanged
    files: Files = request.app.state.files
    key = (wanted.name, page.language.code, *lasting(rows.motion))
    found = files.kept(key, version)
    if found is None:
        document = document_of(page, rows, root)
        found = await files.newest(key, version, rows.motion.text_entry, lambda: wanted.write(document))
    name = f"{rows.motion.code}-{found.entry}.{wanted.name}"
    headers = {
        **OPEN,
        "ETag": f'"{found.version}-{wanted.name}"',
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(found.content, headers=headers, media_type=wanted.media_type)


def lasting(motion: Motion) -> tuple[object, ...]:
    """What a file of the last seconds must have in common with the motion: all but its last words."""
    return motion.id, motion.title, motion.state, motion.digest, motion.redacted_entry


def version_of(page: Page, rows: MotionRows, root: Checkpoint | None) -> str:
    """Name what a file shows, whoever asks: nothing of the visitor or of the address stands in it."""
    motion = rows.motion
    shown = (
        *(motion.text_number, motion.last_entry, *lasting(motion)),
        *(named(rows.officials), page.congress, root and root.size, page.language.code, page.templates.build),
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:24]


def motion_and_root(db: Session, congress: Congress, code: str) -> tuple[MotionRows, Checkpoint | None]:
    """Read a motion, and the first signed root that covers all that is said of it: the same one for ever."""
    assert congress.id is not None
    rows = pages.motion(db, congress, code)
    return rows, published.first_covering(db, congress.id, rows.motion.last_entry)


def document_of(page: Page, rows: MotionRows, root: Checkpoint | None) -> MotionDocument:
    """Put a motion in words for paper."""
    assert page.congress is not None
    motion, read_text = rows.motion, read_motion(rows.motion)
    bar = bar_of(page, read_text.shares.whole, rows.officials, read_text.styles)
    shares = [*bar.shares, *bar.others] if bar else []
    moment = motion.text_at or motion.created_at
    masked = mask_words(page, rows.tombstones)
    vote = None
    decided = motion.adopted_at or motion.rejected_at
    if decided is not None and motion.votes_for is not None and motion.votes_against is not None:
        vote = Vote(
            motion.adopted_at is not None,
            motion.votes_for,
            motion.votes_against,
            motion.abstentions or 0,
            motion.not_voting or 0,
            motion.presided_by or "",
            decided,
        )
    return MotionDocument(
        congress=page.congress.title,
        place=page.congress.place,
        code=motion.code,
        title=motion.title,
        text=with_masks_said(read_text.text, read_text.masks, masked) if masked else read_text.text,
        moment=decided or moment,
        language=page.language.code,
        authors=tuple(
            Author(
                share.person.official,
                share.person.name,
                share.person.title,
                ", ".join((share.percent, *share.typed_for)),
            )
            # In the order of their names: a share is no rank.
            for share in sorted(shares, key=lambda share: share.person.name)
        ),
        vote=vote,
        digest=digest(motion.text),  # of what is printed here, words that were taken out since being masked
        origin=page.congress.origin,
        size=root.size if root else 0,
        root=base64.b64encode(root.root).decode() if root else "",
        entry=motion.text_entry,
        address=f"{page.service.settings.base_url}{page.home}/motions/{motion.code}/a/{motion.text_entry}",
        words=words_of(page, rows, vote, root, bar.unattributed if bar else ""),
    )


def words_of(page: Page, rows: MotionRows, vote: Vote | None, root: Checkpoint | None, unattributed: str) -> Words:
    """What stands round the text. `unattributed` is the share that nobody here wrote, in words; empty for none."""
    motion, say = rows.motion, page._
    moment = page.times.moment(motion.text_at or motion.created_at)
    result = ""
    if vote is not None:
        counts = {
            "for": page.times.number(vote.votes_for),
            "against": page.times.number(vote.votes_against),
            "abstentions": page.times.number(vote.abstentions),
            "not_voting": page.times.number(vote.not_voting),
        }
        told = say(
            _(
                "Pour %(for)s, contre %(against)s, abstentions %(abstentions)s. "
                "Ne prennent pas part au vote\u00a0: %(not_voting)s."
            ),
            **counts,
        )
        result = f"{told} {say(_('Vote à main levée. Séance présidée par %(name)s.'), name=vote.chair)}"
    return Words(
        kind=say(_("Motion %(number)s"), number=motion.code[1:]),
        state=state_said(page, rows),
        version=say(_("Texte du %(moment)s, inscription n°\u00a0%(entry)s"), moment=moment, entry=motion.text_entry),
        vote=result,
        authors=say(_("Qui a écrit")),
        nobody=say(
            _("%(share)s viennent du modèle ou d’un document importé\u00a0: personne d’ici ne les a écrits."),
            share=unattributed,
        )
        if unattributed
        else "",
        check=say(_("Vérifier ce texte")),
        fingerprint=say(_("Empreinte du texte (SHA-256)")),
        root=say(_("Empreinte du registre, à %(size)s inscriptions"), size=page.times.number(root.size))
        if root
        else "",
        how=say(
            _(
                "À cette adresse, vous retrouvez ce texte mot pour mot, avec qui l’a écrit et la preuve "
                "que rien n’a été changé depuis."
            )
        ),
        qr=say(_("Code QR de l’adresse de ce texte")),
        page=say(_("Page %(page)s sur %(pages)s")),
        contents=say(_("Sommaire")),
        line=say(_("Les numéros en marge sont ceux des lignes à l’écran, à cet instant.")),
    )


def state_said(page: Page, rows: MotionRows) -> str:
    """`Adoptée samedi 15 novembre 2031 à 16 h`; a text still being written says so."""
    motion = rows.motion
    for at, sentence in (
        (motion.adopted_at, _("Adoptée %(moment)s")),
        (motion.rejected_at, _("Rejetée %(moment)s")),
        (motion.withdrawn_at, _("Retirée %(moment)s")),
        (motion.frozen_at, _("Texte gelé %(moment)s")),
    ):
        if at is not None:
            return page._(sentence, moment=page.times.moment(at))
    return page._(_("Texte en cours de rédaction"))


ROUTES = [
    Route(f"/{{congress}}/motions/{{code}}.{name}", shown_as(one), name=f"motion-{name}")
    for name, one in sorted(FORMATS.items(), key=lambda pair: -len(pair[0]))  # `M1.gros-caracteres.pdf` ends in `.pdf`
]
