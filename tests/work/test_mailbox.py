"""Messages of a real mailbox become contributions that wait for their author, once each."""

import asyncio
import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from motion import settings as table
from motion.rules.vocabulary import Phase
from motion.settings import Settings
from motion.work import mailbox
from motion.work.mailbox import Mailboxes
from storage import blobs as files
from storage import contributions as rows
from storage import removals
from storage.models import Congress, Contribution, ContributionFile, Mail
from storage.store import Store
from tests import worlds
from tests.databases import free_port
from tests.worlds import NOW, World

PATIENCE_S = 30
KEY = bytes(32)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A real IMAP server, of a package, with one mailbox."""
    chosen = free_port()
    program = [
        str(Path(sys.executable).parent / "pymap"),
        "--host",
        "127.0.0.1",
        "--port",
        str(chosen),
        "--no-tls",
        "dict",
    ]
    program += ["--demo-data", "--demo-user", "contributions", "--demo-password", "secret"]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", chosen), 1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < until, "the IMAP server did not start"
                time.sleep(0.05)
        yield chosen
    finally:
        process.kill()
        process.wait()


@dataclass
class Post:
    """A congress with its mailbox."""

    world: World
    settings: Settings
    port: int
    blobs: files.Blobs

    def put(self, message: EmailMessage | bytes) -> None:
        """Have a message delivered."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        with self.box() as box:
            box.append("INBOX", "", "", raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def box(self) -> imaplib.IMAP4:
        """The mailbox as its owner sees it."""
        box = imaplib.IMAP4("127.0.0.1", self.port)
        box.login("contributions", "secret")
        box.select("INBOX")
        return box

    def read(self) -> int:
        """Read it, as the service does every half minute."""
        reader = Mailboxes(self.world.store, self.blobs, self.settings, KEY, lambda: NOW)
        return asyncio.run(reader.read_due())

    def received(self) -> list[Contribution]:
        return self.rows(Contribution)

    def mails(self) -> list[Mail]:
        return self.rows(Mail)

    def rows(self, table_: type) -> list:
        return self.world.store.read_now(lambda db: list(db.execute(select(table_)).scalars()))


@pytest.fixture
def post(sqlite_store: Store, port: int, tmp_path: Path) -> Iterator[Post]:
    url = f"imap://contributions:secret@127.0.0.1:{port}/INBOX?congress=ormeline"
    settings = table.read({"MOTION_DATA": str(tmp_path), "MOTION_IMAP_URL": url})
    blobs = files.from_url("", tmp_path)
    made = Post(worlds.make(sqlite_store), settings, port, blobs)
    with made.box() as box:  # what the server brings, and what other tests left
        found = box.uid("SEARCH", "ALL")[1][0].split()
        for uid in found:
            box.uid("STORE", uid.decode(), "+FLAGS", r"(\Deleted)")
        box.expunge()
    yield made
    blobs.close()


def written(text: str = "Le car ne passe plus.", *, reference: str = "<1@valbrune.example>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ève Marchebrune <eve@valbrune.example>"
    message["Subject"] = "Les cars"
    message["Message-ID"] = reference
    message.set_content(text)
    return message


def test_it_waits_for_its_author(post: Post) -> None:
    """Who is asked by mail, at a private address; the contribution does not hold theirs."""
    post.put(written())
    assert post.read() == 1
    (contribution,) = post.received()
    assert (contribution.channel, contribution.state, contribution.email) == ("mail", "awaited", None)
    version = post.world.store.read_now(rows.versions, contribution.id)[0]
    assert (version.author, version.title, version.text) == ("Ève Marchebrune", "Les cars", "Le car ne passe plus.")
    (mail,) = post.mails()
    assert mail.recipient == "eve@valbrune.example"
    assert "C1" in mail.body and "/ormeline/suivi/" in mail.body


def test_an_answer_to_our_own_mail(post: Post) -> None:
    """Is no contribution: it quotes a private address, and its author is told where to agree."""
    message = written("J’accepte.", reference="<2@valbrune.example>")
    message["In-Reply-To"] = make_msgid("motion-1", "ormeline.example")
    post.put(message)
    assert post.read() == 1 and post.received() == []
    (mail,) = post.mails()
    assert "ouvrez l’adresse que contient notre message" in mail.body and "/suivi/" not in mail.body


def test_a_message_of_nobody(post: Post) -> None:
    """Nobody can be asked whether they said it: it stays in the box, and nothing waits for ever."""
    post.put(b"Subject: Les cars\nMessage-ID: <3@valbrune.example>\n\nLe car ne passe plus.\n")
    assert post.read() == 1 and post.received() == [] and post.mails() == []


def test_a_message_is_received_once(post: Post) -> None:
    """Read again after a crash before it was marked, or delivered twice."""
    post.put(written())
    assert post.read() == 1 and post.read() == 0
    with post.box() as box:
        for uid in box.uid("SEARCH", "ALL")[1][0].split():
            box.uid("STORE", uid.decode(), "-FLAGS", r"(\Seen)")
    post.put(written())
    assert post.read() == 2
    assert len(post.received()) == 1 and len(post.mails()) == 1


def test_files_come_along(post: Post) -> None:
    """Kept in the store of files; what is none of what a congress receives is named in the answer."""
    message = written()
    message.add_attachment(b"%PDF-1.7 essai", maintype="application", subtype="pdf", filename="avis.pdf")
    message.add_attachment(b"MZ\x90", maintype="application", subtype="x-msdownload", filename="avis.exe")
    post.put(message)
    post.read()
    (file,) = post.rows(ContributionFile)
    assert (file.kind, file.file_name, file.size) == ("document", "avis.pdf", 14)

    async def content() -> bytes:
        return b"".join([chunk async for chunk in post.blobs.read(file.blob)])

    assert asyncio.run(content()) == b"%PDF-1.7 essai"
    assert "avis.exe" in post.mails()[0].body
    assert post.world.store.read_now(removals.doomed, NOW.replace(year=2032)) == []


def test_a_file_whose_message_was_never_kept_goes(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut between the store of files and the record: destroyed within the hour, and the message is read again."""

    def cut(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    message = written()
    message.add_attachment(b"%PDF-1.7 essai", maintype="application", subtype="pdf", filename="avis.pdf")
    post.put(message)
    with monkeypatch.context() as patched:
        patched.setattr(mailbox.mailed, "receive", cut)
        with pytest.raises(KeyboardInterrupt):
            post.read()
    assert len(post.world.store.read_now(removals.doomed, NOW.replace(year=2032))) == 1
    assert post.read() == 1 and len(post.received()) == 1


def test_machines_are_not_answered(post: Post) -> None:
    """Nor received."""
    message = written()
    message["Auto-Submitted"] = "auto-replied"
    post.put(message)
    assert post.read() == 1
    assert post.received() == [] and post.mails() == []


def test_who_is_refused_is_told(post: Post) -> None:
    """Too long, nothing in it, or at the wrong time: in words that say how to repair it."""
    post.put(written("mot " * 4_000, reference="<2@valbrune.example>"))
    post.put(written("", reference="<3@valbrune.example>"))
    post.read()

    def close(db: Session) -> None:
        congress = db.execute(select(Congress).where(col(Congress.slug) == "ormeline")).scalar_one()
        congress.phase = Phase.FROZEN
        db.add(congress)

    post.world.store.write_now(close)
    post.put(written(reference="<4@valbrune.example>"))
    post.read()
    assert post.received() == []
    said = [mail.body for mail in post.mails()]
    assert ["trop long" in said[0], "/ormeline/participer" in said[1], "en ce moment" in said[2]] == [True] * 3


def test_a_sender_is_answered_so_many_times(post: Post) -> None:
    """Two machines that write to each other stop."""
    for number in range(14):
        post.put(written("", reference=f"<{number}@valbrune.example>"))
    post.read()
    assert len(post.mails()) == 10


def test_who_writes_more_is_asked_an_hour_later(post: Post) -> None:
    """Of all that waits, in one mail: each contribution has its address, and none is left unasked."""
    for number in range(13):
        post.put(written(f"Le car n° {number} ne passe plus.", reference=f"<{number}@valbrune.example>"))
    post.read()
    mails = post.mails()
    assert [mail.not_before for mail in mails] == [NOW] * 10 + [NOW + timedelta(hours=1)]
    gathered = mails[-1].body
    assert [code in gathered for code in ("C10 ", "C11.", "C12.", "C13.")] == [False, True, True, True]
    assert gathered.count("/suivi/") == 3 and gathered.count("Bonjour,") == 1


def test_a_message_too_large_is_not_read(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender is shown the way for files of any size."""
    monkeypatch.setattr(mailbox, "MAX_MESSAGE_BYTES", 1_000)
    post.put(written("x" * 2_000))
    post.read()
    assert post.received() == [] and "trop lourd" in post.mails()[0].body


def test_a_server_that_is_away_holds_up_no_other(post: Post) -> None:
    """Wrong secret, nobody there, a congress that is none: said in the log, and the next box is read."""
    (good,) = post.settings.mailboxes
    bad = (replace(good, secret="autre"), replace(good, port=free_port()), replace(good, congress="nulle-part"))
    post.settings = replace(post.settings, mailboxes=(*bad, good))
    post.put(written())
    assert post.read() == 1
