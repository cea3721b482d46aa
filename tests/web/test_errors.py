"""The table of errors: every class of the domain is told, in both languages, with its values."""

import dataclasses
import inspect

import pytest

from motion.language import language
from motion.rules import errors
from motion.rules.errors import MotionError
from motion.web import errors as told_errors
from motion.web.errors import SAID, tell


def classes() -> list[type[MotionError]]:
    """Every error of the domain."""
    found = [each for _name, each in inspect.getmembers(errors, inspect.isclass)]
    return [each for each in found if issubclass(each, MotionError) and each is not MotionError]


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_error_says_what_why_and_how_to_repair(kind: type[MotionError], code: str) -> None:
    """Three sentences without a hole, and a status that is not a success."""
    error = kind(**{field.name: "1" for field in dataclasses.fields(kind)})
    told = tell(error, language(code))
    assert 400 <= told.status < 500
    for sentence in (told.what, told.why, told.repair):
        assert sentence.endswith(".") and "%(" not in sentence
    assert told.code == told_errors.name_of(kind)


def test_the_table_is_of_errors_that_exist() -> None:
    """Every line of the table is a class; the first line of an error's ancestry wins."""
    assert all(issubclass(kind, MotionError) for kind in SAID)
    assert all(any(parent in SAID for parent in kind.__mro__) for kind in classes())


def test_codes_are_told_as_words() -> None:
    """What a program calls `write` and `secretariat`, a person reads in words."""
    told = tell(errors.NotAllowed("write", "secretariat"), language("fr"))
    assert told.what == "Vous n’avez pas pu écrire dans la motion."
    assert "Secrétariat" in told.why
    told = tell(errors.Invalid("votes_for", "no-majority", "3/4"), language("en"))
    assert told.why == "Field “for”: more votes for than against are needed."
