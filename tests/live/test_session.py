"""One connection: frames in, decisions out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.live import wire
from motion.live.draft import Author
from motion.live.presence import Claim
from motion.live.session import Close, Offer, PresenceAsked, PresenceClaimed, Rate, Session, Synchronise

UPDATE = b"\x00\x00"


def session(*, speaks_motion: bool = True, updates_per_s: float = 20) -> Session:
    return Session(Author(1, 10), speaks_motion=speaks_motion, rate=Rate(updates_per_s, now=0.0))


def frame(message: wire.Message) -> bytes:
    return wire.encode_message(message)


@pytest.mark.parametrize(
    ("message", "decision"),
    [
        (wire.SyncUpdate(UPDATE), Offer(UPDATE)),
        (wire.SyncStep2(UPDATE), Offer(UPDATE, from_step2=True)),
        (wire.Submit(4, UPDATE), Offer(UPDATE, 4)),
        (wire.SyncStep1(b"\x00"), Synchronise(None)),
        (wire.SyncStep1(b"\x01\x05\x09"), Synchronise(b"\x01\x05\x09")),
        (wire.Awareness(b"\x01\x07\x01\x04null"), PresenceClaimed(Claim(7, 1, False, None))),
        (wire.QueryAwareness(), PresenceAsked()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_message_is_one_decision(message: wire.Message, decision: object) -> None:
    """Nothing is judged here but the form of the message."""
    assert session().receive(frame(message), 0.0) == [decision]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x02\x00",
        frame(wire.SyncStep1(b"\x01\x05")),
        frame(wire.SyncStep1(b"\x02\x05\x01\x05\x02")),
        frame(wire.SyncStep1(b"\x01\x05\xff\xff\xff\xff\x7f")),
        frame(wire.SyncStep1(b"\x00\x00")),
        frame(wire.SyncStep1(wire.varuint(20_000))),
        frame(wire.Awareness(b"\x01")),
        frame(wire.Position(1)),
        frame(wire.Ack((1,), 1, "")),
    ],
    ids=lambda octets: octets[:6].hex(),
)
def test_what_a_client_does_not_say_closes_the_connection(octets: bytes) -> None:
    """Close 4400, and nothing more is heard."""
    one = session()
    decisions = one.receive(octets, 0.0)
    assert [type(decision) for decision in decisions] == [Close]
    assert isinstance(decisions[0], Close) and decisions[0].code == 4400
    assert one.receive(frame(wire.SyncUpdate(UPDATE)), 0.0) == []


def test_submit_is_for_those_who_asked_for_it() -> None:
    """Without the subprotocol, our numbers are no messages."""
    (decision,) = session(speaks_motion=False).receive(frame(wire.Submit(1, UPDATE)), 0.0)
    assert isinstance(decision, Close)


def test_a_flood_is_read_slowly_and_loses_nothing() -> None:
    """Two seconds' worth at once, then one twentieth of a second for each; all that was read is answered."""
    one = session(updates_per_s=20)
    for sent in range(60):
        assert one.receive(frame(wire.SyncUpdate(UPDATE)), 0.0) == [Offer(UPDATE)]
        assert one.delay_before_next_read(0.0) == pytest.approx(max(0, sent + 1 - 40) / 20)
    assert one.delay_before_next_read(1.0) == 0
    assert one.delay_before_next_read(100.0) == 0


def test_all_connections_of_a_session_share_its_rate() -> None:
    """Two sockets are not read twice as fast as one."""
    rate = Rate(20, now=0.0)
    tabs = [Session(Author(1, 10), speaks_motion=True, rate=rate) for _ in range(2)]
    for _ in range(30):
        for tab in tabs:
            tab.receive(frame(wire.SyncUpdate(UPDATE)), 0.0)
    assert [tab.delay_before_next_read(0.0) for tab in tabs] == [pytest.approx(1.0)] * 2


def test_a_fast_writer_is_never_slowed() -> None:
    """Ten messages a second for a minute."""
    one = session(updates_per_s=20)
    for tick in range(600):
        one.receive(frame(wire.SyncUpdate(UPDATE)), tick / 10)
        assert one.delay_before_next_read(tick / 10) == 0


@given(st.binary(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_frame_is_a_decision(octets: bytes) -> None:
    """Never an exception."""
    for decision in session().receive(octets, 0.0):
        assert isinstance(decision, Offer | Synchronise | PresenceClaimed | PresenceAsked | Close)
