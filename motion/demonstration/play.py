"""Loading the demonstration: its roster by acts, its text by many hands through the real rooms."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from motion.acts import congresses, motions, phases, rehearsals
from motion.acts import roster as roster_acts
from motion.acts.congresses import NewCongress
from motion.acts.motions import ShowOfHands
from motion.acts.roster import OfficialForm
from motion.acts.sign_in import demonstration_token, open_session
from motion.demonstration import people, story
from motion.demonstration.people import Invented
from motion.demonstration.story import Replace, Step, Write
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
from storage import queries, sign_in_key
from storage.models import Congress, Motion
from storage.store import Session

_ = NullTranslations().gettext  # marks the words for the catalogues

SLUG = "ormeline"
SECRETARY = ("Bertille Chastenay", "secretariat@ormeline.example")
STROKE = 6  # characters typed between two updates: a fast hand, coalesced as the editor does


async def load(service: Service) -> None:
    """Make the congress and play its story, unless it is there: a second start goes on with what people made of it.

    A start that was cut off halfway is begun again.
    """
    if await service.store.write(rehearsals.keep_demonstration, SLUG):
        return
    now = service.now
    congress_id = await service.store.write(_make, service.settings.host, now())
    callers = await service.store.write(_sign_in, congress_id, now())
    secretariat = Actor(congress_id, Role.SECRETARIAT)
    opened = await service.store.write(_new_motion, secretariat, story.TITLE, story.START, now())
    await _play(service.rooms, opened, story.STORY, callers)
    adopted = await service.store.write(_new_motion, secretariat, story.ADOPTED_TITLE, story.ADOPTED_START, now())
    await _play(service.rooms, adopted, story.ADOPTED_STORY, callers)
    frozen = await service.rooms.run_act(adopted, motions.freeze, secretariat, adopted, now=now())
    assert frozen.digest is not None
    result = ShowOfHands(*story.ADOPTED_RESULT, presided_by=people.CHAIR)
    await service.rooms.run_act(
        adopted, motions.adopt, secretariat, adopted, result, expected_digest=frozen.digest, now=now()
    )


def addresses(db: Session, settings: Settings) -> list[tuple[str, str]]:
    """List one person of each role, by its French name, and the address that signs in directly as them.

    A role that nobody has any more, after what people did to the demonstration, is left out.
    """
    congress = queries.congress_by_slug(db, SLUG)
    assert congress is not None and congress.id is not None
    key = sign_in_key.load(settings.data_dir)
    root = f"{settings.base_url}/{SLUG}"
    officials = roster.in_force(db, congress.id)
    others = [official for official in officials if not official.is_rapporteur]
    marks = {
        _("Secrétariat"): [f"sec-{secretary.id}" for secretary in roster.secretaries(db, congress.id)],
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


def _make(db: Session, host: str, now: datetime) -> int:
    zone = ZoneInfo("Europe/Paris")
    today = now.astimezone(zone).date()
    ends_on = today + timedelta(days=2)
    calendar = {
        Phase.COLLECTION: datetime.combine(today - timedelta(days=60), time(9), zone),
        Phase.DRAFTING: datetime.combine(today, time(0, 1), zone),
        Phase.FROZEN: datetime.combine(ends_on, time(16), zone),
    }
    form = NewCongress(
        title="Congrès des communes d’Ormeline",
        slug=SLUG,
        place="Halle aux Grains de Valbrune",
        starts_on=today,
        ends_on=ends_on,
        calendar=calendar,
    )
    congress: Congress = congresses.create(db, None, form, host=host, now=now, is_demonstration=True)
    assert congress.id is not None
    congresses.add_secretary(db, None, congress.id, *SECRETARY, now=now)
    service = Actor(congress.id, Role.SECRETARIAT)  # without a person: the record says `system`
    for index, person in enumerate(people.PEOPLE):
        official = roster_acts.add(db, service, congress.id, form_of(person), now=now)
        if index == people.RAPPORTEUR:
            assert official.id is not None
            roster_acts.set_rapporteur(db, service, official.id, True, now=now)
    phases.open_phase(db, None, congress.id, Phase.COLLECTION, now=now)
    phases.open_phase(db, None, congress.id, Phase.DRAFTING, now=now)
    return congress.id


def form_of(person: Invented) -> OfficialForm:
    """Say an invented person as the secretariat's form does."""
    return OfficialForm(person.family_name, person.first_names, person.gender, person.mandate, person.territory)


def _sign_in(db: Session, congress_id: int, now: datetime) -> dict[int, Caller]:
    """Sign in those who write in the story: index in `PEOPLE` → caller."""
    writers = {step.who for round_ in (*story.STORY, *story.ADOPTED_STORY) for step in round_}
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
            expires_at=now + timedelta(days=1),
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


async def _play(rooms: Rooms, motion_id: int, rounds: Sequence[tuple[Step, ...]], callers: dict[int, Caller]) -> None:
    room = await rooms.open(motion_id)
    for steps in rounds:
        state = await rooms.state_at(motion_id, room.number)
        assert state is not None
        async with asyncio.TaskGroup() as hands:
            for step in steps:
                hands.create_task(_hand(room, callers[step.who], step, state))


async def _hand(room: Room, caller: Caller, step: Step, state: bytes) -> None:
    typist = Typist(new_client())
    typist.learn(state)
    match step:
        case Replace(_, old, new):
            at = typist.text.index(old)
            await _send(room, caller, typist.erase(at, len(old)))
            words = new
        case Write(_, after, words):
            at = typist.text.index(after) + len(after)
    for start in range(0, len(words), STROKE):
        await _send(room, caller, typist.type(at + start, words[start : start + STROKE]))


async def _send(room: Room, caller: Caller, update: bytes) -> None:
    answer = await room.submit(caller, update)
    if not isinstance(answer, Taken):
        raise RuntimeError(f"couldn't write the demonstration: {answer.reason}")
