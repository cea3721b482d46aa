"""How the refusals of a file are told; `errors.SAID` holds them too. The statuses are those of tus 1.0.0."""

from gettext import NullTranslations

from motion.rules import upload_errors as errors
from motion.rules.errors import MotionError
from motion.web.said import Said

_ = NullTranslations().gettext  # marks the sentences for the catalogues

NOT_SENT = _("Le fichier n’a pas été envoyé.")
STOPPED = _("L’envoi du fichier s’est arrêté.")
KEPT = _("Reprenez l’envoi\u00a0: ce qui est arrivé est gardé.")

WEIGHTS = (errors.FileTooLarge, errors.PersonalRoomFull, errors.CongressRoomFull, errors.UploadUnfinished)
"""Their values are bytes."""

SAID: dict[type[MotionError], Said] = {
    errors.UploadRefused: Said(400, NOT_SENT, _("L’envoi n’a pas été accepté."), _("Recommencez dans un instant.")),
    errors.FileTooLarge: Said(
        413,
        NOT_SENT,
        _("Il est trop grand\u00a0: %(length)s, et %(limit)s sont permis."),
        _("Envoyez une vidéo plus courte, ou de moindre qualité."),
    ),
    errors.EmptyFile: Said(
        422, NOT_SENT, _("Il est vide."), _("Vérifiez qu’il s’ouvre, puis choisissez-le de nouveau.")
    ),
    errors.TooManyFiles: Said(
        429,
        NOT_SENT,
        _("Trop d’envois sont en cours en même temps (%(limit)s)."),
        _("Attendez la fin d’un envoi, ou abandonnez-en un, puis recommencez."),
    ),
    errors.PersonalRoomFull: Said(
        413,
        NOT_SENT,
        _("Vos fichiers dépasseraient la place prévue pour une personne\u00a0: %(limit)s."),
        _("Enlevez un fichier, ou envoyez-en un plus petit."),
    ),
    errors.CongressRoomFull: Said(
        507,
        NOT_SENT,
        _("Les fichiers de ce congrès dépasseraient la place prévue\u00a0: %(limit)s."),
        _("Prévenez le secrétariat du congrès. Votre texte peut partir sans le fichier."),
    ),
    errors.NoRoomLeft: Said(
        507,
        STOPPED,
        _("Le service n’a plus assez de place."),
        _("Prévenez le secrétariat du congrès, puis reprenez l’envoi\u00a0: ce qui est arrivé est gardé."),
    ),
    errors.UploadGone: Said(
        410,
        STOPPED,
        _("Il a attendu trop longtemps, ou duré trop longtemps\u00a0: ce qui était arrivé est effacé."),
        _("Choisissez le fichier de nouveau."),
    ),
    errors.UploadBusy: Said(
        423,
        STOPPED,
        _("Ce fichier est en train d’arriver par une autre connexion."),
        _("Attendez quelques secondes\u00a0: l’envoi reprend de lui-même."),
    ),
    errors.UploadElsewhere: Said(
        409,
        STOPPED,
        _("La suite envoyée ne commence pas là où le fichier s’est arrêté."),
        KEPT,
    ),
    errors.UploadUnfinished: Said(
        409,
        _("Rien n’a été envoyé."),
        _("Un fichier n’est pas encore arrivé en entier\u00a0: %(received)s sur %(length)s."),
        _("Attendez la fin de son envoi, ou enlevez ce fichier, puis recommencez."),
    ),
    errors.PieceAltered: Said(
        460,
        STOPPED,
        _("Un morceau s’est abîmé en route\u00a0: il n’a pas été pris."),
        KEPT,
    ),
    errors.PieceLate: Said(408, STOPPED, _("Plus rien n’arrivait."), KEPT),
    errors.PieceUnreadable: Said(
        400,
        NOT_SENT,
        _("La demande n’a pas la forme attendue (%(reason)s)."),
        _("Rechargez la page et choisissez le fichier de nouveau."),
    ),
}
