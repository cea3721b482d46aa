"""What is taken back or taken out is read nowhere: every address that said it is asked again, as its readers ask.

One word stands in all that somebody said, in files, transcripts and what others answered. The service is walked through
before, link by link, as everyone, as the secretariat and as a rapporteur; then after.
"""

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from sqlalchemy import MetaData, create_engine, select
from sqlmodel import Session

from motion.acts import contributions, moderation, themes, transcripts
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.acts.private_addresses import draw
from motion.record.entry import decode_entry
from motion.record.objects import seal
from motion.rules.captions import Cue
from motion.rules.contributions import Channel, ConsentWay, FileKind, Place, Words
from storage import contributions as rows
from storage import ledger
from storage.models import Contribution, FileRendition
from tests.web.test_redactions import sign, take_out
from tests.web.test_voices import nonces
from tests.web.voices import SECRETARIAT, SOUND, once, salt
from tests.web.world import NOW, Hall, served

SAID = "zibeline"
MOST_PAGES = 1_500
LINK = re.compile(r"""(?:href|src|action)=["']?([^"' >]+)""")
STARTS = (
    "/ormeline",
    f"/ormeline/recherche?q={SAID}",
    "/ormeline/contributions/C2.json",
    "/ormeline/contributions/C2.md",
    "/ormeline/contributions/C2/signaler",
    "/ormeline/contributions?etat=toutes",
    "/ormeline/contributions?ordre=hasard-7&jusqua=9",
    "/ormeline/donnees",
    "/ormeline/log/redactions.json",
    "/ormeline/log/objects/000.p/20",
    "/api/v1/congresses/ormeline",
    "/api/v1/congresses/ormeline/contributions",
    "/api/v1/congresses/ormeline/contributions/C1",
    "/api/v1/congresses/ormeline/contributions/C2",
)
DESKS = ("/ormeline/secretariat", "/ormeline/secretariat/contributions/C2", "/ormeline/secretariat/themes")


class Told(dict[tuple[str, str], tuple[str, str]]):
    """What was answered, by who asked and where: the body, and the name of its version."""


def words(text: str) -> Words:
    """All of them with the word, in each field."""
    place = Place(f"Val-{SAID}")
    return Words(f"Solène {SAID}", text, True, f"maire {SAID}", place, f"Le car {SAID}")


def receive(db: Session, one: Words, *files: ReceivedFile, secret: bytes | None = None, **more: object) -> Contribution:
    return contributions.receive(
        db,
        None,
        1,
        one,
        Channel.WEB,
        ("publish", "quote"),
        how=ConsentWay.ONLINE,
        token_hash=secret or draw().hash,
        salt=salt(),
        files=files,
        circumstances=Circumstances(**more),
        now=NOW,
    )


def populate(db: Session, secret: bytes) -> None:
    """C1 is like C2, which has everything; C3 supports it; both stand under a theme, C1 and C2 in a group."""
    first = receive(db, Words("Ève Brumeval", "Le car du jeudi matin ne dessert plus le dispensaire de Brumeval."))
    moderation.publish(db, SECRETARIAT, first, now=NOW)
    text = f"Le car du jeudi matin ne dessert plus le dispensaire de Brumeval, {SAID}."
    sound, picture = salt(), salt()
    files = (
        ReceivedFile(FileKind.SOUND, "audio/ogg", f"{SAID}.ogg", 4, "a" * 32, sound, seal(sound, b"ogg!").name),
        ReceivedFile(
            FileKind.PHOTO,
            "image/jpeg",
            f"{SAID}.jpg",
            4,
            "b" * 32,
            picture,
            seal(picture, b"jpg!").name,
            f"Une {SAID}",
        ),
    )
    one = receive(db, words(text), *files, secret=secret, supports=first.id)
    for file, role, media, blob in zip(
        rows.files(db, one.id), ("sound", "photo"), ("audio/ogg", "image/webp"), "cd", strict=True
    ):
        made = salt()
        name = seal(made, SOUND).name
        db.add(
            FileRendition(
                file_id=file.id, role=role, media_type=media, size=len(SOUND), blob=blob * 32, salt=made, name=name
            )
        )
    moderation.publish(db, SECRETARIAT, one, now=NOW)
    contributions.revise(db, one, words(f"{text} Deux fois."), salt=salt(), now=NOW)
    moderation.publish(db, SECRETARIAT, one, now=NOW)
    recording = rows.files(db, one.id)[0]
    base = ""
    for line in ("La première", "La seconde"):
        cues = (Cue(0, 2_000, f"{line} {SAID}.", f"Solène {SAID}"),)
        more = {"salt": salt(), "now": NOW}
        base = transcripts.base_of(transcripts.edit(db, SECRETARIAT, one, recording, "fr", cues, base, **more))
    moderation.report(db, one, "injure", f"Cette {SAID}.", email="r@exemple.example", salt=salt(), now=NOW, author=SAID)
    moderation.reply(db, SECRETARIAT, one, f"Régie {SAID}", f"La {SAID} répond.", salt=salt(), now=NOW)
    contributions.revise(db, one, words(f"{text} Trois fois, à lire."), salt=salt(), now=NOW)
    third = receive(db, Words("Zoé Ormoy", "Je soutiens."), supports=one.id)
    moderation.publish(db, SECRETARIAT, third, now=NOW)
    theme = themes.add(db, SECRETARIAT, 1, "Transports", now=NOW)
    for each in (first, one):
        themes.sort(db, SECRETARIAT, each, [theme.number], now=NOW)
    themes.group(db, SECRETARIAT, first, one, now=NOW)


class World:
    """The served congress, and the address of the author's page."""

    def __init__(self, hall: Hall, secret: str) -> None:
        self.hall, self.page = hall, f"/ormeline/suivi/{secret}"

    def readers(self) -> dict[str, dict[str, str]]:
        return {"everyone": {}, "secretariat": self.hall.odile, "rapporteur": self.hall.aline}

    def walk(self) -> Told:
        """Follow every link of the congress as everyone, and those of their desks as others."""
        told = Told()
        for who, headers in self.readers().items():
            self.hall.client.cookies.clear()
            waiting = deque(DESKS if who != "everyone" else (*STARTS, self.page))
            seen = set(waiting)
            while waiting:
                path = waiting.popleft()
                answer = self.hall.client.get(path, headers=headers)
                told[who, path] = answer.content.decode("latin-1"), answer.headers.get("etag", "")
                if "html" not in answer.headers.get("content-type", ""):
                    continue
                for at in links(path, answer.text):
                    if at not in seen and (who == "everyone" or "/secretariat" in at):
                        seen.add(at)
                        waiting.append(at)
            assert len(seen) < MOST_PAGES
        return told

    def leaks(self, before: Told) -> list[str]:
        """Addresses that still say the word, or tell a reader who has it that nothing changed."""
        found = []
        for (who, path), (body, etag) in before.items():
            headers = self.readers()[who] | ({"if-none-match": etag} if etag else {})
            self.hall.client.cookies.clear()
            answer = self.hall.client.get(path, headers=headers)
            if says(answer.content.decode("latin-1")):
                found.append(f"{who} {path}")
            if says(body) and answer.status_code == 304:
                found.append(f"{who} {path}: 304")
        return found

    def kept(self) -> list[str]:
        """Tables and columns that still hold the word."""
        engine = create_engine(self.hall.service.settings.database_url)
        tables = MetaData()
        tables.reflect(engine)
        found = []
        with engine.connect() as connection:
            for table in tables.tables.values():
                for row in connection.execute(select(table)):
                    for column, value in row._mapping.items():
                        text = (
                            value
                            if isinstance(value, str)
                            else bytes(value).decode("latin-1")
                            if value_is(value)
                            else ""
                        )
                        if says(text):
                            found.append(f"{table.name}.{column}")
        engine.dispose()
        return sorted(set(found))

    def find(self, db: Session) -> Contribution:
        return contributions.get(db, 1, 2)


def value_is(value: object) -> bool:
    return isinstance(value, bytes | memoryview)


def links(path: str, html: str) -> Iterator[str]:
    """Addresses of the congress on a page, but of motions, other languages, receipts, and the way out."""
    for link in LINK.findall(html):
        to = urlsplit(urljoin(f"http://testserver{path}", unescape(link)))
        at = to.path + (f"?{to.query}" if to.query else "")
        is_ours = to.netloc == "testserver" and to.path.startswith(("/ormeline", "/api/v1", "/medias"))
        if is_ours and not re.search(r"/motions|/assets|connexion|lang=|/recu|tlog-proof|/verifier|%3A", at):
            yield at


def says(text: str) -> bool:
    return SAID in unquote(text).lower()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as hall:
        private = draw()
        for blob in "abcd":
            assert hall.client.portal is not None
            hall.client.portal.call(hall.service.blobs.write, blob * 32, once(SOUND))
        hall.service.store.write_now(populate, private.hash)
        sign(hall)
        yield World(hall, private.secret)


def echoes(found: list[str]) -> list[str]:
    """Without the pages that only repeat what their reader asks for."""
    return [one for one in found if "recherche?q=" not in one and "commune=" not in one]


def entry_of(world: World, kind: str) -> int:
    """Number of the last entry of a kind about C2."""

    def find(db: Session) -> int:
        found = [
            number
            for number, content in enumerate(ledger.contents(db, 1, 0, 10_000))
            if (entry := decode_entry(content)).kind == f"contribution.{kind}" and entry.body["contribution"] == "C2"
        ]
        return found[-1]

    return world.hall.service.store.read_now(find)


class TestTakenBack:
    def test_words_taken_back_are_nowhere(self, world: World) -> None:
        """Old versions, transcripts, replies, searches, tables, feeds, objects, desks, the author's page."""
        before = world.walk()
        said = {f"{who} {path}" for (who, path), (body, _etag) in before.items() if says(body)}
        for expected in (
            "everyone /ormeline/contributions/C1",
            "everyone /ormeline/contributions/C2",
            "everyone /ormeline/contributions/C2.md",
            "everyone /ormeline/contributions/C2?version=1",
            "everyone /ormeline/contributions/C2/transcription/1",
            "everyone /ormeline/recherche?q=zibeline",
            "everyone /ormeline/log/objects/000.p/20",
            "everyone /api/v1/congresses/ormeline/contributions/C2",
            f"everyone {world.page}",
            "secretariat /ormeline/secretariat/contributions/C2",
        ):
            assert expected in said
        assert world.hall.client.post(f"{world.page}/retirer").status_code == 303
        sign(world.hall)
        assert echoes(world.leaks(before)) == []
        assert "Aucun passage" in world.hall.client.get(f"/ormeline/recherche?q={SAID}").text
        assert world.kept() == []


class TestRefused:
    def test_readers_find_no_word_of_it(self, world: World) -> None:
        """Its author and the secretariat still read what is not published; a reply is of somebody else."""
        before = world.walk()

        def refuse(db: Session) -> None:
            more = {"key": bytes(32), "nonces": nonces(), "now": NOW}
            moderation.refuse(db, SECRETARIAT, world.find(db), "vie-privee", "Vous le nommez.", **more)

        world.hall.service.store.write_now(refuse)
        sign(world.hall)
        reply = entry_of(world, "reply")
        allowed = ("/suivi/", "/secretariat/", f"/registre/{reply}.objet", "/log/objects/")
        assert [one for one in echoes(world.leaks(before)) if not any(each in one for each in allowed)] == []
        assert "Aucun passage" in world.hall.client.get(f"/ormeline/recherche?q={SAID}").text


class TestTakenOut:
    """By a decision of the secretariat, on the entry that somebody has read in the register."""

    def test_an_earlier_transcript_does_not_come_back(self, world: World) -> None:
        """What the last version said stands in the one before as well."""
        here = "/ormeline/contributions/C2/transcription/1"
        assert "La seconde zibeline" in world.hall.client.get(here).text
        last = entry_of(world, "captions")
        take_out(world.hall, last, last)
        for path in (here, "/ormeline/contributions/C2", f"/ormeline/recherche?q={SAID}"):
            text = world.hall.client.get(path).text
            assert "La seconde" not in text and "La première" not in text

    @pytest.mark.parametrize("kind", ["publish", "receive"])
    def test_words_leave_as_published(self, world: World, kind: str) -> None:
        """Whether the entry of their publication is named or that of their receipt, no reader finds them."""
        if kind == "receive":  # the third version waits to be read
            world.hall.service.store.write_now(lambda db: moderation.publish(db, SECRETARIAT, world.find(db), now=NOW))
            sign(world.hall)
        assert "dispensaire de Brumeval" in world.hall.client.get(f"/ormeline/recherche?q={SAID}").text
        taken, published = entry_of(world, kind), entry_of(world, "publish")
        take_out(world.hall, taken, taken)
        sign(world.hall)
        assert "dispensaire" not in world.hall.client.get(f"/ormeline/recherche?q={SAID}").text
        answer = world.hall.client.get(f"/ormeline/registre/{published}.objet")
        assert answer.status_code == 410 and "Diffamation" in answer.text
        assert "dispensaire" not in world.hall.client.get("/ormeline/contributions/C2").text.split("C1")[0]
