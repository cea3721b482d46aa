"""How transcripts, and what can't be taken as one, are told."""

from gettext import NullTranslations

from motion.acts.transcripts import How
from motion.rules import caption_files
from motion.rules.caption_errors import CaptionsRefused
from motion.rules.captions import LANGUAGES, REASONS
from motion.rules.heard import SAID, HearingReason
from motion.web.page import Page
from storage.captions import Hearing
from storage.models import Transcript
from storage.waiting_words import ALL, Waits

_ = NullTranslations().gettext  # marks the sentences for the catalogues

STATES = {
    (How.AUTOMATIC, False): _("Transcription automatique, à relire"),
    (How.AUTOMATIC, True): _("Transcription automatique, relue par une personne"),
    (How.FILE, False): _("Transcription fournie dans un fichier, à relire"),
    (How.FILE, True): _("Transcription fournie dans un fichier, relue"),
    (How.TYPED, False): _("Transcription tapée par une personne, à relire"),
    (How.TYPED, True): _("Transcription tapée par une personne, relue"),
}

FILTERS: dict[str, str] = {
    ALL: _("Tout ce qui attend"),
    Waits.AUTOMATIC: _("Automatiques, à relire"),
    Waits.UNREAD: _("Tapées ou déposées, à relire"),
    Waits.KEPT: _("Corrections à publier"),
    Waits.NOTHING: _("Sans transcription"),
    Waits.COMING: _("Automatiques, en cours"),
    Waits.FAILED: _("Automatiques, sans succès"),
}
"""Filters of the list of recordings whose words wait, in the order in which they are offered."""

WAITS: dict[Waits, str] = {
    Waits.AUTOMATIC: _("automatique, à relire"),
    Waits.UNREAD: _("à relire"),
    Waits.KEPT: _("corrections à publier"),
    Waits.NOTHING: _("sans transcription"),
    Waits.FAILED: _("sans succès"),
}
"""For what the words of one recording wait; a text that a machine is making is told by `coming_of`."""


def coming_of(page: Page, hearing: Hearing | None) -> str:
    """How far a text is that a machine makes."""
    if hearing is None or hearing.state != "running":
        return page._(_("une transcription automatique attend son tour"))
    return page._(_("transcription automatique en cours, %(percent)s %%"), percent=hearing.percent)


def state_of(page: Page, said: Transcript) -> str:
    """How it came to be, and whether somebody has compared it with the recording."""
    return page._(STATES[How(said.how), said.is_checked])


def hearing_fault_of(page: Page, hearing: Hearing | None) -> str:
    """Why no machine could write it down, as a sentence; empty when none has failed."""
    if hearing is None or hearing.state != "failed":
        return ""
    known = hearing.reason in set(HearingReason)
    return page._(SAID[HearingReason(hearing.reason) if known else HearingReason.INTERNAL])


def language_of(page: Page, code: str) -> str:
    """The name of a language of the list."""
    return page._(LANGUAGES.get(code, code))


def languages(page: Page) -> list[tuple[str, str]]:
    """The list, for a choice."""
    return [(code, page._(name)) for code, name in LANGUAGES.items()]


FILE_REPAIRS: dict[str, str] = {
    "no-file": _("Choisissez un fichier .vtt ou .srt."),
    "too-large": _("Un fichier de sous-titres est bien plus petit : vérifiez que ce n’est pas la vidéo."),
    "not-captions": _("Choisissez un fichier .vtt ou .srt, tel que votre outil de sous-titrage l’exporte."),
    "no-cue": _("Le fichier a des heures, mais pas de mots : exportez-le de nouveau."),
    "time": _("Dans ce fichier, les heures s’écrivent ainsi : 00:01:02.500 --> 00:01:04.000."),
    "no-time": _("Écrivez au-dessus de ces mots une ligne d’heures : 00:01:02.500 --> 00:01:04.000."),
    "time-order": _("Corrigez l’une des deux heures de cette ligne."),
    "overlap": _("Deux sous-titres commencent au même moment : décalez l’un d’eux, ou faites-en un seul."),
    "too-late": _("Corrigez les heures de cette ligne."),
    "too-long": _("Coupez ce sous-titre en plusieurs, chacun avec ses heures."),
    "name-too-long": _("Écrivez un nom plus court entre <v et >."),
    "too-many": _("Partagez l’enregistrement en plusieurs."),
}
"""How a file of captions that can't be taken is mended, by the code of `CaptionsRefused`."""

FILE_TOO_LATE = _(
    "Quelqu’un a corrigé cette transcription entre-temps, et le fichier aurait pris la place de ses lignes. "
    "Relisez celles-ci, puis déposez de nouveau le fichier s’il le faut."
)
SHOWN = 60  # characters of a line of a file: enough to find it


def file_fault_of(page: Page, error: CaptionsRefused, content: bytes) -> str:
    """Why a file can't be taken, with the words of its line, and how to mend it."""
    line = caption_files.line_of(content, error.line) if error.line else ""
    quoted = page._(_("Il y est écrit : « %(line)s »."), line=line[:SHOWN]) if line.strip() else ""
    return " ".join(filter(None, (fault_of(page, error), quoted, page._(FILE_REPAIRS[error.reason]))))


def fault_of(page: Page, error: CaptionsRefused) -> str:
    """Why it can't be taken, as a sentence."""
    said = page._(REASONS[error.reason]) % {"line": page.times.number(error.line)}
    return f"{said[:1].upper()}{said[1:]}."
