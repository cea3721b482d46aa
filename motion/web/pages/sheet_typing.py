"""Paper forms are typed beside their image, then compared by a second person.

1. `saisir`: the number and the scans; each is read at once, so that what can't be is said while the sheet is at hand.
2. `N/saisir`: the image and the form side by side; parts of the image to hide.
3. `N/relire`: somebody else reads both: it is right, or it is corrected, and then another person reads it.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from gettext import NullTranslations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import sheets
from motion.acts.attempts import keyed
from motion.acts.sheets import Scan
from motion.acts.uploads import NewUpload
from motion.record.objects import SALT_BYTES, seal
from motion.rules.contributions import ADULT, CONSENT, MAX_TEXT, FileKind, Use
from motion.rules.errors import Invalid, NotFound, SheetTaken
from motion.rules.file_names import plain_type, shown_name
from motion.rules.masks import MAX_MASKS, Mask, typed_masks
from motion.rules.media import SAID, MediaReason
from motion.rules.permissions import Act
from motion.web import deposited_files, scans
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import MAX_FIELDS, Form, name_of, read_form
from motion.web.page import NEVER, Page
from motion.web.pages.sign_in import key_of, network_of
from motion.web.scans import Scans
from motion.web.speakers import Speaker
from motion.web.typed_places import SeveralPlaces, typed_place
from motion.web.uploading import Uploads
from storage import removals
from storage import sheets as rows
from storage.blobs import chunks
from storage.media import Rendition
from storage.models import Upload
from storage.sheets import Fate

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_SCANS = 4  # both sides of two sheets
MAX_SCAN_BYTES = 25 << 20  # of one: a photo of a good telephone has ten
MAX_SENT_BYTES = MAX_SCANS * MAX_SCAN_BYTES + (1 << 16)
MOST_TYPED = 4 * MAX_TEXT
WRITTEN_WITHIN = timedelta(hours=1)  # a picture that no row needs by then is destroyed
PDF = "application/pdf"
OTHER_SCANS = _(
    "Les images de cette fiche ont changé\u00a0: une autre personne s’en occupe peut-être. Rien n’est enregistré, vos "
    "mots sont gardés. Regardez les images, et ce qu’il faut y masquer, avant d’enregistrer."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One image on a page: its address, how large it is to the eye."""

    place: int
    address: str


def owner_of(page: Page, number: int) -> bytes:
    """Whose the scans of a form are until it is typed: anybody of this secretariat, whatever their device."""
    return hashlib.sha256(f"motion sheet {congress_id(page)} {number}".encode()).digest()


async def show_send(request: Request) -> Response:
    """Ask for the number and the scans."""
    page, _actor = await admit(request, Act.COLLECT)
    asked = request.query_params.get("numero", "")[:20]
    return page.render("secretariat/fiches_envoyer.html", form=Form({"sheet": asked}), most=MAX_SCANS)


async def send(request: Request) -> Response:
    """Take the scans, and read each at once."""
    page, _actor = await admit(request, Act.COLLECT)
    async with request.form(max_fields=MAX_FIELDS, max_files=MAX_SCANS + 1) as sent:
        form = Form({"sheet": str(sent.get("sheet", ""))[:20]})
        files = [one for one in sent.getlist("scan") if isinstance(one, UploadFile) and one.size]
        try:
            number = await number_to_type(request, form)
            _page, _actor, (_fate, before) = await enter(
                request, rows.being_typed, number, owner_of(page, number), act=Act.COLLECT
            )
            if not files and not before:
                raise Invalid("scan", "missing-file")
            if len(files) + len(before) > MAX_SCANS:
                raise Invalid("scan", "too-many-scans", str(MAX_SCANS))
            for file in files:
                await take(page, number, file)
        except Invalid as error:
            refuse(page, form, error)
            return page.render("secretariat/fiches_envoyer.html", status=422, form=form, most=MAX_SCANS)
    return page.redirect(f"{page.home}/secretariat/fiches/{number}/saisir")


def refuse(page: Page, form: Form, error: Invalid) -> Form:
    """Say what is wrong; of a scan that can't be read, why."""
    if error.field == "scan" and error.reason in set(MediaReason):
        form.faults["scan"] = page._(SAID[MediaReason(error.reason)])
        return form
    return form.refuse(page, error)


async def number_to_type(request: Request, form: Form) -> int:
    """The number of a form that was printed and that nobody has typed.

    Raises:
        Invalid: It is none.
    """
    number = form.integer("sheet")
    try:
        _page, _actor, found = await enter(request, rows.fate, number, act=Act.COLLECT)
    except NotFound as error:
        raise Invalid("sheet", "not-printed", str(number)) from error
    if found.contribution is not None:
        raise Invalid("sheet", "typed", f"C{found.contribution.number}")
    return number


async def take(page: Page, number: int, file: UploadFile) -> None:
    """Keep a scan, if it can be read.

    Raises:
        Invalid: It can't.
    """
    length = file.size or 0
    if length > MAX_SCAN_BYTES:
        raise Invalid("scan", "too-large-document", str(MAX_SCAN_BYTES // 10**6))
    desk: Uploads = page.request.app.state.uploads
    owner, here = owner_of(page, number), congress_id(page)
    network = keyed(key_of(page), "upload-network", network_of(page.request)).hex()[:32]
    new = NewUpload(length, shown_name(name_of(file)), plain_type(file.content_type or ""))
    upload = await desk.begin(here, owner, network, new)
    upload = await desk.receive(here, owner, upload.id, 0, pieces(file), length=length)
    try:
        await picture_of(page, upload)
    except Invalid:
        await desk.give_up(here, owner, upload.id)
        raise


async def pieces(file: UploadFile) -> AsyncIterator[bytes]:
    """A file of a form, piece by piece."""
    while piece := await file.read(1 << 18):
        yield piece


async def picture_of(page: Page, upload: Upload) -> bytes:
    """The picture of a scan.

    Raises:
        Invalid: It is neither a picture nor a PDF, or can't be read.
    """
    assert upload.key is not None
    kind = await kind_of(page, upload)
    known: Scans = page.request.app.state.scans
    return await known.picture(page.service, upload.key, kind[0])


async def kind_of(page: Page, upload: Upload) -> tuple[FileKind, str]:
    """What a scan is, and its media type."""
    try:
        kind, media_type = await deposited_files.look_at(page.service, upload)
    except Invalid as error:
        raise Invalid("scan", error.reason, error.value) from error
    if kind is not FileKind.PHOTO and media_type != PDF:
        raise Invalid("scan", "scan-kind")
    return kind, media_type


async def typing(request: Request) -> tuple[Page, Fate, list[Upload], int]:
    """The frame of the page on which a form is typed.

    Raises:
        SheetTaken: Somebody has.
    """
    number = request.path_params["number"]
    page, _actor = await admit(request, Act.COLLECT)
    page, _actor, (found, uploads) = await enter(
        request, rows.being_typed, number, owner_of(page, number), act=Act.COLLECT
    )
    if found.contribution is not None:
        raise SheetTaken(str(number), f"C{found.contribution.number}")
    return page, found, uploads, number


async def show_typing(request: Request) -> Response:
    """The scans and the form side by side."""
    page, _fate, uploads, number = await typing(request)
    if not uploads:
        return page.redirect(f"{page.home}/secretariat/fiches/saisir?numero={number}")
    return typing_page(page, number, uploads, Form())


def typing_page(
    page: Page, number: int, uploads: Sequence[Upload], form: Form, masks: Sequence[Mask] = (), **more: object
) -> Response:
    """Render it, with the parts that are hidden so far."""
    return page.render(
        "secretariat/fiches_saisir.html",
        status=422 if form.faults else 200,
        number=number,
        form=form,
        pictures=pictures(page, number, len(uploads), masks),
        masks=range(1, MAX_MASKS + 1),
        scans=seen(uploads),
        words=[(f"use_{use.value}", page._(CONSENT[use])) for use in Use] + [("adult", page._(ADULT))],
        communes=more.get("communes", ()),
        is_preview=bool(masks) and not form.faults,
    )


def seen(uploads: Sequence[Upload]) -> str:
    """The images that a form was shown beside, for when it comes back: somebody else may have sent others meanwhile."""
    return " ".join(upload.id for upload in uploads)


def pictures(page: Page, number: int, count: int, masks: Sequence[Mask], *, published: bool = False) -> list[Picture]:
    """Where the browser finds the images; `published`: as they will be."""
    base = f"{page.home}/secretariat/fiches/{number}/images"
    found = []
    for place in range(1, count + 1):
        sides = ["publiee=1"] if published else []
        sides += [f"m={m.left:g},{m.top:g},{m.width:g},{m.height:g}" for m in masks if m.picture == place]
        found.append(Picture(place, f"{base}/{place}" + ("?" + "&".join(sides) if sides else "")))
    return found


async def type_form(request: Request) -> Response:
    """Keep what was typed; or show what would be hidden; or begin again with other scans."""
    page, _fate, uploads, number = await typing(request)
    form = await read_form(request, most=MOST_TYPED)
    deed = form.value("deed")
    if deed == "forget":
        desk: Uploads = request.app.state.uploads
        for upload in uploads:
            await desk.give_up(congress_id(page), owner_of(page, number), upload.id)
        return page.redirect(f"{page.home}/secretariat/fiches/saisir?numero={number}")
    masks: list[Mask] = []
    communes: Sequence[object] = ()
    try:
        masks = typed_masks(form.values, len(uploads))
        if form.value("scans") != seen(uploads):
            form.faults["scans"] = page._(OTHER_SCANS)
            return typing_page(page, number, uploads, form, masks)
        if deed == "preview":
            return typing_page(page, number, uploads, form, masks)
        code = await received(page, number, uploads, form, masks)
    except SeveralPlaces as several:
        communes = several.found
        form.refuse(page, Invalid("place", "namesakes"))
    except Invalid as error:
        refuse(page, form, error)
    else:
        return page.redirect(f"{page.home}/secretariat/fiches?fait={code}")
    return typing_page(page, number, uploads, form, masks, communes=communes)


def author_of(form: Form) -> Speaker:
    """Who wrote the form, as it says.

    Raises:
        SeveralPlaces: The commune has namesakes.
    """
    place = typed_place(form.value("place"), form.value("place_code"))
    is_official = bool(form.value("is_official"))
    return Speaker(form.value("name"), form.value("mandate") if is_official else "", place, is_official=is_official)


async def received(page: Page, number: int, uploads: Sequence[Upload], form: Form, masks: Sequence[Mask]) -> str:
    """Have the form received, with the pictures that will be published; return the contribution's code."""
    actor = page.visitor.actor
    assert actor is not None
    author = author_of(form)
    if not form.value("use_publish"):
        raise Invalid("publish", "no-consent")
    if not form.value("adult"):
        raise Invalid("adult", "no-adult")
    kinds, found = {}, []
    for place, upload in enumerate(uploads, start=1):
        kind, media_type = await kind_of(page, upload)
        kinds[upload.id] = (kind.value, media_type)
        own = [mask for mask in masks if mask.picture == place]
        found.append(await kept(page, await asyncio.to_thread(scans.hidden, await picture_of(page, upload), own)))
    files = await deposited_files.received(page.service, uploads, kinds, {})
    contribution = await page.service.store.write(
        sheets.receive,
        actor,
        congress_id(page),
        number,
        author.says(form.value("text")),
        [use for use in Use if form.value(f"use_{use.value}")],
        [Scan(upload_id, file, made) for (upload_id, file), made in zip(files, found, strict=True)],
        owner=owner_of(page, number),
        token_hash=secrets.token_bytes(32),
        salt=secrets.token_bytes(SALT_BYTES),
        now=page.now,
    )
    return f"C{contribution.number}"


async def kept(page: Page, picture: bytes) -> Rendition:
    """Write a picture into the store of files; it is destroyed unless a row needs it within the hour."""
    key, salt = secrets.token_hex(16), secrets.token_bytes(SALT_BYTES)
    await page.service.store.write(removals.doom, key, page.now + WRITTEN_WITHIN)
    size = await page.service.blobs.write(key, chunks(picture))
    width, height = scans.size_of(picture)
    name = seal(salt, picture).name
    return Rendition(sheets.PAGE, "image/jpeg", size, width, height, key, salt, name)


async def show_image(request: Request) -> Response:
    """A scan as the secretariat sees it: whole, or with the parts hidden that the address says, or as published."""
    number, place = request.path_params["number"], request.path_params["place"]
    page, _actor = await admit(request, Act.COLLECT)
    page, _actor, (found, uploads) = await enter(
        request, rows.being_typed, number, owner_of(page, number), act=Act.COLLECT
    )
    known: Scans = request.app.state.scans
    if found.contribution is None:
        if not 1 <= place <= len(uploads):
            raise NotFound("file", str(place))
        picture = await picture_of(page, uploads[place - 1])
    else:
        _page, _actor, (_typed, files) = await enter(request, rows.compared, number, act=Act.COLLECT)
        file, made = next(((one, two) for one, two in files if one.number == place), (None, None))
        if file is None or file.blob is None:
            raise NotFound("file", str(place))
        if request.query_params.get("publiee"):
            if made is None or made.blob is None:
                raise NotFound("file", str(place))
            picture = b"".join([piece async for piece in page.service.blobs.read(made.blob)])
        else:
            picture = await known.picture(page.service, file.blob, FileKind(file.kind))
    masks = [mask for said in request.query_params.getlist("m")[:MAX_MASKS] for mask in mask_said(said)]
    if masks:
        picture = await asyncio.to_thread(scans.hidden, picture, masks)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": NEVER})


def mask_said(said: str) -> list[Mask]:
    """A rectangle of an address: `10,20,30,5`."""
    sides = dict(zip(("left", "top", "width", "height"), said[:80].split(","), strict=False))
    return typed_masks({f"mask-1-{side}": value for side, value in sides.items()}, 1)


HERE = "/{congress}/secretariat/fiches"
ROUTES = [
    Route(HERE + "/saisir", show_send, name="sheet-send"),
    Route(HERE + "/saisir", send, methods=["POST"], name="sheet-sent", max_body_size=MAX_SENT_BYTES),
    Route(HERE + "/{number:int}/saisir", show_typing, name="sheet-type"),
    Route(HERE + "/{number:int}/saisir", type_form, methods=["POST"], name="sheet-typed"),
    Route(HERE + "/{number:int}/images/{place:int}", show_image, name="sheet-image"),
]
