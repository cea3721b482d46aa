"""The command line: one function a command, each in plain words.

Sentences are in the language of the terminal (`LANG`), French unless it says otherwise.
"""

import argparse
import asyncio
import dataclasses
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from motion import settings as settings_table
from motion import witness_commands
from motion.acts import congresses
from motion.acts.congresses import NewCongress
from motion.command_words import decimal, speaking, whole
from motion.language import Language, choose, language
from motion.rules.errors import Invalid, MotionError, NotFound
from motion.rules.vocabulary import Template
from motion.settings import SettingRefused, Settings
from motion.work.checkpoints import (
    KeyMissing,
    KeyUnreadable,
    RecordAltered,
    RecordBehind,
    RecordForked,
    RecordRefused,
)
from storage import migrate, queries, signed_roots
from storage.store import Session, Store

if TYPE_CHECKING:
    from motion.web.service import Service

T = TypeVar("T")
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

EXIT_REFUSED = 1
EXIT_USAGE = 2
# The options of `motion congress new`, by the field that an act refuses.
OPTIONS = {
    "slug": "--slug",
    "place": "--place",
    "starts_on": "--starts",
    "ends_on": "--ends",
    "time_zone": "--time-zone",
    "languages": "--languages",
    "template": "--template",
    "email": "--secretariat",
    "name": "--name",
}


class Refused(Exception):
    """A command can't go on; the argument is the sentence to print."""


def spoken(environment: dict[str, str]) -> Language:
    """Choose the language of the terminal: English when LANG asks for it, else French."""
    asked = (environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or "")[:2]
    return language(choose((asked,), "", ("fr", "en")))


def parser(_: Language) -> argparse.ArgumentParser:
    """Describe every command: what each is for stands in the list of all and above its own help."""
    say = _.gettext

    def command(commands: Commands, name: str, purpose: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=purpose, description=purpose)

    root = argparse.ArgumentParser(prog="motion", description=say("Un congrès d’élus écrit sa motion, au grand jour."))
    commands = root.add_subparsers(dest="command", required=True, metavar=say("commande"))

    serve = command(commands, "serve", say("Servir les pages et les salles de rédaction."))
    serve.add_argument("--host", default="127.0.0.1", metavar=say("ADRESSE"), help=say("Adresse d’écoute."))
    serve.add_argument("--port", type=whole(say), default=8000, metavar=say("PORT"), help=say("Port d’écoute."))
    what = serve.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help=say("Charger un congrès fictif, vivant."))
    what.add_argument(
        "--readers",
        action="store_true",
        help=say("Ne montrer que les pages : un second processus, pour le public d’un grand jour."),
    )

    command(commands, "work", say("Envoyer les courriels, ouvrir les phases à l’heure, signer le registre."))
    command(commands, "migrate", say("Mettre la base de données à la version du programme."))
    command(commands, "settings", say("Lister les réglages."))

    congress = command(commands, "congress", say("Créer un congrès.")).add_subparsers(
        dest="verb", required=True, metavar=say("verbe")
    )
    new = command(congress, "new", say("Créer un congrès et sa première personne au secrétariat."))
    new.add_argument("title", metavar=say("titre"), help=say("Titre du congrès."))
    new.add_argument("--slug", metavar=say("ADRESSE"), help=say("Adresse du congrès\u202f; proposée d’après le titre."))
    new.add_argument("--place", default="", metavar=say("LIEU"), help=say("Lieu."))
    new.add_argument("--starts", required=True, metavar=say("JOUR"), help=say("Premier jour, AAAA-MM-JJ."))
    new.add_argument("--ends", required=True, metavar=say("JOUR"), help=say("Dernier jour, AAAA-MM-JJ."))
    new.add_argument(
        "--time-zone",
        default="Europe/Paris",
        metavar=say("FUSEAU"),
        help=say("Fuseau horaire, Europe/Paris par défaut\u202f; par exemple Indian/Reunion."),
    )
    new.add_argument(
        "--languages",
        default="fr,en",
        metavar=say("LANGUES"),
        help=say("Langues des pages, fr,en par défaut\u202f; la première est celle qui paraît d’abord."),
    )
    new.add_argument(
        "--template",
        default="deliberative",
        choices=[str(each) for each in Template],
        metavar=say("MODÈLE"),
        help=say(
            "Modèle des motions\u00a0: deliberative (forme délibérative, par défaut), demands (revendications par axes)"
            " ou blank (page blanche)."
        ),
    )
    new.add_argument(
        "--secretariat", required=True, metavar=say("COURRIEL"), help=say("Adresse de la première personne.")
    )
    new.add_argument("--name", default="", metavar=say("NOM"), help=say("Nom de cette personne."))

    roster = command(commands, "roster", say("Importer la liste des membres.")).add_subparsers(
        dest="verb", required=True, metavar=say("verbe")
    )
    load = command(roster, "import", say("Montrer puis importer un fichier CSV."))
    load.add_argument("congress", metavar=say("congrès"), help=say("Adresse du congrès."))
    load.add_argument(
        "file",
        type=Path,
        metavar=say("fichier"),
        help=say("Fichier\u00a0: Répertoire national des élus, ou liste de l’organisation."),
    )
    load.add_argument(
        "--department", metavar=say("CODE"), help=say("Ne garder que ce département, par exemple 87 ou 2A.")
    )
    load.add_argument("--yes", action="store_true", help=say("Importer sans demander confirmation."))

    witness_commands.describe(commands, say)

    log = command(commands, "log", say("Arrêter un registre dont une partie est perdue.")).add_subparsers(
        dest="verb", required=True, metavar=say("verbe")
    )
    retire = command(log, "retire", say("Ne plus jamais signer ce registre\u202f; il reste lisible."))
    retire.add_argument("congress", metavar=say("congrès"), help=say("Adresse du congrès."))
    retire.add_argument("--yes", action="store_true", help=say("Ne pas demander confirmation."))

    verify = command(commands, "verify", say("Vérifier un congrès publié\u00a0: registre, contenus, textes."))
    verify.add_argument("place", metavar=say("lieu"), help=say("Dossier exporté, ou adresse du congrès."))
    verify.add_argument(
        "--key",
        metavar=say("CLÉ"),
        help=say("Clé du registre, ou fichier qui la contient\u202f; prise ailleurs qu’ici."),
    )
    verify.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        type=Path,
        metavar=say("FICHIER"),
        help=say("État signé plus ancien, que vous aviez gardé\u202f; peut se répéter."),
    )
    verify.add_argument(
        "--policy", type=Path, metavar=say("FICHIER"), help=say("Règle des témoins, prise ailleurs qu’ici.")
    )
    verify.add_argument("--json", action="store_true", help=say("Répondre en JSON."))

    export = command(commands, "export", say("Copier tout un congrès dans un dossier qui se lit sans réseau."))
    export.add_argument("congress", metavar=say("congrès"), help=say("Adresse du congrès."))
    export.add_argument(
        "folder", type=Path, metavar=say("dossier"), help=say("Dossier à écrire\u202f; une copie coupée y reprend.")
    )
    export.add_argument("--archive", action="store_true", help=say("Écrire aussi le dossier en un fichier ZIP."))

    seats = command(commands, "seats", say("Donner N places de membres d’un congrès de démonstration, en JSON."))
    seats.add_argument("congress", metavar=say("congrès"), help=say("Adresse du congrès de démonstration."))
    seats.add_argument("motion", metavar=say("motion"), help=say("Code de la motion, par exemple M1."))
    seats.add_argument("--count", type=whole(say), required=True, metavar=say("NOMBRE"), help=say("Combien de places."))
    seats.add_argument(
        "--base-url",
        default="http://127.0.0.1:8000",
        metavar=say("ADRESSE"),
        help=say("Adresse du service, http://127.0.0.1:8000 par défaut."),
    )

    rehearse = command(commands, "rehearse", say("Répéter\u00a0: des personnes simulées écrivent sur ce serveur."))
    rehearse.add_argument("congress", metavar=say("congrès"), help=say("Adresse du congrès à répéter."))
    rehearse.add_argument(
        "--seats", type=whole(say), required=True, metavar=say("NOMBRE"), help=say("Nombre de personnes simulées.")
    )
    rehearse.add_argument(
        "--minutes", type=decimal(say), required=True, metavar=say("DURÉE"), help=say("Durée, en minutes.")
    )
    rehearse.add_argument(
        "--writers",
        type=whole(say, 0),
        default=0,
        metavar=say("NOMBRE"),
        help=say("Combien écrivent à la fois\u202f; un sur dix sinon."),
    )
    rehearse.add_argument("--keep", action="store_true", help=say("Garder le congrès de répétition."))
    return root


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
        sentence = _record_sentence(refused, spoken_language)
    except MotionError as error:
        sentence = said(error, spoken_language)
    except OSError as error:
        sentence = f"{error.filename or ''}\u00a0: {error.strerror or error}".strip(" \u00a0:")
    print(sentence, file=sys.stderr)
    return EXIT_REFUSED


def said(error: MotionError, spoken_language: Language) -> str:
    """Say an error as the pages say it."""
    from motion.web.errors import tell
    from motion.web.forms import REASONS
    from motion.web.words import FIELDS, THINGS

    if isinstance(error, NotFound):
        # A page that does not exist is of no help to somebody who typed a name.
        sentence = spoken_language.gettext(
            "Introuvable\u00a0: %(what)s «\u00a0%(name)s\u00a0»."
            " Vérifiez le nom, tel qu’il figure dans l’adresse de la page."
        )
        what = spoken_language.gettext(THINGS.get(error.what, error.what))
        return sentence % {"what": what, "name": error.name}
    if isinstance(error, Invalid):
        # Nobody filled in a form: the option is named as it was typed.
        option = OPTIONS.get(error.field) or spoken_language.gettext(FIELDS.get(error.field, error.field))
        reason = spoken_language.gettext(REASONS.get(error.reason, error.reason)) % {"value": error.value}
        sentence = spoken_language.gettext("%(option)s\u00a0: %(reason)s. Rien n’a été enregistré.")
        return sentence % {"option": option, "reason": reason}
    told = tell(error, spoken_language)
    return f"{told.what} {told.why} {told.repair}"


def _record_sentence(refused: RecordRefused, spoken_language: Language) -> str:
    say = spoken_language.gettext
    if isinstance(refused, RecordAltered):
        return say(
            "Le registre du congrès «\u00a0{slug}\u00a0» ne correspond plus à son dernier état signé ({number}"
            " inscriptions signées, {found} relues)\u00a0: une inscription a été modifiée ou retirée, ou une"
            " sauvegarde ancienne a été restaurée. Le service ne démarre pas. Restaurez la base la plus"
            " récente, puis recommencez."
        ).format(slug=refused.slug, number=refused.number, found=refused.found)
    if isinstance(refused, RecordBehind):
        return say(
            "Le registre du congrès «\u00a0{slug}\u00a0» compte {found} inscriptions, et {signed} sont déjà signées"
            " ({holder})\u00a0: une sauvegarde ancienne a été restaurée. Le service ne démarre pas, car il"
            " signerait une seconde histoire. Restaurez une sauvegarde plus récente. S’il n’y en a pas, les"
            " inscriptions perdues restent chez qui a copié le registre\u202f: arrêtez celui-ci avec «\u00a0motion log"
            " retire {slug}\u00a0», puis ouvrez un congrès à une autre adresse. L’ancien registre reste lisible."
        ).format(slug=refused.slug, found=refused.found, signed=refused.signed, holder=refused.holder) + _way_out(
            refused, say
        )
    if isinstance(refused, RecordForked):
        return say(
            "Le registre du congrès «\u00a0{slug}\u00a0» ne prolonge pas celui que connaît {holder} ({signed}"
            " inscriptions)\u00a0: il y a deux histoires. Le service ne démarre pas. Restaurez la base qui mène à"
            " cet état signé. S’il n’y en a pas, arrêtez ce registre avec «\u00a0motion log retire {slug}\u00a0», puis"
            " ouvrez un congrès à une autre adresse. L’ancien registre reste lisible."
        ).format(slug=refused.slug, signed=refused.signed, holder=refused.holder) + _way_out(refused, say)
    if isinstance(refused, KeyMissing):
        return say(
            "La clé du registre manque ({path}) alors que des états du registre sont déjà signés. Le service ne démarre"
            " pas\u00a0: remettez le fichier à sa place depuis votre copie."
        ).format(path=refused.path)
    assert isinstance(refused, KeyUnreadable)
    return say(
        "La clé du registre ({path}) est abîmée\u00a0: il faut 64 chiffres hexadécimaux. Remettez le fichier depuis"
        " votre copie."
    ).format(path=refused.path)


def _way_out(refused: RecordBehind | RecordForked, say: Callable[[str], str]) -> str:
    """How to do without a witness that lies, for who is sure of the database."""
    if not refused.witness:
        return ""
    return " " + say(
        "Si cette base est bien la plus récente, c’est le témoin qui se trompe ou qui ment\u00a0: ne comptez plus sur"
        " lui, avec «\u00a0motion witness remove {slug} {witness}\u00a0», puis recommencez. Le registre le dira."
    ).format(slug=refused.slug, witness=refused.witness)


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
