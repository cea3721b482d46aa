"""Sending a contribution: by the steps of the form, or from a kiosk. Once, whatever is pressed twice."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from gettext import NullTranslations

from motion.acts import deposits, news, private_addresses
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.acts.deposits import Sender, Sent
from motion.acts.private_addresses import SECRET_BYTES, PrivateAddress, hash_of
from motion.acts.sign_in import Message
from motion.rules.contributions import Channel
from motion.rules.errors import Invalid, TooManyTries
from motion.web.depositing import Answers, words_of
from motion.web.doors import congress_id
from motion.web.drafts import published
from motion.web.page import Page
from motion.web.pages.register import qr_of
from motion.web.pages.sign_in import key_of
from storage import contributions as rows
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues


SHOWN_AGAIN = timedelta(minutes=10)
"""How long the same form, sent again, brings the same private address: the first answer may have been lost on its way.

A computer of a town hall, or a tablet that goes round, has one cookie for all who speak on it, and whoever has the
address can take back what another has said. So no page offers it, nor the number of what was sent: only the very page
that was being sent brings it again, not for long, and not once somebody has begun to write something else.
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an author takes away.

    Attributes:
        address: The private address; empty when the form had been sent before, unless it soon comes again.
        qr: The address as a QR code, in SVG.
        entry: Number of the entry of the record that says so.
    """

    code: str
    state: str
    entry: int
    address: str
    qr: str
    email: str


async def send(
    page: Page,
    sender: Sender,
    form_key: str,
    answers: Answers,
    channel: Channel,
    files: Sequence[tuple[str, ReceivedFile]] = (),
    *,
    sender_secret: str = "",
) -> Receipt | TooManyTries:
    """Receive what was typed.

    Args:
        sender_secret: Of the browser's own cookie; empty for a tablet, which is everybody's, and for a browser in which
            something else is being written: what was sent before then brings no address.

    Raises:
        CollectionClosed, Invalid, NotFound, UploadGone, UploadUnfinished: Nothing was received.
    """
    confirming = private_addresses.draw()
    private = private_of(sender_secret, form_key) if sender_secret else private_addresses.draw()
    key, base_url = key_of(page), page.service.settings.base_url
    assert page.congress is not None
    address = private.url(base_url, page.congress.slug)

    def run(db: Session) -> Sent | TooManyTries:
        supported = published(db, congress_id(page), answers.supports)
        done = deposits.send(
            db,
            congress_id(page),
            sender,
            form_key,
            words_of(answers),
            channel,
            [*answers.uses],
            files,
            circumstances=Circumstances(supports=supported.id if supported else None),
            token_hash=private.hash,
            salt=secrets.token_bytes(32),
            key=key,
            now=page.now,
        )
        if isinstance(done, Sent) and not done.is_again and answers.email.strip():
            message = welcome(page, rows.code(done.contribution), address, confirming)
            try:
                news.give_address(
                    db,
                    done.contribution,
                    answers.email,
                    message,
                    secret_hash=confirming.hash,
                    key=key,
                    now=page.now,
                )
            except Invalid:  # what was said is worth more than where its news go
                return done
        return done

    done = await page.service.store.write(run)
    if isinstance(done, TooManyTries):
        return done
    is_shown = not done.is_again or (
        page.now - done.contribution.received_at < SHOWN_AGAIN
        and hmac.compare_digest(done.contribution.token_hash, private.hash)
    )
    return Receipt(
        rows.code(done.contribution),
        done.contribution.state,
        done.receipt,
        address if is_shown else "",
        qr_of(address) if is_shown else "",
        "" if done.is_again else done.contribution.email or "",
    )


def private_of(sender_secret: str, form_key: str) -> PrivateAddress:
    """The private address of what a browser sends with this form: the same each time, and kept nowhere.

    Args:
        sender_secret: 128 random bits of its cookie, of which rows know a hash only.
        form_key: Of the draft.
    """
    mac = hmac.new(sender_secret.encode(), b"motion private address " + form_key.encode(), hashlib.sha256)
    secret = mac.digest()[:SECRET_BYTES]
    return PrivateAddress(secret.hex(), hash_of(secret))


def welcome(page: Page, code: str, address: str, confirming: PrivateAddress) -> Message:
    """The mail that follows a contribution whose author gave an address."""
    assert page.congress is not None
    body = page._(
        _(
            "Votre contribution %(code)s est reçue. Merci.\n\n"
            "Votre adresse de suivi, à garder pour vous. Qui la possède peut corriger ou retirer la "
            "contribution\u00a0:\n"
            "%(address)s\n\n"
            "Pour recevoir des nouvelles par courriel (publication, décision, réponse), confirmez ici\u00a0:\n"
            "%(confirm)s\n\n"
            "Vous n’avez rien envoyé\u202f? Ne faites rien\u00a0: vous ne recevrez plus de courriel.\n"
        ),
        code=code,
        address=address,
        confirm=confirming_url(page, confirming),
    )
    return Message(page._(news.WELCOME, title=page.congress.title, code=code), body)


def confirming_url(page: Page, confirming: PrivateAddress) -> str:
    """The address that confirms where news go."""
    assert page.congress is not None
    return f"{page.service.settings.base_url}/{page.congress.slug}/nouvelles/{confirming.secret}"
