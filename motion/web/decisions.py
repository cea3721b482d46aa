"""The deeds of the secretariat's desk for contributions: each reads its fields of the form, and is one transaction."""

import secrets
from collections.abc import Awaitable, Callable
from gettext import NullTranslations

from motion.acts import contributions, moderation, news, notices, themes
from motion.acts.sign_in import Message
from motion.language import LANGUAGES, language
from motion.rules.contributions import ContributionState
from motion.rules.errors import Invalid, NotFound
from motion.rules.permissions import Actor
from motion.web.doors import congress_id
from motion.web.forms import MAX_DIGITS, Form
from motion.web.page import Page
from storage import contributions as rows
from storage import sealing
from storage.models import Contribution
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

SALT_BYTES = 32
Deed = Callable[[Page, Actor, int, Form], Awaitable[str]]
"""A deed on the contribution of a number; it returns the code of what was done (`moderation_words.DONE`)."""


async def on_seen(page: Page, number: int, form: Form, deed: Callable[[Session, Contribution], None]) -> None:
    """Do a deed on a contribution if it is still what the page showed."""

    def run(db: Session) -> None:
        deed(db, notices.seen(db, congress_id(page), number, form.value("mark")))

    await page.service.store.write(run)


async def publish(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Publish the last version."""

    def deed(db: Session, contribution: Contribution) -> None:
        moderation.publish(db, actor, contribution, now=page.now)

    await on_seen(page, number, form, deed)
    return "publication"


async def refuse(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Refuse it; what is published leaves publication."""
    key = sealing.load_key(page.service.settings.data_dir)

    def deed(db: Session, contribution: Contribution) -> None:
        nonces = iter(lambda: secrets.token_bytes(sealing.NONCE_BYTES), b"")
        reason, message = form.value("reason"), form.value("message")
        moderation.refuse(db, actor, contribution, reason, message, key=key, nonces=nonces, now=page.now)
        news.tell(db, contribution, "refused", now=page.now)
        notices.tell(db, contribution, letter(page, contribution, is_kept=False), now=page.now)

    await on_seen(page, number, form, deed)
    return "refus"


async def keep(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Leave it as it is."""

    def deed(db: Session, contribution: Contribution) -> None:
        is_correction = 0 < contribution.published_version < contribution.version
        is_unread = contribution.read_version < contribution.version
        notices.keep(db, actor, contribution, form.value("words"), now=page.now)
        if contribution.state == ContributionState.REFUSED:
            news.tell(db, contribution, "upheld", now=page.now)
        elif is_correction and is_unread:
            news.tell(db, contribution, "correction-kept-back", now=page.now)
        notices.tell(db, contribution, letter(page, contribution, is_kept=True), now=page.now)

    try:
        await on_seen(page, number, form, deed)
    except Invalid as error:
        raise Invalid("words", error.reason, error.value) from error
    return "maintien"


async def check(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Confirm as a second person."""

    def deed(db: Session, contribution: Contribution) -> None:
        contributions.check(db, actor, contribution, now=page.now)

    await on_seen(page, number, form, deed)
    return "relecture"


async def reply(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Publish a reply beside it, in somebody's name."""
    salt = secrets.token_bytes(SALT_BYTES)

    def deed(db: Session, contribution: Contribution) -> None:
        author, words = form.value("author"), form.value("reply")
        moderation.reply(db, actor, contribution, author, words, salt=salt, now=page.now)
        news.tell(db, contribution, "replied", now=page.now)

    try:
        await on_seen(page, number, form, deed)
    except Invalid as error:
        raise Invalid("reply" if error.field == "message" else error.field, error.reason, error.value) from error
    return "reponse"


async def sort(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Put it under themes."""

    def deed(db: Session) -> None:
        found = contributions.get(db, congress_id(page), number)
        themes.sort(db, actor, found, chosen_themes(form), now=page.now)

    await page.service.store.write(deed)
    return "themes"


def chosen_themes(form: Form) -> list[int]:
    """The numbers of the themes that a form ticks: a field for each."""
    names = [name.removeprefix("theme-") for name in form.values if name.startswith("theme-")]
    return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) <= MAX_DIGITS]


async def group(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Have it stand with another."""
    typed = form.value("with").strip().upper().removeprefix("C").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= MAX_DIGITS):
        raise Invalid("with", "empty" if not typed else "unknown", form.value("with")[:40])

    def deed(db: Session) -> None:
        own = contributions.get(db, congress_id(page), number)
        try:
            other = contributions.get(db, congress_id(page), int(typed))
        except NotFound as error:
            raise Invalid("with", "unknown", f"C{typed}") from error
        themes.group(db, actor, own, other, now=page.now)

    await page.service.store.write(deed)
    return "rapprochement"


async def part(page: Page, actor: Actor, number: int, form: Form) -> str:
    """Have it stand alone again."""

    def deed(db: Session) -> None:
        themes.part(db, actor, contributions.get(db, congress_id(page), number), now=page.now)

    await page.service.store.write(deed)
    return "separation"


def letter(page: Page, contribution: Contribution, *, is_kept: bool) -> Message:
    """What those who reported a contribution are told, in the first language of the congress.

    Args:
        is_kept: Whether it stays published; else it was refused, or its author has taken it back.
    """
    assert page.congress is not None
    spoken = language(page.congress.languages.split(",")[0] or LANGUAGES[0])
    code = rows.code(contribution)
    said = (
        _("Vous avez signalé la contribution %(code)s. Le secrétariat l’a relue et la laisse comme elle est.")
        if is_kept
        else _("Vous avez signalé la contribution %(code)s. Elle n’est plus publiée.")
    )
    if contribution.state == ContributionState.WITHDRAWN:
        said = _("Vous avez signalé la contribution %(code)s. Son auteur ou son autrice l’a retirée.")
    remedy = _("La décision est au registre. Vous pouvez la contester auprès du secrétariat, puis devant la justice.")
    address = f"{page.service.settings.base_url}{page.home}/registre/{contribution.entry}"
    if contribution.state == ContributionState.WITHDRAWN:
        remedy = _("Le registre le dit\u00a0:")
    body = f"{spoken.gettext(said) % {'code': code}}\n\n{spoken.gettext(remedy)}\n{address}\n\n{page.congress.title}\n"
    return Message(f"{page.congress.title} – {code}", body)


DEEDS: dict[str, Deed] = {
    "publish": publish,
    "refuse": refuse,
    "keep": keep,
    "check": check,
    "reply": reply,
    "sort": sort,
    "group": group,
    "part": part,
}
