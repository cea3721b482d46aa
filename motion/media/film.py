"""A film in one published size, and the still that stands for it before anyone presses play."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image, ImageStat

from motion.media.picture import TICKS, Size
from motion.media.sound import BITEXACT, RATE

KEY_EVERY = 60  # pictures: whoever follows a quotation to its second waits for two seconds of film at most
DULL = 12.0  # deviation of brightness below which a still shows nothing: a lens cap, a fade
POSTER_FROM_S = 1.0
POSTER_UNTIL_S = 12.0
POSTER_QUALITIES = (75, 60, 45, 30)
POSTER_BYTES = 20_000  # a page has to come within its budget


@dataclass(frozen=True, slots=True)
class Grade:
    """How a size is written.

    Attributes:
        short: Points of its short side, at most.
        quality: x264's constant rate factor; higher is smaller.
        most_bits_per_s: For noisy pictures, and shaking hands.
        sound_bits_per_s: Of all channels.
        profile: Of H.264: what phones of twelve years ago read.
    """

    role: str
    short: int
    quality: int
    most_bits_per_s: int
    sound_bits_per_s: int
    profile: str


GRADES = (
    Grade("video-720", 720, 25, 2_000_000, 96_000, "high"),
    Grade("video-360", 360, 27, 500_000, 64_000, "main"),
)


class Film:
    """One MP4, its index in front, so that it plays while it comes."""

    def __init__(self, path: Path, grade: Grade, size: Size, channels: int) -> None:
        self.grade, self.size = grade, size
        layout = "stereo" if channels > 1 else "mono"
        self.sound_form = f"sample_fmts=fltp:sample_rates={RATE}:channel_layouts={layout}"
        # Without `bitexact` a date and the name of the program would be in it.
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        self._container = av.open(str(path), "w", format="mp4", options=options)
        self._video = self._container.add_stream("libx264", rate=30, options=self._options())
        self._video.width, self._video.height, self._video.pix_fmt = size.width, size.height, "yuv420p"
        self._video.time_base = self._video.codec_context.time_base = TICKS
        self._video.codec_context.flags |= BITEXACT
        # Both streams are there before the first packet: a stream that came later could not be placed in time.
        self._audio = None
        if channels:
            self._audio = self._container.add_stream("aac", rate=RATE, layout=layout)
            self._audio.bit_rate = grade.sound_bits_per_s
            self._audio.codec_context.flags |= BITEXACT

    def _options(self) -> dict[str, str]:
        grade = self.grade
        colours = "colorprim=bt709:transfer=bt709:colormatrix=bt709"
        return {
            "preset": "veryfast",
            "profile": grade.profile,
            "crf": str(grade.quality),
            "maxrate": str(grade.most_bits_per_s),
            "bufsize": str(2 * grade.most_bits_per_s),
            "g": str(KEY_EVERY),
            "x264-params": f"{colours}:range=tv",
        }

    def see(self, frame: VideoFrame) -> None:
        """Write a picture; its `pts` is in `TICKS`."""
        frame.pict_type = 0  # as the encoder likes, not as the camera did
        self._container.mux(self._video.encode(frame))

    def hear(self, frame: AudioFrame) -> None:
        """Write a sound."""
        assert self._audio is not None
        self._container.mux(self._audio.encode(frame))

    def close(self) -> None:
        """Write what is left, and the end."""
        self._container.mux(self._video.encode(None))
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))
        self._container.close()


class Poster:
    """Chooses a still among the first seconds: the first that shows something once the camera is held still."""

    def __init__(self) -> None:
        self._best: Image.Image | None = None
        self._contrast = -1.0
        self._next_s = 0.0
        self._is_found = False

    def consider(self, frame: VideoFrame) -> None:
        """Look at a picture of the smallest size: pages show it before anyone asks for more."""
        at_s = float((frame.pts or 0) * (frame.time_base or Fraction(0)))
        if self._is_found or at_s < self._next_s or at_s > POSTER_UNTIL_S:
            return
        self._next_s = at_s + POSTER_FROM_S
        image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
        contrast = ImageStat.Stat(image.convert("L").resize((64, 64))).stddev[0]
        self._is_found = at_s >= POSTER_FROM_S and contrast > DULL
        if self._is_found or contrast > self._contrast:
            self._best, self._contrast = image, contrast

    def write(self, path: Path) -> Size:
        """Write it as a JPEG, which says nothing but the picture."""
        assert self._best is not None
        for quality in POSTER_QUALITIES:
            self._best.save(path, "JPEG", quality=quality, progressive=True, optimize=True)
            if path.stat().st_size <= POSTER_BYTES:
                break
        return Size(*self._best.size)
