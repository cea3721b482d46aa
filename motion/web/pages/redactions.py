"""The secretariat's withdrawals and erasures: a decision on chosen words is prepared, then confirmed."""

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import redactions as acts
from motion.acts.redactions import Plan
from motion.live import passages
from motion.live.masking import masked_copy
from motion.live.updates import inserted_text
from motion.rules.errors import Invalid, NotFound, WordsInText
from motion.rules.names import display_name
from motion.rules.permissions import Act, Actor
from motion.rules.redactions import ASKERS, GROUNDS, KEPT_DAYS, KINDS, Reason, RedactionKind
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import MAX_DIGITS, Form, read_form
from motion.web.page import Page
from motion.web.reading import title_of
from motion.web.tombstones import TombstoneView, tombstone_view
from storage import drafts, redactions, sealing
from storage.models import Congress, Redaction, RedactionRequest, Secretary
from storage.redactions import Target, Tombstone
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues
log = logging.getLogger(__name__)

SALT_BYTES = 32
OFFERED = 40  # entries before and after the ends of what is chosen, to begin earlier or end later
SAID = 48  # characters of the words of each
SCRUBS = 3  # attempts; a reader at work delays one by a few milliseconds
HERE = "/{congress}/secretariat/retraits"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a decision is about, with what is needed to say it."""

    asked: dict[str, str]  # how the address names it
    plan: Plan
    names: dict[int, str]
    pieces: list[tuple[int, str]]  # what the same person typed around, by entry
    standing: str = ""  # what of it stands in a text that is being written: nothing can be decided


def said_of(page: Page, names: dict[int, drafts.OfficialRow], official_id: int | None) -> str:
    """Who typed: name, mandate, commune; the service itself for a template or an imported file."""
    if official_id is None:
        return page._(_("Modèle ou fichier importé"))
    row = names.get(official_id)
    if row is None:
        return page._(_("Membre n°\u00a0%(number)s"), number=official_id)
    title = title_of(row.mandate, row.territory)
    name = display_name(row.first_names, row.family_name)
    return f"{name}, {title}" if title else name


async def show_new(request: Request) -> Response:
    """The form of a decision on chosen words."""
    asked = Form({name: request.query_params.get(name, "") for name in ("de", "a", "decision")})
    page, _actor, chosen = await enter(request, choose, asked, act=Act.REDACT)
    return new_page(page, chosen, Form())


def new_page(page: Page, chosen: Chosen, form: Form) -> Response:
    """Show the form, as it was filled."""
    is_sealed = any(target.withdrawn for target in chosen.plan.targets)
    kinds = [RedactionKind.EFFACEMENT] if is_sealed else list(RedactionKind)
    return page.render(
        "secretariat/retrait_nouveau.html",
        status=422 if form.faults else 409 if chosen.standing else 200,
        form=form,
        chosen=chosen,
        starts=ends_offered(chosen, is_start=True),
        ends=ends_offered(chosen, is_start=False),
        people=people_of(page, chosen),
        words=words_of(page, chosen.plan),
        kinds=[(str(kind), page._(KINDS[kind])) for kind in kinds],
        reasons=[("", page._(_("Choisissez"))), *((str(key), page._(one.said)) for key, one in GROUNDS.items())],
        askers=[("", page._(_("Choisissez"))), *((str(key), page._(said)) for key, said in ASKERS.items())],
        kept_days=KEPT_DAYS,
    )


def ends_offered(chosen: Chosen, *, is_start: bool) -> list[tuple[str, str]]:
    """Entries at which what is taken may begin, or end: the number, and the words from there, or up to there."""
    entries = [entry for entry, _words in chosen.pieces]
    end = chosen.plan.targets[0 if is_start else -1].entry
    if end not in entries:
        return []
    at = entries.index(end)
    offered = []
    for index in range(max(0, at - OFFERED), min(len(entries), at + OFFERED + 1)):
        if is_start:
            text = "".join(words for _entry, words in chosen.pieces[index : index + SAID])
            said = text[:SAID] + ("…" if len(text) > SAID else "")
        else:
            text = "".join(words for _entry, words in chosen.pieces[max(0, index + 1 - SAID) : index + 1])
            said = ("…" if len(text) > SAID else "") + text[-SAID:]
        offered.append((str(entries[index]), f"{entries[index]}\u00a0: «\u00a0{' '.join(said.split())}\u00a0»"))
    return offered


def number_of(form: Form, name: str) -> int:
    """Read the number of an entry or of a decision.

    Raises:
        NotFound: It is none.
    """
    said = form.value(name)
    if not (said.isascii() and said.isdigit() and len(said) <= MAX_DIGITS):
        raise NotFound("decision" if name == "decision" else "entry", said[:40])
    return int(said)


def choose(db: Session, congress: Congress, form: Form) -> Chosen:
    """Read what is to go: one entry, or what a session typed between two, or what a decision keeps sealed.

    Raises:
        NotFound, NothingToRedact, AlreadyRedacted, Invalid: See `motion.acts.redactions`.
    """
    assert congress.id is not None
    pieces: list[tuple[int, str]] = []
    if form.value("decision"):
        decision = number_of(form, "decision")
        entries = [row.target for row in redactions.sealed_of(db, congress.id, decision)]
        if not entries:
            raise NotFound("decision", f"d-{decision}")
    else:
        first, last = sorted((number_of(form, "de"), number_of(form, "a")))
        entries = [first]
        target = redactions.targets(db, congress.id, entries).get(first)
        if target is not None and target.motion_id is not None:
            entries = passages.entries_between(db, target.motion_id, first, last) or entries
            pieces = passages.pieces_around(db, target.motion_id, first, last)
    plan = acts.plan(db, congress.id, entries, RedactionKind.EFFACEMENT)
    asked = {name: form.value(name) for name in ("de", "a", "decision")}
    standing = ""
    try:
        acts.check(db, plan)
    except WordsInText:
        standing = "".join(plan.standing.values())
    return Chosen(asked, plan, names_of(db, plan), pieces, standing)


def names_of(db: Session, plan: Plan) -> dict[int, str]:
    """The names of those whose words they are, by official."""
    officials = {target.official_id for target in plan.targets if target.official_id is not None}
    return {row.id: display_name(row.first_names, row.family_name) for row in drafts.officials(db, officials)}


def people_of(page: Page, chosen: Chosen) -> str:
    """Whose words they are."""
    ids = dict.fromkeys(target.official_id for target in chosen.plan.targets)
    return page.times.names(chosen.names[one] for one in ids if one in chosen.names)


def words_of(page: Page, plan: Plan) -> str:
    """The words that would be taken out, to be read one last time."""
    return "".join(plan.words.get(target.entry) or content_of(page, target) for target in plan.targets)


def content_of(page: Page, target: Target) -> str:
    """What stands in an object that is no update."""
    if target.data is None:
        return page._(_("(gardé sous scellé)"))
    content = target.data[SALT_BYTES:]
    if target.kind in ("crdt.reject", "crdt.late"):
        return inserted_text(content)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return page._(_("(un fichier de %(size)s octets)"), size=page.times.number(len(content)))


async def prepare(request: Request) -> Response:
    """Write a decision down; it remains to be confirmed."""
    page, actor = await admit(request, Act.REDACT)
    form = await read_form(request)
    page, actor, chosen = await enter(request, choose, form, act=Act.REDACT)
    if chosen.standing:
        return new_page(page, chosen, form)
    try:
        prepared = await page.service.store.write(
            acts.prepare,
            actor,
            congress_id(page),
            [target.entry for target in chosen.plan.targets],
            form.value("kind"),
            form.value("reason"),
            form.value("who"),
            day_of(form.value("until").strip()),
            now=page.now,
        )
    except Invalid as error:
        return new_page(page, chosen, form.refuse(page, error))
    return page.redirect(f"{page.home}/secretariat/retraits/demandes/{prepared.id}")


def day_of(said: str) -> date | None:
    """Read a day; None when none is given.

    Raises:
        Invalid: It is none.
    """
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise Invalid("until", "date", said[:40]) from error


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision that waits, and what it would do."""

    request: RedactionRequest
    asked_by: str
    chosen: Chosen
    decision: int
    needs_another: bool


def prepared_of(db: Session, congress: Congress, request_id: int, actor: Actor) -> Prepared:
    """Read a decision that waits.

    Raises:
        NotFound, DecisionSettled, NothingToRedact, AlreadyRedacted, WordsInText: See `motion.acts.redactions`.
    """
    assert congress.id is not None
    row = acts.waiting(db, congress.id, request_id)
    entries = json.loads(row.targets)
    plan = acts.plan(db, congress.id, entries, RedactionKind(row.kind))
    acts.check(db, plan)
    asked_by = db.get_one(Secretary, row.asked_by).name
    chosen = Chosen({}, plan, names_of(db, plan), [])
    decision = redactions.next_decision(db, congress.id)
    return Prepared(row, asked_by, chosen, decision, acts.needs_another(db, row, actor))


async def show_prepared(request: Request) -> Response:
    """What will be hidden, what everyone will still see; then the button."""
    page, actor = await admit(request, Act.REDACT)
    page, _actor, prepared = await enter(request, prepared_of, request.path_params["request"], actor, act=Act.REDACT)
    return page.render(
        "secretariat/retrait_confirmer.html",
        prepared=prepared,
        people=people_of(page, prepared.chosen),
        words=words_of(page, prepared.chosen.plan),
        stone=told_beforehand(page, prepared),
    )


def told_beforehand(page: Page, prepared: Prepared) -> TombstoneView:
    """What everyone will read, as if it were done now."""
    row = prepared.request
    ground = GROUNDS[Reason(row.reason)]
    rows = tuple(
        Redaction(
            congress_id=row.congress_id,
            entry=0,
            target=target.entry,
            decision=prepared.decision,
            kind=row.kind,
            name=target.name or "",
            reason=row.reason,
            basis=ground.basis,
            remedy=ground.remedy,
            who=row.who,
            is_skeleton=target.kind == "crdt.update",
            until=row.until,
            at=page.now,
        )
        for target in prepared.chosen.plan.targets
    )
    return tombstone_view(page, Tombstone(prepared.decision, rows))


async def settle(request: Request) -> Response:
    """Confirm a decision, or give it up."""
    page, actor = await admit(request, Act.REDACT)
    form = await read_form(request)
    number = request.path_params["request"]
    if form.value("step") != "confirm":
        await page.service.store.write(acts.drop, actor, congress_id(page), number)
        return page.redirect(f"{page.home}/secretariat/retraits?fait=abandon")
    page, _actor, prepared = await enter(request, prepared_of, number, actor, act=Act.REDACT)
    await carry_out(page, actor, prepared)
    return page.redirect(f"{page.home}/secretariat/retraits?fait=decision")


async def carry_out(page: Page, actor: Actor, prepared: Prepared) -> None:
    """Do what was confirmed: the masked text is made first, then everything goes at once, then the file is scrubbed."""
    service, plan = page.service, prepared.chosen.plan
    motion = plan.motion
    copy = None
    if plan.masks:
        assert motion is not None and motion.id is not None
        copy = await service.store.read(masked_copy, motion.id, plan.masks)
    arguments: dict[str, Any] = {
        "copy": copy,
        "key": sealing.load_key(service.settings.data_dir),
        "nonces": [secrets.token_bytes(sealing.NONCE_BYTES) for _target in plan.targets],
        "now": page.now,
    }
    congress, number = congress_id(page), prepared.request.id or 0
    if motion is None or motion.id is None:
        await service.store.write(acts.carry_out, actor, congress, number, **arguments)
    else:
        await service.rooms.run_act(motion.id, acts.carry_out, actor, congress, number, **arguments)
    if not service.store.is_sqlite:
        return  # a vacuum takes minutes, and nobody shall wait for it on a page: `motion.work.withdrawals` asks for one
    for _attempt in range(SCRUBS):
        if await service.store.scrub():
            return
    # `motion.work.withdrawals.Scrubs` goes on trying.
    log.warning("words were taken out and stand in the database's write-ahead log until readers leave it alone")


ROUTES = [
    Route(HERE + "/nouveau", show_new, name="redaction-new"),
    Route(HERE + "/nouveau", prepare, methods=["POST"], name="redaction-prepare"),
    Route(HERE + "/demandes/{request:int}", show_prepared, name="redaction-ask"),
    Route(HERE + "/demandes/{request:int}", settle, methods=["POST"], name="redaction-settle"),
]
