"""The update that makes given edits of a text: what the service writes for a form, a template or an import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pycrdt import Doc, Text

from motion.live.refusals import Refused
from motion.live.updates import ANY_SIZE, COMPOSING_CLIENT, EMPTY, ROOT, Id, encode, parse


class Edit(NamedTuple):
    """Replace characters `start` to `end` (code points) of a text by `text`."""

    start: int
    end: int
    text: str


def update_of(edits: Sequence[Edit], state: bytes, client: int, first_clock: int) -> bytes | Refused:
    """The update that makes `edits`, its runs under `client` from `first_clock` on.

    Edits are in the order of the text and do not overlap.

    Args:
        edits: What to change, in characters of the text of `state`.
        state: A whole document as one update.
        client: May have runs of its own that `state` lacks.
        first_clock: The first that the client has not used.
    """
    doc: Doc[Any] = Doc(client_id=COMPOSING_CLIENT)
    text: Text = doc.get(ROOT, type=Text)
    doc.apply_update(state)
    before = str(text)
    made: list[bytes] = []
    # What the transaction did, and not, as `get_update`, all that was ever deleted.
    watch = doc.observe(lambda event: made.append(event.update))
    with doc.transaction():
        for start, end, new in reversed(edits):
            at = len(before[:start].encode())
            if end > start:
                del text[at : at + len(before[start:end].encode())]
            if new:
                text.insert(at, new)
    doc.unobserve(watch)
    written = parse(made[0] if made else EMPTY, ANY_SIZE)
    if isinstance(written, Refused):
        return written

    def moved(neighbour: Id | None) -> Id | None:
        if neighbour is None or neighbour.client != COMPOSING_CLIENT:
            return neighbour
        return Id(client, neighbour.clock + first_clock)

    structs = [
        s._replace(
            client=client,
            clock=s.clock + first_clock,
            origin=moved(s.origin),
            right_origin=moved(s.right_origin),
        )
        for s in written.structs
    ]
    return encode(structs, written.deletes)
