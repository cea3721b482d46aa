"""A message by mail, read as a contribution: who says it, what, with which files. RFC 5322 and MIME, as they come.

Nothing of a message is believed: whoever is named as its sender is asked before anything is published. What is said is
found in the text by `motion.rules.mail_text`.
"""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr

from motion.rules.contributions import MAX_FILES, MAX_NAME, MAX_TITLE
from motion.rules.mail_text import legible, unflowed, what_is_said, words_of_html

MAX_PARTS = 60
LOGO_BYTES = 16_384  # a picture within the text that is smaller stands under a signature: photos are larger
_REPLY = re.compile(r"^((re|tr|fwd?|rép|aw|wg)\s?:\s*)+", re.IGNORECASE)
_OURS = re.compile(r"\.motion-\d+@")
"""In the name of a mail that this service wrote (`motion.work.mail`)."""
_ABSENCE = re.compile(
    r"(réponse automatique|absence du bureau|automatic reply|auto(matic)?[ -]response|out of office"
    r"|automatische antwort|abwesenheitsnotiz)\s*(:|$)",  # the absence of a post office is something to be said
    re.IGNORECASE,
)
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "List-Id", "List-Unsubscribe", "List-Post")
_IN_A_NAME = re.compile(r"[<(\[]?\S+@\S+")
_UNSENT = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/x-amp-html"})
"""Parts that programs add, and nobody sends as a file; and so are signatures (`application/…-signature`)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message, as its sender calls it."""

    file_name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says.

    Attributes:
        sender: Address that it gives, in lower case; empty when there is none to be answered.
        name: How its sender signs, or the part of the address before the @.
        reference: Its own name among all messages, or empty.
        is_automatic: An absence, a list, an error of delivery: nobody said it, and nobody is to be answered.
        is_answer: It answers a mail of this service.
    """

    sender: str
    name: str
    subject: str
    text: str
    reference: str
    is_automatic: bool
    is_answer: bool
    attachments: tuple[Attachment, ...]


def read_message(raw: bytes) -> Message:
    """Read a message; what is damaged is read as far as it goes."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    name, sender = parseaddr(_header(message, "From"))
    sender = sender.strip().lower() if "@" in sender else ""
    name = _IN_A_NAME.sub("", name)  # programs that know no name write the address twice, and it would be published
    text = ""
    attachments: list[Attachment] = []
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            break
        if part.is_multipart() or not isinstance(part, EmailMessage):
            continue
        kind, shown = part.get_content_type(), part.get_content_disposition()
        if kind in ("text/plain", "text/html") and shown != "attachment":
            if kind == "text/plain" and not text:
                text = _text(part)
            elif kind == "text/html" and not text:
                text = words_of_html(_text(part))
            continue
        content = part.get_payload(decode=True)
        if (
            isinstance(content, bytes)
            and content
            and len(attachments) < MAX_FILES
            and not _is_decor(part, len(content))
        ):
            attachments.append(Attachment(_name_of(part), content))
    title = _REPLY.sub("", " ".join(_header(message, "Subject").split()))[:MAX_TITLE]
    return Message(
        sender=sender,
        name=" ".join((name or sender.partition("@")[0]).split())[:MAX_NAME],
        subject=title,
        text=what_is_said(text),
        reference=_header(message, "Message-ID").strip()[:200],
        is_automatic=_is_automatic(message, sender),
        is_answer=_OURS.search(_header(message, "In-Reply-To")) is not None,
        attachments=tuple(attachments),
    )


def _is_automatic(message: EmailMessage, sender: str) -> bool:
    """RFC 3834 and what servers do: absences, lists, and errors, which have no sender."""
    declared = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    bulk = _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
    local = sender.partition("@")[0]
    from_machine = local in ("mailer-daemon", "postmaster") or local.startswith(
        ("no-reply", "noreply", "ne-pas-repondre")
    )
    is_error = _header(message, "Return-Path").strip() == "<>" or message.get_content_type() == "multipart/report"
    is_marked = any(_header(message, name) for name in _AUTOMATIC)
    is_absence = _ABSENCE.match(_header(message, "Subject").strip()) is not None
    return declared not in ("", "no") or bulk or from_machine or is_error or is_marked or is_absence


def _is_decor(part: EmailMessage, size: int) -> bool:
    """Whether nobody sent this as a file: what programs add, and the logo under a signature."""
    kind = part.get_content_type()
    is_logo = kind.startswith("image/") and _header(part, "Content-ID") != "" and size < LOGO_BYTES
    return is_logo or kind in _UNSENT or kind.endswith("-signature")


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; one that can't be read is none."""
    try:
        said = str(message.get(name) or "")
        if "\ufffd" in said:  # bytes beyond ASCII, without saying of what character set
            raw = next(value for key, value in message.raw_items() if key.lower() == name.lower())
            said = _decoded(str(raw).encode("ascii", "surrogateescape"), "utf-8")
    except (MessageError, ValueError, IndexError, AttributeError, TypeError):
        return ""  # the library stumbles over some forged headers
    return legible(said.replace("\r", " ").replace("\n", " "))


def _text(part: EmailMessage) -> str:
    """The text of a part, whatever character set it claims."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    text = _decoded(content, part.get_content_charset() or "utf-8")
    if part.get_param("format") == "flowed":
        text = unflowed(text, joins_words=str(part.get_param("delsp")).lower() == "yes")
    return text


def _decoded(content: bytes, declared: str) -> str:
    for charset in (declared, "utf-8"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("cp1252", "replace")


def _name_of(part: EmailMessage) -> str:
    try:
        return legible(part.get_filename() or "").replace("\\", "/").rpartition("/")[2][:120]
    except (MessageError, ValueError, IndexError, AttributeError, TypeError):
        return ""
