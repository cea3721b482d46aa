"""Words as people search them: without accents or capitals, "élus", "élue" and "élu" being one.

The stem of a French word is found by its ending alone, after the minimal stemmer of Jacques Savoy (*A stemming
procedure and stopword list for general French corpora*, 1999): plural, feminine and infinitive endings go. It is
computed here for what is kept and for what is asked, so that every database gives the same answers.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from motion.rules.names import folded

MAX_WORDS = 12
"""Words of a search that are looked for: the rest narrows nothing."""

_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    "a au aux avec ce ces cet cette c d dans de des du elle elles en et eux il ils j je l la le les leur leurs lui m "
    "ma mais me mes mon n ne nos notre nous on ou par pas pour qu que qui s sa se ses son sur t ta te tes ton tu un "
    "une vos votre vous y est sont the of and to in".split()
)


def stem(word: str) -> str:
    """The stem of one word, which is folded: lower case, no accent.

    >>> stem("elus"), stem("elue"), stem("conseilleres"), stem("journaux"), stem("bureaux")
    ('elu', 'elu', 'conseil', 'journal', 'bureau')
    """
    if len(word) > 3:
        if word.endswith("aux") and not word.endswith("eaux") and len(word) > 4:
            word = word[:-3] + "al"
        elif word[-1] in "sx":
            word = word[:-1]
    for ending in ("e", "r", "e"):
        if len(word) > 3 and word.endswith(ending):
            word = word[:-1]
    while len(word) > 3 and word[-1] == word[-2] and word[-1].isalpha():
        word = word[:-1]
    return word


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order, without those that every text has ("de", "les")."""
    return [stem(word) for word in folded(text).split() if word not in _EMPTY]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: every stem of `whole`, and a word that is `begun` or begins so: it is being typed."""

    whole: tuple[str, ...]
    begun: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to look for."""
        return not self.whole and not self.begun


def asked(text: str) -> Asked:
    """Read a search. The last word may be a beginning; words that every text has are left out, unless alone."""
    words = folded(text).split()[:MAX_WORDS]
    kept = [word for word in words if word not in _EMPTY] or words
    if not kept:
        return Asked(())
    begun = kept[-1] if len(kept[-1]) >= 3 and not text[-1:].isspace() else ""
    whole = kept[:-1] if begun else kept
    return Asked(tuple(dict.fromkeys(map(stem, whole))), begun)


def is_common(text: str) -> bool:
    """Whether every word typed is one that every text has.

    >>> is_common("les"), is_common("les soins"), is_common("%")
    (True, False, False)
    """
    words = folded(text).split()
    return bool(words) and all(word in _EMPTY for word in words)


def marks(text: str, wanted: Asked) -> Iterator[tuple[int, int]]:
    """Where the words looked for stand in a text: (start, end), in characters, ascending."""
    whole = set(wanted.whole)
    if wanted.begun:
        whole.add(stem(wanted.begun))
    for found in _WORD.finditer(text):
        word = folded(found[0])
        if not word or " " in word:
            continue
        if stem(word) in whole or (wanted.begun and stem(word).startswith(wanted.begun)):
            yield found.start(), found.end()


EXCERPT = 280
"""Characters of a passage that are shown: three lines of a phone."""


def excerpt(text: str, places: Collection[tuple[int, int]]) -> tuple[int, int]:
    """The range of a passage to show: it holds the first word found, begins and ends between words."""
    if len(text) <= EXCERPT:
        return 0, len(text)
    first = min((start for start, _end in places), default=0)
    start = max(0, min(first - EXCERPT // 3, len(text) - EXCERPT))
    if start:
        start = text.rfind(" ", 0, start + 1) + 1
    end = start + EXCERPT
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + EXCERPT // 2)
    return start, end
