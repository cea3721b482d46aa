"""Making the demonstration's testimonies: drawn scenes that move, and a voice. Made once, and kept small in `films/`.

    .uv/bin/uv run --with espeakng-loader python -m motion.demonstration.testimonies

The voice is eSpeak NG's, used here alone and shipped with nothing: only the sound that it makes is kept. Captions take
their times from the sound. Run again, it makes the same films, as far as the same versions of the encoders do.
"""

import ctypes
import importlib
import textwrap
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image

from motion.demonstration import drawings, voices
from motion.demonstration.voices import FILMS
from motion.media.sound import BITEXACT, Waveform
from motion.rules.caption_files import webvtt
from motion.rules.captions import Cue
from motion.rules.contributions import Channel

SIZE = (640, 360)
RATE = 12_000  # samples a second: what a voice needs
PICTURES = 5  # a second
AAC_BITS, OPUS_BITS = 7_500, 6_000  # a second: three films must weigh less than one photo
LEAD_S, PAUSE_S, TAIL_S = 0.6, 0.9, 0.8


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, as it is said, and its translation."""

    text: str
    english: str = ""


@dataclass(frozen=True, slots=True)
class Testimony:
    """A film: who speaks, with which voice (eSpeak NG's name, words a minute), before which drawing."""

    name: str
    speaker: str
    voice: str
    pace: int
    draw: Callable[[float], Image.Image]
    lines: tuple[Line, ...]


TESTIMONIES = (
    Testimony(
        "route",
        "Nadia Belkheir",
        "fr+f3",
        165,
        drawings.road,
        (
            Line(
                "Je suis infirmière à Ormelac. Je fais soixante-deux kilomètres par jour.",
                "I am a nurse in Ormelac. I drive sixty-two kilometres a day.",
            ),
            Line(
                "Le matin, je passe chez onze personnes. Sept ne conduisent plus.",
                "In the morning I call on eleven people. Seven no longer drive.",
            ),
            Line(
                "Si la navette passait deux fois par semaine, elles iraient voir un médecin.",
                "If the shuttle came twice a week, they would go and see a doctor.",
            ),
            Line("Sans elle, elles attendent que ce soit grave.", "Without it, they wait until it is serious."),
        ),
    ),
    Testimony(
        "arret",
        "Gaston Merlan",
        "fr+m3",
        150,
        drawings.bus_stop,
        (
            Line("Le car de sept heures dix n’existe plus."),
            Line("Je l’ai pris pendant trente ans, pour l’usine, puis pour l’hôpital."),
            Line("Un matin, il y avait une feuille sur le poteau. Personne ne nous avait prévenus."),
            Line("Rendez-nous le car, ou dites-nous pourquoi."),
        ),
    ),
    Testimony(
        "attente",
        "Odile Ravanel",
        "fr+f2",
        160,
        drawings.waiting_room,
        (
            Line("Dans la salle d’attente, il y a une borne et plus personne à l’accueil."),
            Line("Mon voisin est reparti : l’écran lui demandait un code."),
            Line("Je l’ai aidé avec mon téléphone. Ce n’est pas mon métier."),
            Line("Gardez un guichet, même deux matins par semaine."),
        ),
    ),
)


class Voice:
    """eSpeak NG, by its own interface (`speak_lib.h`): text in, samples out."""

    _SYNCHRONOUS, _UTF8, _CHARACTERS, _PACE = 2, 1, 1, 1

    def __init__(self) -> None:
        loader = importlib.import_module("espeakng_loader")
        self._library = ctypes.CDLL(loader.get_library_path())
        self.rate = self._library.espeak_Initialize(self._SYNCHRONOUS, 0, loader.get_data_path().encode(), 0)
        self._samples: array[int] = array("h")
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._hear = kind(self._heard)  # kept: the library holds no reference of its own
        self._library.espeak_SetSynthCallback(self._hear)

    def _heard(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        self._samples.extend(samples[:count] if samples else ())
        return 0

    def say(self, text: str, voice: str, pace: int) -> "array[int]":
        """The samples of a sentence, signed 16 bits, `rate` a second."""
        self._samples = array("h")
        self._library.espeak_SetVoiceByName(voice.encode())
        self._library.espeak_SetParameter(self._PACE, pace, 0)
        content = text.encode() + b"\0"
        self._library.espeak_Synth(content, len(content), 0, self._CHARACTERS, 0, self._UTF8, None, None)
        self._library.espeak_Synchronize()
        return self._samples


def speak(voice: Voice, testimony: Testimony) -> "tuple[array[int], list[tuple[int, int]]]":
    """All that is said, at `RATE`, and from when to when each line is, in milliseconds."""
    samples, times = array("h", bytes(2 * int(LEAD_S * RATE))), []
    for line in testimony.lines:
        start = len(samples)
        for frame in resampled(voice.say(line.text, testimony.voice, testimony.pace), voice.rate):
            samples.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
        times.append((start * 1000 // RATE, len(samples) * 1000 // RATE))
        samples.extend(array("h", bytes(2 * int(PAUSE_S * RATE))))
    samples.extend(array("h", bytes(2 * int(TAIL_S * RATE))))
    return samples, times


def resampled(samples: "array[int]", rate: int, to: int = RATE, form: str = "s16") -> list[AudioFrame]:
    """The same sound at another rate, in one channel."""
    frame = AudioFrame(format="s16", layout="mono", samples=len(samples))
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    frame.planes[0].update(samples.tobytes())
    resampler = av.AudioResampler(format=form, layout="mono", rate=to)
    return [*resampler.resample(frame), *resampler.resample(None)]


def write_film(path: Path, testimony: Testimony, samples: "array[int]") -> None:
    """The pictures and the voice: H.264 and AAC in MP4, its index in front."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as film:
        options = {"preset": "veryslow", "tune": "animation", "profile": "main", "crf": "42", "g": "160"}
        video = film.add_stream("libx264", rate=PICTURES, options=options)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        audio = film.add_stream("aac", rate=RATE, layout="mono")
        audio.bit_rate = AAC_BITS
        for stream in (video, audio):
            stream.codec_context.flags |= BITEXACT
        for number in range(len(samples) * PICTURES // RATE):
            frame = VideoFrame.from_image(testimony.draw(number / PICTURES))  # type: ignore[no-untyped-call]
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
        for sound in resampled(samples, RATE, form="fltp"):
            film.mux(audio.encode(sound))
        film.mux(audio.encode(None))


def write_sound(path: Path, samples: "array[int]") -> None:
    """The voice alone: Opus in WebM."""
    with av.open(str(path), "w", format="webm", options={"fflags": "+bitexact"}) as sound:
        stream = sound.add_stream(
            "libopus", rate=48_000, layout="mono", options={"application": "voip", "frame_duration": "60"}
        )
        stream.bit_rate = OPUS_BITS
        stream.codec_context.flags |= BITEXACT
        for frame in resampled(samples, RATE, 48_000, "flt"):
            sound.mux(stream.encode(frame))
        sound.mux(stream.encode(None))


def waveform(samples: "array[int]") -> str:
    """How loud it is, as `motion.media` draws it."""
    shape = Waveform()
    for frame in resampled(samples, RATE, 8_000):
        shape.add(frame)
    return shape.svg()


def write(folder: Path, voice: Voice, testimony: Testimony) -> None:
    """All files of a testimony, called as their roles; captions as their language."""
    folder.mkdir(parents=True, exist_ok=True)
    samples, times = speak(voice, testimony)
    write_film(folder / "video-360", testimony, samples)
    write_sound(folder / "sound", samples)
    testimony.draw(3.0).save(folder / "poster", "JPEG", quality=30, optimize=True)
    (folder / "waveform").write_text(waveform(samples))
    for language, words in (
        ("fr", [line.text for line in testimony.lines]),
        ("en", [line.english for line in testimony.lines]),
    ):
        if all(words):
            cues = [Cue(*span, text, testimony.speaker) for span, text in zip(times, words, strict=True)]
            (folder / f"{language}.vtt").write_text(webvtt(cues))


def write_form(folder: Path, said: dict[str, Any]) -> None:
    """The picture of a filled form, which `voices.toml` says in type."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = [
        ("Votre nom, ou un pseudonyme", [said["name"]]),
        ("Votre commune ou votre pays", [said["place"]]),
        ("Ce que vous voulez dire au congrès", textwrap.wrap(said["text"], 46, break_on_hyphens=False)),
    ]
    if "title" in said:
        fields.insert(2, ("En quelques mots", [said["title"]]))
    form = drawings.filled_form(said["sheet"], fields)
    form.save(folder / "page", "JPEG", quality=36, optimize=True, progressive=True)


def main() -> None:
    """Make all of them, and the filled paper forms."""
    for said in voices.read():
        if said["channel"] == Channel.PAPER:
            write_form(FILMS / voices.form_of(said), said)
    voice = Voice()
    for testimony in TESTIMONIES:
        write(FILMS / testimony.name, voice, testimony)


if __name__ == "__main__":
    main()
