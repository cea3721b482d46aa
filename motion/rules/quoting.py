"""Which contributions a text quotes: those whose address stands in it, or the line that a quotation is copied with."""

import re
from functools import lru_cache


def quoted(text: str, slug: str, title: str) -> frozenset[int]:
    """Return the numbers of the contributions that a text quotes or leads to.

    What is copied from a contribution (`web.quotations`, `web.testimonies`) ends with its number, the congress and the
    day, then with its address, which may name a version, a passage or seconds. Either is enough.

    Args:
        slug, title: Of the congress.

    >>> sorted(quoted("Voir m.example/ormeline/contributions/C12/transcription/1#t=72,81", "ormeline", "Congrès"))
    [12]
    >>> sorted(quoted("« Il neige. » Contribution C3, Congrès, samedi 15 novembre 2031", "ormeline", "Congrès"))
    [3]
    >>> sorted(quoted("Comme le dit C3. Voir /valbrune/contributions/C12.", "ormeline", "Congrès"))
    []
    """
    return frozenset(int(number) for sign in _signs(slug, title) for number in sign.findall(text))


@lru_cache(maxsize=64)
def _signs(slug: str, title: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    # Two, for each begins with letters that are looked for at once: one of both would be tried at each letter.
    number = r"C([1-9][0-9]{0,8})(?![0-9])"
    return (
        re.compile(rf"/{re.escape(slug)}/contributions/{number}"),
        re.compile(rf"Contribution {number}, {re.escape(title)}"),
    )
