"""From a motion's rows to what its pages show: sections, authors, shares, what just changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations

from motion.rules.authorship import AUTHOR_STYLES, MotionShares, Run, Shares, shares, styles
from motion.rules.mandates import in_a_sentence
from motion.rules.names import display_name, folded, initials
from motion.rules.rendering import RenderedSection, render, render_heading
from motion.rules.territories import titled
from motion.rules.text import MotionText, parse
from motion.web.page import Page
from motion.web.views import View, shown
from storage.models import Entry, Motion, Official
from storage.pages import MotionRows, Wrote

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ACTS = {
    "motion.create": _("La motion est créée"),
    "motion.freeze": _("Le texte est gelé"),
    "motion.unfreeze": _("Le texte est rouvert"),
    "motion.adopt": _("La motion est adoptée"),
    "motion.reject": _("La motion est rejetée"),
    "motion.withdraw": _("La motion est retirée"),
}
ACTS_WITH_REASON = {
    "motion.unfreeze": _("Le texte est rouvert\u00a0: %(reason)s"),
    "motion.withdraw": _("La motion est retirée\u00a0: %(reason)s"),
}


@dataclass(frozen=True, slots=True)
class PersonView(View):
    """An official, as shown beside a text."""

    official: int = shown("The official's id.")
    name: str = shown("First name and family name.")
    initials: str = shown("Two letters, for seals and bars.")
    mandate: str = shown("`maire`; may be empty.")
    commune: str = shown("`Valbrune`; may be empty.")
    title: str = shown("Mandate and commune in one phrase; may be empty.")


@dataclass(frozen=True, slots=True)
class ShareView(View):
    """One author's part of a text or of a section."""

    person: PersonView = shown("Who.")
    characters: int = shown("Characters read that this person wrote.")
    percent: str = shown("The same as a share of all, in words: `35 %`.")
    style: int = shown("1 to 6: colour and line; 0 beyond the sixth author.")
    typed_for: tuple[str, ...] = shown("Of these, what they typed for others, in words, one line for each of these.")
    left: str = shown("Where the bar's piece starts, in percent of its width, for SVG: `12.5%`.")
    width: str = shown("Its width, likewise.")
    middle: str = shown("Its middle, likewise.")
    has_room: bool = shown("Whether the initials fit in the piece.")


@dataclass(frozen=True, slots=True)
class BarView(View):
    """A bar of shares and its list."""

    shares: tuple[ShareView, ...] = shown("The six who wrote most, in the order of their names.")
    others: tuple[ShareView, ...] = shown("The authors beyond the sixth, likewise.")
    label: str = shown("The bar in words, for those who don't see it.")
    unattributed: str = shown("The share that comes from the template or an import; empty when there is none.")


@dataclass(frozen=True, slots=True)
class SectionView(View):
    """One part of the text."""

    anchor: str = shown("Its anchor: `article-2`.")
    title: str = shown(
        "Plain text: `Article 2. Se déplacer pour se soigner`; empty for what stands before any heading."
    )
    heading: str = shown("The title as safe HTML, with its authors in the view of authors.")
    body: str = shown("The alinéas as safe HTML, with their line numbers.")
    level: int = shown("2, or 3 for a demand under its axis.")
    bar: BarView | None = shown("Who wrote this part; None in the plain view and for a part without words.")


@dataclass(frozen=True, slots=True)
class ChangeView(View):
    """One line of what just changed."""

    at: str = shown("The moment, for `<time datetime>`.")
    hour: str = shown("The hour, in words.")
    sentence: str = shown("What happened, in words.")
    entry: int | None = shown("The record's entry of an act; None for writing.")


@dataclass(frozen=True, slots=True)
class VoteView(View):
    """The result of a show of hands."""

    votes_for: int = shown("For.")
    votes_against: int = shown("Against.")
    abstentions: int = shown("Abstentions.")
    not_voting: int = shown("Present and not taking part in the vote.")
    presided_by: str = shown("Who presided.")
    pieces: tuple[tuple[str, int, str, str, str], ...] = shown("The bar: class, count, left, width and middle.")


@dataclass(frozen=True, slots=True)
class Read:
    """A motion's text, read once for everything that its page says."""

    motion: Motion
    text: MotionText
    runs: list[Run]
    shares: MotionShares
    styles: Mapping[int, int]
    masks: list[Run]  # None where nothing was taken out


def runs_of(kept: str) -> list[Run]:
    """The runs of a reading copy: nobody is None."""
    return [(length, official or None) for length, official in json.loads(kept)]


def read_motion(motion: Motion) -> Read:
    """Parse a motion's reading copy and count who wrote it."""
    text = parse(motion.text)
    runs = runs_of(motion.runs)
    counted = shares(text, runs, runs_of(motion.typed_for))
    return Read(motion, text, runs, counted, styles(counted.whole), runs_of(motion.masked))


def person_of(page: Page, official: Official | None, official_id: int) -> PersonView:
    """Say who an official is; one who is unknown here keeps their number."""
    if official is None:
        name = page._(_("Membre n°\u00a0%(number)s"), number=official_id)
        return PersonView(official_id, name, "?", "", "", "")
    name = display_name(official.first_names, official.family_name)
    return PersonView(
        official_id,
        name,
        initials(name),
        official.mandate,
        official.territory,
        title_of(official.mandate, official.territory),
    )


def named(people: Mapping[int, Official]) -> list[tuple[object, ...]]:
    """What pages say of these people: part of a page's `etag`, or who was misspelt would stay so where it is kept."""
    return sorted(
        (number, one.first_names, one.family_name, one.mandate, one.territory) for number, one in people.items()
    )


def title_of(mandate: str, territory: str) -> str:
    """`maire de Valbrune`, `maire d’Ormelac`: mandates and communes are names, said in French, after somebody's own."""
    return titled(in_a_sentence(mandate), territory)


def bar_of(page: Page, counted: Shares, people: Mapping[int, Official], style_of: Mapping[int, int]) -> BarView | None:
    """Draw shares: percents of the characters that people wrote and read, the template's apart.

    In the order of names, which is no ranking; beyond six authors, those who wrote least stand apart, likewise.
    """
    if not counted.total:
        return None
    found: list[ShareView] = []
    left = 0.0

    def by_name(share: tuple[int, int]) -> tuple[str, int]:
        row = people.get(share[0])
        return folded(f"{row.family_name} {row.first_names}") if row else "", share[0]

    firsts, others = counted.by_official[:AUTHOR_STYLES], counted.by_official[AUTHOR_STYLES:]
    for official, characters in [*sorted(firsts, key=by_name), *sorted(others, key=by_name)]:
        part = characters / counted.total
        width = part * 100
        found.append(
            ShareView(
                person_of(page, people.get(official), official),
                characters,
                page.times.percent(part),
                style_of.get(official, 0),
                tuple(
                    typed_for(page, person_of(page, people.get(other), other), count)
                    for author, other, count in counted.typed_for
                    if author == official
                ),
                f"{left:.2f}%",
                f"{width:.2f}%",
                f"{left + width / 2:.2f}%",
                width > 9,
            )
        )
        left += width
    label = page.times.names(f"{share.person.name} {share.percent}" for share in found[:AUTHOR_STYLES])
    rest = counted.unattributed / counted.total
    return BarView(
        tuple(found[:AUTHOR_STYLES]),
        tuple(found[AUTHOR_STYLES:]),
        label,
        page.times.percent(rest) if rest >= 0.005 else "",
    )


def typed_for(page: Page, other: PersonView, characters: int) -> str:
    """`dont 120 caractères saisis pour Yves Tournebise, maire de Montclairval`: whoever typed them answers for them."""
    said = page.language.ngettext(
        "dont %(num)s caractère saisi pour %(name)s", "dont %(num)s caractères saisis pour %(name)s", characters
    )
    name = f"{other.name}, {other.title}" if other.title else other.name
    return said % {"num": page.times.number(characters), "name": name}


def sections_of(
    page: Page, read: Read, people: Mapping[int, Official], *, with_authors: bool
) -> tuple[SectionView, ...]:
    """Render every part of the text, with its authors when they are asked for."""
    rendered = render(read.text, read.runs if with_authors else None, read.styles, read.masks)
    return tuple(
        SectionView(
            section.anchor,
            section.title,
            section.heading,
            section.body,
            3 if section.kind == "demande" else 2,
            _bar_of_section(page, read, section, people) if with_authors else None,
        )
        for section in rendered
    )


def _bar_of_section(page: Page, read: Read, section: RenderedSection, people: Mapping[int, Official]) -> BarView | None:
    counted = read.shares.sections.get(section.anchor)
    return bar_of(page, counted, people, read.styles) if counted and counted.by_official else None


def title_html(read: Read, *, with_authors: bool) -> str:
    """The text's own title as safe HTML; empty when it has none."""
    if read.text.title is None:
        return ""
    return render_heading(read.text.title, read.runs if with_authors else None, read.styles, read.masks)


def changes_of(page: Page, rows: MotionRows, most: int = 6) -> tuple[ChangeView, ...]:
    """Say what just changed: who wrote lately, and the latest acts; the latest first."""
    told: list[tuple[datetime, str, int | None]] = [(one.at, writing(page, one), None) for one in rows.wrote]
    told += [(act.at, act_told(page, rows, act), act.number) for act in rows.acts]
    told.sort(key=lambda line: line[0], reverse=True)
    return tuple(
        ChangeView(page.times.iso(at), page.times.hour(at), sentence, entry) for at, sentence, entry in told[:most]
    )


def act_told(page: Page, rows: MotionRows, act: Entry) -> str:
    """`Le texte est gelé`; a reopening and a withdrawal say why."""
    reason = rows.reasons.get(act.number)
    if reason is None:
        return page._(ACTS[act.kind])
    return page._(ACTS_WITH_REASON[act.kind], reason=reason)


def writing(page: Page, one: Wrote) -> str:
    """`Aline Corbières, maire de Valbrune, a écrit`."""
    assert one.official.id is not None
    person = person_of(page, one.official, one.official.id)
    if person.title:
        return page._(_("%(name)s, %(title)s, a écrit dans le texte"), name=person.name, title=person.title)
    return page._(_("%(name)s a écrit dans le texte"), name=person.name)


def vote_of(motion: Motion) -> VoteView | None:
    """The result of a vote, with its bar."""
    if motion.votes_for is None or motion.votes_against is None or motion.abstentions is None:
        return None
    counts = (("pour", motion.votes_for), ("contre", motion.votes_against), ("abst", motion.abstentions))
    return VoteView(
        motion.votes_for,
        motion.votes_against,
        motion.abstentions,
        motion.not_voting or 0,
        motion.presided_by or "",
        tuple(_pieces(counts)),
    )


def _pieces(counts: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int, str, str, str]]:
    """Cut a bar: a count of nought has no piece, and a small one keeps room for its number."""
    shown_counts = [(name, count) for name, count in counts if count]
    total = sum(count for _name, count in shown_counts)
    widths = [max(8.0, 100 * count / total) for _name, count in shown_counts]
    scale = 100 / sum(widths) if widths else 0
    left = 0.0
    for (name, count), width in zip(shown_counts, widths, strict=True):
        width *= scale
        yield name, count, f"{left:.2f}%", f"{width:.2f}%", f"{left + width / 2:.2f}%"
        left += width


def grouped_digest(digest: str) -> str:
    """The digest in groups of four, which people can compare aloud."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))
