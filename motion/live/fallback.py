"""The same room without a socket, for networks that block them. Stateless: any process may answer.

An editor sends what it has in the body of a POST and learns what became of it in the answer, after the
commit; it hears of the others by asking again and again for what came after the number it knows. Frames are
those of the socket, each behind its length.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from motion.live import wire
from motion.live.answers import Answer, NotTaken, Taken, rfc3339
from motion.live.callers import Caller, author_of
from motion.live.draft import fold
from motion.live.drafting_room import Room
from motion.live.rooms import Rooms
from motion.live.session import Close, Offer, PresenceAsked, PresenceClaimed, Rate, Session, Synchronise

MAX_BODY_BYTES = 64 * 1024
MAX_WAIT_S = 25.0
EMPTY_WAIT_S = 2.0
"""A motion without a single update has number 0, which also asks for the whole: not to be answered in a rush."""

MAX_SESSIONS = 2_000
"""Who is remembered between two requests; the longest unheard is forgotten first."""

MAX_CATCH_UP = 5_000
"""Somebody further behind gets the whole document, which is shorter."""


POLLS_PER_S = 10.0
"""Of one session; further polls wait. What came meanwhile is in their answer."""

WHOLE_COSTS = 10.0
"""The whole document counts as so many polls: it may be a thousand times longer."""

REQUESTS_AT_ONCE = 20
"""Of one session, as many as it may have sockets; each holds memory while it waits."""

MAX_POLLERS = 10_000
"""Sessions whose rate is remembered; the longest unheard is forgotten first."""


class TooManyRequests(Exception):
    """This session has enough requests under way. Nothing of this one was taken; send it again later."""


class Malformed(Exception):
    """The body is not made of the messages that a client may send. Carries what was being read."""


class Fallback:
    """Answers for those who come over HTTP. One for each process."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._sessions: OrderedDict[tuple[int, int | None], Session] = OrderedDict()
        self._polls: OrderedDict[int | None, Rate] = OrderedDict()
        self._under_way: Counter[int | None] = Counter()

    @contextmanager
    def place(self, caller: Caller) -> Iterator[None]:
        """One of the requests that a session may have under way, from before its body is read.

        Raises:
            TooManyRequests: It has as many already.
        """
        session_id = caller.actor.session_id
        if self._under_way[session_id] >= REQUESTS_AT_ONCE:
            raise TooManyRequests
        self._under_way[session_id] += 1
        try:
            yield
        finally:
            self._under_way[session_id] -= 1
            if not self._under_way[session_id]:
                del self._under_way[session_id]

    async def take(self, motion_id: int, caller: Caller, body: bytes) -> bytes:
        """Hand in what a body brings, and return the answers.

        Args:
            motion_id: A motion of the caller's congress.
            caller: Who sends it, as the cookie says.
            body: At most `MAX_BODY_BYTES`.

        Raises:
            Malformed: Nothing of the body was taken.
            RoomLost: Send the same again.
        """
        room = await self._rooms.open(motion_id)
        room.note_poll(caller)
        session = self._session(room, caller)
        loop = asyncio.get_running_loop()
        decisions = []
        try:
            for frame in wire.split_frames(body):
                decisions += session.receive(frame, loop.time())
        except wire.MalformedMessage as error:
            raise Malformed(error.attempt) from error
        if any(isinstance(decision, Close) for decision in decisions):
            del self._sessions[room.motion_id, caller.actor.session_id]
            raise Malformed(next(d.reason for d in decisions if isinstance(d, Close)))
        # Slowed by waiting for the answer, as a socket is slowed by not being read.
        await asyncio.sleep(session.delay_before_next_read(loop.time()))
        offers = [decision for decision in decisions if isinstance(decision, Offer)]
        answers = await asyncio.gather(
            *(
                room.submit(caller, offer.update, from_step2=offer.from_step2, typed_for=offer.typed_for)
                for offer in offers
            )
        )
        frames = _answers(offers, answers)
        asked: dict[type, Synchronise | PresenceAsked] = {}
        for decision in decisions:
            match decision:
                case Synchronise() | PresenceAsked():
                    asked[type(decision)] = decision
                case PresenceClaimed(claim):
                    room.carets.claim(f"http-{caller.actor.session_id}", caller, claim, reserves=True)
                case _:
                    pass
        # Each question once, however often a body repeats it: five bytes would else bring the whole document.
        for question in asked.values():
            frames += _presence(room) if isinstance(question, PresenceAsked) else _document(room, question.state_vector)
        return wire.join_frames(frames)

    def _session(self, room: Room, caller: Caller) -> Session:
        """What one session says on one motion goes on from one request to the next."""
        key = (room.motion_id, caller.actor.session_id)
        session = self._sessions.pop(key, None)
        if session is None:
            session = Session(author_of(caller.actor), speaks_motion=True, rate=self._rooms.rate_of(caller))
        self._sessions[key] = session
        if len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    async def after(self, motion_id: int, caller: Caller, number: int, wait_s: float) -> bytes:
        """Return what came after a number, as soon as there is something, or at the end of the wait.

        Args:
            motion_id: A motion of the caller's congress.
            caller: Who asks.
            number: The last that the caller has; 0 asks for everything.
            wait_s: Seconds, cut to `MAX_WAIT_S`.
        """
        rate = self._rate(caller)
        rate.spend(asyncio.get_running_loop().time(), WHOLE_COSTS if number == 0 else 1)
        await asyncio.sleep(rate.delay(asyncio.get_running_loop().time()))
        room = await self._rooms.open(motion_id)
        room.note_poll(caller)
        if room.number <= number:
            await room.recent.wait(max(0.0, min(wait_s, EMPTY_WAIT_S if number == 0 else MAX_WAIT_S)))
            room = await self._rooms.open(motion_id)
        frames: list[bytes] = []
        if room.number != number:
            # The position goes with the document as it is now, whatever happens while the database is read.
            frames = await self._news(room, number)
        else:
            frames = [wire.encode_message(wire.Position(number))]
        frames.insert(0, room.state_message(caller))
        newcomers = room.company.newcomers_message()
        frames += [room.company.present_message()] if newcomers is None else [newcomers, room.company.present_message()]
        return wire.join_frames(frames + _presence(room))

    def _rate(self, caller: Caller) -> Rate:
        """How fast one session may poll, apart from what it writes."""
        session_id = caller.actor.session_id
        rate = self._polls.pop(session_id, None) or Rate(
            POLLS_PER_S, asyncio.get_running_loop().time(), burst=3 * WHOLE_COSTS
        )
        self._polls[session_id] = rate
        if len(self._polls) > MAX_POLLERS:
            self._polls.popitem(last=False)
        return rate

    async def _news(self, room: Room, number: int) -> list[bytes]:
        position = room.number
        since = room.recent.since(number) if 0 < number < position else None
        if since is not None:
            authors = [room.company.authors_message(since.clients)] if since.clients else []
            messages = [*authors, wire.encode_message(wire.SyncUpdate(since.update))]
        elif 0 < position - number <= MAX_CATCH_UP and number > 0:
            rows = await self._rooms.updates_between(room.motion_id, number, position)
            update = fold([row.content for row in rows])
            messages = [room.company.authors_message(), wire.encode_message(wire.SyncUpdate(update))]
        else:
            messages = [room.company.authors_message(), wire.encode_message(wire.SyncStep2(room.draft.full_state()))]
        return [*messages, wire.encode_message(wire.Position(position))]


def _answers(offers: list[Offer], answers: list[Answer]) -> list[bytes]:
    frames: list[bytes] = []
    taken = [(offer.n, answer) for offer, answer in zip(offers, answers, strict=True) if isinstance(answer, Taken)]
    numbers = [n for n, _ in taken if n is not None]
    if numbers:
        last = max((answer for _, answer in taken), key=lambda answer: answer.entry)
        frames.append(wire.encode_message(wire.Ack(numbers, last.entry, rfc3339(last.at))))
    for offer, answer in zip(offers, answers, strict=True):
        if isinstance(answer, NotTaken) and offer.n is not None:
            refusal = wire.Refusal(offer.n, answer.reason, answer.sentence, answer.kept)
            frames.append(wire.encode_message(refusal))
    return frames


def _document(room: Room, state_vector: bytes | None) -> list[bytes]:
    update = room.draft.full_state() if state_vector is None else room.draft.diff(state_vector)
    return [wire.encode_message(wire.SyncStep2(update)), wire.encode_message(wire.Position(room.number))]


def _presence(room: Room) -> list[bytes]:
    message = room.carets.everyone_message()
    return [] if message is None else [message]
