"""Documents brought from elsewhere, through the real pandoc."""

import io
import subprocess
import sys
import zipfile

import pypandoc
import pytest

from motion.exports import conversions
from motion.exports.conversions import kind_of, to_small_markdown
from motion.live.updates import FORBIDDEN
from motion.rules.errors import DocumentUnreadable
from motion.rules.headings import SectionKind
from motion.rules.templates import first_text
from motion.rules.text import parse

SMALL = """\
# L’accès aux soins

Nous, élues et élus **réunis** en *congrès* :

## Exposé des motifs

Le car de 7 h 10 n’existe plus ; voir [le témoignage](https://ormeline.example/t/1).

- gratuite pour toutes ;
- adaptée :
  - aux fauteuils ;
  - aux poussettes.

1. D’abord.
2. Ensuite.

> Le coût est partagé.

## Se déplacer pour se soigner

Elles s’engagent à mutualiser une navette.
"""


def made(markdown: str, kind: str) -> bytes:
    """A real document, made by pandoc."""
    command = [pypandoc.get_pandoc_path(), "--from", "markdown", "--to", kind, "--output", "-"]
    return subprocess.run(command, input=markdown.encode(), capture_output=True, check=True).stdout


def archive(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made_archive:
        for name, content in parts.items():
            made_archive.writestr(name, content)
    return target.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


class TestDocuments:
    """ODT, DOCX, Markdown, text."""

    @pytest.mark.parametrize("kind", ["odt", "docx"])
    def test_a_document_comes_back_as_it_was_written(self, kind):
        """Headings, emphasis, lists, quotes and links, through a real file."""
        text = to_small_markdown(f"motion.{kind}", made(SMALL, kind))
        # A word processor has no sign for a quote: it is an indented paragraph, which pandoc reads back or not.
        assert text.replace("> ", "") == SMALL.replace("> ", "")

    def test_markdown_comes_back_as_it_was_written(self):
        """Our own signs are left as they are."""
        assert to_small_markdown("motion.md", SMALL.encode()) == SMALL

    @pytest.mark.parametrize("kind", ["odt", "docx"])
    def test_a_document_is_known_by_its_bytes(self, kind):
        """Whatever its name says."""
        assert kind_of("motion.txt", made("x", kind)) == kind

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_texts_in_any_usual_encoding(self, encoding):
        """Notepad's, Word's and everyone's."""
        text = "# Été\r\n\r\nL’élue écrit.\r\n"
        assert to_small_markdown("m.md", text.encode(encoding)) == "# Été\n\nL’élue écrit.\n"
        assert to_small_markdown("m.txt", text.encode(encoding)) == "# Été\n\nL’élue écrit.\n"

    def test_wrapped_markdown_is_unwrapped(self):
        """A file wrapped at eighty columns: its line ends are not alinéas; a hard break is."""
        text = to_small_markdown("m.md", b"Des mots sur\ndeux lignes,\\\net une autre.\n")
        assert text == "Des mots sur deux lignes,\net une autre.\n"

    @pytest.mark.parametrize(
        ("text", "note", "wanted"),
        [
            ("Le car revient avant 2030[^1].", "Et non 2035.", "Le car revient avant 2030 (Et non 2035)."),
            ("Le car revient.[^1] Puis le train.", "En 2030.", "Le car revient. (En 2030.) Puis le train."),
            ("Le car, le train[^1].", "Les bacs, etc.", "Le car, le train (Les bacs, etc.)."),
            ("Le car revient[^1].", "Quand ?", "Le car revient (Quand ?)."),
        ],
    )
    def test_a_note_leaves_the_full_stop_to_its_sentence(self, text: str, note: str, wanted: str) -> None:
        """No full stop on both sides of a bracket."""
        assert to_small_markdown("m.md", f"{text}\n\n[^1]: {note}\n".encode()) == wanted + "\n"

    def test_what_has_no_sign_keeps_its_words(self):
        """Tables, notes, code, strikes, HTML; pictures go."""
        source = (
            "| Commune | Soignants |\n| --- | --- |\n| Valbrune | 2 |\n\nUn mot[^1] et `code` ~~barré~~ <b>gras</b>."
            "\n\n![photo](https://tracker.example/p.png)\n\n    indenté\n\n---\n\n[^1]: La note.\n"
        )
        assert to_small_markdown("m.md", source.encode()) == (
            "- Commune\u202f; Soignants\n- Valbrune\u202f; 2\n\nUn mot (La note) et code barré gras.\n\nindenté\n"
        )

    def test_words_that_look_like_signs_stay_words(self):
        """A paragraph of a word processor that begins with a dash, a number, a sharp."""
        text = to_small_markdown("m.docx", made("\\# un\n\n\\- deux\n\n3\\. trois\n\n\\> quatre\n\n5\\*6\\*7", "docx"))
        assert [alinea.text for alinea in parse(text).alineas] == ["# un", "- deux", "3. trois", "> quatre", "5*6*7"]
        assert {alinea.kind for alinea in parse(text).alineas} == {"paragraph"}

    def test_headings_of_a_document_without_title_become_articles(self):
        """Several headings of level 1: each goes one level down."""
        text = to_small_markdown("m.odt", made("# Se loger\n\nA.\n\n# Se soigner\n\nB.\n\n## Détail\n\nC.", "odt"))
        assert [section.title for section in parse(text).sections] == ["Article 1. Se loger", "Article 2. Se soigner"]

    def test_the_title_style_is_the_title(self):
        """Word's "Titre" and its headings of level 1."""
        document = made("---\ntitle: La motion\n---\n\n# Se loger\n\nA.", "docx")
        motion = parse(to_small_markdown("m.docx", document))
        assert motion.title is not None and motion.title.text == "La motion"
        assert [section.title for section in motion.sections] == ["Article 1. Se loger"]

    @pytest.mark.parametrize("kind", ["md", "odt", "docx"])
    def test_a_motion_of_fifteen_pages(self, kind):
        """Real length: every article, every item, every word."""
        articles = "".join(
            f"## Mesure {number}\n\n"
            + "".join(
                f"Les membres du congrès demandent, pour la mesure {number}, un point {p}, daté et chiffré, "
                "adressé à la région et aux services compétents, avec un compte rendu public.\n\n"
                for p in range(8)
            )
            + "- un engagement ;\n- un autre.\n\n"
            for number in range(1, 31)
        )
        source = f"# Motion\n\n## Exposé des motifs\n\nLes faits.\n\n{articles}"
        assert len(source) > 35_000
        content = source.encode() if kind == "md" else made(source, kind)
        motion = parse(to_small_markdown(f"m.{kind}", content))
        assert [section.kind for section in motion.sections] == [SectionKind.EXPLANATION, *[SectionKind.ARTICLE] * 30]
        assert motion.line_count == 1 + 30 * 10
        assert [a.text for a in motion.alineas] == [a.text for a in parse(source).alineas]


class TestRefused:
    """With the kind and the reason; nothing half done."""

    @pytest.mark.parametrize(
        ("content", "kind", "reason"),
        [
            (b"%PDF-1.7 ...", "pdf", "kind"),
            (b"{\\rtf1 x}", "rtf", "kind"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc", "kind"),
            (b"\x89PNG\r\n", "image", "kind"),
            (b"", "unknown", "empty"),
            (b" \n ", "unknown", "empty"),
            (b"a\0b", "unknown", "kind"),
            (b"PK\x03\x04 broken", "archive", "damaged"),
            (archive({"xl/workbook.xml": b"<x/>"}), "spreadsheet", "kind"),
            (archive({"any": b"x"}), "archive", "kind"),
            (archive({"word/document.xml": b"<not xml"}), "docx", "damaged"),
            (b"x" * (conversions.MAX_DOCUMENT_BYTES + 1), "unknown", "too-large"),
            (b"mot " * 60_000, "markdown", "too-long"),
            (b"![x](y.png)", "markdown", "empty"),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_what_is_not_read(self, content, kind, reason):
        """By its bytes."""
        with pytest.raises(DocumentUnreadable) as refused:
            to_small_markdown("motion.docx", content)
        assert (refused.value.kind, refused.value.reason) == (kind, reason)

    def test_an_archive_that_unpacks_to_too_much(self):
        """A part of 200 MB of spaces in 200 kB, whatever the archive says of its size."""
        parts = parts_of(made("x", "odt"))
        parts["content.xml"] = b" " * (conversions.MAX_UNPACKED_BYTES + 10)
        with pytest.raises(DocumentUnreadable) as refused:
            to_small_markdown("m.odt", archive(parts))
        assert refused.value.reason == "too-large"

    def test_entities_are_refused(self):
        """The billion laughs."""
        parts = parts_of(made("x", "docx"))
        name = "word/document.xml"
        bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        parts[name] = parts[name].replace(b"?>", b"?>" + bomb, 1)
        with pytest.raises(DocumentUnreadable) as refused:
            to_small_markdown("m.docx", archive(parts))
        assert refused.value.reason == "damaged"

    def test_too_slow_is_said(self, monkeypatch):
        """A conversion has a limit of time."""
        monkeypatch.setattr(conversions, "MAX_CONVERSION_SECONDS", 0.0001)
        with pytest.raises(DocumentUnreadable) as refused:
            to_small_markdown("m.md", b"# x")
        assert refused.value.reason == "too-slow"

    @pytest.mark.parametrize("kind", ["odt", "docx"])
    def test_a_damaged_document_is_read_or_refused(self, kind):
        """Bytes changed anywhere: no other error than the documented one."""
        whole = made(SMALL, kind)
        for at in range(0, len(whole), max(len(whole) // 12, 1)):
            try:
                to_small_markdown("m", whole[:at] + b"\xff\x00\xff" + whole[at + 3 :])
            except DocumentUnreadable as refused:
                assert refused.reason in ("damaged", "kind", "empty", "too-large")

    def test_no_character_that_a_motion_may_not_hold(self):
        """Bidirectional overrides, controls and invisible words are taken out: whatever a room would refuse."""
        hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "caché" if ord(letter) < 128)
        for kind in ("txt", "md"):
            assert to_small_markdown(f"m.{kind}", f"a\u202eb\u2066c{hidden}d".encode()) == "abcd\n"
        every = "".join(chr(code) for code in range(0x20, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
        for at in range(0, len(every), 100_000):
            text = to_small_markdown("m.txt", f"a{every[at : at + 100_000]}".encode())
            assert not FORBIDDEN.search(text)


@pytest.mark.parametrize("template", ["deliberative", "axes", "blank"])
@pytest.mark.parametrize("kind", ["md", "odt", "docx"])
def test_the_templates_go_out_and_come_back(template, kind):
    """Same parts, same words, French spaces included."""
    source = first_text(template, "L’accès aux soins")
    content = source.encode() if kind == "md" else made(source, kind)
    before, after = parse(source), parse(to_small_markdown(f"m.{kind}", content))
    assert [section.title for section in after.sections] == [section.title for section in before.sections]
    assert [alinea.text for alinea in after.alineas] == [alinea.text for alinea in before.alineas]
