"""The table of entry kinds: what the public record may say, and nothing else.

An entry is for ever and copied by anyone, so its body holds identifiers, counts, times, commitments to
objects that can be erased, and public facts about officials in their office. What a private person wrote
or is has no field here. ``FORMAT.md`` prints this table; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .errors import UnknownKind
from .forms import COUNT, HASH, ID, OPTIONAL, TEXT, WORD, Form, Kind, kind
from .voices import VOICES

_DOC = (ID, "code of the motion")
_SESS = (ID, "session (connexion) of the official, or `system`")
_LAST = (COUNT, "number of the entry that last changed the text: an update, or the motion's creation")
_DIGEST = (HASH, "SHA-256 of the text in UTF-8")
_N = (COUNT, "number of the last update in the motion; 0 when none")

_TABLE = (
    kind(
        "congress.open",
        "A congress is created: the first entry of every log.",
        congress=(ID, "its name in addresses"),
        title=(TEXT, "its title"),
        place=(TEXT, "where it gathers", OPTIONAL),
        starts=(Form.DAY, "first day", OPTIONAL),
        ends=(Form.DAY, "last day", OPTIONAL),
        zone=(TEXT, "time zone of its calendar, as `Europe/Paris`"),
        languages=(Form.WORDS, "languages of its pages, the first by default"),
        phase=(WORD, "phase in which it opens", OPTIONAL),
        rehearsal=(Form.FLAG, "true for a rehearsal, whose record may be deleted", OPTIONAL),
    ),
    kind(
        "congress.change",
        "Title, place, days, zone or languages are corrected; only what changes is present.",
        title=(TEXT, "new title", OPTIONAL),
        place=(TEXT, "new place", OPTIONAL),
        starts=(Form.DAY, "new first day", OPTIONAL),
        ends=(Form.DAY, "new last day", OPTIONAL),
        zone=(TEXT, "new time zone", OPTIONAL),
        languages=(Form.WORDS, "new languages", OPTIONAL),
        calendar=(Form.FLAG, "true when hours of the phases changed", OPTIONAL),
    ),
    kind(
        "phase.change",
        "The congress passes from one phase to another.",
        **{
            "from": (WORD, "phase left"),
            "to": (WORD, "phase entered"),
            "how": (WORD, "`hour` when the calendar did it, `hand` when a person did"),
        },
    ),
    kind(
        "roster.import",
        "A roster is imported; each official of it has an entry of their own.",
        source=(WORD, "`rne` (national register), `list` (the organiser's own) or `demo`"),
        added=(COUNT, "officials added"),
        changed=(COUNT, "officials changed"),
        left=(COUNT, "lines that changed nothing"),
        refused=(COUNT, "lines refused"),
    ),
    kind(
        "official.accredit",
        "An official joins the roster: a public person, in a public office.",
        official=(ID, "identifier, never given again"),
        name=(TEXT, "first name and name"),
        mandate=(TEXT, "office held", OPTIONAL),
        territory=(TEXT, "commune, department or region of the office", OPTIONAL),
    ),
    kind(
        "official.change",
        "Name, office or territory of an official is corrected; only what changes is present.",
        official=(ID, "who"),
        name=(TEXT, "new name", OPTIONAL),
        mandate=(TEXT, "new office", OPTIONAL),
        territory=(TEXT, "new territory", OPTIONAL),
    ),
    kind(
        "official.revoke",
        "An official leaves the roster; what they wrote stays theirs.",
        official=(ID, "who"),
        reason=(WORD, "code of the reason"),
    ),
    kind(
        "role.change",
        "A role is given or taken back.",
        who=(ID, "official or secretariat account"),
        role=(WORD, "`rapporteur`, `secretariat`…"),
        held=(Form.FLAG, "true when given, false when taken back"),
        doc=(ID, "code of the motion, for a role in one motion", OPTIONAL),
    ),
    kind(
        "card.issue",
        "A personal card is printed; its code is nowhere in the record.",
        card=(ID, "number of the card"),
        official=(ID, "for whom"),
    ),
    kind(
        "card.revoke",
        "A personal card opens nothing any more.",
        card=(ID, "number of the card"),
    ),
    kind(
        "session.open",
        "Somebody signed in; no address and no device is kept.",
        sess=(ID, "session"),
        who=(ID, "official or secretariat account"),
        how=(WORD, "`mail`, `card`, `demo`, `rehearsal` or `founder` (whoever made the congress on the page)"),
    ),
    kind(
        "session.close",
        "A session ended: nothing is accepted from it any more.",
        sess=(ID, "session"),
        how=(WORD, "`left`, `revoked` or `expired`"),
    ),
    kind(
        "client.bind",
        "A Yjs client id belongs from now on to a session, before its first update is accepted.",
        cid=(COUNT, "Yjs client id, 1 or more"),
        doc=_DOC,
        official=(ID, "author of what this id writes, or `system`"),
        sess=_SESS,
        **{"for": (ID, "official for whom a rapporteur types under this id: said before the words", OPTIONAL)},
    ),
    kind(
        "crdt.update",
        "An accepted update of a motion's text; `by` is its author.",
        c=(HASH, "commitment to the update: name of the object that holds it"),
        cid=(COUNT, "Yjs client id that inserts, or 0 when the update only deletes"),
        doc=_DOC,
        len=(COUNT, "length of the update, in bytes"),
        n=(COUNT, "number of the update in the motion: 1, 2, 3… without a gap"),
        sess=_SESS,
        skel=(HASH, "SHA-256 of the update with each character replaced by `x`: holds no text"),
    ),
    kind(
        "crdt.reject",
        "An update was refused, so that nobody can claim to have been dropped in silence.",
        c=(HASH, "commitment to the refused bytes", OPTIONAL),
        doc=_DOC,
        len=(COUNT, "length of the refused bytes", OPTIONAL),
        more=(COUNT, "further refusals to this session since its last such entry, counted only", OPTIONAL),
        reason=(WORD, "code of the refusal"),
        sess=_SESS,
    ),
    kind(
        "crdt.late",
        "Text arrived after the freeze: kept for its author and the secretariat, not merged.",
        c=(HASH, "commitment to the bytes kept"),
        doc=_DOC,
        len=(COUNT, "length of the bytes"),
        sess=_SESS,
    ),
    kind(
        "motion.create",
        "A motion is created, empty; what its template writes follows as updates of `system`.",
        doc=_DOC,
        form=(WORD, "template: `deliberation`, `demands`, `import`…"),
        title=(TEXT, "its title"),
    ),
    kind(
        "motion.rename",
        "A motion takes another title.",
        doc=_DOC,
        title=(TEXT, "new title"),
    ),
    kind(
        "motion.import",
        "A file is imported in a motion; its text follows as updates of `system`.",
        c=(HASH, "commitment to the file"),
        doc=_DOC,
        len=(COUNT, "length of the file, in bytes"),
        media=(WORD, "`markdown`, `odt` or `docx`"),
    ),
    kind(
        "motion.freeze",
        "The text stops: nothing more is merged.",
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
    ),
    kind(
        "motion.unfreeze",
        "The text opens again.",
        c=(HASH, "commitment to the reason given, a free text that could name somebody"),
        doc=_DOC,
    ),
    kind(
        "motion.adopt",
        "The motion is adopted by a show of hands; it can never change again.",
        abstentions=(COUNT, "abstentions"),
        against=(COUNT, "votes against"),
        chair=(TEXT, "who presided: name and office"),
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
        not_voting=(COUNT, "present and not voting"),
        **{"for": (COUNT, "votes for")},
    ),
    kind(
        "motion.reject",
        "The motion is rejected by a show of hands; its text can never change again.",
        abstentions=(COUNT, "abstentions"),
        against=(COUNT, "votes against"),
        chair=(TEXT, "who presided: name and office"),
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
        not_voting=(COUNT, "present and not voting"),
        **{"for": (COUNT, "votes for")},
    ),
    kind(
        "motion.withdraw",
        "The motion is given up, or was made by error: nobody writes in it any more, all of it stays readable.",
        c=(HASH, "commitment to the reason given, a free text that could name somebody"),
        doc=_DOC,
    ),
    kind(
        "doc.snapshot",
        "What a motion's text is at this point: a shortcut, which a replay can recompute.",
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
    ),
    kind(
        "redaction",
        "The object of an earlier entry is withdrawn from publication or destroyed; the earlier entry stays.",
        basis=(TEXT, "article of law relied on"),
        decision=(ID, "number of the decision: d-1, d-2… in the congress"),
        kind=(WORD, "`retrait` (withdrawn, kept sealed until a day) or `effacement` (destroyed with its salt)"),
        reason=(WORD, "one of the closed list of reasons"),
        remedy=(TEXT, "how to contest the decision"),
        skel=(Form.FLAG, "true when the object was an update, whose skeleton is published in its stead"),
        target=(COUNT, "number of the entry whose object it is"),
        until=(Form.DAY, "last day on which a withdrawn object is kept sealed", OPTIONAL),
        who=(WORD, "who asked: `personne-visee`, `auteur`, `autorite` or `juge`"),
    ),
    kind(
        "object.disclosed",
        "A withdrawn object, kept sealed, is handed to an authority that asked for it; its content stays unpublished.",
        authority=(TEXT, "court or service that received it; never a person"),
        basis=(TEXT, "article of law relied on"),
        decision=(ID, "number of the decision that withdrew it"),
        ground=(WORD, "one of the closed list of grounds for a disclosure"),
        name=(HASH, "commitment to the object: the `c` of the entry whose object it is"),
        target=(COUNT, "number of the entry whose object it is"),
    ),
    kind(
        "witness.change",
        "A witness is named, or relied on no more.",
        held=(Form.FLAG, "true when named, false when given up"),
        key=(TEXT, "its verifier key"),
        name=(TEXT, "name of its key"),
    ),
    kind(
        "log.close",
        "The log ends: nothing may follow.",
        root=(HASH, "root of the tree of the entries before this one"),
        size=(COUNT, "how many entries are before this one"),
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({each.name: each for each in (*_TABLE, *VOICES)})
"""Every kind of entry: those of a congress and its motions, then those of its contributions."""


def kind_named(name: str) -> Kind:
    """The kind of this name.

    Raises:
        UnknownKind: It is not in the table.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def kinds_table() -> str:
    """The table in Markdown, as it stands in ``FORMAT.md``."""
    lines = ["| `t` | meaning | body |", "| --- | --- | --- |"]
    for each in KINDS.values():
        fields = "; ".join(
            f"`{field.name}`{'' if field.required else '?'} {field.form}: {field.meaning}" for field in each.fields
        )
        lines.append(f"| `{each.name}` | {each.meaning} | {fields} |")
    return "\n".join(lines) + "\n"
