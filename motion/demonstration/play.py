"""Loading the demonstration: roster and voices by acts, texts by many hands through real rooms, its days by a clock."""

import asyncio
import dataclasses
import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from gettext import NullTranslations

from motion.acts import congresses, motions, phases, rehearsals
from motion.acts import roster as roster_acts
from motion.acts.congresses import NewCongress
from motion.acts.motions import ShowOfHands
from motion.acts.roster import OfficialForm
from motion.acts.sign_in import demonstration_token, open_session
from motion.demonstration import people, story, voices
from motion.demonstration.people import Invented
from motion.demonstration.story import ZONE, Adopted, Frozen, Opened, Replace, Round, Step, When, Write, moment
from motion.demonstration.voices import Stored, Told
from motion.live import relay
from motion.live.answers import Taken
from motion.live.callers import Caller
from motion.live.drafting_room import Room
from motion.live.rooms import Rooms
from motion.live.typist import Typist
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role, Template
from motion.settings import Settings
from motion.web.service import Service
from storage import people as roster
from storage import queries, removals, sealing, sign_in_key
from storage.models import Congress, Motion
from storage.store import Session

_ = NullTranslations().gettext  # marks the words for the catalogues

SLUG = "ormeline"
SECRETARIES = (
    ("Bertille Chastenay", "secretariat@ormeline.example"),
    ("Gaspard Vallombre", "relecture@ormeline.example"),
)
STROKE = 6  # characters typed between two updates: a fast hand, coalesced as the editor does
STROKE_TIME = timedelta(seconds=4)


class Clock:
    """The time of the story. It never goes back: the record is in the order of its moments. One owner."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at

    def reach(self, at: datetime) -> datetime:
        """Go on to a moment, unless it is past; return the time that it is."""
        self._at = max(self._at, at)
        return self._at


async def load(service: Service) -> None:
    """Make the congress and play its story, unless it is there: a second start goes on with what people made of it.

    A start that was cut off halfway is begun again.
    """
    if await service.store.write(rehearsals.keep_demonstration, SLUG):
        return
    now = service.now()
    clock = Clock(moment(story.PREPARED, now))
    files = voices.read_files()
    stored = [file for file, _content in files]
    congress_id = await service.store.write(_make, service.settings.host, now, stored)
    for file, content in files:
        await service.blobs.write(file.blob, voices.whole(content))
    key = sealing.load_key(service.settings.data_dir)
    told = await service.store.read(_listeners, congress_id, key, stored)
    await _hear(service, told, clock, now, story.DRAFTED)
    drafted = clock.reach(moment(story.DRAFTED, now))
    await service.store.write(phases.open_phase, None, congress_id, Phase.DRAFTING, now=drafted)
    callers = await service.store.write(_sign_in, congress_id, clock(), now + timedelta(days=1))
    # Rooms of its own, by its own clock, in which nothing waits for what others type: nobody is here yet.
    settings = dataclasses.replace(service.settings, window_ms=0, busy_window_ms=0)
    rooms = Rooms(service.store, relay.from_url(""), clock, settings)
    await rooms.start()
    try:
        await _tell(service, rooms, clock, now, told, callers)
    finally:
        await rooms.close()


async def _hear(service: Service, told: Told, clock: Clock, now: datetime, until: When) -> None:
    """Do what was said and decided before a moment, in one transaction."""
    deeds = told.next_before(until)
    if deeds:
        chosen = [(deed, clock.reach(deed.moment(now))) for deed in deeds]
        await service.store.write(voices.perform, told, chosen)


async def _tell(
    service: Service, rooms: Rooms, clock: Clock, now: datetime, told: Told, callers: dict[int, Caller]
) -> None:
    """Play the scenes in their order, with what is said between them."""
    secretariat = Actor(told.congress_id, Role.SECRETARIAT)
    ids: dict[int, int] = {}
    digests: dict[int, str] = {}
    for scene in story.SCENES:
        await _hear(service, told, clock, now, scene.when)
        at = clock.reach(moment(scene.when, now))
        match scene:
            case Opened(_, motion, title, text):
                ids[motion] = await service.store.write(_new_motion, secretariat, title, text, at)
            case Round(_, motion, steps):
                await _play(rooms, clock, ids[motion], steps, callers)
            case Frozen(_, motion):
                frozen = await rooms.run_act(ids[motion], motions.freeze, secretariat, ids[motion], now=at)
                assert frozen.digest is not None
                digests[motion] = frozen.digest
            case Adopted(_, motion, result):
                hands = ShowOfHands(*result, presided_by=people.CHAIR)
                words = {"expected_digest": digests[motion], "now": at}
                await rooms.run_act(ids[motion], motions.adopt, secretariat, ids[motion], hands, **words)


def addresses(db: Session, settings: Settings) -> list[tuple[str, str]]:
    """List one person of each role, by its French name, and the address that signs in directly as them.

    A role that nobody has any more, after what people did to the demonstration, is left out.
    """
    congress = queries.congress_by_slug(db, SLUG)
    assert congress is not None and congress.id is not None
    key = sign_in_key.load(settings.data_dir)
    root = f"{settings.base_url}/{SLUG}"
    officials = roster.in_force(db, congress.id)
    secretaries = [f"sec-{secretary.id}" for secretary in roster.secretaries(db, congress.id)]
    others = [official for official in officials if not official.is_rapporteur]
    marks = {
        _("Secrétariat"): secretaries,
        _("Relecteur"): secretaries[1:],  # a second person, who confirms what the first has typed
        _("Rapporteure"): [f"elu-{official.id}" for official in officials if official.is_rapporteur],
        _("Élue"): [f"elu-{official.id}" for official in others if official.gender == "F"],
        _("Élu"): [f"elu-{official.id}" for official in others if official.gender == "M"],
    }
    return [
        *(
            (role, f"{root}/demonstration/{found[0]}/{demonstration_token(key, SLUG, found[0])}")
            for role, found in marks.items()
            if found
        ),
        (_("Public"), root),
    ]


def _make(db: Session, host: str, start: datetime, files: Sequence[Stored] = ()) -> int:
    """Make the congress of a demonstration that starts now, and its roster: it listens for three months.

    Files that are about to be stored go by themselves in an hour, unless a row needs them by then.
    """
    for file in files:
        removals.doom(db, file.blob, start + timedelta(hours=1))
    today = start.astimezone(ZONE).date()
    ends_on = today + timedelta(days=2)
    now, drafted = moment(story.PREPARED, start), moment(story.DRAFTED, start)
    calendar = {
        Phase.COLLECTION: now,
        Phase.DRAFTING: drafted,
        Phase.FROZEN: datetime.combine(ends_on, time(16), ZONE),
    }
    form = NewCongress(
        title="Congrès des communes d’Ormeline",
        slug=SLUG,
        place="Halle aux Grains de Valbrune",
        starts_on=today - timedelta(days=1),
        ends_on=ends_on,
        calendar=calendar,
    )
    congress: Congress = congresses.create(db, None, form, host=host, now=now, is_demonstration=True)
    assert congress.id is not None
    for name, email in SECRETARIES:
        congresses.add_secretary(db, None, congress.id, name, email, now=now)
    service = Actor(congress.id, Role.SECRETARIAT)  # without a person: the record says `system`
    for index, person in enumerate(people.PEOPLE):
        official = roster_acts.add(db, service, congress.id, form_of(person), now=now)
        if index == people.RAPPORTEUR:
            assert official.id is not None
            roster_acts.set_rapporteur(db, service, official.id, True, now=now)
    phases.open_phase(db, None, congress.id, Phase.COLLECTION, now=now)
    return congress.id


def _listeners(db: Session, congress_id: int, key: bytes, stored: list[Stored]) -> Told:
    """Who collects what people say, and who speaks in the hall."""
    first, second = (
        Actor(congress_id, Role.SECRETARIAT, secretary_id=row.id) for row in roster.secretaries(db, congress_id)
    )
    officials = {f"{row.first_names} {row.family_name}": row.id or 0 for row in roster.in_force(db, congress_id)}
    return Told(congress_id, (first, second), officials, key, stored)


def form_of(person: Invented) -> OfficialForm:
    """Say an invented person as the secretariat's form does."""
    return OfficialForm(person.family_name, person.first_names, person.gender, person.mandate, person.territory)


def _sign_in(db: Session, congress_id: int, now: datetime, expires_at: datetime) -> dict[int, Caller]:
    """Sign in those who write in the story: index in `PEOPLE` → caller."""
    writers = {step.who for scene in story.SCENES if isinstance(scene, Round) for step in scene.steps}
    officials = {f"{row.first_names} {row.family_name}": row for row in roster.in_force(db, congress_id)}
    callers = {}
    for who in sorted(writers):
        person = people.PEOPLE[who]
        official = officials[f"{person.first_names} {person.family_name}"]
        session = open_session(
            db,
            congress_id,
            official_id=official.id,
            token_hash=secrets.token_bytes(32),  # of no token: nobody can come in by this session
            way="demonstration",
            device="",
            now=now,
            expires_at=expires_at,
        )
        role = Role.RAPPORTEUR if official.is_rapporteur else Role.OFFICIAL
        actor = Actor(congress_id, role, official_id=official.id, session_id=session.id)
        callers[who] = Caller(actor, f"{person.first_names} {person.family_name}")
    return callers


def _new_motion(db: Session, actor: Actor, title: str, text: str, now: datetime) -> int:
    salts = [secrets.token_bytes(32) for _ in motions.pieces(text)]
    motion: Motion = motions.create(
        db,
        actor,
        actor.congress_id,
        title,
        Template.DEMANDS,
        text,
        client=new_client(),
        salts=salts,
        now=now,
    )
    assert motion.id is not None
    return motion.id


def new_client() -> int:
    """Draw a Yjs client id as Yjs 13 does: 32 random bits."""
    return secrets.randbelow(2**32 - 1) + 1


async def _play(rooms: Rooms, clock: Clock, motion_id: int, steps: Sequence[Step], callers: dict[int, Caller]) -> None:
    """Play one round; the clock then stands where the last hand stopped."""
    room = await rooms.open(motion_id)
    state = await rooms.state_at(motion_id, room.number)
    assert state is not None
    start = clock()
    async with asyncio.TaskGroup() as hands:
        for step in steps:
            hands.create_task(_hand(room, clock, start, callers[step.who], step, state))


async def _hand(room: Room, clock: Clock, at: datetime, caller: Caller, step: Step, state: bytes) -> None:
    typist = Typist(new_client())
    typist.learn(state)
    updates = []
    match step:
        case Replace(_, old, new):
            place = typist.text.index(old)
            updates.append(typist.erase(place, len(old)))
            words = new
        case Write(_, after, words):
            place = typist.text.index(after) + len(after)
    for start in range(0, len(words), STROKE):
        updates.append(typist.type(place + start, words[start : start + STROKE]))
    for index, update in enumerate(updates):
        clock.reach(at + index * STROKE_TIME)
        await _send(room, caller, update)


async def _send(room: Room, caller: Caller, update: bytes) -> None:
    answer = await room.submit(caller, update)
    if not isinstance(answer, Taken):
        raise RuntimeError(f"couldn't write the demonstration: {answer.reason}")
