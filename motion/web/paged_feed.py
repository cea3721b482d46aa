"""A page of an Atom feed about a congress, with the addresses of the other pages; what is told is the caller's."""

from collections.abc import Mapping
from urllib.parse import urlencode

from motion.web import atom
from motion.web.atom import Feed, FeedEntry
from motion.web.open_data import LICENCE, LICENCE_URL
from motion.web.page import Page


def paged(
    page: Page,
    name: str,
    words: str,
    about: str,
    before: int | None,
    following: int | None,
    entries: tuple[FeedEntry, ...],
    asked: Mapping[str, str] | None = None,
) -> Feed:
    """Put a page of a feed together.

    Args:
        name: Of the feed, in its identifier.
        about: The page that says the same, below the congress: `/motions/M1`.
        before, following: The numbers that this page and the one after it ask for; None for the first, after the last.
        asked: What the address asks for besides, but the language.
    """
    congress = page.congress
    assert congress is not None
    kept = {**(asked or {}), "lang": page.request.query_params.get("lang", "")}

    def address(number: int | None) -> str:
        asking = kept | {"avant": "" if number is None else str(number)}
        said = urlencode({key: value for key, value in asking.items() if value})
        return page.public_url + (f"?{said}" if said else "")

    return Feed(
        atom.tag(congress.origin, congress.created_at, f"fils/{name}"),
        f"{congress.title}\u00a0: {words}",
        page.dates,
        congress.title,
        page.language.code,
        address(before),
        page.service.settings.base_url + page.home + about,
        address(None),
        "" if following is None else address(following),
        LICENCE_URL,
        LICENCE,
        max((one.updated for one in entries), default=congress.created_at),
        entries,
    )
