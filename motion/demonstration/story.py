"""What happened in the fictional congress before the demonstration started: who wrote what, where, and when.

Each scene is played by `motion.demonstration.play` through the real engine, by a clock of its own. It lasts three days,
with pauses, words that are taken back and a line that is fought over, so that a replay has something to show.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")


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


@dataclass(frozen=True, slots=True)
class On:
    """An hour of a day before that of the start, where the congress meets."""

    days_ago: int
    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class Ago:
    """So many minutes before the start: at most five hours, so that whatever the hour it comes after every `On`."""

    minutes: int


When = On | Ago


def moment(when: When, now: datetime) -> datetime:
    """When a scene happens, for a demonstration that starts now."""
    match when:
        case On(days_ago, hour, minute):
            day = now.astimezone(ZONE).date() - timedelta(days=days_ago)
            return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)
        case Ago(minutes):
            return now - timedelta(minutes=minutes)


def place(when: When) -> int:
    """Where a moment stands among the others, in minutes: whatever the hour of the start, `Ago` comes after `On`."""
    match when:
        case On(days_ago, hour, minute):
            return 60 * (hour - 24 * days_ago) + minute
        case Ago(minutes):
            return 1_000_000 - minutes


@dataclass(frozen=True, slots=True)
class Opened:
    """The secretariat opens a motion; the first is 0."""

    when: When
    motion: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Round:
    """What several write in a motion at the same time, each from the text as it then stands."""

    when: When
    motion: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The secretariat freezes a motion's text."""

    when: When
    motion: int


@dataclass(frozen=True, slots=True)
class Adopted:
    """The congress adopts the text that was frozen last: for, against, abstentions, not voting."""

    when: When
    motion: int
    result: tuple[int, int, int, int]


Scene = Opened | Round | Frozen | Adopted

PREPARED = On(96, 10, 0)  # the congress is made, with its roster, and listens
DRAFTED = On(2, 9, 0)  # writing begins, on the eve of the congress

CARE, TRAINS = 0, 1

SCENES: tuple[Scene, ...] = (
    Opened(
        On(2, 9, 4),
        CARE,
        "L’accès aux soins dans les communes d’Ormeline",
        """## Exposé des motifs

## Se déplacer pour se soigner

## Salarier les soignants

## Garder une place aux voix
""",
    ),
    Round(
        On(2, 9, 10),
        CARE,
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
    ),
    Round(
        On(2, 9, 52),
        CARE,
        (
            Replace(1, "une navette, gratuite", "une navette solidaire, gratuite"),
            Write(
                4,
                "beaucoup y renoncent.\n",
                "\nConsidérant que le renoncement aux soins touche d’abord les personnes âgées et celles qui ne"
                " conduisent pas ; considérant que le car de 7 h 10 a été supprimé sans que les communes soient"
                " consultées.\n",
            ),
            Write(2, "y compris à temps partiel", " et à plusieurs communes"),
        ),
    ),
    Opened(
        On(2, 10, 20),
        TRAINS,
        "La continuité du service des trains du matin",
        """## Rétablir l’arrêt de 7 h 10

## Rendre compte
""",
    ),
    Round(
        On(2, 10, 26),
        TRAINS,
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
    ),
    Round(
        On(2, 11, 20),
        CARE,
        (
            Write(
                3,
                "bénévole, salarié ou élu.\n",
                "\nLa navette dessert chaque commune au moins une fois par semaine, y compris pendant les vacances"
                " scolaires.\n",
            ),
            Write(5, "et à plusieurs communes.\n", "\nLe coût est partagé selon le nombre d’habitants.\n"),
        ),
    ),
    # How the cost is shared is fought over for two days, and ends in the words of the one who began.
    Round(
        On(2, 14, 35),
        CARE,
        (Replace(10, "selon le nombre d’habitants", "à parts égales entre les communes"),),
    ),
    Round(
        On(2, 14, 42),
        CARE,
        (Replace(5, "à parts égales entre les communes", "selon le nombre d’habitants, comme ce matin"),),
    ),
    Round(
        On(2, 14, 51),
        CARE,
        (
            Replace(12, "selon le nombre d’habitants, comme ce matin", "pour moitié à parts égales"),
            Write(9, "## Garder une place aux voix\n", "\nLa santé n’est pas une marchandise.\n"),
        ),
    ),
    Round(
        On(2, 16, 5),
        CARE,
        (
            Write(
                7,
                "pour moitié à parts égales.",
                " Toute commune qui ne paie pas sa part est privée de navette.",
            ),
        ),
    ),
    Round(
        On(1, 9, 15),
        CARE,
        (
            Replace(6, " Toute commune qui ne paie pas sa part est privée de navette.", ""),
            Replace(
                2,
                "les patients, dont le conducteur peut",
                "les patientes et les patients, dont le conducteur ou la conductrice peut",
            ),
        ),
    ),
    Round(
        On(1, 10, 40),
        TRAINS,
        (Replace(18, "trains supprimés", "trains supprimés ou remplacés par un car"),),
    ),
    Round(
        On(1, 11, 30),
        CARE,
        (
            Write(
                6,
                "## Garder une place aux voix\n",
                "\nUn registre des renoncements aux soins est ouvert dans chaque mairie et publié chaque mois.\n",
            ),
        ),
    ),
    Round(
        On(1, 15, 20),
        CARE,
        (Replace(10, "pour moitié à parts égales", "selon les recettes de chaque commune"),),
    ),
    Round(
        On(1, 15, 26),
        CARE,
        (
            Replace(
                5,
                "selon les recettes de chaque commune",
                "selon le nombre d’habitants et non selon les recettes de chaque commune",
            ),
        ),
    ),
    Frozen(On(1, 17, 40), TRAINS),
    Round(
        Ago(280),
        CARE,
        (
            Replace(2, "salarié ou élu", "salarié·e ou élu·e"),
            Replace(0, "au moins une fois par semaine", "au moins deux fois par semaine"),
        ),
    ),
    Round(
        Ago(190),
        CARE,
        (
            Write(
                7,
                "publié chaque mois.\n",
                "\nLe congrès demande à la ministre chargée de la santé :\n\n- une réponse écrite avant le"
                " printemps ;\n- une carte des distances réelles, commune par commune ;\n",
            ),
        ),
    ),
    Round(Ago(110), CARE, (Replace(14, "\nLa santé n’est pas une marchandise.\n", ""),)),
    Round(Ago(35), CARE, (Replace(2, "publié chaque mois", "publié chaque trimestre"),)),
    Adopted(Ago(12), TRAINS, (31, 3, 4, 2)),
)
"""In the order of their moments. The last is an adoption: by it a second start knows that the story is whole."""
