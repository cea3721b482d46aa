"""The whole check of a published congress: its log, its objects, its texts. Says the first thing that does not hold.

Three parts, in this order, since each rests on the one before: the log (`motion.record.published`), then what it
commits to (`motion.record.contents`), then each motion written again (`replay`) and held against what is published.
A large log that lies in a folder is shared between processes: bundles of entries, then motions.
"""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from motion.audit.published_texts import Motion, Note, PublishedTexts
from motion.audit.sources import LOG, LogReader, Source, SourceError, read_json
from motion.record.checkpoint import VerifierKey, open_checkpoint, parse_verifier_key
from motion.record.contents import Told, read_contents
from motion.record.errors import MalformedKey, MalformedPolicy, RecordError
from motion.record.flaws import Broken, Flaw, Holds
from motion.record.policy import Policy, parse_policy
from motion.record.published import Progress, Read, check_published, judge_bundle, serially, shown, silent
from motion.record.stamps import check_stamps
from motion.record.story import Redaction, Story
from motion.record.tiles import Tile

LARGE = 20_000  # entries from which starting other processes pays
CHUNK = 16  # bundles that a process takes at once


@dataclass(frozen=True, slots=True)
class Given:
    """What the auditor brings from elsewhere; what is missing is taken from the place itself, and said so."""

    key: VerifierKey | None = None
    older: Sequence[bytes] = ()
    policy: Policy | None = None


@dataclass(slots=True)
class Counts:
    """How much was checked."""

    objects: int = 0
    updates: int = 0
    withdrawn: int = 0
    skeletons: int = 0
    kept_back: int = 0
    digests: int = 0
    texts: int = 0
    decisions: int = 0
    wholes: int = 0
    stamps: int = 0

    def add(self, other: "Counts") -> None:
        """Take another process's counts in."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Report:
    """What the check found. `broken` is the first thing that does not hold; `holds` what the log is, when it does."""

    key: VerifierKey
    key_is_given: bool
    holds: Holds | None = None
    broken: Broken | None = None
    counts: Counts = field(default_factory=Counts)
    notes: list[Note] = field(default_factory=list)
    kinds: Mapping[str, int] = field(default_factory=dict)
    officials: int = 0
    witnesses_named: int = 0


def audit(source: Source, given: Given, progress: Progress = silent, *, processes: int | None = None) -> Report:
    """Check everything.

    Args:
        processes: How many to use for a large log; as many as there are processors, by default.

    Raises:
        SourceError: Something could not be had, so nothing can be said.
    """
    read = LogReader(source)
    note = source.read(LOG + "checkpoint")
    if note is None:
        # Of a congress that is a second old nothing is signed yet; and so nothing is wrong.
        raise SourceError("no-log" if source.is_local else "no-log-yet", LOG + "checkpoint")
    key = given.key or _key_of(source, note)
    report = Report(key, given.key is not None)
    if given.key is None:
        report.notes.append(Note("key-of-the-place"))
    policy = given.policy or _policy_of(source, report)
    witnesses = tuple(policy.witnesses.values()) if policy else ()
    report.witnesses_named = len(witnesses)
    older = [*given.older, *(source.read(path) or b"" for path in source.kept_checkpoints())]
    # What was stamped is a checkpoint like those: signed, and on the way of the log.
    stamps = [
        (at, source.read(f"{LOG}timestamps/{at}.checkpoint"), source.read(f"{LOG}timestamps/{at}.tsr") or b"")
        for at in source.stamped()
    ]
    older += [stamped for _at, stamped, _reply in stamps if stamped is not None]
    size = _size_of(note, key)
    count = 1 if size < LARGE or not source.is_local else (processes or os.cpu_count() or 1)
    story = Story()
    with _pool(count) as workers:
        judge = serially if workers is None else partial(_judge_together, workers)
        result = check_published(
            read, note, key, older=older, witnesses=witnesses, story=story, judge=judge, progress=progress
        )
        report.kinds, report.officials = story.kinds, story.officials
        if isinstance(result, Broken):
            report.broken = result
            return report
        report.holds = result
        _weigh_witnesses(report, policy, note, given.policy is not None)
        if given.policy is None and report.broken is None:
            _compare_policy(source, report, policy, story)
        if report.broken is None:
            _check_stamps(source, report, stamps)
        if story.is_rehearsal:
            report.notes.append(Note("rehearsal"))
        if not older:
            report.notes.append(Note("no-older"))
        if report.broken is None:
            _check_contents(source, story, report, workers, count, progress)
    return report


def _key_of(source: Source, note: bytes) -> VerifierKey:
    data = source.read(LOG + "log.vkey")
    # A log whose key was changed publishes several: the one that signed this checkpoint.
    found: VerifierKey | None = None
    for line in (data or b"").decode(errors="replace").splitlines():
        with suppress(MalformedKey):
            key = parse_verifier_key(line)
            found = found or key
            with suppress(RecordError):
                open_checkpoint(note, key)
                return key
    if found is None:
        raise SourceError("no-key", LOG + "log.vkey")
    return found


def _policy_of(source: Source, report: Report) -> Policy | None:
    data = source.read(LOG + "policy")
    if data is None:
        return None
    try:
        return parse_policy(data)
    except MalformedPolicy:
        report.notes.append(Note("policy-unreadable"))
        return None


def _size_of(note: bytes, key: VerifierKey) -> int:
    try:
        return open_checkpoint(note, key).checkpoint.size
    except RecordError:
        return 0


def _weigh_witnesses(report: Report, policy: Policy | None, note: bytes, is_given: bool) -> None:
    """A policy brought from elsewhere is demanded; the place's own only says what it hopes for."""
    if policy is None or not policy.witnesses:
        report.notes.append(Note("no-witness"))
        return
    signed = open_checkpoint(note, report.key, tuple(policy.witnesses.values())).cosignatures
    if policy.is_met({cosignature.key for cosignature in signed}):
        return
    if is_given:
        report.broken = Broken(Flaw.WITNESSES)
    else:
        report.notes.append(Note("few-witnesses", {"signed": len(signed), "named": len(policy.witnesses)}))


def _compare_policy(source: Source, report: Report, policy: Policy | None, story: Story) -> None:
    """The place's own policy against the witnesses that its record names."""
    named = {key.encode() for key in policy.witnesses.values()} if policy else set()
    if policy is None and (not story.witnesses or _has_no_rule(report)):
        return
    is_of_the_log = policy is None or report.key in policy.logs
    if named == story.witnesses and is_of_the_log:
        return
    if source.is_local or not is_of_the_log:
        report.broken = Broken(Flaw.POLICY, words=LOG + "policy")
    else:
        # An address tells of this moment, its checkpoint of one before.
        report.notes.append(Note("policy-newer"))


def _has_no_rule(report: Report) -> bool:
    return any(note.code == "policy-unreadable" for note in report.notes)


def _check_stamps(source: Source, report: Report, stamps: Sequence[tuple[int, bytes | None, bytes]]) -> None:
    """The stamps of an authority, as far as they can be checked without its own certificates."""
    found = check_stamps(stamps)
    if isinstance(found, Broken):
        report.broken = found
        return
    report.counts.stamps = found
    if found:
        report.notes.append(Note("stamps-authority"))
    elif not source.is_local:
        report.notes.append(Note("stamps-not-listed"))


# --- several processes ---


def _pool(count: int) -> Any:
    """The processes, or nothing at all when there would be one."""
    if count < 2:
        return _Alone()
    # Started afresh: whoever calls may have threads, which a fork would leave broken.
    return multiprocessing.get_context("forkserver").Pool(count)


class _Alone:
    """No other process."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exception: object) -> None:
        return None


def _judge_together(workers: Any, read: Read, bundles: Iterable[Tile]) -> Iterator[Broken | None]:
    judged: Iterator[Broken | None] = workers.imap(partial(judge_bundle, read), bundles, CHUNK)
    return judged


@dataclass(frozen=True, slots=True)
class _Share:
    """The part of the objects and motions that one process checks; the first has what belongs to no motion."""

    source: Source
    size: int
    redactions: Mapping[int, Redaction]
    motions: frozenset[str]
    is_first: bool

    def is_mine(self, body: Mapping[str, Any]) -> bool:
        doc = body.get("doc")
        return self.is_first if doc is None else doc in self.motions


@dataclass(slots=True)
class _Checked:
    broken: Broken | None
    counts: Counts
    notes: list[Note]


def _check_contents(source: Source, story: Story, report: Report, workers: Any, count: int, progress: Progress) -> None:
    assert report.holds is not None
    shares = [
        _Share(source, report.holds.size, story.redactions, frozenset(motions), at == 0)
        for at, motions in enumerate(_spread(story.updates, min(count, max(1, len(story.updates)))))
    ]
    # The first share is this process's own: its progress is shown for all.
    others = None if workers is None else workers.map_async(_check_share, shares[1:], 1)
    checked: list[_Checked] = [_check_share(shares[0], progress)]
    if others is not None:
        checked += others.get()
    first: Broken | None = None
    notes: list[Note] = []
    for part in checked:
        report.counts.add(part.counts)
        notes += part.notes
        if part.broken is not None and (first is None or (part.broken.entry or 0) < (first.entry or 0)):
            first = part.broken
    report.notes += sorted(notes, key=_in_order)
    if first is not None and first.flaw in (Flaw.OBJECT_MISSING, Flaw.OBJECT_ALTERED, Flaw.SKELETON):
        _refuse_to_judge_what_moved(source, first, report.holds.size)
    report.broken = first


def _in_order(note: Note) -> tuple[str, int, int]:
    """M2 before M10, whichever process was faster."""
    digits = "".join(filter(str.isdecimal, str(note.values.get("motion"))))
    return note.code, int(digits or 0), int(note.values.get("entry", 0))


def _refuse_to_judge_what_moved(source: Source, broken: Broken, size: int) -> None:
    """An object that was withdrawn after the checkpoint has its reason beyond it: look again with a newer one."""
    if source.is_local or broken.entry is None:
        return
    said = (read_json(source, LOG + "redactions.json") or {}).get("redactions")
    for redaction in said if isinstance(said, list) else ():
        if isinstance(redaction, dict) and redaction.get("target") == broken.entry:
            number = redaction.get("entry")
            if isinstance(number, int) and number >= size:
                raise SourceError("moved", LOG + "redactions.json")


def _spread(updates: Mapping[str, int], count: int) -> list[list[str]]:
    """Motions in as many heaps, about as many updates in each."""
    heaps: list[list[str]] = [[] for _ in range(count)]
    weights = [0] * count
    for doc, weight in sorted(updates.items(), key=lambda item: (-item[1], item[0])):
        lightest = weights.index(min(weights))
        heaps[lightest].append(doc)
        weights[lightest] += weight
    return heaps


def _check_share(share: _Share, progress: Progress = silent) -> _Checked:
    counts = Counts()
    texts = PublishedTexts(share.source, share.size)
    motions: dict[str, Motion] = {}
    broken: Broken | None = None
    read = LogReader(share.source)
    is_mine, files = share.is_mine, read.files
    for told in read_contents(read, share.size, share.redactions, progress, is_mine=is_mine, files=files):
        if isinstance(told, Broken):
            broken = told
            break
        flaw = _tell(told, motions, texts, counts)
        if flaw is not None:
            broken = Broken(flaw, entry=told.number, words=shown(told.raw))
            break
    else:
        for motion in motions.values():
            broken = motion.finish(counts) or broken
            if broken is not None:
                break
    return _Checked(broken, counts, [note for motion in motions.values() for note in motion.notes])


def _tell(told: Told, motions: dict[str, Motion], texts: PublishedTexts, counts: Counts) -> Flaw | None:
    if told.kind == "redaction":
        counts.withdrawn += 1
    if told.content is not None:
        counts.objects += not told.content.is_skeleton
        counts.skeletons += told.content.is_skeleton
    elif "c" in told.body and told.kind in ("crdt.reject", "crdt.late"):
        counts.kept_back += 1
    doc = told.body.get("doc")
    if doc is None:
        return None
    if told.kind == "motion.create":
        motions[doc] = Motion(doc, texts)
    motion = motions.get(doc)
    return None if motion is None else motion.tell(told, counts)
