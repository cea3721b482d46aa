"""The command line: one function a command, each in plain words.

Sentences are in the language of the terminal (`LANG`), French unless it says otherwise.
"""

import argparse
import asyncio
import dataclasses
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from motion import settings as settings_table
from motion import witness_commands
from motion.acts import congresses
from motion.acts.congresses import NewCongress
from motion.command_line import parser
from motion.command_refusals import record_sentence, said
from motion.command_words import speaking
from motion.language import Language, choose, language
from motion.rules.errors import MotionError, NotFound
from motion.rules.vocabulary import Template
from motion.settings import SettingRefused, Settings
from motion.work.checkpoints import RecordRefused
from storage import migrate, queries, signed_roots
from storage.store import Session, Store

if TYPE_CHECKING:
    from motion.web.service import Service

T = TypeVar("T")

EXIT_REFUSED = 1
EXIT_USAGE = 2


class Refused(Exception):
    """A command can't go on; the argument is the sentence to print."""


def spoken(environment: dict[str, str]) -> Language:
    """Choose the language of the terminal: English when LANG asks for it, else French."""
    asked = (environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or "")[:2]
    return language(choose((asked,), "", ("fr", "en")))


def run(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Run one command and return its exit status: 0 done, 1 refused, 2 not understood."""
    spoken_language = spoken(environment)
    say = spoken_language.gettext
    with speaking(say):
        options = parser(spoken_language).parse_args(arguments)
    try:
        settings = settings_table.read(environment)
        return _dispatch(options, settings, spoken_language)
    except SettingRefused as refused:
        reasons = {
            "unknown": say("ce réglage n’existe pas\u202f; «\u00a0motion settings\u00a0» les liste"),
            "number": say("il faut un nombre entier, plus grand que zéro"),
            "url": say("il faut une adresse qui commence par http:// ou https://"),
            "store": say("il faut une adresse de la forme s3://nom:secret@hote:port/seau"),
            "mailbox": say("il faut une adresse de la forme imaps://nom:secret@hote/INBOX?congress=nom-du-congres"),
            "model": say("il faut un dossier qui contient un fichier model.bin"),
            "captions": say("il faut d’abord installer l’option «\u00a0captions\u00a0»\u00a0: voir le README"),
            "addresses": say("il faut des adresses IP ou des réseaux séparés par des virgules, ou une étoile"),
        }
        sentence = f"{refused.name}={refused.value!r}\u00a0: {reasons[refused.reason]}."
    except Refused as refused:
        sentence = str(refused)
    except RecordRefused as refused:
        sentence = record_sentence(refused, spoken_language)
    except MotionError as error:
        sentence = said(error, spoken_language)
    except OSError as error:
        sentence = f"{error.filename or ''}\u00a0: {error.strerror or error}".strip(" \u00a0:")
    print(sentence, file=sys.stderr)
    return EXIT_REFUSED


def _dispatch(options: argparse.Namespace, settings: Settings, spoken_language: Language) -> int:
    # Imports stand inside: `motion settings` must not load a web server.
    match options.command, getattr(options, "verb", None):
        case "settings", _:
            print(settings_report(settings, spoken_language))
        case "migrate", _:
            with_store(settings, lambda store: None)
            print(spoken_language.gettext("La base de données est à jour."))
        case "serve", _:
            from motion import service

            if not settings.has_public_address:
                settings = dataclasses.replace(settings, base_url=f"http://127.0.0.1:{options.port}")
            from motion.demonstration import play

            asyncio.run(
                service.serve(
                    settings,
                    options.host,
                    options.port,
                    before=play.load if options.demo else nothing_before,
                    ready=lambda started: tell_addresses(started, options, spoken_language),
                    for_readers=options.readers,
                )
            )
        case "work", _:
            from motion import service

            asyncio.run(service.work(settings))
        case "congress", "new":
            new_congress(options, settings, spoken_language)
        case "roster", "import":
            from motion.work.roster_import import import_by_hand

            return with_store(
                settings,
                lambda store: import_by_hand(
                    store,
                    options.congress,
                    options.file,
                    department=options.department,
                    yes=options.yes,
                    language=spoken_language,
                    now=now(),
                ),
            )
        case "witness", _:
            return witness_commands.run(options, settings, spoken_language)
        case "log", "retire":
            retire_log(options, settings, spoken_language)
        case "verify", _:
            from motion.audit import command

            return command.verify(options, spoken_language)
        case "export", _:
            from motion.archive import command as archive

            return with_store(settings, lambda store: archive.run(options, settings, store, spoken_language))
        case "seats", _:
            from motion.rehearsal import seats

            for seat in with_store(
                settings,
                lambda store: seats.take(
                    store,
                    settings,
                    options.congress,
                    options.motion,
                    options.count,
                    base_url=options.base_url,
                    now=now(),
                ),
            ):
                print(seat.line())
        case "rehearse", _:
            from motion.rehearsal.rehearse import rehearse

            return with_store(settings, lambda store: rehearse(store, settings, options, spoken_language, now))
    return 0


def now() -> datetime:
    """Read the clock: the only place of the command line that does."""
    return datetime.now(UTC)


def with_store(settings: Settings, use: Callable[[Store], T]) -> T:
    """Open the migrated store for one command."""
    store = Store(settings.database_url)
    try:
        migrate.upgrade(store)
        return use(store)
    finally:
        store.close()


async def nothing_before(service: "Service") -> None:
    """Load nothing."""


def tell_addresses(service: "Service", options: argparse.Namespace, spoken_language: Language) -> None:
    """Print where the service is, and who can sign in to the demonstration."""
    from motion.demonstration import play

    say = spoken_language.gettext
    print(say("Motion sert {address} (Ctrl+C pour arrêter).").format(address=service.settings.base_url), flush=True)
    if options.demo:
        for role, address in service.store.read_now(play.addresses, service.settings):
            print(f"{say(role):<14} {address}", flush=True)


def new_congress(options: argparse.Namespace, settings: Settings, spoken_language: Language) -> None:
    """Make a congress, and print where its secretariat signs in."""
    say = spoken_language.gettext
    try:
        starts, ends = date.fromisoformat(options.starts), date.fromisoformat(options.ends)
    except ValueError as error:
        raise Refused(say("Une date s’écrit AAAA-MM-JJ, par exemple 2031-11-14.")) from error
    form = NewCongress(
        title=options.title,
        slug=options.slug or congresses.suggest_slug(options.title),
        place=options.place,
        starts_on=starts,
        ends_on=ends,
        time_zone=options.time_zone,
        languages=tuple(options.languages.split(",")),
        template=Template(options.template),
    )

    def make(db: Session) -> str:
        congress = congresses.create(db, None, form, host=settings.host, now=now())
        assert congress.id is not None
        name = options.name or options.secretariat.partition("@")[0]
        congresses.add_secretary(db, None, congress.id, name, options.secretariat, now=now())
        return congress.slug

    slug = with_store(settings, lambda store: store.write_now(make))
    print(say("Congrès créé\u00a0: {address}").format(address=f"{settings.base_url}/{slug}"))
    print(
        say("Le secrétariat se connecte ici\u00a0: {address}").format(address=f"{settings.base_url}/{slug}/connexion")
    )


def retire_log(options: argparse.Namespace, settings: Settings, spoken_language: Language) -> None:
    """Give a record up, once somebody has said yes: part of it is lost, and others hold that part."""
    say = spoken_language.gettext
    if not options.yes:
        print(
            say(
                "Le registre du congrès «\u00a0{slug}\u00a0» ne sera plus jamais signé\u202f; cela ne se défait pas."
                " Tapez «\u00a0oui\u00a0» pour confirmer\u00a0:"
            ).format(slug=options.congress),
            end=" ",
            file=sys.stderr,
            flush=True,
        )
        if sys.stdin.readline().strip().lower() not in {"oui", "o", "yes", "y"}:
            raise Refused(say("Rien n’a été changé."))

    def retire(db: Session) -> None:
        congress = queries.congress_by_slug(db, options.congress)
        if congress is None or congress.id is None:
            raise NotFound("congress", options.congress)
        signed_roots.retire(db, congress.id, now=now())

    with_store(settings, lambda store: store.write_now(retire))
    print(say("Ce registre ne sera plus signé. Il reste lisible, et vérifiable jusqu’à son dernier état signé."))


def settings_report(settings: Settings, spoken_language: Language) -> str:
    """Lay out the table of settings, with the value in force where it is not the default."""
    say = spoken_language.gettext
    lines = []
    by_default = say("Défaut\u00a0:")
    for setting in settings_table.SETTINGS:
        unit = f" ({say(setting.unit)})" if setting.unit else ""
        default = setting.default or say("vide")
        lines.append(f"{setting.name}\n    {say(setting.help)}\n    {by_default} {default}{unit}")
    return "\n".join(lines)
