"""Themes: the secretariat's list, and putting a published contribution under some, as a rapporteur may too."""

from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import contributions
from motion.acts import themes as acts
from motion.rules.contributions import ContributionState
from motion.rules.errors import Invalid, NotFound
from motion.rules.permissions import Act
from motion.web.decisions import chosen_themes
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import Form, read_form
from motion.web.page import Page
from motion.web.pages.moderation import excerpt, page_number
from storage import contributions as queries
from storage import themes as rows
from storage.models import Congress, Contribution, ContributionVersion, Theme
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

HERE = "/{congress}/secretariat/themes"
SORTING = "/{congress}/contributions/C{number:int}/themes"
DONE = {
    "ajout": _("Le thème est ajouté."),
    "nom": _("Le thème est renommé."),
    "abandon": _("Le thème est abandonné. Ce qui y était rangé n’est pas perdu."),
    "reprise": _("Le thème est repris, avec ce qui y était rangé."),
    "rangement": _("La contribution est rangée."),
}
Listed = tuple[list[Theme], dict[int, int], list[tuple[Contribution, ContributionVersion]], int]


def listed(db: Session, congress: Congress, number: int) -> Listed:
    """Read the list, how much stands under each theme, and a page of what stands under none."""
    assert congress.id is not None
    found, count = rows.unsorted(db, congress.id, number)
    return rows.themes(db, congress.id), rows.theme_counts(db, congress.id), found, count


async def show(request: Request) -> Response:
    """The themes, and what is under none."""
    number = page_number(request)
    page, _actor, found = await enter(request, listed, number, act=Act.SORT)
    return list_page(page, found, number, Form())


def list_page(page: Page, found: Listed, number: int, form: Form, renamed: int = 0) -> Response:
    """Render the list.

    Args:
        renamed: The theme that the form is about; 0 for a new one.
    """
    themes, counts, unsorted, count = found
    fault = form.fault("theme")
    return page.render(
        "secretariat/themes.html",
        status=422 if fault else 200,
        themes=themes,
        counts=counts,
        unsorted=unsorted,
        count=count,
        number=number,
        pages=max(1, -(-count // rows.PAGE)),
        typed=form.value("theme"),
        fault=fault,
        renamed=renamed,
        may_change=page.visitor.may(Act.MODERATE),
        most=acts.MAX_THEME,
        excerpt=excerpt,
        done=page._(DONE[fact]) if (fact := page.request.query_params.get("fait", "")) in DONE else "",
    )


async def change(request: Request) -> Response:
    """Add a theme, rename one, give one up or take it up again: the button says which."""
    page, actor = await admit(request, Act.MODERATE)
    form = await read_form(request)
    write, congress, deed, number = page.service.store.write, congress_id(page), form.value("deed"), 0
    try:
        if deed == "add":
            await write(acts.add, actor, congress, form.value("theme"), now=page.now)
        else:
            number = form.integer("number")
        match deed:
            case "add":
                fact = "ajout"
            case "rename":
                await write(acts.rename, actor, congress, number, form.value("theme"), now=page.now)
                fact = "nom"
            case "drop" | "take":
                await write(acts.use, actor, congress, number, deed == "take", now=page.now)
                fact = "abandon" if deed == "drop" else "reprise"
            case other:
                raise Invalid("decision", "unknown", other[:40])
    except Invalid as error:
        if error.field != "theme":
            raise
        page, _actor, found = await enter(request, listed, 1, act=Act.SORT)
        return list_page(page, found, 1, form.refuse(page, error), number)
    return page.redirect(f"{page.home}/secretariat/themes?fait={fact}")


Sorted = tuple[Contribution, ContributionVersion, list[Theme], frozenset[int]]


def sorted_one(db: Session, congress: Congress, number: int) -> Sorted:
    """Read a published contribution with its themes.

    Raises:
        NotFound: There is none of this number, or it is not published: only the secretariat knows the others.
    """
    assert congress.id is not None
    found = queries.numbered(db, congress.id, number)
    if found is None or found.id is None or found.state != ContributionState.PUBLISHED:
        raise NotFound("contribution", f"C{number}")
    version = db.get_one(ContributionVersion, (found.id, found.published_version))
    held = frozenset(theme.number for theme in rows.themes_of(db, found.id))
    return found, version, rows.themes(db, congress.id, used_only=True), held


async def show_sorting(request: Request) -> Response:
    """One published contribution, with a box for each theme."""
    page, _actor, (found, version, themes, held) = await enter(
        request, sorted_one, request.path_params["number"], act=Act.SORT
    )
    return page.render("secretariat/contribution_themes.html", one=found, version=version, themes=themes, held=held)


async def sort(request: Request) -> Response:
    """Put it under the themes that are ticked."""
    page, actor = await admit(request, Act.SORT)
    form, number = await read_form(request), request.path_params["number"]

    def run(db: Session) -> None:
        acts.sort(db, actor, contributions.get(db, congress_id(page), number), chosen_themes(form), now=page.now)

    await page.service.store.write(run)
    return page.redirect(f"{page.home}/secretariat/themes?fait=rangement")


ROUTES = [
    Route(HERE, show, name="themes"),
    Route(HERE, change, methods=["POST"], name="themes-change"),
    Route(SORTING, show_sorting, name="contribution-themes"),
    Route(SORTING, sort, methods=["POST"], name="contribution-sort"),
]
