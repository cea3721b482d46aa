"""What a search finds in recordings: a few lines at a time, each with the second at which it is said."""

import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from motion.rules import captions
from motion.rules.caption_files import read_own
from motion.rules.captions import Cue
from storage import transcripts
from storage.models import SearchPassage, Transcript

KIND = "contribution.captions"
LONG = 240  # characters: a dozen seconds, so that words said together are found together
ANCHOR = re.compile(r"contributions/(C[0-9]+)/transcription/[0-9]+\?(?:langue=[a-z]+&)?t=([0-9]+)#t[0-9]+", re.ASCII)
"""The anchor of such a passage: the address of its first second, below the congress."""


def passages(db: Session, congress_id: int, entry: int) -> list[SearchPassage]:
    """The passages of a transcript by the entry that publishes it; none when a later version is published."""
    said = transcripts.spoken(db, congress_id, entry)
    if said is None:
        return []
    language = "" if said.is_first else f"langue={said.language}&"
    here = f"contributions/C{said.contribution}/transcription/{said.file}?{language}"
    return [
        SearchPassage(congress_id=congress_id, entry=entry, anchor=f"{here}t={second}#t{second}", text=text)
        for second, text in _together(read_own(said.text))
    ]


def earlier(db: Session, congress_id: int, entry: int) -> list[int]:
    """The entries that published earlier versions of the same transcript."""
    said = transcripts.of_entry(db, congress_id, entry)
    if said is None:
        return []
    same = col(Transcript.file_id) == said.file_id, col(Transcript.language) == said.language
    query = select(col(Transcript.entry)).where(*same, col(Transcript.version) < said.version)
    return [row for row in db.execute(query).scalars() if row is not None]


def _together(cues: tuple[Cue, ...]) -> Iterator[tuple[int, str]]:
    """Lines of one person taken together, up to `LONG`: the second at which they begin, and the words."""
    start, speaker, words = 0, "", ""
    for cue in cues:
        if words and (cue.speaker != speaker or len(words) + len(cue.text) >= LONG):
            yield start, words
            words = ""
        if not words:
            start, speaker = captions.seconds(cue)[0], cue.speaker
        words = f"{words} {cue.text}".strip()
    if words:
        yield start, words
