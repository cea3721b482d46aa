"""What a new motion begins with: three templates, in French, as small Markdown.

The forms are those of French practice: the deliberative form of councils (exposé des motifs, visas, considérants,
dispositif), demands under axes as associations of local authorities write them, and a blank page. The words between
brackets are to be replaced; nothing else needs to be known to begin.
"""

from dataclasses import dataclass

from motion.rules.errors import NotFound


@dataclass(frozen=True, slots=True)
class Template:
    """A beginning.

    Attributes:
        key: Name in forms and in the database.
        text: Small Markdown; ``{title}`` stands for the motion's title.
    """

    key: str
    text: str


_DELIBERATIVE = """\
# {title}

## Exposé des motifs

[Dites en quelques phrases ce que vivent les habitantes et les habitants, et ce que les élues et les élus constatent.]

[Dites ce qui a déjà été tenté, et pourquoi cela ne suffit pas.]

## Visas

Vu le code général des collectivités territoriales ;

Vu [la loi, le décret ou la délibération sur lesquels la motion s’appuie] ;

## Considérants

Considérant que [un constat, une seule idée] ;

Considérant que [un principe que le congrès veut rappeler] ;

Considérant que [une conséquence, si rien ne change] ;

## Dispositif

Le congrès, après en avoir délibéré,

## [Ce que le congrès demande]

Demande à [l’État, la région, un opérateur] de [ce qui doit être fait], avant le [date].

## [Ce que le congrès propose]

Propose que [la mesure, à qui elle s’applique, avec quels moyens].

## [Ce à quoi les membres du congrès s’engagent]

Les membres du congrès s’engagent à :

- [un premier engagement] ;
- [un second engagement].

## Suites données

Le bureau du congrès est chargé de remettre la présente motion à [destinataire] et de rendre compte, au \
prochain congrès, de la réponse reçue.
"""

_AXES = """\
# {title}

Nous, élues et élus réunis en congrès,

[Dites qui vous êtes, ce que vous constatez ensemble et ce qui vous rassemble.]

C’est pourquoi nous portons les demandes qui suivent.

## Axe 1. [Premier axe]

[En une ou deux phrases : l’enjeu de cet axe.]

### [Première demande]

Nous demandons à [destinataire] de [ce qui doit être fait], avant le [date].

### [Deuxième demande]

Nous demandons que [la mesure, à qui elle s’applique, avec quels moyens].

## Axe 2. [Deuxième axe]

[En une ou deux phrases : l’enjeu de cet axe.]

### [Troisième demande]

Nous proposons de [ce qui doit changer], et nous nous engageons à [ce que les collectivités feront].

## Suites données

Nous confions à [la présidence du congrès] le soin de remettre cette motion à [destinataire], et d’en rendre \
compte aux membres du congrès.
"""

_BLANK = """\
# {title}

"""

TEMPLATES = (
    Template("deliberative", _DELIBERATIVE),
    Template("axes", _AXES),
    Template("blank", _BLANK),
)


def template(key: str) -> Template:
    """The template of that name.

    Raises:
        NotFound: There is none.
    """
    for candidate in TEMPLATES:
        if candidate.key == key:
            return candidate
    raise NotFound("template", key)


def first_text(key: str, title: str) -> str:
    """The text that a new motion begins with.

    Args:
        title: One line; signs of Markdown in it are taken as words.

    Raises:
        NotFound: There is no template of that name.
    """
    return template(key).text.replace("{title}", as_words(" ".join(title.split())))


def as_words(line: str) -> str:
    """The same line with a backslash before each sign that would mean something to the small Markdown."""
    return "".join(f"\\{letter}" if letter in "\\*_[]" else letter for letter in line)
