"""The words for a mandate: from what the RNE says to what a card and a page say, in the feminine when it is hers."""

import re

from motion.rules.roster_columns import Variant

_WITHOUT_FUNCTION = {
    Variant.MAYORS: "maire",
    Variant.MUNICIPAL: "conseiller municipal",
    Variant.INTERMUNICIPAL: "conseiller communautaire",
    Variant.DEPARTMENTAL: "conseiller départemental",
    Variant.REGIONAL: "conseiller régional",
    Variant.DISTRICT: "conseiller d’arrondissement",
    Variant.ASSEMBLY: "membre de l’assemblée",
    Variant.DEPUTIES: "député",
    Variant.SENATORS: "sénateur",
    Variant.EUROPEAN: "député européen",
    Variant.CONSULAR: "conseiller des Français de l’étranger",
    Variant.ABROAD: "conseiller à l’Assemblée des Français de l’étranger",
    Variant.OWN_LIST: "",
}

_FEMININE = {
    "adjoint": "adjointe",
    "chargé": "chargée",
    "communautaire": "communautaire",
    "conseiller": "conseillère",
    "délégué": "déléguée",
    "départemental": "départementale",
    "député": "députée",
    "doyen": "doyenne",
    "européen": "européenne",
    "métropolitain": "métropolitaine",
    "municipal": "municipale",
    "premier": "première",
    "président": "présidente",
    "rapporteur": "rapporteure",
    "régional": "régionale",
    "représentant": "représentante",
    "secrétaire": "secrétaire",
    "sénateur": "sénatrice",
    "territorial": "territoriale",
    "vice-président": "vice-présidente",
    "élu": "élue",
    "1er": "1re",
}
_COMPLEMENT = re.compile(r"\s(?:au|aux|de|des|du|à|en)\s|\s[dlDL]['’]", re.IGNORECASE)
_RANK = re.compile(r"\b(\d+)\s*(?:ère|ere|er|re|ème|eme|nd|nde|e)\b", re.IGNORECASE)


def mandate_label(variant: Variant, function: str, gender: str) -> str:
    """What stands after a name: "maire", "1re adjointe au maire", "conseillère départementale".

    Args:
        function: As the RNE writes it; empty when the person has no function in the council.
        gender: "F", "M", or "" when it is not known: the masculine, as in the file.
    """
    words = " ".join(function.split()).replace("'", "’")
    if not words:
        words = _WITHOUT_FUNCTION[variant]
    else:
        words = _RANK.sub(lambda rank: "1er" if rank[1] == "1" else f"{rank[1]}e", words.lower())
    return _feminine(words) if gender == "F" else words


def in_a_sentence(mandate: str) -> str:
    """A mandate as it stands after a name: without the capital that a list gives it; initials keep theirs.

    >>> in_a_sentence("Maire"), in_a_sentence("DGS"), in_a_sentence("1re adjointe"), in_a_sentence("Élue")
    ('maire', 'DGS', '1re adjointe', 'élue')
    """
    return mandate if mandate[1:2].isupper() else mandate[:1].lower() + mandate[1:]


def _feminine(words: str) -> str:
    """Feminine up to the first complement: in "président du conseil départemental", the council is masculine."""
    complement = _COMPLEMENT.search(words)
    head, tail = (words[: complement.start()], words[complement.start() :]) if complement else (words, "")
    return " ".join(_FEMININE.get(word, word) for word in head.split(" ")) + tail
