"""Sending what waits in the outbox, at least once each, by SMTP or into the log.

A mail is a row written in the transaction of the act that needs it. It is claimed just before it is handed over, so
that of several processes one sends it, and marked sent after the server took it. A process that dies in between leaves
it claimed: another sends it `outbox.LEASE` later, for the second time if the server had it; never not at all.
"""

import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from gettext import NullTranslations
from urllib.parse import parse_qs, unquote, urlsplit

from motion.settings import Settings
from storage import outbox
from storage.models import Mail
from storage.store import Store

_ = NullTranslations().gettext  # marks the sentences for the catalogues; the page of mails says them

log = logging.getLogger("motion.mail")

TIMEOUT_SECONDS = 20


def send_due(store: Store, settings: Settings, now: Callable[[], datetime]) -> int:
    """Send what is due and return how many mails left; call it in a thread."""
    mails = store.read_now(outbox.due, now())
    if not mails:
        return 0
    if not settings.smtp_url:
        claimed = [mail for mail in mails if store.write_now(outbox.claim, mail.id or 0, now())]
        for mail in claimed:
            log.info("no SMTP server is set: mail %s to %s\n%s\n\n%s", mail.id, mail.recipient, mail.subject, mail.body)
            store.write_now(outbox.sent, mail.id or 0, now(), drop_body=False)
        return len(claimed)
    left, held = 0, None  # the mail that is being handed over
    try:
        with connect(settings.smtp_url) as server:
            for mail in mails:
                if store.write_now(outbox.claim, mail.id or 0, now()):
                    held = mail.id
                    left += _send(store, settings, server, mail, now)
                    held = None
    except (OSError, smtplib.SMTPException) as error:
        # The server can't be reached: what has not left waits, none is lost. Another process's mails are its own.
        log.warning("couldn't reach the SMTP server to send %d mails: %s", len(mails) - left, error)
        for mail in mails:
            if mail.id == held or store.write_now(outbox.claim, mail.id or 0, now()):
                store.write_now(outbox.failed, mail.id or 0, why_unreached(error), now())
    return left


def why_unreached(error: Exception) -> str:
    """Say why no mail could be handed over, for those who run the service; else what the program said."""
    match error:
        case ssl.SSLCertVerificationError():
            return _(
                "Le certificat du serveur de courriel est refusé\u00a0: rien ne prouve que c’est lui. Rien ne lui a été"
                " envoyé. Vérifiez MOTION_SMTP_URL, ou faites installer un certificat reconnu sur ce serveur."
            )
        case smtplib.SMTPNotSupportedError():
            return _(
                "Le serveur de courriel n’offre pas la liaison chiffrée (STARTTLS) que demande MOTION_SMTP_URL. Rien ne"
                " lui a été envoyé."
            )
        case _:
            return str(error)


def connect(url: str) -> AbstractContextManager[smtplib.SMTP]:
    """Open a connection to `smtp://user:pass@host:587?tls=starttls`, `smtp://host` or `smtps://…`.

    With TLS, the certificate must be one that this machine trusts, for this host; before that neither the name and
    secret nor any mail is sent.

    Raises:
        OSError, smtplib.SMTPException: Nothing was sent; `why_unreached` says why.
    """
    parsed = urlsplit(url)
    host = parsed.hostname or "localhost"
    server: smtplib.SMTP
    if parsed.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host, parsed.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parsed.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        if parse_qs(parsed.query).get("tls") == ["starttls"] and parsed.scheme != "smtps":
            server.starttls(context=ssl.create_default_context())
        if parsed.username:
            server.login(unquote(parsed.username), unquote(parsed.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def message_of(mail: Mail, sender: str, now: datetime) -> EmailMessage:
    """Write one mail: plain text, no image, nothing that tells who opened it."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.recipient
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(f"motion-{mail.id}", sender.rpartition("@")[2].rstrip(">") or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(mail.body)
    return message


def _send(store: Store, settings: Settings, server: smtplib.SMTP, mail: Mail, now: Callable[[], datetime]) -> bool:
    try:
        server.send_message(message_of(mail, settings.mail_from, now()))
    except smtplib.SMTPServerDisconnected:
        raise
    except Exception as error:
        if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
            raise  # the connection, not the mail
        # Whatever this mail has, such as an address that the library stumbles over, the next ones leave.
        log.warning("couldn't send mail %s (try %d): %s", mail.id, mail.tries + 1, error)
        store.write_now(outbox.failed, mail.id or 0, str(error) or type(error).__name__, now())
        return False
    store.write_now(outbox.sent, mail.id or 0, now(), drop_body=True)
    return True
