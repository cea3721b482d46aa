"""Passages of what somebody wrote, ready to be quoted: each has an address, and its words without signs."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from motion.rules.markdown import Piece
from motion.rules.text import Alinea, MotionText, parse
from motion.web.page import Page
from motion.web.views import View, shown
from storage.contributions import code
from storage.models import Contribution, ContributionVersion
from storage.quoting import Quoting

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_QUOTE = 2_000
QUOTABLE = 40  # paragraphs that offer their own address
SHORT = 60  # characters of a passage in the list of those to choose from
AROUND = 120  # characters shown on both sides of a passage that is quoted


@dataclass(frozen=True, slots=True)
class QuoteView(View):
    """A passage that the address names, ready to be quoted."""

    before: str = shown("What precedes it.")
    words: str = shown("The words quoted, as they read: without the signs of Markdown, each other character as it is.")
    after: str = shown("What follows it.")
    who: str = shown("Who says them.")
    source: str = shown("The contribution, the congress and the day.")
    url: str = shown("The address of the passage.")
    plain: str = shown("All of it as one text, to be copied.")


QUOTING = {
    "motion": _("Motion %(code)s\u00a0: %(title)s"),
    "contribution": _("Contribution %(code)s, de %(who)s"),
    "reply": _("Réponse de %(who)s à la contribution %(code)s"),
}


def quoting_places(page: Page, places: Sequence[Quoting]) -> tuple[tuple[str, str], ...]:
    """Where a contribution is quoted: each place in words, with its address."""
    return tuple(
        (page._(QUOTING[one.kind], code=one.code, title=one.title, who=one.who), place_of(page, one)) for one in places
    )


def place_of(page: Page, place: Quoting) -> str:
    """The path of what quotes a contribution."""
    return f"{page.home}/{'motions' if place.kind == 'motion' else 'contributions'}/{place.code}"


def shortened(text: str, most: int) -> str:
    """The beginning of a line, cut between two words.

    >>> shortened("Le car ne passe plus. Il neige.", 24), shortened("Le car.", 24)
    ('Le car ne passe plus…', 'Le car.')
    """
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(" .,;:!?…–\u00a0\u202f") + "…"


def as_read(source: str, start: int, end: int, read: MotionText | None = None) -> str:
    """What a reader sees of a range of a text: its words, without the signs that give them their form.

    Args:
        start, end: Of the range, in characters of the source; what is bold there begins and ends with its words.
        read: The text as it was read, when the caller has it.

    >>> as_read("Le **car** du [jeudi](https://bourg.example) ne passe *plus*.", 3, 64)
    'car du jeudi ne passe plus.'
    """
    found, last = "", 0
    for first, piece in _pieces(read or parse(source)):
        begin, stop = max(piece.start, start), min(piece.end, end)
        if begin >= stop:
            continue
        if found and first:
            found += "\n\n" if source.count("\n", last, begin) > 1 else "\n"
        found += source[begin:stop]
        last = stop
    return found


def _pieces(read: MotionText) -> Iterator[tuple[bool, Piece]]:
    """The pieces of a text in their order, and whether each is the first of its line."""
    parts: list[tuple[Piece, ...]] = [read.title.pieces] if read.title is not None else []
    for section in read.sections:
        parts += [section.heading.pieces] if section.heading is not None else []
        parts += [each.pieces for each in section.contents]
    for pieces in parts:
        yield from ((number == 0, piece) for number, piece in enumerate(pieces))


def passages_of(url: str, version: ContributionVersion) -> tuple[tuple[str, str], ...]:
    """The paragraphs of the words as they read, each with the address that quotes it."""
    read = parse(version.text)
    lines = sorted(
        (each.start, each.end) for section in read.sections for each in section.contents if isinstance(each, Alinea)
    )
    starts = [start for start, _end in lines]
    found, place = [], 0
    for paragraph in version.text.split("\n\n"):
        end = place + len(paragraph)
        holds_words = bisect_left(starts, place) < len(starts) and starts[bisect_left(starts, place)] < end
        if holds_words and len(paragraph) <= MAX_QUOTE:
            words = shortened(" ".join(as_read(version.text, place, end, read).split("\n")), SHORT)
            found.append((words, f"{url}?version={version.version}&citer={place}-{end}#citation"))
        place = end + 2
        if len(found) == QUOTABLE:
            break
    return tuple(found)


def quote_view(page: Page, one: Contribution, version: ContributionVersion, who: str) -> QuoteView | None:
    """The passage that `?citer=12-80` names, in characters of the version; None when there is none."""
    first, sign, last = page.request.query_params.get("citer", "").partition("-")
    if not sign or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in (first, last)):
        return None
    start, end, text = int(first), min(int(last), len(version.text)), version.text
    if start >= end or end - start > MAX_QUOTE:
        return None
    read = parse(text)
    words = as_read(text, start, end, read)
    if not words.strip():
        return None
    before, after = as_read(text, max(0, start - AROUND), start, read), as_read(text, end, end + AROUND, read)
    if before and text[:start].endswith("\n"):
        before += "\n\n"
    if after and text[end:].startswith("\n"):
        after = "\n\n" + after
    assert page.congress is not None
    source = page._(
        _("Contribution %(code)s, %(congress)s, %(day)s"),
        code=code(one),
        congress=page.congress.title,
        day=page.times.day(one.said_at or one.received_at),
    )
    url = f"{page.public_url}?version={version.version}&citer={start}-{end}"
    quoted = page._(_("«\u00a0%(words)s\u00a0»"), words=words.strip())
    return QuoteView(
        ("…" if start > AROUND else "") + before,
        words,
        after + ("…" if end + AROUND < len(text) else ""),
        who,
        source,
        url,
        f"{quoted}\n{who}\n{source}\n{url}",
    )
