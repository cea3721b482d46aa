"""The secretariat's withdrawals: what was decided, what waits, the search for words, handing over what is sealed."""

from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from motion.acts import disclosures
from motion.acts import redactions as acts
from motion.live import passages
from motion.live.passages import Passage
from motion.rules.disclosures import GROUNDS, MAX_AUTHORITY
from motion.rules.errors import Invalid
from motion.rules.permissions import Act
from motion.web import handing_over
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import Form, read_form
from motion.web.page import NEVER, Page
from motion.web.pages.redactions import HERE, said_of
from motion.web.tombstones import tombstone_view
from storage import drafts, queries, redactions, sealing
from storage.models import Congress, Motion, RedactionRequest, Secretary
from storage.redactions import Tombstone
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MOST_LOOKED_AT = 5_000  # entries of a search of which it is said whether they stand in the text
MAX_WORDS = 200  # characters of a search

Overview = tuple[
    list[Motion],
    list[Passage],
    list[str],
    dict[int, drafts.OfficialRow],
    list[tuple[RedactionRequest, Secretary]],
    tuple[Tombstone, ...],
    set[int],
]


async def show(request: Request) -> Response:
    """What was decided, what waits, and the search for words."""
    asked = {name: request.query_params.get(name, "").strip()[:MAX_WORDS] for name in ("motion", "mots", "inscription")}
    form, refused = Form(asked), None
    if asked["inscription"]:
        try:
            number = form.integer("inscription")
            page, _actor = await admit(request, Act.REDACT)
            return page.redirect(f"{page.home}/secretariat/retraits/nouveau?de={number}&a={number}")
        except Invalid as error:
            refused = error
    page, _actor, rows = await enter(request, overview, asked["motion"], asked["mots"], act=Act.REDACT)
    if refused is not None:
        form.refuse(page, refused)
    return overview_page(page, rows, form, Form())


def overview_page(page: Page, rows: Overview, form: Form, handing: Form, handed: int = 0) -> Response:
    """Show the page.

    Args:
        form: The search.
        handing: What was filled in to hand over what the decision `handed` keeps sealed.
    """
    motions, found, standing, names, waiting, stones, sealed = rows
    return page.render(
        "secretariat/retraits.html",
        status=422 if form.faults or handing.faults else 200,
        form=form,
        handing=handing,
        handed=handed,
        handing_errors=[(f"{name}-{handed}", sentence) for name, sentence in handing.faults.items()],
        grounds=[
            ("", page._(_("Choisissez"))),
            *((str(key), page._(said)) for key, (said, _basis) in GROUNDS.items()),
        ],
        most_authority=MAX_AUTHORITY,
        motions=[(motion.code, f"{motion.code}, {motion.title}") for motion in motions],
        found=[(one, said_of(page, names, one.official_id), there) for one, there in zip(found, standing, strict=True)],
        searched=bool(form.value("motion")),
        waiting=waiting,
        decisions=[
            (stone.decision, tombstone_view(page, stone), stone.first.until is not None and stone.decision in sealed)
            for stone in stones
        ],
        is_done=page.request.query_params.get("fait", ""),
        most=passages.MOST_FOUND,
    )


def overview(db: Session, congress: Congress, code: str, words: str) -> Overview:
    """Read the page; what was typed is looked through when a motion is asked for."""
    assert congress.id is not None
    motions = queries.motions(db, congress.id)
    chosen = next((motion for motion in motions if motion.code == code), None)
    found = passages.search(db, chosen.id, words) if chosen is not None and chosen.id is not None else []
    entries = [entry for one in found for entry in one.entries][:MOST_LOOKED_AT]
    there = acts.still_in_text(db, chosen, entries) if chosen is not None else {}
    standing = ["".join(there.get(entry, "") for entry in one.entries) for one in found]
    officials = drafts.officials(db, {one.official_id for one in found if one.official_id is not None})
    stones = redactions.tombstones_of_congress(db, congress.id)
    names = {row.id: row for row in officials}
    waiting, sealed = redactions.waiting(db, congress.id), redactions.sealed_decisions(db, congress.id)
    return motions, found, standing, names, waiting, stones, sealed


async def hand_over(request: Request) -> Response:
    """What a decision keeps sealed, in a file for an authority that asked for it; the record says so."""
    page, actor = await admit(request, Act.REDACT)
    form = await read_form(request)
    decision = request.path_params["decision"]
    # Read as they are named: a page has the form of each decision.
    given = Form({name: form.value(f"{name}-{decision}") for name in ("authority", "ground")})
    store, blobs = page.service.store, page.service.blobs
    key = sealing.load_key(page.service.settings.data_dir)
    asked = actor, congress_id(page), decision, given.value("authority"), given.value("ground")
    try:
        sizes = await handing_over.sizes_of(blobs, key, await store.read(disclosures.look, *asked, key=key))
        rows = await store.write(disclosures.hand_over, *asked, key=key, now=page.now, files=sizes)
    except Invalid as error:
        page, _actor, shown = await enter(request, overview, "", "", act=Act.REDACT)
        return overview_page(page, shown, Form(), given.refuse(page, error), decision)
    name = handing_over.folder_of(decision)
    headers = {"Cache-Control": NEVER, "Content-Disposition": f'attachment; filename="{name}.%s"'}
    if not sizes:
        headers["Content-Disposition"] %= "json"
        return Response(handing_over.as_json(decision, rows), headers=headers, media_type="application/json")
    headers["Content-Disposition"] %= "zip"
    register = f"{page.service.settings.base_url}{page.home}/registre/"
    pieces = handing_over.as_zip(blobs, key, decision, rows, sizes, register, page.now)
    return StreamingResponse(pieces, headers=headers, media_type="application/zip")


ROUTES = [
    Route(HERE, show, name="redactions"),
    Route(HERE + "/{decision:int}/scelle", hand_over, methods=["POST"], name="redaction-sealed"),
]
