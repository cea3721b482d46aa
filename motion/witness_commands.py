"""`motion witness …`: naming the witnesses of a congress, and being one for others."""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from motion.acts import witnesses
from motion.language import Language
from motion.record.checkpoint import ED25519, Signer, VerifierKey, parse_verifier_key
from motion.record.errors import MalformedKey
from motion.rules.errors import Invalid, NotFound
from motion.settings import Settings
from storage import migrate, published, queries
from storage.models import Witness
from storage.store import Session, Store

EXIT_REFUSED = 1


def describe(commands: Any, say: Callable[[str], str]) -> None:
    """Add the command to the parser of `motion.command_line`."""
    purpose = say("Nommer les témoins d’un registre, ou l’être pour d’autres.")
    verbs = commands.add_parser("witness", help=purpose, description=purpose).add_subparsers(
        dest="verb", required=True, metavar=say("verbe")
    )

    def verb(name: str, purpose: str) -> argparse.ArgumentParser:
        found: argparse.ArgumentParser = verbs.add_parser(name, help=purpose, description=purpose)
        return found

    add = verb("add", say("Nommer un témoin\u00a0: il contresigne désormais les états signés du registre."))
    add.add_argument("congress", help=say("Adresse du congrès."))
    add.add_argument("key", help=say("Ligne de clé que le témoin affiche à son démarrage."))
    add.add_argument("url", help=say("Adresse où il répond, en https."))
    add.add_argument(
        "--force", action="store_true", help=say("Le nommer même s’il ne répond pas ou ne contresigne pas.")
    )
    listed = verb("list", say("Lister les témoins d’un registre."))
    listed.add_argument("congress", help=say("Adresse du congrès."))
    remove = verb("remove", say("Ne plus compter sur un témoin."))
    remove.add_argument("congress", help=say("Adresse du congrès."))
    remove.add_argument("name", help=say("Nom du témoin, ou sa ligne de clé."))
    serve = verb("serve", say("Être témoin\u00a0: contresigner les registres nommés, tant qu’ils ne font que grandir."))
    serve.add_argument("--host", default="127.0.0.1", help=say("Adresse d’écoute."))
    serve.add_argument("--port", type=int, default=8100, help=say("Port d’écoute."))
    serve.add_argument(
        "--data",
        type=Path,
        required=True,
        help=say("Dossier de la clé et de l’état. Ne le restaurez jamais d’une copie."),
    )
    serve.add_argument(
        "--name", default="", help=say("Nom de la clé, au premier démarrage\u00a0: temoin.ville.example.")
    )
    serve.add_argument(
        "--log", action="append", required=True, metavar="KEY", help=say("Ligne de clé d’un registre\u202f; à répéter.")
    )


def run(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Run one verb and return the exit status.

    Raises:
        NotFound: There is no such congress, or no such witness.
    """
    say = language.gettext
    match options.verb:
        case "serve":
            return serve(options, language)
        case "add":
            return add(options, settings, say)
        case "remove":
            _write(settings, options.congress, witnesses.give_up, options.name)
            print(say("Ce témoin n’est plus interrogé. Ce qu’il a contresigné reste."))
        case "list":
            for line in _lines(settings, options.congress, say):
                print(line)
    return 0


def add(options: argparse.Namespace, settings: Settings, say: Callable[[str], str]) -> int:
    """Name a witness once it was asked: a wrong address is found now, not by the absence of its signatures."""
    store = Store(settings.database_url)
    try:
        migrate.upgrade(store)
        congress_id = store.read_now(_congress_id, options.congress)
        before = store.read_now(published.named, congress_id)
        try:
            wanted = witnesses.described(congress_id, options.key, options.url, now=_now())
        except Invalid as refused:
            sentences = {
                "key": say("Cette ligne de clé n’est pas celle d’un témoin. Copiez-la entière\u00a0: nom+code+clé."),
                "url": say("L’adresse d’un témoin commence par https:// et ne contient ni nom ni question."),
            }
            print(sentences[refused.field], file=sys.stderr)
            return EXIT_REFUSED
        trouble = _asked(store, settings, congress_id, wanted)
        if trouble:
            print(_trouble_said(trouble, wanted.url, say), file=sys.stderr)
            if not options.force:
                print(say("Rien n’a été changé. Pour le nommer quand même, ajoutez --force."), file=sys.stderr)
                return EXIT_REFUSED
        store.write_now(witnesses.name, None, congress_id, options.key, options.url, now=_now())
        for line in _told(options.congress, before, wanted, say):
            print(line)
        return 0
    finally:
        store.close()


def _asked(store: Store, settings: Settings, congress_id: int, wanted: Witness) -> str:
    """Ask a witness to cosign what is signed; the code of what went wrong, see `publishing.Said`."""
    from motion.work.checkpoints import load_key
    from motion.work.publishing import Publisher

    publisher = Publisher(store)
    try:
        return publisher.try_out(
            congress_id, wanted, lambda origin: Signer(origin, load_key(store, settings.data_dir))
        ).trouble
    finally:
        publisher.close()


def _trouble_said(trouble: str, url: str, say: Callable[[str], str]) -> str:
    """Why a witness that was asked can't be relied on."""
    match trouble:
        case "unreachable":
            sentence = say("Rien ne répond à {url}. Vérifiez l’adresse, et que le témoin est démarré.")
        case "late":
            sentence = say("Le témoin de {url} n’a pas répondu à temps.")
        case "wrong-signature":
            sentence = say("Ce qui répond à {url} signe d’une autre clé que celle de ce témoin.")
        case "ahead":
            sentence = say("Ce témoin a déjà contresigné plus d’inscriptions que ce registre n’en a de signées.")
        case "forked":
            sentence = say("Ce témoin a contresigné un autre registre sous le même nom.")
        case _:
            sentence = say(
                "Ce qui répond à {url} ne contresigne pas ce registre. Est-ce l’adresse du témoin\u202f?"
                " Lui a-t-on remis la ligne de clé du registre\u202f?"
            )
    return sentence.format(url=url)


def _told(slug: str, before: list[Witness], wanted: Witness, say: Callable[[str], str]) -> Iterator[str]:
    """Say what was named, in the place of what, and beside what."""
    former = next((row for row in before if row.key == wanted.key), None)
    if former is None:
        yield say("Témoin nommé. Il sera interrogé au prochain état signé.")
    elif former.url == wanted.url:
        yield say("Ce témoin était déjà nommé, à cette adresse.")
    else:
        yield say("Ce témoin est désormais interrogé à {url}, et non plus à {former}.").format(
            url=wanted.url, former=former.url
        )
    for row in before:
        if row.key != wanted.key and (row.name == wanted.name or row.url == wanted.url):
            yield say(
                "Un témoin de même nom ou de même adresse reste nommé, sous une autre clé. S’il n’existe plus\u00a0:"
                " motion witness remove {congress} '{key}'"
            ).format(congress=slug, key=row.key)


def serve(options: argparse.Namespace, language: Language) -> int:
    """Be a witness until a signal says to stop."""
    from motion.witness.server import by_origin, compare_with_logs
    from motion.witness.server import serve as serve_witness
    from motion.witness.state import NameNeeded, State, StateLost, StateOld, WitnessRefused

    say = language.gettext
    try:
        keys = [_log_key(line) for line in options.log]
    except MalformedKey:
        print(
            say("Une ligne de clé est abîmée. Copiez-la entière depuis l’adresse log/log.vkey du congrès."),
            file=sys.stderr,
        )
        return EXIT_REFUSED
    try:
        state = State.open(options.data, options.name)
        try:
            compare_with_logs(state, by_origin(keys))
            print(
                say("Clé de ce témoin, à remettre aux congrès\u00a0: {key}").format(key=state.signer.verifier.encode())
            )
            print(
                say("Ce témoin répond sur http://{host}:{port} (Ctrl+C pour arrêter).").format(
                    host=options.host, port=options.port
                ),
                flush=True,
            )
            serve_witness(state, by_origin(keys), options.host, options.port, now=lambda: int(_now().timestamp()))
        finally:
            state.close()
    except WitnessRefused as refused:
        match refused:
            case NameNeeded():
                sentence = say(
                    "Au premier démarrage, donnez un nom à la clé\u00a0: --name temoin.ville.example,"
                    " sans espace ni «\u00a0+\u00a0»."
                )
            case StateLost():
                sentence = say(
                    "{present} est là, mais {missing} manque ou ne va pas avec\u00a0: ce témoin ne sait plus ce"
                    " qu’il a contresigné. Il ne démarre pas. Recommencez dans un dossier vide, avec un autre"
                    " nom, et remettez la nouvelle clé aux congrès."
                ).format(present=refused.present, missing=refused.missing)
            case StateOld():
                sentence = say(
                    "Le registre {origin} porte la signature de ce témoin sur {cosigned} inscriptions, et son"
                    " dossier n’en connaît que {kept}\u00a0: il vient d’une copie ancienne. Il ne démarre pas."
                    " Recommencez dans un dossier vide, avec un autre nom, et remettez la nouvelle clé aux congrès."
                ).format(origin=refused.origin, cosigned=refused.cosigned, kept=refused.kept)
            case _:
                raise
        print(sentence, file=sys.stderr)
        return EXIT_REFUSED
    return 0


def _log_key(line: str) -> VerifierKey:
    key = parse_verifier_key(line)
    if key.algorithm != ED25519:
        raise MalformedKey("algorithm")
    return key


def _write(settings: Settings, slug: str, act: Callable[..., object], *values: str) -> None:
    def do(db: Session) -> None:
        act(db, None, _congress_id(db, slug), *values, now=_now())

    _with_store(settings, lambda store: store.write_now(do))


def _lines(settings: Settings, slug: str, say: Callable[[str], str]) -> list[str]:
    def read(db: Session) -> list[str]:
        congress_id = _congress_id(db, slug)
        shown = published.witnesses(db, congress_id)
        lines = []
        for row in published.named(db, congress_id):
            state = row.trouble or (say("a contresigné {size} inscriptions").format(size=row.size) if row.size else "–")
            lines.append(f"{row.key}\t{row.url}\t{state}")
        lines.append(
            say("Contresignatures de l’état publié\u00a0: {cosigned} sur {named}.").format(
                cosigned=shown.cosigned, named=shown.named
            )
        )
        return lines

    found: list[str] = []
    _with_store(settings, lambda store: found.extend(store.read_now(read)))
    return found


def _congress_id(db: Session, slug: str) -> int:
    congress = queries.congress_by_slug(db, slug)
    if congress is None or congress.id is None:
        raise NotFound("congress", slug)
    return congress.id


def _with_store(settings: Settings, use: Callable[[Store], object]) -> None:
    store = Store(settings.database_url)
    try:
        migrate.upgrade(store)
        use(store)
    finally:
        store.close()


def _now() -> datetime:
    return datetime.now(UTC)
