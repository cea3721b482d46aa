"""Parameters that several calls of `/api/v1` share, and where a list goes on."""

from gettext import NullTranslations
from urllib.parse import urlencode

from motion.language import LANGUAGES
from motion.web import open_data
from motion.web.openapi import Parameter
from motion.web.page import Page
from motion.web.tables import SEPARATORS

_ = NullTranslations().gettext  # marks the sentences for the catalogues

LANG = Parameter("lang", "query", _("La langue des phrases."), {"type": "string", "enum": list(LANGUAGES)})
CONGRESS = Parameter(
    "congress", "path", _("Le nom du congrès dans les adresses."), {"type": "string", "minLength": 2, "maxLength": 60}
)
AFTER = Parameter(
    "after",
    "query",
    _("Le dernier numéro déjà lu\u00a0: la réponse commence après lui."),
    {"type": "integer", "minimum": -1, "maximum": 2**53 - 1, "default": -1},
)
LIMIT = Parameter(
    "limit",
    "query",
    _("Nombre d’éléments au plus."),
    {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
)
SEPARATOR = Parameter(
    "separator",
    "query",
    _("Le signe entre les colonnes\u00a0: une virgule (RFC 4180), ou un point-virgule pour les tableurs français."),
    {"type": "string", "enum": list(SEPARATORS), "default": "comma"},
)


def here(page: Page) -> str:
    """The address of this answer, in full."""
    query = page.request.url.query
    return page.public_url + (f"?{query}" if query else "")


def onward(page: Page, after: int, is_more: bool) -> open_data.PageLinks:
    """Where this list is and where it goes on."""
    return open_data.PageLinks(here(page), following(page, after, is_more))


def following(page: Page, after: int, is_more: bool) -> str | None:
    """Where a list goes on: the same question, after a number; None when all is read."""
    asked = [(name, value) for name, value in page.request.query_params.multi_items() if name != "after"]
    return f"{page.public_url}?{urlencode([*asked, ('after', str(after))])}" if is_more else None
