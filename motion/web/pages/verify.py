"""Checking the register, for people: what is promised, the root to compare, one thing at a time, then all of it.

Recognising a fingerprint works without script. With it, a file is checked on the reader's own device
(`frontend/islands/verifier`): the proof is computed there, against the key that the reader has.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.exports.verify_guide import Subject, verify_guide
from motion.language import LANGUAGES
from motion.record.tree import HASH_BYTES
from motion.web.page import Page, read
from motion.web.pages.log import answer, look
from motion.web.reading import grouped_digest
from motion.web.register_words import witnesses_said
from motion.web.views import View, shown
from storage import copying, fingerprints, published
from storage.fingerprints import EntryKnown, Known, RootKnown, TextKnown
from storage.models import Checkpoint, Congress
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_CHARACTERS = 200
MARKDOWN = "text/markdown; charset=utf-8"
_BLANKS = re.compile(r"[\s\u00a0\u202f:.-]+")


@dataclass(frozen=True, slots=True)
class Found(View):
    """What a fingerprint is."""

    is_known: bool = shown("Whether something published has it.")
    sentence: str = shown("What it is, in words.")
    url: str = shown("Where that stands; empty when unknown.")


@dataclass(frozen=True, slots=True)
class VerifyView(View):
    """The page that checks."""

    signed: str = shown("How many entries the signed root covers and when it was signed, in words; empty before.")
    root: str = shown("The root as base64, as the checkpoint has it.")
    root_grouped: str = shown("The root in hexadecimal, in groups of four, to read aloud.")
    origin: str = shown("The log's name.")
    key: str = shown("The log's public key, as printed.")
    witnesses: str = shown("How many witnesses countersigned, in words.")
    asked: str = shown("The fingerprint that was typed.")
    found: Found | None = shown("What it is; None when nothing was typed.")
    fault: str = shown("What is wrong with what was typed; empty when nothing.")
    address: str = shown("The address of the congress, in full.")
    sample: int = shown("An entry's number, for the examples.")
    voted: str = shown("The code of a motion whose text was voted, for the examples; empty before any.")
    voted_entry: int = shown("The entry of that vote.")
    guide: str = shown("The file of the guide to verification, in the reader's language.")


async def show(request: Request) -> Response:
    """The page; `?empreinte=` says what a fingerprint is."""
    asked = request.query_params.get("empreinte", "").strip()[:MAX_CHARACTERS].replace("\0", "")
    wanted = read_fingerprint(asked)
    page, (newest, keys, witnessed, known, voted) = await read(request, page_of_verify, wanted)
    assert page.congress is not None

    def view() -> VerifyView:
        assert page.congress is not None
        size = newest.size if newest else 0
        signed: str = page.language.ngettext(
            "%(num)s inscription, signée %(moment)s.", "%(num)s inscriptions, signées %(moment)s.", size
        )
        return VerifyView(
            signed % {"num": page.times.number(size), "moment": page.times.moment(newest.at)} if newest else "",
            base64.b64encode(newest.root).decode() if newest else "",
            grouped_digest(newest.root.hex()) if newest else "",
            page.congress.origin,
            keys[-1] if keys else "",
            witnesses_of(page, *witnessed),
            asked,
            found_of(page, known) if wanted else None,
            fault_of(page, asked, wanted),
            page.service.settings.base_url + page.home,
            max(size - 1, 0),
            *(voted or ("", 0)),
            guide_name(page.language.code, page.congress.languages),
        )

    if asked and wanted is None:
        return page.render("verifier.html", view(), status=422)
    return page.answer(
        "verifier.html", page.etag(newest.size if newest else 0, keys, known, witnessed, voted, page.congress), view
    )


def page_of_verify(
    db: Session, congress: Congress, wanted: bytes | None
) -> tuple[Checkpoint | None, list[str], tuple[int, int], Known | None, tuple[str, int] | None]:
    """Read the signed root, the keys, the witnesses, what the fingerprint is, and a text that was voted."""
    assert congress.id is not None
    witnessed = published.witnesses(db, congress.id)
    known = fingerprints.recognised(db, congress.id, wanted) if wanted else None
    newest = published.checkpoint(db, congress.id)
    voted = fingerprints.voted(db, congress.id, newest.size if newest else 0)
    return newest, published.keys(db, congress.id), (witnessed.cosigned, witnessed.named), known, voted


def guide_name(code: str, languages: str) -> str:
    """The name of the guide, here and in a copy: the plain one is in the congress's first language."""
    return "VERIFY.md" if code == languages.split(",")[0] else f"VERIFY.{code}.md"


async def guide(request: Request) -> Response:
    """`VERIFY.md` as a copy of the congress would bring it now: each check, with our programs and without them."""
    asked = request.path_params.get("language")

    def write(db: Session, congress_id: int) -> bytes | None:
        congress = db.get_one(Congress, congress_id)
        newest, keys = published.checkpoint(db, congress_id), published.keys(db, congress_id)
        if newest is None or not keys:
            return None
        voted = fingerprints.voted(db, congress_id, newest.size)
        subject = Subject(
            congress.title,
            congress.origin,
            keys[-1],
            base64.b64encode(newest.root).decode(),
            newest.size,
            copying.with_object(db, congress_id, newest.size),
            voted[0] if voted else "M1",
        )
        return verify_guide(subject, asked or congress.languages.split(",")[0]).encode()

    return answer(request, None if asked not in (None, *LANGUAGES) else await look(request, write), MARKDOWN)


def read_fingerprint(text: str) -> bytes | None:
    """Read 32 bytes as people copy them: hexadecimal with blanks, or base64; None when it is neither."""
    plain = _BLANKS.sub("", text)
    try:
        if len(plain) == 2 * HASH_BYTES:
            return bytes.fromhex(plain)
        found = base64.b64decode(text.strip(), validate=True)
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == HASH_BYTES else None


def fault_of(page: Page, asked: str, wanted: bytes | None) -> str:
    """What is wrong with what was typed."""
    if not asked or wanted is not None:
        return ""
    return page._(
        _(
            "Ceci n’est pas une empreinte\u00a0: il y faut 64 chiffres et lettres de a à f, ou 44 signes. "
            "Recopiez-la entière."
        )
    )


def found_of(page: Page, known: Known | None) -> Found:
    """Say what a fingerprint is."""
    match known:
        case EntryKnown(number):
            sentence = page._(
                _("C’est l’inscription n°\u00a0%(number)s du registre."), number=page.times.number(number)
            )
            return Found(True, sentence, f"{page.home}/registre/{number}")
        case TextKnown(motion, title, entry):
            values = {"number": motion[1:], "title": title}
            if entry is None:
                sentence = page._(
                    _("C’est le texte de la motion %(number)s, «\u00a0%(title)s\u00a0», tel qu’il se lit maintenant."),
                    **values,
                )
                return Found(True, sentence, f"{page.home}/motions/{motion}")
            sentence = page._(
                _(
                    "C’est le texte de la motion %(number)s, «\u00a0%(title)s\u00a0», "
                    "inscrit au registre sous le n°\u00a0%(entry)s."
                ),
                **values,
                entry=page.times.number(entry),
            )
            return Found(True, sentence, f"{page.home}/registre/{entry}")
        case RootKnown(size, at):
            sentence = page._(
                _("C’est le registre entier, tel qu’il était signé %(moment)s avec %(size)s inscriptions."),
                moment=page.times.moment(at),
                size=page.times.number(size),
            )
            return Found(True, sentence, f"{page.home}/log/checkpoints/{size}")
        case None:
            return Found(
                False,
                page._(
                    _(
                        "Rien de publié ici n’a cette empreinte. Vérifiez que vous l’avez recopiée entière. "
                        "Un texte modifié, même d’une virgule, a une autre empreinte."
                    )
                ),
                "",
            )


def witnesses_of(page: Page, cosigned: int, named: int) -> str:
    """How many witnesses countersigned, in a sentence."""
    said = witnesses_said(page, cosigned, named)
    return f"{said}." if said else page._(_("Aucun témoin n’est encore désigné par ce congrès."))


ROUTES = [
    Route("/{congress}/verifier", show, name="verify"),
    Route("/{congress}/VERIFY.md", guide, name="verify-guide"),
    Route("/{congress}/VERIFY.{language}.md", guide, name="verify-guide-in"),
]
