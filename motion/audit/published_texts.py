"""A motion told by the record, held against what is published of it: text, authors, state, votes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from motion.audit.replay import Replay, ReplayBroken
from motion.audit.sources import Source, read_json
from motion.record.contents import Told
from motion.record.flaws import Broken, Flaw
from motion.rules.vocabulary import MotionState

_STATES = {
    "motion.freeze": MotionState.FROZEN,
    "motion.unfreeze": MotionState.DRAFTING,
    "motion.adopt": MotionState.ADOPTED,
    "motion.reject": MotionState.REJECTED,
    "motion.withdraw": MotionState.WITHDRAWN,
}
_VOTES = ("for", "against", "abstentions", "not_voting")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the check must say though nothing is wrong: a code and its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Tally(Protocol):
    """What is counted along the way."""

    updates: int
    digests: int
    texts: int
    decisions: int
    wholes: int


class PublishedTexts:
    """What is published of each motion, below the congress's address."""

    def __init__(self, source: Source, size: int) -> None:
        self.source = source
        self.size = size

    def of(self, code: str) -> dict[str, Any] | None:
        """`motions/{code}.json`, or None."""
        return read_json(self.source, f"motions/{code}.json")

    def markdown(self, code: str) -> bytes | None:
        """`motions/{code}.md`, or None."""
        return self.source.read(f"motions/{code}.md")


class Motion:
    """One motion, entry after entry."""

    def __init__(self, code: str, texts: PublishedTexts) -> None:
        self.code = code
        self.notes: list[Note] = []
        self._texts = texts
        self._replay = Replay()
        self._state = MotionState.DRAFTING
        self._title = ""
        self._votes: dict[str, int] | None = None
        self._last = 0  # number of the last entry about this motion
        # Asked for before the updates are replayed: a motion being written is compared where the page stood.
        self._published = texts.of(code)
        self._compared: Flaw | None = None
        self._is_compared = False

    def tell(self, told: Told, counts: Tally) -> Flaw | None:
        """Take the next entry about this motion."""
        try:
            return self._tell(told, counts)
        except ReplayBroken:
            return Flaw.UPDATE

    def _tell(self, told: Told, counts: Tally) -> Flaw | None:
        body = told.body
        self._last = told.number
        self._state = _STATES.get(told.kind, self._state)
        match told.kind:
            case "motion.create":
                self._title = body["title"]
                self._compare_at(0, counts)
            case "motion.rename":
                self._title = body["title"]
            case "client.bind":
                self._replay.bind(body["cid"], body["official"], body.get("for", ""))
            case "crdt.update":
                assert told.content is not None  # a log that holds has the object or its skeleton
                flaw = self._replay.take(body, told.by, told.content)
                if flaw is not None:
                    return flaw
                counts.updates += 1
                self._compare_at(body["n"], counts)
            case "motion.freeze" | "doc.snapshot":
                return self._check_digest(told, counts)
            case "motion.adopt" | "motion.reject":
                counts.decisions += 1
                self._votes = {name: body[name] for name in _VOTES}
                return self._check_digest(told, counts)
        return None

    def _check_digest(self, told: Told, counts: Tally) -> Flaw | None:
        if sha256(self._replay.text().encode()).hexdigest() == told.body["digest"]:
            counts.digests += 1
            return None
        if self._replay.is_masked():
            self.notes.append(Note("digest-withdrawn", {"motion": self.code, "entry": told.number}))
            return None
        return Flaw.DIGEST

    def _compare_at(self, number: int, counts: Tally) -> None:
        """Hold the text against the published one at the update where that one stood."""
        said = self._published
        if said is None or said.get("number") != number:
            return
        self._is_compared = True
        text = self._replay.text()
        if said.get("text") != text:
            self._compared = Flaw.TEXT
            return
        shares = {by: count for by, count in self._replay.shares().items() if by != "system"}
        typed_for = {tuple(writer): count for writer, count in self._replay.typed_for().items()}
        if said.get("authors") is not None and _published_shares(said["authors"]) != (shares, typed_for):
            self._compared = Flaw.AUTHORS
            return
        counts.texts += 1

    def finish(self, counts: Tally) -> Broken | None:
        """Hold what is published against the end of the record."""
        try:
            if self._replay.whole_text() != self._replay.text():
                return Broken(Flaw.WHOLE, entry=self._last, words=self.code)
        except ReplayBroken:
            return Broken(Flaw.UPDATE, entry=self._last, words=self.code)
        counts.wholes += 1
        said = self._published
        if said is None:
            self.notes.append(Note("text-unpublished", {"motion": self.code}))
            return None
        if self._compared is not None:
            return self._differs(self._compared, "json")
        is_newer = _number(said.get("entry")) >= self._texts.size
        if not self._is_compared:
            if not is_newer or _number(said.get("number")) <= self._replay.number:
                return self._differs(Flaw.TEXT, "json")
            self.notes.append(Note("text-newer", {"motion": self.code}))
            return None
        if is_newer:
            self.notes.append(Note("text-newer", {"motion": self.code}))
            return None
        result = said.get("result")
        votes = {name: result.get(name) for name in _VOTES} if isinstance(result, dict) else None
        if (said.get("state"), said.get("title"), votes) != (self._state, self._title, self._votes):
            return self._differs(Flaw.RESULT, "json")
        return self._compare_markdown(said)

    def _compare_markdown(self, said: Mapping[str, Any]) -> Broken | None:
        """The plain text, whose digest anyone can compute; a text that is being written may have moved meanwhile."""
        if self._state == MotionState.DRAFTING and not self._texts.source.is_local:
            return None
        data = self._texts.markdown(self.code)
        if data is not None and data != str(said["text"]).encode():
            return self._differs(Flaw.TEXT, "md")
        return None

    def _differs(self, flaw: Flaw, form: str) -> Broken:
        """A file of this motion is not what the record gives."""
        path = f"motions/{self.code}.{form}"
        return Broken(flaw, entry=self._last, words=path, motion=self.code, path=path)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _published_shares(authors: object) -> tuple[dict[str, int], dict[tuple[str, ...], int]] | None:
    """`[{"official": 12, "characters": 340, "typed_for": [{"official": 7, "characters": 40}]}, …]` as the record names
    people: characters of each author, and those typed for somebody by (author, for whom)."""
    if not isinstance(authors, list):
        return None
    found: dict[str, int] = {}
    typed_for: dict[tuple[str, ...], int] = {}
    for author in authors:
        if not isinstance(author, dict):
            return None
        by = f"elu-{author.get('official')}"
        found[by] = _number(author.get("characters"))
        others = author.get("typed_for", [])
        if not isinstance(others, list) or not all(isinstance(other, dict) for other in others):
            return None
        for other in others:
            typed_for[by, f"elu-{other.get('official')}"] = _number(other.get("characters"))
    return found, typed_for
