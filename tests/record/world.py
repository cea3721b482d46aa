"""A small congress whose record the tests read: fictional people, fixed keys, fixed times."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from motion.record.checkpoint import (
    COSIGNATURE,
    Checkpoint,
    Signer,
    VerifierKey,
    cosigned_message,
    sign_checkpoint,
    signature_line,
)
from motion.record.entry import encode_entry
from motion.record.objects import Sealed, seal
from motion.record.tree import Frontier, leaf_hash

ORIGIN = "registre.example.org/congres"
SIGNER = Signer(ORIGIN, bytes(range(32)))
OTHER = Signer(ORIGIN, bytes(range(1, 33)))
OPENING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def digest(text: str) -> str:
    """SHA-256 as the record writes it."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Log:
    """A log as it is written: entries, objects, and checkpoints on demand."""

    entries: list[bytes] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)

    def add(self, kind: str, /, by: str = "secretariat-1", **body: Any) -> int:
        at = OPENING + timedelta(milliseconds=137 * len(self.entries))
        self.entries.append(encode_entry(kind, body, by=by, at=at))
        return len(self.entries) - 1

    def keep(self, content: bytes) -> Sealed:
        salt = hashlib.sha256(b"a salt for the tests" + content).digest()
        sealed = seal(salt, content)
        self.objects[sealed.name] = sealed.data
        return sealed

    def update(self, n: int, by: str = "elu-1", cid: int = 7, sess: str = "s-1", doc: str = "M1") -> int:
        content = f"update {n} of {doc}".encode()
        c = self.keep(content).name
        skel = hashlib.sha256(b"x" * len(content)).hexdigest()
        return self.add("crdt.update", by, c=c, cid=cid, doc=doc, len=len(content), n=n, sess=sess, skel=skel)

    def hashes(self, start: int, stop: int) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries[start:stop]]

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = len(self.entries) if size is None else size
        frontier = Frontier()
        frontier.extend(self.hashes(0, size))
        return Checkpoint(ORIGIN, size, frontier.root())

    def note(self, size: int | None = None, signer: Signer = SIGNER) -> bytes:
        return sign_checkpoint(self.checkpoint(size), [signer])


def opened_motion() -> Log:
    """A congress with a motion, two officials signed in, and one of them bound to it: 8 entries."""
    log = Log()
    log.add("congress.open", congress="congres", title="Congrès de Valfleuri", zone="Europe/Paris", languages=["fr"])
    log.add("roster.import", source="list", added=2, changed=0, left=0, refused=0)
    log.add("official.accredit", official="elu-1", name="Aïssatou Brémond", mandate="maire", territory="Valfleuri")
    log.add("official.accredit", official="elu-2", name="Yann Le Goff", territory="Port-aux-Grues")
    log.add("session.open", "elu-1", how="card", sess="s-1", who="elu-1")
    log.add("session.open", "elu-2", how="card", sess="s-2", who="elu-2")
    log.add("motion.create", doc="M1", form="deliberation", title="Pour l’eau des communes")
    log.add("client.bind", "system", cid=7, doc="M1", official="elu-1", sess="s-1")
    return log


def small_log() -> Log:
    """A congress from its opening to its closing, in 19 entries: one motion, two authors."""
    log = opened_motion()
    log.update(1)
    log.update(2)
    log.add("client.bind", "system", cid=8, doc="M1", official="elu-2", sess="s-2")
    log.update(3, "elu-2", 8, "s-2")
    log.update(4, "elu-2", 0, "s-2")
    log.add("doc.snapshot", "system", digest=digest("texte"), doc="M1", last=12, n=4)
    log.add("crdt.reject", "elu-2", doc="M1", reason="gap", sess="s-2")
    log.add("motion.freeze", digest=digest("texte"), doc="M1", last=12, n=4)
    log.add(
        "motion.adopt",
        **{"for": 31},
        against=2,
        abstentions=4,
        not_voting=1,
        chair="Aïssatou Brémond, maire",
        digest=digest("texte"),
        doc="M1",
        last=12,
        n=4,
    )
    log.add("phase.change", **{"from": "frozen", "to": "adopted", "how": "hand"})
    log.add("log.close", root=log.checkpoint().root.hex(), size=len(log.entries))
    return log


def witness_key(name: str, seed: bytes) -> VerifierKey:
    """The public key of a city's witness."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return VerifierKey(name, public, COSIGNATURE)


def cosign(note: bytes, name: str, seed: bytes, time: int) -> bytes:
    """The note with the signature of a witness under it (C2SP tlog-cosignature)."""
    text = note.decode().rpartition("\n\n")[0] + "\n"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(cosigned_message(text, time))
    payload = time.to_bytes(8, "big") + signature
    return note + signature_line(name, witness_key(name, seed).key_id, payload).encode()
