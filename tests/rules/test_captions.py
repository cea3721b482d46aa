"""Captions: files read and written, cues cut, joined and moved. The format is WebVTT (W3C, 2019), and SRT."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from motion.rules import caption_files as files
from motion.rules import captions
from motion.rules.caption_errors import CaptionsRefused
from motion.rules.captions import Cue, Cues

WORDS = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
CAR = Cue(1_000, 4_000, "Le car ne passe plus le jeudi.", "Solène Marchebrune")
MARKET = Cue(4_000, 6_500, "Le marché, c’est le jeudi\u202f!", "Solène Marchebrune")
MAYOR = Cue(7_000, 9_000, "On m’a dit non.", "Armel Costenoire")
THREE = (CAR, MARKET, MAYOR)


@some.composite
def cues(draw: some.DrawFn) -> Cues:
    """Cues that can be kept."""
    found, at = [], 0
    for _ in range(draw(some.integers(1, 6))):
        start = at + draw(some.integers(0, 5_000))
        at = start + draw(some.integers(1, 20_000))
        found.append(Cue(start, at, draw(WORDS), draw(some.just("") | WORDS)))
    kept = [cue for cue in found if captions.cleaned(cue.text).strip()]
    return captions.checked(kept or [CAR])


def words(found: Cues) -> list[str]:
    """All words in order."""
    return [word for cue in found for word in cue.text.split(" ")]


def refused(deed, *given: object) -> tuple[str, int]:
    """Why something can't be done, and at which line."""
    with pytest.raises(CaptionsRefused) as error:
        deed(*given)
    return error.value.reason, error.value.line


class TestReading:
    def test_webvtt_with_what_files_have(self) -> None:
        """Names of cues, notes, styles, places and classes are left; words, times and speakers are taken."""
        content = """\ufeffWEBVTT - essai
Kind: captions

STYLE
::cue { color: red }

NOTE une note
de deux lignes

un
00:01.000 --> 00:04.000 align:start position:10%
<v.fort Solène Marchebrune>Le <b>car</b> ne passe
plus le <c.jaune>jeudi</c>.

00:00:04.000 --> 00:00:06.500
<v Solène Marchebrune>Le marché, c’est le jeudi\u202f!</v>

01:00:07.000 --> 01:00:09.000
R&amp;D&nbsp;: 3 &lt; 4
"""
        assert files.read(content.encode()) == (
            CAR,
            MARKET,
            Cue(3_607_000, 3_609_000, "R&D\u00a0: 3 < 4"),
        )

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_srt_of_any_system(self, encoding: str, end: str) -> None:
        """Commas, numbers, tags of players, any end of line; SRT has no speakers."""
        content = "1\n00:00:01,000 --> 00:00:04,000\n{\\an8}<i>Le car ne passe plus\nle jeudi.</i>\n\n"
        content += "2\n00:00:04,000 --> 00:00:06,500\nÀ dix heures…\n"
        found = files.read(content.replace("\n", end).encode(encoding))
        assert [cue.text for cue in found] == [CAR.text, "À dix heures…"]
        assert [(cue.start_ms, cue.end_ms) for cue in found] == [(1_000, 4_000), (4_000, 6_500)]

    def test_srt_without_blank_lines_between(self) -> None:
        """The number of the next caption is not said by this one."""
        found = files.read(b"1\n00:01,0 --> 00:02,0\nUn\n2\n00:02,0 --> 00:03,0\nDeux\n")
        assert [cue.text for cue in found] == ["Un", "Deux"]

    def test_srt_with_a_blank_line_within(self) -> None:
        """No word is lost."""
        assert files.read(b"1\n00:01,0 --> 00:02,0\nUn\n\ndeux\n")[0].text == "Un deux"

    def test_two_people_in_one_caption_are_two_lines(self) -> None:
        """Each has their words; the time is shared by the length of what they say."""
        found = files.read(b"WEBVTT\n\n00:00.000 --> 00:04.000\n<v A>Oui.</v>\n<v B>Mais non !</v>\n")
        assert [(cue.speaker, cue.text) for cue in found] == [("A", "Oui."), ("B", "Mais non !")]
        assert found[0].end_ms == found[1].start_ms and found[1].end_ms == 4_000

    def test_what_overlaps_or_is_in_disorder_is_told_one_after_the_other(self) -> None:
        """As recorded by tools that let captions stand together."""
        found = files.read(b"WEBVTT\n\n00:03.000 --> 00:05.000\nDeux\n\n00:01.000 --> 00:03.500\nUn\n")
        assert [(cue.start_ms, cue.end_ms, cue.text) for cue in found] == [(1_000, 3_000, "Un"), (3_000, 5_000, "Deux")]

    def test_long_captions_are_cut_to_two_lines(self) -> None:
        """After a sentence when one ends there; every word stays."""
        said = "Le car ne passe plus le jeudi, et le marché est le jeudi. " * 5
        found = files.read(f"WEBVTT\n\n00:00.000 --> 00:30.000\n{said}\n".encode())
        assert words(found) == said.split()
        assert all(len(captions.wrapped(cue.text)) <= 2 for cue in found)
        assert (found[0].start_ms, found[-1].end_ms) == (0, 30_000)
        assert found[0].text.endswith("jeudi.")

    @pytest.mark.parametrize(
        ("content", "reason", "line"),
        [
            (b"", "not-captions", 0),
            (b"<html><body>--> non</body></html>", "not-captions", 0),
            (b"WEBVTTX\n\nUn", "not-captions", 0),
            (b"WEBVTT\n\n", "no-cue", 0),
            (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "no-cue", 0),
            (b"WEBVTT\n\n00:01.000 --> demain\nUn\n", "time", 3),
            (b"WEBVTT\n\n00:05.000 --> 00:04.000\nUn\n", "time-order", 3),
            (b"WEBVTT\n\n00:05.000 --> 00:05.000\nUn\n", "time-order", 3),
            (b"WEBVTT\n\n00:01.000 --> 00:04.000\nUn\n\n00:01.000 --> 00:04.000\nDeux\n", "overlap", 6),
            (b"WEBVTT\n\n99:00:01.000 --> 99:00:02.000\nUn\n", "too-late", 3),
            (b"WEBVTT\n\n00:01.000 --> 00:02.000\nUn\n\nperdu\n", "no-time", 6),
            (b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"u" * 1_001, "too-long", 3),
            (b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v " + b"u" * 101 + b">Un", "name-too-long", 3),
            (b"WEBVTT\n" + b" " * 2_000_000, "too-large", 0),
        ],
    )
    def test_what_cannot_be_taken_says_where(self, content: bytes, reason: str, line: int) -> None:
        """A code, and the line of the file."""
        assert refused(files.read, content) == (reason, line)
        assert reason in captions.REASONS

    def test_too_many(self) -> None:
        """Ten thousand captions are ten hours of speech."""
        times = (f"{n // 3600}:{n // 60 % 60:02}:{n % 60:02}" for n in range(10_001))
        many = "".join(f"{time}.000 --> {time}.500\nu\n\n" for time in times)
        assert refused(files.read, f"WEBVTT\n\n{many}".encode()) == ("too-many", 0)

    def test_signs_that_deceive_the_eye_are_left_out(self) -> None:
        """Even written as references."""
        assert files.read("WEBVTT\n\n00:01.000 --> 00:02.000\nU\u202en&#x202e;\0\n".encode())[0].text == "Un"

    @settings(max_examples=200, deadline=None)
    @given(
        some.lists(
            some.sampled_from(
                [
                    b"WEBVTT",
                    b"\n",
                    b"\n\n",
                    b"1",
                    b"00:01.000",
                    b" --> ",
                    b"00:02,5",
                    b"00:00:03.000 --> 00:00:04.000",
                    b"<v A>",
                    b"</v>",
                    b"NOTE",
                    b"STYLE",
                    b"&lt;",
                    b"&#0;",
                    b"<",
                    b"{\\an8}",
                    b"-->",
                    "é".encode(),
                    b"\xff",
                    b"\xff\xfe",
                    b"mot ",
                ]
            ),
            max_size=40,
        )
    )
    def test_anything_is_read_or_refused(self, pieces: list[bytes]) -> None:
        """With a documented reason; what is read can be kept, and is read back."""
        try:
            found = files.read(b"".join(pieces))
        except CaptionsRefused as error:
            assert error.reason in captions.REASONS
        else:
            assert captions.checked(found) == found
            assert files.read_own(files.webvtt(found)) == found

    @settings(max_examples=100, deadline=None)
    @given(some.binary(max_size=400))
    def test_any_bytes_are_read_or_refused(self, content: bytes) -> None:
        """After the sign of a WebVTT file, too."""
        for given_ in (content, b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + content):
            try:
                files.read(given_)
            except CaptionsRefused as error:
                assert error.reason in captions.REASONS


class TestWriting:
    def test_webvtt(self) -> None:
        """Speakers in `<v>`, signs escaped, two lines about equal."""
        long = Cue(0, 1_000, "Le car ne passe plus le jeudi & le marché est le <jeudi>.", "A & B")
        assert files.webvtt((long,)) == (
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n"
            "<v A &amp; B>Le car ne passe plus le jeudi\n&amp; le marché est le &lt;jeudi&gt;.</v>\n"
        )

    @settings(max_examples=200, deadline=None)
    @given(cues())
    def test_what_is_written_is_read_back(self, found: Cues) -> None:
        """Times, speakers and words, whatever signs they have."""
        assert files.read_own(files.webvtt(found)) == found

    def test_srt(self) -> None:
        """Numbers, commas, the speaker before the words; read back, the words and the times are there."""
        written = files.srt(THREE)
        assert written.startswith("1\n00:00:01,000 --> 00:00:04,000\nSolène Marchebrune\u00a0: Le car")
        back = files.read(written.encode())
        assert [(cue.start_ms, cue.end_ms) for cue in back] == [(cue.start_ms, cue.end_ms) for cue in THREE]
        assert [cue.text for cue in back] == [f"{cue.speaker}\u00a0: {cue.text}" for cue in THREE]

    @settings(max_examples=100, deadline=None)
    @given(WORDS)
    def test_lines_are_short_and_keep_their_words(self, text: str) -> None:
        """At most 42 characters, or one long word."""
        text = captions.cleaned(text * 4)
        lines = captions.wrapped(text)
        assert " ".join(lines) == text
        assert all(len(line) <= captions.LINE or " " not in line for line in lines)


class TestDeeds:
    @settings(max_examples=200, deadline=None)
    @given(cues(), some.data())
    def test_no_deed_loses_a_word_or_their_order(self, found: Cues, data: some.DataObject) -> None:
        """Whatever is cut, joined, moved; and what comes of it can be kept, or was refused with its line."""
        at = data.draw(some.integers(0, len(found) - 1))
        deeds = [
            lambda: captions.split(
                found, at, data.draw(some.integers(0, 80)), data.draw(some.none() | some.integers(0, 99_999))
            ),
            lambda: captions.join(found, at),
            lambda: captions.shift(found, data.draw(some.integers(-9_999, 9_999)), at),
            lambda: captions.set_times(
                found, at, data.draw(some.integers(0, 9_999)), data.draw(some.integers(0, 9_999))
            ),
            lambda: captions.fitted(found),
        ]
        try:
            made = data.draw(some.sampled_from(deeds))()
        except CaptionsRefused as error:
            assert error.reason in captions.REASONS and 1 <= error.line <= len(found)
        else:
            assert words(made) == words(found)
            assert captions.checked(made) == made

    def test_a_cut_falls_between_two_words(self) -> None:
        """At the nearest blank; the time follows the length, or is given."""
        first, second = captions.split((CAR,), 0, 17)
        assert (first.text, second.text) == ("Le car ne passe", "plus le jeudi.")
        assert first.end_ms == second.start_ms == 2_500
        assert captions.split((CAR,), 0, 17, 3_000)[1].start_ms == 3_000
        assert refused(captions.split, (Cue(0, 9, "Non"),), 0, 1) == ("no-place", 1)

    def test_joining_gives_nobody_the_words_of_another(self) -> None:
        """Two lines of one person become one; those of two people don't."""
        joined = captions.join(THREE, 0)
        assert joined[0] == Cue(1_000, 6_500, f"{CAR.text} {MARKET.text}", CAR.speaker)
        assert refused(captions.join, THREE, 1) == ("speakers", 2)
        assert refused(captions.join, THREE, 2) == ("no-next", 3)

    def test_shifting_all_or_from_here(self) -> None:
        """Nothing passes the start of the recording, nor the line before."""
        assert [cue.start_ms for cue in captions.shift(THREE, -1_000)] == [0, 3_000, 6_000]
        assert [cue.start_ms for cue in captions.shift(THREE, 500, 2)] == [1_000, 4_000, 7_500]
        assert refused(captions.shift, THREE, -1_001) == ("before-zero", 1)
        assert refused(captions.shift, THREE, -501, 2) == ("overlap", 3)

    def test_other_words(self) -> None:
        """Cleaned, and never none."""
        assert captions.replace_text(THREE, 2, " On  m’a dit\noui. ", "Armel Costenoire")[2].text == "On m’a dit oui."
        assert refused(captions.replace_text, THREE, 2, " ", "") == ("empty", 3)

    def test_room_for_another(self) -> None:
        """Two seconds, or up to the next line."""
        assert captions.room_after(THREE, 1) == (6_500, 7_000)
        assert captions.room_after(THREE, 2) == (9_000, 11_000)
        assert captions.room_after(THREE, -1) == (0, 1_000)
        assert refused(captions.room_after, THREE, 0) == ("no-room", 1)


class TestTimes:
    @pytest.mark.parametrize(
        ("typed", "ms"),
        [
            ("1:02", 62_000),
            ("1:02,5", 62_500),
            ("00:01:02.500", 62_500),
            ("1h02:03", 3_723_000),
            (" 90:00 ", 5_400_000),
        ],
    )
    def test_as_people_type_them(self, typed: str, ms: int) -> None:
        """Minutes and seconds, with hours and parts when needed."""
        assert captions.read_clock(typed) == ms

    @pytest.mark.parametrize("typed", ["", "12", "1:60", "1:61:00", "demain", "-1:00", "1:02,5000"])
    def test_what_is_no_time(self, typed: str) -> None:
        """It is refused, never guessed."""
        with pytest.raises(ValueError):
            captions.read_clock(typed)

    @given(some.integers(0, captions.MAX_MS))
    def test_a_field_gives_the_same_time_back(self, ms: int) -> None:
        """To the millisecond."""
        assert captions.read_clock(captions.exact_clock(ms)) == ms

    def test_addresses_name_whole_seconds(self) -> None:
        """And name the words said there."""
        assert captions.seconds(Cue(72_400, 80_100, "Un")) == (72, 81)
        assert captions.said_between(THREE, 4, 8) == (MARKET, MAYOR)
        assert captions.said_between(THREE, 2, 3) == (CAR,)
