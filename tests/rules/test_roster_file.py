"""Roster files as they come: twelve files of the RNE and their traps, lists of organisers, hostile bytes."""

import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.errors import MissingColumns, NotATable, RosterUnreadable, UnreadableColumn
from motion.rules.mandates import mandate_label
from motion.rules.roster_columns import Variant
from motion.rules.roster_file import SAMPLE_BYTES, RefusedLine, recognise
from motion.rules.roster_rows import Row, commune_code, department_code, read_rows
from tests.rules import rne

DATA = Path(__file__).parent / "data"
OWN = "Nom;Prénom;Courriel;Fonction;Commune;Code INSEE;Département;Téléphone\n"


def read(content: bytes, *, filename: str = "", department: str | None = None, chunk: int = 1000):
    """All that a file gives: (rows, refused)."""
    dialect = recognise(content, filename=filename)
    chunks = (content[at : at + chunk] for at in range(0, len(content), chunk))
    found = list(read_rows(chunks, dialect, department=department))
    return [row for row in found if isinstance(row, Row)], [line for line in found if isinstance(line, RefusedLine)]


class TestTwelveFiles:
    """Each file of the Répertoire national des élus (true headers, fictional people)."""

    @pytest.mark.parametrize(("variant", "name"), rne.FILES.items())
    def test_each_file_is_recognised_and_read_whole(self, variant, name):
        """Its variant, by its headers alone; each line a person with a mandate and, at home, a territory."""
        content = (DATA / name).read_bytes()
        assert recognise(content).layout.variant == variant
        rows, refused = read(content, filename=name)
        assert (len(rows), refused) == (12, [])
        assert all(row.mandate and row.territory for row in rows)
        assert rows[0].birth_date == date(1940, 1, 1)
        assert (rows[0].family_name, rows[0].first_names, rows[0].gender) == ("Corbières", "Aline", "F")

    @pytest.mark.parametrize(
        ("variant", "mandate", "territory", "code"),
        [
            ("mai", "maire", "Ormelac", "01001"),
            ("cm", "maire", "Ormelac", "01001"),
            ("epci", "présidente du conseil communautaire", "CC de Ormelac", "200000001"),
            ("cd", "présidente du conseil départemental", "Ormeline", "01-01"),
            ("cr", "conseillère régionale", "Grande-Ormeline", "99"),
            ("ca", "conseillère d’arrondissement", "Ormelac, secteur 2", "01001"),
            ("ma", "membre de l’assemblée", "Collectivité d’Émeraude", "06A-2"),
            ("dep", "députée", "Ormeline, 2ème circonscription", "0102"),
            ("sen", "sénatrice", "Ormeline", "01"),
            ("rpe", "députée européenne", "Parlement européen", ""),
            ("cons", "conseillère des Français de l’étranger", "2ème circonscription consulaire", "2"),
            ("afe", "conseillère à l’Assemblée des Français de l’étranger", "Îles lointaines", "2"),
        ],
    )
    def test_the_mandate_and_territory_come_from_the_right_columns(self, variant, mandate, territory, code):
        """In the words that stand after a name, in the feminine when it is hers."""
        row = read((DATA / rne.FILES[variant]).read_bytes())[0][0]
        assert (row.mandate, row.territory, row.territory_code) == (mandate, territory, code)

    def test_the_files_of_the_tests_are_what_the_generator_makes(self):
        """So that a header corrected in one is corrected in the other."""
        for position, (variant, name) in enumerate(rne.FILES.items()):
            assert (DATA / name).read_bytes() == rne.file(variant, 12, iso_dates=position % 2 == 1)

    def test_the_file_of_the_european_parliament_is_told_from_the_senate(self):
        """Same headers: by the file's name, else by whether lines name a department."""
        senate = rne.file("sen", 5)
        assert recognise(senate).layout.variant is Variant.SENATORS
        assert recognise(senate, filename="elus-representants-parlement-europeen-rpe.csv").layout.variant == "rpe"
        assert recognise(rne.file("rpe", 5)).layout.variant is Variant.EUROPEAN


class TestTraps:
    """What others fell into."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    def test_encodings_and_separators(self, encoding, separator):
        """All read the same people."""
        expected = [row.family_name for row in read(rne.file("cm", 40))[0]]
        content = rne.file("cm", 40, separator=separator).replace("Œ".encode(), b"OE")
        content = content.decode().encode(encoding, "replace")
        rows, refused = read(content, chunk=77)
        assert [row.family_name for row in rows] == expected
        assert refused == []

    @pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
    def test_line_ends(self, newline):
        """LF, CRLF, and the CR of old spreadsheets; blank lines count but say nothing."""
        text = f"{OWN}\nCorbières;Aline;;maire;Valbrune;;;\n".replace("\n", newline)
        rows, refused = read(text.encode(), chunk=3)
        assert [(row.number, row.family_name) for row in rows] == [(3, "Corbières")]
        assert refused == []

    @pytest.mark.parametrize("iso_dates", [False, True])
    def test_both_date_forms(self, iso_dates):
        """The form flipped from DD/MM/YYYY to YYYY-MM-DD in August 2026."""
        assert read(rne.file("mai", 3, iso_dates=iso_dates))[0][2].birth_date == date(1942, 3, 3)

    def test_a_third_date_form_fails_loudly(self):
        """Not one date of the file can be read: nothing is imported, and the example says why."""
        content = rne.file("mai", 60).replace(b"/19", b".19")
        with pytest.raises(UnreadableColumn) as refused:
            read(content)
        assert refused.value.column == "birth_date"
        assert refused.value.lines == 50
        with pytest.raises(UnreadableColumn):
            read(rne.file("mai", 2).replace(b"/19", b".19"))

    def test_one_wrong_date_refuses_its_line(self):
        """The others are read."""
        content = rne.file("mai", 5).replace(b"02/02/1941", b"31/02/1941")
        rows, refused = read(content)
        assert len(rows) == 4
        assert [(line.number, line.reason) for line in refused] == [(3, "unreadable-date")]

    def test_lost_zeros_are_given_back(self):
        """Departments to two characters, communes to five."""
        assert [department_code(code) for code in ("1", "02", "2a", "971", "ZA", "987", "69D", "Ormeline")] == [
            *("01", "02", "2A", "971", "971", "987", "69D", "Ormeline")
        ]
        assert commune_code("1004", "01") == "01004"
        assert commune_code("2A004", "2A") == "2A004"
        assert commune_code("4", "01") == "01004"
        assert commune_code("5", "971") == "97105"

    @pytest.mark.parametrize("asked", ["2", "02"])
    @pytest.mark.parametrize("variant", ["cm", "epci", "mai", "sen"])
    def test_the_filter_never_returns_nothing_in_silence(self, variant, asked):
        """The department has one column in all files, whatever the territory's is called."""
        content = rne.file(variant, 25).replace(b"\n02;", b"\n2;")
        rows, _ = read(content, department=asked)
        assert [row.department for row in rows] == ["02"] * 5

    def test_headers_of_2019(self):
        """Tabs, Windows-1252, a title above the headers, other spellings."""
        text = (
            "Titre du rapport\tRépertoire National des Élus - Liste des Maires\n"
            "Code du département (Maire)\tLibellé de département (Maires)\tCode Insee de la commune\t"
            "Libellé de la commune\tNom de l'élu\tPrénom de l'élu\tCode sexe\tDate de naissance\tCode profession\t"
            "Libellé de la profession\tDate de début du mandat\tDate de début de la fonction\n"
            "1\tOrmeline\t4\tValbrune\tCORBIÈRES\tAline\tF\t03/05/1970\t37\tCadre\t28/03/2019\t28/03/2019\n"
        )
        content = text.encode("cp1252")
        dialect = recognise(content)
        assert (dialect.encoding, dialect.separator, dialect.header_line) == ("cp1252", "\t", 2)
        rows, refused = read(content)
        assert refused == []
        assert (rows[0].number, rows[0].mandate, rows[0].territory_code) == (3, "maire", "01004")

    @pytest.mark.parametrize(
        "header", ["Nom de l'élu", "Nom de l’élu", "NOM DE L'ELU", "\ufeffNom de l'élu", "nom_de_l_élu"]
    )
    def test_headers_are_compared_by_letters_and_digits(self, header):
        """Apostrophes, accents, capitals, byte order mark."""
        content = rne.file("cm", 2).decode().replace("Nom de l'élu", header).encode()
        assert len(read(content)[0]) == 2

    def test_an_accent_far_down_an_ascii_file(self):
        """Nothing at the head told the encoding: such a line alone is read as Windows-1252."""
        content = b"nom;prenom;email\n" + b"Corbel;Aline;\n" * 6000 + "Öztürkel;Élodie;\n".encode("cp1252")
        assert len(content) > SAMPLE_BYTES
        rows, refused = read(content)
        assert (rows[-1].family_name, refused) == ("Öztürkel", [])


class TestOwnList:
    """The organiser's list."""

    @pytest.mark.parametrize(
        "headers",
        [
            "Nom;Prénom;E-mail;Fonction;Commune",
            "NOM DE FAMILLE;PRENOMS;Adresse mél;Mandat;Collectivité",
            "Last name;First name;Email address;Office;Municipality",
            "Surname,Given name,E-mail,Role,Town",
            "nom\tprénom\tcourriel\tqualité\tterritoire",
        ],
    )
    def test_headers_in_french_and_english(self, headers):
        """Many spellings, one meaning."""
        separator = next(sign for sign in ";\t," if sign in headers)
        line = separator.join(["Corbières", "Aline", "Aline.Corbieres@valbrune.example", "Maire", "Valbrune"])
        rows, refused = read(f"{headers}\n{line}\n".encode())
        assert refused == []
        row = rows[0]
        assert (row.family_name, row.first_names, row.mandate, row.territory) == (
            *("Corbières", "Aline", "Maire", "Valbrune"),
        )
        assert row.email == "aline.corbieres@valbrune.example"

    def test_a_quoted_field_may_span_lines(self):
        """An address typed with line breaks; the next line keeps its true number."""
        content = f'{OWN}Corbières;Aline;;"maire\nde la ville";Valbrune;;;\nDiarra;Mamadou;;;;;;\n'.encode()
        rows, refused = read(content)
        assert [(row.number, row.mandate) for row in rows] == [(2, "maire de la ville"), (4, "")]
        assert refused == []

    def test_a_name_in_one_column_is_refused_whole(self):
        """ "Nom et prénom" can't be cut safely: DE LA TOUR-DUPIN Jean Noël."""
        with pytest.raises(MissingColumns) as refused:
            recognise("Nom et prénom;E-mail\nCorbières Aline;a@b.example\n".encode())
        assert "first_names" in refused.value.columns
        assert refused.value.found == ("Nom et prénom", "E-mail")

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b"\xef\xbb\xbf\n\n", "empty"),
            (b"PK\x03\x04xlsx", "spreadsheet"),
            (b"\xd0\xcf\x11\xe0", "spreadsheet"),
            (b"%PDF-1.7", "binary"),
            (b"nom\nCorbel\n", "no-separator"),
        ],
    )
    def test_what_is_not_a_table_is_refused(self, content, reason):
        """With what it is, so that the page can say how to repair."""
        with pytest.raises(NotATable) as refused:
            recognise(content)
        assert refused.value.reason == reason


class TestHostileLines:
    """Each refused with its number and reason; the lines around are read."""

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"Corbel;Aline;a@b.example;maire;Valbrune;;", "too-few-columns"),
            (b"Corbel;Aline;a@b.example;maire;Valbrune;;;;x", "too-many-columns"),
            (b"Corbel;;a@b.example;maire;Valbrune;;;", "no-name"),
            (b"...;Aline;a@b.example;maire;Valbrune;;;", "no-name"),
            (b"=cmd|' /C calc'!A0;Aline;;maire;Valbrune;;;", "formula"),
            (b"Corbel;Aline;;@SUM(A1);Valbrune;;;", "formula"),
            (b"Corbel;Aline;pas une adresse;maire;Valbrune;;;", "bad-email"),
            (b"Corbel;Aline;a@b.example,c@d.example;maire;Valbrune;;;", "bad-email"),
            (b"Cor\x00bel;Aline;;maire;Valbrune;;;", "control-character"),
            ("Cor\u202ebel;Aline;;maire;Valbrune;;;".encode(), "control-character"),
            (b"Corbel;Ali\xffne;;maire;Valbrune;;;", "undecodable"),
            (b"Corbel;" + b"A" * 150 + b";;maire;Valbrune;;;", "field-too-long"),
            (b"Corbel;Aline;;" + b"m" * 300 + b";Valbrune;;;", "field-too-long"),
            (b"Corbel;Aline;;" + b"m" * 20_000 + b";Valbrune;;;", "line-too-long"),
            (b'Corbel;"Aline;;maire;Valbrune;;;', "unbalanced-quotes"),
            (b'Corbel;"Ali"ne;;maire;Valbrune;;;', "unbalanced-quotes"),
        ],
    )
    def test_a_bad_line_is_refused_alone(self, line, reason):
        """Line 3 of four."""
        good = b"Diarra;Mamadou;m@d.example;maire;Ormelac;;;0600000000\n"
        rows, refused = read(OWN.encode() + good + line + b"\n" + good * 20)
        assert [(one.number, one.reason) for one in refused] == [(3, reason)]
        assert [row.number for row in rows] == [2, *range(4, 24)]

    def test_an_open_quote_on_the_last_line_is_refused(self):
        """The end of the file does not close it."""
        assert [one.reason for one in read(f'{OWN}Corbel;"Aline;;;;;;'.encode())[1]] == ["unbalanced-quotes"]

    def test_a_line_of_ten_megabytes_is_never_held(self):
        """Refused, in bounded memory."""

        def chunks() -> Iterator[bytes]:
            yield OWN.encode()
            for _ in range(160):
                yield b"x" * 65_536
            yield b"\nDiarra;Mamadou;;;;;;\n"

        dialect = recognise(OWN.encode())
        tracemalloc.start()
        found = list(read_rows(chunks(), dialect))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [type(one) for one in found] == [RefusedLine, Row]
        assert peak < 1_000_000

    @given(st.binary(max_size=300), st.sampled_from(["", OWN, OWN + "A;B;;;;;;\n", ";".join(rne.headers("cm")) + "\n"]))
    @settings(max_examples=200, deadline=None)
    def test_any_bytes_are_read_or_refused(self, content, head):
        """No other error than the documented ones, and no line without a number."""
        whole = head.encode() + content
        try:
            rows, refused = read(whole, chunk=64)
        except RosterUnreadable:
            return
        assert all(one.number > 0 for one in [*rows, *refused])


def test_thousands_of_true_lines_are_read_whole():
    """Six thousand municipal councillors in small pieces: none refused, none twice."""
    rows, refused = read(rne.file("cm", 6_000), chunk=4096)
    assert (len(rows), refused) == (6_000, [])
    assert len({(row.family_name, row.first_names, row.territory_code, row.birth_date) for row in rows}) == 6_000


@pytest.mark.parametrize(
    ("function", "gender", "label"),
    [
        ("1er adjoint au Maire", "F", "1re adjointe au maire"),
        ("2ème adjoint au Maire", "M", "2e adjoint au maire"),
        ("Maire délégué", "F", "maire déléguée"),
        ("", "F", "conseillère municipale"),
        ("Conseiller municipal délégué", "F", "conseillère municipale déléguée"),
        ("Vice-président du conseil départemental", "F", "vice-présidente du conseil départemental"),
        ("Président de l'assemblée", "", "président de l’assemblée"),
    ],
)
def test_mandates_agree_with_the_person(function, gender, label):
    """Feminine up to the first complement; the masculine when the file does not say."""
    assert mandate_label(Variant.MUNICIPAL, function, gender) == label
