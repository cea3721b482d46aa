"""Files of captions: WebVTT (W3C, 2019) and SRT (SubRip). Strict on what is written, forgiving on what is read.

What is read may be in disorder, overlap a little, come from any system; what can't be understood is refused with the
line at fault, never left out in silence. Only the words, the times and the speakers are taken: colours, places on
the picture and notes are not.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from motion.rules.caption_errors import CaptionsRefused
from motion.rules.captions import MAX_CUES, MAX_MS, MAX_TEXT, Cue, Cues, checked, cleaned, fitted, wrapped
from motion.rules.contributions import MAX_NAME

MAX_BYTES = 2_000_000  # a day of speech is less

_END_OF_LINE = re.compile(r"\r\n|\n|\r")
_TIME = r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{2})(?:[.,]([0-9]{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII | re.DOTALL)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?[ \t]([^<>]{0,400})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<[0-9:.]{5,12}>")
_PLACING = re.compile(r"\{\\[^{}]{0,200}\}")  # of SRT: `{\an8}`
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def read(content: bytes) -> Cues:
    """Read an uploaded file, whatever its kind, as captions that can be shown (`captions.fitted`).

    Raises:
        CaptionsRefused: It is too large, is none, or a line of it can't be understood.
    """
    if len(content) > MAX_BYTES:
        raise CaptionsRefused("too-large")
    lines = _lines(content)
    is_vtt = re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None
    if not is_vtt and not any(_TIMING.fullmatch(line) for line in lines if "-->" in line):
        raise CaptionsRefused("not-captions")
    found = _blocks(lines, is_vtt)
    if not found:
        raise CaptionsRefused("no-cue")
    return checked(fitted(_apart(found)))


def line_of(content: bytes, number: int) -> str:
    """A line of a file as `CaptionsRefused` numbers it, without what deceives the eye; empty beyond the last."""
    lines = _lines(content)
    return cleaned(lines[number - 1]) if 0 < number <= len(lines) else ""


def _lines(content: bytes) -> list[str]:
    return _END_OF_LINE.split(_decoded(content).removeprefix("\ufeff"))


def _decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 when it says so, else what old French tools write."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _blocks(lines: Sequence[str], is_vtt: bool) -> list[tuple[int, Cue]]:
    """The cues in the order of the file, with the line of each one's times."""
    found: list[tuple[int, Cue]] = []
    at = _blank_after(lines, 0) if is_vtt else 0
    while at < len(lines):
        line = lines[at]
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if _is_blank(line) or ("-->" in following and "-->" not in line and (is_vtt or _is_number(line))):
            at += 1  # between two cues, or the name of one
        elif is_vtt and re.match(r"(?:NOTE(?:[ \t]|$)|(?:STYLE|REGION)[ \t]*$)", line):
            at = _blank_after(lines, at)
        elif "-->" in line:
            at = _cue(lines, at, found, is_vtt)
        else:
            at = _words_alone(lines, at, found, is_vtt)
        if len(found) > MAX_CUES:
            raise CaptionsRefused("too-many")
    return found


def _blank_after(lines: Sequence[str], at: int) -> int:
    """The first blank line from here on, or one with times, which no header or note has."""
    while at < len(lines) and not _is_blank(lines[at]) and "-->" not in lines[at]:
        at += 1
    return at


def _is_blank(line: str) -> bool:
    return not line.strip(" \t")


def _is_number(line: str) -> bool:
    return _NUMBER.fullmatch(line.strip()) is not None


def _cue(lines: Sequence[str], at: int, found: list[tuple[int, Cue]], is_vtt: bool) -> int:
    """Read the cue whose times stand on this line; return where the next thing begins."""
    times = _TIMING.fullmatch(lines[at])
    if times is None:
        raise CaptionsRefused("time", at + 1)
    start, end = _ms(*times.groups()[:4]), _ms(*times.groups()[4:])
    words = at + 1
    after = _blank_after(lines, words)
    if after < len(lines) and "-->" in lines[after] and after > words and _is_number(lines[after - 1]):
        after -= 1  # the number of the next, without the blank line that should stand before
    if end <= start:
        raise CaptionsRefused("time-order", at + 1)
    if end > MAX_MS:
        raise CaptionsRefused("too-late", at + 1)
    for cue in _spoken(start, end, "\n".join(lines[words:after]), is_vtt):
        if len(cue.text) > MAX_TEXT:
            raise CaptionsRefused("too-long", at + 1)
        if len(cue.speaker) > MAX_NAME:
            raise CaptionsRefused("name-too-long", at + 1)
        found.append((at + 1, cue))
    return after


def _words_alone(lines: Sequence[str], at: int, found: list[tuple[int, Cue]], is_vtt: bool) -> int:
    """Words after a blank line: in SRT they go on with the cue before; anywhere else they have no time."""
    after = _blank_after(lines, at)
    if after < len(lines) and "-->" in lines[after] and after - 1 > at and _is_number(lines[after - 1]):
        after -= 1
    text = _plain("\n".join(lines[at:after]), is_vtt)
    if text and not _is_number(text):
        if is_vtt or not found:
            raise CaptionsRefused("no-time", at + 1)
        line, cue = found[-1]
        if len(cue.text) + len(text) >= MAX_TEXT:
            raise CaptionsRefused("too-long", line)
        found[-1] = (line, replace(cue, text=f"{cue.text} {text}"))
    return max(after, at + 1)


def _spoken(start: int, end: int, payload: str, is_vtt: bool) -> list[Cue]:
    """The cues of a payload: one for each person who speaks in it, the time shared by the length of their words."""
    parts = _VOICE.split(payload)  # words, name, words, name, words…
    names = ["", *(cleaned(html.unescape(name)) for name in parts[1::2])]
    said = [(name, _plain(words, is_vtt)) for name, words in zip(names, parts[::2], strict=True)]
    voices = [(name, text) for name, text in said if text.strip()]
    total, before, found = sum(len(text) for _name, text in voices), 0, []
    for name, text in voices:
        first, last = (start + (end - start) * place // total for place in (before, before + len(text)))
        found.append(Cue(first, max(last, first + 1), text, name))
        before += len(text)
    return found


def _plain(payload: str, is_vtt: bool) -> str:
    return cleaned(html.unescape(_TAG.sub("", payload if is_vtt else _PLACING.sub("", payload))))


def _ms(hours: str | None, minutes: str, seconds: str, parts: str | None) -> int:
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int((parts or "0").ljust(3, "0"))


def _apart(found: list[tuple[int, Cue]]) -> Cues:
    """In order, and each ended where the next begins: captions on the screen together are told one after the other.

    Raises:
        CaptionsRefused: Two begin at the same moment, and can't be told apart (`overlap`, with the line).
    """
    ordered = sorted(found, key=lambda one: one[1].start_ms)
    cues: list[Cue] = []
    for (_line, cue), (line, following) in zip(ordered, [*ordered[1:], (0, None)], strict=True):
        if following is not None and following.start_ms < cue.end_ms:
            if following.start_ms <= cue.start_ms:
                raise CaptionsRefused("overlap", line)
            cue = replace(cue, end_ms=following.start_ms)
        cues.append(cue)
    return tuple(cues)


def webvtt(cues: Sequence[Cue]) -> str:
    """Write captions as WebVTT, wrapped for display; `read_own` gives the same cues back."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        lines = [_escaped(line) for line in wrapped(cue.text)]
        if cue.speaker:
            lines = [f"<v {_escaped(cue.speaker)}>{lines[0]}", *lines[1:]]
            lines[-1] += "</v>"
        blocks.append(f"{_stamp(cue.start_ms, '.')} --> {_stamp(cue.end_ms, '.')}\n" + "\n".join(lines) + "\n")
    return "\n".join(blocks)


def read_own(text: str) -> Cues:
    """The cues of a transcript that this service has written."""
    return tuple(cue for _line, cue in _blocks(_END_OF_LINE.split(text), True))


def srt(cues: Sequence[Cue]) -> str:
    """Write captions as SRT, for tools that read nothing else: a speaker stands before the words."""
    blocks = []
    for number, cue in enumerate(cues, start=1):
        said = f"{cue.speaker}\u00a0: {cue.text}" if cue.speaker else cue.text
        times = f"{_stamp(cue.start_ms, ',')} --> {_stamp(cue.end_ms, ',')}"
        blocks.append(f"{number}\n{times}\n" + "\n".join(wrapped(said)) + "\n")
    return "\n".join(blocks)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(ms: int, sign: str) -> str:
    seconds, parts = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{sign}{parts:03}"
