"""The check of the objects that a published log commits to, or of what stands in for those that were withdrawn.

Where each object lies is told in ``bundles``. Every way in which it can be wrong has its own flaw here: an object
that is gone without a word is another thing than one that was altered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from typing import Any, NamedTuple

from .bundles import AS_FILES, KEPT_BACK, decode_objects, file_path, object_path
from .errors import MalformedTree, WrongObject
from .files import Files, Flow, length_of
from .flaws import Broken, Flaw
from .objects import open_object
from .published import Progress, Read, bundles_of, shown, silent
from .story import Redaction
from .tiles import TILE_WIDTH, Tile, decode_bundle


class Content(NamedTuple):
    """What an entry commits to, checked: the content, or the skeleton that stands in (``is_skeleton``).

    ``data`` is empty for files of contributions: they are read in pieces, whatever their length, and not kept.
    """

    data: bytes
    is_skeleton: bool


class Told(NamedTuple):
    """An entry of a checked log, with what it commits to: None when it commits to nothing that is there."""

    number: int
    kind: str
    by: str
    body: Mapping[str, Any]
    content: Content | None
    raw: bytes


def read_contents(
    read: Read,
    size: int,
    redactions: Mapping[int, Redaction],
    progress: Progress = silent,
    *,
    is_mine: Callable[[Mapping[str, Any]], bool] = lambda body: True,
    files: Files | None = None,
) -> Iterator[Told | Broken]:
    """Go once more through the entries of a log that holds, each with its object; stops at the first flaw.

    Args:
        is_mine: Says by its body whether an entry is looked at, for those who share the work.
        files: Brings objects that are files, in pieces; by default they are read whole.
    """
    files = files or _read_whole(read)
    for bundle in bundles_of(size):
        first = bundle.number * TILE_WIDTH
        entries = decode_bundle(bundle, read(bundle.path) or b"")
        slots: list[bytes] | None = None
        data = read(object_path(bundle))
        if data is not None:
            with suppress(MalformedTree):
                slots = decode_objects(bundle, data)
        for at, entry in enumerate(entries):
            value = json.loads(entry)
            kind, body, number = value["t"], value["body"], first + at
            if not is_mine(body):
                continue
            if kind == "object.disclosed" and _commitment(read, size, body["target"]) != body["name"]:
                yield Broken(Flaw.DISCLOSURE, entry=number, words=shown(entry))
                return
            content = None
            if "c" in body or slots:
                if slots is None:
                    if kind not in KEPT_BACK:
                        yield Broken(Flaw.BUNDLE, entry=number, words=object_path(bundle))
                        return
                else:
                    found = check_content(read, kind, body, slots[at], redactions.get(number), files)
                    if isinstance(found, Flaw):
                        yield Broken(found, entry=number, words=shown(entry))
                        return
                    content = found
            yield Told(number, kind, value["by"], body, content, entry)
        progress("objects", first + bundle.width, size)


def _commitment(read: Read, size: int, target: int) -> str | None:
    """What the entry of this number commits to."""
    number = target // TILE_WIDTH
    bundle = Tile(None, number, min(TILE_WIDTH, size - number * TILE_WIDTH))
    entry = decode_bundle(bundle, read(bundle.path) or b"")[target % TILE_WIDTH]
    name: str | None = json.loads(entry)["body"].get("c")
    return name


def _read_whole(read: Read) -> Files:
    def files(name: str) -> Flow | None:
        data = read(file_path(name))
        return None if data is None else (piece for piece in (data,))

    return files


def check_content(
    read: Read, kind: str, body: Mapping[str, Any], slot: bytes, redaction: Redaction | None, files: Files
) -> Content | Flaw | None:
    """What one entry commits to, given its place in the bundle and the redaction that the log has of it."""
    name = body.get("c")
    if name is None or kind in KEPT_BACK:
        return Flaw.OBJECT_ALTERED if slot else None
    if kind in AS_FILES and not slot:
        return _check_file(files(name), name, body.get("len"), redaction)
    data: bytes | None = slot
    if not slot:
        data = read(file_path(name))
    if redaction is not None:
        return _check_withdrawn(name, body, data, redaction)
    if data is None:
        return Flaw.OBJECT_MISSING
    try:
        content = open_object(data, name)
    except WrongObject:
        # The place of an update taken out without a word in the log.
        is_skeleton = hashlib.sha256(data).hexdigest() == body.get("skel")
        return Flaw.OBJECT_MISSING if is_skeleton else Flaw.OBJECT_ALTERED
    if len(content) != body.get("len", len(content)):
        return Flaw.OBJECT_LENGTH
    return Content(content, False)


def _check_file(flow: Flow | None, name: str, said: int | None, redaction: Redaction | None) -> Content | Flaw | None:
    """An object that is a file: read to its end, or a little beyond the length that the entry says."""
    if flow is None:
        return Flaw.OBJECT_MISSING if redaction is None else None
    with closing(flow):
        length = length_of(flow, name, said)
    if length is None:
        return Flaw.OBJECT_ALTERED
    if redaction is not None:
        return Flaw.OBJECT_KEPT
    return Content(b"", False) if said is None or length == said else Flaw.OBJECT_LENGTH


def _check_withdrawn(
    name: str, body: Mapping[str, Any], data: bytes | None, redaction: Redaction
) -> Content | Flaw | None:
    if data is None:
        return Flaw.SKELETON if redaction.skeleton else None
    if redaction.skeleton and hashlib.sha256(data).hexdigest() == body["skel"]:
        return Content(data, True)
    try:
        open_object(data, name)
    except WrongObject:
        return Flaw.SKELETON if redaction.skeleton else Flaw.OBJECT_ALTERED
    return Flaw.OBJECT_KEPT
