"""A motion as HTML, and who wrote each character of it."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.authorship import Authors, shares, styles
from motion.rules.markdown import Piece
from motion.rules.rendering import MASKED, render, render_heading
from motion.rules.text import parse
from tests.effort import calls
from tests.rules.test_text import MARKED, SIGNS

RUNS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, 1, 2, 3])), max_size=30)


def words(html: str) -> str:
    """What a reader sees."""
    return unescape(re.sub(r"<[^>]*>", "", html))


class TestSafety:
    """Nothing that is typed becomes anything but words, emphasis, lists, quotes and links."""

    @pytest.mark.parametrize(
        "hostile",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html;base64,AAAA)",
            "[x](vbscript:x)",
            "[x](//evil.example)",
            "[x](/relative)",
            "[x]()",
            "![x](https://tracker.example/p.png)",
            '[x](https://a.example/"onmouseover="alert(1))',
            "<https://a.example/>",
            "&lt;script&gt;",
            "<!-- -->",
            "<svg/onload=alert(1)>",
        ],
    )
    def test_only_the_small_markdown_is_made(self, hostile):
        """Tags come from the list, attributes too, and addresses are http, https or mailto."""
        html = "".join(section.body for section in render(parse(hostile), [(5, 8), (50, 9)]))
        tags = re.findall(r"<(/?[a-z0-9]+)([^>]*)>", html)
        assert {tag.strip("/") for tag, _ in tags} <= {"p", "a", "strong", "em", "span"}
        for address in re.findall(r'href="([^"]*)"', html):
            assert address.startswith(("https://", "#ligne-"))
        assert not re.search(r"<[^>]*\son\w+=", html)

    def test_links_are_not_recommendations(self):
        """Each link says nofollow, noopener and ugc."""
        assert 'rel="nofollow noopener ugc"' in render(parse("[x](https://a.example)"))[0].body

    def test_what_is_not_ours_is_shown_as_typed(self):
        """HTML, code, underlined titles and entities stay words."""
        for typed in ("<b>x</b>", "`x`", "x\n===", "&amp;", "![x](y)", "[x]: https://a.example", "~~x~~"):
            assert "".join(words(alinea.words) for alinea in render(parse(typed))[0].alineas) == typed.replace("\n", "")

    def test_a_dash_under_a_paragraph_makes_no_title(self):
        """The trap of setext headings."""
        assert [alinea.kind for alinea in render(parse("Des mots\n-"))[0].alineas][0] == "paragraph"

    @given(MARKED | SIGNS)
    @settings(max_examples=150, deadline=None)
    def test_tags_are_balanced_and_words_are_the_sources(self, text):
        """Whatever is typed: well-formed HTML, and the words of the alinéas, no more and no less."""
        motion = parse(text)
        for section, rendered in zip(motion.sections, render(motion), strict=True):
            stack = []
            for closing, tag in re.findall(r"<(/?)([a-z0-9]+)[^>]*>", rendered.body):
                if closing:
                    assert stack.pop() == tag
                else:
                    stack.append(tag)
            assert not stack
            assert [words(alinea.words) for alinea in rendered.alineas] == [alinea.text for alinea in section.alineas]


class TestMarkup:
    """The HTML itself."""

    def test_an_alinea_has_its_anchors_and_its_number(self):
        """Article, alinéa and line can each be linked to."""
        body = render(parse("## Se loger\n\nDes **mots *forts***."))[0].body
        assert body == (
            '<p id="article-1-alinea-1" class="alinea" data-ligne="1"><a class="ligne" id="ligne-1" href="#ligne-1"'
            ' aria-hidden="true" tabindex="-1">1</a>Des <strong>mots <em>forts</em></strong>.</p>\n'
        )

    def test_lists_and_quotes_nest(self):
        """A list within an item, a second paragraph of an item, a list that begins at five."""
        body = render(parse("- a\n  - b\n\n  c\n- d\n\n> q\n\n5. x"))[0].body
        bare = re.sub(r"<p[^>]*><a[^>]*>\d+</a>(.*?)</p>\n", r"\1", body).replace("\n", "")
        assert bare == (
            '<ul><li>a<ul><li>b</li></ul>c</li><li>d</li></ul><blockquote>q</blockquote><ol start="5"><li>x</li></ol>'
        )

    def test_a_heading_shows_the_number_and_its_emphasis(self):
        """The label is ours, the words are the authors'."""
        assert (
            render(parse("## Article 4. Se *loger* & vivre"))[0].heading == "Article 1. Se <em>loger</em> &amp; vivre"
        )

    def test_the_title_is_rendered_apart(self):
        """With its authors, if asked."""
        title = parse("# Motion *une*").title
        assert title is not None
        assert render_heading(title, [(9, 7)], {7: 1}) == ('<span class="a a1" data-o="7">Motion </span><em>une</em>')


class TestAuthorship:
    """Runs over the characters as shown."""

    def test_each_character_has_its_author_across_emphasis(self):
        """A run may begin and end anywhere, signs included."""
        text = "Le **car de** 7 h"
        rendered = render(parse(text), [(7, 1), (4, 2), (99, 3)], {1: 1, 2: 2, 3: 0})
        assert rendered[0].alineas[0].words == (
            '<span class="a a1" data-o="1">Le </span><strong><span class="a a1" data-o="1">ca</span>'
            '<span class="a a2" data-o="2">r de</span></strong><span class="a a0" data-o="3"> 7 h</span>'
        )

    @given(MARKED, RUNS)
    @settings(max_examples=150, deadline=None)
    def test_shares_add_up_to_the_words_shown(self, text, runs):
        """Each shown character is counted once, for the author of that character of the source."""
        motion = parse(text)
        owners = [author for length, author in runs for _ in range(length)]
        owners += [None] * len(text)
        expected: dict[int | None, int] = {}
        for section in motion.sections:
            for pieces in [section.heading.pieces if section.heading else (), *(c.pieces for c in section.contents)]:
                for piece in pieces:
                    for position in range(piece.start, piece.end):
                        expected[owners[position]] = expected.get(owners[position], 0) + 1
        for piece in motion.title.pieces if motion.title else ():
            for position in range(piece.start, piece.end):
                expected[owners[position]] = expected.get(owners[position], 0) + 1
        counted = shares(motion, runs)
        assert dict(counted.whole.by_official) == {k: v for k, v in expected.items() if k is not None}
        assert counted.whole.unattributed == expected.get(None, 0)

    @given(RUNS, st.integers(0, 40), st.text(min_size=1, max_size=40))
    def test_a_piece_is_cut_and_never_lost(self, runs, start, text):
        """The parts of a piece, put together, are the piece."""
        assert "".join(part for part, _ in Authors(runs).over(Piece(start, text))) == text

    def test_six_styles_then_one_for_all_others(self):
        """Those who wrote most have their own line; the others share one."""
        text = "".join(letter * (9 - index) for index, letter in enumerate("abcdefgh"))
        counted = shares(parse(text), [(9 - index, 101 + index) for index in range(8)])
        assert styles(counted.whole) == dict(zip(range(101, 109), (1, 2, 3, 4, 5, 6, 0, 0), strict=True))


@pytest.mark.parametrize(
    "hostile",
    [
        "[",
        "[a](",
        "*a ",
        "a**b",
        "*_",
        ">",
        "- ",
        "- a\n",
        "\\",
        "a\n",
        "a\n\n",
        "[[]]",
        "> - ",
        "_a",
        "** ",
        "[a](http://",
    ]
    + ["#", "# a\n", "`", "<", "&", "1. ", "(", "![", "> > a\n"],
)
def test_reading_hostile_texts_costs_in_proportion_to_their_length(hostile):
    """The worst repeated signs: quadratic cost would be sixteen times, for four times the text."""
    texts = ((hostile * size)[:size] for size in (5_000, 20_000))
    small, large = (calls(lambda text=text: render(parse(text), [(1, 1), (2, 2)] * 7_000)) for text in texts)
    assert large < 8 * small


def test_deep_nesting_loses_no_word():
    """Markdown readers stop at some depth; the words below it are shown as typed."""
    text = "".join("  " * depth + f"- mot{depth}\n" for depth in range(60))
    shown = " ".join(alinea.text for alinea in parse(text).alineas)
    assert all(f"mot{depth}" in shown for depth in range(60))


def test_what_stands_in_for_letters_is_marked_by_its_place():
    """Also within one author's words and a link; the same sign, typed by somebody, is left as it is."""
    text = 'Un ▒▒ et [▒▒](https://a.example) puis ▒ <span class="retire">'
    first, second = text.index("▒"), text.index("[") + 1
    masks = [(first, None), (2, 1), (second - first - 2, None), (2, 1)]
    for runs in (None, [(len(text), 7)]):
        (section,) = render(parse(text), runs, masks=masks)
        assert section.body.count(MASKED + "▒▒</span>") == section.body.count(MASKED) == 2
        assert "puis ▒ &lt;span class" in section.body
