"""What the command line understands: every command, its options, and their help."""

import argparse
from pathlib import Path
from typing import TypeAlias

from motion import witness_commands
from motion.command_words import decimal, whole
from motion.language import Language
from motion.rules.vocabulary import Template

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


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
