"""News of a contribution, by mail, for an author who asked for them: written in the transaction of what happened.

The secret of the private address is in no table, so a mail names that address and does not give it.
"""

from datetime import datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlmodel import Session, col, select

from motion.acts import attempts
from motion.acts.attempts import Limit
from motion.acts.sign_in import Message
from motion.language import LANGUAGES, Language, Times, language
from motion.rules.errors import Invalid
from motion.rules.mail_addresses import MAX_ADDRESS, may_be_address
from storage import contributions as rows
from storage import refused_files
from storage.models import Congress, Contribution, Mail

_ = NullTranslations().gettext  # marks the sentences for the catalogues


PER_ADDRESS = Limit("news-address", 5, timedelta(hours=1))
"""Of mails to an address that nobody has confirmed: whoever types another's address can't fill their box."""

NEWS = {
    "published": _("Votre contribution %(code)s est publiée."),
    "corrected": _("La correction de votre contribution %(code)s est publiée."),
    "correction-kept-back": _(
        "La correction de votre contribution %(code)s n’est pas publiée. La version d’avant reste en ligne. Les motifs "
        "sont à votre adresse de suivi."
    ),
    "refused": _("Votre contribution %(code)s n’est pas publiée. La raison est à votre adresse de suivi."),
    "upheld": _(
        "Le secrétariat a lu votre réponse. Il maintient son refus de la contribution %(code)s. Ses motifs sont à "
        "votre adresse de suivi."
    ),
    "replied": _("Une réponse est publiée à côté de votre contribution %(code)s."),
    "checked": _("Votre contribution %(code)s a été relue par une seconde personne."),
    "transcribed": _(
        "La transcription de votre enregistrement est prête (contribution %(code)s). Vous pouvez la relire et la "
        "corriger depuis votre adresse de suivi."
    ),
}
"""What may have happened, and how it is said."""

QUOTED = {
    "contribution": _("Votre contribution %(code)s est citée dans la contribution %(place)s."),
    "reply": _("Votre contribution %(code)s est citée dans une réponse publiée à côté de la contribution %(place)s."),
    "motion": _("Votre contribution %(code)s est citée dans la motion %(place)s, dont le texte est gelé."),
}
"""Where it may be quoted, and how it is said."""

QUOTED_A_DAY = 10
"""Mails of a day to one author about one contribution, beyond which no quotation is told: their page lists them all."""

WELCOME = _("%(title)s\u00a0: contribution %(code)s")
CONFIRM = _("Confirmez votre adresse\u00a0: contribution %(code)s")
"""Subjects of the mails that ask to confirm an address."""

QUOTES = _("%(title)s – %(place)s cite %(code)s")
"""Subject of a mail about a quotation; like all others to an author, it ends with their contribution's code."""

FILES_KEPT = _(
    "Vos fichiers sont gardés jusqu’au %(day)s. D’ici là, vous pouvez répondre, ou corriger sans les renvoyer. "
    "Ensuite, ils sont mis sous scellé pour la justice seule, puis détruits."
)
"""Said beside the refusal of what has files, and when it is upheld."""

WHERE = _(
    "Tout ce qui la concerne est à votre adresse de suivi. Pour arrêter ces courriels, ouvrez-la, ou rouvrez le lien "
    "par lequel vous avez confirmé votre adresse de courriel."
)


def tell(db: Session, contribution: Contribution, what: str, *, now: datetime) -> bool:
    """Write a mail about what just happened, if the author has confirmed an address; return whether one was written.

    Its subject ends with the code of the contribution, as those of all mails to an author do: `stop` finds them by it.

    Args:
        what: A key of `NEWS`.
    """
    if contribution.email is None or contribution.email_confirmed_at is None:
        return False
    congress = db.get_one(Congress, contribution.congress_id)
    spoken = spoken_with(db, contribution, congress)
    code = rows.code(contribution)
    said = spoken.gettext(NEWS[what]) % {"code": code}
    kept = refused_files.kept(db, contribution)
    if kept is not None and kept.until is not None:
        day = Times(spoken.code, ZoneInfo(congress.time_zone)).day(kept.until)
        said += "\n\n" + spoken.gettext(FILES_KEPT) % {"day": day}
    _write(db, contribution, Message(f"{congress.title} – {code}", _body(spoken, said, congress)), now)
    return True


def tell_quoted(db: Session, contribution: Contribution, kind: str, place: str, *, now: datetime) -> bool:
    """Write a mail about a place that quotes a contribution, once for each place; return whether one was written.

    What was told is known by the subjects of the mails: a correction of what quotes, or a text that is frozen anew,
    tells nobody twice.

    Args:
        kind: A key of `QUOTED`.
        place: Code of the contribution or of the motion.
    """
    if contribution.email is None or contribution.email_confirmed_at is None:
        return False
    congress = db.get_one(Congress, contribution.congress_id)
    spoken, code = spoken_with(db, contribution, congress), rows.code(contribution)
    values = {"title": congress.title, "place": place, "code": code}
    subject = spoken.gettext(QUOTES) % values
    to_author = Mail.congress_id == congress.id, Mail.recipient == contribution.email
    if db.exec(select(Mail.id).where(*to_author, Mail.subject == subject).limit(1)).first() is not None:
        return False
    today = col(Mail.subject).like(f"% {code}"), col(Mail.created_at) > now - timedelta(days=1)
    if len(db.exec(select(Mail.id).where(*to_author, *today).limit(QUOTED_A_DAY)).all()) == QUOTED_A_DAY:
        return False
    said = spoken.gettext(QUOTED[kind]) % values
    _write(db, contribution, Message(subject, _body(spoken, said, congress)), now)
    return True


def _body(spoken: Language, said: str, congress: Congress) -> str:
    return f"{said}\n\n{spoken.gettext(WHERE)}\n\n{congress.title}\n"


def spoken_with(db: Session, contribution: Contribution, congress: Congress) -> Language:
    """The language in which an author gave their address; the first one of the congress when it can't be known.

    No column has it. The mail that asked to confirm the address was written in it, and is known by its subject, which
    stays here as long as the address does.
    """
    to_author = Mail.congress_id == congress.id, Mail.recipient == contribution.email
    code = rows.code(contribution)
    about_it = select(Mail.subject).where(*to_author, col(Mail.subject).like(f"% {code}"))
    values = {"title": congress.title, "code": code}
    asked = {language(one).gettext(said) % values: one for one in LANGUAGES for said in (WELCOME, CONFIRM)}
    for subject in db.exec(about_it.order_by(col(Mail.id).desc())):
        if subject in asked:
            return language(asked[subject])
    return language(congress.languages.split(",")[0] or LANGUAGES[0])


def give_address(
    db: Session,
    contribution: Contribution,
    email: str,
    message: Message,
    *,
    secret_hash: bytes,
    key: bytes,
    now: datetime,
) -> bool:
    """Note an address for news, and write the mail that asks to confirm it; return whether a mail was written.

    Args:
        message: With the address that confirms; the caller knows the secret. Its subject is `WELCOME` or `CONFIRM`, in
            the author's language.
        secret_hash: SHA-256 of that secret.
        key: Of short secrets (`storage.sign_in_key`).

    Raises:
        Invalid: This can't be an address.
    """
    contribution.email = checked_address(email)
    contribution.email_hash, contribution.email_confirmed_at = secret_hash, None
    db.add(contribution)
    if attempts.exceeded(db, PER_ADDRESS, key, contribution.email, now=now) is not None:
        return False
    attempts.note(db, PER_ADDRESS, key, contribution.email, now=now)
    _write(db, contribution, message, now)
    return True


def confirm_address(db: Session, contribution: Contribution, *, now: datetime) -> None:
    """Note that whoever reads the mails of an address wants news at it; the same secret then serves to `stop` them."""
    contribution.email_confirmed_at = contribution.email_confirmed_at or now
    db.add(contribution)


def stop(db: Session, contribution: Contribution) -> None:
    """Forget an author's address, with the mails that went there and those that have yet to go."""
    if contribution.email is not None:
        its = col(Mail.congress_id) == contribution.congress_id, col(Mail.recipient) == contribution.email
        db.execute(delete(Mail).where(*its, col(Mail.subject).like(f"% {rows.code(contribution)}")))
    contribution.email = contribution.email_hash = contribution.email_confirmed_at = None
    db.add(contribution)


def checked_address(email: str) -> str:
    """An address as it is kept.

    Raises:
        Invalid: This can't be one.
    """
    address = email.strip().lower()
    if not address:
        raise Invalid("email", "empty")
    if not may_be_address(address):
        raise Invalid("email", "form", address[:MAX_ADDRESS])
    return address


def _write(db: Session, contribution: Contribution, message: Message, now: datetime) -> None:
    assert contribution.email is not None
    db.add(
        Mail(
            congress_id=contribution.congress_id,
            recipient=contribution.email,
            subject=message.subject,
            body=message.body,
            created_at=now,
            not_before=now,
        )
    )
