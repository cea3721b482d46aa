"""What is made of files: each is sent to the real child, and what comes back is opened and looked at."""

import asyncio
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pypandoc
import pytest
from av import VideoFrame
from PIL import Image, ImageStat
from pypdf import PdfReader

from motion.media.film import Poster
from motion.media.picture import TICKS, Scaler, Shape, Size, shape, within
from motion.media.process import File, Result, convert
from motion.rules.contributions import FileKind
from tests.media import files, phone_photos

VIDEO, SOUND, PHOTO, DOCUMENT = FileKind.VIDEO, FileKind.SOUND, FileKind.PHOTO, FileKind.DOCUMENT


def made_of(path: Path, kind: FileKind) -> Result:
    """Have the child convert a file."""
    folder = path.parent / f"made-{len(list(path.parent.iterdir()))}"
    folder.mkdir()

    async def tell(_percent: int) -> None:
        pass

    return asyncio.run(convert(path, kind, folder, tell))


def by_role(result: Result) -> dict[str, File]:
    """What was made, once nothing of it is found to say what it should not."""
    assert result.refused is None
    for file in result.files:
        content = file.path.read_bytes()
        assert len(content) == file.size
        for secret in (b"Recoin", "Recoin".encode("utf-16-be"), b"+46.5", b"GPS"):
            assert secret not in content, (file.role, secret)
    return {file.role: file for file in result.files}


def looked_at(file: File) -> dict[str, object]:
    """What a player finds in a recording."""
    with av.open(str(file.path)) as container:
        video, audio = container.streams.video, container.streams.audio
        pictures = [frame for frame in container.decode(video=0)] if video else []
        return {
            "codecs": [stream.codec_context.codec.name for stream in container.streams],
            "size": (video[0].width, video[0].height) if video else None,
            "pixels": video[0].pix_fmt if video else None,
            "rotation": pictures[0].rotation if pictures else 0,
            "times_ms": [round(frame.time * 1000) for frame in pictures],
            "seconds": round(container.duration / av.time_base, 1),
            "channels": audio[0].channels if audio else 0,
            "metadata": {key: value for key, value in container.metadata.items() if key not in BRANDS},
            "first": pictures[0].to_image() if pictures else None,
        }


BRANDS = {"major_brand", "minor_version", "compatible_brands", "encoder"}  # of the container itself
"""`encoder` is `Lavf`, whatever the file was."""


class TestFilms:
    def test_a_film_becomes_two_sizes_a_sound_a_still_and_a_shape(self, tmp_path: Path) -> None:
        """The index stands in front, so that it plays while it comes."""
        made = by_role(made_of(files.film(tmp_path / "film.mp4", size=(1920, 1080), rate=10, seconds=2), VIDEO))
        assert set(made) == {"video-720", "video-360", "sound", "waveform", "poster"}
        for role, size in (("video-720", (1280, 720)), ("video-360", (640, 360))):
            seen = looked_at(made[role])
            assert seen["codecs"] == ["h264", "aac"] and seen["pixels"] == "yuv420p"
            assert seen["size"] == size == (made[role].width, made[role].height)
            assert seen["seconds"] == 2.0 and seen["metadata"] == {}
            content = made[role].path.read_bytes()
            assert content.index(b"moov") < content.index(b"mdat")
        heard = looked_at(made["sound"])
        assert (heard["codecs"], heard["channels"], heard["seconds"]) == (["opus"], 1, 2.0)
        with Image.open(made["poster"].path) as still:
            assert (still.format, still.size, dict(still.getexif())) == ("JPEG", (640, 360), {})
        assert made["poster"].size <= 20_000
        shape = made["waveform"].path.read_text()
        assert shape.startswith("<svg ") and shape.count("M") == 40  # twentieths of a second

    def test_a_phone_held_upright_is_shown_upright(self, tmp_path: Path) -> None:
        """Turned for good: players do not all look at how it was held."""
        result = made_of(files.turned(files.film(tmp_path / "debout.mp4", seconds=1)), VIDEO)
        seen = looked_at(by_role(result)["video-360"])
        assert (seen["size"], seen["rotation"]) == ((240, 320), 0)
        picture = seen["first"].convert("L")  # its bright top, turned to the right
        assert picture.getpixel((230, 160)) > picture.getpixel((10, 160)) + 80

    def test_ten_bits_become_eight(self, tmp_path: Path) -> None:
        """HEVC of recent phones, which many browsers do not play."""
        options = {"x265-params": "log-level=none"}
        path = files.film(
            tmp_path / "dix.mov", codec="libx265", pixels="yuv420p10le", options=options, seconds=1, rate=12
        )
        seen = looked_at(by_role(made_of(path, VIDEO))["video-360"])
        assert (seen["codecs"], seen["pixels"], seen["size"]) == (["h264", "aac"], "yuv420p", (320, 240))

    def test_an_uneven_rate_is_kept(self, tmp_path: Path) -> None:
        """Each picture at its moment, to the millisecond: neither filled up nor shifted against the sound."""
        times = [0, 33, 70, 100, 400, 433, 900, 1500, 1533, 1566, 1900]
        seen = looked_at(by_role(made_of(files.film(tmp_path / "v.mp4", times_ms=times), VIDEO))["video-360"])
        assert seen["times_ms"] == times

    def test_pictures_that_come_too_fast_are_thinned(self, tmp_path: Path) -> None:
        """Of sixty a second every other one."""
        seen = looked_at(by_role(made_of(files.film(tmp_path / "v.mp4", rate=60, seconds=1), VIDEO))["video-360"])
        assert len(seen["times_ms"]) == 30

    def test_a_film_without_sound(self, tmp_path: Path) -> None:
        """There is no sound to be had of it, and no shape of one."""
        made = by_role(made_of(files.film(tmp_path / "muet.webm", codec="libvpx-vp9", sound=None, seconds=1), VIDEO))
        assert set(made) == {"video-360", "poster"}
        assert looked_at(made["video-360"])["channels"] == 0

    def test_what_was_sent_as_a_film_and_has_no_picture_is_a_sound(self, tmp_path: Path) -> None:
        """As recorders of voices write."""
        result = made_of(files.film(tmp_path / "voix.m4a", codec=None, format="mp4"), VIDEO)
        assert (result.kind, set(by_role(result))) == (SOUND, {"sound", "waveform"})
        assert result.duration_ms is not None and 1_950 <= result.duration_ms <= 2_100

    def test_of_a_film_sent_as_a_sound_nothing_is_shown(self, tmp_path: Path) -> None:
        """Who sent a sound did not agree to be seen."""
        result = made_of(files.film(tmp_path / "voix.mp4", seconds=1), SOUND)
        assert (result.kind, set(by_role(result))) == (SOUND, {"sound", "waveform"})

    def test_the_same_file_makes_the_same_bytes(self, tmp_path: Path) -> None:
        """What is lost can be made again, and is then what was published."""
        path = files.film(tmp_path / "film.mp4", seconds=1)
        first, second = (by_role(made_of(path, VIDEO)) for _ in range(2))
        for role, file in first.items():
            assert file.path.read_bytes() == second[role].path.read_bytes(), role


class TestPictures:
    def test_the_still_shows_something(self, tmp_path: Path) -> None:
        """Not the hand before the lens, nor the dark that a film opens with; and a page can carry it."""
        poster = Poster()
        for second in range(5):
            picture = Image.effect_noise((640, 360), 90 if second >= 3 else 2)
            frame = VideoFrame.from_image(picture.convert("RGB"))
            frame.pts, frame.time_base = second * 90_000, TICKS
            poster.consider(frame)
        poster.write(tmp_path / "poster")
        with Image.open(tmp_path / "poster") as still:
            assert ImageStat.Stat(still.convert("L")).stddev[0] > 40

    def test_a_film_that_changes_its_shape_keeps_one_size(self) -> None:
        """As a call does when a phone is turned: bars, rather than a film that stops."""
        frame = VideoFrame(240, 320, "yuv420p")
        for number, plane in enumerate(frame.planes):
            plane.update((b"\x80" if number else b"\xe0") * plane.buffer_size)
        frame.pts, frame.time_base = 0, TICKS
        (seen,) = Scaler(shape(frame), [Size(320, 240)], Fraction(1)).scaled(frame)
        row = bytes(seen.planes[0])[120 * seen.planes[0].line_size :]
        assert (seen.width, seen.height, row[0] < 20, row[160] > 200) == (320, 240, True, True)

    @pytest.mark.parametrize(
        ("size", "short", "fitted"),
        [
            ((1920, 1080), 720, (1280, 720)),
            ((1080, 1920), 360, (360, 640)),
            ((320, 240), 720, (320, 240)),
            ((4000, 500), 360, (640, 80)),
            ((1440, 1080), 720, (960, 720)),
        ],
    )
    def test_sizes(self, size: tuple[int, int], short: int, fitted: tuple[int, int]) -> None:
        """Within the short side and 16/9 of it, in even numbers, never larger than the film."""
        assert within(Size(*size), short) == Size(*fitted)

    @pytest.mark.parametrize(
        ("transfer", "signal", "least", "most"),
        [
            (18, 721, 216, 232),
            (18, 505, 132, 146),
            (18, 64, 16, 18),
            (18, 940, 230, 236),
            (16, 573, 216, 232),
            (16, 940, 230, 236),
        ],
    )
    def test_high_dynamic_range_becomes_ordinary(self, transfer: int, signal: int, least: int, most: int) -> None:
        """A sheet of paper in a film of today’s phones is white, not grey, and a lamp is no darker (ITU-R BT.2408)."""
        frame = VideoFrame(64, 64, "yuv420p10le")
        for number, plane in enumerate(frame.planes):
            plane.update((512 if number else signal).to_bytes(2, "little") * (plane.buffer_size // 2))
        frame.pts, frame.time_base = 0, TICKS
        found = Shape(64, 64, "yuv420p10le", 0, 9, transfer, False)
        (seen,) = Scaler(found, [Size(64, 64)], Fraction(1)).scaled(frame)
        assert least <= bytes(seen.planes[0])[0] <= most


class TestSounds:
    @pytest.mark.parametrize(("ending", "codec"), [("mp3", "libmp3lame"), ("ogg", "libopus"), ("flac", "flac")])
    def test_sounds_of_every_recorder(self, tmp_path: Path, ending: str, codec: str) -> None:
        """A small one, and its shape."""
        made = by_role(made_of(files.film(tmp_path / f"voix.{ending}", codec=None, sound=codec), SOUND))
        assert set(made) == {"sound", "waveform"}
        assert made["sound"].size < 24_000 / 8 * 2 * 1.5


class TestPhotos:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_nothing_but_the_picture_is_left(self, tmp_path: Path, format: str) -> None:
        """Turned as it was held; where it was taken and with what is gone."""
        result = made_of(files.photo(tmp_path / "photo", format=format, orientation=6), PHOTO)
        made = by_role(result)["photo"]
        with Image.open(made.path) as seen:
            assert (seen.format, seen.size) == ("JPEG", (300, 400))
            assert dict(seen.getexif()) == {} and set(seen.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
                "progressive",
                "progression",
            }
            left, right = seen.getpixel((10, 200)), seen.getpixel((290, 200))
        assert left[2] > 200 and right[0] > 200  # turned by a quarter, the red top is at the right

    @pytest.mark.parametrize("write", [phone_photos.heic, phone_photos.avif])
    def test_photos_of_todays_phones(self, tmp_path: Path, write: Callable[..., Path]) -> None:
        """HEIC in its tiles, and AVIF: shown to all as any other photo, upright, without where and with what."""
        for orientation, size, reds in ((1, (400, 300), (200, 10)), (6, (300, 400), (290, 200))):
            made = by_role(made_of(write(tmp_path / "photo", orientation=orientation), PHOTO))["photo"]
            with Image.open(made.path) as seen:
                assert (seen.format, seen.size, dict(seen.getexif())) == ("JPEG", size, {})
                red, blue = seen.getpixel(reds), seen.getpixel((size[0] - 1 - reds[0], size[1] - 1 - reds[1]))
            assert red[0] > 200 > 60 > red[2] and blue[2] > 200 > 60 > blue[0]

    def test_a_large_photo_is_made_smaller(self, tmp_path: Path) -> None:
        """A page of handwriting can still be read."""
        made = by_role(made_of(files.photo(tmp_path / "photo", size=(4000, 3000)), PHOTO))["photo"]
        assert (made.width, made.height) == (1600, 1200)

    def test_a_drawing_with_holes_stands_on_white(self, tmp_path: Path) -> None:
        """The first picture of a GIF, too."""
        image = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
        image.save(tmp_path / "dessin.png")
        image.save(tmp_path / "dessin.gif", save_all=True, append_images=[Image.new("RGBA", (50, 50), "red")])
        for name in ("dessin.png", "dessin.gif"):
            with Image.open(by_role(made_of(tmp_path / name, PHOTO))["photo"].path) as seen:
                assert min(seen.getpixel((25, 25))) > 250

    def test_what_is_hidden_behind_a_picture_stays_behind(self, tmp_path: Path) -> None:
        """A photo that is an archive as well is a photo afterwards."""
        made = by_role(made_of(files.polyglot(tmp_path / "photo.jpg"), PHOTO))["photo"]
        assert b"PK\x03\x04" not in made.path.read_bytes()


class TestDocuments:
    def test_a_pdf_keeps_its_pages_and_nothing_else(self, tmp_path: Path) -> None:
        """No script, no attachment, no author; a link to a page stays, one that runs something goes."""
        made = by_role(made_of(files.pdf(tmp_path / "doc.pdf", pages=3), DOCUMENT))["document"]
        reader = PdfReader(made.path)
        assert len(reader.pages) == 3 and not reader.metadata and not reader.attachments
        assert set(reader.root_object) == {"/Type", "/Pages"}
        links = [note.get_object().get("/A", {}).get("/URI") for note in reader.pages[0]["/Annots"]]
        assert links == [None, "https://ormeline.example/"]
        assert reader.pages[0].images[0].image.size == (60, 40)

    @pytest.mark.parametrize("ending", ["docx", "odt"])
    def test_what_a_word_processor_wrote_becomes_a_pdf_of_its_words(self, tmp_path: Path, ending: str) -> None:
        """With headings and lists; who wrote it is not in it."""
        path = tmp_path / f"lettre.{ending}"
        head = f"---\ndescription: {files.SECRET}\nkeywords: [{files.SECRET}]\n---\n\n"
        text = f"{head}# Le car\n\nIl ne passe *plus*.\n\n- lundi\n- mardi\n"
        pypandoc.convert_text(text, ending, format="md", outputfile=str(path))
        reader = PdfReader(by_role(made_of(path, DOCUMENT))["document"].path)
        shown = "".join(page.extract_text() for page in reader.pages)
        assert "Le car" in shown and "Il ne passe plus." in shown and "mardi" in shown
        assert "Recoin" not in shown and "/Author" not in (reader.metadata or {})


def test_names_decide_nothing(tmp_path: Path) -> None:
    """A sound called as a photo is a sound; a name that leads elsewhere leads nowhere, for none is used."""
    path = files.film(tmp_path / "..%2f..%2fetc%2fpasswd.jpg", codec=None, sound="libmp3lame", seconds=1, format="mp3")
    result = made_of(path, SOUND)
    assert {file.path.name for file in result.files} == {"sound", "waveform"}
    assert json.dumps([file.media_type for file in result.files]) == '["audio/webm", "image/svg+xml"]'
