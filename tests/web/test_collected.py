"""Contributions of another tool: a file, its columns, a preview, the import; reread from tables and the record."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from motion.acts import collecting
from motion.acts.collecting import BATCH
from motion.work import jobs
from storage.models import Collection, Congress, Contribution, ContributionConsent, Job, JobPiece
from tests.web.moderation_world import DESK, colleague, record, text_of
from tests.web.secretariat_world import rows
from tests.web.world import Hall, served

HERE = f"{DESK}/import"
FILE = (
    "id;auteur;texte;commune;date\n"
    '1;Solène Marchebrune;"Le car ne passe plus.\nNi le soir.";Valbrune;14/11/2031\n'
    "2;Régis Aubeterre;La pharmacie ferme.;Ormelac;\n"
    "3;;Sans nom.;;\n"
    '4;<b>Anne</b>;"=2+3";;hier\n'
)
COLUMNS = {"column-identifier": "0", "column-name": "1", "column-text": "2", "column-commune": "3", "column-date": "4"}
DECLARED = {"how": "online", "declared": "1"}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def upload(hall: Hall, content: str | bytes = FILE, who: str = "odile"):
    raw = content.encode() if isinstance(content, str) else content
    return hall.client.post(HERE, files={"file": ("collecte.csv", raw)}, headers=hall.signed_in(who))


def send(hall: Hall, at: str, **fields: str):
    """Send a task's form."""
    return hall.client.post(at, data=fields, headers=hall.odile)


def see(hall: Hall, at: str, who: str = "odile"):
    """Let tasks run, then look."""
    jobs.run_due(hall.service.store, hall.service.now)
    return hall.client.get(at, headers=hall.signed_in(who))


def previewed(hall: Hall, content: str = FILE, **more: str) -> str:
    """The address of a preview."""
    at = upload(hall, content).headers["location"]
    answer = send(hall, at, **COLUMNS, **DECLARED, **more)
    assert answer.status_code == 303, text_of(answer)
    see(hall, at)
    return at


def imported(hall: Hall, content: str = FILE, **more: str):
    """Import a file, some time after anything else; the page that says so."""
    hall.at[0] += timedelta(minutes=1)
    done = send(hall, previewed(hall, content, **more), step="import").headers["location"]
    return see(hall, done)


class TestTheSteps:
    def test_columns_then_a_preview_then_the_import(self, hall: Hall) -> None:
        """Nothing before the last button; after it each has entries of its own, and one says how many."""
        at = upload(hall).headers["location"]
        asked = hall.client.get(at, headers=hall.odile)
        assert '<option value="1" selected>auteur (Solène Marchebrune)</option>' in asked.text
        send(hall, at, **COLUMNS, **DECLARED, quote="1")
        shown = see(hall, at)
        assert "Importer 2 contributions" in shown.text and "Le car ne passe plus." in shown.text
        assert "le nom manque" in shown.text and "la date n’est pas lisible" in shown.text
        assert rows(hall, Contribution) == []
        done = send(hall, at, step="import").headers["location"]
        assert "Les contributions sont importées" in see(hall, done).text
        kinds = [entry.kind for entry in record(hall) if entry.kind.startswith("contribution.")]
        each = ["contribution.receive", "contribution.consent"]
        assert kinds == [*each, *each, "contribution.import"]
        assert record(hall)[-1].body == {"added": 2, "left": 0, "refused": 2} and record(hall)[-1].by == "sec-1"
        first, second = rows(hall, Contribution)
        assert (first.channel, first.foreign_id, first.typed_by, first.state) == ("import", "1", 1, "received")
        assert first.said_at.astimezone(UTC) == datetime(2031, 11, 13, 23, tzinfo=UTC) and second.said_at is None
        assert {(row.how, row.uses) for row in rows(hall, ContributionConsent)} == {("online", "publish quote")}
        assert rows(hall, JobPiece) == []  # the file is forgotten

    def test_the_same_file_again(self, hall: Hall) -> None:
        """Adds nothing; with one more line, that line."""
        imported(hall)
        assert "Il n’y a rien à ajouter." in see(hall, previewed(hall)).text
        assert send(hall, previewed(hall), step="import").status_code == 409
        page = imported(hall, FILE + "5;Ida Ferrand;Et la poste ?;;\n")
        assert "Les contributions sont importées" in page.text and len(rows(hall, Contribution)) == 3
        assert record(hall)[-1].body == {"added": 1, "left": 2, "refused": 2}

    def test_other_columns_after_a_preview(self, hall: Hall) -> None:
        """The same file, read anew."""
        at = previewed(hall)
        assert 'name="column-title"' in hall.client.get(f"{at}?colonnes=1", headers=hall.odile).text
        chosen = {"column-name": "1", "column-text": "2", "column-title": "3"}
        again = send(hall, at, **chosen, **DECLARED).headers["location"]
        assert again != at and "Importer 3 contributions" in see(hall, again).text

    def test_refused_lines_are_a_file(self, hall: Hall) -> None:
        """For a spreadsheet, in which nothing runs."""
        content = FILE + "6;a;b;c;d;e;f\n=7;=1+1\n"
        told = hall.client.get(f"{previewed(hall, content)}/refusees.csv", headers=hall.odile)
        assert told.headers["content-type"].startswith("text/csv") and "attachment" in str(told.headers)
        assert "\r\n5;le nom manque;" in told.text and '"\'=7;=1+1"' in told.text

    def test_refused_lines_are_kept_with_the_import(self, hall: Hall) -> None:
        """The preview may be closed: the page of the import, and the one it began from, still lead to them."""
        page = imported(hall, FILE + "6;a;b;c;d;e;f\n")
        link = re.search(r'href="([^"]+/refusees\.csv)"', page.text)
        assert link is not None
        told = hall.client.get(link[1], headers=hall.odile).text
        assert "\r\n5;le nom manque;" in told and "\r\n6;la date n’est pas lisible;" in told
        assert told.count("\r\n") == 4
        done = link[1].removesuffix("/refusees.csv")
        assert f'href="{done}"' in hall.client.get(HERE, headers=hall.odile).text
        whole = imported(hall, "id;auteur;texte;commune;date\n9;Ida Ferrand;Et la poste ?;;\n")
        assert "refusees.csv" not in whole.text
        number = int(done.rsplit("/", 1)[1]) + 2
        assert hall.client.get(f"{HERE}/{number}/refusees.csv", headers=hall.odile).status_code == 404

    def test_published_at_once_where_the_congress_reads_afterwards(self, hall: Hall) -> None:
        """The preview says so."""

        def after(db) -> None:
            db.add(Collection(congress_id=1, moderation="after"))

        hall.service.store.write_now(after)
        at = previewed(hall)
        assert "publiées aussitôt" in see(hall, at).text
        see(hall, send(hall, at, step="import").headers["location"])
        assert {row.state for row in rows(hall, Contribution)} == {"published"}


class TestWhatIsAsked:
    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({**COLUMNS, "how": "online"}, "declared"),
            ({**COLUMNS, "declared": "1"}, "how"),
            ({**COLUMNS, **DECLARED, "how": "spoken"}, "how"),
            ({**DECLARED, "column-name": "1"}, "column-text"),
            ({**COLUMNS, **DECLARED, "column-title": "2"}, "column-title"),
            ({**COLUMNS, **DECLARED, "column-title": "5"}, "column-title"),
            ({**COLUMNS, **DECLARED, "column-title": "-1"}, "column-title"),
            ({**COLUMNS, **DECLARED, "column-title": "x"}, "column-title"),
        ],
    )
    def test_consent_and_columns(self, hall: Hall, fields: dict, fault: str) -> None:
        """Without them nothing is read; what was chosen stays."""
        at = upload(hall).headers["location"]
        refused = send(hall, at, **fields)
        assert refused.status_code == 422 and f'id="{fault}-faute"' in refused.text
        assert [row.state for row in rows(hall, Job)] == ["receiving"]

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4", b"\x00\x01\x02" * 400, b"rien"])
    def test_what_is_no_table(self, hall: Hall, content: bytes) -> None:
        """Said beside the field; nothing is kept."""
        refused = upload(hall, content)
        assert refused.status_code == 422 and 'id="file-faute"' in refused.text and rows(hall, Job) == []

    def test_addresses_need_an_agreement_to_be_written_to(self, hall: Hall) -> None:
        """A column of addresses without the one that says who agreed is not read."""
        at = upload(hall, "auteur;texte;courriel\nAnne;Le car.;anne@valbrune.example\n").headers["location"]
        refused = send(hall, at, **{"column-name": "0", "column-text": "1", "column-email": "2"}, **DECLARED)
        assert refused.status_code == 422 and 'id="column-contact-faute"' in refused.text
        assert "choisissez la colonne qui le dit" in refused.text

    def test_an_example_of_a_column_is_cut_between_words(self, hall: Hall) -> None:
        """And says that it is cut."""
        at = upload(hall, "auteur;texte\nAnne;Le car du matin ne passe plus depuis la rentrée.\n").headers["location"]
        assert (
            "texte (Le car du matin ne passe plus depuis la…)"
            in hall.client.get(at, headers=hall.signed_in("odile")).text
        )

    def test_who_may(self, hall: Hall) -> None:
        """The secretariat alone: neither a page, nor a file, nor a task; and no task of another kind."""
        at = previewed(hall)
        for who in ("aline", "mamadou", "nobody"):
            for path in (HERE, at, f"{at}/refusees.csv"):
                assert hall.client.get(path, headers=hall.signed_in(who)).status_code == 403
            assert upload(hall, who=who).status_code == 403
            answer = hall.client.post(at, data={"step": "import"}, headers=hall.signed_in(who))
            assert answer.status_code == 403
        number = at.rsplit("/", 1)[1]
        other = f"/ormeline/secretariat/liste/importer/{number}"
        assert hall.client.get(other, headers=hall.odile).status_code == 404
        assert hall.client.post(other, headers=hall.odile).status_code == 404
        assert hall.client.get(f"{HERE}/999", headers=hall.odile).status_code == 404

    def test_markup_of_a_file_is_text(self, hall: Hall) -> None:
        """In headers, names and texts."""
        content = FILE.replace("auteur", "<i>auteur</i>").replace("hier", "")
        at = upload(hall, content).headers["location"]
        assert "<i>auteur" not in hall.client.get(at, headers=hall.odile).text
        send(hall, at, **COLUMNS, **DECLARED)
        assert "<b>Anne" not in see(hall, at).text


class TestCuts:
    def test_in_pieces_and_resumed(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Cut between two transactions: the next run passes over what is there, and the record counts all of it."""
        lines = "".join(f"{at};Personne {at};Contribution {at}.;;\n" for at in range(2 * BATCH + 5))
        at = previewed(hall, "id;auteur;texte;commune;date\n" + lines)
        done = send(hall, at, step="import").headers["location"]
        sizes, add = [], collecting.add

        def cut(*args, **more):
            sizes.append(len(args[3]))
            if len(sizes) == 2:
                raise KeyboardInterrupt
            return add(*args, **more)

        with monkeypatch.context() as patch:
            patch.setattr(collecting, "add", cut)
            with pytest.raises(KeyboardInterrupt):
                jobs.run_due(hall.service.store, hall.service.now)
        assert sizes == [BATCH, BATCH] and len(rows(hall, Contribution)) == BATCH
        hall.at[0] = hall.at[0].replace(hour=hall.at[0].hour + 1)  # the lease is over
        assert "Les contributions sont importées" in see(hall, done).text
        assert len(rows(hall, Contribution)) == 2 * BATCH + 5
        assert [entry.body for entry in record(hall) if entry.kind == "contribution.import"] == [
            {"added": 2 * BATCH + 5, "left": 0, "refused": 0}
        ]

    def test_confirmed_twice(self, hall: Hall) -> None:
        """Two buttons pressed at once: one import, and the other says that it was done."""
        colleague(hall)
        at = previewed(hall)
        first, second = (send(hall, at, step="import").headers["location"] for _ in range(2))
        assert "Les contributions sont importées" in see(hall, first).text
        assert "a déjà été importé" in see(hall, second).text
        assert len(rows(hall, Contribution)) == 2
        assert [entry.kind for entry in record(hall)].count("contribution.import") == 1

    def test_a_closed_congress(self, hall: Hall) -> None:
        """Closed between the preview and the button: nothing is added, and the page says why."""
        at = previewed(hall)

        def close(db) -> None:
            db.get(Congress, 1).phase = "closed"

        hall.service.store.write_now(close)
        done = send(hall, at, step="import").headers["location"]
        assert "Le congrès est clos." in see(hall, done).text and rows(hall, Contribution) == []
