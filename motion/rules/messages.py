"""A message by mail, read as a contribution: who says it, what, with which files. RFC 5322 and MIME, as they come.

Nothing of a message is believed: whoever is named as its sender is asked before anything is published.
"""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser

from motion.rules.contributions import MAX_FILES, MAX_NAME, MAX_TITLE

MAX_PARTS = 60
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_QUOTED = re.compile(
    r"^(Le .{5,120} a écrit\s?:|On .{5,120} wrote:|-{2,}\s?(Message d.origine|Original Message).*)$", re.M
)
_REPLY = re.compile(r"^((re|tr|fwd?|rép)\s?:\s*)+", re.IGNORECASE)
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "ul", "ol", "table"})
_UNSAID = frozenset({"style", "script", "head", "title"})


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
    """

    sender: str
    name: str
    subject: str
    text: str
    reference: str
    is_automatic: bool
    attachments: tuple[Attachment, ...]


def read_message(raw: bytes) -> Message:
    """Read a message; what is damaged is read as far as it goes."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    name, sender = parseaddr(_header(message, "From"))
    sender = sender.strip().lower() if "@" in sender else ""
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
        if isinstance(content, bytes) and content and len(attachments) < MAX_FILES and kind != "text/calendar":
            attachments.append(Attachment(_name_of(part), content))
    title = _REPLY.sub("", " ".join(_header(message, "Subject").split()))[:MAX_TITLE]
    return Message(
        sender=sender,
        name=" ".join((name or sender.partition("@")[0]).split())[:MAX_NAME],
        subject=title,
        text=without_quotes(text),
        reference=_header(message, "Message-ID").strip()[:200],
        is_automatic=_is_automatic(message, sender),
        attachments=tuple(attachments),
    )


def without_quotes(text: str) -> str:
    """The words of whoever wrote: without their signature, and without the message they answer."""
    text = text.replace("\r\n", "\n")
    for mark in (_SIGNATURE, _QUOTED):
        found = mark.search(text)
        if found is not None:
            text = text[: found.start()]
    lines = [line.rstrip() for line in text.split("\n") if not line.startswith(">")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def words_of_html(html: str) -> str:
    """The words of a page, a line for each of its blocks.

    >>> words_of_html("<p>Le car&nbsp;: <b>plus</b> jamais.</p><script>x()</script><p>Merci</p>")
    'Le car\\xa0: plus jamais.\\n\\nMerci'
    """
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split(" ")).strip(" \t") for line in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unsaid = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unsaid += tag in _UNSAID
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unsaid = max(0, self._unsaid - (tag in _UNSAID))
        if tag in _BLOCKS and tag != "br":
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self.said.append(re.sub(r"[ \t\r\n]+", " ", data))


def _is_automatic(message: EmailMessage, sender: str) -> bool:
    """RFC 3834 and what servers do: absences, lists, and errors, which have no sender."""
    declared = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    bulk = _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list")
    local = sender.partition("@")[0]
    from_machine = local in ("mailer-daemon", "postmaster") or local.startswith(
        ("no-reply", "noreply", "ne-pas-repondre")
    )
    is_error = _header(message, "Return-Path").strip() == "<>" or message.get_content_type() == "multipart/report"
    return declared not in ("", "no") or bulk or from_machine or is_error or _header(message, "List-Id") != ""


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; one that can't be read is none."""
    try:
        return str(message.get(name) or "").replace("\r", " ").replace("\n", " ")
    except (MessageError, ValueError, IndexError, AttributeError, TypeError):
        return ""  # the library stumbles over some forged headers


def _text(part: EmailMessage) -> str:
    """The text of a part, whatever character set it claims."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("cp1252", "replace")


def _name_of(part: EmailMessage) -> str:
    try:
        return (part.get_filename() or "").replace("\\", "/").rpartition("/")[2][:120]
    except (MessageError, ValueError, IndexError, AttributeError, TypeError):
        return ""
