"""Two people's real prose, keystroke by keystroke, through the draft."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from motion.live.draft import Draft, Snapshot
from tests.live.editors import Editor, take

TRACE = Path(__file__).parents[1] / "traces" / "friendsforever.json.gz"


def test_a_text_that_two_people_wrote_comes_out_as_they_left_it() -> None:
    """26,078 recorded changes, many of them concurrent: all accepted, the recorded text, all of it signed."""
    trace = json.loads(gzip.decompress(TRACE.read_bytes()))
    changes = trace["txns"]
    editors = [Editor(1000 + agent) for agent in range(trace["numAgents"])]
    seen: list[set[int]] = [set() for _ in editors]
    updates: list[bytes] = []
    draft = Draft()
    for at, (agent, parents, patches) in enumerate(changes):
        editor = editors[agent]
        for missing in sorted(_missing(parents, changes, seen[agent])):
            editor.hear(updates[missing])
        editor.outbox.clear()
        with editor.doc.transaction():
            for position, removed, new in patches:  # ASCII: a character is a byte
                if removed:
                    del editor.text[position : position + removed]
                if new:
                    editor.text.insert(position, new)
        seen[agent].add(at)
        updates.append(editor.outbox[0])
        take(draft, updates[-1], editor.author)
    assert draft.text() == trace["endContent"]
    assert sum(draft.shares().values()) == len(trace["endContent"])
    assert draft.shares().keys() == {1000, 1001}
    restored = Draft.restore(Snapshot.unpack(draft.snapshot().pack()))
    assert restored.text() == draft.text()
    assert restored.runs() == draft.runs()


def _missing(parents: list[int], changes: list[list], seen: set[int]) -> list[int]:
    """The changes that an author had before theirs and that their editor here has not; marks them as seen."""
    missing: list[int] = []
    waiting = list(parents)
    while waiting:
        change = waiting.pop()
        if change not in seen:
            seen.add(change)
            missing.append(change)
            waiting.extend(changes[change][1])
    return missing
