"""The secretariat's desk for contributions: the queue, one contribution whole, and what is decided about it."""

from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import moderation
from motion.rules import contributions as rules
from motion.rules.contributions import CHANNELS, REFUSALS, STATES, Moderation, Refusal
from motion.rules.errors import DecidedMeanwhile, Invalid
from motion.rules.permissions import Act, Actor
from motion.rules.redactions import GROUNDS, KEPT_DAYS
from motion.web import media_bytes, moderation_words
from motion.web.decisions import DEEDS
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import MAX_DIGITS, Form, read_form
from motion.web.page import Page
from motion.web.quotations import shortened
from storage import contributions as rows
from storage import desk, waiting_words
from storage import moderation as queues
from storage.desk import Case
from storage.models import Congress
from storage.moderation import WAITING
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

EXCERPT = 160  # characters of a contribution in the queue
HERE = "/{congress}/secretariat/contributions"
ONE = HERE + "/C{number:int}"
IMAGES = frozenset({"photo", "page", "poster"})
DECIDES = frozenset({"publish", "refuse", "keep", "check"})
"""Deeds after which the next of the queue is shown."""


def filter_of(request: Request) -> str:
    """The filter that the address names, or all that waits."""
    asked = request.query_params.get("liste", WAITING)
    return asked if queues.is_filter(asked) else WAITING


def page_number(request: Request) -> int:
    """The page that the address names, or the first."""
    asked = request.query_params.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def done_of(page: Page) -> str:
    """Say the deed that led here."""
    asked = page.request.query_params
    sentence, code = moderation_words.DONE.get(asked.get("fait", "")), asked.get("de", "")
    if sentence is None or not (code.isascii() and code.isdigit() and len(code) <= MAX_DIGITS):
        return ""
    return page._(sentence, code=f"C{code}")


async def show_queue(request: Request) -> Response:
    """What waits, the oldest first; other lists by a filter."""
    kind = filter_of(request)

    def query(db: Session, congress: Congress, kind: str, number: int) -> tuple[queues.Queue, int, Moderation]:
        assert congress.id is not None
        unread = waiting_words.count(db, congress.id)
        return queues.queue(db, congress, kind, number), unread, rows.moderation(db, congress.id)

    page, _actor, (queue, unread, rule) = await enter(request, query, kind, page_number(request), act=Act.MODERATE)
    return page.render(
        "secretariat/contributions.html",
        queue=queue,
        words_waiting=unread,
        kind=kind,
        filters=moderation_words.FILTERS,
        to_do=moderation_words.TO_DO,
        states=STATES,
        channels=CHANNELS,
        excerpt=excerpt,
        rule=moderation_words.MODERATIONS[rule][0],
        done=done_of(page),
    )


def excerpt(text: str) -> str:
    """The beginning of a text, on one line."""
    return shortened(" ".join(text.split()), EXCERPT)


async def show_one(request: Request) -> Response:
    """One contribution whole, with what can be decided."""
    kind = filter_of(request)
    page, actor, case = await enter(request, desk.case, request.path_params["number"], kind, act=Act.MODERATE)
    return one_page(page, actor, case, kind, Form())


def one_page(page: Page, actor: Actor, case: Case, kind: str, form: Form, *, status: int = 200) -> Response:
    """Render one contribution, with the form as it was filled."""
    is_published = case.contribution.published_version > 0
    return page.render(
        "secretariat/contribution.html",
        status=422 if form.faults and status == 200 else status,
        case=case,
        kind=kind,
        filters=moderation_words.FILTERS,
        form=form,
        to_do=moderation_words.TO_DO,
        states=STATES,
        channels=CHANNELS,
        files=rules.FILES,
        uses=rules.USES,
        images=IMAGES,
        refusals=[
            (reason.value, REFUSALS[reason]) for reason in moderation_words.refusals_for(is_published=is_published)
        ],
        said_reason=lambda code: (
            page._(REFUSALS[Refusal(code)].said) if code in set(Refusal) else reason_of(page, code)
        ),
        may_check=case.contribution.typed_by != actor.secretary_id,
        excerpt=excerpt,
        meanwhile=meanwhile(page, case) if status == 409 else "",
        done=done_of(page),
    )


def reason_of(page: Page, code: str) -> str:
    """What was reported, in words."""
    found = next((ground for reason, ground in GROUNDS.items() if reason.value == code), None)
    return page._(found.said) if found else code


def meanwhile(page: Page, case: Case) -> str:
    """Say what somebody did while this page was open."""
    decided = case.decided
    if decided is None or decided.kind not in moderation_words.MEANWHILE:
        return page._(_("Entre-temps, cette contribution a changé."))
    who, moment = decided.who or page._(moderation_words.SERVICE), page.times.moment(decided.at)
    return page._(moderation_words.MEANWHILE[decided.kind], who=who, moment=moment)


async def decide(request: Request) -> Response:
    """Do one deed: the button says which, and `mark` on what it was decided."""
    page, actor = await admit(request, Act.MODERATE)
    number, kind = request.path_params["number"], filter_of(request)
    form = await read_form(request, most=2 * rules.MAX_MESSAGE)
    deed = form.value("deed")
    if deed not in DEEDS:
        raise Invalid("decision", "unknown", deed[:40])
    page, actor, case = await enter(request, desk.case, number, kind, act=Act.MODERATE)
    if deed == "refuse" and case.contribution.published_version and form.value("step") != "confirm":
        return ask_to_refuse(page, actor, case, kind, form)
    try:
        fact = await DEEDS[deed](page, actor, number, form)
    except Invalid as error:
        return one_page(page, actor, case, kind, form.refuse(page, error))
    except DecidedMeanwhile:
        page, actor, case = await enter(request, desk.case, number, kind, act=Act.MODERATE)
        return one_page(page, actor, case, kind, form, status=409)
    here, asked = f"{page.home}/secretariat/contributions", f"liste={kind}&fait={fact}&de={number}"
    if deed not in DECIDES:
        return page.redirect(f"{here}/C{number}?{asked}")
    following = case.after or case.before
    return page.redirect(f"{here}/C{following}?{asked}" if following else f"{here}?{asked}")


def ask_to_refuse(page: Page, actor: Actor, case: Case, kind: str, form: Form) -> Response:
    """Say what becomes of a published contribution before it is taken out."""
    reason = form.value("reason")
    if form.value("mark") != case.mark:
        return one_page(page, actor, case, kind, form, status=409)
    if reason not in moderation_words.LEGAL_REASONS or reason not in set(Refusal):
        fault = "published" if reason in set(Refusal) else "unknown" if reason else "none-chosen-one"
        return one_page(page, actor, case, kind, form.refuse(page, Invalid("reason", fault, reason[:40])))
    return page.render(
        "secretariat/contribution_refuser.html",
        case=case,
        kind=kind,
        form=form,
        ground=REFUSALS[Refusal(reason)],
        kept_days=KEPT_DAYS,
    )


async def show_piece(request: Request) -> Response:
    """What was made of a file, before it is published: for the secretariat alone; never the file as it was sent."""
    number, rendition = request.path_params["number"], request.path_params["piece"]
    page, _actor, found = await enter(request, desk.piece, number, rendition, act=Act.MODERATE)
    name = f"C{number}-{found.role}"
    return media_bytes.serve(
        request, page.service.blobs, found.blob, found.size, found.media_type, name, inline=found.role != "document"
    )


async def show_rules(request: Request) -> Response:
    """When the congress reads what it receives."""

    def query(db: Session, congress: Congress) -> Moderation:
        assert congress.id is not None
        return rows.moderation(db, congress.id)

    page, _actor, rule = await enter(request, query)
    return rules_page(page, rule.value, Form())


def rules_page(page: Page, rule: str, form: Form) -> Response:
    """Render the choice."""
    return page.render(
        "secretariat/contributions_regle.html",
        status=422 if form.faults else 200,
        rule=rule,
        form=form,
        rules=moderation_words.MODERATIONS,
        consent=[page._(rules.CONSENT[use]) for use in rules.Use] + [page._(rules.ADULT)],
        version=rules.CONSENT_VERSION,
    )


async def set_rules(request: Request) -> Response:
    """Decide when the congress reads what it receives."""
    page, actor = await admit(request)
    form = await read_form(request)
    try:
        await page.service.store.write(
            moderation.set_rules, actor, congress_id(page), form.value("moderation"), now=page.now
        )
    except Invalid as error:
        return rules_page(page, "", form.refuse(page, error))
    return page.redirect(f"{page.home}/secretariat/contributions?fait=regle&de=0")


ROUTES = [
    Route(HERE, show_queue, name="moderation"),
    Route(HERE + "/regle", show_rules, name="collection-rules"),
    Route(HERE + "/regle", set_rules, methods=["POST"], name="collection-rules-set"),
    Route(ONE, show_one, name="moderation-one"),
    Route(ONE, decide, methods=["POST"], name="moderation-decide"),
    Route(ONE + "/pieces/{piece:int}", show_piece, name="moderation-piece"),
]
