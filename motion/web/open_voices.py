"""The shapes of `/api/v1` that tell what was said: contributions, their files and transcripts, themes, places, figures.

Nothing that readers may not read has a field of its own: `words` is null, and with it go files, replies and links.
"""

from dataclasses import dataclass
from gettext import NullTranslations

from motion.rules.captions import LANGUAGES
from motion.rules.contributions import REFUSALS, Channel, ContributionState, FileKind
from motion.web.open_data import (
    COUNT,
    DAY,
    HEX,
    LICENCE,
    MOMENT,
    URL,
    Links,
    MotionRedaction,
    Schema,
    about,
)
from motion.web.quotations import QUOTING
from motion.web.views import View
from storage.open_voices import GONE

_ = NullTranslations().gettext  # marks the sentences for the catalogues

VOICE_PATTERN = "^C[1-9][0-9]{0,8}$"
THEME_PATTERN = "^T[1-9][0-9]{0,8}$"
DEPARTMENT_PATTERN = "^[0-9][0-9AB][0-9]?$"
COMMUNE_PATTERN = "^[^\\u0000-\\u001f]{1,120}$"

VOICE: Schema = {"pattern": VOICE_PATTERN, "examples": ["C12"]}
THEME: Schema = {"pattern": THEME_PATTERN, "examples": ["T1"]}
ENTRIES = ("receive", "correct", "publish", "republish", "refuse", "withdraw")
STATES = (*(str(state) for state in ContributionState), GONE)


@dataclass(frozen=True, slots=True)
class ChangingLinks(View):
    """Where a list goes on, whose things change in place."""

    self: str = about(_("Cette réponse."), **URL)
    next: str | None = about(_("La suite\u202f; null quand tout est lu."), **URL)


@dataclass(frozen=True, slots=True)
class VoiceWords(View):
    """The words of a contribution, with the name and the place that their author gives."""

    version: int = about(_("La version des mots\u00a0: 1, 2, 3…"), minimum=1)
    author: str = about(_("Le nom ou le pseudonyme donné."))
    is_official: bool = about(_("Vrai si la personne se dit élue."))
    mandate: str = about(_("Mandat\u202f; peut être vide."))
    commune: str = about(_("La commune ou le lieu donné\u202f; peut être vide."))
    commune_code: str = about(_("Code officiel de la commune (Insee)\u202f; vide hors de la liste."))
    department: str = about(_("Code du département\u202f; peut être vide."))
    title: str = about(_("Le titre\u202f; peut être vide."))
    text: str = about(_("Les mots, en Markdown simple."))
    language: str = about(_("Code de leur langue."), examples=["fr"])


@dataclass(frozen=True, slots=True)
class VoiceVersion(VoiceWords):
    """A version that is readable."""

    received_at: str = about(_("Quand elle a été reçue."), **MOMENT)
    entry: int = about(_("Numéro de l’inscription qui la publie."), **COUNT)


@dataclass(frozen=True, slots=True)
class VoiceLinks(Links):
    """Where a contribution is found otherwise."""

    markdown: str = about(_("Ses mots seuls."), **URL)
    transcripts: str = about(_("Ce qui est dit dans ses enregistrements."), **URL)


@dataclass(frozen=True, slots=True)
class FileSort(View):
    """A file of a contribution in the list."""

    number: int = about(_("Son rang parmi les pièces."), minimum=1)
    kind: str = about(_("Ce que c’est."), enum=[str(kind) for kind in FileKind])
    duration_ms: int | None = about(_("Sa durée en millisecondes\u202f; null pour ce qui ne s’écoute pas."), **COUNT)


@dataclass(frozen=True, slots=True)
class VoiceItem(View):
    """A contribution in the list."""

    code: str = about(_("Le code de la contribution."), **VOICE)
    state: str = about(_("Ce qu’elle est devenue\u202f; gone\u00a0: publiée, puis ôtée par une décision."), enum=STATES)
    channel: str = about(_("Comment elle est arrivée."), enum=[str(channel) for channel in Channel])
    received_at: str = about(_("Quand elle a été reçue."), **MOMENT)
    published_at: str | None = about(_("Quand elle a été publiée pour la première fois\u202f; null avant."), **MOMENT)
    reason: str | None = about(
        _("Motif du refus, de la liste fermée\u202f; null sans refus."), enum=[str(one) for one in REFUSALS]
    )
    words: VoiceWords | None = about(_("Les mots\u202f; null quand ils ne sont pas publiés, ou ne le sont plus."))
    themes: tuple[str, ...] = about(_("Codes de ses thèmes."), examples=[["T1"]])
    supports: str | None = about(_("Code de la contribution qu’elle soutient\u202f; null sans soutien."), **VOICE)
    uses: tuple[str, ...] = about(_("Ce que son autrice ou son auteur accepte."), examples=[["publish", "quote"]])
    files: tuple[FileSort, ...] = about(_("Ses pièces publiées."))
    links: VoiceLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Voices(View):
    """A page of contributions."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    contributions: tuple[VoiceItem, ...] = about(_("Les contributions, dans l’ordre de leurs numéros."))
    links: ChangingLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Rendition(View):
    """What was made of a file, to be opened."""

    role: str = about(_("À quoi il sert."), examples=["video-360"])
    media_type: str = about(_("Son type."), examples=["video/mp4"])
    size: int = about(_("Son poids en octets."), **COUNT)
    width: int | None = about(_("Sa largeur en pixels\u202f; null sans image."), **COUNT)
    height: int | None = about(_("Sa hauteur en pixels\u202f; null sans image."), **COUNT)
    object: str = about(_("Son nom dans le registre\u00a0: ce que les copies vérifient, et ôtent."), **HEX)
    entry: int = about(_("Numéro de l’inscription qui le publie."), **COUNT)
    url: str = about(_("Son adresse."), **URL)


@dataclass(frozen=True, slots=True)
class VoiceFile(FileSort):
    """A file of a published contribution."""

    description: str = about(_("Ce que montre une photo, en mots\u202f; peut être vide."))
    renditions: tuple[Rendition, ...] = about(_("Ce qui en est publié."))


@dataclass(frozen=True, slots=True)
class Reply(View):
    """A right of reply."""

    author: str = about(_("Qui répond."))
    at: str = about(_("Quand."), **MOMENT)
    text: str = about(_("Ses mots."))


@dataclass(frozen=True, slots=True)
class RefusalData(View):
    """A refusal in force."""

    entry: int = about(_("Numéro de l’inscription qui le dit."), **COUNT)
    at: str = about(_("Quand."), **MOMENT)
    reason: str = about(_("Motif, de la liste fermée."), enum=[str(one) for one in REFUSALS])
    sentence: str = about(_("Le motif, en mots de la langue demandée."))
    basis: str = about(_("Règle ou texte de loi invoqué."))
    remedy: str = about(_("Comment contester la décision."))


@dataclass(frozen=True, slots=True)
class Passage(View):
    """A paragraph that may be quoted."""

    words: str = about(_("Ses premiers mots."))
    url: str = about(_("L’adresse qui le cite."), **URL)


@dataclass(frozen=True, slots=True)
class QuotedIn(View):
    """A place that quotes a contribution."""

    kind: str = about(_("Ce qui la cite."), enum=list(QUOTING))
    code: str = about(_("Le code de la motion ou de la contribution\u202f; d’une réponse, celui de la contribution."))
    author: str = about(_("Qui parle\u202f; vide pour une motion."))
    title: str = about(_("Le titre de la motion\u202f; vide pour le reste."))
    url: str = about(_("L’adresse de sa page."), **URL)


@dataclass(frozen=True, slots=True)
class VoiceEntry(View):
    """An entry about a contribution."""

    kind: str = about(_("Ce qu’elle dit de la contribution."), enum=list(ENTRIES))
    number: int = about(_("Son numéro dans le registre."), **COUNT)


@dataclass(frozen=True, slots=True)
class VoiceData(VoiceItem):
    """One contribution, with all that is public of it."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    said_at: str | None = about(_("Quand elle a été dite ou écrite, si c’est connu\u202f; sinon null."), **MOMENT)
    versions: tuple[VoiceVersion, ...] = about(_("Toutes ses versions publiées et encore là."))
    files: tuple[VoiceFile, ...] = about(_("Ses pièces, avec ce qui en est publié."))
    replies: tuple[Reply, ...] = about(_("Les droits de réponse."))
    refusal: RefusalData | None = about(_("Le refus en vigueur\u202f; null sans refus."))
    redactions: tuple[MotionRedaction, ...] = about(_("Ce qui en a été retiré ou effacé, décision par décision."))
    supported_by: tuple[str, ...] = about(_("Codes de celles qui la soutiennent."), examples=[["C14"]])
    grouped_with: tuple[str, ...] = about(_("Codes de celles qui en sont rapprochées."), examples=[["C9"]])
    quotes: tuple[Passage, ...] = about(_("Les paragraphes à citer\u202f; aucun sans l’accord de qui parle."))
    quoted_in: tuple[QuotedIn, ...] = about(_("Où elle est citée\u202f; rien sans l’accord de qui parle."))
    entries: tuple[VoiceEntry, ...] = about(_("Ses inscriptions au registre."))


@dataclass(frozen=True, slots=True)
class CueData(View):
    """A line of what is said."""

    start_ms: int = about(_("Début, en millisecondes."), **COUNT)
    end_ms: int = about(_("Fin, en millisecondes."), **COUNT)
    speaker: str = about(_("Qui parle\u202f; peut être vide."))
    text: str = about(_("Les mots."))


@dataclass(frozen=True, slots=True)
class TranscriptLinks(View):
    """Where a transcript is found otherwise."""

    page: str = about(_("La page pour les personnes."), **URL)
    vtt: str = about(_("Les sous-titres (WebVTT)."), **URL)
    srt: str = about(_("Les sous-titres (SRT)."), **URL)


@dataclass(frozen=True, slots=True)
class TranscriptData(View):
    """What is said in a recording, in one language."""

    file: int = about(_("Le rang de l’enregistrement parmi les pièces."), minimum=1)
    language: str = about(_("Code de la langue."), enum=list(LANGUAGES))
    version: int = about(_("La version de cette transcription\u00a0: 1, 2, 3…"), minimum=1)
    how: str = about(_("Comment elle est née."), enum=["automatic", "file", "typed"])
    is_checked: bool = about(_("Vrai si une personne l’a comparée à l’enregistrement."))
    object: str = about(_("Son nom dans le registre\u00a0: ce que les copies vérifient, et ôtent."), **HEX)
    entry: int = about(_("Numéro de l’inscription qui la publie."), **COUNT)
    cues: tuple[CueData, ...] = about(_("Les lignes, dans l’ordre."))
    links: TranscriptLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Transcripts(View):
    """The transcripts of a contribution."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    contribution: str = about(_("Le code de la contribution."), **VOICE)
    transcripts: tuple[TranscriptData, ...] = about(_("Une par enregistrement et par langue, la dernière publiée."))
    links: Links = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class ThemeData(View):
    """A theme."""

    code: str = about(_("Le code du thème."), **THEME)
    name: str = about(_("Son nom."))
    in_use: bool = about(_("Faux s’il a été abandonné."))
    contributions: int = about(_("Nombre de contributions publiées sous ce thème."), **COUNT)
    links: Links = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Themes(View):
    """The themes."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    themes: tuple[ThemeData, ...] = about(_("Les thèmes, dans l’ordre de leurs codes."))
    links: ChangingLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class CommuneData(View):
    """A commune or another place that was heard."""

    name: str = about(_("Son nom, comme il a été donné."))
    code: str = about(_("Code officiel de la commune (Insee)\u202f; vide hors de la liste."))
    contributions: int = about(_("Nombre de contributions publiées."), **COUNT)


@dataclass(frozen=True, slots=True)
class DepartmentData(View):
    """A department that was heard."""

    code: str = about(_("Son code\u202f; vide pour les lieux sans département connu."))
    name: str = about(_("Son nom\u202f; peut être vide."))
    contributions: int = about(_("Nombre de contributions publiées."), **COUNT)
    communes: tuple[CommuneData, ...] = about(_("Ses communes entendues."))


@dataclass(frozen=True, slots=True)
class Places(View):
    """The places heard."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    departments: tuple[DepartmentData, ...] = about(_("Les départements entendus, dans l’ordre de leurs codes."))
    without_place: int = about(_("Nombre de contributions publiées sans lieu."), **COUNT)
    links: Links = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class ChannelCount(View):
    """What came by one channel."""

    channel: str = about(_("Comment elles sont arrivées."), enum=[str(channel) for channel in Channel])
    received: int = about(_("Nombre de contributions reçues."), **COUNT)


@dataclass(frozen=True, slots=True)
class StateCount(View):
    """What is in one state."""

    state: str = about(_("Ce qu’elles sont devenues."), enum=STATES)
    contributions: int = about(_("Leur nombre."), **COUNT)


@dataclass(frozen=True, slots=True)
class DayCount(View):
    """What came on one day."""

    day: str = about(_("Le jour, au fuseau horaire du congrès."), **DAY)
    received: int = about(_("Nombre de contributions reçues."), **COUNT)


@dataclass(frozen=True, slots=True)
class Figures(View):
    """The figures of the collection."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    received: int = about(_("Nombre de contributions reçues."), **COUNT)
    channels: tuple[ChannelCount, ...] = about(_("Par quel moyen."))
    states: tuple[StateCount, ...] = about(_("Ce qu’elles sont devenues."))
    officials: int = about(_("Nombre de contributions publiées de personnes qui se disent élues."), **COUNT)
    others: int = about(_("Nombre de contributions publiées d’autres personnes."), **COUNT)
    days: tuple[DayCount, ...] = about(_("Jour après jour, ceux où rien n’est arrivé exceptés."))
    links: Links = about(_("Où lire la suite."))
