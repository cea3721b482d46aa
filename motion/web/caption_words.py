"""How the refusals of transcripts are told; `errors.SAID` holds them too."""

from gettext import NullTranslations

from motion.rules.caption_errors import CaptionsRefused, TranscriptChanged
from motion.rules.errors import MotionError
from motion.web.said import Said

_ = NullTranslations().gettext  # marks the sentences for the catalogues

SAID: dict[type[MotionError], Said] = {
    CaptionsRefused: Said(
        422,
        _("La transcription n’a pas été enregistrée."),
        _("Une de ses lignes ne peut pas être prise."),
        _("Corrigez cette ligne et envoyez de nouveau. Rien n’a été changé."),
    ),
    TranscriptChanged: Said(
        409,
        _("La transcription n’a pas été enregistrée."),
        _("Quelqu’un l’a corrigée entre-temps."),
        _("Rechargez la page, puis reportez vos corrections."),
    ),
}
