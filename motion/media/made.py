"""What the child makes of a file: roles, their types, and what it says of each."""

from dataclasses import dataclass

MEDIA_TYPES = {
    "video-720": "video/mp4",
    "video-360": "video/mp4",
    "sound": "audio/webm",
    "poster": "image/jpeg",
    "waveform": "image/svg+xml",
    "photo": "image/jpeg",
    "document": "application/pdf",
}
"""By role; whoever starts the child reads them here, and believes no other."""


@dataclass(frozen=True, slots=True)
class Made:
    """One file in the child's folder, called as its role. Width and height in pixels, of what one looks at."""

    role: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was made. `kind` is what the file is (`motion.rules.contributions.FileKind`), by its content."""

    kind: str
    made: tuple[Made, ...]
    duration_ms: int | None = None
