"""What is handed to an authority, as a file: JSON for words; with files among them a ZIP archive, written as it leaves.

    decision-d-3-sous-scelle/LISEZ-MOI.txt      what this is and how to check it, in both languages
    decision-d-3-sous-scelle/decision.json      each object, with the number of its entry and its name
    decision-d-3-sous-scelle/objets/12.mp4      the content of the object of entry 12
    decision-d-3-sous-scelle/objets/12.sel      what its name was computed with: 64 hexadecimal digits

Memory holds one piece of a file. An archive that breaks off on its way is none: its table of contents comes last.
"""

import base64
import json
import logging
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from gettext import NullTranslations
from typing import cast

from motion.acts.disclosures import Handed
from motion.language import LANGUAGES, language
from motion.live.updates import inserted_text
from motion.record.objects import SALT_BYTES
from motion.rules.errors import SealedUnreadable
from motion.rules.file_kinds import ending_of
from storage import sealed_files
from storage.blobs import BlobMissing, Blobs, StoreUnusable, chunks
from storage.sealing import SealBroken

_ = NullTranslations().gettext  # marks the sentences for the catalogues
log = logging.getLogger("motion.web")

OF_WORDS = ".objet"

_GUIDE = (
    _("Contenus sous scellé remis à la justice, décision d-%(decision)s"),
    _(
        "Ce dossier n’est pas publié. Le fichier decision.json donne la liste des contenus\u00a0: le numéro de leur "
        "inscription au registre («\u00a0entry\u00a0») et leur empreinte («\u00a0name\u00a0»)."
    ),
    _(
        "Le dossier «\u00a0objets\u00a0» a deux fichiers pour chaque inscription\u00a0: le contenu, et un fichier .sel "
        "de 64\u00a0caractères tirés au hasard, sans lesquels personne ne peut recalculer l’empreinte."
    ),
    _("Pour vérifier un contenu avec le logiciel OpenSSL, depuis le dossier «\u00a0objets\u00a0»\u00a0:"),
    _("Le résultat doit être l’empreinte de cette inscription\u00a0:"),
    _("Le registre public la donne aussi\u00a0:"),
)


async def sizes_of(blobs: Blobs, key: bytes, kept: Sequence[Handed]) -> dict[str, int]:
    """Open every file before anything is recorded; return how many bytes each has, by the key of its blob.

    Raises:
        SealedUnreadable: One is missing or does not open.
    """
    found = {}
    for one in kept:
        if one.file is not None:
            try:
                found[one.file.blob] = await sealed_files.look(blobs, one.file.blob, key, one.name)
            except (SealBroken, BlobMissing, StoreUnusable) as error:
                log.error("couldn't open what is kept sealed of entry %d: %r", one.target.entry, error)
                raise SealedUnreadable(one.target.entry) from error
    return found


def as_json(decision: int, handed: Sequence[Handed], sizes: Mapping[str, int] | None = None) -> bytes:
    """The list of what is handed over; words stand in it whole.

    Args:
        sizes: Of the files, by the keys of their blobs, when the list goes with them.
    """
    objects = []
    for one in handed:
        told: dict[str, object] = {"entry": one.target.entry, "kind": one.target.kind, "name": one.name}
        if one.file is None:
            content = one.data[SALT_BYTES:]
            is_update = one.target.kind.startswith("crdt.")
            told["object"] = base64.b64encode(one.data).decode()
            told["words"] = inserted_text(content) if is_update else content.decode(errors="replace")
        else:
            told["media_type"] = one.file.media_type
        if sizes is not None:
            told["file"] = f"objets/{place_of(one)}"
            told["salt"] = one.data[:SALT_BYTES].hex()
            told["size"] = len(one.data) - SALT_BYTES if one.file is None else sizes[one.file.blob]
        objects.append(told)
    return json.dumps({"decision": f"d-{decision}", "objects": objects}, ensure_ascii=False, indent=1).encode()


def place_of(one: Handed) -> str:
    """How the file of an object is called."""
    ending = OF_WORDS if one.file is None else ending_of(one.file.media_type) or ".bin"
    return f"{one.target.entry}{ending}"


def folder_of(decision: int) -> str:
    """How the archive is called, and the one folder in it."""
    return f"decision-d-{decision}-sous-scelle"


async def as_zip(
    blobs: Blobs,
    key: bytes,
    decision: int,
    handed: Sequence[Handed],
    sizes: Mapping[str, int],
    register: str,
    now: datetime,
) -> AsyncGenerator[bytes, None]:
    """Write the archive, piece by piece.

    Args:
        sizes: As `sizes_of` returns them.
        register: Address of the page of an entry, without its number.

    Raises:
        SealBroken, BlobMissing, StoreUnusable: A file was destroyed meanwhile, or is damaged in its middle.
    """
    outgoing = _Outgoing()
    with zipfile.ZipFile(outgoing, "w") as archive:
        for name, size, pieces in _parts(blobs, key, decision, handed, sizes, register):
            entry = zipfile.ZipInfo(f"{folder_of(decision)}/{name}", now.astimezone(UTC).timetuple()[:6])
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.file_size = size  # says whether numbers beyond 4 GB are needed
            async with aclosing(cast(AsyncGenerator[bytes, None], pieces)):
                with archive.open(entry, "w") as file:
                    async for piece in pieces:
                        file.write(piece)
                        yield outgoing.taken()
    yield outgoing.taken()


def _parts(
    blobs: Blobs, key: bytes, decision: int, handed: Sequence[Handed], sizes: Mapping[str, int], register: str
) -> Iterator[tuple[str, int, AsyncIterator[bytes]]]:
    """The files of the archive: name, bytes, content."""

    def small(name: str, content: bytes) -> tuple[str, int, AsyncIterator[bytes]]:
        return name, len(content), chunks(content)

    yield small("LISEZ-MOI.txt", guide(decision, handed, register).encode())
    yield small("decision.json", as_json(decision, handed, sizes))
    for one in handed:
        yield small(f"objets/{one.target.entry}.sel", one.data[:SALT_BYTES].hex().encode())
        place = f"objets/{place_of(one)}"
        if one.file is None:
            yield small(place, one.data[SALT_BYTES:])
        else:
            yield place, sizes[one.file.blob], sealed_files.take_out(blobs, one.file.blob, key, one.name)


def guide(decision: int, handed: Sequence[Handed], register: str) -> str:
    """Say what this is and how to check it with OpenSSL, in each language."""
    one = next((each for each in handed if each.file is not None), handed[0])
    entry = one.target.entry
    lines = {
        _GUIDE[3]: f"    openssl dgst -sha256 -mac HMAC -macopt hexkey:$(cat {entry}.sel) {place_of(one)}",
        _GUIDE[4]: f"    {one.name}",
        _GUIDE[5]: f"    {register}{entry}",
    }
    said = []
    for code in LANGUAGES:
        spoken = language(code)
        paragraphs = []
        for sentence in _GUIDE:
            paragraphs.append(spoken.gettext(sentence) % {"decision": decision})
            if sentence in lines:
                paragraphs.append(lines[sentence])
        said.append("\n\n".join(paragraphs))
    return f"\n\n{'-' * 60}\n\n".join(said) + "\n"


class _Outgoing:
    """What an archive is written to; it goes no way back, and hands on what it was given."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        """Nothing is held open."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        held = bytes(self._held)
        self._held.clear()
        return held
