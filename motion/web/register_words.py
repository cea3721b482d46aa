"""Each entry of the record in words: "Aline Corbières, maire de Valbrune, écrit dans la motion 1"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from motion.record.entry import Entry
from motion.rules import vocabulary
from motion.rules.register import KINDS, Genre
from motion.web import voices_words
from motion.web.page import Page
from motion.web.reading import person_of, title_of
from storage.models import Official

_ = NullTranslations().gettext  # marks the sentences for the catalogues

GENRES: dict[Genre, str] = {
    Genre.WRITING: _("L’écriture des textes"),
    Genre.TEXT: _("La vie des motions\u00a0: création, gel, vote"),
    Genre.VOICES: _("Les contributions\u00a0: réception, publication, thèmes"),
    Genre.PEOPLE: _("La liste des membres"),
    Genre.CONGRESS: _("Le congrès et ses phases"),
    Genre.SIGN_IN: _("Les connexions"),
    Genre.RECORD: _("Le registre lui-même\u00a0: retraits, témoins"),
}

BOUND_FOR = _("%(who)s ouvre %(doc)s afin d’y écrire pour %(other)s")

# One sentence for each kind of entry. `who` is the person, the secretariat or the service.
SENTENCES: dict[str, str] = {
    "congress.open": _("%(who)s ouvre le congrès «\u00a0%(title)s\u00a0»"),
    "congress.change": _("%(who)s corrige la fiche du congrès\u00a0: %(what)s"),
    "phase.change": _("Le congrès passe de «\u00a0%(before)s\u00a0» à «\u00a0%(after)s\u00a0», %(how)s"),
    "roster.import": _(
        "%(who)s importe la liste des membres\u00a0: ajouts %(added)s, corrections %(changed)s, refus %(refused)s"
    ),
    "official.accredit": _("%(official)s entre dans la liste des membres"),
    "official.change": _("%(who)s corrige une fiche de la liste\u00a0: %(named)s"),
    "official.revoke": _("%(official)s quitte la liste des membres"),
    "card.issue": _("%(who)s imprime une carte personnelle\u00a0: %(named)s"),
    "card.revoke": _("%(who)s annule une carte personnelle"),
    "session.open": _("%(person)s se connecte %(how)s"),
    "client.bind": _("%(who)s ouvre %(doc)s pour y écrire"),
    "crdt.update": _("%(who)s écrit dans %(doc)s"),
    "crdt.reject": _("%(who)s envoie dans %(doc)s une modification qui n’est pas acceptée"),
    "crdt.late": _("%(who)s écrit dans %(doc)s après le gel\u00a0: ces mots sont gardés à part"),
    "motion.create": _("%(who)s crée %(doc)s\u00a0: «\u00a0%(title)s\u00a0»"),
    "motion.rename": _("%(who)s change le titre de %(doc)s\u00a0: «\u00a0%(title)s\u00a0»"),
    "motion.import": _("%(who)s importe un fichier dans %(doc)s"),
    "motion.freeze": _("%(who)s gèle le texte de %(doc)s"),
    "motion.unfreeze": _("%(who)s rouvre le texte de %(doc)s"),
    "motion.adopt": _(
        "%(Doc)s est adoptée\u00a0: pour %(for)s, contre %(against)s, abstentions %(abstentions)s. "
        "Présidence\u00a0: %(chair)s"
    ),
    "motion.reject": _(
        "%(Doc)s est rejetée\u00a0: pour %(for)s, contre %(against)s, abstentions %(abstentions)s. "
        "Présidence\u00a0: %(chair)s"
    ),
    "motion.withdraw": _("%(who)s retire %(doc)s"),
    "collection.rules": _("%(who)s fixe la règle de publication des contributions\u00a0: %(how)s"),
    "sheet.print": _("%(who)s imprime des fiches papier, du n°\u00a0%(first)s au n°\u00a0%(last)s"),
    "contribution.receive": _("La contribution %(contribution)s est reçue %(how)s"),
    "contribution.file": _("La contribution %(contribution)s est accompagnée d’un fichier\u00a0: %(what)s"),
    "contribution.consent": _("L’accord donné pour la contribution %(contribution)s est inscrit\u00a0: %(what)s"),
    "contribution.check": _("%(who)s relit la contribution %(contribution)s et la confirme"),
    "contribution.address": _(
        "%(who)s remet une adresse de suivi à l’auteur ou à l’autrice de la contribution %(contribution)s"
    ),
    "contribution.publish": _("La contribution %(contribution)s est publiée"),
    "contribution.show": _("Un fichier de la contribution %(contribution)s est publié\u00a0: %(what)s"),
    "contribution.captions": _("La transcription d’un enregistrement de la contribution %(contribution)s est publiée"),
    "contribution.refuse": _("%(who)s refuse la contribution %(contribution)s\u00a0: %(what)s"),
    "contribution.keep": _("%(who)s relit la contribution %(contribution)s et la laisse comme elle est"),
    "contribution.answer": _("La personne qui a envoyé la contribution %(contribution)s répond à la décision"),
    "contribution.notice": _("La contribution %(contribution)s est signalée\u00a0: %(what)s"),
    "contribution.reply": _("Une réponse est publiée à côté de la contribution %(contribution)s"),
    "contribution.withdraw": _("La contribution %(contribution)s est retirée par la personne qui l’a envoyée"),
    "contribution.sort": _("%(who)s range la contribution %(contribution)s dans le thème %(theme)s"),
    "contribution.group": _("%(who)s rapproche les contributions %(contribution)s et %(with)s"),
    "theme.change": _("%(who)s ajoute ou renomme un thème\u00a0: %(name)s"),
    "contribution.import": _(
        "%(who)s importe des contributions recueillies ailleurs\u00a0: ajouts %(added)s, déjà là %(left)s,"
        " refus %(refused)s"
    ),
    "doc.snapshot": _("L’empreinte du texte de %(doc)s est inscrite"),
    "object.disclosed": _(
        "%(who)s remet à la justice le contenu retiré de l’inscription n°\u00a0%(target)s, sans le publier\u00a0: "
        "%(authority)s. Décision %(decision)s"
    ),
    "witness.change": _("%(who)s désigne un témoin du registre\u00a0: %(name)s"),
    "log.close": _("Le registre est clos"),
}
WITHDRAWN = _("Le contenu de l’inscription n°\u00a0%(target)s est retiré de la publication. Décision %(decision)s")
ERASED = _("Le contenu de l’inscription n°\u00a0%(target)s est effacé pour toujours. Décision %(decision)s")
GIVEN_UP = _("%(who)s ne s’appuie plus sur le témoin %(name)s")
ROLE_GIVEN = _("%(official)s devient %(role)s")
ROLE_TAKEN = _("%(official)s n’est plus %(role)s")
SECRETARY_CAME = _("Une personne rejoint le secrétariat")
SECRETARY_LEFT = _("Une personne quitte le secrétariat")
CLOSED = {
    "left": _("%(person)s se déconnecte"),
    "revoked": _("Le secrétariat ferme une connexion\u00a0: %(named)s"),
    "expired": _("Une connexion prend fin\u00a0: %(named)s"),
}
SIGNED_IN_BY = {
    "mail": _("par courriel"),
    "card": _("avec sa carte"),
    "demo": _("par l’adresse de la démonstration"),
    "rehearsal": _("pour la répétition"),
    "founder": _("en créant le congrès"),
}
OPENED_BY = {"hour": _("à l’heure prévue"), "hand": _("par décision du secrétariat")}
CORRECTED = {
    "title": _("titre"),
    "place": _("lieu"),
    "starts": _("premier jour"),
    "ends": _("dernier jour"),
    "zone": _("fuseau horaire"),
    "languages": _("langues"),
    "calendar": _("calendrier"),
}
START_TEXT = _("Le texte de départ de %(doc)s est inscrit")


@dataclass(frozen=True, slots=True)
class Teller:
    """Says entries in the page's language. `officials` are those that entries name, by id."""

    page: Page
    officials: Mapping[int, Official]

    def entry(self, entry: Entry, where: Sequence[str] = ()) -> str:
        """One entry; `where` are the articles in which it was written, where they are known."""
        body = entry.body
        values: dict[str, object] = {
            name: self._value(value) for name, value in body.items() if isinstance(value, (str, int))
        }
        values["who"] = self.who(entry.by)
        values["person"] = self.who(str(body.get("who", entry.by)))
        values["named"] = self._named(entry)
        if "doc" in body:
            values["doc"] = self.page._(_("la motion\u00a0%(number)s"), number=str(body["doc"]).removeprefix("M"))
            values["Doc"] = _capitalised(str(values["doc"]))
        if "official" in body:
            values["official"] = self._official(body)
        said = self.page._(self._sentence(entry, values)) % values
        # The parts of a motion are named in its own language, whatever the reader's.
        return ", ".join(part for part in (_capitalised(said), self.page.times.names(map(_small, where))) if part)

    def who(self, mark: str) -> str:
        """`elu-12` by name, mandate and commune; the secretariat; the service."""
        kind, _dash, number = mark.partition("-")
        if kind == "elu" and number.isdecimal():
            person = person_of(self.page, self.officials.get(int(number)), int(number))
            return f"{person.name}, {person.title}," if person.title else person.name
        return self.page._(_("le secrétariat") if kind == "sec" else _("le service"))

    def _official(self, body: Mapping[str, Any]) -> str:
        """The official whom the body names; what the body itself says of them comes first."""
        if "name" in body:
            title = title_of(str(body.get("mandate", "")), str(body.get("territory", "")))
            return f"{body['name']}, {title}," if title else str(body["name"])
        return self.who(str(body["official"]))

    def _named(self, entry: Entry) -> str:
        """The one whom an entry is about, without mandate."""
        mark = str(entry.body.get("official", entry.body.get("who", entry.by)))
        kind, _dash, number = mark.partition("-")
        if kind == "elu" and number.isdecimal():
            return person_of(self.page, self.officials.get(int(number)), int(number)).name
        return self.who(mark)

    def _value(self, value: str | int) -> object:
        return self.page.times.number(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def _sentence(self, entry: Entry, values: dict[str, object]) -> str:
        """The sentence of a kind, in French, with the values that it alone needs."""
        page, body = self.page, entry.body
        match entry.kind:
            case "crdt.update" if entry.by == "system":
                return START_TEXT
            case "congress.change":
                values["what"] = page.times.names(page._(CORRECTED[name]) for name in body if name in CORRECTED)
            case "phase.change":
                phases = vocabulary.FRENCH["phase"]
                values["before"] = page._(phases.get(body["from"], body["from"]))
                values["after"] = page._(phases.get(body["to"], body["to"]))
                values["how"] = page._(OPENED_BY.get(body["how"], body["how"]))
            case "role.change" if body["role"] == "secretariat":
                return SECRETARY_CAME if body["held"] else SECRETARY_LEFT
            case "role.change":
                roles = vocabulary.FRENCH["role"]
                values["official"] = self.who(body["who"])
                values["role"] = page._(roles.get(body["role"], body["role"])).lower()
                return ROLE_GIVEN if body["held"] else ROLE_TAKEN
            case "client.bind" if "for" in body:
                values["other"] = self.who(str(body["for"])).removesuffix(",")
                return BOUND_FOR
            case "session.open":
                values["how"] = page._(SIGNED_IN_BY.get(body["how"], body["how"]))
            case "session.close":
                return CLOSED.get(body["how"], CLOSED["revoked"])
            case "redaction":
                return ERASED if body["kind"] == "effacement" else WITHDRAWN
            case "witness.change" if not body["held"]:
                return GIVEN_UP
            case _:
                return voices_words.said(page, entry, values) or SENTENCES[entry.kind]
        return SENTENCES[entry.kind]


def witnesses_said(page: Page, cosigned: int, named: int) -> str:
    """How many witnesses countersigned the published root, in words; empty when none is named."""
    if not named:
        return ""
    said: str = page.language.ngettext(
        "%(cosigned)s témoin sur %(named)s a contresigné",
        "%(cosigned)s témoins sur %(named)s ont contresigné",
        cosigned,
    )
    return said % {"cosigned": cosigned, "named": named}


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


_GENRE_OF = {kind: genre for genre, kinds in KINDS.items() for kind in kinds}


def genre_said(page: Page, kind: str) -> str:
    """What an entry of this kind is about, in words: `La vie des motions : création, gel, vote`."""
    return page._(GENRES[_GENRE_OF[kind]])
