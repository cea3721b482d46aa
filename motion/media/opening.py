"""Opening a recording that a stranger sent, and looking at it before anything is made of it.

The reader is named (`motion.media.sniffing`), only files are opened, only codecs of the list below are decoded: what a
playlist, a reference inside a film or a rare decoder could do, nobody gets to try. What a file declares is looked at
first, and then believed for nothing: the same bounds hold while it is decoded (`motion.media.recording`).
"""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from motion.media.refusal import FULL, DiskFull, Refused
from motion.rules.media import MAX_FRAMES_PER_S, MAX_MINUTES, MAX_SIDE, MAX_STREAMS, MediaReason

VIDEO_CODECS = frozenset(
    "h264 hevc vp8 vp9 av1 libdav1d libvpx libvpx-vp9 mpeg4 h263 mjpeg prores mpeg2video theora msmpeg4v3".split()
)
AUDIO_CODECS = frozenset(
    "aac mp3 mp3float opus libopus vorbis flac alac amrnb amrwb ac3 eac3 adpcm_ima_wav adpcm_ms "
    "pcm_u8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_alaw pcm_mulaw".split()
)
LONGEST_S = MAX_MINUTES * 60 + 5  # who counts thirty minutes by hand
FIRST_PACKETS = 400  # in which a first picture and a first sound are found
LOOKED_FOR_LOCK = 4 << 20  # bytes at both ends, where films say how they are locked

log = logging.getLogger("motion.media")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a recording has.

    Attributes:
        picture: Its first picture, as decoded.
        sound: Its first sound.
        start_s: When the earlier of both begins.
        duration_s: As it declares; None when it does not, as films that a browser recorded.
    """

    picture: VideoFrame | None
    aspect: Fraction  # of one point of the picture, width over height
    sound: AudioFrame | None
    start_s: float
    duration_s: float | None


@contextmanager
def opened(path: Path, name: str) -> Iterator[InputContainer]:
    """Open a recording with the reader of this name.

    Raises:
        Refused: It can't be read, or is locked; so too when that shows within the block.
        DiskFull: What was being made of it has no room.
    """
    options = {
        "protocol_whitelist": "file",
        "codec_whitelist": ",".join(sorted(VIDEO_CODECS | AUDIO_CODECS)),
        "enable_drefs": "0",  # a film whose pictures lie in another file
        "use_absolute_path": "0",
    }
    try:
        with av.open(f"file:{path}", format=name, options=options, metadata_errors="ignore") as container:
            yield container
    except (av.error.FFmpegError, ValueError, OverflowError, ZeroDivisionError) as error:
        number = error.errno if isinstance(error, av.error.FFmpegError) else 0
        if number in FULL:
            raise DiskFull from error
        if number in (errno.ENOMEM, errno.EFBIG):
            raise Refused(MediaReason.TOO_HEAVY) from error
        log.info("couldn't read a recording (%s): %s", name, error)
        raise Refused(MediaReason.PROTECTED if is_locked(path) else MediaReason.DAMAGED) from error


def tracks(container: InputContainer) -> tuple[VideoStream | None, AudioStream | None]:
    """The first picture and the first sound that can be decoded; a cover is no picture.

    Raises:
        Refused: More streams than any camera writes.
    """
    if len(container.streams) > MAX_STREAMS:
        raise Refused(MediaReason.TOO_MANY_STREAMS)
    video = audio = None
    for stream in container.streams:
        if stream.codec_context is None:
            continue
        name = stream.codec_context.codec.name
        is_still = bool(stream.disposition & stream.disposition.__class__.attached_pic)
        if isinstance(stream, VideoStream) and video is None and not is_still and name in VIDEO_CODECS:
            video = stream
        elif isinstance(stream, AudioStream) and audio is None and name in AUDIO_CODECS:
            audio = stream
    return video, audio


def look(path: Path, name: str) -> Looked:
    """Look at a recording without decoding more than its beginning.

    Raises:
        Refused: A bound is passed, or there is nothing to see and nothing to hear.
    """
    with opened(path, name) as container:
        video, audio = tracks(container)
        if video is None and audio is None:
            raise Refused(MediaReason.PROTECTED if is_locked(path) else MediaReason.NO_PICTURE_NO_SOUND)
        duration_s = container.duration / av.time_base if container.duration else None
        if duration_s is not None and duration_s > LONGEST_S:
            raise Refused(MediaReason.TOO_LONG)
        if video is not None:
            check_size(video.codec_context.width, video.codec_context.height)
            rate = video.average_rate
            # What a browser records has no rate: its clock ticks a thousand times a second, and so says the reader.
            if name == "mov" and rate is not None and rate > MAX_FRAMES_PER_S + 1:
                raise Refused(MediaReason.TOO_FAST)
        picture, sound = _firsts(container, video, audio)
        if picture is None and sound is None:
            raise Refused(MediaReason.PROTECTED if is_locked(path) else MediaReason.DAMAGED)
        aspect = _aspect(video, picture)
        starts = [frame.time for frame in (picture, sound) if frame is not None and frame.time is not None]
        return Looked(picture, aspect, sound, min(starts, default=0.0), duration_s)


def _firsts(
    container: InputContainer, video: VideoStream | None, audio: AudioStream | None
) -> tuple[VideoFrame | None, AudioFrame | None]:
    picture: VideoFrame | None = None
    sound: AudioFrame | None = None
    for number, packet in enumerate(container.demux([each for each in (video, audio) if each is not None])):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue  # the pass that converts counts them
        for frame in frames:
            if isinstance(frame, VideoFrame) and picture is None:
                check_size(frame.width, frame.height)
                picture = frame
            elif isinstance(frame, AudioFrame) and sound is None:
                sound = frame
        is_whole = (picture is not None or video is None) and (sound is not None or audio is None)
        if is_whole or number > FIRST_PACKETS:
            break
    return picture, sound


def check_size(width: int, height: int) -> None:
    """Refuse pictures that nobody's camera takes.

    Raises:
        Refused: Too large.
    """
    if width > MAX_SIDE or height > MAX_SIDE:
        raise Refused(MediaReason.TOO_LARGE_PICTURE)


def _aspect(video: VideoStream | None, picture: VideoFrame | None) -> Fraction:
    found = video.sample_aspect_ratio if video is not None and picture is not None else None
    # Nobody's camera has points four times as wide as they are high.
    return found if found and Fraction(1, 4) <= found <= 4 else Fraction(1)


def is_locked(path: Path) -> bool:
    """Whether a film of the MP4 family says that it is locked: a scheme box, ISO/IEC 14496-12, 8.12.5."""
    with path.open("rb") as file:
        size = path.stat().st_size
        head = file.read(LOOKED_FOR_LOCK)
        file.seek(max(0, size - LOOKED_FOR_LOCK))
        tail = file.read(LOOKED_FOR_LOCK)
    return any(b"sinf" in part and b"frma" in part and b"schm" in part for part in (head, tail))
