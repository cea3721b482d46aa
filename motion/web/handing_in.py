"""Handing in a whole contribution, words and files, from the steps of the form or from a tablet: all faults at once,
then sending, or why nothing was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from gettext import NullTranslations

from motion.acts.deposits import Sender
from motion.rules.contributions import Channel
from motion.rules.errors import CollectionClosed, Invalid, MotionError, TooManyTries
from motion.web import deposited_files
from motion.web.deposited_files import BEING_READ, FILES_AWAY, NOT_WHOLE, DepositedFile
from motion.web.depositing import Answers, check_words, consent_faults, words_of
from motion.web.errors import tell
from motion.web.file_commitments import Commitments, FilesBeingRead
from motion.web.forms import Form
from motion.web.page import Page
from motion.web.pages.participate import YES_OR_NO
from motion.web.sending import Receipt, send
from storage.blobs import BlobMissing, StoreUnusable
from storage.models import Upload

_ = NullTranslations().gettext  # marks the sentences for the catalogues

TOO_MANY = _(
    "Beaucoup de contributions viennent d’arriver du même endroit. Votre brouillon est gardé\u00a0: renvoyez-le dans "
    "%(minutes)s minutes."
)


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing was received: what is wrong stands in the form, or the notice says what is in the way."""

    notice: str = ""
    status: int = 200


def check_all(page: Page, form: Form, answers: Answers, files: Sequence[DepositedFile], refused: str) -> None:
    """Say in the form everything that is missing, so that one goes back once.

    Args:
        refused: Why some files are not taken, in words; or empty.
    """
    if refused:
        form.faults["file"] = refused
    elif not all(file.is_whole for file in files):
        form.faults["file"] = page._(NOT_WHOLE)
    words = words_of(answers)
    check_words(page, form, replace(words, name="x"), len(files))
    check_words(page, form, replace(words, text="x", title="", place=None))
    if not answers.official:
        form.faults["official"] = page._(YES_OR_NO)
    consent_faults(page, form, answers.uses, is_adult=answers.is_adult)


async def hand_in(
    page: Page,
    form: Form,
    sender: Sender,
    answers: Answers,
    channel: Channel,
    uploads: Sequence[Upload],
    commitments: Commitments,
    *,
    sender_secret: str = "",
) -> Receipt | NotSent:
    """Send what was checked.

    Args:
        sender_secret: As `send` has it.

    Raises:
        CollectionClosed: Nothing was received, and nothing will be.
    """
    try:
        read = await deposited_files.received(page.service, uploads, answers.kinds, answers.descriptions, commitments)
        sent = await send(page, sender, answers.key, answers, channel, read, sender_secret=sender_secret)
    except CollectionClosed:
        raise
    except Invalid as error:
        form.refuse(page, error)
        return NotSent()
    except FilesBeingRead as error:
        return NotSent(page._(BEING_READ, percent=error.percent), 409)
    except (StoreUnusable, BlobMissing):
        return NotSent(page._(FILES_AWAY), 503)
    except MotionError as error:
        told = tell(error, page.language)
        return NotSent(f"{told.what} {told.why} {told.repair}", told.status)
    if isinstance(sent, TooManyTries):
        return NotSent(page._(TOO_MANY, minutes=max(1, round(sent.seconds / 60))), 429)
    commitments.forget(file.blob for _upload, file in read)
    return sent
