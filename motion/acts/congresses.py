"""Making a congress, describing it, choosing who runs it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session, select

from motion.acts import sessions
from motion.acts.record import note
from motion.record.forms import is_text
from motion.rules import phases
from motion.rules.errors import CongressClosed, Invalid, LastSecretary, NotFound, SlugTaken
from motion.rules.permissions import Act, Actor, require
from motion.rules.vocabulary import Phase, Role, Template
from storage import ledger, people
from storage.models import Congress, PhaseOpening, Secretary

# First parts of addresses that mean something else than a congress.
RESERVED_SLUGS = frozenset(
    {"api", "aide", "connexion", "favicon", "fragments", "healthz", "langue", "live", "media", "motions", "nouveau"}
    | {"robots", "static", "sitemap", "tile"}
)
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58})[a-z0-9]")
LANGUAGES = ("fr", "en")
MAX_TITLE = 200
MAX_PLACE = 200
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class NewCongress:
    """What a person says of a congress. `calendar` holds the hours at which phases open by themselves."""

    title: str
    slug: str
    place: str
    starts_on: date
    ends_on: date
    time_zone: str = "Europe/Paris"
    languages: tuple[str, ...] = LANGUAGES
    template: Template = Template.DELIBERATIVE
    calendar: Mapping[Phase, datetime] = field(default_factory=dict)


def suggest_slug(title: str) -> str:
    """Make an address out of a title: "Congrès d’Ormeline 2031" becomes "congres-d-ormeline-2031"."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "-")).strip("-")[:60].strip("-")


def check(form: NewCongress) -> None:
    """Refuse what no congress can be.

    Raises:
        Invalid: With the field's name and the reason.
    """
    if not form.title.strip():
        raise Invalid("title", "empty")
    for field_name, line in (("title", form.title), ("place", form.place)):
        if line.strip() and not is_text(line.strip()):
            raise Invalid(field_name, "characters")
    if len(form.title) > MAX_TITLE:
        raise Invalid("title", "too-long", str(MAX_TITLE))
    if len(form.place) > MAX_PLACE:
        raise Invalid("place", "too-long", str(MAX_PLACE))
    if not SLUG.fullmatch(form.slug):
        raise Invalid("slug", "form", form.slug)
    if form.slug in RESERVED_SLUGS:
        raise Invalid("slug", "reserved", form.slug)
    if form.ends_on < form.starts_on:
        raise Invalid("ends_on", "before-start", form.ends_on.isoformat())
    try:
        ZoneInfo(form.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("time_zone", "unknown", form.time_zone) from error
    if not form.languages:
        raise Invalid("languages", "none-chosen")
    if any(language not in LANGUAGES for language in form.languages):
        raise Invalid("languages", "unknown", ",".join(form.languages))
    hours = [form.calendar[phase] for phase in phases.ORDER if phase in form.calendar]
    if hours != sorted(hours) or len(set(hours)) != len(hours):
        raise Invalid("calendar", "out-of-order")


def create(
    db: Session,
    actor: Actor | None,
    form: NewCongress,
    *,
    host: str,
    now: datetime,
    is_demonstration: bool = False,
    rehearsal_of: int | None = None,
) -> Congress:
    """Make a congress and open its record.

    Args:
        actor: A member of another congress's secretariat; None for the command line.
        host: The public host, first part of the log's origin, which never changes afterwards.

    Raises:
        Invalid, SlugTaken, NotAllowed: Nothing was made.
    """
    if actor is not None:
        require(actor, Act.RUN_CONGRESS, actor.congress_id)
    check(form)
    if db.exec(select(Congress).where(Congress.slug == form.slug)).first() is not None:
        raise SlugTaken(form.slug)
    congress = Congress(
        slug=form.slug,
        title=form.title.strip(),
        place=form.place.strip(),
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        time_zone=form.time_zone,
        languages=",".join(form.languages),
        template=form.template,
        origin=f"{host}/{form.slug}/log",
        is_demonstration=is_demonstration,
        rehearsal_of=rehearsal_of,
        created_at=now,
    )
    db.add(congress)
    db.flush()
    assert congress.id is not None
    _set_calendar(db, congress.id, form.calendar)
    body = {"congress": congress.slug, "phase": congress.phase} | _described(congress)
    if congress.rehearsal_of is not None:
        body["rehearsal"] = True
    note(db, congress.id, "congress.open", body, actor=None, now=now)
    if actor is not None and actor.secretary_id is not None:
        founder = db.get_one(Secretary, actor.secretary_id)
        add_secretary(db, None, congress.id, founder.name, founder.email, now=now)
    return congress


def change(db: Session, actor: Actor, congress_id: int, form: NewCongress, *, now: datetime) -> Congress:
    """Correct a congress's description and calendar; its address stays what it is.

    Raises:
        Invalid, NotAllowed, CongressClosed: Nothing was changed.
    """
    require(actor, Act.RUN_CONGRESS, congress_id)
    congress = get(db, congress_id)
    if congress.phase == Phase.CLOSED:
        raise CongressClosed(congress.slug)
    if form.slug != congress.slug:
        raise Invalid("slug", "fixed", congress.slug)
    check(form)
    before = _described(congress)
    congress.title = form.title.strip()
    congress.place = form.place.strip()
    congress.starts_on, congress.ends_on = form.starts_on, form.ends_on
    congress.time_zone = form.time_zone
    congress.languages = ",".join(form.languages)
    congress.template = form.template
    body = {name: value for name, value in _described(congress).items() if before.get(name) != value}
    if calendar(db, congress_id) != dict(form.calendar):
        _set_calendar(db, congress_id, form.calendar)
        body["calendar"] = True
    db.add(congress)
    if body:
        note(db, congress_id, "congress.change", body, actor=actor, now=now)
    return congress


def add_secretary(
    db: Session, actor: Actor | None, congress_id: int, name: str, email: str, *, now: datetime
) -> Secretary:
    """Let one more person run the congress; None as actor for the command line.

    Raises:
        Invalid, NotAllowed: Nobody was added.
    """
    if actor is not None:
        require(actor, Act.RUN_CONGRESS, congress_id)
    name, email = name.strip(), email.strip().lower()
    if not name:
        raise Invalid("name", "empty")
    if len(name) > MAX_NAME:
        raise Invalid("name", "too-long", str(MAX_NAME))
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email) or len(email) > 254:
        raise Invalid("email", "form", email)
    known = db.exec(select(Secretary).where(Secretary.congress_id == congress_id, Secretary.email == email)).first()
    if known is not None and known.revoked_at is None:
        return known
    secretary = known or Secretary(congress_id=congress_id, name=name, email=email)
    secretary.name, secretary.revoked_at = name, None
    db.add(secretary)
    db.flush()
    # The record says that somebody runs the congress, not who: the secretariat holds no public office.
    body = {"held": True, "role": str(Role.SECRETARIAT), "who": f"sec-{secretary.id}"}
    note(db, congress_id, "role.change", body, actor=actor, now=now)
    return secretary


def remove_secretary(db: Session, actor: Actor, congress_id: int, secretary_id: int, *, now: datetime) -> list[int]:
    """End somebody's part in running the congress, oneself included; what they did stays in the record.

    Returns:
        The ids of the sessions ended, for `Rooms.revoke`.

    Raises:
        NotAllowed, NotFound, LastSecretary: Everyone stays.
    """
    require(actor, Act.RUN_CONGRESS, congress_id)
    ledger.lock(db, congress_id)  # of two who remove each other at once, the second finds themselves alone
    team = people.secretaries(db, congress_id)
    found = next((one for one in team if one.id == secretary_id), None)
    if found is None:
        raise NotFound("secretary", str(secretary_id))
    if len(team) == 1:
        raise LastSecretary()
    found.revoked_at = now
    db.add(found)
    body = {"held": False, "role": str(Role.SECRETARIAT), "who": f"sec-{secretary_id}"}
    note(db, congress_id, "role.change", body, actor=actor, now=now)
    rows = people.live_sessions(db, now=now, secretary_id=secretary_id)
    return sessions.end(db, rows, "revoked", actor=actor, now=now)


def get(db: Session, congress_id: int) -> Congress:
    """Return a congress by its id.

    Raises:
        NotFound: There is none.
    """
    congress = db.get(Congress, congress_id)
    if congress is None:
        raise NotFound("congress", str(congress_id))
    return congress


def calendar(db: Session, congress_id: int) -> dict[Phase, datetime]:
    """Return the hours at which phases open by themselves."""
    rows = db.exec(select(PhaseOpening).where(PhaseOpening.congress_id == congress_id))
    return {Phase(row.phase): row.opens_at for row in rows}


def _set_calendar(db: Session, congress_id: int, hours: Mapping[Phase, datetime]) -> None:
    for row in db.exec(select(PhaseOpening).where(PhaseOpening.congress_id == congress_id)).all():
        db.delete(row)
    db.flush()
    for phase, opens_at in hours.items():
        db.add(PhaseOpening(congress_id=congress_id, phase=phase, opens_at=opens_at))


def _described(congress: Congress) -> dict[str, object]:
    body: dict[str, object] = {
        "ends": congress.ends_on.isoformat(),
        "languages": congress.languages.split(","),
        "starts": congress.starts_on.isoformat(),
        "title": congress.title,
        "zone": congress.time_zone,
    }
    if congress.place:
        body["place"] = congress.place
    return body
