"""The check of the time stamps that lie with a log: each about these very bytes, signed, and in the order of the log.

Whether the authority is one to trust is not checked here: its certificate comes with the stamp, and only the auditor
can hold it against the authority's own (``openssl ts -verify``, with its certificates).
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from .der import CONTEXT_0, INTEGER, OBJECT, OCTETS, SEQUENCE, SET, Part, expect, only, parts_of, written
from .errors import MalformedStamp
from .flaws import Broken, Flaw
from .timestamp import TST_INFO, read_reply

_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")  # 1.2.840.113549.1.9.3
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")  # 1.2.840.113549.1.9.4
_HASHES: dict[bytes, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256,
    bytes.fromhex("608648016503040202"): hashes.SHA384,
    bytes.fromhex("608648016503040203"): hashes.SHA512,
}


def check_stamp(reply: bytes, data: bytes) -> datetime:
    """The time that an authority gives to these bytes, its signature checked with the certificate that comes with it.

    Raises:
        MalformedStamp: ``form``, ``refused``, ``data`` as `check_reply`; ``certificate`` when the one that signed is
            not there or is not for time stamps, ``signature`` when it does not verify.
    """
    token = read_reply(reply)
    at = token.stamp_of(data).at
    try:
        (signer,) = token.signers  # RFC 3161, 2.4.2: one and no more
        issuer_and_serial, digest_algorithm, attributes, _algorithm, signature = parts_of(only(signer, SEQUENCE))[1:6]
        algorithm = _HASHES[expect(parts_of(expect(digest_algorithm, SEQUENCE))[0], OBJECT)]
        certificate = _certificate(token.certificates, expect(issuer_and_serial, SEQUENCE))
        signed = expect(attributes, CONTEXT_0)
        said = _attributes(signed)
        digest = hashlib.new(algorithm.name, token.info).digest()
        if said.get(_CONTENT_TYPE) != (OBJECT, TST_INFO) or said.get(_MESSAGE_DIGEST) != (OCTETS, digest):
            raise MalformedStamp("signature")
        # Signed as the SET that it is, not under the tag that it travels with (RFC 5652, 5.4).
        _verify(certificate, expect(signature, OCTETS), written(SET, signed), algorithm())
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise MalformedStamp("certificate")
        return at
    except (ValueError, IndexError, KeyError, UnsupportedAlgorithm, TypeError):
        raise MalformedStamp("form") from None


def _certificate(certificates: Iterable[bytes], issuer_and_serial: bytes) -> x509.Certificate:
    """The one that signed, which must be for time stamps (RFC 3161, 2.3)."""
    issuer, serial = parts_of(issuer_and_serial)
    number = int.from_bytes(expect(serial, INTEGER), "big", signed=True)
    for data in certificates:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged number is none of ours; only the right one goes on
            found = x509.load_der_x509_certificate(data)
            is_signers = (found.serial_number, found.issuer.public_bytes()) == (number, written(*issuer))
        if not is_signers:
            continue
        try:
            usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            raise MalformedStamp("certificate") from None
        if x509.oid.ExtendedKeyUsageOID.TIME_STAMPING in usage:
            return found
    raise MalformedStamp("certificate")


def _attributes(signed: bytes) -> dict[bytes, Part]:
    """What is signed beside the content: for each attribute its one value."""
    found = {}
    for one in parts_of(signed):
        kind, values = parts_of(expect(one, SEQUENCE))
        inner = parts_of(expect(values, SET))
        if len(inner) == 1:
            found[expect(kind, OBJECT)] = inner[0]
    return found


def _verify(certificate: x509.Certificate, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            raise MalformedStamp("certificate")
    except InvalidSignature:
        raise MalformedStamp("signature") from None


def check_stamps(stamps: Iterable[tuple[int, bytes | None, bytes]]) -> Broken | int:
    """Check the stamps of a log; how many there are, or the first that does not hold.

    Args:
        stamps: Of each, by growing size: the size, the checkpoint that was stamped (None when it is not there), which
            was checked against the log, and the reply of the authority.
    """
    count, last = 0, datetime.min.replace(tzinfo=UTC)
    for size, note, reply in stamps:
        path = f"timestamps/{size}.tsr"
        try:
            at = check_stamp(reply, note if note is not None else b"")
        except MalformedStamp as error:
            return Broken(Flaw.STAMP, cause=error, words=path)
        if at < last:
            return Broken(Flaw.STAMP_ORDER, words=path)
        count, last = count + 1, at
    return count
