"""Recordings of phones and browsers, beyond those of `test_conversions`: each becomes something that plays."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.media import files
from tests.media.test_conversions import SOUND, VIDEO, by_role, looked_at, made_of

FAST = {"preset": "ultrafast"}


def test_a_film_in_pieces(tmp_path: Path) -> None:
    """As Safari records: an MP4 whose index comes bit by bit, without a length."""
    path = tmp_path / "morceaux.mp4"
    with av.open(str(path), "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov"}) as container:
        video = container.add_stream("libx264", rate=25, options=FAST | {"g": "10"})
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        for number in range(50):
            container.mux(video.encode(files.stripes((320, 240), number).reformat(format="yuv420p")))
        container.mux(video.encode(None))
    assert path.read_bytes().count(b"moof") > 1
    seen = looked_at(by_role(made_of(path, VIDEO))["video-360"])
    assert (len(seen["times_ms"]), seen["seconds"]) == (50, 2.0)


def test_a_film_of_a_browser(tmp_path: Path) -> None:
    """WebM as it comes out of a recorder that could not go back: no length, no index, uneven moments."""
    path = tmp_path / "navigateur.webm"
    with path.open("wb") as file, av.open(Forward(file), "w", format="webm", options={"live": "1"}) as container:
        video = container.add_stream("libvpx", rate=30, options={"deadline": "realtime"})
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        video.time_base = video.codec_context.time_base = Fraction(1, 1000)
        audio = container.add_stream("libopus", rate=48_000, layout="mono")
        for number in range(40):
            frame = files.stripes((320, 240), number).reformat(format="yuv420p")
            frame.pts, frame.time_base = number * 33 + number % 3 * 5, Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        container.mux(audio.encode(files.hum(1.3)))
        container.mux(audio.encode(None))
    with av.open(str(path)) as found:
        assert found.duration is None
    made = by_role(made_of(path, VIDEO))
    assert looked_at(made["video-360"])["seconds"] == pytest.approx(1.3, abs=0.15) and "sound" in made


class Forward:
    """A file that only goes forward, as a recorder’s output."""

    def __init__(self, file) -> None:
        self._file = file

    def write(self, piece: bytes) -> int:
        return self._file.write(piece)


@pytest.mark.parametrize(
    ("codec", "layout", "rate", "format"),
    [
        ("ac3", "5.1(side)", 48_000, "mp4"),
        ("eac3", "5.1(side)", 48_000, "mov"),
        ("aac", "7.1", 48_000, "mp4"),
        ("aac", "3.0", 44_100, "mp4"),
        ("pcm_s24le", "stereo", 96_000, "mov"),
        ("alac", "mono", 44_100, "mov"),
        ("pcm_alaw", "mono", 8_000, "wav"),
    ],
)
def test_sounds_of_every_layout(tmp_path: Path, codec: str, layout: str, rate: int, format: str) -> None:
    """Dolby, seven channels, those of a telephone: one voice comes out of it."""
    path = tmp_path / f"voix.{format}"
    with av.open(str(path), "w", format=format) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(stream.codec_context.format, layout, rate)
        fifo = av.AudioFifo()
        for frame in resampler.resample(files.hum(1)):
            frame.pts = None
            fifo.write(frame)
        size = stream.codec_context.frame_size or 1024
        while (frame := fifo.read(size)) is not None:
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    heard = looked_at(by_role(made_of(path, SOUND))["sound"])
    assert (heard["codecs"], heard["channels"]) == (["opus"], 1)
    assert heard["seconds"] == pytest.approx(1.0, abs=0.1)


def test_a_sound_of_a_simple_phone(tmp_path: Path) -> None:
    """AMR, which nothing here writes: frames of silence of 12.2 kbit/s (RFC 4867, 5.3), twenty milliseconds each."""
    path = tmp_path / "voix.amr"
    path.write_bytes(b"#!AMR\n" + (b"\x3c" + bytes(31)) * 100)
    heard = looked_at(by_role(made_of(path, SOUND))["sound"])
    assert (heard["channels"], heard["seconds"]) == (1, pytest.approx(2.0, abs=0.1))


def test_a_film_of_a_simple_phone(tmp_path: Path) -> None:
    """3GP: H.263 in the size of a stamp, points that are not square."""
    path = tmp_path / "film.3gp"
    with av.open(str(path), "w", format="3gp") as container:
        video = container.add_stream("h263", rate=15)
        video.width, video.height, video.pix_fmt = 176, 144, "yuv420p"
        video.codec_context.sample_aspect_ratio = Fraction(12, 11)
        for number in range(15):
            container.mux(video.encode(files.stripes((176, 144), number).reformat(format="yuv420p")))
        container.mux(video.encode(None))
    seen = looked_at(by_role(made_of(path, VIDEO))["video-360"])
    assert seen["size"] in ((192, 144), (176, 144)) and seen["codecs"] == ["h264"]


def test_a_film_held_upright_in_hevc(tmp_path: Path) -> None:
    """Of an iPhone: HEVC, uneven moments, turned, with what it says of the place."""
    options = {"x265-params": "log-level=none"}
    times = [0, 33, 67, 100, 150, 400, 433]
    path = files.film(tmp_path / "iphone.mov", codec="libx265", options=options, times_ms=times, seconds=0.5)
    seen = looked_at(by_role(made_of(files.turned(path), VIDEO))["video-360"])
    assert (seen["size"], seen["times_ms"], seen["rotation"]) == ((240, 320), times, 0)
