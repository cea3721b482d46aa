"""Publishing the record with the cosignatures of its witnesses (C2SP tlog-witness, as a client).

Every ten seconds when something is new, at once when something solemn is: the newest signed root is shown to all
witnesses at a time, and published with what came within five seconds. A witness that does not answer stops
nothing; the pages say how many cosigned.

At a start, before anything is signed, the witnesses are asked first: a database restored from an old backup is
whole in itself, and they know better.
"""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from motion import outgoing
from motion.outgoing import Answer, NoAnswer
from motion.record.checkpoint import Checkpoint, Signer, open_checkpoint, parse_verifier_key, sign_checkpoint
from motion.record.errors import RecordError
from motion.record.tiles import subtree_roots, tiles_for
from motion.record.tree import EMPTY_ROOT
from motion.record.witnessing import PATH, SIZE_TYPE, AddCheckpoint, cosignature_lines
from motion.work.checkpoints import SOLEMN, RecordBehind, RecordForked
from storage import log_tiles, published, signed_roots, witnessing
from storage.models import Checkpoint as SignedRoot
from storage.models import Witness
from storage.signed_roots import Log
from storage.store import Session, Store

log = logging.getLogger("motion.witnesses")

EVERY = timedelta(seconds=10)
SECONDS = 5.0
AT_ONCE = 16  # witnesses asked at a time, over all congresses

Send = Callable[[str, bytes | None], Answer]
"""Asks an address: POST when there is a body. Raises NoAnswer."""


def send(url: str, body: bytes | None) -> Answer:
    """Ask for real."""
    return outgoing.ask(url, body, signed=body is None, seconds=SECONDS, headers={"User-Agent": "motion"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a witness made of a checkpoint.

    `trouble` is empty when it cosigned, else a code: `unreachable`, `late`, `too-long`, `not-http`, `refused` (another
    answer of the protocol, or none of it), `ahead` (it has a larger size than we signed: `size`), `forked` (it has
    another root), `wrong-signature`.
    """

    line: str = ""
    size: int | None = None
    trouble: str = ""


class Publisher:
    """What asks the witnesses. Owned by one task; its own threads wait for the answers."""

    def __init__(self, store: Store, send: Send = send) -> None:
        self._store = store
        self._send = send
        self._threads = ThreadPoolExecutor(AT_ONCE, "witness")
        self._asking: set[tuple[int, str]] = set()  # those that have not answered yet, though we no longer wait
        self._next: dict[int, datetime] = {}

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def publish_due(self, now: datetime) -> int:
        """Publish what is due in each congress that has witnesses; return how many roots were published."""
        watched = self._store.read_now(witnessing.watched)
        if not watched:
            return 0
        done = 0
        for record in self._store.read_now(signed_roots.logs):
            if record.congress_id in watched and not record.is_retired and record.signed:
                done += self._publish(record, now)
        return done

    def _publish(self, record: Log, now: datetime) -> bool:
        newest, shown, named = self._store.read_now(witnessing.to_publish, record.congress_id)
        since = shown.size if shown else 0
        if newest is None or not named or newest.size == since:
            return False
        if now < self._next.get(record.congress_id, now) and not self._store.read_now(
            signed_roots.waits_for, record.congress_id, SOLEMN, since
        ):
            return False
        self._next[record.congress_id] = now + EVERY
        said = self.ask(record, named, newest.note.encode(), newest.size)
        for key, answer in said.items():
            if answer.trouble in {"ahead", "forked"}:
                log.error("witness %s of %s says another history: %r", key.partition("+")[0], record.slug, answer)
        self._store.write_now(
            witnessing.keep,
            record.congress_id,
            newest.size,
            {key: answer.line for key, answer in said.items() if answer.line},
            {key: answer.trouble for key, answer in said.items() if answer.trouble},
            {key: answer.size for key, answer in said.items() if answer.size is not None},
            now=now,
        )
        return True

    def ask(self, record: Log, named: Iterable[Witness], note: bytes, size: int) -> dict[str, Said]:
        """Show a checkpoint to witnesses, all at a time, for at most `SECONDS`; their answers by verifier key."""
        started = {}
        for witness in named:
            mark = (record.congress_id, witness.key)
            if mark in self._asking:
                continue
            self._asking.add(mark)
            asked = self._threads.submit(self._ask_one, record.congress_id, witness, note, size)
            asked.add_done_callback(lambda _done, mark=mark: self._asking.discard(mark))  # type: ignore[misc]
            started[asked] = witness.key
        done, _late = wait(started, timeout=SECONDS)
        return {key: asked.result() if asked in done else Said(trouble="late") for asked, key in started.items()}

    def _ask_one(self, congress_id: int, witness: Witness, note: bytes, size: int) -> Said:
        old = min(witness.size, size)
        for _ in range(2):  # once more when it says from which size it needs the proof
            hashes = self._store.read_now(published.consistency, congress_id, old, size) if old else []
            try:
                answer = self._send(f"{witness.url}/{PATH}", AddCheckpoint(old, tuple(hashes), note).encode())
            except NoAnswer as error:
                return Said(trouble=error.reason)
            if answer.status == 200:
                try:
                    return Said(line=cosignature_lines(note, answer.content, parse_verifier_key(witness.key)))
                except RecordError:
                    return Said(trouble="wrong-signature")
            if answer.status == 422:
                return Said(trouble="forked" if old else "refused")
            theirs = _size_in(answer)
            if theirs is None:
                return Said(trouble="refused")
            if theirs > size:
                return Said(size=theirs, trouble="ahead")
            if theirs == old:
                return Said(size=theirs, trouble="forked" if old == size else "refused")
            old = theirs
        return Said(trouble="refused")

    def try_out(self, congress_id: int, witness: Witness, signer: Callable[[str], Signer]) -> Said:
        """Ask one that is not named yet to cosign what is signed; nothing of its answer is kept."""
        (record,) = (record for record in self._store.read_now(signed_roots.logs) if record.congress_id == congress_id)
        newest = self._store.read_now(signed_roots.last, congress_id)
        return self.ask(record, [witness], *_shown_first(record, newest, signer))[witness.key]

    def compare(self, signer: Callable[[str], Signer], mirror: str = "") -> None:
        """Ask what others hold before anything is signed: the witnesses, and a mirror if one is set.

        Whoever can't be reached stops nothing.

        Args:
            mirror: Address below which `/{congress}/log/checkpoint` is a copy of ours.

        Raises:
            RecordBehind: Somebody holds more entries than we have: an old backup was restored.
            RecordForked: Somebody holds another root.
        """
        for record in self._store.read_now(signed_roots.logs):
            if record.is_retired or record.is_passing:
                continue
            if mirror:
                self._compare_mirror(record, signer(record.origin), f"{mirror}/{record.slug}/log/checkpoint")
            newest, _shown, named = self._store.read_now(witnessing.to_publish, record.congress_id)
            if not named:
                continue
            said = self.ask(record, named, *_shown_first(record, newest, signer))
            addresses = {witness.key: witness.url for witness in named}
            names = {witness.key: witness.name for witness in named}
            for key, answer in said.items():
                if answer.trouble == "ahead" and answer.size is not None:
                    raise RecordBehind(record.slug, answer.size, record.signed, addresses[key], names[key])
                if answer.trouble == "forked":
                    raise RecordForked(record.slug, newest.size if newest else 0, addresses[key], names[key])
                if answer.trouble:
                    log.warning("couldn't compare %s with %s: %s", record.slug, addresses[key], answer.trouble)

    def _compare_mirror(self, record: Log, signer: Signer, url: str) -> None:
        try:
            answer = self._send(url, None)
            theirs = open_checkpoint(answer.content, signer.verifier).checkpoint
        except (NoAnswer, RecordError) as error:
            log.warning("couldn't compare %s with %s: %r", record.slug, url, error)
            return
        if theirs.size > record.signed:  # what anyone was shown had been committed
            raise RecordBehind(record.slug, theirs.size, record.signed, url)
        if theirs.size and self._store.read_now(_root_at, record.congress_id, theirs.size) != theirs.root:
            raise RecordForked(record.slug, theirs.size, url)


def _shown_first(record: Log, newest: SignedRoot | None, signer: Callable[[str], Signer]) -> tuple[bytes, int]:
    """The newest checkpoint and its size; with nothing signed the empty tree, which belongs to every history."""
    if newest is not None:
        return newest.note.encode(), newest.size
    return sign_checkpoint(Checkpoint(record.origin, 0, EMPTY_ROOT), [signer(record.origin)]), 0


def _root_at(db: Session, congress_id: int, size: int) -> bytes:
    whole = [(0, size)]
    return subtree_roots(whole, log_tiles.read(db, congress_id, tiles_for(whole)))[0]


def _size_in(answer: Answer) -> int | None:
    """The size in a 409, if it is one of the protocol."""
    text = answer.content.decode(errors="replace").removesuffix("\n")
    if answer.status != 409 or answer.kind != SIZE_TYPE or not text.isdecimal() or len(text) > 20:
        return None
    return int(text)
