"""What a text shows once some of its words are masked: a replay of all its updates, outside the room."""

from motion.live.authorship import packed
from motion.live.callers import author_of_row
from motion.live.draft import Draft
from motion.live.updates import masked
from storage import drafts
from storage.store import Session

BATCH = 2_000  # updates read at once


def masked_copy(db: Session, motion_id: int, numbers: frozenset[int]) -> drafts.ReadingCopy | None:
    """The reading copy of a motion without the words of these updates; None for a motion without updates.

    For a text that nobody writes in: what it would be, before anything is decided. A minute for 260,000 keystrokes,
    in a thread of the caller's.

    Args:
        numbers: The updates' numbers in the motion.
    """
    draft = Draft()
    last: drafts.UpdateRow | None = None
    while rows := drafts.updates_after(db, motion_id, draft.number, limit=BATCH):
        for row in rows:
            is_redacted = row.is_redacted or row.number in numbers
            content = masked(row.content) if is_redacted else row.content
            draft.apply(row.number, content, author_of_row(row), is_redacted=is_redacted)
            last = row
    if last is None:
        return None
    runs, typed_for, standing_in = map(packed, (draft.runs(), draft.typed_for(), draft.masked()))
    return drafts.ReadingCopy(draft.text(), runs, draft.number, last.entry, last.at, typed_for, standing_in)
