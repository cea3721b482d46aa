"""A scripted congress, done by the acts of the service and published as a folder: what the auditor is given.

Two motions. M1: three people write at once, one is refused, one goes home, a slip of words is destroyed after it was
deleted; the text is frozen, opened again, frozen, adopted. M2: a rapporteur types for somebody; the motion is rejected,
and then words that stand in it are withdrawn.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from starlette.testclient import TestClient

from motion import settings
from motion.acts import congresses, drafting, motions, phases, redactions, roster, sessions
from motion.acts.congresses import NewCongress
from motion.acts.motions import ShowOfHands
from motion.acts.roster import OfficialForm
from motion.acts.sign_in import open_session
from motion.exports.log_folder import write_log
from motion.live import updates
from motion.live.authorship import packed
from motion.live.draft import Author, Draft, Sender
from motion.live.masking import masked_copy
from motion.live.relay import MemoryRelay
from motion.live.rooms import Rooms
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from motion.web.routes import make_app
from motion.web.service import Service
from motion.work.checkpoints import Checkpoints
from storage import drafts, migrate
from storage.models import Motion
from storage.store import Session, Store
from tests.live.editors import Editor, deleted, take

SEED = bytes(range(32))
START = datetime(2031, 11, 15, 9, 0, tzinfo=UTC)
ORIGIN = "motion.example/ormeline"
ADDRESS = "https://motion.example/ormeline"
FIRST = "# L’accès aux soins\n\nUne navette, chaque jour.\n"
PEOPLE = (("Aline", "Corbières"), ("Yves", "Tournebise"), ("Solène", "Kervadec"), ("Mamadou", "Diarra"))


@dataclass
class Script:
    """The congress as it goes: a clock that advances by itself, salts that never repeat."""

    store: Store
    checkpoints: Checkpoints
    at: datetime = START
    drawn: int = 0
    congress: int = 0
    notes: list[bytes] = field(default_factory=list)

    def now(self) -> datetime:
        self.at += timedelta(seconds=7)
        return self.at

    def salt(self) -> bytes:
        self.drawn += 1
        return hashlib.sha256(f"a salt of the script {self.drawn}".encode()).digest()

    def sign(self) -> None:
        self.checkpoints.sign_due(self.now())


@dataclass
class Desk:
    """One motion being written: the document as the service has it, and everybody's editor."""

    script: Script
    motion: int
    actors: dict[int, Actor]
    draft: Draft = field(default_factory=Draft)
    editors: list[Editor] = field(default_factory=list)

    def seat(self, client: int, official: int) -> Editor:
        """Somebody opens the motion."""
        actor = self.actors[official]
        assert actor.session_id is not None
        editor = Editor(client, actor.session_id, official)
        editor.hear(self.draft.full_state())
        self.editors.append(editor)
        return editor

    def send(self, editor: Editor, update: bytes) -> int:
        """What an editor made is kept, and shown to the others; the number of its entry."""
        script = self.script
        actor = self.actors[editor.author.official]
        accepted = take_check(self.draft, update, editor.author)
        writing = drafting.Writing(
            actor,
            accepted.update,
            script.salt(),
            accepted.clients,
            accepted.new_clients,
            accepted.parsed,
            editor.author.typed_for,
        )
        window = drafting.MotionWindow(self.motion, self.draft.number, [writing])
        (kept,) = script.store.write_now(drafting.keep_window, script.congress, [window], now=script.now())
        (outcome,) = kept.outcomes
        assert isinstance(outcome, drafting.Kept), outcome
        self.draft.apply(outcome.number, accepted.update, editor.author, accepted.parsed)
        for other in self.editors:
            if other is not editor:
                other.hear(accepted.update)
        return outcome.entry

    def refuse(self, editor: Editor, update: bytes, reason: str) -> None:
        """An update is refused, and the record says so."""
        actor = self.actors[editor.author.official]
        rejection = drafting.Rejection(actor, update, self.script.salt(), reason)
        window = drafting.MotionWindow(self.motion, self.draft.number, rejections=[rejection])
        self.script.store.write_now(drafting.keep_window, self.script.congress, [window], now=self.script.now())

    def copy(self) -> drafts.ReadingCopy:
        """The reading copy, as the room renews it."""
        rows = self.script.store.read_now(drafts.updates_after, self.motion, 0)
        runs, typed_for = packed(self.draft.runs()), packed(self.draft.typed_for())
        return drafts.ReadingCopy(self.draft.text(), runs, self.draft.number, rows[-1].entry, rows[-1].at, typed_for)

    def on_copies(self, act) -> Motion:
        """Do an act on the motion as it stands."""
        copies = [(self.motion, self.copy())]
        return self.script.store.write_now(drafting.act_on_copies, self.script.congress, copies, act)


def take_check(draft: Draft, update: bytes, author: Author):
    """What the rules of the document say: accepted."""
    decision = draft.check(update, Sender(author))
    assert not isinstance(decision, updates.Refused), decision
    return decision


@dataclass(frozen=True)
class Published:
    """The folder, the log's key, a checkpoint that somebody kept on the way, and the same log as the pages serve it."""

    folder: Path
    key: str
    kept: bytes
    again: Path
    served: dict[str, bytes]


def official(db: Session, script: Script, secretary: Actor, first: str, family: str) -> int:
    """Put somebody on the roster."""
    form = OfficialForm(family, first, mandate="maire", territory="Valbrune")
    row = roster.add(db, secretary, script.congress, form, now=script.now())
    assert row.id is not None
    return row.id


def sign_in(db: Session, script: Script, official_id: int) -> Actor:
    """Sign an official in."""
    row = open_session(
        db,
        script.congress,
        official_id=official_id,
        token_hash=script.salt(),
        way="card",
        device="",
        now=script.now(),
        expires_at=script.at + timedelta(days=3),
    )
    return Actor(script.congress, Role.OFFICIAL, official_id=official_id, session_id=row.id)


def play(folder: Path, **environment: str) -> tuple[Script, Rooms]:
    """The whole congress, to its end; `environment` holds more settings."""
    own = {"MOTION_DATA": str(folder), "MOTION_BASE_URL": "https://motion.example"}
    read = settings.read(own | environment)
    store = Store(read.database_url)
    migrate.upgrade(store)
    script = Script(store, Checkpoints(store, SEED))

    def found(db: Session) -> tuple[Actor, dict[int, Actor], int, int]:
        form = NewCongress("Congrès d’Ormeline", "ormeline", "Valbrune", date(2031, 11, 14), date(2031, 11, 16))
        congress = congresses.create(db, None, form, host="motion.example", now=script.now())
        assert congress.id is not None
        script.congress = congress.id
        clerk = congresses.add_secretary(db, None, congress.id, "Odile Brunoy", "o@ormeline.example", now=script.now())
        secretary = Actor(congress.id, Role.SECRETARIAT, secretary_id=clerk.id)
        people = [official(db, script, secretary, first, family) for first, family in PEOPLE]
        phases.open_phase(db, secretary, congress.id, Phase.DRAFTING, now=script.now())
        actors = {each: sign_in(db, script, each) for each in people[:3]}
        made = [
            motions.create(
                db,
                secretary,
                congress.id,
                title,
                "blank",
                FIRST,
                client=7 + number,
                salts=[script.salt() for _ in motions.pieces(FIRST)],
                now=script.now(),
            ).id
            for number, title in enumerate(("L’accès aux soins", "Les transports"))
        ]
        assert made[0] is not None and made[1] is not None
        return secretary, actors, made[0], made[1]

    secretary, actors, first, second = store.write_now(found)
    script.sign()
    slip = write_first(script, first, actors, secretary)
    script.sign()
    script.at += timedelta(hours=2)
    standing = write_second(script, second, actors, secretary)
    script.sign()
    redact(script, secretary, [slip], "effacement", "vie-privee", None, None)
    until = date(2032, 2, 22)
    redact(script, secretary, [standing], "retrait", "diffamation", until, second)
    script.at += timedelta(hours=2)
    script.sign()
    return script, Rooms(store, MemoryRelay(), lambda: script.at, read)


def write_first(script: Script, motion: int, actors: dict[int, Actor], secretary: Actor) -> int:
    """M1, to its adoption; the entry of words that were deleted before."""
    store = script.store
    desk = Desk(script, motion, actors)
    row = store.read_now(drafts.updates_after, motion, 0)[0]
    desk.draft.apply(1, row.content, Author(0, 0))
    aline, yves, solene = (desk.seat(100 + each, each) for each in actors)
    desk.send(aline, aline.type(len(FIRST), "\nGratuite pour les patients 🚌.\n"))
    slip = desk.send(yves, yves.type(2, "Son téléphone : 00 00 00 00 00. "))
    desk.send(solene, solene.type(len(str(solene.text)), "Et le soir.\n"))
    desk.send(yves, yves.cut(2, 2 + len("Son téléphone : 00 00 00 00 00. ")))
    desk.refuse(aline, deleted((999, 0, 3)), "delete-unknown")
    for word in ("Deux ", "fois ", "par ", "semaine.\n"):
        desk.send(aline, aline.type(len(str(aline.text)), word))
        desk.send(solene, solene.type(0, "…"))
        desk.send(solene, solene.cut(0, 1))
    desk.on_copies(lambda db: motions.freeze(db, secretary, motion, now=script.now()))
    script.sign()
    store.write_now(motions.unfreeze, secretary, motion, "Une faute.", salt=script.salt(), now=script.now())
    store.write_now(sessions.sign_out, actors[aline.author.official], now=script.now())
    desk.send(yves, yves.type(0, "\n"))
    desk.send(yves, yves.cut(0, 1))
    frozen = desk.on_copies(lambda db: motions.freeze(db, secretary, motion, now=script.now()))
    result = ShowOfHands(3, 0, 1, 0, "Aline Corbières, maire")
    assert frozen.digest is not None
    store.write_now(motions.adopt, secretary, motion, result, expected_digest=frozen.digest, now=script.now())
    return slip


def write_second(script: Script, motion: int, actors: dict[int, Actor], secretary: Actor) -> int:
    """M2, to its rejection; the entry of words that stand in it."""
    desk = Desk(script, motion, actors)
    row = script.store.read_now(drafts.updates_after, motion, 0)[0]
    desk.draft.apply(1, row.content, Author(0, 0))
    yves, solene = (desk.seat(200 + each, each) for each in list(actors)[1:3])
    desk.send(yves, yves.type(len(FIRST), "\nUn car.\n"))
    standing = desk.send(solene, solene.type(len(str(solene.text)), "Monsieur Quidam ment.\n"))
    desk.send(yves, yves.type(len(str(yves.text)), "Un train.\n"))
    type_for_another(desk, secretary, yves.author.official, list(actors)[0])
    frozen = desk.on_copies(lambda db: motions.freeze(db, secretary, motion, now=script.now()))
    result = ShowOfHands(1, 2, 1, 0, "Aline Corbières, maire")
    assert frozen.digest is not None
    script.store.write_now(
        motions.enter_result, secretary, motion, result, expected_digest=frozen.digest, now=script.now()
    )
    return standing


def type_for_another(desk: Desk, secretary: Actor, rapporteur: int, other: int) -> None:
    """A rapporteur types for somebody who is not at a desk, then is a rapporteur no more."""
    script = desk.script
    script.store.write_now(roster.set_rapporteur, secretary, rapporteur, True, now=script.now())
    hand = desk.seat(900, rapporteur)
    hand.author = hand.author._replace(typed_for=other)
    for words in ("Pour Aline :", " des vélos 🚲.\n"):
        desk.send(hand, hand.type(len(str(hand.text)), words))
    script.store.write_now(roster.set_rapporteur, secretary, rapporteur, False, now=script.now())


def redact(
    script: Script,
    secretary: Actor,
    entries: list[int],
    kind: str,
    reason: str,
    until: date | None,
    motion: int | None,
) -> None:
    """Decide on what must go, and confirm it."""

    def decide(db: Session) -> None:
        request = redactions.prepare(
            db, secretary, script.congress, entries, kind, reason, "personne-visee", until, now=script.now()
        )
        copy = None
        if motion is not None:
            copy = masked_copy(db, motion, redactions.plan(db, script.congress, entries, request_kind(kind)).masks)
        assert request.id is not None
        redactions.carry_out(
            db,
            secretary,
            script.congress,
            request.id,
            copy=copy,
            key=bytes(32),
            nonces=[script.salt()[:12] for _ in entries],
            now=script.now(),
        )

    script.store.write_now(decide)


def request_kind(kind: str) -> redactions.RedactionKind:
    """The verb, of the closed list."""
    return redactions.RedactionKind(kind)


def publish(folder: Path) -> Published:
    """Play the congress and write it out: the log by the service's own writer, the motions as the pages give them."""
    script, rooms = play(folder / "data")
    service = Service(rooms.settings, script.store, rooms, lambda: script.at)
    site, again = folder / "ormeline", folder / "again"
    for log in (site / "log", again):
        write_log(script.store, script.congress, log, address=f"{ADDRESS}/log")
    with TestClient(make_app(service), base_url="https://motion.example") as client:
        for code in ("M1", "M2"):
            for form in ("json", "md"):
                answer = client.get(f"/ormeline/motions/{code}.{form}")
                assert answer.status_code == 200, answer.text
                path = site / "motions" / f"{code}.{form}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(answer.content)
        paths = [str(path.relative_to(site / "log")) for path in (site / "log").rglob("*") if path.is_file()]
        answers = {path: client.get(f"/ormeline/log/{path}") for path in paths}
        served = {path: answer.content for path, answer in answers.items() if answer.status_code == 200}
    kept = sorted((site / "log" / "checkpoints").iterdir(), key=lambda path: int(path.name))
    script.store.close()
    return Published(site, (site / "log" / "log.vkey").read_text().strip(), kept[0].read_bytes(), again, served)


__all__ = ["Published", "publish", "take"]
