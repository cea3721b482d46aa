"""A certificate of our own making: an authority that nobody knows, and a server that it vouches for."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Chain:
    """Files: the authority's certificate, and the server's with its key."""

    authority: Path
    server: Path

    def server_context(self) -> ssl.SSLContext:
        """What the server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


def make_chain(folder: Path, *, host: str = "127.0.0.1") -> Chain:
    """Make an authority and a server's certificate for an address, valid today."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer, subject = _name("Autorité d’essai"), _name("Courriel d’essai")
    authority = _signed(
        _certificate(issuer, issuer, authority_key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ),
        authority_key,
    )
    server = _signed(
        _certificate(issuer, subject, server_key.public_key()).add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False
        ),
        authority_key,
    )
    chain = Chain(folder / "authority.pem", folder / "server.pem")
    chain.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    key = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.server.write_bytes(key + server.public_bytes(serialization.Encoding.PEM))
    return chain


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())
