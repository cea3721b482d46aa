"""The words of the command line itself: what the standard library says in English, in the terminal's language.

`argparse` asks its own `gettext` for each of its sentences; for as long as a line is read, ours answers.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations

_ = NullTranslations().gettext  # marks the sentences for the catalogues

SENTENCES = {
    "usage: ": _("Emploi\u00a0: "),
    "positional arguments": _("À donner\u00a0"),  # a colon follows
    "options": _("Options\u00a0"),
    "show this help message and exit": _("Montrer cette aide."),
    "%(prog)s: error: %(message)s\n": _("%(prog)s\u00a0: %(message)s.\n"),
    "argument %(argument_name)s: %(message)s": _("%(argument_name)s\u00a0: %(message)s"),
    "the following arguments are required: %s": _("il manque\u00a0: %s"),
    "one of the arguments %s is required": _("il faut l’un de ces mots\u00a0: %s"),
    "unrecognized arguments: %s": _("cette commande ne connaît pas %s"),
    "invalid choice: %(value)r (choose from %(choices)s)": _(
        "«\u00a0%(value)s\u00a0» n’est pas proposé\u202f; les choix sont %(choices)s"
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": _(
        "«\u00a0%(parser_name)s\u00a0» n’est pas proposé\u202f; les choix sont %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": _("«\u00a0%(value)s\u00a0» ne se lit pas"),
    "expected one argument": _("il faut une valeur"),
    "expected at most one argument": _("il faut au plus une valeur"),
    "expected at least one argument": _("il faut au moins une valeur"),
    "expected %s argument": _("il faut %s valeur"),
    "expected %s arguments": _("il faut %s valeurs"),
    "not allowed with argument %s": _("ne va pas avec %s"),
    "ambiguous option: %(option)s could match %(matches)s": _("%(option)s peut vouloir dire %(matches)s"),
    "ignored explicit argument %r": _("aucune valeur n’est attendue ici, et il y a %r"),
    "unexpected option string: %s": _("%s n’est pas attendu ici"),
    "can't open '%(filename)s': %(error)s": _("«\u00a0%(filename)s\u00a0» ne s’ouvre pas\u00a0: %(error)s"),
}


@contextmanager
def speaking(say: Callable[[str], str]) -> Iterator[None]:
    """Make `argparse` speak through `say` for as long as the block lasts.

    Its names for the two functions have been these since Python 3.0; a test reads every sentence that it can say.
    """

    def gettext(sentence: str) -> str:
        return say(SENTENCES[sentence]) if sentence in SENTENCES else sentence

    def ngettext(singular: str, plural: str, number: int) -> str:
        return gettext(singular if abs(number) < 2 else plural)

    before = {name: getattr(argparse, name) for name in ("_", "ngettext")}
    setattr(argparse, "_", gettext)  # noqa: B010  (mypy knows no such name)
    setattr(argparse, "ngettext", ngettext)  # noqa: B010
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(argparse, name, function)


def whole(say: Callable[[str], str], least: int = 1) -> Callable[[str], int]:
    """Read a whole number, `least` or more; anything else is refused in words."""

    def read(typed: str) -> int:
        try:
            number = int(typed)
        except ValueError:
            number = least - 1
        if number < least:
            sentence = say(_("il faut un nombre entier, au moins %(least)s, et non «\u00a0%(typed)s\u00a0»"))
            raise argparse.ArgumentTypeError(sentence % {"least": least, "typed": typed})
        return number

    return read


def decimal(say: Callable[[str], str]) -> Callable[[str], float]:
    """Read a number above nought, with a point or a comma; anything else is refused in words."""

    def read(typed: str) -> float:
        try:
            number = float(typed.replace(",", "."))
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            sentence = say(_("il faut un nombre plus grand que zéro, et non «\u00a0%(typed)s\u00a0»"))
            raise argparse.ArgumentTypeError(sentence % {"typed": typed})
        return number

    return read
