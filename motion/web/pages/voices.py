"""What was said to the congress, for its readers: the list, one contribution, its files."""

import re
import secrets
from dataclasses import dataclass
from gettext import NullTranslations
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from motion.rules import communes
from motion.rules.contributions import CHANNELS, FILES, STATES, Channel, ContributionState, FileKind
from motion.rules.file_kinds import ending_of
from motion.web.media_bytes import LEADS, PREFIX, serve
from motion.web.page import NEVER, Page, read
from motion.web.pages.home import OPEN
from motion.web.testimonies import media_url
from motion.web.tombstones import json_of as redactions_json
from motion.web.tombstones import said
from motion.web.views import View, shown
from motion.web.voices import LineView, line_view, voice_view, who_of
from storage import quoting, voice_ends, voices
from storage.contributions import code
from storage.voice_ends import Removed
from storage.voices import Asked, OneVoice, Voices

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ORDERS = {
    "recent": _("Les dernières d’abord"),
    "temps": _("Les premières d’abord"),
    "theme": _("Par thème"),
    "lieu": _("Par lieu"),
    "hasard": _("Au hasard"),
}
_ORDER_OF = {"temps": "time", "theme": "theme", "lieu": "place", "hasard": "random"}
STATES_ASKED = {
    "": _("Publiées"),
    "toutes": _("Toutes"),
    "received": STATES[ContributionState.RECEIVED],
    "awaited": STATES[ContributionState.AWAITED],
    "refused": STATES[ContributionState.REFUSED],
    "withdrawn": STATES[ContributionState.WITHDRAWN],
}
WHO = {"oui": _("Des élu·e·s"), "non": _("D’autres personnes")}
ANY_FILE = _("Avec une pièce jointe")
FIELDS = ("canal", "theme", "departement", "commune", "elu", "pieces", "etat", "ordre", "apres", "jusqua", "page")
MAX_SEED = 9_999
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class VoicesView(View):
    """A page of the list."""

    lines: tuple[LineView, ...] = shown("The contributions, in the order asked for.")
    asked: dict[str, str] = shown("What the form was filled with.")
    narrowed: tuple[str, ...] = shown("What the list is narrowed to, in words; empty for all that is published.")
    count: str = shown("How many there are, in words.")
    others: tuple[tuple[str, str], ...] = shown("What is not published: how many and in which state, with addresses.")
    channels: tuple[tuple[str, str], ...] = shown("Code and name, for the form.")
    themes: tuple[tuple[str, str], ...] = shown("Code and name, for the form.")
    departments: tuple[tuple[str, str], ...] = shown("Code and name of those heard, for the form.")
    kinds: tuple[tuple[str, str], ...] = shown("Kinds of files, for the form.")
    who: tuple[tuple[str, str], ...] = shown("Officials or others, for the form.")
    states: tuple[tuple[str, str], ...] = shown("For the form.")
    orders: tuple[tuple[str, str, bool], ...] = shown("Name, address, and whether it is the one.")
    next: str = shown("The address of the page that follows; or empty.")


def number_of(text: str, most: int = 10) -> int | None:
    """A number as an address has it; None when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < most else None


def asked_of(request: Request) -> tuple[Asked, dict[str, str]]:
    """Read what the address asks for; what can't be read is left out."""
    given = {name: request.query_params.get(name, "").strip()[:120].replace("\0", "") for name in FIELDS}
    order, _sign, drawn = given["ordre"].partition("-")
    seed = number_of(drawn, 5)
    theme = number_of(given["theme"].removeprefix("T"))
    kinds = {kind.value for kind in FileKind} | {"any"}
    states = {state.value for state in ContributionState}
    return Asked(
        channel=given["canal"] if given["canal"] in set(Channel) else "",
        theme=theme,
        department=given["departement"][:5],
        commune=given["commune"],
        official={"oui": "yes", "non": "no"}.get(given["elu"], ""),
        files=given["pieces"] if given["pieces"] in kinds else "",
        state="all" if given["etat"] == "toutes" else given["etat"] if given["etat"] in states else "published",
        order=_ORDER_OF.get(order, "recent"),
        seed=seed or 0,
        after=number_of(given["apres"]),
        upto=number_of(given["jusqua"]),
        page=max(1, number_of(given["page"], 6) or 1),
    ), given


async def show_list(request: Request) -> Response:
    """The list of what was said."""
    asked, given = asked_of(request)
    page, found = await read(request, voices.listed, asked)
    page = page.only(*FIELDS)
    if given["ordre"] == "hasard":
        drawn = given | {"ordre": f"hasard-{secrets.randbelow(MAX_SEED) + 1}", "jusqua": str(found.last_number)}
        return page.redirect(address(page, drawn))
    etag = page.etag(found.last_entry, page.congress, page.openings)
    return page.answer("voix/liste.html", etag, lambda: list_view(page, found, asked, given))


def address(page: Page, given: dict[str, str]) -> str:
    """The list with these things asked for."""
    kept = {name: value for name, value in given.items() if value}
    return f"{page.home}/contributions" + (f"?{urlencode(kept)}" if kept else "")


def list_view(page: Page, found: Voices, asked: Asked, given: dict[str, str]) -> VoicesView:
    """Put the list together."""
    named = communes.departments()
    filters = {name: given[name] for name in FIELDS if name not in ("ordre", "apres", "jusqua", "page")}
    order = given["ordre"].partition("-")[0] or "recent"
    following = ""
    if found.has_next:
        last = found.voices[-1].contribution.number
        more = {"apres": str(last)} if asked.order in ("recent", "time") else {"page": str(asked.page + 1)}
        following = address(page, given | more)
    others = []
    for state in (ContributionState.RECEIVED, ContributionState.AWAITED, ContributionState.REFUSED, "withdrawn"):
        count = found.states.get(str(state), 0)
        if count:
            words = f"{page._(STATES[ContributionState(state)])} ({page.times.number(count)})"
            others.append((words, address(page, {"etat": str(state)})))
    return VoicesView(
        tuple(line_view(page, voice) for voice in found.voices),
        given,
        narrowed_to(page, found, asked, given),
        page.language.ngettext("%(num)s contribution", "%(num)s contributions", found.count)
        % {"num": page.times.number(found.count)},
        tuple(others),
        tuple((channel.value, page._(words)) for channel, words in CHANNELS.items()),
        tuple((f"T{theme.number}", theme.name) for theme in found.themes),
        tuple((one, named.get(one, one)) for one in found.departments),
        (("any", page._(ANY_FILE)), *((kind.value, page._(words)) for kind, words in FILES.items())),
        tuple((name, page._(words)) for name, words in WHO.items()),
        tuple((name, page._(words)) for name, words in STATES_ASKED.items()),
        tuple(
            (page._(words), address(page, filters | {"ordre": "" if name == "recent" else name}), name == order)
            for name, words in ORDERS.items()
        ),
        following,
    )


def narrowed_to(page: Page, found: Voices, asked: Asked, given: dict[str, str]) -> tuple[str, ...]:
    """Say what is asked for: `Se soigner`, `À l’oral`…; a place of no list as it was typed."""
    names = {theme.number: theme.name for theme in found.themes}
    channels = {channel.value: words for channel, words in CHANNELS.items()}
    kinds = {"any": ANY_FILE, **{kind.value: words for kind, words in FILES.items()}}
    channel, who = channels.get(given["canal"]), WHO.get(given["elu"])
    kind, state = kinds.get(given["pieces"]), STATES_ASKED.get(given["etat"]) if given["etat"] else None
    said = (
        "" if asked.theme is None else names.get(asked.theme, f"T{asked.theme}"),
        page._(channel) if channel else "",
        asked.commune,
        communes.departments().get(asked.department, asked.department),
        page._(who) if who else "",
        page._(kind) if kind else "",
        page._(state) if state else "",
    )
    return tuple(words for words in said if words)


async def show(request: Request) -> Response:
    """One contribution."""
    page, (rows, quoted_in) = await read(request, quoting.voice, request.path_params["number"])
    page = page.only("version", "citer")
    etag = page.etag(rows.last_entry, page.congress, page.openings, quoted_in)
    return page.answer("voix/une.html", etag, lambda: voice_view(page, rows, quoted_in))


def said_of(page: Page, rows: OneVoice) -> dict[str, object]:
    """A contribution for programs: of what is not published its number, its channel, its moment, its state."""
    voice = rows.voice
    one, version = voice.contribution, voice.version
    body: dict[str, object] = {
        "code": code(one),
        "channel": one.channel,
        "state": "gone" if version is None and one.state == ContributionState.PUBLISHED else one.state,
        "received_at": page.times.iso(one.received_at),
        "entry": rows.last_entry,
    }
    if one.state == ContributionState.REFUSED and voice.reason:
        body["reason"] = voice.reason
    if rows.tombstones:
        body["redactions"] = redactions_json(rows.tombstones)
    if version is None:
        return body
    return body | {
        "author": version.author,
        "is_official": version.is_official,
        "mandate": version.mandate,
        "commune": version.commune,
        "commune_code": version.commune_code,
        "department": version.department_code,
        "title": version.title,
        "text": version.text,
        "language": version.language,
        "version": version.version,
        "versions": [each.version for each in rows.versions],
        "themes": [f"T{theme.number}" for theme in voice.themes],
        "supports": code(rows.supports) if rows.supports else None,
        "uses": sorted(use.value for use in rows.uses),
        "files": [
            {
                "number": file.file.number,
                "kind": file.file.kind,
                "description": file.file.description,
                "duration_ms": file.file.duration_ms,
                "renditions": [
                    {"role": made.role, "media_type": made.media_type, "size": made.size, "name": made.name}
                    for made in file.made
                ],
            }
            for file in rows.files
        ],
        "replies": [{"author": each.author, "at": page.times.iso(each.at), "text": each.text} for each in rows.replies],
    }


async def show_json(request: Request) -> Response:
    """One contribution for programs."""
    page, rows = await read(request, voices.one, request.path_params["number"])
    etag = page.etag(rows.last_entry)
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=OPEN | {"ETag": etag})
    return JSONResponse(said_of(page, rows), headers=OPEN | {"ETag": etag})


async def show_markdown(request: Request) -> Response:
    """One contribution as text: its words, who says them, where they come from."""
    page, rows = await read(request, voices.one, request.path_params["number"])
    etag = page.etag(rows.last_entry)
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=OPEN | {"ETag": etag})
    line, version = line_view(page, rows.voice), rows.voice.version
    parts = [f"# {version.title or line.code}" if version is not None else f"# {line.code}"]
    if version is None:
        parts += [line.state, line.reason]
        parts += [said(page, stone) for stone in rows.tombstones]
    else:
        parts += [version.text, f"{who_of(version)}. {line.channel}, {line.day}."]
    parts.append(page.service.settings.base_url + line.url)
    text = "\n\n".join(part for part in parts if part) + "\n"
    headers = OPEN | {"ETag": etag, "Content-Language": page.language.code}
    return PlainTextResponse(text, headers=headers, media_type="text/markdown")


async def media(request: Request) -> Response:
    """The bytes of a published rendition; 410 with the decision's words once it is taken out."""

    name = request.path_params["name"]
    page, found = await read(request, voice_ends.media, name if _NAME.fullmatch(name) else "")
    elsewhere = page.service.settings.media_url
    if elsewhere and not request.url.path.startswith(PREFIX):
        request.scope[LEADS] = media_url(page, name)
        return RedirectResponse(request.scope[LEADS], 307, {"Cache-Control": NEVER})
    if isinstance(found, Removed):
        words = [said(page, stone) for stone in found.tombstones]
        words = words or [page._(_("Ce fichier n’est plus publié."))]
        return PlainTextResponse("\n".join(words) + "\n", 410, {"Cache-Control": "no-cache"})
    inline = found.media_type.partition("/")[0] in ("image", "audio", "video")
    file_name = f"{name[:12]}{ending_of(found.media_type)}"
    service = page.service
    return serve(request, service.blobs, found.blob, found.size, found.media_type, file_name, inline=inline)


ROUTES = [
    Route("/{congress}/contributions", show_list, name="voices"),
    Route("/{congress}/contributions/C{number:int}.json", show_json, name="voice-json"),
    Route("/{congress}/contributions/C{number:int}.md", show_markdown, name="voice-markdown"),
    Route("/{congress}/contributions/C{number:int}", show, name="voice"),
    Route("/{congress}/medias/{name}", media, name="media"),
    Route(PREFIX + "{congress}/{name}", media, name="media-apart"),
]
