"""How far what was heard is from what was said, and the recording that tells."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

RECORDING = Path(__file__).parent / "speech" / "annonces.webm"
SAID = RECORDING.with_suffix(".txt").read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    """The words alone: small letters, no signs."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).lower())


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest words (or characters) to change, add or leave out."""
    row = list(range(len(heard) + 1))
    for at, one in enumerate(said, start=1):
        before, row[0] = row[0], at
        for number, other in enumerate(heard, start=1):
            before, row[number] = row[number], min(row[number] + 1, row[number - 1] + 1, before + (one != other))
    return row[-1]


def error_rate(said: str, heard: str) -> float:
    """Word error rate: 0 is perfect."""
    return errors(words(said), words(heard)) / len(words(said))
