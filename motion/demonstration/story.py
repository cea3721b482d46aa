"""What the fictional officials write: who, where, and in which order.

Each step is played by `motion.demonstration.play` through the real engine, several hands at once where
`hands` names several.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Write:
    """One official (an index in `PEOPLE`) types `text` right after the first place where `after` stands."""

    who: int
    after: str
    text: str


@dataclass(frozen=True, slots=True)
class Replace:
    """One official deletes `old` and types `new` in its place."""

    who: int
    old: str
    new: str


Step = Write | Replace

TITLE = "L’accès aux soins dans les communes d’Ormeline"
START = """## Exposé des motifs

## Se déplacer pour se soigner

## Salarier les soignants

## Garder une place aux voix
"""

# Tuples of steps are played at the same time, by as many writers.
STORY: tuple[tuple[Step, ...], ...] = (
    (
        Write(
            0,
            "## Exposé des motifs\n",
            "\nDans vingt-trois communes d’Ormeline, il n’y a plus de médecin. Les habitantes et les habitants font"
            " en moyenne quarante kilomètres pour une consultation, et beaucoup y renoncent.\n",
        ),
        Write(
            3,
            "## Se déplacer pour se soigner\n",
            "\nLes communes s’engagent à mutualiser une navette, gratuite pour les patients, dont le conducteur"
            " peut être bénévole, salarié ou élu.\n",
        ),
        Write(
            1,
            "## Salarier les soignants\n",
            "\nElles demandent le droit de salarier des soignants, y compris à temps partiel.\n",
        ),
    ),
    (
        Replace(1, "une navette, gratuite", "une navette solidaire, gratuite"),
        Write(
            4,
            "beaucoup y renoncent.\n",
            "\nConsidérant que le renoncement aux soins touche d’abord les personnes âgées et celles qui ne conduisent"
            " pas ; considérant que le car de 7 h 10 a été supprimé sans que les communes soient consultées.\n",
        ),
        Write(
            2,
            "y compris à temps partiel",
            " et à plusieurs communes",
        ),
    ),
    (
        Replace(
            2,
            "les patients, dont le conducteur peut",
            "les patientes et les patients, dont le conducteur ou la conductrice peut",
        ),
        Write(
            3,
            "bénévole, salarié ou élu.\n",
            "\nLa navette dessert chaque commune au moins une fois par semaine, y compris pendant les vacances"
            " scolaires.\n",
        ),
        Write(
            5,
            "et à plusieurs communes.\n",
            "\nLe coût est partagé selon le nombre d’habitants et non selon les recettes de chaque commune.\n",
        ),
    ),
    (
        Replace(2, "salarié ou élu", "salarié·e ou élu·e"),
        Replace(0, "au moins une fois par semaine", "au moins deux fois par semaine"),
        Write(
            6,
            "## Garder une place aux voix\n",
            "\nUn registre des renoncements aux soins est ouvert dans chaque mairie et publié chaque trimestre.\n",
        ),
    ),
    (
        Write(
            7,
            "publié chaque trimestre.\n",
            "\nLe congrès demande à la ministre chargée de la santé :\n\n- une réponse écrite avant le printemps ;\n"
            "- une carte des distances réelles, commune par commune ;\n",
        ),
    ),
)

ADOPTED_TITLE = "La continuité du service des trains du matin"
ADOPTED_START = """## Rétablir l’arrêt de 7 h 10

## Rendre compte
"""
ADOPTED_STORY: tuple[tuple[Step, ...], ...] = (
    (
        Write(
            10,
            "## Rétablir l’arrêt de 7 h 10\n",
            "\nLe congrès demande que l’arrêt de 7 h 10 soit rétabli à Brumeval, à Fontbelle et à Lande-Claire, au"
            " plus tard au changement d’horaires.\n",
        ),
        Write(
            13,
            "## Rendre compte\n",
            "\nLa région publie chaque mois le nombre de trains supprimés, gare par gare.\n",
        ),
    ),
    (Replace(18, "trains supprimés", "trains supprimés ou remplacés par un car"),),
)
ADOPTED_RESULT = (31, 3, 4, 2)  # for, against, abstentions, not voting
