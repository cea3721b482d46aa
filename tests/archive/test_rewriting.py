"""Pages turned into pages of a folder: what only a server can do goes, and what then says nothing with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.archive.addresses import Addresses
from motion.archive.rewriting import rewrite

HERE = Addresses("ormeline", "https://motion.example", {3}, {7}, {"/api/v1/x.csv": "donnees/x.csv"})


def done(html: str, address: str = "/ormeline/motions/M1") -> str:
    """A piece of a page of a motion, rewritten."""
    target = HERE.target(address)
    assert target is not None
    return rewrite(html, HERE.resolver(address, target.path), canonical="https://x.example", foot="").html


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="/ormeline">x</a>', '<a href="../index.html">x</a>'),
        ('<a href="/ormeline/registre/3#a">x</a>', '<a href="../registre/3.html#a">x</a>'),
        ('<p>Le <a href="/ormeline/registre/4">n° 4</a>.</p>', "<p>Le n° 4.</p>"),
        ('<ul><li><a href="/ormeline/connexion">x</a></li></ul>', ""),
        ('<p><a class="btn" href="/ormeline/motions/M1/a/8">x</a></p>', ""),
        ('<a href="?vue=auteurs">x</a>', '<a href="M1.vue-auteurs.html">x</a>'),
        ('<a href="?lang=en">x</a>', "x"),
        ('<a href="#ici">x</a>', '<a href="#ici">x</a>'),
        ('<a href="https://motion.example/ormeline/motions">x</a>', '<a href="../motions.html">x</a>'),
        (
            '<a href="https://elsewhere.example/a?b=1&amp;c">x</a>',
            '<a href="https://elsewhere.example/a?b=1&amp;c">x</a>',
        ),
        ("<details><summary>Chercher</summary><form><input></form></details>", ""),
        ("<section><h2>Chercher</h2><form></form></section>", ""),
        ('<div data-events="/s" class="d">x</div>', '<div class="d">x</div>'),
        ('<p>a</p><script src="/static/follow.js"></script>', "<p>a</p>"),
        ('<section data-replay="/x" hidden><h2>x</h2><a href="/ormeline">y</a></section>', ""),
        ('<link rel="preload" href="/static/a.woff2"><meta charset="utf-8">', '<meta charset="utf-8">'),
        ("<p>a &lt; b &#38; c<br>d</p>", "<p>a &lt; b &#38; c<br>d</p>"),
        ('<a href="/api/v1/x.csv">x</a>', '<a href="../donnees/x.csv">x</a>'),
    ],
)
def test_a_piece_of_a_page(before: str, after: str):
    """Before and after."""
    assert done(before) == after


def test_what_goes_takes_its_links_along():
    """A page that only a form led to is not copied."""
    target = HERE.resolver("/ormeline", "index.html")
    said = rewrite('<form><a href="/ormeline/motions">x</a></form>', target, canonical="", foot="")
    assert said.links == []


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_any_address_is_a_file_of_the_copy_or_none(text: str):
    """No address leads out of the folder, whatever it holds."""
    assert HERE.target("/static/../../x.css") is HERE.target("/ormeline/log/../../x") is None
    for address in (text, f"/ormeline/{text}", f"/ormeline/registre?{text}", f"/static/{text}.css"):
        try:
            found = HERE.target(address)
        except ValueError:
            continue  # no address at all: the page would not have it
        assert found is None or ".." not in found.path.split("/")


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_page_is_read(text: str):
    """Tags in any order do no harm."""
    done(f"<ul>{text}</li></ul>")
