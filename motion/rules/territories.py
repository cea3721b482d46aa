"""Mandate and territory in one phrase, as one says it: « maire du Havre », « conseiller départemental du Var »."""

# Articles of departments and regions (Journal officiel); of the others one says « de » or « d’ » alone.
_ARTICLES = {
    "du": (
        "Bas-Rhin, Calvados, Cantal, Centre-Val de Loire, Cher, Doubs, Finistère, Gard, Gers, Grand Est, Haut-Rhin, "
        "Jura, Loiret, Lot, Morbihan, Nord, Pas-de-Calais, Puy-de-Dôme, Rhône, Tarn, Territoire de Belfort, "
        "Val-de-Marne, Val-d’Oise, Val d’Oise, Var"
    ),
    "de la": (
        "Charente, Charente-Maritime, Corrèze, Côte-d’Or, Creuse, Dordogne, Drôme, Gironde, Guadeloupe, Guyane, "
        "Loire, Lozère, Manche, Marne, Martinique, Mayenne, Meuse, Moselle, Nièvre, Sarthe, Savoie, Seine-Maritime, "
        "Somme, Vendée, Vienne"
    ),
    "de l’": (
        "Ain, Aisne, Allier, Ardèche, Ariège, Aube, Aude, Aveyron, Essonne, Eure, Hérault, Indre, Isère, Oise, Orne, "
        "Yonne"
    ),
    "des": (
        "Alpes-de-Haute-Provence, Alpes-Maritimes, Ardennes, Bouches-du-Rhône, Côtes-d’Armor, Deux-Sèvres, "
        "Hautes-Alpes, Hautes-Pyrénées, Hauts-de-France, Hauts-de-Seine, Landes, Pays de la Loire, "
        "Pyrénées-Atlantiques, Pyrénées-Orientales, Vosges, Yvelines"
    ),
}
_ARTICLE_OF = {name: article for article, names in _ARTICLES.items() for name in names.split(", ")}
_BEYOND_COMMUNES = ("départemental", "régional", "député", "sénat")

_VOWELS = "AEIOUYÀÂÉÈÊËÎÏÔÙÛÜŒÆ"
_MUTE_H = ("He", "Hé", "Hè", "Hê", "Hi", "Hy")
"""Names in which the h is most often mute: d’Hendaye, d’Hyères. Of the others one says de Haute-Loire, de Houilles."""


def titled(mandate: str, territory: str) -> str:
    """A mandate with its territory; either alone when the other is empty.

    >>> titled("maire", "Ormelac"), titled("maire", "Le Havre"), titled("maire", "Vienne")
    ('maire d’Ormelac', 'maire du Havre', 'maire de Vienne')
    >>> titled("conseillère départementale", "Vienne"), titled("sénateur", "Haute-Savoie")
    ('conseillère départementale de la Vienne', 'sénateur de Haute-Savoie')
    """
    if not mandate or not territory:
        return mandate or territory
    for article, contracted in (("Le ", "du"), ("Les ", "des")):
        if territory.startswith(article):
            return f"{mandate} {contracted} {territory.removeprefix(article)}"
    if any(word in mandate.lower() for word in _BEYOND_COMMUNES):
        said = _ARTICLE_OF.get(territory.replace("'", "’"))
        if said is not None:
            return f"{mandate} {said}{'' if said.endswith('’') else ' '}{territory}"
    is_elided = territory[0].upper() in _VOWELS or territory.startswith(_MUTE_H)
    return f"{mandate} d’{territory}" if is_elided else f"{mandate} de {territory}"
