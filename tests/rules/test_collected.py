"""Reading contributions of another tool: the table, its columns, each line taken or refused with a reason."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.collected import Column, Incoming, checked_columns, guess, read, table
from motion.rules.contributions import Place
from motion.rules.errors import Invalid, NotATable
from motion.rules.roster_file import RefusedLine
from motion.web.collected_words import REFUSED

NOW = datetime(2031, 11, 15, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Paris")
HEADER = "id;auteur;texte;commune;date;consentement\n"
LINE = '7;Solène Marchebrune;"Le car ne passe plus.\n\nNi le jeudi ; ni le soir.";Valbrune;14/11/2031 09:30;oui\n'


def lines(content: str | bytes, columns: dict | None = None) -> list[Incoming | RefusedLine]:
    """Read a whole file."""
    raw = content.encode() if isinstance(content, str) else content
    dialect, headers = table(raw)
    return list(read([raw], dialect, columns or guess(headers), ZONE, now=NOW))


class TestTheTable:
    def test_columns_are_guessed_by_their_names(self) -> None:
        """A proposal; accents, capitals and underscores aside."""
        _dialect, headers = table("Identifiant,AUTEUR,Créé_le,Contribution\n1,a,,b\n".encode())
        wanted = {Column.IDENTIFIER: 0, Column.NAME: 1, Column.DATE: 2, Column.TEXT: 3}
        assert guess(headers) == wanted

    def test_the_agreement_to_a_mail_is_not_the_one_to_publish(self) -> None:
        """Two columns with the same word are told apart."""
        _dialect, headers = table(b"Nom;Texte;Courriel;Accord courriel;Accord\na;b;;oui;oui\n")
        found = guess(headers)
        assert (found[Column.EMAIL], found[Column.CONTACT], found[Column.CONSENT]) == (2, 3, 4)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_encodings_and_ends_of_lines(self, encoding: str, newline: str) -> None:
        """As spreadsheets write them."""
        (one,) = lines((HEADER + LINE).replace("\n", newline).encode(encoding))
        assert isinstance(one, Incoming)
        assert (one.words.name, one.words.text) == (
            "Solène Marchebrune",
            "Le car ne passe plus.\n\nNi le jeudi ; ni le soir.",
        )

    @pytest.mark.parametrize(
        ("content", "reason"),
        [(b"", "empty"), (b"%PDF-1.7", "binary"), (b"PK\x03\x04xlsx", "spreadsheet"), (b"une ligne\n", "no-separator")],
    )
    def test_what_is_no_table(self, content: bytes, reason: str) -> None:
        """Said so, by its reason."""
        with pytest.raises(NotATable) as refused:
            table(content)
        assert refused.value.reason == reason

    def test_a_choice_that_cannot_be_read(self) -> None:
        """A name and a text are needed; no column twice, none that is not there."""
        good = {Column.NAME: 0, Column.TEXT: 1}
        assert checked_columns(good, 2) == good
        for wrong in ({Column.NAME: 0}, {Column.TEXT: 0}, good | {Column.TITLE: 1}, good | {Column.TITLE: 2}):
            with pytest.raises(Invalid):
                checked_columns(wrong, 2)


class TestALine:
    def test_everything_that_it_says(self) -> None:
        """The identifier, the hour in the congress's zone, a place that is on no list kept as it is."""
        (one,) = lines(HEADER + LINE)
        assert isinstance(one, Incoming)
        assert one.foreign_id == "7" and one.words.place == Place("Valbrune")
        assert one.said_at == datetime(2031, 11, 14, 9, 30, tzinfo=ZONE)

    def test_a_commune_of_the_official_list(self) -> None:
        """By its code; by a name that only one has; by a name and its department; else by name alone."""
        text = "nom;texte;commune;code insee;departement\na;b;;87085;\na;c;Limoges;;\n"
        text += "a;d;Saint-Denis;;93\na;e;Saint-Denis;;\n"
        places = [one.words.place for one in lines(text) if isinstance(one, Incoming)]
        assert [(place.name, place.code) for place in places if place] == [
            ("Limoges", "87085"),
            ("Limoges", "87085"),
            ("Saint-Denis", "93066"),
            ("Saint-Denis", ""),
        ]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("1;;texte;;;oui", "name-empty"),
            ("1;a;;;;oui", "text-empty"),
            (f"1;a;{'x' * 12_001};;;oui", "text-too-long"),
            ("1;a;b\u202e;;;oui", "control-character"),
            ("1;a;b;;31/02/2031;oui", "date-form"),
            ("1;a;b;;2032-01-01;oui", "date-later"),
            ("1;a;b;;;non", "consent-empty"),
            ("1;a;b;;;", "consent-empty"),
            (f"{'9' * 61};a;b;;;oui", "identifier-too-long"),
            ("1;a;b;;", "too-few-columns"),
            ("1;a;b;;;oui;7", "too-many-columns"),
            ('1;a;"b;;;oui', "unbalanced-quotes"),
        ],
    )
    def test_what_is_refused(self, line: str, reason: str) -> None:
        """With its number and a reason that has words; the others are read."""
        found = lines(HEADER + line + "\n8;b;c;;;oui\n")
        refused = [one for one in found if isinstance(one, RefusedLine)]
        assert [(one.number, one.reason) for one in refused] == [(2, reason)]
        assert reason in REFUSED and len(found) == 2

    def test_the_same_twice(self) -> None:
        """By its identifier; without one, by its words."""
        assert [getattr(one, "reason", "") for one in lines(HEADER + "1;a;b;;;oui\n1;a;c;;;oui\n")] == ["", "twice"]
        assert [getattr(one, "reason", "") for one in lines("nom;texte\na;b\na;b\na;c\n")] == ["", "twice", ""]

    def test_its_own_name_is_that_of_its_words(self) -> None:
        """Read again, in another order and another encoding: the same, so that nothing is added twice."""
        first = [one.foreign_id for one in lines("nom;texte\né;b\na;c\n")]
        again = [one.foreign_id for one in lines("texte,nom\nc,a\nb,é\n".encode("utf-16"))]
        assert sorted(first) == sorted(again) and all(name.startswith("=") for name in first)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes(content: bytes) -> None:
    """A table is read or refused, each line taken or refused; nothing else happens."""
    try:
        dialect, headers = table(content)
    except NotATable:
        return
    columns = {Column.NAME: 0, Column.TEXT: 1}
    for item in read([content], dialect, columns, ZONE, now=NOW):
        if isinstance(item, RefusedLine):
            assert item.reason in REFUSED
        else:
            assert item.words.name and item.words.text and len(headers) >= 2
