"""What a heading of a motion announces. The rule is here, once, for the editor, the pages and the paper.

========  =========================================================================================
``#``     The first line with words: the **title**. Anywhere else: a **division**, which groups and has no number.
``##``    A recognised name (exposé des motifs, visas, considérants, dispositif, suites données, signataires,
          sources, annexes; whatever the capitals and accents, in French or English): that **part**.
          "Axe …": an **axis**, numbered from 1.
          Anything else: an **article**, numbered from 1 through the whole motion.
``###``   Under an axis: a **demand**, numbered from 1 across all axes. Elsewhere: a subheading, without number.
``####``… A subheading.
========  =========================================================================================

**The server's number wins.** ``## Se déplacer pour se soigner`` is shown as "Article 2. Se déplacer pour se soigner"
when it is the second article. If someone typed a number ("Article 7 : Se déplacer", "Article premier", "Axe 3 –",
"Proposition 12."), it stays in the source, untouched, and the number shown is the server's: moving an article
renumbers all, and no one has to correct what was typed. A heading such as "Article 12 de la loi de 2031" is left
whole: nothing parts the number from the words that follow.
"""

import re
from enum import StrEnum

from motion.rules.names import folded


class SectionKind(StrEnum):
    """What a part of a motion is; the value is the stem of its anchor."""

    PREAMBLE = "preambule"
    DIVISION = "partie"
    EXPLANATION = "expose-des-motifs"
    VISAS = "visas"
    RECITALS = "considerants"
    ENACTING = "dispositif"
    AXIS = "axe"
    DEMAND = "demande"
    ARTICLE = "article"
    FOLLOW_UP = "suites"
    SIGNATORIES = "signataires"
    SOURCES = "sources"
    ANNEX = "annexe"


NUMBERED = (SectionKind.ARTICLE, SectionKind.AXIS, SectionKind.DEMAND)
"""Kinds that the server numbers, each with its own count."""

NUMBER_WORDS = {SectionKind.ARTICLE: "Article", SectionKind.AXIS: "Axe", SectionKind.DEMAND: "Demande"}
"""The word before the number. It is part of the motion, which is in French whatever the reader's language."""

_NAMES = {
    SectionKind.EXPLANATION: ("expose des motifs", "expose", "motifs", "explanatory statement"),
    SectionKind.VISAS: ("visas", "visa", "legal references"),
    SectionKind.RECITALS: ("considerants", "considerant", "recitals"),
    SectionKind.ENACTING: ("dispositif", "operative part"),
    SectionKind.FOLLOW_UP: ("suites", "suites donnees", "follow up"),
    SectionKind.SIGNATORIES: ("signataires", "signatures", "signatories"),
    SectionKind.SOURCES: ("sources",),
    SectionKind.ANNEX: ("annexe", "annexes", "appendix", "appendices"),
}
_KIND_OF_NAME = {name: kind for kind, names in _NAMES.items() for name in names}

_NUMBER = r"(?:n[°o]\s*)?(?:\d{1,3}(?:er|re|e|ème)?|premier|première|[IVXLC]{1,6})"
_PARTED = r"(?:\s*[.:)–—-]+\s*|\s*$|\s+(?=[A-ZÀ-ÖØ-ÞŒ]))"
_TYPED_NUMBER = {
    SectionKind.ARTICLE: re.compile(rf"\s*(?i:article|art\.?)\s+(?i:{_NUMBER}){_PARTED}"),
    SectionKind.AXIS: re.compile(rf"\s*(?i:axe|axis)(?:\s+(?i:{_NUMBER}))?{_PARTED}"),
    SectionKind.DEMAND: re.compile(
        rf"\s*(?i:demande|proposition|revendication|demand|proposal)\s+(?i:{_NUMBER}){_PARTED}"
    ),
}
_AXIS = re.compile(r"(?:axe|axis)(?: |$)")
_ANNEX = re.compile(r"(?:annexe|appendix) \w{1,4}(?: |$)")


def kind_of(level: int, words: str, *, under_axis: bool) -> SectionKind | None:
    """What a heading opens, or None for a subheading.

    Args:
        level: 1 to 6; a title is not asked about.
        words: The heading without its signs.
        under_axis: The latest ``#`` or ``##`` heading is an axis.
    """
    if level == 1:
        return SectionKind.DIVISION
    if level == 2:
        name = folded(words)
        if _AXIS.match(name):
            return SectionKind.AXIS
        if _ANNEX.match(name):
            return SectionKind.ANNEX
        return _KIND_OF_NAME.get(name, SectionKind.ARTICLE)
    if level == 3 and under_axis:
        return SectionKind.DEMAND
    return None


def typed_number_length(kind: SectionKind, words: str) -> int:
    """How many characters at the head of `words` are a number that someone typed; 0 if none."""
    pattern = _TYPED_NUMBER.get(kind)
    found = pattern.match(words) if pattern else None
    return found.end() if found else 0
