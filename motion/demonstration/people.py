"""The fictional officials of the demonstration. No commune and no person here exists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody on the demonstration's roster."""

    first_names: str
    family_name: str
    gender: str
    mandate: str
    territory: str


PEOPLE = (
    Invented("Aline", "Corbières", "F", "maire", "Valbrune"),
    Invented("Mamadou", "Diarra", "M", "conseiller municipal", "Port-Émeraude"),
    Invented("Solène", "Kervadec", "F", "adjointe au maire", "Brumeval"),
    Invented("Yves", "Tournebise", "M", "maire", "Montclairval"),
    Invented("Nadège", "Ferrandou", "F", "maire", "Sainte-Fantine"),
    Invented("Lucien", "Bastogne", "M", "adjoint au maire", "Ormelac"),
    Invented("Inès", "Marchadier", "F", "conseillère départementale", "Haute-Ormeline"),
    Invented("Paul-Henri", "Vauquelain", "M", "maire", "Roche-aux-Merles"),
    Invented("Farida", "Belhocine", "F", "adjointe au maire", "Valbrune"),
    Invented("Gaëtan", "Lormeau", "M", "conseiller municipal", "Pont-l’Oiseau"),
    Invented("Maryvonne", "Quéméneur", "F", "maire", "Lande-Claire"),
    Invented("Étienne", "Sablonnet", "M", "conseiller communautaire", "Pays d’Ormeline"),
    Invented("Bérénice", "Aulnoy", "F", "conseillère municipale", "Port-Émeraude"),
    Invented("Joaquim", "Teixidor", "M", "maire", "Fontbelle"),
    Invented("Colette", "Rambourg", "F", "maire", "Vieux-Charmes"),
    Invented("Hervé", "Passeloup", "M", "adjoint au maire", "Montclairval"),
    Invented("Oriane", "Delmotte", "F", "conseillère régionale", "Ormeline"),
    Invented("Thibault", "Garenne", "M", "maire", "Bois-le-Héron"),
    Invented("Aminata", "Sowerby", "F", "adjointe au maire", "Brumeval"),
    Invented("Régis", "Courtalain", "M", "conseiller municipal", "Ormelac"),
    Invented("Jeanne", "Pradelles", "F", "maire", "Saint-Aurèle"),
    Invented("Baptiste", "Noirmont", "M", "maire", "Les Trois-Gués"),
    Invented("Sylvaine", "Hautecombe", "F", "conseillère départementale", "Basse-Ormeline"),
    Invented("Karim", "Ouldrissi", "M", "adjoint au maire", "Fontbelle"),
    Invented("Monique", "Estournel", "F", "maire", "Chantefaye"),
    Invented("Lazare", "Plantevin", "M", "conseiller municipal", "Lande-Claire"),
    Invented("Clarisse", "Montaubry", "F", "adjointe au maire", "Vieux-Charmes"),
    Invented("Didier", "Fauconval", "M", "maire", "Aigremont-sur-Orme"),
    Invented("Hoa", "Tranchemer", "F", "conseillère municipale", "Valbrune"),
    Invented("Sébastien", "Louvigny", "M", "conseiller communautaire", "Val-de-Brume"),
    Invented("Ghislaine", "Porteclair", "F", "maire", "La Ferté-Bruyère"),
    Invented("Malik", "Zerrouane", "M", "adjoint au maire", "Port-Émeraude"),
    Invented("Perrine", "Vaucresson", "F", "maire", "Hautes-Rives"),
    Invented("Armand", "Jolivaud", "M", "maire", "Sept-Moulins"),
    Invented("Élodie", "Brasseuil", "F", "adjointe au maire", "Saint-Aurèle"),
    Invented("Ferdinand", "Okélélé", "M", "conseiller municipal", "Bois-le-Héron"),
    Invented("Marthe", "Coudrillon", "F", "maire", "Pont-l’Oiseau"),
    Invented("Ludovic", "Serpentin", "M", "conseiller départemental", "Haute-Ormeline"),
    Invented("Raphaëlle", "Tisserand-Morel", "F", "adjointe au maire", "Hautes-Rives"),
    Invented("Octave", "Beaudricourt", "M", "maire", "Gué-d’Orme"),
    Invented("Zélie", "Armançon", "F", "conseillère municipale", "Sept-Moulins"),
    Invented("Noé", "Castelviel", "M", "conseiller municipal", "Chantefaye"),
)

RAPPORTEUR = 2  # index in PEOPLE
CHAIR = "Colette Rambourg, maire de Vieux-Charmes"

_FIRST_F = ("Agathe", "Brune", "Céleste", "Daphné", "Édith", "Flore", "Garance", "Hortense", "Isaure", "Jade")
_FIRST_M = ("Achille", "Barnabé", "Côme", "Désiré", "Eliott", "Fulbert", "Gaspard", "Hector", "Ivan", "Jocelyn")
_FAMILY = ("Abeillon", "Boisjoly", "Chantraine", "Duvalmont", "Escalier", "Fontenelle", "Grandval", "Hurtebise")
_TOWNS = ("Clairvent", "Douvelle", "Épinay-l’Orme", "Fresnaye", "Grandchamp-le-Sec", "Houlière", "Issevent")


def more(start: int, count: int) -> list[Invented]:
    """Invent further officials for load tests: `start` is how many there are already; none comes twice."""
    invented = []
    for at in range(start, start + count):
        woman = at % 2 == 0
        first = (_FIRST_F if woman else _FIRST_M)[at // 2 % 10]
        invented.append(
            Invented(
                first,
                f"{_FAMILY[at // 20 % len(_FAMILY)]}-{at}",
                "F" if woman else "M",
                "conseillère municipale" if woman else "conseiller municipal",
                _TOWNS[at % len(_TOWNS)],
            )
        )
    return invented
