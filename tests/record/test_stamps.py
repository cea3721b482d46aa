"""A stamp that lies with a log is checked with the certificate that it brings: OpenSSL made it, we find the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.errors import MalformedStamp
from motion.record.flaws import Broken, Flaw
from motion.record.stamps import check_stamp, check_stamps
from motion.record.timestamp import encode_query, read_reply

from .authority import Authority

NOTE = b"registre.example.org/congres\n70000\nHlxRuPNJVGgeM8vrCRuBDu8XsWsjeOC6KHQ+V6AXY84=\n\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """OpenSSL's."""
    return Authority.make(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture(scope="module")
def reply(authority: Authority) -> bytes:
    """Its reply for the note."""
    return authority.reply(encode_query(NOTE, 7))


def refused(reply: bytes, data: bytes = NOTE) -> str:
    """Why."""
    with pytest.raises(MalformedStamp) as error:
        check_stamp(reply, data)
    return error.value.reason


def test_what_openssl_signs_is_found_signed(authority: Authority, reply: bytes) -> None:
    """By the certificate that came with it; the time is the authority's."""
    assert authority.verify(reply, NOTE)
    assert abs(check_stamp(reply, NOTE) - datetime.now(UTC)) < timedelta(hours=1)


def test_an_rsa_key_signs_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As most authorities that are sold."""
    other = Authority.make(tmp_path_factory.mktemp("rsa") / "tsa")
    other.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=RSA")
    signing = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", "tsa.crt")
    other.openssl("x509", "-req", "-in", "tsa.csr", *signing, "-extfile", "ts.cnf", "-extensions", "stamping")
    reply = other.reply(encode_query(NOTE, 7))
    assert check_stamp(reply, NOTE) and other.verify(reply, NOTE)


def test_other_bytes_are_not_stamped(reply: bytes) -> None:
    """As OpenSSL says."""
    assert refused(reply, NOTE + b"x") == "data"


def test_an_altered_time_or_signature_is_refused(reply: bytes) -> None:
    """The time is in what is signed."""
    info = read_reply(reply).info
    at = info.index(b"\x18\x0f") + 2
    moved = info[:at] + b"2" + b"001" + info[at + 4 :]
    assert refused(reply.replace(info, moved)) == "signature"
    assert refused(reply[:-1] + bytes([reply[-1] ^ 1])) == "signature"


def test_a_certificate_that_is_not_there_or_serves_something_else_is_refused(
    authority: Authority, reply: bytes
) -> None:
    """The stamp was asked for without one; or it is one for programs."""
    (authority.folder / "note").write_bytes(NOTE)
    authority.openssl("ts", "-query", "-data", "note", "-sha256", "-no_nonce", "-out", "bare")
    assert refused(authority.reply((authority.folder / "bare").read_bytes())) == "certificate"
    purpose = bytes.fromhex("06082b06010505070308")  # id-kp-timeStamping; 03 is codeSigning
    assert refused(reply.replace(purpose, purpose[:-1] + b"\x03")) == "certificate"


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_reply_is_refused_or_says_the_same(reply: bytes, data: st.DataObject) -> None:
    """Any byte changed: the documented error, or nothing of what is signed was touched."""
    at = data.draw(st.integers(0, len(reply) - 1))
    changed = bytearray(reply)
    changed[at] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(changed), reply[:at]):
        try:
            assert check_stamp(damaged, NOTE) == check_stamp(reply, NOTE)
        except MalformedStamp:
            pass


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes(content: bytes) -> None:
    """Refused with the documented error."""
    assert refused(content) in ("form", "refused")


class TestOrder:
    """Of the stamps of one log."""

    def test_a_longer_record_is_not_stamped_before_a_shorter_one(self, authority: Authority, reply: bytes) -> None:
        """The first one that goes back is named."""
        early = reply
        late = authority.reply(encode_query(NOTE, 8))
        while check_stamp(late, NOTE) <= check_stamp(early, NOTE):  # they count in seconds
            late = authority.reply(encode_query(NOTE, 8))
        assert check_stamps([(4, NOTE, early), (9, NOTE, early), (12, NOTE, late)]) == 3
        found = check_stamps([(4, NOTE, late), (9, NOTE, early)])
        assert isinstance(found, Broken) and (found.flaw, found.words) == (Flaw.STAMP_ORDER, "timestamps/9.tsr")

    def test_the_first_that_does_not_hold_is_named(self, reply: bytes) -> None:
        """Also when what was stamped is not there."""
        assert check_stamps([]) == 0
        found = check_stamps([(4, NOTE, reply), (9, None, reply)])
        assert isinstance(found, Broken) and (found.flaw, found.words) == (Flaw.STAMP, "timestamps/9.tsr")
