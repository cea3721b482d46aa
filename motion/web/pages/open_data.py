"""« Données ouvertes »: what may be taken away, in plain words, and the same as DCAT-AP for the portals."""

from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.web import catalogue, open_answers
from motion.web.catalogue import File, describe
from motion.web.open_answers import send_json
from motion.web.open_data import LICENCE, LICENCE_URL
from motion.web.openapi import ROOT
from motion.web.page import Page, read
from motion.web.views import View, shown
from storage import open_data

_ = NullTranslations().gettext  # marks the sentences for the catalogues


@dataclass(frozen=True, slots=True)
class FileView(View):
    """One file."""

    name: str = shown("What it holds, in words.")
    format: str = shown("`JSON`, `CSV`…")
    url: str = shown("Its address.")


@dataclass(frozen=True, slots=True)
class SetView(View):
    """Files about one thing."""

    anchor: str = shown("Its anchor.")
    name: str = shown("Its name.")
    files: tuple[FileView, ...] = shown("Its files.")


@dataclass(frozen=True, slots=True)
class OpenDataView(View):
    """The page of open data."""

    sets: tuple[SetView, ...] = shown("What there is, by thing.")
    motions: tuple[SetView, ...] = shown("The files of each motion.")
    licence: str = shown("The licence's name.")
    licence_url: str = shown("Its text.")
    api: str = shown("The address of the congress for programs, in full.")
    description: str = shown("The description of all calls.")
    sample: str = shown("The code of a motion, for an example.")


async def show(request: Request) -> Response:
    """The page."""
    page, rows = await read(request, open_data.overview)
    # What changes it is a new motion, another title, or the first signature.
    is_signed = rows.signed > 0
    listed = tuple((motion.code, motion.title) for motion in rows.motions)

    def view() -> OpenDataView:
        home = page.home
        register = tuple(
            one for one in catalogue.of_register(home) if is_signed or not one.path.endswith("/checkpoint")
        )
        return OpenDataView(
            (
                set_of(page, "motions", page._(_("Les motions")), catalogue.of_motions(home)),
                set_of(page, "membres", page._(_("La liste des membres")), catalogue.of_roster(home)),
                set_of(page, "contributions", page._(_("Ce qui a été dit")), catalogue.of_voices(home)),
                set_of(page, "registre", page._(_("Le registre")), register),
            ),
            tuple(
                set_of(
                    page,
                    code,
                    page._(_("Motion %(number)s\u00a0: %(title)s"), number=code[1:], title=title),
                    catalogue.files_of(home, code),
                )
                for code, title in listed[:MOTIONS]
            ),
            LICENCE,
            LICENCE_URL,
            f"{page.service.settings.base_url}{ROOT}/congresses{home}",
            f"{ROOT}/openapi.json",
            listed[0][0] if listed else "M1",
        )

    return page.answer("donnees.html", page.etag(0, page.congress, page.openings, listed, is_signed), view)


SPELT = {"": "Markdown", "ATOM": "Atom"}  # as people write them
MOTIONS = 10  # listed file by file: the page keeps within its elements; the catalogue has them all


def set_of(page: Page, anchor: str, name: str, files: tuple[File, ...]) -> SetView:
    """Files in words."""
    return SetView(
        anchor,
        name,
        tuple(FileView(page._(one.words), SPELT.get(one.file_type, one.file_type), one.path) for one in files),
    )


async def as_catalogue(request: Request) -> Response:
    """The description for portals."""
    page, rows = await open_answers.read(request, open_data.overview)
    return send_json(page, describe(page, rows.motions), media_type="application/ld+json")


ROUTES = [
    Route("/{congress}/donnees", show, name="open-data"),
    Route("/{congress}/catalogue.jsonld", as_catalogue, name="catalogue"),
]
