"""Time stamps: what we ask, OpenSSL understands; what it answers, we read (RFC 3161)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.errors import MalformedStamp
from motion.record.timestamp import check_reply, encode_query

from .authority import Authority

NOTE = b"registre.example.org/congres\n70000\nHlxRuPNJVGgeM8vrCRuBDu8XsWsjeOC6KHQ+V6AXY84=\n\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """OpenSSL's."""
    return Authority.make(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture(scope="module")
def reply(authority: Authority) -> bytes:
    """Its reply for the note, with the nonce 7."""
    return authority.reply(encode_query(NOTE, 7))


def test_the_query_is_openssl_s_own(authority: Authority) -> None:
    """Byte for byte, but for the nonce, which is asked for here by its absence."""
    (authority.folder / "note").write_bytes(NOTE)
    authority.openssl("ts", "-query", "-data", "note", "-sha256", "-cert", "-no_nonce", "-out", "theirs")
    theirs = (authority.folder / "theirs").read_bytes()
    ours = encode_query(NOTE, 7)
    assert ours.replace(b"\x02\x01\x07", b"") == theirs[:1] + bytes([theirs[1] + 3]) + theirs[2:]


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 255, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_reply_is_read(authority: Authority, nonce: int) -> None:
    """Whatever the nonce: DER has no negative surprise; the time is the authority's."""
    reply = authority.reply(encode_query(NOTE, nonce))
    stamp = check_reply(reply, NOTE, nonce)
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert authority.verify(reply, NOTE)


def test_another_s_bytes_or_nonce_are_refused(authority: Authority, reply: bytes) -> None:
    """As OpenSSL refuses them."""
    for data, nonce, reason in ((NOTE + b"x", 7, "data"), (NOTE, 8, "nonce")):
        with pytest.raises(MalformedStamp) as refused:
            check_reply(reply, data, nonce)
        assert refused.value.reason == reason
    assert not authority.verify(reply, NOTE + b"x")


def test_a_refusal_is_no_stamp() -> None:
    """Status 2, rejection, without a token."""
    with pytest.raises(MalformedStamp, match="refused"):
        check_reply(bytes.fromhex("30053003020102"), NOTE, 7)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_reply_is_refused_or_says_the_same(reply: bytes, data: st.DataObject) -> None:
    """Any byte changed, cut anywhere: a documented error, or the parts that we read are whole."""
    at = data.draw(st.integers(0, len(reply) - 1))
    changed = bytearray(reply)
    changed[at] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(changed), reply[:at]):
        try:
            check_reply(damaged, NOTE, 7)
        except MalformedStamp:
            pass


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes(content: bytes) -> None:
    """Refused with the documented error."""
    with pytest.raises(MalformedStamp):
        check_reply(content, NOTE, 7)
