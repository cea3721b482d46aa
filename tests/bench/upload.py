"""Memory of the service while the municipal councillors' file is uploaded through the page and read.

python -m tests.bench.upload [lines]
"""

import http.client
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.roster import chunks
from tests.servers import Served, serving

BOUNDARY = "limite"


def body(count: int) -> Iterator[bytes]:
    """The form, made as it is sent."""
    yield (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="department"\r\n\r\n26\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="elus-cm.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    ).encode()
    yield from chunks(count)
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def memory(served: Served, name: str) -> float:
    """A line of the process's status, in megabytes."""
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    length = sum(len(piece) for piece in body(count))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--demo") as served:
        address = re.search(r"^Secrétariat\s+(\S+)", served.log.read_text(), re.MULTILINE)[1]  # type: ignore[index]
        server = http.client.HTTPConnection(urlsplit(served.address).netloc)

        def ask(method: str, path: str, **more: object) -> http.client.HTTPResponse:
            server.request(method, path, **more)  # type: ignore[arg-type]
            return server.getresponse()

        signed_in = ask("GET", urlsplit(address).path)
        signed_in.read()
        headers = {"Cookie": signed_in.headers["Set-Cookie"].partition(";")[0], "Origin": served.address}
        before = memory(served, "VmRSS")
        began = time.monotonic()
        form = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": str(length)}
        answer = ask("POST", "/ormeline/secretariat/liste/importer", body=body(count), headers=headers | form)
        answer.read()
        sent = time.monotonic() - began
        uploaded = memory(served, "VmHWM")
        page = ""
        while "Aperçu" not in page:
            page = ask("GET", answer.headers["Location"], headers=headers).read().decode()
        read, peak = time.monotonic() - began - sent, memory(served, "VmHWM")
        print(f"{count} lines, {length / 1e6:.0f} MB: sent in {sent:.0f} s, read {read:.0f} s later")
        print(f"memory {before:.0f} MB before, at most {uploaded:.0f} MB until it was kept, {peak:.0f} MB in all")


if __name__ == "__main__":
    main()
