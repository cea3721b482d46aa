"""`python -m tests.work.dying_signer URL FOLDER STEP`: appends, signs and publishes, and dies at a step.

What it acknowledged and what a reader was shown stand in files, each line durable before the next thing is done.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from motion.acts.record import note
from motion.outgoing import Answer
from motion.witness.server import by_origin
from motion.witness.state import State
from motion.work.checkpoints import Checkpoints
from motion.work.publishing import Publisher
from motion.work.signed_aside import SignedAside
from storage import log_tiles, published, signed_roots, witnessing
from storage.store import Store
from tests.work.cuts import die

NOW = datetime(2031, 11, 15, 14, 32, tzinfo=UTC)
SEED = bytes(range(32))
ORIGIN = "motion.example/ormeline/log"
BODY = {"source": "list", "added": 0, "changed": 0, "left": 0, "refused": 0}
ROUNDS = 3  # a crash in the third one: something is signed and shown before

STEPS = (
    "append: in the transaction",
    "append: committed, not acknowledged",
    "sign: before the tiles",
    "sign: before the root is kept beside the key",
    "sign: kept beside the key, not committed",
    "sign: committed, not known to be",
    "publish: before the witness is asked",
    "publish: cosigned, not heard",
    "publish: heard, not kept",
    "publish: in the transaction",
    "publish: committed",
)


def write(path: Path, line: bytes) -> None:
    """Append a line that survives."""
    with path.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def main(url: str, folder: Path, step: str) -> None:
    """Work, and die at the step of the last round."""
    store = Store(url)
    checkpoints = Checkpoints(store, SEED, SignedAside.beside(folder))
    checkpoints.verify()
    witness = State.open(folder / "witness", "temoin.example")
    logs = by_origin([checkpoints.signer(ORIGIN).verifier])

    def send(_url: str, body: bytes | None) -> Answer:
        at("publish: before the witness is asked")
        decision = witness.decide(body or b"", logs, 1_700_000_000)
        at("publish: cosigned, not heard")
        if decision.line:
            return Answer(200, "text/plain", decision.line.encode())
        return Answer(409, "text/x.tlog.size", f"{decision.size}\n".encode())

    publisher = Publisher(store, send)
    round_number = 0

    def at(here: str) -> None:
        if here == step and round_number == ROUNDS - 1:
            die()

    def around(module: Any, name: str, before: str = "", after: str = "") -> None:
        whole: Callable[..., Any] = getattr(module, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            at(before)
            done = whole(*args, **kwargs)
            at(after)
            return done

        setattr(module, name, watched)

    around(log_tiles, "keep", before="sign: before the tiles")
    around(
        SignedAside,
        "write",
        before="sign: before the root is kept beside the key",
        after="sign: kept beside the key, not committed",
    )
    around(witnessing, "keep", before="publish: heard, not kept", after="publish: in the transaction")

    def append(db: Session, congress_id: int) -> None:
        numbers = [note(db, congress_id, "roster.import", BODY, actor=None, now=NOW) for _ in range(100)]
        at("append: in the transaction")
        acknowledged.extend(numbers)

    for record in store.read_now(signed_roots.logs):
        for round_number in range(ROUNDS):
            acknowledged: list[int] = []
            store.write_now(append, record.congress_id)
            at("append: committed, not acknowledged")
            write(folder / "acknowledged", b"%d\n" % acknowledged[-1])
            if step == "sign: committed, not known to be":
                around(store, "write_now", after=step)
            checkpoints.sign_due(NOW)
            show(store, record.congress_id, folder)
            publisher.publish_due(NOW + timedelta(seconds=10 * round_number))
            at("publish: committed")
            show(store, record.congress_id, folder)
    raise SystemExit(f"{step}: never reached")


def show(store: Store, congress_id: int, folder: Path) -> None:
    """Be shown what any reader could be."""
    for query in (published.newest, published.checkpoint):
        row = store.read_now(query, congress_id)
        if row is not None:
            write(folder / "shown", published.note_of(row) + b"\0")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
