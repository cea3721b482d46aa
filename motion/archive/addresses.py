"""Which addresses of a congress have a file in its copy, and how the file is called.

A page's name is its address: `motions/M1?vue=auteurs` is `motions/M1.vue-auteurs.html`. No name holds a sign that a
stick or an old file system refuses, and none differs from another by capitals alone.
"""

import os.path
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from motion.web.openapi import ROOT

STATIC = "/static/"
DATA = "congres.json"

# Pages, by what follows the congress's address; and what may be asked of them.
PAGES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), frozenset(asked.split()))
    for pattern, asked in (
        (r"", ""),
        (r"archive", ""),
        (r"verifier", ""),
        (r"donnees", ""),
        (r"motions", ""),
        (r"motions/[A-Z]\d+", "vue partie"),
        (r"motions/[A-Z]\d+/imprimer", ""),
        (r"motions/[A-Z]\d+/rejeu", "page jour"),
        (r"motions/[A-Z]\d+/rejeu/[a-z0-9-]+", ""),
        (r"motions/[A-Z]\d+/a/(?P<instant>\d+)", "vue partie"),
        (r"motions/[A-Z]\d+/entre/\d+/\d+", "partie"),
        (r"contributions", "apres theme"),
        (r"contributions/(carte|chiffres)", ""),
        (r"contributions/C\d+", "version"),
        (r"contributions/C\d+/transcription/\d+", "langue media partie"),
        (r"registre", "avant motion qui genre depuis chaque"),
        (r"registre/(?P<entry>\d+)(/recu)?", ""),
    )
)
FILES = re.compile(
    r"motions/[A-Z]\d+\.(pdf|gros-caracteres\.pdf|odt|docx|epub|akn\.xml|md|json)"
    r"|registre/(?P<entry>\d+)\.(tlog-proof|json|objet)"
    r"|contributions/C\d+\.(json|md)|transcriptions/[0-9a-f]{64}\.(vtt|srt)"
)
MEDIA = re.compile(r"medias/([0-9a-f]{64})")
WRITTEN = re.compile(r"log/.+|VERIFY(\.[a-z]{2})?\.md|verify/.+")  # written beside the pages
STRETCH = frozenset(("motion", "qui", "genre", "depuis", "avant", "chaque"))


@dataclass(frozen=True, slots=True)
class Target:
    """What an address has in the copy.

    Attributes:
        address: What to ask the service for; empty for a file that is written otherwise.
        path: Of the file, below the payload.
    """

    address: str
    path: str
    is_page: bool


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one congress.

    Attributes:
        slug: Of the congress.
        base_url: Of the service.
        entries, instants: Whose pages are copied; of the others there is only the record.
        data: Addresses of open data on the service, from the root, and their files.
        media: Endings of the files of contributions, by the names of their objects: `.mp4`.
        missing: Files that could not be made: nothing leads to them.
    """

    slug: str
    base_url: str
    entries: Collection[int]
    instants: Collection[int]
    data: dict[str, str]
    media: Mapping[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def target(self, address: str) -> Target | None:
        """What has a file: a page, a document, a style; None for what only the service can give."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if f"{parts.scheme}://{parts.netloc}" != self.base_url:
                return None
        path, query = parts.path, parts.query
        if ".." in path.split("/"):
            return None
        if path.startswith(STATIC) and path.endswith((".css", ".svg")):
            return Target(path, path.removeprefix("/"), is_page=False)
        whole = path + (f"?{query}" if query else "")
        if whole in self.data:
            kept = self.data[whole] not in self.missing
            return Target(whole, self.data[whole], is_page=False) if kept else None
        if path == f"/{self.slug}.json":
            return Target(path, DATA, is_page=False)
        if path != f"/{self.slug}" and not path.startswith(f"/{self.slug}/"):
            return None
        below = path.removeprefix(f"/{self.slug}").removeprefix("/")
        if WRITTEN.fullmatch(below):
            return Target("", below, is_page=False)
        media = MEDIA.fullmatch(below)
        if media is not None:
            ending = self.media.get(media[1])
            return None if ending is None else Target("", below + ending, is_page=False)
        file = FILES.fullmatch(below)
        if file is not None:
            kept = int(file["entry"]) in self.entries if file["entry"] else below not in self.missing
            return Target(path, below, is_page=False) if kept else None
        return self._page(path, below, parse_qsl(query))

    def _page(self, path: str, below: str, asked: list[tuple[str, str]]) -> Target | None:
        if any(name == "lang" for name, _value in asked):
            return None  # a copy speaks the first language of its congress
        for pattern, known in PAGES:
            found = pattern.fullmatch(below)
            if found is None:
                continue
            groups = found.groupdict()
            if groups.get("entry") and int(groups["entry"]) not in self.entries:
                return None
            if groups.get("instant") and int(groups["instant"]) not in self.instants:
                return None
            if below == "registre":
                asked = _of_register(asked)
            elif "/transcription/" in below:
                asked = [(name, value) for name, value in asked if name != "t"]  # the place on the page is enough
            if below.startswith("contributions") and not {name for name, _value in asked} <= known:
                return None  # sorted by the service, or a quotation
            said = [
                (name, value)
                for name, value in sorted(asked)
                if name in known and re.fullmatch(r"[A-Za-z0-9-]+", value)
            ]
            name = ".".join([below or "index", *(f"{name}-{value}" for name, value in said)])
            query = urlencode(said)
            return Target(path + (f"?{query}" if query else ""), f"{name}.html", is_page=True)
        return None

    def resolver(self, address: str, path: str) -> "Resolver":
        """How the links of a page are written: `address` is the page's on the service, `path` its file."""
        return Resolver(self, address, path)


@dataclass(frozen=True, slots=True)
class Resolver:
    """Turns an address on one page into a relative one. External ones stay as they are."""

    addresses: Addresses
    page: str
    path: str

    def __call__(self, address: str) -> str | None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "mailto") and not address.startswith(self.addresses.base_url + "/"):
            return address
        target = self.addresses.target(urljoin(self.page, address))
        if target is None:
            return None
        relative = quote(os.path.relpath(target.path, os.path.dirname(self.path) or "."))
        return relative + (f"#{parts.fragment}" if parts.fragment else "")

    def absolute(self, address: str) -> str:
        """The same from the root of the service; empty for an external one."""
        joined = urljoin(self.page, address.removeprefix(self.addresses.base_url))
        return "" if urlsplit(joined).netloc else joined.partition("#")[0]


def _of_register(asked: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The whole register by its pages, and its stretches keystroke by keystroke; other sortings need the service."""
    names = {name for name, _value in asked}
    if "chaque" in names:
        return asked if names <= STRETCH else []
    return [(name, value) for name, value in asked if name == "avant"] if names == {"avant"} else []


def open_data(slug: str, motions: Iterable[str]) -> dict[str, str]:
    """The addresses of open data, and their files."""
    below = f"{ROOT}/congresses/{slug}"
    files = {
        f"{ROOT}/openapi.json": "openapi.json",
        below: "congres.json",
        f"{below}/motions": "motions.json",
        f"{below}/motions.csv": "motions.csv",
        f"{below}/roster.csv": "membres.csv",
        f"{below}/entries.csv": "inscriptions.csv",
        f"{below}/contributions.csv": "contributions.csv",
        f"{below}/themes": "themes.json",
        f"{below}/themes.csv": "themes.csv",
        f"{below}/places": "lieux.json",
        f"{below}/places.csv": "lieux.csv",
        f"{below}/figures": "chiffres.json",
    }
    for code in motions:
        files[f"{below}/motions/{code}"] = f"motions/{code}.json"
        files[f"{below}/motions/{code}/authors"] = f"motions/{code}.auteurs.json"
        files[f"{below}/motions/{code}/authors.csv"] = f"motions/{code}.auteurs.csv"
    return {address: f"donnees/{file}" for address, file in files.items()}
