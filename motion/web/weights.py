"""How heavy a file is, in words."""

from gettext import NullTranslations

from motion.language import Language
from motion.web.language import times_of

_ = NullTranslations().gettext  # marks the sentences for the catalogues

UNITS = (_("%(number)s\u00a0octets"), _("%(number)s\u00a0ko"), _("%(number)s\u00a0Mo"), _("%(number)s\u00a0Go"))


def weight(language: Language, count: int) -> str:
    """`812 ko`, `1,4 Go`: units of a thousand."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    number = times_of(language).number(round(value, 1) if value < 10 and unit else round(value))
    return language.gettext(UNITS[unit]) % {"number": number}
