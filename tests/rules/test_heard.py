"""What a machine has heard, made into captions: in order, readable, without what it invents."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules import caption_files, captions, heard
from motion.rules.captions import LINE, LINES, MAX_CUES, checked, cleaned, wrapped
from motion.rules.heard import LANGUAGES, LONGEST_MS, SAID, SHORTEST_MS, HearingReason, Word


def spoken(text: str, start_ms: int = 0, each_ms: int = 300, **pauses: int) -> list[Word]:
    """Words said one after another; `pauses` are what comes before one of them, in milliseconds."""
    found = []
    for word in text.split():
        start_ms += pauses.get(word.strip(",.").lower(), 0)
        found.append(Word(start_ms, start_ms + each_ms, " " + word))
        start_ms += each_ms
    return found


def texts(*sentences: list[Word]) -> list[str]:
    return [cue.text for cue in heard.cues_of(sentences)]


class TestWords:
    def test_a_short_sentence_is_one_cue(self) -> None:
        """From its first word to its last."""
        [cue] = heard.cues_of([spoken("Le car ne passe plus le jeudi.", 1_200)])
        assert (cue.start_ms, cue.end_ms, cue.text) == (1_200, 3_300, "Le car ne passe plus le jeudi.")

    def test_what_begins_without_a_blank_belongs_to_the_word_before(self) -> None:
        """Recognisers part at apostrophes and hyphens; readers do not."""
        said = [Word(0, 200, " qu"), Word(200, 400, "'un"), Word(400, 800, " rendez"), Word(800, 900, "-vous.")]
        assert texts(said) == ["qu'un rendez-vous."]

    def test_nothing_heard_is_no_cue(self) -> None:
        """Nor are blanks."""
        assert heard.cues_of([]) == () == heard.cues_of([[], [Word(0, 10, "  ")]])


class TestCuts:
    def test_two_lines_at_most(self) -> None:
        """A long sentence is cut there where the speaker draws breath, else after a sign, about the middle."""
        long = "Nous avons fermé la classe de la vallée, puis la poste, et depuis personne ne monte plus ici le matin."
        cues = heard.cues_of([spoken(long, each_ms=200)])
        assert [cue.text for cue in cues] == [
            "Nous avons fermé la classe de la vallée, puis la poste,",
            "et depuis personne ne monte plus ici le matin.",
        ]
        assert texts(spoken(long, each_ms=200, puis=900)) == [
            "Nous avons fermé la classe de la vallée,",
            "puis la poste, et depuis personne ne monte plus ici le matin.",
        ]

    def test_what_is_said_slowly_stays_a_few_seconds(self) -> None:
        """Nobody reads for ten seconds what took ten to say."""
        cues = heard.cues_of([spoken("Je réfléchis encore à cette question.", each_ms=1_500)])
        assert len(cues) > 1 and max(cue.end_ms - cue.start_ms for cue in cues) <= LONGEST_MS

    def test_a_word_stays_long_enough_to_be_read(self) -> None:
        """As long as the next one leaves room."""
        cues = heard.cues_of([[Word(0, 200, " Oui.")], [Word(600, 700, " Non.")]])
        assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(0, 600), (600, 600 + SHORTEST_MS)]

    def test_times_in_disorder_are_put_in_order(self) -> None:
        """Words keep theirs: it is the times that are wrong."""
        cues = heard.cues_of([[Word(500, 900, " Un")], [Word(300, 200, " deux")]])
        assert [cue.text for cue in cues] == ["Un", "deux"]
        assert checked(cues) == cues

    def test_an_endless_recording_is_bounded(self) -> None:
        """What is more than a transcript holds is left."""
        cues = heard.cues_of([Word(ms, ms + 1, " la")] for ms in range(MAX_CUES + 10))
        assert len(checked(cues)) == MAX_CUES


class TestInvented:
    @pytest.mark.parametrize(
        "said",
        [
            "Sous-titres réalisés par la communauté d'Amara.org",
            "Sous-titres réalisés para la communauté d'Amara.org",
            "Sous-titrage Société Radio-Canada",
            "Sous-titrage ST' 501",
            "Sous-titrage FR ?",
            "❤️ par SousTitreur.com",
            "Subtitles by the Amara.org community",
        ],
    )
    def test_credits_of_films_are_left_out(self, said: str) -> None:
        """Whisper writes them over music and silence; nobody has said them."""
        assert texts(spoken("Bonjour."), spoken(said, 5_000), spoken("Merci.", 9_000)) == ["Bonjour.", "Merci."]

    @pytest.mark.parametrize("said", ["Les sous-titres manquent.", "Il faut sous-titrer nos réunions du conseil."])
    def test_who_speaks_of_subtitles_is_heard(self, said: str) -> None:
        """A congress may well."""
        assert texts(spoken(said)) == [said]


class TestReasons:
    def test_each_has_a_sentence(self) -> None:
        """For the desk."""
        assert set(SAID) == set(HearingReason)

    def test_languages_are_those_of_transcripts(self) -> None:
        """A transcript in another could not be kept."""
        assert set(captions.LANGUAGES) >= LANGUAGES


LETTERS = "aeéÀœ’'-., \t\n\x00\u200e\u00a0\u202f<&>5😀日"
WORDS = st.builds(
    Word,
    st.integers(0, 3_600_000),
    st.integers(0, 3_600_000),
    st.one_of(
        st.text(LETTERS, max_size=30),
        st.sampled_from([" la", " commune", "'une", " d", ".", " anticonstitutionnellement"]),
    ),
)


class TestLaws:
    @settings(max_examples=200)
    @given(st.lists(st.lists(WORDS, max_size=40), max_size=6))
    def test_whatever_is_heard_can_be_kept_and_shown(self, sentences: list[list[Word]]) -> None:
        """Cues within all limits, that a file of captions holds; the words are all there, in their order."""
        cues = heard.cues_of(sentences)
        if not cues:
            return
        assert checked(cues) == cues
        assert caption_files.read_own(caption_files.webvtt(cues)) == cues
        for cue in cues:
            assert len(wrapped(cue.text)) <= LINES or " " not in cue.text or len(cue.text) > LINE
        said = "".join(cleaned(word.text) for sentence in sentences for word in sentence)
        assert "".join("".join(cue.text for cue in cues).split()) == "".join(said.split())
