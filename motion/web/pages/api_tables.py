"""The tables of `/api/v1`, as CSV. The long ones are written as they are read, a thousand lines at a time."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from motion.record.entry import Entry
from motion.rules.vocabulary import FRENCH
from motion.web.open_answers import headers_of, read, send, unchanged
from motion.web.open_things import Sentences, author_items, entry_item, member, motion_item
from motion.web.page import Page
from motion.web.pages.motions import etag_of
from motion.web.register_words import genre_said
from motion.web.requested import after_of, separator_of, wanted_of
from motion.web.tables import BYTE_ORDER_MARK, Cell, lines, table
from storage import open_data, pages
from storage.models import Congress, Motion, Official
from storage.open_data import Wanted
from storage.store import Session

STATES, ROLES = FRENCH["state"], FRENCH["role"]
MEDIA_TYPE = "text/csv; charset=utf-8"
BATCH = 1000

# The names of columns are for programs as much as for people: they are French and stay so in every language. A column
# `…_code` holds the code of the API, which never changes; the one before it says the same in the reader's language.
MOTION_COLUMNS = (
    "code",
    "titre",
    "etat",
    "etat_code",
    "derniere_inscription",
    "modifications",
    "modifiee_le",
    "empreinte_gelee",
    "pour",
    "contre",
    "abstentions",
    "sans_part_au_vote",
    "presidence",
    "resultat_le",
    "adresse",
)
AUTHOR_COLUMNS = ("membre", "nom", "mandat", "territoire", "caracteres", "saisi_pour")
MEMBER_COLUMNS = ("membre", "nom", "mandat", "territoire", "role", "role_code", "depuis", "en_exercice", "sortie_le")
ENTRY_COLUMNS = (
    "numero",
    "genre",
    "genre_code",
    "date",
    "auteur",
    "phrase",
    "motion",
    "champs",
    "empreinte",
    "decision",
    "adresse",
    "preuve",
)

Rows = Sequence[Sequence[Cell]]


def named(response: Response, page: Page, name: str) -> Response:
    """Say under which name to keep a table."""
    assert page.congress is not None
    if response.status_code == 200:
        response.headers["Content-Disposition"] = f'attachment; filename="{page.congress.slug}-{name}.csv"'
    return response


async def motions(request: Request) -> Response:
    """The motions of a congress."""
    separator = separator_of(request)
    page, rows = await read(request, open_data.overview)
    content = table(MOTION_COLUMNS, [motion_row(page, one) for one in rows.motions], separator)
    return named(send(page, content.encode(), MEDIA_TYPE), page, "motions")


def motion_row(page: Page, motion: Motion) -> Sequence[Cell]:
    """One motion."""
    one = motion_item(page, motion)
    vote = one.result
    votes: Sequence[Cell] = (None,) * 6
    if vote is not None:
        votes = (vote.votes_for, vote.against, vote.abstentions, vote.not_voting, vote.presided_by, vote.at)
    return (
        one.code,
        one.title,
        page._(STATES[one.state]),
        one.state,
        one.entry,
        one.number,
        one.at,
        one.frozen_digest,
        *votes,
        one.links.page,
    )


async def authors(request: Request) -> Response:
    """Whose words stand in a motion."""
    separator = separator_of(request)
    page, rows = await read(request, pages.motion, request.path_params["code"])
    etag = etag_of(page, rows)
    found = unchanged(page, etag)
    if found:
        return found
    written = [
        (
            one.official,
            one.name,
            one.mandate,
            one.territory,
            one.characters,
            " ".join(f"elu-{other.official}:{other.characters}" for other in one.typed_for),
        )
        for one in author_items(page, rows)
    ]
    content = table(AUTHOR_COLUMNS, written, separator)
    return named(send(page, content.encode(), MEDIA_TYPE, etag=etag), page, f"{rows.motion.code}-auteurs")


async def roster(request: Request) -> Response:
    """The whole roster."""
    separator = separator_of(request)
    page, last = await read(request, last_entry)

    def batch(db: Session, congress: Congress, after: int) -> tuple[Rows, int | None]:
        found = open_data.roster(db, congress, after, BATCH)
        rows = [member_row(page, official) for official in found.officials]
        return rows, (found.officials[-1].id if found.has_more else None)

    return named(streamed(page, page.etag(last, separator), MEMBER_COLUMNS, batch, 0, separator), page, "membres")


def member_row(page: Page, official: Official) -> Sequence[Cell]:
    """One member."""
    one = member(page, official)
    role = page._(ROLES[one.role])
    return one.id, one.name, one.mandate, one.territory, role, one.role, one.since, one.in_force, one.left_at


def last_entry(db: Session, congress: Congress) -> int:
    """The record's last entry: whatever changes the roster is one."""
    assert congress.id is not None
    return pages.last_entry(db, congress.id)


async def entries(request: Request) -> Response:
    """The entries of the record, as far as it was signed when this began."""
    separator, wanted = separator_of(request), wanted_of(request)
    page, (size, decided) = await read(request, extent, wanted)

    def batch(db: Session, congress: Congress, after: int) -> tuple[Rows, int | None]:
        asked = Wanted(after, BATCH, wanted.motion, wanted.official, wanted.kind)
        found = open_data.entries(db, congress, asked, size)
        sentences = Sentences(page, found.told)
        return [
            entry_row(page, sentences, number, content, entry, found) for number, content, entry in found.rows
        ], found.through if found.is_full else None

    etag = page.etag(size, decided, separator)
    return named(streamed(page, etag, ENTRY_COLUMNS, batch, after_of(request), separator), page, "registre")


def extent(db: Session, congress: Congress, wanted: Wanted) -> tuple[int, int]:
    """How many entries are signed, and the last redaction.

    Raises:
        NotFound: There is no motion of the code that is asked for.
    """
    if wanted.motion:
        pages.motion_named(db, congress, wanted.motion)
    found = open_data.overview(db, congress)
    return found.signed, found.last_redaction


def entry_row(
    page: Page, sentences: Sentences, number: int, content: bytes, entry: Entry, found: open_data.EntriesPage
) -> Sequence[Cell]:
    """One entry."""
    one = entry_item(page, sentences, number, content, entry, found.redactions.get(number))
    return (
        one.number,
        genre_said(page, one.kind),
        one.kind,
        one.at,
        one.by,
        one.sentence,
        one.body.get("doc", ""),
        json.dumps(one.body, ensure_ascii=False, sort_keys=True),
        one.leaf,
        one.redaction.decision if one.redaction else "",
        one.links.page,
        one.links.proof,
    )


def streamed(
    page: Page,
    etag: str,
    names: Sequence[str],
    batch: Callable[[Session, Congress, int], tuple[Rows, int | None]],
    start: int,
    separator: str,
) -> Response:
    """Write a table as it is read: one batch in memory, read and put in words on a reader's thread."""
    found = unchanged(page, etag)
    if found:
        return found
    headers = headers_of(page, etag, "public, no-cache")
    if page.request.method == "HEAD":
        return Response(headers=headers, media_type=MEDIA_TYPE)

    def written(db: Session, after: int) -> tuple[bytes, int | None]:
        assert page.congress is not None
        rows, following = batch(db, page.congress, after)
        return lines(rows, separator).encode(), following

    async def pieces() -> AsyncIterator[bytes]:
        yield (BYTE_ORDER_MARK + lines(names_row(names), separator)).encode()
        after: int | None = start
        while after is not None:
            content, after = await page.service.store.read(written, after)
            yield content

    return StreamingResponse(pieces(), headers=headers, media_type=MEDIA_TYPE)


def names_row(names: Sequence[str]) -> Iterable[Sequence[Cell]]:
    """The names of the columns, as a row."""
    return [list(names)]
