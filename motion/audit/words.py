"""What the check found, in the words of people: short, the place, what it means; or as JSON for programs."""

import base64
from collections.abc import Callable, Mapping, Sequence
from gettext import NullTranslations
from typing import Any

from motion.audit.audit import Report
from motion.audit.published_texts import Note
from motion.audit.sources import SourceError
from motion.language import Language
from motion.record.flaws import Broken, Flaw

_ = NullTranslations().gettext  # marks the sentences for the catalogues

Say = Callable[[str], str]

FLAWS: Mapping[Flaw, str] = {
    Flaw.CHECKPOINT: _("L’état du registre n’est pas signé par la clé de ce registre, ou il a été modifié."),
    Flaw.OLDER_CHECKPOINT: _("Un état plus ancien n’est pas signé par la clé de ce registre, ou il a été modifié."),
    Flaw.OLDER_BEYOND: _("Un état signé plus ancien compte plus d’inscriptions\u00a0: le registre a été raccourci."),
    Flaw.STAMP: _(
        "Un horodatage ne tient pas\u00a0: il porte sur autre chose, ou sa signature n’est pas celle du certificat"
        " joint."
    ),
    Flaw.STAMP_ORDER: _("Deux horodatages se contredisent\u00a0: le registre le plus long serait le plus ancien."),
    Flaw.WITNESSES: _("Moins de témoins ont signé que la règle donnée n’en demande."),
    Flaw.MISSING: _("Cette inscription manque\u00a0: le registre est plus court que ce que dit l’état signé."),
    Flaw.SURPLUS: _("Il y a ici plus que ce que dit l’état signé."),
    Flaw.ROOT: _("Les inscriptions ne mènent pas à l’empreinte signée\u00a0: l’histoire a été réécrite."),
    Flaw.TILE: _("Un fichier de l’arbre des empreintes manque, est abîmé ou ne correspond pas."),
    Flaw.LEAF: _("Cette inscription n’est pas celle qui a été signée\u00a0: elle a été modifiée ou déplacée."),
    Flaw.ENTRY: _("Cette inscription n’a pas la forme qu’une inscription doit avoir."),
    Flaw.NOT_OPENED: _("La première inscription, et elle seule, doit ouvrir le congrès."),
    Flaw.AFTER_CLOSE: _("Une inscription suit la clôture du registre."),
    Flaw.CLOSE: _("La clôture ne correspond pas aux inscriptions qui la précèdent."),
    Flaw.UNKNOWN_MOTION: _("Cette inscription parle d’une motion qui n’a pas été créée, ou la crée une seconde fois."),
    Flaw.UPDATE_NUMBER: _(
        "La numérotation des modifications de la motion a un trou ou une répétition\u00a0:"
        " une modification a disparu, ou a été ajoutée."
    ),
    Flaw.UNBOUND: _(
        "Cette modification porte un numéro d’appareil qui n’avait pas été attribué à cette personne"
        " dans cette connexion."
    ),
    Flaw.BOUND_TWICE: _("Un même numéro d’appareil est attribué à deux personnes."),
    Flaw.NOT_RAPPORTEUR: _(
        "Quelqu’un écrit pour une autre personne sans être alors rapporteur ou rapporteure,"
        " ou pour une personne qui n’est pas membre du congrès."
    ),
    Flaw.NO_SESSION: _("La connexion dont il s’agit n’a pas été ouverte, ou l’a été par quelqu’un d’autre."),
    Flaw.SESSION_CLOSED: _("Quelque chose est accepté d’une connexion déjà terminée."),
    Flaw.NOT_ACCREDITED: _("Cette personne ne figurait pas sur la liste des membres à ce moment."),
    Flaw.TEXT_CLOSED: _("Le texte change, ou une décision est prise, alors que la motion est gelée ou décidée."),
    Flaw.LAST_CHANGE: _("Cette inscription désigne un autre état du texte que celui de ce moment."),
    Flaw.NOT_FROZEN: _("Une décision est prise sans gel du texte, ou sur un autre texte que le texte gelé."),
    Flaw.VOTES: _("Les voix contredisent la décision."),
    Flaw.REDACTION: _(
        "Un retrait ou un effacement ne tient pas\u00a0: l’inscription visée n’avait pas de contenu,"
        " ou le motif ne figure pas sur la liste."
    ),
    Flaw.CONTRIBUTION: _(
        "Cette inscription parle d’une contribution qui n’a pas été reçue ou qui est déjà retirée,"
        " ou bien ses versions et ses fichiers ne se suivent pas."
    ),
    Flaw.PUBLISHED_OTHER: _("La contribution publiée n’est pas celle qui avait été reçue."),
    Flaw.CHECKED_ALONE: _("Une personne confirme une saisie qu’elle a faite elle-même."),
    Flaw.SHEETS: _("Une fiche papier porte un numéro qui n’a pas été imprimé."),
    Flaw.PHASE: _(
        "Un texte change hors de la phase de rédaction, ou une phase succède à une autre que celle qui était ouverte."
    ),
    Flaw.WITNESS_CHANGE: _("Un témoin est désigné deux fois, ou écarté sans avoir été désigné."),
    Flaw.POLICY: _(
        "La règle des témoins publiée ne nomme pas ceux que désigne le registre, ou nomme une autre clé que la sienne."
    ),
    Flaw.DISCLOSURE: _(
        "Une remise à la justice ne tient pas\u00a0: ce contenu n’était pas gardé sous scellé par cette décision,"
        " ou le fondement ne figure pas sur la liste."
    ),
    Flaw.BUNDLE: _("Le fichier des contenus de ces inscriptions manque ou est illisible."),
    Flaw.OBJECT_MISSING: _("Le contenu de cette inscription a disparu sans qu’aucune décision le dise."),
    Flaw.OBJECT_ALTERED: _("Le contenu de cette inscription a été modifié."),
    Flaw.OBJECT_LENGTH: _("Le contenu de cette inscription n’a pas la longueur qu’elle annonce."),
    Flaw.OBJECT_KEPT: _("Un contenu retiré ou effacé est encore publié."),
    Flaw.SKELETON: _("Ce qui tient lieu d’une modification n’a pas la forme de cette modification."),
    Flaw.UPDATE: _("Cette modification est illisible, ou ne peut pas venir après celles qui la précèdent."),
    Flaw.FOREIGN: _("Cette modification écrit sous le numéro d’appareil de quelqu’un d’autre."),
    Flaw.REPEATED: _("Cette modification n’apporte rien\u00a0: la même avait été acceptée auparavant."),
    Flaw.DIGEST: _("L’empreinte inscrite n’est pas celle du texte que donnent les modifications."),
    Flaw.WHOLE: _(
        "Le texte n’est pas le même selon que ses modifications sont lues toutes ensemble ou l’une après l’autre."
    ),
    Flaw.TEXT: _("Le texte publié n’est pas celui que donnent les modifications."),
    Flaw.AUTHORS: _("Les auteurs publiés ne sont pas ceux qui ont écrit."),
    Flaw.RESULT: _("L’état, le titre ou les voix publiés ne sont pas ceux du registre."),
}

NOTES: Mapping[str, str] = {
    "key-of-the-place": _(
        "Attention\u00a0: la clé a été prise à l’endroit même que vous vérifiez. Qui a pu fabriquer le registre a pu"
        " fabriquer la clé. Comparez-la avec celle d’une affiche, d’une commune ou d’un journal, puis recommencez"
        " avec --key."
    ),
    "no-older": _(
        "Aucun état signé plus ancien n’a été donné\u00a0: on ne peut pas voir si l’histoire a été réécrite puis signée"
        " à nouveau. Donnez avec --checkpoint celui que vous aviez gardé."
    ),
    "no-witness": _("Aucun témoin n’est désigné\u00a0: rien n’empêche de montrer deux registres à deux publics."),
    "few-witnesses": _("{signed} témoins sur {named} ont contresigné cet état\u00a0: moins que la règle affichée."),
    "policy-unreadable": _("La règle des témoins est illisible\u00a0: leurs signatures n’ont pas été regardées."),
    "policy-newer": _(
        "La règle des témoins publiée n’est pas celle de ces inscriptions\u00a0: un témoin vient peut-être d’être"
        " désigné ou écarté. Recommencez dans un instant."
    ),
    "stamps-authority": _(
        "Les horodatages sont signés avec le certificat qui les accompagne. Que ce certificat soit bien celui de"
        " l’autorité, seule elle peut le dire\u00a0: demandez-lui les siens, puis «\u00a0openssl ts -verify\u00a0»."
    ),
    "stamps-not-listed": _(
        "Une adresse ne donne pas la liste des horodatages\u00a0: s’il y en a, ils se vérifient dans une copie du"
        " congrès."
    ),
    "rehearsal": _("C’est une répétition\u00a0: son registre peut être supprimé."),
    "digest-withdrawn": _(
        "{motion}, inscription {entry}\u00a0: des mots retirés ou effacés figuraient dans le texte. Son empreinte ne"
        " peut plus être recalculée\u202f; tout le reste du texte l’a été."
    ),
    "text-unpublished": _(
        "{motion}\u00a0: pas de texte publié à comparer. Le texte a été reconstitué sans être comparé."
    ),
    "text-newer": _("{motion}\u00a0: la page publiée est plus récente que l’état signé. Recommencez pour la comparer."),
}

TROUBLES: Mapping[str, str] = {
    "no-folder": _("Ce dossier n’existe pas\u00a0: {path}"),
    "no-log": _("Aucun registre ici\u00a0: {path}"),
    "no-log-yet": _(
        "Aucun registre signé ici\u00a0: {path}. Un congrès qui vient d’être créé a le sien en quelques"
        " secondes\u00a0: vérifiez l’adresse, puis réessayez dans un instant."
    ),
    "several-logs": _("Plusieurs registres ici\u00a0: {path}. Choisissez-en un."),
    "no-address": _("Ni un dossier, ni une adresse qui commence par http:// ou https://\u00a0: {path}"),
    "no-key": _("La clé du registre est introuvable ou illisible\u00a0: donnez-la avec --key."),
    "bad-key": _("Ce n’est pas une clé de registre\u00a0: {path}"),
    "bad-policy": _("Cette règle des témoins est illisible\u00a0: {path}"),
    "unreachable": _("Le serveur ne répond pas\u00a0: {path} ({detail})"),
    "refused": _("Le serveur refuse\u00a0: {path} ({detail})"),
    "redirected": _("Le serveur renvoie vers un autre, qui ne peut pas répondre à sa place\u00a0: {path} ({detail})"),
    "too-large": _("Fichier trop gros pour être celui attendu\u00a0: {path}"),
    "unreadable": _("Fichier illisible\u00a0: {path} ({detail})"),
    "not-json": _("Fichier illisible\u00a0: {path}"),
    "moved": _("Un contenu a été retiré pendant la vérification\u00a0: recommencez dans une minute."),
}

# What a check of the record alone can never show (record.md, section 9), at the foot of every good report.
UNPROVEN = (
    _("Que tout a été inscrit\u00a0: seul le reçu gardé par chaque personne le montre."),
    _("Qui tenait le clavier\u00a0: le registre connaît des connexions, pas des mains."),
    _("Que la liste des membres est juste\u00a0: à chaque commune de la confirmer."),
    _("Ce qui a été effacé\u00a0: le registre montre qu’il y avait quelque chose, qui l’a ôté et pourquoi."),
)


def tell(report: Report, language: Language) -> str:
    """Say a report to whoever asked for it."""
    say = language.gettext
    lines = [_broken(report.broken, say)] if report.broken is not None else _holding(report, language)
    notes = [_note(note, say) for note in _together(report.notes)]
    if notes:
        lines += ["", say("À savoir\u00a0:"), *(f"- {note}" for note in notes)]
    if report.broken is None:
        lines += [
            "",
            say("Ce que cette vérification ne peut pas montrer\u00a0:"),
            *(f"- {say(each)}" for each in UNPROVEN),
        ]
    return "\n".join(lines)


def _holding(report: Report, language: Language) -> list[str]:
    say = language.gettext
    holds, counts = report.holds, report.counts
    assert holds is not None

    def line(sentence: str, number: int) -> str:
        return "- " + sentence.format(n=_number(number, language))

    def of(sentence: str, number: int) -> list[str]:
        return [line(sentence, number)] if number else []

    size, older, objects = holds.size, holds.older, counts.objects
    withdrawn, updates, texts = counts.withdrawn, counts.updates, counts.texts
    digests, decisions = counts.digests, counts.decisions
    lines = [
        say("Tout concorde."),
        "",
        say("Registre\u00a0: {origin}").format(origin=holds.origin),
        say("Empreinte\u00a0: {root}").format(root=base64.b64encode(holds.root).decode()),
        "",
        say("Vérifié\u00a0:"),
        "- " + say("la signature de l’état du registre"),
        line(language.ngettext("{n} inscription, une à une", "{n} inscriptions, une à une", size), size),
    ]
    lines += of(
        language.ngettext("{n} état signé plus ancien, prolongé", "{n} états signés plus anciens, prolongés", older),
        older,
    )
    if holds.witnesses:
        names = ", ".join(holds.witnesses)
        lines.append("- " + say("la signature de témoins\u00a0: {names}").format(names=names))
    stamps, wholes = counts.stamps, counts.wholes
    lines += of(
        language.ngettext(
            "{n} horodatage\u00a0: objet, signature, ordre", "{n} horodatages\u00a0: objet, signature, ordre", stamps
        ),
        stamps,
    )
    lines += of(
        language.ngettext("{n} contenu, contre son empreinte", "{n} contenus, contre leur empreinte", objects), objects
    )
    lines += of(
        language.ngettext("{n} retrait ou effacement, motivé", "{n} retraits ou effacements, motivés", withdrawn),
        withdrawn,
    )
    lines += of(language.ngettext("{n} modification rejouée", "{n} modifications rejouées", updates), updates)
    lines += of(
        language.ngettext("{n} texte relu aussi d’un seul tenant", "{n} textes relus aussi d’un seul tenant", wholes),
        wholes,
    )
    lines += of(
        language.ngettext(
            "{n} texte publié, mot pour mot, et ses auteurs",
            "{n} textes publiés, mot pour mot, et leurs auteurs",
            texts,
        ),
        texts,
    )
    lines += of(
        language.ngettext("{n} empreinte de texte recalculée", "{n} empreintes de texte recalculées", digests), digests
    )
    lines += of(
        language.ngettext(
            "{n} décision, conforme aux voix inscrites", "{n} décisions, conformes aux voix inscrites", decisions
        ),
        decisions,
    )
    return lines


def _number(value: int, language: Language) -> str:
    return f"{value:,}".replace(",", "\u202f" if language.code == "fr" else ",")


def _broken(broken: Broken, say: Say) -> str:
    lines = [say("Quelque chose ne concorde pas."), ""]
    if broken.path:
        place = say("Motion {motion}, fichier {path}\u00a0:").format(motion=broken.motion, path=broken.path)
        lines += [place + " " + say(FLAWS[broken.flaw]), ""]
        lines.append(say("Dernière inscription de cette motion\u00a0: {number}").format(number=broken.entry))
    elif broken.entry is not None:
        lines.append(say("Inscription {number}\u00a0:").format(number=broken.entry) + " " + say(FLAWS[broken.flaw]))
    elif broken.since is not None and broken.until is not None and broken.until > broken.since:
        place = say("Entre les inscriptions {since} et {until}\u00a0:")
        lines.append(place.format(since=broken.since, until=broken.until - 1) + " " + say(FLAWS[broken.flaw]))
    else:
        lines.append(say(FLAWS[broken.flaw]))
    if broken.words and not broken.path:
        lines += ["", broken.words]
    lines += ["", say("Code\u00a0: {code}").format(code=broken.flaw)]
    return "\n".join(lines)


def _together(notes: Sequence[Note]) -> list[Note]:
    """One line for all the motions of which the same is said."""
    found: list[Note] = []
    for note in notes:
        if found and note.code == found[-1].code and set(note.values) == {"motion"}:
            found[-1] = Note(note.code, {"motion": f"{found[-1].values['motion']}, {note.values['motion']}"})
        else:
            found.append(note)
    return found


def _note(note: Note, say: Say) -> str:
    return say(NOTES[note.code]).format(**note.values)


def trouble(error: SourceError, say: Say) -> str:
    """Say why nothing could be checked."""
    sentence = say(TROUBLES[error.reason]).format(path=error.path, detail=error.detail)
    return say("La vérification n’a pas pu se faire.") + " " + sentence


def as_json(report: Report) -> dict[str, Any]:
    """Say a report to programs."""
    holds, broken, counts = report.holds, report.broken, report.counts
    said: dict[str, Any] = {
        "result": "holds" if broken is None else "broken",
        "key": report.key.encode(),
        "key_given": report.key_is_given,
        "notes": [{"code": note.code, **note.values} for note in report.notes],
    }
    if holds is not None:
        said["origin"], said["size"], said["root"] = holds.origin, holds.size, holds.root.hex()
        said["older"], said["witnesses"] = holds.older, list(holds.witnesses)
        said["kinds"] = dict(sorted(report.kinds.items()))
        said["checked"] = {name: getattr(counts, name) for name in counts.__slots__}
    if broken is not None:
        said["flaw"], said["entry"] = str(broken.flaw), broken.entry
        said["since"], said["until"], said["words"] = broken.since, broken.until, broken.words
        said["motion"], said["file"] = broken.motion or None, broken.path or None
        said["cause"] = None if broken.cause is None else repr(broken.cause)
    return said
