"""Pages that are not for everyone: the frame, the rows and the actor, or a refusal."""

from collections.abc import Callable
from typing import Any, TypeVar

from starlette.requests import Request

from motion.rules.errors import NotAllowed
from motion.rules.permissions import Act, Actor, may
from motion.web.page import Page, read
from storage import pages

T = TypeVar("T")


async def enter(
    request: Request, query: Callable[..., T], *args: Any, act: Act = Act.RUN_CONGRESS, **kwargs: Any
) -> tuple[Page, Actor, T]:
    """Read a page for those who may do `act`. The act itself is checked again where it is done.

    Raises:
        NotAllowed: The visitor's role in this congress lacks it.
        NotFound: There is no such congress, or the query didn't find its thing.
    """
    # In two steps: whoever may not see the rows learns nothing about what exists.
    _page, actor = await admit(request, act)
    page, rows = await read(request, query, *args, **kwargs)
    return page, actor, rows


async def admit(request: Request, act: Act = Act.RUN_CONGRESS) -> tuple[Page, Actor]:
    """The frame alone, for those who may do `act`.

    Raises:
        NotAllowed: The visitor's role in this congress lacks it.
        NotFound: There is no such congress.
    """
    page, _nothing = await read(request, pages.nothing)
    actor = page.visitor.actor
    if actor is None or not may(actor.role, act):
        raise NotAllowed(act, page.visitor.role)
    return page, actor


def congress_id(page: Page) -> int:
    """The id of the page's congress."""
    assert page.congress is not None and page.congress.id is not None
    return page.congress.id
