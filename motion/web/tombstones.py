"""What was taken out, in words and as marks in a text: the same on a motion's page, an entry's, and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from html import escape

from motion.rules.disclosures import GROUNDS as DISCLOSURE_GROUNDS
from motion.rules.disclosures import DisclosureGround
from motion.rules.redactions import ASKERS, GROUNDS, KINDS, Asker, Reason, RedactionKind
from motion.rules.rendering import MASKED
from motion.web.page import Page
from motion.web.views import View, shown
from storage.disclosures import Disclosure
from storage.redactions import Tombstone

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ENTRIES_SHOWN = 12  # numbers of one decision that a page lists; a phrase typed slowly has a hundred


@dataclass(frozen=True, slots=True)
class TombstoneView(View):
    """One decision, as everyone reads it."""

    anchor: str = shown("Its anchor on the page: `decision-1-retrait`.")
    title: str = shown("`Décision d-1 : retrait`.")
    at: str = shown("When, for `<time datetime>`.")
    sentence: str = shown("What was done and when, in words.")
    reason: str = shown("The reason in words, of the closed list.")
    who: str = shown("Who asked, in words.")
    basis: str = shown("The texts relied on, in French, as in the record.")
    remedy: str = shown("How to contest the decision, likewise.")
    until: str = shown("The last day on which what was withdrawn is kept sealed; empty after an erasure.")
    entries: tuple[tuple[int, str], ...] = shown(
        "Entries of the record that say it: number and address; the first few."
    )
    more: int = shown("How many entries are not listed.")
    disclosed: tuple[tuple[str, int, str], ...] = shown(
        "What was handed to an authority: to whom, when and on what ground, in words; the entry and its address."
    )


def tombstone_views(page: Page, stones: Sequence[Tombstone]) -> tuple[TombstoneView, ...]:
    """Say decisions, in their order."""
    return tuple(tombstone_view(page, stone) for stone in stones)


def tombstone_view(page: Page, stone: Tombstone) -> TombstoneView:
    """Say one decision."""
    row = stone.first
    kind = RedactionKind(row.kind)
    mark = f"d-{stone.decision}"
    targets = [(one.target, f"{page.home}/registre/{one.target}") for one in stone.redactions]
    return TombstoneView(
        f"decision-{stone.decision}-{kind}",
        page._(_("Décision %(decision)s\u00a0: %(kind)s"), decision=mark, kind=page._(KINDS[kind]).lower()),
        page.times.iso(row.at),
        done(page, stone),
        page._(GROUNDS[Reason(row.reason)].said),
        page._(ASKERS[Asker(row.who)]),
        row.basis,
        row.remedy,
        page.times.day(row.until) if row.until else "",
        tuple(targets[:ENTRIES_SHOWN]),
        max(0, len(targets) - ENTRIES_SHOWN),
        tuple((handed(page, one), one.entry, f"{page.home}/registre/{one.entry}") for one in stone.disclosed),
    )


def handed(page: Page, one: Disclosure) -> str:
    """To whom what is sealed was handed over, when and on what ground."""
    return page._(
        _("%(authority)s, %(moment)s. %(ground)s (%(basis)s)"),
        authority=one.authority,
        moment=page.times.moment(one.at),
        ground=page._(DISCLOSURE_GROUNDS[DisclosureGround(one.ground)][0]),
        basis=one.basis,
    )


DONE = {
    RedactionKind.RETRAIT: _("Des mots ne sont plus publiés depuis le %(moment)s."),
    RedactionKind.EFFACEMENT: _("Des mots sont effacés pour toujours depuis le %(moment)s."),
}
DONE_TO_FILES = {
    RedactionKind.RETRAIT: _("Des fichiers d’origine, jamais publiés, sont sous scellé depuis le %(moment)s."),
    RedactionKind.EFFACEMENT: _("Des fichiers d’origine, jamais publiés, sont détruits depuis le %(moment)s."),
}


def done(page: Page, stone: Tombstone) -> str:
    """What was done, and when."""
    sentences = DONE_TO_FILES if stone.is_of_files else DONE
    return page._(sentences[RedactionKind(stone.first.kind)], moment=page.times.moment(stone.first.at))


def said(page: Page, stone: Tombstone) -> str:
    """One decision in a paragraph, for plain text."""
    row = stone.first
    return page._(
        _("%(done)s Décision d-%(decision)s. Motif\u00a0: %(reason)s. Demande\u00a0: %(who)s."),
        done=done(page, stone),
        decision=row.decision,
        reason=page._(GROUNDS[Reason(row.reason)].said),
        who=page._(ASKERS[Asker(row.who)]),
    )


def json_of(stones: Sequence[Tombstone]) -> list[dict[str, object]]:
    """Decisions for programs."""
    return [
        {
            "decision": f"d-{stone.decision}",
            "kind": stone.first.kind,
            "reason": stone.first.reason,
            "basis": stone.first.basis,
            "remedy": stone.first.remedy,
            "who": stone.first.who,
            "until": stone.first.until.isoformat() if stone.first.until else None,
            "entries": [row.entry for row in stone.redactions],
            "targets": [row.target for row in stone.redactions],
        }
        for stone in stones
    ]


def mask_words(page: Page, stones: Sequence[Tombstone], *, of_past: bool = False) -> str:
    """What a run of masks is, in words: `texte retiré, décision d-1`; empty when no decision masks anything.

    Args:
        of_past: Of a text as it once was, in which words stood that the last one lacks.
    """
    masking = [
        stone for stone in stones if any(row.is_skeleton if of_past else row.is_masked for row in stone.redactions)
    ]
    if not masking:
        return ""
    numbers = dict.fromkeys(f"d-{stone.decision}" for stone in masking)
    said: str = page.language.ngettext(
        "texte retiré, décision %(numbers)s", "texte retiré, décisions %(numbers)s", len(numbers)
    )
    return said % {"numbers": page.times.names(numbers)}


def with_masks_said(page: Page, html: str, stones: Sequence[Tombstone], *, of_past: bool = False) -> str:
    """Name what stands in for letters in safe HTML (`MASKED`), so that it is heard as what it is."""
    if MASKED not in html:
        return html
    label = escape(mask_words(page, stones, of_past=of_past))
    return html.replace(MASKED, f'<span class="retire" role="img" aria-label="{label}">') if label else html
