"""The rules by which an update enters a document. Decides and touches nothing but the layer it is given.

The rules and their reasons: this folder's README, "What is refused". In short: own client ids, contiguous
clocks, known neighbours, no split surrogate pair; so the server never waits for anything and its text is
that of every editor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from motion.live.knowledge import Author, Knowledge
from motion.live.neighbours import Trail
from motion.live.refusals import Reason, Refused
from motion.live.updates import (
    SERVER_CLIENTS,
    DeleteRange,
    Id,
    Limits,
    Struct,
    Update,
    encode,
    parse,
    server_client,
)

MAX_STEP_2_BYTES = 256 * 1024
"""A standard client's step 2 carries its whole delete set, others' known deletions included."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who offers an update, and why they may not write now, if so (frozen, not-writable, role)."""

    author: Author
    barred: Reason | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A decision: keep `update`, enter it in the record, then apply it.

    Attributes:
        update: The bytes to keep, to apply and to show: those received, save for a step 2 of which a part
            was known, where they are its news alone, encoded again. Self-contained either way.
        parsed: The same as values.
        clients: Client ids that the new text stands under; empty for a pure deletion.
        new_clients: Those of them that no session has used: their binding to the sender is to be entered
            in the record before the update.
        is_duplicate: Everything in it is known already: acknowledge it; there is nothing to keep.
        undecided: Runs taken although too much stands between their neighbours to tell whether they contradict
            each other; the text is read in one way so far.
    """

    update: bytes
    parsed: Update
    clients: tuple[int, ...] = ()
    new_clients: tuple[int, ...] = ()
    is_duplicate: bool = False
    undecided: int = 0


def admit(
    update: bytes,
    sender: Sender,
    known: Knowledge,
    trail: Trail,
    limits: Limits,
    *,
    from_step2: bool,
    is_composed: bool = False,
    may_bring: Callable[[int], bool] = lambda characters: True,
    is_sound_with: Callable[[bytes], bool] = lambda update: True,
) -> Accepted | Refused:
    """Decide on one update; when accepted, its facts are added to `known` and `trail`, else they are as before.

    `is_composed`: the service itself made it, on a state that it knew: its neighbours were side by side there.
    `may_bring` says whether the text has room for so many characters more. `is_sound_with` says whether the text
    with this update is read in one way now; it costs a whole document, so it is asked when neighbours stand too far
    apart.
    """
    parsed = parse(update, _for_step2(limits) if from_step2 else limits)
    if isinstance(parsed, Refused):
        return parsed
    if _is_known(parsed, known):
        return Accepted(update, parsed, is_duplicate=True)
    if sender.barred is not None:
        return Refused(sender.barred)
    if from_step2:
        news = _news(parsed, known)
        if isinstance(news, Refused):
            return news
        if news != parsed:
            # Held to the same limits as any update: read again what is going to be kept.
            update = encode(*news)
            parsed = parse(update, limits)
            if isinstance(parsed, Refused):
                return parsed
        elif len(update) > limits.bytes:
            return Refused(Reason.TOO_LARGE, {"bytes": len(update), "limit": limits.bytes})
    pending = Knowledge(known)
    before = trail.begin()
    refused = (
        _bind(parsed, sender.author, pending, limits)
        or _take_structs(parsed.structs, pending, trail, is_composed)
        or _take_deletes(parsed.deletes, pending)
        or _fit(parsed.characters, may_bring)
    )
    if refused is None and trail.undecided and not is_sound_with(update):
        refused = Refused(Reason.CONTRADICTION, {"undecided": trail.undecided})
    if refused is not None:
        trail.cut(before)
        return refused
    known.absorb(pending)
    return Accepted(update, parsed, tuple(pending.clocks), tuple(pending.bindings), undecided=trail.undecided)


def _for_step2(limits: Limits) -> Limits:
    size = max(limits.bytes, MAX_STEP_2_BYTES)
    return replace(limits, bytes=size, delete_ranges=size)


def _is_known(update: Update, known: Knowledge) -> bool:
    return all(s.clock + s.length <= known.next_clock(s.client) for s in update.structs) and not any(
        known.not_deleted(d.client, d.clock, d.clock + d.length) for d in update.deletes
    )


def _news(update: Update, known: Knowledge) -> Update | Refused:
    """What of a step 2 is not known. A run known in part is cut where the knowledge ends."""
    structs: list[Struct] = []
    for struct in update.structs:
        behind = known.next_clock(struct.client) - struct.clock
        if behind >= struct.length:
            continue
        if behind > 0:
            cut = _cut(struct, behind)
            if cut is None:
                return Refused(Reason.SURROGATE, {"client": struct.client, "clock": struct.clock + behind})
            struct = cut
        structs.append(struct)
    deletes = [
        DeleteRange(delete.client, start, end - start)
        for delete in update.deletes
        for start, end in known.not_deleted(delete.client, delete.clock, delete.clock + delete.length)
    ]
    return Update(tuple(structs), tuple(deletes))


def _cut(struct: Struct, behind: int) -> Struct | None:
    """The struct without its first `behind` units, as Yjs cuts it; None inside a surrogate pair."""
    text = struct.text
    if text is not None:
        units = text.encode("utf-16-le")
        try:
            text = units[2 * behind :].decode("utf-16-le")
        except UnicodeDecodeError:
            return None
    clock = struct.clock + behind
    return struct._replace(clock=clock, length=struct.length - behind, origin=Id(struct.client, clock - 1), text=text)


def _bind(update: Update, author: Author, pending: Knowledge, limits: Limits) -> Refused | None:
    """Every client id is the sender's session's, or becomes it; and its words are typed for whom they were before."""
    for client in dict.fromkeys(s.client for s in update.structs):
        owner = pending.owner(client)
        if client >= SERVER_CLIENTS and client != server_client(author.session):
            return Refused(Reason.FOREIGN_CLIENT, {"client": client})
        if owner is None:
            if pending.clients_of(author.session) >= limits.clients_per_session:
                return Refused(Reason.FOREIGN_CLIENT, {"client": client, "limit": limits.clients_per_session})
            pending.bindings[client] = author
        elif owner.session != author.session:
            return Refused(Reason.CLIENT_TAKEN, {"client": client})
        elif owner.typed_for != author.typed_for:
            return Refused(Reason.TYPED_FOR, {"client": client})
    return None


def _fit(brought: int, may_bring: Callable[[int], bool]) -> Refused | None:
    """The text does not become longer than its pages read."""
    return None if not brought or may_bring(brought) else Refused(Reason.FULL, {"characters": brought})


def _take_structs(structs: Iterable[Struct], pending: Knowledge, trail: Trail, is_composed: bool) -> Refused | None:
    """Clocks go on where they stopped; neighbours are known, before or earlier in the same update, and agree.

    Sections of two client ids of one session (two tabs) may name each other; so they are read as far as they
    go, in turns.
    """
    waiting = list(structs)
    stuck: Refused | None = None
    while waiting:
        later: list[Struct] = []
        held_up: set[int] = set()
        for struct in waiting:
            client, clock, _, origin, right_origin, _ = struct
            if client in held_up:
                later.append(struct)
                continue
            expected = pending.next_clock(client)
            if clock != expected:
                reason = Reason.GAP if clock > expected else Reason.OVERLAP
                return Refused(reason, {"client": client, "clock": clock, "expected": expected})
            unknown = _unknown(origin, pending) or _unknown(right_origin, pending)
            if unknown is not None:
                stuck = stuck or unknown
                held_up.add(client)
                later.append(struct)
                continue
            if origin is not None and pending.is_low_surrogate(origin.client, origin.clock + 1):
                return Refused(Reason.SURROGATE, {"client": origin.client, "clock": origin.clock + 1})
            if right_origin is not None and pending.is_low_surrogate(*right_origin):
                return Refused(Reason.SURROGATE, right_origin._asdict())
            # Who goes on writing is where they were: what came between since, they did not know.
            is_clear = is_composed or (pending.goes_on(struct) and client < SERVER_CLIENTS)
            if not is_clear and trail.contradicts(struct):
                return Refused(Reason.CONTRADICTION, {"client": client, "clock": clock})
            pending.take_struct(struct)
            trail.add(struct)
        if len(later) == len(waiting):
            return stuck
        waiting, stuck = later, None
    return None


def _unknown(neighbour: Id | None, pending: Knowledge) -> Refused | None:
    if neighbour is None or neighbour.clock < pending.next_clock(neighbour.client):
        return None
    return Refused(Reason.UNKNOWN_ORIGIN, neighbour._asdict())


def _take_deletes(deletes: Iterable[DeleteRange], pending: Knowledge) -> Refused | None:
    """Only what is known can be deleted; a pair goes whole."""
    for delete in deletes:
        end = delete.clock + delete.length
        if end > pending.next_clock(delete.client):
            return Refused(Reason.DELETE_UNKNOWN, {"client": delete.client, "clock": delete.clock})
        for boundary in (delete.clock, end):
            if pending.is_low_surrogate(delete.client, boundary):
                return Refused(Reason.SURROGATE, {"client": delete.client, "clock": boundary})
        pending.take_delete(delete)
    return None
