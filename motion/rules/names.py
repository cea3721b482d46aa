"""People's names: folded to compare, written as in print, shortened to initials.

Conventions: *Lexique des règles typographiques en usage à l'Imprimerie nationale*, "Particules": "de" and "d’" in
lower case, "Le" and "La" in capitals, as in "de La Tour-Dupin".
"""

import re
import unicodedata

MAX_PRESENCE_NAME_BYTES = 24
"""Room for a name in a presence message, which is at most 80 bytes."""

_LOWER_PARTICLES = frozenset({"de", "du", "des"})
_PARTICLES = _LOWER_PARTICLES | {"d", "la", "le", "les", "l", "von", "van", "der", "den"}
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})


def folded(text: str) -> str:
    """Letters and digits only, without accents or capitals, words parted by one space.

    >>> folded("  D’Hauterive-ŒUVRÉ ")
    'd hauterive oeuvre'
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


def initials(name: str) -> str:
    """Two letters for a name as displayed, first name first; particles do not count.

    >>> initials("Aline Corbières"), initials("Marie-Claude de La Tour-Dupin"), initials("")
    ('AC', 'MT', '?')
    """
    words = [word for word in re.split(r"[\s’']+", name) if word[:1].isalpha()]
    if not words:
        return "?"
    family = next((word for word in words[1:] if folded(word) not in _PARTICLES), "")
    return "".join(word[0].upper()[0] for word in (words[0], family) if word)


def display_name(first_names: str, family_name: str) -> str:
    """The name as shown on every page: "Aline Corbières"."""
    return f"{display_first_names(first_names)} {display_family_name(family_name)}".strip()


def display_family_name(family_name: str) -> str:
    """A family name as printed; one that is not wholly in capitals is left as its owner writes it.

    >>> display_family_name("DE LA TOUR-DUPIN"), display_family_name("D'HAUTERIVE"), display_family_name("LE GOFF")
    ('de La Tour-Dupin', 'd’Hauterive', 'Le Goff')
    """
    tidy = " ".join(family_name.split())
    if not tidy.isupper():
        return tidy.replace("'", "’")
    words = []
    for word in tidy.replace("'", "’").split(" "):
        if word.lower() in _LOWER_PARTICLES and " " in tidy:
            words.append(word.lower())
        elif word.startswith("D’"):
            words.append("d’" + _capitalised(word[2:]))
        else:
            words.append(_capitalised(word))
    return " ".join(words)


def presence_name(name: str, max_bytes: int = MAX_PRESENCE_NAME_BYTES) -> str:
    """A name that fits in `max_bytes` of UTF-8: whole, else "A. Corbières", else cut with "…".

    Args:
        max_bytes: At least 4.
    """
    if len(name.encode()) <= max_bytes:
        return name
    first, _, family = name.partition(" ")
    short = f"{first[:1]}. {family}" if family else name
    if len(short.encode()) <= max_bytes:
        return short
    kept = short.encode()[: max_bytes - len("…".encode())].decode(errors="ignore")
    return kept.rstrip() + "…"


def display_first_names(first_names: str) -> str:
    """First names as printed, out of capitals: "MARIE-CLAUDE" is Marie-Claude."""
    tidy = " ".join(first_names.split()).replace("'", "’")
    return " ".join(_capitalised(word) for word in tidy.split(" ")) if tidy.isupper() else tidy


def _capitalised(word: str) -> str:
    """Each part of a compound with its capital: SAINT-EXUPÉRY, N’DIAYE."""
    return re.sub(r"[^\W\d_]+", lambda part: part[0][0] + part[0][1:].lower(), word.upper())
