"""Themes and groups: putting what was said in order, by acts that other acts undo.

Nothing here changes what anyone said. A theme that is given up keeps what stands under it, and can be taken up again.
"""

import unicodedata
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from motion.acts.record import note
from motion.rules.contributions import ContributionState
from motion.rules.errors import ContributionSettled, Invalid, NotFound
from motion.rules.names import folded
from motion.rules.permissions import Act, Actor, may, require
from storage import ledger
from storage import themes as rows
from storage.models import Contribution, ContributionTheme, Theme

MAX_THEME = 60  # characters: it stands on a line of a phone
MAX_THEMES = 40  # in use at once: more are no order, and each is a box of one form


def add(db: Session, actor: Actor, congress_id: int, name: str, *, now: datetime) -> Theme:
    """Add a theme to the list.

    Raises:
        NotAllowed, Invalid: Nothing was added.
    """
    require(actor, Act.MODERATE, congress_id)
    ledger.lock(db, congress_id)
    name = _checked(db, congress_id, name, None)
    if len(rows.themes(db, congress_id, used_only=True)) >= MAX_THEMES:
        raise Invalid("theme", "too-many", str(MAX_THEMES))
    query = select(func.max(col(Theme.number))).where(col(Theme.congress_id) == congress_id)
    theme = Theme(congress_id=congress_id, number=(db.execute(query).scalar_one() or 0) + 1, name=name)
    _change(db, actor, theme, now)
    return theme


def rename(db: Session, actor: Actor, congress_id: int, number: int, name: str, *, now: datetime) -> None:
    """Give a theme another name; what stands under it stays.

    Raises:
        NotAllowed, NotFound, Invalid: Nothing was changed.
    """
    require(actor, Act.MODERATE, congress_id)
    ledger.lock(db, congress_id)
    theme = get(db, congress_id, number)
    name = _checked(db, congress_id, name, theme)
    if name == theme.name:
        raise Invalid("theme", "unchanged")
    theme.name = name
    _change(db, actor, theme, now)


def use(db: Session, actor: Actor, congress_id: int, number: int, is_used: bool, *, now: datetime) -> None:
    """Give a theme up, or take it up again; nothing happens when it is so already.

    Raises:
        NotAllowed, NotFound, Invalid: Nothing was changed; another theme in use may have its name.
    """
    require(actor, Act.MODERATE, congress_id)
    ledger.lock(db, congress_id)
    theme = get(db, congress_id, number)
    if theme.is_used == is_used:
        return
    if is_used:
        _checked(db, congress_id, theme.name, theme)
    theme.is_used = is_used
    _change(db, actor, theme, now)


def get(db: Session, congress_id: int, number: int) -> Theme:
    """Find a theme by its number.

    Raises:
        NotFound: There is none.
    """
    query = select(Theme).where(col(Theme.congress_id) == congress_id, col(Theme.number) == number)
    found: Theme | None = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("theme", f"T{number}")
    return found


def _checked(db: Session, congress_id: int, name: str, own: Theme | None) -> str:
    cleaned = unicodedata.normalize("NFC", " ".join(name.split()))
    if not cleaned or not folded(cleaned):
        raise Invalid("theme", "empty")
    if len(cleaned) > MAX_THEME:
        raise Invalid("theme", "too-long", str(MAX_THEME))
    if any(unicodedata.category(sign) in ("Cc", "Cf") for sign in cleaned):
        raise Invalid("theme", "characters")
    for other in rows.themes(db, congress_id, used_only=True):
        if (own is None or other.id != own.id) and folded(other.name) == folded(cleaned):
            raise Invalid("theme", "taken", other.name)
    return cleaned


def _change(db: Session, actor: Actor, theme: Theme, now: datetime) -> None:
    db.add(theme)
    db.flush()
    body = {"held": theme.is_used, "name": theme.name, "theme": f"T{theme.number}"}
    note(db, theme.congress_id, "theme.change", body, actor=actor, now=now)


def sort(db: Session, actor: Actor, contribution: Contribution, themes: Collection[int], *, now: datetime) -> int:
    """Put a contribution under exactly these themes: one entry for each that is put or taken.

    Args:
        themes: Numbers of themes in use. Themes that were given up keep what they have.

    Returns:
        How many were put or taken.

    Raises:
        NotAllowed, NotFound, ContributionSettled: Nothing was changed. A rapporteur sorts what is published.
    """
    require(actor, Act.SORT, contribution.congress_id)
    _check_readable(actor, contribution)
    assert contribution.id is not None
    congress_id = contribution.congress_id
    ledger.lock(db, congress_id)
    known = {theme.number: theme for theme in rows.themes(db, congress_id, used_only=True)}
    for number in themes:
        if number not in known:
            raise NotFound("theme", f"T{number}")
    held = {theme.number for theme in rows.themes_of(db, contribution.id)} & known.keys()
    changed = sorted(held ^ set(themes))
    for number in changed:
        theme, is_put = known[number], number not in held
        assert theme.id is not None
        body = {"contribution": f"C{contribution.number}", "held": is_put, "theme": f"T{number}"}
        contribution.entry = note(db, congress_id, "contribution.sort", body, actor=actor, now=now)
        if is_put:
            db.add(ContributionTheme(contribution_id=contribution.id, theme_id=theme.id))
        else:
            db.delete(db.get_one(ContributionTheme, (contribution.id, theme.id)))
    db.add(contribution)
    return len(changed)


def group(db: Session, actor: Actor, contribution: Contribution, other: Contribution, *, now: datetime) -> None:
    """Have two contributions stand together, with whatever stands with either; nothing happens when they do already.

    Raises:
        NotAllowed, Invalid, ContributionSettled: Nothing was changed.
    """
    require(actor, Act.SORT, contribution.congress_id)
    if other.congress_id != contribution.congress_id or other.id == contribution.id:
        raise Invalid("with", "unknown", f"C{other.number}")
    for one in (contribution, other):
        _check_readable(actor, one)
    ledger.lock(db, contribution.congress_id)
    heads = {one.group_id or one.id for one in (contribution, other)}
    if len(heads) == 1:
        return
    head = other if other.group_id is None else db.get_one(Contribution, other.group_id)
    for one in sorted([contribution, *rows.group_of(db, contribution)], key=lambda one: one.number):
        _stand(db, actor, one, head, True, now)


def part(db: Session, actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Take a contribution out of the group in which it stands; the others stay together.

    Raises:
        NotAllowed, ContributionSettled: Nothing was changed.
    """
    require(actor, Act.SORT, contribution.congress_id)
    _check_readable(actor, contribution)
    ledger.lock(db, contribution.congress_id)
    others = rows.group_of(db, contribution)
    if contribution.group_id is not None:
        _stand(db, actor, contribution, db.get_one(Contribution, contribution.group_id), False, now)
        return
    for one in others:
        _stand(db, actor, one, contribution, False, now)
    for one in others[1:]:
        _stand(db, actor, one, others[0], True, now)


def _stand(
    db: Session, actor: Actor, contribution: Contribution, head: Contribution, held: bool, now: datetime
) -> None:
    body = {"contribution": f"C{contribution.number}", "held": held, "with": f"C{head.number}"}
    entry = note(db, contribution.congress_id, "contribution.group", body, actor=actor, now=now)
    contribution.group_id = head.id if held else None
    contribution.entry = head.entry = entry
    db.add(contribution)
    db.add(head)
    db.flush()


def _check_readable(actor: Actor, contribution: Contribution) -> None:
    is_published = contribution.state == ContributionState.PUBLISHED
    is_gone = contribution.state == ContributionState.WITHDRAWN
    if is_gone or not (is_published or may(actor.role, Act.MODERATE)):
        raise ContributionSettled(f"C{contribution.number}", contribution.state)
