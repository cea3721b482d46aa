"""Messages are read as they were written, or refused; never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Encoder, create_sync_message

from motion.live import wire

MESSAGES: list[wire.Message] = [
    wire.SyncStep1(b"\x00"),
    wire.SyncStep2(b"\x00\x00"),
    wire.SyncUpdate(b"\x00\x00" * 100),
    wire.Awareness(b"\x00"),
    wire.QueryAwareness(),
    wire.Submit(300, b"\x00\x00"),
    wire.Ack((1, 2), 57, "2026-11-22T14:32:05.123Z"),
    wire.Refusal(3, "gap", "Ce texte n’a pas pu être ajouté.", False),
    wire.State("frozen", False, "frozen", "Le texte est figé.", 0),
    wire.Position(260_000),
    wire.Authors(((2**32 - 1, 7), (5, 8)), (wire.OfficialCard(7, "Aïda Roche", "maire", "Val-sur-Orbe", "AR"),)),
    wire.Present((7, 8)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_read_as_it_was_written(message: wire.Message) -> None:
    """Both directions, standard messages and ours."""
    assert wire.decode_message(wire.encode_message(message)) == message


def test_the_numbers_are_those_of_the_contract() -> None:
    """y-protocols' 0, 1 and 3; ours from 100 on."""
    heads = [list(wire.encode_message(message)[:2]) for message in MESSAGES]
    assert heads[:3] == [[0, 0], [0, 1], [0, 2]]
    assert [head[0] for head in heads[3:]] == [1, 3, 100, 101, 102, 103, 104, 105, 106]


def test_standard_messages_are_those_of_pycrdt() -> None:
    """An independent writer of y-protocols gives the same bytes."""
    from pycrdt import Doc

    assert wire.encode_message(wire.SyncStep1(b"\x00")) == create_sync_message(Doc())
    encoder = Encoder()
    encoder.write_var_uint(2**40 + 5)
    assert wire.varuint(2**40 + 5) == encoder.to_bytes()


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x02\x00",
        b"\x63",
        b"\x6b\x00",
        b"\x6a\x02{}",
        b"\x00",
        b"\x00\x03\x00",
        b"\x00\x02\x05ab",
        b"\x00\x02\x00\x00",
        b"\x03\x00",
        b"\x64\x01",
        b"\x80" * 12,
        b"\x80\x00\x00\x00",
        b"\x00\x02" + wire.varuint(2**52) + b"a",
        b"\x65\x02{}",
        b"\x65\x01{",
        b"\x66\x02[]",
        b"\x67\x03nul",
        b"\x69\x11" + b'{"clients":[[1]]}',
        b"\x65" + wire.varuint(40_000) + b"[" * 40_000,
        b"\x00\x02" + wire.varuint(wire.MAX_MESSAGE_BYTES) + b"\x00" * wire.MAX_MESSAGE_BYTES,
    ],
    ids=lambda frame: frame[:6].hex(),
)
def test_what_is_no_message_is_refused(frame: bytes) -> None:
    """Unknown numbers, lengths beyond the end, trailing bytes, integers spelt too long, and sizes."""
    with pytest.raises(wire.MalformedMessage):
        wire.decode_message(frame)


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_message_or_malformed(frame: bytes) -> None:
    """No other outcome; and what is read is written the same, save our JSON."""
    try:
        message = wire.decode_message(frame)
    except wire.MalformedMessage:
        return
    if not isinstance(message, wire.Ack | wire.Refusal | wire.State | wire.Authors | wire.Present):
        assert wire.encode_message(message) == frame


@given(st.integers(0, 2**53 - 1))
@settings(max_examples=100, deadline=None)
def test_integers_are_read_as_written(value: int) -> None:
    """Up to what JavaScript counts exactly."""
    assert wire.read_varuint(wire.varuint(value), 0) == (value, len(wire.varuint(value)))


def test_integers_beyond_javascript_are_refused() -> None:
    """2^53 is one too many."""
    with pytest.raises(wire.MalformedMessage):
        wire.read_varuint(wire.varuint(2**53), 0)


def test_frames_of_an_http_body() -> None:
    """Several messages one after the other, each with its length; cut short or too many are refused."""
    frames = [b"a", b"", b"x" * 300]
    body = wire.join_frames(frames)
    assert wire.split_frames(body) == frames
    with pytest.raises(wire.MalformedMessage):
        wire.split_frames(body[:-1])
    with pytest.raises(wire.MalformedMessage):
        wire.split_frames(body, max_frames=2)
