"""The name of a file as its sender's device says it: text to be shown, never part of a path or of a header."""

import re
import unicodedata

MAX_CHARACTERS = 150

# Controls, private use, and marks that turn the direction of what follows: "photo‮gpj.exe" reads "photoexe.jpg".
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown_name(text: str) -> str:
    """Clean a name: the last part of a path, composed, on one line, without hidden characters; the ending stays.

    >>> shown_name("C:\\\\Photos\\\\Été.jpg"), shown_name("../../etc/passwd"), shown_name("..")
    ('Été.jpg', 'passwd', '')
    """
    composed = unicodedata.normalize("NFC", text[:10_000])
    last = re.split(r"[/\\]", composed.rstrip("/\\"))[-1]
    plain = "".join(letter for letter in last if unicodedata.category(letter) not in _HIDDEN)
    plain = " ".join(plain.split()).strip(". ")
    if len(plain) <= MAX_CHARACTERS:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:MAX_CHARACTERS]
    return f"{stem[: MAX_CHARACTERS - len(ending) - 2]}…{dot}{ending}"


def plain_type(text: str) -> str:
    """A media type as a device says it, without its parameters; empty when it has not the form of one.

    >>> plain_type("Video/MP4; codecs=avc1"), plain_type("text/html\\r\\nX: 1")
    ('video/mp4', '')
    """
    plain = text.partition(";")[0].strip().lower()
    return plain if re.fullmatch(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}", plain) else ""
