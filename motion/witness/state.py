"""What a witness must never forget: the last checkpoint that it cosigned for each log.

One SQLite file of a few kilobytes, and the key beside it. Neither may ever be restored from an old copy: the
witness would cosign a second history. So a key without its state is refused, and so is a state that is older than
what a log shows with our own cosignature.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from motion import key_files
from motion.record.checkpoint import Checkpoint, Cosigner, VerifierKey, is_key_name, open_checkpoint
from motion.record.errors import RecordError
from motion.record.witnessing import Judged, Verdict, judge, parse_add_checkpoint

KEY_FILE = "witness.key"
STATE_FILE = "witness.sqlite"
MAX_EVIDENCE = 1_000  # requests kept for each log: a log that forks a thousand times has said enough
EVIDENCE = {Verdict.ANOTHER_ROOT, Verdict.NOT_PROVEN}

_TABLES = """
CREATE TABLE IF NOT EXISTS last (origin TEXT PRIMARY KEY, size TEXT NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS evidence (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, time INTEGER NOT NULL, verdict TEXT NOT NULL,
    request BLOB NOT NULL UNIQUE, last BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS owner (key TEXT PRIMARY KEY);
"""


class WitnessRefused(Exception):
    """The witness must not start, or must not sign."""


@dataclass
class NameNeeded(WitnessRefused):
    """The first start needs a name for the key; `name` is what was given."""

    name: str


@dataclass
class StateLost(WitnessRefused):
    """One of the two files is there without the other: this witness must be retired, not restarted."""

    present: str
    missing: str


@dataclass
class StateOld(WitnessRefused):
    """A log shows our cosignature on a size that the state has not reached: it is an old copy."""

    origin: str
    cosigned: int
    kept: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What to answer: a verdict, the cosignature when it is `COSIGN`, the size that we have for the log."""

    verdict: Verdict
    line: str = ""
    size: int = 0


class State:
    """The state of one witness, in a folder. `time` of signatures comes in as an argument."""

    def __init__(self, folder: Path, signer: Cosigner, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self.signer = signer
        self._connection = connection

    @classmethod
    def open(cls, folder: Path, name: str = "") -> "State":
        """Open the state of a folder; made with its key at the first start.

        Args:
            name: Name of the key, for the first start.

        Raises:
            NameNeeded, StateLost: Nothing was made or opened.
        """
        key, state = folder / KEY_FILE, folder / STATE_FILE
        if key.exists() and not state.exists():
            raise StateLost(str(key), str(state))
        if not key.exists():
            return cls._new(folder, name)
        try:
            signer = _read_key(key)
        except (ValueError, RecordError):
            raise StateLost(str(state), str(key)) from None
        connection = _connect(state)
        if connection.execute("SELECT key FROM owner").fetchall() != [(signer.verifier.encode(),)]:
            connection.close()
            raise StateLost(str(key), str(state))
        return cls(folder, signer, connection)

    @classmethod
    def _new(cls, folder: Path, name: str) -> "State":
        if not is_key_name(name):
            raise NameNeeded(name)
        folder.mkdir(parents=True, exist_ok=True)
        signer = Cosigner(name, secrets.token_bytes(key_files.LENGTH_BYTES))
        connection = _connect(folder / STATE_FILE)
        if connection.execute("SELECT count(*) FROM last").fetchone() != (0,):
            connection.close()
            raise StateLost(str(folder / STATE_FILE), str(folder / KEY_FILE))
        # The state first: a crash in between leaves a state that never signed anything, and the next start goes on.
        _set_owner(connection, signer)
        key_files.make(folder / KEY_FILE, f"{signer.name} {signer.seed.hex()}\n".encode())
        signer = _read_key(folder / KEY_FILE)  # of two first starts at once, one key stays
        _set_owner(connection, signer)
        return cls(folder, signer, connection)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def last(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        row = self._connection.execute("SELECT size, root FROM last WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else Checkpoint(origin, int(row[0]), row[1])

    def decide(self, body: bytes, logs: dict[str, tuple[VerifierKey, ...]], time: int) -> Decision:
        """Judge a request against the state; what is cosigned is durable before the signature is made.

        A crash after the commit leaves a root that nobody has our signature on: the log asks again with the
        new size, gets 409 and, the root being the same, its cosignature.

        Raises:
            MalformedProof: Not a request.
        """
        request = parse_add_checkpoint(body)
        with self._alone() as connection:
            origin = request.note.partition(b"\n")[0].decode(errors="replace")
            before = self.last(origin)
            judged = judge(request, logs, {origin: before} if before else {})
            new = judged.checkpoint
            if judged.verdict is Verdict.COSIGN and new is not None:
                connection.execute(
                    "INSERT INTO last VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
                    " size = excluded.size, root = excluded.root, note = excluded.note",
                    (origin, str(new.size), new.root, request.note),
                )
            elif judged.verdict in EVIDENCE or _contradicts(new, before):
                self._keep_evidence(connection, origin, time, judged, body)
        line = self.signer.cosign(new.text, time) if judged.verdict is Verdict.COSIGN and new is not None else ""
        return Decision(judged.verdict, line, before.size if before else 0)

    def evidence(self) -> list[tuple[str, int, str, bytes, bytes]]:
        """List the requests signed by a log that contradict what we cosigned: origin, time, verdict, both sides."""
        query = "SELECT origin, time, verdict, request, last FROM evidence ORDER BY id"
        return self._connection.execute(query).fetchall()

    def check_shown(self, note: bytes, keys: tuple[VerifierKey, ...]) -> None:
        """Compare the state with a checkpoint that the log publishes.

        Raises:
            StateOld: It bears our cosignature, and we don't know it any more.
        """
        for key in keys:
            try:
                opened = open_checkpoint(note, key, [self.signer.verifier])
            except RecordError:
                continue
            shown = opened.checkpoint
            kept = self.last(shown.origin)
            ours = any(signature.key == self.signer.verifier for signature in opened.cosignatures)
            if ours and (kept is None or kept.size < shown.size):
                raise StateOld(shown.origin, shown.size, kept.size if kept else 0)

    def _keep_evidence(
        self, connection: sqlite3.Connection, origin: str, time: int, judged: Judged, body: bytes
    ) -> None:
        count = connection.execute("SELECT count(*) FROM evidence WHERE origin = ?", (origin,)).fetchone()[0]
        if count < MAX_EVIDENCE:
            note = connection.execute("SELECT note FROM last WHERE origin = ?", (origin,)).fetchone()
            connection.execute(
                "INSERT OR IGNORE INTO evidence (origin, time, verdict, request, last) VALUES (?, ?, ?, ?, ?)",
                (origin, time, str(judged.verdict), body, note[0] if note else b""),
            )

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone among all processes, durable when the block ends."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _contradicts(new: Checkpoint | None, before: Checkpoint | None) -> bool:
    """Whether the log signed two roots of one size, whatever else it asked."""
    return new is not None and before is not None and new.size == before.size and new.root != before.root


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(_TABLES)
    return connection


def _set_owner(connection: sqlite3.Connection, signer: Cosigner) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM owner")
    connection.execute("INSERT INTO owner VALUES (?)", (signer.verifier.encode(),))
    connection.execute("COMMIT")


def _read_key(path: Path) -> Cosigner:
    name, _, seed = path.read_text().strip().partition(" ")
    return Cosigner(name, bytes.fromhex(seed))
