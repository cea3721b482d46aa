"""The steps of a motion, `…/rejeu`: who wrote when and where, in order. Everything works without script."""

from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.web.past import BASE, Frame, answer, etag_of, frame_of, past_of
from motion.web.steps import DamierView, StepView, damier_view, step_view
from motion.web.views import View, shown
from storage import replays

_ = NullTranslations().gettext  # marks the sentences for the catalogues

STEPS_SHOWN = 40  # on a page: it keeps under 900 elements with the damier


@dataclass(frozen=True, slots=True)
class ReplayView(View):
    """The steps of a motion."""

    frame: Frame = shown("The frame.")
    steps: tuple[StepView, ...] = shown("The steps of this page, in order.")
    number: int = shown("Which page of steps, from 1.")
    pages: int = shown("How many.")
    count: int = shown("How many steps in all.")
    changes: int = shown("How many changes in all.")
    damier: DamierView | None = shown("Who wrote when; None while nobody has.")
    parts: tuple[tuple[str, str], ...] = shown("Parts whose shape can be seen: address and title.")
    index: str = shown("The address of the index, for the replay in the browser.")


async def replay(request: Request) -> Response:
    """The steps of a motion; `?page=`, `?jour=` for the damier."""
    page, found = await past_of(request, replays.past, asking=("page", "jour"))

    def view() -> ReplayView:
        asked = page.request.query_params.get("page", "1")
        pages = max(1, -(-len(found.steps) // STEPS_SHOWN))
        number = min(max(1, int(asked)), pages) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        frame = frame_of(page, found)
        steps = found.steps[(number - 1) * STEPS_SHOWN : number * STEPS_SHOWN]
        written = {step.part for step in found.steps if step.part is not None}
        day = page.request.query_params.get("jour", "")
        return ReplayView(
            frame,
            tuple(step_view(page, frame.url, step, found.officials) for step in steps),
            number,
            pages,
            len(found.steps),
            found.head.changes,
            damier_view(page, found.telling, day, page._(_("Qui a écrit quand, et où"))) if number == 1 else None,
            tuple(
                (f"{frame.url}/rejeu/{place.anchor}", place.title or page._(_("Début du texte")))
                for place in found.telling.places
                if place.anchor and place.part in written
            )[:30],
            f"{frame.url}/rejeu.json",
        )

    return await answer(page, "replay.html", etag_of(page, found), view)


ROUTES = [Route(f"{BASE}/rejeu", replay, name="replay")]
