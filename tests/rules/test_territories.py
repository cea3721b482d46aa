"""Mandate and territory in one phrase, as one says it aloud."""

import pytest

from motion.rules.territories import titled


@pytest.mark.parametrize(
    ("mandate", "territory", "said"),
    [
        ("maire", "Valbrune", "maire de Valbrune"),
        ("maire", "Ormelac", "maire d’Ormelac"),
        ("maire", "Évran", "maire d’Évran"),
        ("maire", "Le Havre", "maire du Havre"),
        ("maire", "Les Sables-d’Olonne", "maire des Sables-d’Olonne"),
        ("maire", "La Rochelle", "maire de La Rochelle"),
        ("maire", "L’Isle-Jourdain", "maire de L’Isle-Jourdain"),
        ("maire", "Hyères", "maire d’Hyères"),
        ("maire", "Houilles", "maire de Houilles"),
        ("conseillère départementale", "Haute-Ormeline", "conseillère départementale de Haute-Ormeline"),
        ("conseiller départemental", "Landes", "conseiller départemental des Landes"),
        ("conseillère départementale", "Val-d'Oise", "conseillère départementale du Val-d'Oise"),
        ("députée", "Hérault", "députée de l’Hérault"),
        ("sénateur", "Ille-et-Vilaine", "sénateur d’Ille-et-Vilaine"),
        ("conseillère régionale", "Hauts-de-France", "conseillère régionale des Hauts-de-France"),
        ("conseiller régional", "Île-de-France", "conseiller régional d’Île-de-France"),
        ("maire", "Vienne", "maire de Vienne"),
        ("maire", "", "maire"),
        ("", "Valbrune", "Valbrune"),
    ],
)
def test_a_phrase_is_said_as_one_says_it(mandate: str, territory: str, said: str) -> None:
    """With the article of departments, and no elision before a haut or a haute."""
    assert titled(mandate, territory) == said
