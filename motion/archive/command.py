"""`motion export`: a congress as a folder, and as one file if asked for."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from motion.archive.bag import NotABag
from motion.archive.export import Copied, NotSigned, export
from motion.archive.zipped import zip_folder
from motion.exports.log_folder import ChangedMeanwhile
from motion.language import Language
from motion.settings import Settings
from storage.store import Store

DONE, REFUSED, INCOMPLETE = 0, 1, 3


def run(options: argparse.Namespace, settings: Settings, store: Store, language: Language) -> int:
    """Run the command; return its exit status.

    Raises:
        NotFound: There is no such congress.
        OSError: The folder can't be written.
    """
    say = language.gettext
    folder: Path = options.folder
    line = Line(sys.stderr, language)
    try:
        copied = export(settings, store, options.congress, folder, progress=line)
    except NotABag:
        refusal = say("Ce dossier contient autre chose qu’une copie\u202f: rien n’y a été écrit. Donnez-en un nouveau.")
    except NotSigned as error:
        refusal = say(
            "%(entries)s inscriptions ne sont pas encore signées, et rien ne les signe. Lancez le service, puis"
            " recommencez."
        ) % {"entries": error.entries}
    except ChangedMeanwhile:
        refusal = say("Quelque chose a été retiré pendant la copie\u202f: relancez la commande pour la renouveler.")
    else:
        line.clear()
        tell(copied, folder, say)
        if options.archive:
            line("zip", 0, 1)
            target = folder.with_name(folder.name + ".zip")
            digest = zip_folder(folder, target, copied.slug, copied.moment)
            line.clear()
            print(f"{digest}  {target}")
        return INCOMPLETE if copied.missing else DONE
    line.clear()
    print(refusal, file=sys.stderr)
    return REFUSED


def tell(copied: Copied, folder: Path, say: Callable[[str], str]) -> None:
    """Say what was written, and what could not be."""
    for path in copied.missing:
        print(say("Ce document n’a pas pu être fait\u00a0: %(path)s") % {"path": path}, file=sys.stderr)
    print(
        say("%(folder)s\u00a0: %(files)s fichiers, %(megabytes)s Mo, %(size)s inscriptions signées.")
        % {
            "folder": folder,
            "files": copied.files,
            "megabytes": max(1, round(copied.bytes / 1e6)),
            "size": copied.size,
        }
    )


class Line:
    """How far the copy is, on one line of a terminal; silent when nobody watches."""

    def __init__(self, out: TextIO, language: Language) -> None:
        say = language.gettext
        self._out = out
        self._is_watched = out.isatty()
        self._shown = ""
        self._parts = {
            "documents": say("Documents"),
            "pages": say("Pages"),
            "log": say("Registre"),
            "files": say("Fichiers des contributions"),
            "zip": say("Fichier ZIP"),
        }

    def __call__(self, part: str, done: int, total: int) -> None:
        """Show where the copy is."""
        if self._is_watched:
            shown = f"{self._parts[part]:<12} {done:>9} / {total}"
            self._out.write("\r" + shown.ljust(len(self._shown)))
            self._out.flush()
            self._shown = shown

    def clear(self) -> None:
        """Leave an empty line for what is said."""
        if self._shown:
            self._out.write("\r" + " " * len(self._shown) + "\r")
            self._out.flush()
            self._shown = ""
