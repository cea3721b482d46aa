"""A recording, from its packets to all that is published of it, in one pass.

What a file declares was looked at before (`motion.media.opening`); here what it does is bounded: how long it really
lasts, how large its pictures really are, how many of them there are.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.video.frame import VideoFrame

from motion.media import limits
from motion.media.film import GRADES, Film, Grade, Poster
from motion.media.made import Made, Outcome
from motion.media.opening import LONGEST_S, Looked, check_size, look, opened, tracks
from motion.media.picture import TICKS, Scaler, Size, shape, upright, within
from motion.media.refusal import Refused
from motion.media.sound import SmallSound, Splitter, Waveform
from motion.media.sound import shape as sound_shape
from motion.rules.contributions import FileKind
from motion.rules.media import MAX_FRAMES_PER_S, MediaReason

THREADS = 4  # of a decoder: each holds pictures of its own
APART_S = 0.024  # between two pictures that are kept: forty a second at most, of sixty every other one
BURST = 600  # pictures that may come at once before their rate is judged
DAMAGED_SHARE = 0.2  # of packets that can't be read: above, it is no recording
MISSING_SHARE = 0.1  # of what was declared and never came: a file that was cut
MISSING_S = 1.0

log = logging.getLogger("motion.media")


def convert(path: Path, name: str, kind: FileKind, folder: Path, tell: Callable[[int], None]) -> Outcome:
    """Make all that is published of a recording.

    Args:
        name: Of its reader.
        kind: What its sender says it is: of a film sent as a sound, nothing is shown.
        folder: Where the files are written, each called as its role.
        tell: Is told the percentage that is done.

    Raises:
        Refused: Nothing can be made of it; what lies in the folder is worthless.
        DiskFull: There is no room for what is made.
    """
    if kind not in (FileKind.VIDEO, FileKind.SOUND):
        raise Refused(MediaReason.OTHER_KIND)
    looked = look(path, name)
    if looked.duration_s is not None:
        limits.limit_cpu(limits.BASE_CPU_S + round(limits.CPU_PER_SECOND * looked.duration_s))
    sees = kind is FileKind.VIDEO and looked.picture is not None
    if not sees and looked.sound is None:
        raise Refused(MediaReason.NO_PICTURE_NO_SOUND)
    making = _Making(looked, folder, sees=sees)
    with ExitStack() as stack:
        container = stack.enter_context(opened(path, name))
        video, audio = tracks(container)
        for stream in (video, audio):
            if stream is not None:
                stream.codec_context.thread_type = "AUTO"
                stream.codec_context.thread_count = THREADS
        chosen = [stream for stream, wanted in ((video, sees), (audio, looked.sound is not None)) if wanted and stream]
        size = path.stat().st_size
        for packet in container.demux(chosen):
            making.take(packet)
            if packet.pos is not None and packet.pos > 0:
                tell(min(99, 100 * packet.pos // size))
    return making.finish()


class _Making:
    """All that is written at once. Owned by one pass."""

    def __init__(self, looked: Looked, folder: Path, *, sees: bool) -> None:
        self._looked, self._folder = looked, folder
        self._films: list[Film] = []
        self._scaler: Scaler | None = None
        self._poster = Poster() if sees else None
        self._small: SmallSound | None = None
        self._splitter: Splitter | None = None
        self._waveform = Waveform()
        self._packets = self._bad = self._pictures = 0
        self._seen_s = self._heard_s = 0.0
        self._kept_s = float("-inf")
        channels = 0
        if looked.sound is not None:
            channels = min(2, looked.sound.layout.nb_channels)
            self._small = SmallSound(folder / "sound")
        if sees:
            assert looked.picture is not None
            for grade, size in _sizes(upright(shape(looked.picture), looked.aspect)):
                self._films.append(Film(folder / grade.role, grade, size, channels))
        if looked.sound is not None:
            self._splitter = self._splitting(looked.sound)

    def _splitting(self, frame: AudioFrame) -> Splitter:
        return Splitter(frame, [*(film.sound_form for film in self._films), SmallSound.FORM, Waveform.FORM])

    def take(self, packet: "Packet[Any]") -> None:
        """Decode a packet and write what comes of it.

        Raises:
            Refused: A bound is passed.
        """
        self._packets += 1
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            self._bad += 1
            log.info("couldn't decode packet %d: %s", self._packets, error)
            return
        for frame in frames:
            if frame.time is None:
                continue
            at_s = max(0.0, frame.time - self._looked.start_s)
            if at_s > LONGEST_S:
                raise Refused(MediaReason.TOO_LONG)
            if isinstance(frame, VideoFrame):
                self._see(frame, at_s)
            elif isinstance(frame, AudioFrame):
                self._hear(frame, at_s)

    def _see(self, frame: VideoFrame, at_s: float) -> None:
        self._pictures += 1
        self._seen_s = max(self._seen_s, at_s)
        if self._pictures > BURST + (MAX_FRAMES_PER_S + 1) * self._seen_s:
            raise Refused(MediaReason.TOO_FAST)
        if at_s < self._kept_s + APART_S:
            return
        check_size(frame.width, frame.height)
        self._kept_s = at_s
        found = shape(frame)
        if self._scaler is None or self._scaler.shape != found:
            self._scaler = Scaler(found, [film.size for film in self._films], self._looked.aspect)
        frame.pts, frame.time_base = round(at_s / TICKS), TICKS
        pictures = self._scaler.scaled(frame)
        if self._poster is not None:
            self._poster.consider(pictures[-1])
        for film, scaled in zip(self._films, pictures, strict=True):
            film.see(scaled)

    def _hear(self, frame: AudioFrame, at_s: float) -> None:
        if self._splitter is None:
            return
        if self._splitter.shape != sound_shape(frame):
            self._write(self._splitter.split(None))
            self._splitter = self._splitting(frame)
        self._heard_s = max(self._heard_s, at_s + frame.samples / frame.sample_rate)
        self._write(self._splitter.split(frame, at_s))

    def _write(self, forms: list[list[AudioFrame]]) -> None:
        *for_films, small, wave = forms
        for film, frames in zip(self._films, for_films, strict=True):
            for frame in frames:
                film.hear(frame)
        assert self._small is not None
        for frame in small:
            self._small.add(frame)
        for frame in wave:
            self._waveform.add(frame)

    def finish(self) -> Outcome:
        """Write every end.

        Raises:
            Refused: Too little of it could be read.
        """
        lasted = max(self._seen_s, self._heard_s)
        declared = self._looked.duration_s
        is_cut = declared is not None and lasted < declared * (1 - MISSING_SHARE) - MISSING_S
        if is_cut or self._bad > DAMAGED_SHARE * self._packets or (self._films and self._scaler is None):
            raise Refused(MediaReason.DAMAGED)
        if self._splitter is not None:
            self._write(self._splitter.split(None))
        made = list(self._made())
        kind = FileKind.VIDEO if self._films else FileKind.SOUND
        return Outcome(kind, tuple(made), round(1000 * max(lasted, self._waveform.duration_s)))

    def _made(self) -> Iterator[Made]:
        for film in self._films:
            film.close()
            yield Made(film.grade.role, film.size.width, film.size.height)
        if self._small is not None:
            self._small.close()
            yield Made("sound")
            (self._folder / "waveform").write_text(self._waveform.svg(), encoding="utf-8")
            yield Made("waveform")
        if self._poster is not None:
            size = self._poster.write(self._folder / "poster")
            yield Made("poster", size.width, size.height)


def _sizes(whole: Size) -> Iterator[tuple[Grade, Size]]:
    """The sizes that are written, the largest first: a film that is small already is written once."""
    smallest = within(whole, GRADES[-1].short)
    for grade in GRADES:
        size = within(whole, grade.short)
        if grade is GRADES[-1] or size != smallest:
            yield grade, size
