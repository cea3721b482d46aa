"""What changed between two instants of a motion, `…/entre/{from}/{to}`, word by word and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.rules.authorship import AUTHOR_STYLES
from motion.rules.differences import ComparedLine, Comparison, Words, compare
from motion.rules.rendering import MASKED
from motion.rules.steps import Step, StepKind
from motion.web.heavy import Heavy
from motion.web.page import Page
from motion.web.pages.motions import part_asked
from motion.web.past import BASE, Frame, answer, entry_asked, entry_of, etag_of, frame_of, past_of, people_of
from motion.web.reading import PersonView, person_of
from motion.web.steps import StepView, step_view
from motion.web.tombstones import with_masks_said
from motion.web.views import View, shown
from storage import replays
from storage.models import Official
from storage.replays import Compared, Past, Seen, moment_of

_ = NullTranslations().gettext  # marks the sentences for the catalogues

LINES_SHOWN = 60  # changed lines of a comparison on a page
WORDS_SHOWN = 150  # changed words of a comparison on a page, likewise
COMPARED_AT_ONCE = 1  # by this process: a tenth of a second each, a second and a half for the worst of texts
COMPARED_WAITING = 20


@dataclass(frozen=True, slots=True)
class WordsView(View):
    """Neighbouring words of a comparison."""

    kind: str = shown("`same`, `added` or `removed`.")
    text: Markup = shown("The words as safe HTML, masks said.")
    name: str = shown("Who wrote what was added; empty when nobody from here.")
    initials: str = shown("The same in two letters.")
    style: int = shown("1 to 6: colour and line; 0 beyond the sixth.")


@dataclass(frozen=True, slots=True)
class LineView(View):
    """One line of a comparison, or lines left out."""

    skipped: int = shown("How many unchanged lines are left out here; 0 for a line that is shown.")
    level: int = shown("1 to 6 for a heading, 0 for others.")
    words: tuple[WordsView, ...] = shown("Its words.")


@dataclass(frozen=True, slots=True)
class BetweenView(View):
    """What changed between two instants."""

    frame: Frame = shown("The frame.")
    first: int = shown("The earlier entry; 0 before the first.")
    last: int = shown("The later entry.")
    by: str = shown("Who wrote everything in between; empty when several did, or nobody from here.")
    before: str = shown("The earlier instant, in words.")
    before_url: str = shown("Its address.")
    after: str = shown("The later instant, in words.")
    after_url: str = shown("Its address.")
    previous: StepView | None = shown("The step of writing before the later instant.")
    following: StepView | None = shown("The step of writing after it.")
    added: int = shown("Characters added.")
    removed: int = shown("Characters removed.")
    authors: tuple[tuple[PersonView, int, int], ...] = shown("Who wrote the additions: who, style, characters.")
    unattributed: int = shown("Characters added by a template, a document, or it can't be told by whom.")
    others: str = shown("Who wrote in between without a word of theirs being added here, as names in words.")
    lines: tuple[LineView, ...] = shown("The lines.")
    part: int = shown("Which part of the comparison this is, from 1.")
    parts: int = shown("How many.")
    address: str = shown("The address of this comparison.")


async def choose_between(request: Request) -> Response:
    """Compare two instants that a form names, each by an hour or an entry: `?de=14:32`, `?a=384`, `?jour=`."""
    page, found = await past_of(request, replays.past)
    url = f"{page.home}/motions/{found.motion.code}"
    entries = []
    for name in ("de", "a"):
        entry = await entry_asked(request, page, found, request.query_params.get(name, ""))
        if entry is None:
            return page.redirect(f"{url}/rejeu#comparer")
        entries.append(entry)
    return page.redirect(f"{url}/entre/{min(entries)}/{max(entries)}")


async def between(request: Request) -> Response:
    """What changed between two entries."""
    one, other = (entry_of(request, name) for name in ("one", "other"))
    page, rows = await past_of(request, replays.compared, one, other, entry=max(one, other), asking=("partie",))
    people = await people_of(request, rows.before, rows.after, more=rows.writers)
    etag = etag_of(page, rows.past, people)
    known = page.known("between.html", etag)
    if known is not None:
        return known
    compared = await comparison_of(request, rows)
    return await answer(
        page, "between.html", etag, lambda: between_view(page, rows, compared, people, min(one, other), max(one, other))
    )


async def comparison_of(request: Request, rows: Compared) -> Comparison:
    """Compare, once for all who ask: two instants of one version of a history are what they are.

    Raises:
        HTTPException: 503: too many others are compared already.
    """
    comparisons: Heavy = request.app.state.comparisons
    before, after, past = rows.before, rows.after, rows.past
    return await comparisons.share(
        (past.motion.id, past.head.version, before.entry, after.entry),
        lambda: compare(
            before.instant.text,
            after.instant.text,
            after.instant.authors,
            (before.instant.masks, after.instant.masks),
        ),
    )


def between_view(
    page: Page, rows: Compared, compared: Comparison, people: Mapping[int, Official], first: int, last: int
) -> BetweenView:
    """Put the page of a comparison together; `first` and `last` are the entries that were asked for."""
    found = rows.past
    frame = frame_of(page, found)
    written = dict(compared.by_official)
    unattributed = compared.added - sum(written.values())
    styles = {
        official: rank if rank <= AUTHOR_STYLES else 0
        for rank, official in enumerate(sorted(written, key=lambda each: (-written[each], each)), start=1)
    }
    writers = rows.writers | written.keys()
    persons = {official: person_of(page, people.get(official), official) for official in writers}
    has_service = any(
        step.added and step.first_entry <= rows.after.entry and step.last_entry > rows.before.entry
        for step in found.steps
        if step.kind in (StepKind.OPENING, StepKind.SERVICE)
    )
    alone = persons[min(writers)].name if len(writers) == 1 and not has_service else ""
    if alone and written:
        # A sign that stands twice may be matched with its twin of before: here it can be nobody else's.
        written, unattributed = {min(writers): compared.added}, 0
    parts = _parts(compared)
    part = min(part_asked(page), len(parts))
    steps = [step for step in found.steps if step.kind in (StepKind.WRITING, StepKind.SERVICE)]
    previous = next((step for step in reversed(steps) if step.last_entry < rows.after.entry), None)
    following = next((step for step in steps if step.last_entry > rows.after.entry), None)

    def said(step: Step | None) -> StepView | None:
        return step_view(page, frame.url, step, people) if step else None

    def words_of(line: ComparedLine) -> tuple[WordsView, ...]:
        return tuple(
            WordsView(
                str(words.kind),
                _safe(page, words, found),
                persons[words.official].name if words.official in persons else "",
                persons[words.official].initials if words.official in persons else "",
                styles.get(words.official or 0, 0),
            )
            for words in line.words
        )

    return BetweenView(
        frame,
        min(first, found.motion.last_entry) if rows.before.entry else 0,
        min(last, found.motion.last_entry),
        alone,
        _moment(page, rows.before),
        f"{frame.url}/a/{rows.before.entry}",
        _moment(page, rows.after),
        f"{frame.url}/a/{rows.after.entry}",
        said(previous),
        said(following),
        compared.added,
        compared.removed,
        # In the order of names: shares are no ranking.
        tuple((persons[each], styles[each], written[each]) for each in sorted(written, key=lambda o: persons[o].name)),
        unattributed,
        page.times.names(sorted(persons[official].name for official in writers - written.keys())),
        tuple(
            LineView(line, 0, ()) if isinstance(line, int) else LineView(0, line.level, words_of(line))
            for line in parts[part - 1]
        ),
        part,
        len(parts),
        f"{frame.url}/entre/{rows.before.entry}/{rows.after.entry}",
    )


def _safe(page: Page, words: Words, found: Past) -> Markup:
    shown = escape(words.text)
    if not words.is_masked:
        return shown
    return Markup(with_masks_said(page, f"{MASKED}{shown}</span>", found.tombstones, of_past=True))


def _moment(page: Page, seen: Seen) -> str:
    change = seen.instant.change
    return page.times.moment(moment_of(change.at)) if change else page._(_("avant le premier mot"))


def _parts(compared: Comparison) -> list[list[ComparedLine | int]]:
    """Changed lines, each with its neighbours; the others are counted. Cut where an old tablet would tire."""
    lines = compared.lines
    wanted = set()
    for index, line in enumerate(lines):
        if line.is_changed:
            wanted |= {index - 1, index, index + 1}
    parts: list[list[ComparedLine | int]] = [[]]
    skipped = changed = words = 0
    for index, line in enumerate(lines):
        if index not in wanted:
            skipped += 1
            continue
        if skipped:
            parts[-1].append(skipped)
            skipped = 0
        if changed >= LINES_SHOWN or words >= WORDS_SHOWN:
            parts.append([])
            changed = words = 0
        changed += line.is_changed
        words += len(line.words) - 1
        parts[-1].append(line)
    if skipped:
        parts[-1].append(skipped)
    return parts


ROUTES = [
    Route(f"{BASE}/entre", choose_between, name="between-chosen"),
    Route(BASE + "/entre/{one:int}/{other:int}", between, name="between"),
]
