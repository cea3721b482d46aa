"""The congress's mailbox: what comes by mail is received as a contribution, and its author is asked to agree.

A message is marked as seen once what it says is kept, and known again by its own name: cut in between, it is read
twice and received once. A message that can't be taken stays in the box, seen, and its sender is told why.
"""

import asyncio
import imaplib
import logging
import secrets
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from gettext import NullTranslations
from io import BytesIO

from motion.acts import mailed, private_addresses
from motion.acts.contributions import ReceivedFile
from motion.acts.sign_in import Message as Letter
from motion.language import LANGUAGES, Language, language
from motion.record.objects import SALT_BYTES, seal
from motion.rules.contributions import MAX_TEXT, Words
from motion.rules.errors import CollectionClosed, Invalid, MotionError
from motion.rules.file_kinds import ARCHIVE, HEAD_BYTES, kind_of, kind_of_archive, names_in
from motion.rules.messages import Attachment, Message, read_message
from motion.settings import MailboxAddress, Settings
from storage import queries, removals
from storage.blobs import Blobs, chunks
from storage.models import Congress
from storage.store import Session, Store

_ = NullTranslations().gettext  # marks the sentences for the catalogues

log = logging.getLogger("motion.mail")

TIMEOUT_S = 30
MOST_AT_ONCE = 20  # messages of one turn; the rest comes with the next
MAX_MESSAGE_BYTES = 40_000_000  # what most servers let through, as MIME writes it
FILES_SPARED = timedelta(hours=1)  # longer than a message takes from the store of files to its row

HELLO = _("Bonjour,")
ASKED = _(
    "Votre message est reçu\u00a0: c’est la contribution %(code)s. Rien n’en est encore publié.\n\n"
    "Pour qu’elle le soit, relisez-la et donnez votre accord à cette adresse, que vous seul·e connaissez\u00a0:"
    "\n\n%(url)s\n\n"
    "Gardez cette adresse\u00a0: elle permet aussi de corriger votre contribution ou de la retirer."
)
LEFT_OUT = _(
    "Ces fichiers n’ont pas été pris, car ce ne sont ni des photos, ni des enregistrements, ni des documents "
    "PDF, ODT ou DOCX\u00a0: %(names)s."
)
CLOSED = _(
    "Votre message est arrivé, mais le congrès ne reçoit pas de contributions en ce moment. Il n’a pas été gardé."
)
TOO_LONG = _(
    "Votre message est trop long pour être reçu par courriel\u00a0: une contribution compte au plus %(most)s signes. "
    "Raccourcissez-le, ou envoyez-le comme document PDF, ODT ou DOCX."
)
ANSWERED = _(
    "Votre réponse est arrivée, mais elle n’a pas été gardée\u00a0: une réponse à nos courriels ne suffit pas.\n\n"
    "Pour donner votre accord, corriger votre contribution ou la retirer, ouvrez l’adresse que contient notre message. "
    "Pour dire autre chose, écrivez un nouveau courriel."
)
TOO_LARGE = _(
    "Votre message est trop lourd pour être reçu par courriel\u00a0: rien n’en a été gardé. Les fichiers de toute "
    "taille s’envoient à cette adresse\u00a0: %(url)s"
)
UNREADABLE = _(
    "Votre message n’a pas pu être lu comme une contribution\u00a0: il ne contient ni texte, ni fichier que le congrès "
    "sache lire. Vous pouvez aussi contribuer en ligne\u00a0: %(url)s"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A message of a box: `raw` is None when it is too large to be read."""

    uid: str
    raw: bytes | None
    head: bytes = b""


class Mailboxes:
    """Reads the mailboxes of the settings. One owner: a task of the loop."""

    def __init__(self, store: Store, blobs: Blobs, settings: Settings, key: bytes, now: Callable[[], datetime]) -> None:
        self._store, self._blobs, self._settings = store, blobs, settings
        self._key, self._now = key, now

    async def read_due(self) -> int:
        """Receive what is new in every box; return how many messages were dealt with."""
        count = 0
        for address in self._settings.mailboxes:
            congress = await self._store.read(queries.congress_by_slug, address.congress)
            if congress is None:
                log.warning("a mailbox is set for %s, and there is no such congress", address.congress)
                continue
            try:
                count += await self._read_box(address, congress)
            except (OSError, imaplib.IMAP4.error) as error:
                log.warning("couldn't read the mailbox of %s, trying again: %s", address.congress, error)
        return count

    async def _read_box(self, address: MailboxAddress, congress: Congress) -> int:
        box = await asyncio.to_thread(open_box, address)
        count = 0
        try:
            for uid in await asyncio.to_thread(new_messages, box):
                found = await asyncio.to_thread(fetch, box, uid)
                await self._take(congress, found)
                await asyncio.to_thread(mark_seen, box, uid)
                count += 1
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                await asyncio.to_thread(box.logout)
        return count

    async def _take(self, congress: Congress, found: Found) -> None:
        """Receive one message, or tell its sender why not."""
        assert congress.id is not None
        spoken = language(congress.languages.split(",")[0] or LANGUAGES[0])
        form = f"{self._settings.base_url}/{congress.slug}/participer"
        message = read_message(found.head if found.raw is None else found.raw)
        if message.is_automatic or not message.sender:  # nobody said it, or nobody can be asked whether they did
            return
        if found.raw is None:
            await self._answer(congress, message, spoken, spoken.gettext(TOO_LARGE) % {"url": form})
            return
        if message.is_answer:
            await self._answer(congress, message, spoken, spoken.gettext(ANSWERED))
            return
        foreign_id = mailed.name_of(message.reference, found.raw)
        if await self._store.read(mailed.is_known, congress.id, foreign_id):
            return
        files, left_out = await self._keep_files(message.attachments)
        address = private_addresses.draw()
        words = Words(message.name or "?", message.text, title=message.subject, language=spoken.code)
        url = address.url(self._settings.base_url, congress.slug)

        def receive(db: Session) -> None:
            """Log it and ask its author: a message that is known is never looked at again."""
            assert congress.id is not None
            received = mailed.receive(
                db,
                congress.id,
                words,
                files,
                foreign_id=foreign_id,
                token_hash=address.hash,
                salt=secrets.token_bytes(SALT_BYTES),
                now=self._now(),
            )
            if received is None:
                return
            said = [spoken.gettext(ASKED) % {"code": f"C{received.number}", "url": url}]
            if left_out:
                said.append(spoken.gettext(LEFT_OUT) % {"names": ", ".join(left_out)})
            self._ask(db, congress, message, spoken, "\n\n".join(said))

        try:
            await self._store.write(receive)
        except MotionError as refused:
            await self._answer(congress, message, spoken, why(refused, spoken, form))

    async def _answer(self, congress: Congress, message: Message, spoken: Language, said: str) -> None:
        await self._store.write(self._write_back, congress, message, spoken, said)

    def _write_back(self, db: Session, congress: Congress, message: Message, spoken: Language, said: str) -> None:
        if not message.sender:
            return
        assert congress.id is not None
        letter = letter_to(congress, message, spoken, said)
        mailed.answer(db, congress.id, message.sender, letter, key=self._key, now=self._now())

    def _ask(self, db: Session, congress: Congress, message: Message, spoken: Language, said: str) -> None:
        if not message.sender:
            return
        assert congress.id is not None
        letter = letter_to(congress, message, spoken, said)
        again = "\n\n".join(part for part in ("\n* * *", message.subject, f"{said}\n") if part)
        mailed.ask(db, congress.id, message.sender, letter, again, key=self._key, now=self._now())

    async def _keep_files(self, attachments: Sequence[Attachment]) -> tuple[list[ReceivedFile], list[str]]:
        """Put files in the store; a crash before their row leaves them to be destroyed within the hour."""
        files, left_out = [], []
        for attachment in attachments:
            try:
                found = kind_of(attachment.content[:HEAD_BYTES])
                if found == ARCHIVE:
                    found = kind_of_archive(names_in(BytesIO(attachment.content)))
            except Invalid:
                left_out.append(attachment.file_name or "?")
                continue
            salt, blob = secrets.token_bytes(SALT_BYTES), secrets.token_hex(16)
            await self._store.write(removals.doom, blob, self._now() + FILES_SPARED)
            await self._blobs.write(blob, chunks(attachment.content))
            name = seal(salt, attachment.content).name
            size = len(attachment.content)
            files.append(ReceivedFile(found[0], found[1], attachment.file_name, size, blob, salt, name))
        return files, left_out


def letter_to(congress: Congress, message: Message, spoken: Language, said: str) -> Letter:
    """An answer to a message, under its own subject."""
    subject = f"{congress.title}\u00a0: {message.subject}" if message.subject else congress.title
    return Letter(subject[:200], f"{spoken.gettext(HELLO)}\n\n{said}\n")


def why(refused: MotionError, spoken: Language, form: str) -> str:
    """Say why a message was not taken."""
    match refused:
        case CollectionClosed():
            return spoken.gettext(CLOSED)
        case Invalid(field="text", reason="too-long"):
            return spoken.gettext(TOO_LONG) % {"most": MAX_TEXT}
        case _:
            return spoken.gettext(UNREADABLE) % {"url": form}


def open_box(address: MailboxAddress) -> imaplib.IMAP4:
    """Sign in and choose the folder; with TLS the certificate must be one that this machine trusts.

    Raises:
        OSError, imaplib.IMAP4.error: It can't be reached, or refuses.
    """
    box: imaplib.IMAP4
    if address.is_secure:
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(address.host, address.port, ssl_context=context, timeout=TIMEOUT_S)
    else:
        box = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT_S)
    try:
        box.login(address.user, address.secret)
        status, said = box.select(_quoted(address.folder))
        if status != "OK":
            raise imaplib.IMAP4.error(f"no such folder: {said!r}")
    except BaseException:
        box.shutdown()
        raise
    return box


def new_messages(box: imaplib.IMAP4) -> list[str]:
    """List the messages that nobody has seen, the oldest first, a few at a time."""
    _status, found = box.uid("SEARCH", "UNSEEN")
    return [uid.decode() for uid in (found[0] or b"").split()][:MOST_AT_ONCE]


def fetch(box: imaplib.IMAP4, uid: str) -> Found:
    """Read a message without marking it; of one that is too large the head alone."""
    _status, answer = box.uid("FETCH", uid, "(RFC822.SIZE)")
    size = next((int(part.rpartition(b"RFC822.SIZE ")[2].split()[0].strip(b")")) for part in _lines(answer)), 0)
    if size > MAX_MESSAGE_BYTES:
        _status, answer = box.uid("FETCH", uid, "(BODY.PEEK[HEADER])")
        return Found(uid, None, _literal(answer))
    _status, answer = box.uid("FETCH", uid, "(BODY.PEEK[])")
    return Found(uid, _literal(answer))


def mark_seen(box: imaplib.IMAP4, uid: str) -> None:
    """Mark a message: it was dealt with."""
    box.uid("STORE", uid, "+FLAGS", r"(\Seen)")


def _lines(answer: Sequence[object]) -> list[bytes]:
    return [part for part in answer if isinstance(part, bytes) and b"RFC822.SIZE " in part]


def _literal(answer: Sequence[object]) -> bytes:
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
