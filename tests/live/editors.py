"""Small real Yjs clients for the tests of the engine, and updates made by hand for what no client sends."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from pathlib import Path
from typing import Any, NamedTuple

from pycrdt import Doc, Text

from motion.live.draft import Accepted, Author, Draft, Sender
from motion.live.refusals import Refused
from motion.live.updates import DeleteRange, Id, Struct, encode, utf16_length

TRAFFIC = Path(__file__).parent / "traffic" / "yjs-13.6.33.json.gz"


class Editor:
    """One official's client on pycrdt: what it types waits in `outbox`."""

    def __init__(self, client: int, session: int | None = None, official: int | None = None) -> None:
        self.author = Author(session or client, official or client)
        self.doc: Any = Doc(client_id=client)
        self.text: Any = self.doc.get("text", type=Text)
        self.outbox: list[bytes] = []
        self._hears = False
        self._watch = self.doc.observe(self._changed)

    def _changed(self, event: Any) -> None:
        if not self._hears:
            self.outbox.append(event.update)

    def type(self, at: int, new: str) -> bytes:
        """Insert at a character; returns the update."""
        self.text.insert(len(str(self.text)[:at].encode()), new)
        return self.outbox[-1]

    def cut(self, start: int, end: int) -> bytes:
        """Delete characters; returns the update."""
        whole = str(self.text)
        first = len(whole[:start].encode())
        del self.text[first : first + len(whole[start:end].encode())]
        return self.outbox[-1]

    def hear(self, update: bytes) -> None:
        """Take in what the server shows."""
        self._hears = True
        self.doc.apply_update(update)
        self._hears = False

    @property
    def sender(self) -> Sender:
        return Sender(self.author)


def take(draft: Draft, update: bytes, author: Author, *, from_step2: bool = False) -> Accepted:
    """Check and apply one update that must be accepted."""
    decision = draft.check(update, Sender(author), from_step2=from_step2)
    assert isinstance(decision, Accepted), decision
    if not decision.is_duplicate:
        draft.apply(draft.number + 1, decision.update, author, decision.parsed)
    return decision


def refusal(decision: Accepted | Refused) -> str:
    """The reason code of what must have been refused."""
    assert isinstance(decision, Refused), decision
    return decision.reason.value


def run(
    client: int,
    clock: int,
    text: str,
    origin: tuple[int, int] | None = None,
    right_origin: tuple[int, int] | None = None,
) -> Struct:
    """One run of text, as a client would send it."""
    return Struct(
        client,
        clock,
        utf16_length(text),
        None if origin is None else Id(*origin),
        None if right_origin is None else Id(*right_origin),
        text,
    )


def typed(*structs: Struct) -> bytes:
    """An update that only inserts."""
    return encode(structs, ())


def deleted(*ranges: tuple[int, int, int]) -> bytes:
    """An update that only deletes: (client, clock, length)."""
    return encode((), [DeleteRange(*each) for each in ranges])


class Scene(NamedTuple):
    """Recorded traffic of six stock Yjs clients: (author's index, from a step 2, bytes)."""

    name: str
    text: str
    runs: list[tuple[int, int]]
    events: list[tuple[int, bool, bytes]]


def scenes() -> list[Scene]:
    """All recorded scenes (see `traffic/record.mjs`)."""
    return [
        Scene(
            scene["name"],
            scene["text"],
            [(length, author) for length, author in scene["runs"]],
            [(author, kind == "step2", b64decode(update)) for author, kind, update in scene["events"]],
        )
        for scene in json.loads(gzip.decompress(TRAFFIC.read_bytes()))
    ]
