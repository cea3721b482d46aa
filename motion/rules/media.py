"""Files that come with a contribution: the bounds that they keep to, and why nothing could be made of one.

A reason is a code in the row of the file; its sentence is for whoever sent it, so it says what to do next.
"""

from enum import StrEnum
from gettext import NullTranslations

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_BYTES = 4_000_000_000
MAX_MINUTES = 30  # of a recording: a long testimony; a whole debate is several
MAX_SIDE = 8_192  # pixels of a film's side, and as many squared of a photo: today's phones go up to 8K
MAX_PHOTO_SIDE = 32_768  # of a panorama, which is long and low
MAX_FRAMES_PER_S = 120  # slow motion of most phones
MAX_STREAMS = 16  # cameras write a few of their own beside picture and sound
MAX_PAGES = 300
MAX_DOCUMENT_BYTES = 50_000_000


class MediaReason(StrEnum):
    """Why nothing could be made of a file."""

    EMPTY = "empty"
    UNKNOWN_FORMAT = "unknown-format"
    NOT_MEDIA = "not-media"
    PLAYLIST = "playlist"
    ACTIVE = "active"
    HEIC = "heic"
    OTHER_KIND = "other-kind"
    NO_PICTURE_NO_SOUND = "no-picture-no-sound"
    TOO_LARGE = "too-large"
    TOO_LONG = "too-long"
    TOO_LARGE_PICTURE = "too-large-picture"
    TOO_FAST = "too-fast"
    TOO_MANY_STREAMS = "too-many-streams"
    TOO_MANY_PAGES = "too-many-pages"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    PROTECTED = "protected"
    TOO_HEAVY = "too-heavy"
    TOO_SLOW = "too-slow"
    LOST = "lost"
    INTERNAL = "internal"


SAID: dict[MediaReason, str] = {
    MediaReason.EMPTY: _("Le fichier est vide\u00a0: son envoi a peut-être échoué. Envoyez-le de nouveau."),
    MediaReason.UNKNOWN_FORMAT: _(
        "Nous ne savons pas lire ce format. Envoyez une photo en JPEG ou PNG, un son en MP3, M4A ou WAV, une vidéo en "
        "MP4, un document en PDF, ODT ou DOCX."
    ),
    MediaReason.NOT_MEDIA: _(
        "Ce fichier n’est ni une photo, ni un son, ni une vidéo, ni un document que l’on imprime. Si c’est un texte, "
        "recopiez-le dans vos mots, ou envoyez-le en PDF."
    ),
    MediaReason.PLAYLIST: _("Ce fichier est une liste de lecture\u00a0: envoyez l’enregistrement lui-même."),
    MediaReason.ACTIVE: _(
        "Ce fichier est une page web ou un dessin vectoriel. Pour un dessin, envoyez-en une photo ou une image PNG."
    ),
    MediaReason.HEIC: _(
        "Nous n’arrivons pas à lire cette photo, au format HEIC ou AVIF. Envoyez-la en JPEG\u00a0: sur un iPhone, "
        "choisissez «\u00a0Le plus compatible\u00a0» dans les réglages de l’appareil photo."
    ),
    MediaReason.OTHER_KIND: _(
        "Le fichier n’est pas ce que vous avez annoncé\u00a0: par exemple, une vidéo à la place d’une photo. "
        "Vérifiez-le, puis envoyez-le de nouveau."
    ),
    MediaReason.NO_PICTURE_NO_SOUND: _("Ce fichier ne contient ni image ni son. Vérifiez l’enregistrement."),
    MediaReason.TOO_LARGE: _("Ce fichier est trop lourd. Envoyez-en une version plus légère, ou en plusieurs parties."),
    MediaReason.TOO_LONG: _("L’enregistrement dure plus de trente minutes. Envoyez-le en plusieurs parties."),
    MediaReason.TOO_LARGE_PICTURE: _(
        "L’image est trop grande pour être lue. Envoyez-en une version réduite, de moins de 8\u202f000 points de côté."
    ),
    MediaReason.TOO_FAST: _(
        "La vidéo compte plus de 120 images par seconde. Envoyez-la à vitesse normale, sans ralenti."
    ),
    MediaReason.TOO_MANY_STREAMS: _("Ce fichier contient trop de pistes d’image et de son. Gardez-en une de chaque."),
    MediaReason.TOO_MANY_PAGES: _("Ce document a plus de 300 pages. Envoyez les pages qui comptent."),
    MediaReason.DAMAGED: _(
        "Le fichier est abîmé\u00a0: il s’arrête en route ou ne peut pas être lu. Vérifiez que vous pouvez "
        "l’ouvrir, puis envoyez-le de nouveau."
    ),
    MediaReason.ENCRYPTED: _("Ce document est protégé par un mot de passe. Envoyez-le sans mot de passe."),
    MediaReason.PROTECTED: _("Ce fichier est verrouillé contre la copie. Envoyez votre propre enregistrement."),
    MediaReason.TOO_HEAVY: _(
        "Ce fichier demande plus de mémoire que nous n’en avons. Envoyez-en une version de moindre qualité."
    ),
    MediaReason.TOO_SLOW: _(
        "Ce fichier demande trop de temps de calcul. Envoyez-en une version plus courte ou de moindre qualité."
    ),
    MediaReason.LOST: _("Nous ne retrouvons pas ce fichier. Envoyez-le de nouveau, ou prévenez le secrétariat."),
    MediaReason.INTERNAL: _(
        "Une erreur de notre part nous empêche de préparer ce fichier. Le secrétariat peut vous aider."
    ),
}
"""What its author reads. The file as it was sent is kept all the while."""
