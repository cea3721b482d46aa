"""From rows to the views of `/api/v1`: the same for JSON and for tables."""

from motion.record.bundles import address_of
from motion.record.entry import Entry
from motion.record.tree import leaf_hash
from motion.rules.names import display_name
from motion.rules.register import TYPED
from motion.web import open_data
from motion.web.openapi import ROOT
from motion.web.page import Page
from motion.web.pages.motions import json_of
from motion.web.register_words import Teller
from storage.models import Congress, Motion, Official, Redaction
from storage.pages import MotionRows
from storage.register import Told


def congress_item(congress: Congress) -> tuple[str, str, str, str, str, str, str, bool, bool]:
    """The fields of `open_data.CongressItem`, in their order."""
    return (
        congress.slug,
        congress.title,
        congress.place,
        congress.starts_on.isoformat(),
        congress.ends_on.isoformat(),
        congress.time_zone,
        congress.phase,
        congress.is_demonstration,
        congress.rehearsal_of is not None,
    )


def motion_links(page: Page, motion: Motion) -> open_data.MotionLinks:
    """Where a motion is found."""
    base = page.service.settings.base_url
    api = f"{base}{ROOT}/congresses{page.home}"
    address = f"{base}{page.home}/motions/{motion.code}"
    return open_data.MotionLinks(
        f"{api}/motions/{motion.code}",
        address,
        f"{api}/motions/{motion.code}/authors",
        f"{api}/entries?motion={motion.code}",
        f"{address}.md",
        f"{address}.pdf",
        f"{address}.akn.xml",
        f"{address}.atom",
    )


def motion_item(page: Page, motion: Motion) -> open_data.MotionItem:
    """A motion in the list."""
    result = None
    if motion.voted_at is not None:
        result = open_data.Vote(
            motion.votes_for or 0,
            motion.votes_against or 0,
            motion.abstentions or 0,
            motion.not_voting or 0,
            motion.presided_by or "",
            page.times.iso(motion.voted_at),
        )
    return open_data.MotionItem(
        motion.code,
        motion.title,
        motion.state,
        motion.last_entry,
        motion.text_number,
        page.times.iso(motion.text_at) if motion.text_at else None,
        motion.digest,
        result,
        motion_links(page, motion),
    )


def author_items(page: Page, rows: MotionRows) -> tuple[open_data.AuthorItem, ...]:
    """The authors of a motion."""
    found = json_of(page, rows)["authors"]
    assert isinstance(found, list)
    return tuple(
        open_data.AuthorItem(
            f"elu-{one['official']}",
            one["name"],
            one["mandate"],
            one["commune"],
            one["characters"],
            tuple(open_data.TypedFor(**other) for other in one["typed_for"]),
        )
        for one in found
    )


def member(page: Page, official: Official) -> open_data.Member:
    """Somebody on the roster: what the entries of kind `official.…` and `role.change` say, and no more."""
    return open_data.Member(
        f"elu-{official.id}",
        display_name(official.first_names, official.family_name),
        official.mandate,
        official.territory,
        "rapporteur" if official.is_rapporteur else "official",
        page.times.iso(official.created_at),
        official.revoked_at is None,
        page.times.iso(official.revoked_at) if official.revoked_at else None,
    )


class Sentences:
    """Says the entries of one page. A keystroke's sentence depends on who and where alone: it is said once."""

    def __init__(self, page: Page, told: Told) -> None:
        self._teller = Teller(page, told.officials)
        self._said: dict[tuple[str, str], str] = {}

    def entry(self, entry: Entry) -> str:
        """One entry."""
        if entry.kind != TYPED:
            return self._teller.entry(entry)
        key = entry.by, entry.body["doc"]
        if key not in self._said:
            self._said[key] = self._teller.entry(entry)
        return self._said[key]


def entry_item(
    page: Page, sentences: Sentences, number: int, content: bytes, entry: Entry, redaction: Redaction | None
) -> open_data.EntryItem:
    """One entry, in words and as fields."""
    address = f"{page.service.settings.base_url}{page.home}/registre/{number}"
    home = f"{page.service.settings.base_url}{page.home}"
    object_path = address_of(number, entry.kind, entry.body) if redaction is None else None
    decided = None
    if redaction is not None:
        decided = open_data.EntryRedaction(f"d-{redaction.decision}", redaction.kind, entry=redaction.entry)
    return open_data.EntryItem(
        number,
        entry.kind,
        entry.at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z",
        entry.by,
        sentences.entry(entry),
        dict(entry.body),
        leaf_hash(content).hex(),
        decided,
        open_data.EntryLinks(
            address, f"{address}.json", f"{address}.tlog-proof", f"{home}/{object_path}" if object_path else None
        ),
    )


def redaction_item(page: Page, row: Redaction) -> open_data.RedactionItem:
    """One redaction."""
    return open_data.RedactionItem(
        row.entry,
        row.target,
        row.name,
        f"d-{row.decision}",
        row.kind,
        row.reason,
        row.basis,
        row.remedy,
        row.who,
        row.until.isoformat() if row.until else None,
        page.times.iso(row.at),
    )
