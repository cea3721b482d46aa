"""What people say to the demonstration's congress: read from `voices.toml`, and done by the acts that pages call.

Every deed has its moment in the story, as the scenes of `motion.demonstration.story` do; `motion.demonstration.play`
brings both in one order. What is said in a film, and the film itself, are in `films/` (`testimonies` makes them).
"""

import hashlib
import secrets
import tomllib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from motion.acts import contributions, moderation, sheets, themes, transcripts
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.demonstration import people
from motion.demonstration.story import Ago, On, When, moment, place
from motion.media.made import MEDIA_TYPES
from motion.record.objects import seal
from motion.rules import caption_files
from motion.rules.captions import Cues
from motion.rules.contributions import Channel, ConsentWay, FileKind, Moderation, Place, Words
from motion.rules.permissions import Actor
from storage import contributions as rows
from storage import removals, sealing
from storage.held import held
from storage.models import Contribution, ContributionFile, FileRendition
from storage.store import Session

HERE = Path(__file__).parent
FILMS = HERE / "films"
THEMES = {
    "soins": "Se soigner",
    "route": "Se déplacer",
    "toit": "Se loger",
    "ecole": "L’école",
    "numerique": "Le numérique",
    "eau": "L’eau",
    "travail": "Travailler ici",
    "mairie": "La vie des mairies",
}
OPENED = On(96, 10, 30)  # the secretariat says how it reads, and prints forms
SHEETS = 40
DELAY = 150  # minutes until the secretariat has read something
WAYS = {Channel.SPOKEN: ConsentWay.SPOKEN, Channel.PAPER: ConsentWay.SIGNED, Channel.IMPORT: ConsentWay.SIGNED}
ROLES = {FileKind.VIDEO: ("video-360", "sound", "poster", "waveform"), FileKind.PHOTO: ("page",)}
FORM = "fiche-"  # folders of filled forms, before their number
SIZES = {"video-360": (640, 360), "poster": (640, 360), "page": (620, 877)}
TYPES = MEDIA_TYPES | {"page": "image/jpeg"}
TAIL_MS = 1_700  # from the last word of a film to its end


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody does: so many minutes after a moment of the story."""

    when: When
    after: int
    do: Callable[["Told", Session, datetime], None]

    @property
    def place(self) -> float:
        """Where it stands in the story, among the scenes."""
        return place(self.when) + self.after

    def moment(self, now: datetime) -> datetime:
        """When it happens, for a demonstration that starts now."""
        return moment(self.when, now) + timedelta(minutes=self.after)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of `films/` that lies in the store of files under a key of its own."""

    folder: str
    role: str
    blob: str
    salt: bytes
    name: str
    size: int


@dataclass(slots=True)
class Told:
    """What the story needs to know of what was told so far. One owner: `play`."""

    congress_id: int
    secretaries: tuple[Actor, Actor]
    officials: dict[str, int]  # by name
    key: bytes  # of what is withdrawn
    stored: list[Stored]  # of each folder, the first is as it was sent
    ids: dict[str, int] = field(default_factory=dict)  # by the key in `voices.toml`
    to_come: list[Deed] = field(default_factory=lambda: deeds())

    def next_before(self, when: When) -> list[Deed]:
        """What comes next, up to a moment of the story; it is then no longer to come."""
        count = sum(deed.place < place(when) for deed in self.to_come)
        chosen, self.to_come = self.to_come[:count], self.to_come[count:]
        return chosen

    def files(self, folder: str) -> list[Stored]:
        """The files of a folder."""
        return [each for each in self.stored if each.folder == folder]


def deeds() -> list[Deed]:
    """All of them, in the order of the story."""
    found = [Deed(OPENED, 0, _open)]
    for number, voice in enumerate(read()):
        found += _deeds_of(str(number), voice)
    return sorted(found, key=lambda deed: deed.place)


def read() -> list[dict[str, Any]]:
    """What is said, as it is written down."""
    voices: list[dict[str, Any]] = tomllib.loads((HERE / "voices.toml").read_text())["voice"]
    return voices


def perform(db: Session, told: Told, chosen: Iterable[tuple[Deed, datetime]]) -> None:
    """Do some of them, each at its moment, in one transaction."""
    with held(db):
        for deed, at in chosen:
            deed.do(told, db, at)
            db.flush()


def said_at(voice: dict[str, Any]) -> When:
    """The moment of a voice."""
    first, *rest = str(voice["at"]).split()
    if not rest:
        return Ago(-int(first))
    hour, minute = rest[0].split(":")
    return On(int(first), int(hour), int(minute))


def _deeds_of(number: str, voice: dict[str, Any]) -> list[Deed]:
    when, key = said_at(voice), voice.get("key", number)
    delay = int(voice.get("delay", DELAY))
    is_mail, is_paper = voice["channel"] == Channel.MAIL, voice["channel"] == Channel.PAPER
    plan: list[tuple[int, Callable[..., None]]] = [(0, partial(_receive, voice))]
    if is_mail:
        plan.append((delay // 2, _confirm))
    if is_paper or "check" in voice:
        plan.append((int(voice.get("check", delay // 2)), _check))
    if delay and "refuse" not in voice:
        plan.append((delay, partial(_publish, voice)))
    for name, do in (("refuse", _refuse), ("report", _report), ("reply", _reply), ("near", _group)):
        if name in voice:
            plan.append((voice[name]["after"], partial(do, voice[name])))
    if "correct" in voice:
        after = voice["correct"]["after"]
        plan += [(after, partial(_correct, voice)), (after + delay, partial(_publish, voice))]
    if "withdraw" in voice:
        plan.append((voice["withdraw"], _withdraw))
    return [Deed(when, after, partial(_do, key, do)) for after, do in plan]


def _do(key: str, do: Callable[..., None], told: Told, db: Session, now: datetime) -> None:
    contribution = db.get(Contribution, told.ids[key]) if key in told.ids else None
    if contribution is None:
        do(told, db, key, now)
    else:
        do(told, db, contribution, now)


def _open(told: Told, db: Session, now: datetime) -> None:
    first = told.secretaries[0]
    moderation.set_rules(db, first, told.congress_id, Moderation.BEFORE, now=now)
    for name in THEMES.values():
        themes.add(db, first, told.congress_id, name, now=now)
    sheets.print(db, first, told.congress_id, SHEETS, now)


def words_of(voice: dict[str, Any]) -> Words:
    """What a voice says, with the name and place that it gives."""
    if "from" in voice:
        person = people.PEOPLE[voice["from"]]
        name = f"{person.first_names} {person.family_name}"
        return Words(name, voice["text"], True, person.mandate, Place(person.territory))
    mandate = voice.get("mandate", "")
    at = Place(voice["place"]) if "place" in voice else None
    return Words(voice["name"], voice["text"], bool(mandate), mandate, at, voice.get("title", ""))


def form_of(voice: dict[str, Any]) -> str:
    """The folder of the form on which something was written."""
    return f"{FORM}{voice['sheet']}"


def _receive(voice: dict[str, Any], told: Told, db: Session, key: str, now: datetime) -> None:
    channel, words = Channel(voice["channel"]), words_of(voice)
    is_typed = channel in contributions.BY_OTHERS
    folder = form_of(voice) if channel is Channel.PAPER else voice.get("film", "")
    files = [_sent(told.files(folder)[0])] if folder else []
    received = contributions.receive(
        db,
        told.secretaries[0] if is_typed else None,
        told.congress_id,
        words,
        channel,
        () if channel is Channel.MAIL else voice.get("uses", ("publish", "quote", "archive")),
        how=WAYS.get(channel, ConsentWay.ONLINE),
        token_hash=hashlib.sha256(secrets.token_bytes(16)).digest(),  # of an address that nobody has
        salt=secrets.token_bytes(32),
        now=now,
        files=files,
        circumstances=Circumstances(
            official_id=told.officials[words.name] if "from" in voice else None,
            sheet=voice.get("sheet"),
            supports=told.ids[voice["supports"]] if "supports" in voice else None,
            said_at=now - timedelta(days=9) if channel is Channel.IMPORT else None,
            foreign_id=voice.get("foreign", ""),
        ),
    )
    assert received.id is not None
    told.ids[key] = received.id
    if folder:
        _make(told, db, received, folder, voice, now)


def _sent(stored: Stored) -> ReceivedFile:
    is_form = stored.folder.startswith(FORM)
    return ReceivedFile(
        FileKind.PHOTO if is_form else FileKind.VIDEO,
        "image/jpeg" if is_form else "video/mp4",
        f"{stored.folder}.jpg" if is_form else f"{stored.folder}.mp4",
        stored.size,
        stored.blob,
        stored.salt,
        stored.name,
        "La fiche remplie à la main" if is_form else "",
    )


def _make(
    told: Told, db: Session, contribution: Contribution, folder: str, voice: dict[str, Any], now: datetime
) -> None:
    """Keep what was made of a file, as `motion.work.media` does, and what is said in it."""
    assert contribution.id is not None
    file = rows.files(db, contribution.id)[0]
    assert file.id is not None
    sent, *renditions = told.files(folder)
    removals.spare(db, sent.blob)
    for made in renditions:
        removals.spare(db, made.blob)
        width, height = SIZES.get(made.role, (None, None))
        db.add(
            FileRendition(
                file_id=file.id,
                role=made.role,
                media_type=TYPES[made.role],
                size=made.size,
                width=width,
                height=height,
                blob=made.blob,
                salt=made.salt,
                name=made.name,
            )
        )
    file.state, file.progress = "done", 100
    for path in sorted((FILMS / folder).glob("*.vtt")):
        cues = caption_files.read(path.read_bytes())
        file.duration_ms = cues[-1].end_ms + TAIL_MS
        _caption(told, db, contribution, file, path.stem, cues, voice, now)
    db.add(file)
    db.flush()


def _caption(
    told: Told,
    db: Session,
    contribution: Contribution,
    file: ContributionFile,
    language: str,
    cues: Cues,
    voice: dict[str, Any],
    now: datetime,
) -> None:
    salt = secrets.token_bytes(32)
    if "heard" in voice:
        heard = [replace(cue, speaker="") for cue in cues]  # a machine knows nobody's name
        transcripts.automatic(db, contribution, file, language, heard, salt=salt, now=now)
    else:
        nothing, first = transcripts.NOTHING, told.secretaries[0]
        transcripts.edit(db, first, contribution, file, language, cues, nothing, salt=salt, now=now, is_checked=True)


def _confirm(told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    contributions.confirm(db, contribution, ("publish", "quote", "archive"), now=now)


def _check(told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    contributions.check(db, told.secretaries[1], contribution, now=now)


def _publish(voice: dict[str, Any], told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    second = told.secretaries[1]
    moderation.publish(db, second, contribution, now=now)
    numbers = [list(THEMES).index(theme) + 1 for theme in voice["themes"]]
    themes.sort(db, second, contribution, numbers, now=now)


def _refuse(decision: dict[str, Any], told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    reason, message = decision["reason"], decision["text"]
    second = told.secretaries[1]
    moderation.refuse(db, second, contribution, reason, message, key=told.key, nonces=_nonces(), now=now)


def _report(notice: dict[str, Any], told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    salt = secrets.token_bytes(32)
    moderation.report(db, contribution, notice["reason"], notice["text"], email=None, salt=salt, now=now)


def _reply(answer: dict[str, Any], told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    salt = secrets.token_bytes(32)
    moderation.reply(db, told.secretaries[1], contribution, answer["by"], answer["text"], salt=salt, now=now)


def _group(near: dict[str, Any], told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    themes.group(db, told.secretaries[0], contribution, db.get_one(Contribution, told.ids[near["voice"]]), now=now)


def _correct(voice: dict[str, Any], told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    words = words_of(voice | {"text": voice["correct"]["text"]})
    contributions.revise(db, contribution, words, salt=secrets.token_bytes(32), now=now)


def _withdraw(told: Told, db: Session, contribution: Contribution, now: datetime) -> None:
    contributions.withdraw(db, contribution, key=told.key, nonces=_nonces(), now=now)


def _nonces() -> Iterable[bytes]:
    return iter(lambda: secrets.token_bytes(sealing.NONCE_BYTES), b"")


def read_files() -> list[tuple[Stored, bytes]]:
    """The films and the form, as they were sent and as they are published, with keys, salts and names of their own."""
    found = []
    for folder in sorted(FILMS.iterdir()):
        roles = ROLES[FileKind.PHOTO if folder.name.startswith(FORM) else FileKind.VIDEO]
        for role in (roles[0], *roles):
            content, salt = (folder / role).read_bytes(), secrets.token_bytes(32)
            blob, name = secrets.token_hex(16), seal(salt, content).name
            found.append((Stored(folder.name, role, blob, salt, name, len(content)), content))
    return found


async def whole(content: bytes) -> AsyncIterator[bytes]:
    """A file in one piece."""
    yield content
