"""Creating a congress, and correcting its description and its calendar.

Whoever runs a congress here may create another. On an installation that has none yet (a demonstration does
not count), anybody may create the first, and runs it: it is the first step after starting the service.
"""

from datetime import date, datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import get_timezone_location
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import congresses, founding
from motion.acts.congresses import NewCongress
from motion.rules.errors import Invalid, NotAllowed, SlugTaken
from motion.rules.permissions import Act
from motion.rules.vocabulary import Phase, Role, Template
from motion.web.doors import admit, congress_id, enter
from motion.web.errors import tell
from motion.web.forms import Form, read_form
from motion.web.identity import set_session_cookie
from motion.web.page import Page, read
from motion.web.pages.sign_in import new_session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

# What people call the hours of the places where congresses meet; Babel knows countries and towns, not these words.
ZONES = {
    "Europe/Paris": _("heure de Paris"),
    "America/Guadeloupe": _("heure de la Guadeloupe"),
    "America/Martinique": _("heure de la Martinique"),
    "America/Cayenne": _("heure de la Guyane"),
    "America/Miquelon": _("heure de Saint-Pierre-et-Miquelon"),
    "America/St_Barthelemy": _("heure de Saint-Barthélemy"),
    "America/Marigot": _("heure de Saint-Martin"),
    "Indian/Reunion": _("heure de La Réunion"),
    "Indian/Mayotte": _("heure de Mayotte"),
    "Pacific/Noumea": _("heure de la Nouvelle-Calédonie"),
    "Pacific/Tahiti": _("heure de Tahiti"),
    "Pacific/Marquesas": _("heure des Marquises"),
    "Pacific/Gambier": _("heure des Gambier"),
    "Pacific/Wallis": _("heure de Wallis-et-Futuna"),
    "Europe/Brussels": _("heure de Bruxelles"),
    "Europe/Luxembourg": _("heure de Luxembourg"),
    "Europe/Zurich": _("heure de Zurich"),
    "UTC": _("temps universel (UTC)"),
}
# A congress begins in preparation.
PLANNED: tuple[Phase, ...] = tuple(phase for phase in Phase if phase is not Phase.PREPARATION)


async def door(request: Request) -> tuple[Page, bool]:
    """The frame, for those who may create a congress, and whether it is the first.

    Raises:
        NotAllowed: There are congresses here already, and the visitor runs none.
    """
    page, first = await read(request, founding.is_first)
    if not first and page.visitor.role is not Role.SECRETARIAT:
        raise NotAllowed("create-congress", page.visitor.role)
    return page, first


async def show(request: Request) -> Response:
    """The form of a new congress."""
    page, first = await door(request)
    values = {"time_zone": "Europe/Paris", "template": "deliberative", "fr": "1", "en": "1"}
    return form_page(page, Form(values), is_first=first)


def form_page(page: Page, form: Form, *, is_first: bool = False, status: int = 200) -> Response:
    """Render the form, for a new congress or for an existing one."""
    template = "secretariat/congres_nouveau.html" if page.congress is None else "secretariat/calendrier.html"
    return page.render(
        template,
        status=status,
        form=form,
        is_first=is_first,
        zones=zones(page),
        phases=PLANNED,
        templates=list(Template),
    )


def zones(page: Page) -> list[tuple[str, str]]:
    """The time zones to choose from: ours, and the congress's own when the command line set another."""
    offered = [(zone, page._(words)) for zone, words in ZONES.items()]
    own = page.congress.time_zone if page.congress else ""
    if own and own not in ZONES:
        offered.append((own, get_timezone_location(own, locale=page.language.code, return_city=True)))
    return offered


async def create(request: Request) -> Response:
    """Make the congress; its creator is of its secretariat, and signed in."""
    page, first = await door(request)
    form = await read_form(request)
    token, new = new_session(page)
    try:
        described = description(form, form.value("slug").strip() or congresses.suggest_slug(form.value("title")))
        session = await page.service.store.write(
            founding.found,
            page.visitor.actor,
            described,
            (form.value("secretary_name"), form.value("email")) if first else None,
            new,
            host=page.service.settings.host,
            now=page.now,
        )
    except Invalid as error:
        return form_page(page, form.refuse(page, error), is_first=first, status=422)
    except SlugTaken as error:
        told = tell(error, page.language)
        form.faults["slug"] = f"{told.why} {told.repair}"
        return form_page(page, form, is_first=first, status=422)
    response = page.redirect(f"/{described.slug}/secretariat")
    if session is not None:
        set_session_cookie(response, page.service.settings, token)
    return response


async def show_calendar(request: Request) -> Response:
    """The form of an existing congress."""
    page, _actor, hours = await enter(request, founding.calendar_of)
    congress = page.congress
    assert congress is not None
    values = {
        "title": congress.title,
        "place": congress.place,
        "starts_on": congress.starts_on.isoformat(),
        "ends_on": congress.ends_on.isoformat(),
        "time_zone": congress.time_zone,
        "template": congress.template,
        **{code: "1" for code in congress.languages.split(",")},
        **{f"opens_{phase}": page.times.local(at).strftime("%Y-%m-%dT%H:%M") for phase, at in hours.items()},
    }
    return form_page(page, Form(values))


async def change(request: Request) -> Response:
    """Correct a congress."""
    page, actor = await admit(request, Act.RUN_CONGRESS)
    form = await read_form(request)
    assert page.congress is not None
    try:
        described = description(form, page.congress.slug)
        await page.service.store.write(congresses.change, actor, congress_id(page), described, now=page.now)
    except Invalid as error:
        return form_page(page, form.refuse(page, error), status=422)
    return page.redirect(f"{page.home}/secretariat?fait=calendrier")


def description(form: Form, slug: str) -> NewCongress:
    """Read the form.

    Raises:
        Invalid: The first field that can't be read.
    """
    zone_name = form.value("time_zone")
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("time_zone", "unknown", zone_name[:40]) from error
    template = form.value("template")
    if template not in set(Template):
        raise Invalid("template", "unknown", template[:40])
    hours: dict[Phase, datetime] = {
        phase: hour for phase in PLANNED if (hour := read_hour(form, f"opens_{phase}", zone)) is not None
    }
    return NewCongress(
        title=form.value("title"),
        slug=slug,
        place=form.value("place"),
        starts_on=read_day(form, "starts_on"),
        ends_on=read_day(form, "ends_on"),
        time_zone=zone_name,
        languages=tuple(code for code in congresses.LANGUAGES if form.value(code)),
        template=Template(template),
        calendar=hours,
    )


def read_day(form: Form, name: str) -> date:
    """Read a day, as browsers send it.

    Raises:
        Invalid: It is none.
    """
    typed = form.value(name).strip()
    if not typed:
        raise Invalid(name, "empty")
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise Invalid(name, "date", typed[:40]) from error


def read_hour(form: Form, name: str, zone: ZoneInfo) -> datetime | None:
    """Read a day and an hour of the congress's own zone; None when the phase opens by hand.

    Raises:
        Invalid: It is none.
    """
    typed = form.value(name).strip()
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone)
    except ValueError as error:
        raise Invalid(name, "hour", typed[:40]) from error


ROUTES = [
    Route("/nouveau", show, name="congress-new"),
    Route("/nouveau", create, methods=["POST"], name="congress-create"),
    Route("/{congress}/secretariat/calendrier", show_calendar, name="calendar"),
    Route("/{congress}/secretariat/calendrier", change, methods=["POST"], name="calendar-change"),
]
