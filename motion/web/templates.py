"""The templates: one Jinja environment for each language, strict about names, escaping everything."""

import functools
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import jinja2

from motion.language import LANGUAGES, ROOT, language
from motion.rules import vocabulary
from motion.rules.file_kinds import offered, offered_by_device
from motion.rules.names import initials

FRONTEND = ROOT / "frontend"
PAGES_KEPT = 256  # rendered pages; of 100 kB at most, and a quarter of it packed, so 32 MB
PACKING = 6  # gzip's level: 9 takes twice as long for one percent


class Templates:
    """Renders `frontend/pages` and `frontend/components`; templates are read once."""

    def __init__(self, asset: Callable[[str], str]) -> None:
        self._kept: OrderedDict[tuple[str, str], Rendered] = OrderedDict()
        self.environments = {code: self._environment(code, asset) for code in LANGUAGES}
        self.build = self._digest()

    @staticmethod
    def _environment(code: str, asset: Callable[[str], str]) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([FRONTEND / "pages", FRONTEND]),
            extensions=["jinja2.ext.i18n"],
            autoescape=True,
            undefined=jinja2.StrictUndefined,  # a misspelt field is an error, not a blank
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        spoken = language(code)
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
            spoken.gettext, spoken.ngettext, newstyle=True, pgettext=spoken.pgettext, npgettext=spoken.npgettext
        )
        environment.globals["asset"] = asset
        environment.globals |= {"offered": offered, "offered_by_device": offered_by_device}
        environment.globals["said"] = functools.partial(said, code)
        environment.filters["initials"] = initials
        return environment

    @staticmethod
    def _digest() -> str:
        """Name the templates and the catalogues: a page kept by a browser must not outlive them."""
        digest = hashlib.sha256()
        for folder in ("pages", "components", "locale", "dist"):
            for file in sorted((FRONTEND / folder).rglob("*")):
                if file.suffix in {".html", ".po", ".json"}:
                    digest.update(file.read_bytes())
        return digest.hexdigest()[:12]

    def render(self, code: str, name: str, context: Mapping[str, Any]) -> str:
        """Render one template in one language."""
        return self.environments[code].get_template(name).render(context)

    def render_once(self, code: str, name: str, etag: str, context: Callable[[], Mapping[str, Any]]) -> "Rendered":
        """Render what `etag` names, unless this process did it lately: a hall of readers asks for the same page.

        The name holds the reader too, so nobody is given what was made for another.
        """
        key = name, etag
        rendered = self._kept.pop(key, None)
        if rendered is None:
            rendered = Rendered(self.render(code, name, context()).encode())
        self._kept[key] = rendered
        if len(self._kept) > PAGES_KEPT:
            self._kept.popitem(last=False)
        return rendered

    def kept(self, name: str, etag: str) -> "Rendered | None":
        """What `etag` names, if this process rendered it lately."""
        return self._kept.get((name, etag))


class Rendered:
    """A page as bytes, packed at most once: packing costs more than all the rest of an answer."""

    __slots__ = ("_packed", "html")

    def __init__(self, html: bytes) -> None:
        self.html = html
        self._packed: bytes | None = None

    def packed(self) -> bytes:
        """The page in gzip."""
        if self._packed is None:
            self._packed = gzip.compress(self.html, PACKING, mtime=0)
        return self._packed


def said(code: str, kind: str, word: str) -> str:
    """Say a word of the vocabulary in a language; `kind` is `phase`, `state`, `role` or `template`."""
    return language(code).gettext(vocabulary.FRENCH[kind][word])
