"""A time-stamping authority for the tests: OpenSSL's own (`openssl ts`), with a certificate made for the day."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.crt
certs = {folder}/ca.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
[stamping]
extendedKeyUsage = critical,timeStamping
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """Its files."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Authority:
        """Make its keys and certificates."""
        folder.mkdir(parents=True)
        one = cls(folder)
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout")
        one.openssl("req", "-x509", *new, "ca.key", "-out", "ca.crt", "-subj", "/CN=Autorité d’essai", "-days", "2")
        one.openssl("req", *new, "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Horodatage d’essai")
        signing = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2")
        extension = ("-extfile", "ts.cnf", "-extensions", "stamping")
        one.openssl("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.crt", *extension)
        return one

    def openssl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run OpenSSL among its files."""
        command = ["openssl", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=check)

    def reply(self, query: bytes) -> bytes:
        """Answer a request."""
        (self.folder / "query").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "ts.cnf", "-section", "here", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def verify(self, reply: bytes, data: bytes) -> bool:
        """Whether OpenSSL finds that this reply stamps these bytes, signed by this authority."""
        (self.folder / "reply").write_bytes(reply)
        (self.folder / "data").write_bytes(data)
        run = self.openssl("ts", "-verify", "-in", "reply", "-data", "data", "-CAfile", "ca.crt", check=False)
        return run.returncode == 0 and "Verification: OK" in run.stdout + run.stderr
