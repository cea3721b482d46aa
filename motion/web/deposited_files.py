"""The files of a contribution that is being written: what they are, and what goes into the record of them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from gettext import NullTranslations

from motion.acts.contributions import ReceivedFile
from motion.acts.deposits import FILES_KEPT
from motion.rules.contributions import FILES, FileKind
from motion.rules.errors import Invalid, MotionError
from motion.rules.file_kinds import ARCHIVE, HEAD_BYTES, MAX_DOCUMENT_BYTES, Kind, kind_of, kind_of_archive, names_in
from motion.web.depositing import Answers
from motion.web.file_commitments import Commitments
from motion.web.forms import Form
from motion.web.page import Page
from motion.web.service import Service
from motion.web.uploading import Uploads
from motion.web.weights import weight
from storage import deposits
from storage.blobs import BlobMissing, StoreUnusable
from storage.models import Upload

log = logging.getLogger("motion.web")

_ = NullTranslations().gettext  # marks the sentences for the catalogues

NOT_WHOLE = _("Un fichier n’est pas encore arrivé en entier. Attendez-le, ou retirez-le.")
FILES_AWAY = _(
    "Vos fichiers ne peuvent pas être lus en ce moment. Rien n’est perdu\u00a0: réessayez dans quelques minutes."
)
BEING_READ = _(
    "Vos fichiers sont arrivés. Ils sont longs, et nous les relisons avant de les inscrire au registre\u00a0: "
    "%(percent)s\u00a0%% sont relus. Rien n’est encore envoyé, rien n’est perdu. Attendez un instant, puis appuyez de "
    "nouveau sur «\u00a0Envoyer ma contribution\u00a0»."
)


@dataclass(frozen=True, slots=True)
class DepositedFile:
    """One file of a draft, as its author sees it.

    Attributes:
        kind: Code of `FileKind`; empty while it is on its way.
        percent: How much of it has arrived.
        is_whole: Whether it can be sent with the contribution.
    """

    id: str
    name: str
    kind: str
    kind_words: str
    size: str
    percent: int
    is_whole: bool
    description: str


def listed(page: Page, uploads: Sequence[Upload], answers: Answers) -> list[DepositedFile]:
    """Lay the files out."""
    found = []
    for upload in uploads:
        kind = answers.kinds.get(upload.id, ("", ""))[0]
        found.append(
            DepositedFile(
                upload.id,
                upload.file_name or page._(FILES[FileKind.DOCUMENT]),
                kind,
                page._(FILES[FileKind(kind)]) if kind else "",
                weight(page.language, upload.length),
                100 * upload.received // upload.length,
                upload.state == "done",
                answers.descriptions.get(upload.id, ""),
            )
        )
    return found


async def look_at_new(
    page: Page, desk: Uploads, congress_id: int, owner: bytes, answers: Answers
) -> tuple[Answers, Sequence[Upload], list[tuple[str, Invalid]]]:
    """Look at the files that have arrived since last time: what is not taken is given up at once.

    Returns:
        The answers with the kinds of all files; the files that remain; names and reasons of those that do not.
    """
    service, refused = page.service, []
    uploads = await service.store.read(deposits.files, congress_id, owner)
    kinds = {one.id: answers.kinds[one.id] for one in uploads if one.id in answers.kinds}
    kept = []
    for upload in uploads:
        if upload.state == "done" and upload.id not in kinds:
            try:
                kind, media_type = await look_at(service, upload)
                kinds[upload.id] = (kind.value, media_type)
            except Invalid as error:
                refused.append((upload.file_name, error))
                try:
                    await desk.give_up(congress_id, owner, upload.id)
                except MotionError:
                    log.warning("couldn't give up a file that is not taken; it expires")
                continue
            except (StoreUnusable, BlobMissing) as error:
                log.warning("couldn't look at a file, trying again at the next page: %s", error)
        kept.append(upload)
    descriptions = {name: said for name, said in answers.descriptions.items() if name in kinds}
    return replace(answers, kinds=kinds, descriptions=descriptions), kept, refused


def refusals(page: Page, refused: Sequence[tuple[str, Invalid]]) -> str:
    """Why files are not taken, in words; empty when all are."""
    said = []
    for name, error in refused:
        why = Form().refuse(page, error).faults[error.field]
        said.append(page._(_("«\u00a0%(name)s\u00a0» n’est pas pris. %(why)s"), name=name, why=why))
    return " ".join(said)


async def look_at(service: Service, upload: Upload) -> Kind:
    """Say what a file is by its content.

    Raises:
        Invalid: It is none of what a congress receives.
        StoreUnusable, BlobMissing: It can't be read now.
    """
    assert upload.key is not None
    head = b""
    async for chunk in service.blobs.read(upload.key, 0, min(HEAD_BYTES, upload.length)):
        head += chunk
    found = kind_of(head, upload.media_type)
    if found[0] is FileKind.DOCUMENT and upload.length > MAX_DOCUMENT_BYTES:
        raise Invalid("file", "too-large-document", str(MAX_DOCUMENT_BYTES // 10**6))
    if found == ARCHIVE:
        async with service.blobs.as_file(upload.key) as path:
            found = kind_of_archive(await asyncio.to_thread(names_in, path))
    return found


async def received(
    service: Service,
    uploads: Sequence[Upload],
    kinds: Mapping[str, tuple[str, str]],
    descriptions: Mapping[str, str],
    commitments: Commitments | None = None,
) -> list[tuple[str, ReceivedFile]]:
    """Commit to the content of files, each read once from end to end: large ones before this, by `commitments`.

    Raises:
        FilesBeingRead: Not all of them are read yet.
        StoreUnusable, BlobMissing: One can't be read now.
    """
    wanted = [upload for upload in uploads if upload.id in kinds and upload.key is not None]
    committed = await (commitments or Commitments(service.blobs)).of(wanted)
    found = []
    for upload in wanted:
        assert upload.key is not None
        kind, media_type = kinds[upload.id]
        file = ReceivedFile(
            FileKind(kind),
            media_type,
            upload.file_name,
            upload.length,
            upload.key,
            committed[upload.key].salt,
            committed[upload.key].name,
            descriptions.get(upload.id, "").strip(),
        )
        found.append((upload.id, file))
    return found


async def keep_longer(page: Page, congress_id: int, owner: bytes) -> None:
    """Keep the files of a draft that somebody goes on writing."""
    await page.service.store.write(deposits.keep_files, congress_id, owner, page.now + FILES_KEPT)
