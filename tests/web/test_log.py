"""The published log over HTTP: the paths and bytes of C2SP, never beyond what is signed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from motion.acts.record import note
from motion.record.checkpoint import open_checkpoint, parse_verifier_key
from motion.record.errors import ProofFails
from motion.record.proof import parse_proof, verify_proof
from motion.record.tiles import Tile, decode_bundle, decode_tile, tiles_between
from motion.record.tree import leaf_hash, root_of
from motion.work.checkpoints import Checkpoints
from storage import ledger, log_tiles
from tests.web.world import NOW, Hall, served

LOG = "/ormeline/log"
SEED = bytes(range(32))


def say(hall: Hall, count: int) -> None:
    """Append entries, as acts do."""

    def append(db: Session) -> None:
        for number in range(count):
            body = {"source": "list", "added": number, "changed": 0, "left": 0, "refused": 0}
            note(db, 1, "roster.import", body, actor=None, now=NOW + timedelta(seconds=number))

    hall.service.store.write_now(append)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress with 600 entries and more, all signed, the root at 300 signed before."""
    with served(tmp_path) as hall:
        checkpoints = Checkpoints(hall.service.store, SEED)
        size = hall.service.store.read_now(ledger.size, 1)
        for count in (300 - size, 300):
            say(hall, count)
            assert checkpoints.sign_due(NOW) == 1
        yield hall


def entries(hall: Hall) -> list[bytes]:
    """What the database holds."""
    return hall.service.store.read_now(ledger.contents, 1, 0, 10_000)


class TestFiles:
    """FORMAT.md, "Tiles" and "Checkpoint and keys"."""

    def test_the_checkpoint_is_signed_by_the_published_key(self, hall: Hall) -> None:
        """Text, asked again each time, readable by any site."""
        answer = hall.client.get(f"{LOG}/checkpoint")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["access-control-allow-origin"] == "*"
        key = parse_verifier_key(hall.client.get(f"{LOG}/log.vkey").text)
        opened = open_checkpoint(answer.content, key).checkpoint
        assert (opened.size, opened.root) == (600, root_of(map(leaf_hash, entries(hall))))
        assert hall.client.get(f"{LOG}/checkpoint.latest").content == answer.content

    def test_a_client_that_has_it_is_told_so(self, hall: Hall) -> None:
        """304, until something is signed."""
        etag = hall.client.get(f"{LOG}/checkpoint").headers["etag"]
        again = hall.client.get(f"{LOG}/checkpoint", headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        say(hall, 1)
        assert hall.client.get(f"{LOG}/checkpoint", headers={"if-none-match": etag}).status_code == 304
        Checkpoints(hall.service.store, SEED).sign_due(NOW)
        assert hall.client.get(f"{LOG}/checkpoint", headers={"if-none-match": etag}).status_code == 200

    def test_every_tile_and_bundle_of_every_published_root(self, hall: Hall) -> None:
        """With the bytes of the format, kept for a year."""
        leaves = [leaf_hash(content) for content in entries(hall)]
        for size in (300, 600):
            assert f"\n{size}\n" in hall.client.get(f"{LOG}/checkpoints/{size}").text
            for tile in tiles_between(0, size):
                answer = hall.client.get(f"{LOG}/{tile.path}")
                assert answer.status_code == 200, tile.path
                assert answer.headers["content-type"] == "application/octet-stream"
                assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
                assert answer.headers["access-control-allow-origin"] == "*"
                first = tile.number * 256
                if tile.level is None:
                    assert decode_bundle(tile, answer.content) == entries(hall)[first : first + tile.width]
                elif tile.level == 0:
                    assert decode_tile(tile, answer.content) == leaves[first : first + tile.width]
                else:
                    assert (
                        decode_tile(tile, answer.content)
                        == [root_of(leaves[0:256]), root_of(leaves[256:512])][: tile.width]
                    )

    def test_nothing_beyond_the_last_signed_root(self, hall: Hall) -> None:
        """Entries that wait for their signature are nowhere; then they are."""
        say(hall, 1)
        beyond = [
            f"{LOG}/{Tile(0, 2, 89).path}",
            f"{LOG}/{Tile(None, 2, 89).path}",
            "/ormeline/registre/600.json",
            "/ormeline/registre/600.tlog-proof",
        ]
        for path in beyond:
            answer = hall.client.get(path)
            assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
        Checkpoints(hall.service.store, SEED).sign_due(NOW)
        assert [hall.client.get(path).status_code for path in beyond] == [200] * 4

    @pytest.mark.parametrize(
        "path",
        [
            "/nulle-part/log/checkpoint",
            f"{LOG}/tile/0/0",
            f"{LOG}/tile/0/002",
            f"{LOG}/tile/0/002.p/0",
            f"{LOG}/tile/0/002.p/256",
            f"{LOG}/tile/1/000",
            f"{LOG}/tile/9/000",
            f"{LOG}/tile/-1/000",
            f"{LOG}/tile/0/%2e%2e/%2e%2e/checkpoint",
            f"{LOG}/tile/entries/000/",
            f"{LOG}/tile/7/x999/x999/x999/x999/x999/x999/x999/999",
            f"{LOG}/checkpoints/301",
            f"{LOG}/checkpoints/0300",
            f"{LOG}/checkpoints/{'9' * 30}",
            f"{LOG}/timestamps/600.tsr",
            "/ormeline/registre/01.json",
            "/ormeline/registre/-1.tlog-proof",
            f"/ormeline/registre/{2**63}.json",
        ],
    )
    def test_what_does_not_exist_is_said_plainly(self, hall: Hall, path: str) -> None:
        """404, in a word, for any site."""
        answer = hall.client.get(path)
        assert (answer.status_code, answer.text) == (404, "not found\n")
        assert answer.headers["access-control-allow-origin"] == "*"

    def test_nothing_is_published_before_the_first_signature(self, tmp_path: Path) -> None:
        """No key, no root, no tile."""
        with served(tmp_path / "new") as hall:
            for name in ("checkpoint", "checkpoint.latest", "log.vkey", "policy", "tile/0/000.p/1"):
                assert hall.client.get(f"{LOG}/{name}").status_code == 404

    def test_the_policy_asks_for_no_witness_when_none_is_named(self, hall: Hall) -> None:
        """C2SP tlog-policy."""
        key = hall.client.get(f"{LOG}/log.vkey").text.strip()
        assert hall.client.get(f"{LOG}/policy").text == f"log {key} http://testserver{LOG}\nquorum none\n"


class TestEntries:
    """One entry and its proof."""

    @pytest.mark.parametrize("number", [0, 255, 256, 511, 512, 599])
    def test_the_proof_holds_for_the_exact_bytes(self, hall: Hall, number: int) -> None:
        """And for no other."""
        key = parse_verifier_key(hall.client.get(f"{LOG}/log.vkey").text)
        content = hall.client.get(f"/ormeline/registre/{number}.json")
        assert content.headers["content-type"] == "application/json"
        assert content.content == entries(hall)[number]
        proof = parse_proof(hall.client.get(f"/ormeline/registre/{number}.tlog-proof").content)
        assert proof.number == number
        assert verify_proof(content.content, proof, key).checkpoint.size == 600
        with pytest.raises(ProofFails):
            verify_proof(content.content + b" ", proof, key)

    def test_a_proof_reads_few_tiles(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Not the log."""
        read: list[int] = []
        whole = log_tiles.read
        monkeypatch.setattr(log_tiles, "read", lambda db, id, wanted: read.append(len(wanted)) or whole(db, id, wanted))
        assert hall.client.get("/ormeline/registre/3.tlog-proof").status_code == 200
        assert len(read) == 1 and read[0] <= 3


def test_no_secret_is_in_what_is_published(hall: Hall) -> None:
    """The seed is in no file of the log."""
    client: TestClient = hall.client
    text = client.get(f"{LOG}/log.vkey").text + client.get(f"{LOG}/checkpoint").text
    assert SEED.hex() not in text and not re.search(r"seed|secret", text)
