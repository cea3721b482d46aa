"""A JPEG without what is not the picture: the segments between its parts (ITU-T T.81, annex B)."""

_PLAIN = frozenset({0xE0, 0xE2, 0xEE})  # JFIF, colour profile, Adobe's colour transform: without them colours change


def bare(content: bytes) -> bytes:
    """The same picture without Exif, XMP, comments and thumbnails; what has not the form of a JPEG, as it is."""
    if not content.startswith(b"\xff\xd8"):
        return content
    kept, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a filler
            at += 1
            continue
        if marker == 0xDA:  # the picture itself, to the end
            end = content.rfind(b"\xff\xd9")
            return bytes(kept) + (content[at : end + 2] if end > at else content[at:])
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2:
            return content
        is_extra = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not is_extra or marker in _PLAIN:
            kept += content[at : at + 2 + length]
        at += 2 + length
    return content
