"""No text in code that is not in the catalogues: every sentence is said in every language.

When this fails: `python -m motion.language` brings the catalogues up to date and lists what is to be translated.
"""

import re

import pytest
from babel.messages.pofile import read_po

from motion.language import LANGUAGES, LOCALE, Times, choose, extract, language, missing

VALUE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TRANSLATED = LANGUAGES[1:]


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sentence_is_translated(code: str) -> None:
    """Of the code and of the templates alike."""
    with (LOCALE / code / "LC_MESSAGES" / "motion.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    template = extract()
    assert len(template) > 200
    assert missing(catalogue, template) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_name_the_same_values(code: str) -> None:
    """A value lost in translation would be an error on the page, or a hole in a sentence."""
    with (LOCALE / code / "LC_MESSAGES" / "motion.po").open("rb") as file:
        for message in read_po(file, locale=code):
            keys = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
            said = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            for each in (one for one in said if message.id and one):
                assert set(VALUE.findall(each)) == set(VALUE.findall(keys[-1])), keys[0]


def test_french_sentences_are_typeset() -> None:
    """U+00A0 before a colon and within guillemets, U+202F before ; ! ?, a typographic apostrophe."""
    wrong = []
    for message in extract():
        for sentence in message.id if isinstance(message.id, (tuple, list)) else (message.id,):
            plain = VALUE.sub("x", str(sentence))
            if re.search(r"\w [:;!?](\s|$)|« | »|[a-zA-Zé]'[a-zéèA-Zœ]", plain):
                wrong.append(sentence)
    assert wrong == []


def test_plurals_follow_each_language() -> None:
    """Nought is singular in French, plural in English."""
    forms = ("%(num)d ligne", "%(num)d lignes")
    assert [language("fr").ngettext(*forms, number) for number in (0, 1, 2)] == [forms[0], forms[0], forms[1]]
    said = [language("en").ngettext(*forms, number) for number in (0, 1, 2)]
    assert said == ["%(num)d lines", "%(num)d line", "%(num)d lines"]


def test_the_language_is_chosen_among_those_offered() -> None:
    """By wish, then by the browser's header, else the congress's first."""
    assert choose(["en"], "fr", ("fr", "en")) == "en"
    assert choose(["de", None], "en-GB,fr;q=0.5", ("fr", "en")) == "en"
    assert choose([], "en;q=0.2,fr-CA;q=0.9", ("fr", "en")) == "fr"
    assert choose([], "en", ("fr",)) == "fr"
    assert choose([], "en;q=0", ("fr", "en")) == "fr"
    assert choose([], ";;q=x,,=", ("fr", "en")) == "fr"


def test_moments_are_said_in_the_congress_time_zone() -> None:
    """In the French manner; the same moment elsewhere is another hour."""
    from datetime import UTC, date, datetime
    from zoneinfo import ZoneInfo

    at = datetime(2031, 11, 15, 13, 32, tzinfo=UTC)
    paris = Times("fr", ZoneInfo("Europe/Paris"))
    assert paris.moment(at) == "samedi 15 novembre 2031 à 14\u00a0h\u00a032"
    assert Times("fr", ZoneInfo("Indian/Reunion")).hour(at) == "17\u00a0h\u00a032"
    assert Times("en", ZoneInfo("Europe/Paris")).moment(at) == "Saturday, 15 November 2031 at 14:32"
    assert paris.dates(date(2031, 11, 14), date(2031, 11, 16)) == "14, 15 et 16 novembre 2031"
    assert paris.dates(date(2031, 11, 28), date(2031, 12, 2)) == "du 28 novembre au 2 décembre 2031"
    assert paris.dates(date(2031, 11, 1), date(2031, 11, 1)) == "samedi 1er novembre 2031"
