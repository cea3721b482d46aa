"""The desk: the queue, decisions, two people at once; reread from the record and from storage."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from motion.acts import contributions, moderation
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.record.objects import seal
from motion.rules.contributions import Channel, FileKind
from storage import contributions as queries
from storage.models import ContributionFile, ContributionMessage, ContributionVersion, FileRendition, SealedObject
from tests.web.moderation_world import (
    DESK,
    SALTS,
    TEXT,
    colleague,
    decide,
    last_entry,
    mails,
    mark,
    of,
    page,
    print_sheets,
    receive,
    record,
    revise,
    text_of,
)
from tests.web.secretariat_world import rows
from tests.web.world import NOW, Hall, served

REASON = {"reason": "hors-sujet"}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def numbers(answer) -> list[int]:
    """The contributions of a page of the queue, in order."""
    return [int(number) for number in re.findall(r'<h3><a href="[^"]*/C(\d+)\?liste', answer.text)]


def answer(hall: Hall, number: int, words: str = "Le car vient des communes.") -> None:
    """Its author answers a refusal."""

    def run(db) -> None:
        moderation.answer(db, contributions.get(db, 1, number), words, salt=next(SALTS), now=hall.at[0])

    hall.service.store.write_now(run)


def report(hall: Hall, number: int, email: str | None = None) -> None:
    """Somebody reports it."""

    def run(db) -> None:
        found = contributions.get(db, 1, number)
        moderation.report(db, found, "injure", "C’est moi.", email=email, salt=next(SALTS), now=hall.at[0])

    hall.service.store.write_now(run)


class TestWhoMayCome:
    @pytest.mark.parametrize("who", ["aline", "mamadou", "nobody"])
    def test_only_the_secretariat(self, hall: Hall, who: str) -> None:
        """An official, a rapporteur and the public reach neither the queue, nor a contribution, nor a deed."""
        number = receive(hall)
        for path in ("", f"/C{number}", "/regle", f"/C{number}/pieces/1", "/C999"):
            refused = page(hall, path, who)
            assert refused.status_code == 403 and TEXT not in refused.text, path
        before = record(hall)
        for path, fields in ((f"/C{number}", {"deed": "publish"}), ("/regle", {"moderation": "after"})):
            assert hall.client.post(DESK + path, data=fields, headers=hall.signed_in(who)).status_code == 403
        assert record(hall) == before

    def test_what_is_not_there(self, hall: Hall) -> None:
        """A number that nobody received is a page that does not exist, for a form as well."""
        assert page(hall, "/C7").status_code == 404
        assert hall.client.post(f"{DESK}/C7", data={"deed": "publish"}, headers=hall.odile).status_code == 404
        assert hall.client.post(f"{DESK}/C7", data={"deed": "burn"}, headers=hall.odile).status_code == 422


class TestTheQueue:
    def test_what_waits_comes_first_the_oldest_first(self, hall: Hall) -> None:
        """Received, corrected, to compare, answered, reported: all in one list, and each in its own."""
        print_sheets(hall)
        read, corrected, refused, reported, done = (receive(hall, f"{TEXT} {at}") for at in range(5))
        paper = receive(hall, channel=Channel.PAPER, typed_by=1, circumstances=Circumstances(sheet=1))
        mailed = receive(hall, channel=Channel.MAIL, uses=())
        for number in (corrected, reported, done):
            assert decide(hall, number, "publish").status_code == 303
        revise(hall, corrected, "Le car ne passe plus du tout.")
        decide(hall, refused, "refuse", **REASON)
        answer(hall, refused)
        report(hall, reported)
        assert numbers(page(hall)) == [read, corrected, refused, reported, paper]
        lists = {"a-lire": [read], "corrigees": [corrected], "reponses": [refused], "signalees": [reported]}
        lists |= {"a-comparer": [paper], "accord-attendu": [mailed], "publiees": [corrected, reported, done]}
        for name, wanted in lists.items():
            assert numbers(page(hall, f"?liste={name}")) == wanted, name
        assert "5 contributions vous attendent." in text_of(page(hall))
        home = hall.client.get("/ormeline/secretariat", headers=hall.odile)
        assert "5 contributions attendent une décision." in text_of(home)

    def test_long_lists_are_cut(self, hall: Hall) -> None:
        """Fifty on a page, each on one page, the last one reached by a page number beyond the end too."""
        for at in range(52):
            receive(hall, f"{TEXT} {at}")
        assert numbers(page(hall)) == list(range(1, 51))
        assert numbers(page(hall, "?page=2")) == numbers(page(hall, "?page=99")) == [51, 52]
        assert numbers(page(hall, "?page=zzz&liste=zzz")) == list(range(1, 51))

    def test_one_after_the_other(self, hall: Hall) -> None:
        """A decision leads to the next that waits, until none is left; the address keeps the list."""
        first, second, third = (receive(hall, f"{TEXT} {at}") for at in range(3))
        assert f"/C{third}?liste=en-attente" in page(hall, f"/C{second}").text
        at = decide(hall, first, "publish").headers["location"]
        assert at == f"{DESK}/C{second}?liste=en-attente&fait=publication&de={first}"
        assert f"La contribution C{first} est publiée." in text_of(hall.client.get(at, headers=hall.odile))
        assert f"/C{second}?" in decide(hall, third, "refuse", **REASON).headers["location"]
        at = decide(hall, second, "publish").headers["location"]
        assert at.startswith(f"{DESK}?liste=") and "Aucune contribution n’attend." in text_of(
            hall.client.get(at, headers=hall.odile)
        )


class TestDeciding:
    def test_publish(self, hall: Hall) -> None:
        """The act of who is signed in, whatever the form says."""
        number = receive(hall)
        assert decide(hall, number, "publish", secretary="2").status_code == 303
        kind, body, by = last_entry(hall)
        assert (kind, body["contribution"], by) == ("contribution.publish", f"C{number}", "sec-1")
        assert of(hall, number).state == "published" and of(hall, number).read_version == 1

    def test_refuse_for_a_reason_of_the_list(self, hall: Hall) -> None:
        """With its legal basis on the page and in the record; the message is the author's alone."""
        number = receive(hall)
        assert "RGPD (règlement (UE) 2016/679), art.\u00a09" in page(hall, f"/C{number}").text
        assert decide(hall, number, "refuse").status_code == 422
        assert decide(hall, number, "refuse", reason="je-n-aime-pas").status_code == 422
        assert of(hall, number).state == "received"
        decide(hall, number, "refuse", message="Votre texte parle d’un autre sujet.", **REASON)
        kind, body, _by = last_entry(hall)
        assert kind == "contribution.refuse" and body["basis"] and body["remedy"] and "sujet." not in str(body)
        (told,) = rows(hall, ContributionMessage)
        assert (told.kind, told.reason, told.text) == ("decision", "hors-sujet", "Votre texte parle d’un autre sujet.")

    def test_what_is_published_leaves_after_a_page_that_says_so(self, hall: Hall) -> None:
        """Asked first; then its words are out of the objects that anyone may have."""
        number = receive(hall)
        decide(hall, number, "publish")
        asked = decide(hall, number, "refuse", reason="injure", message="Relisez la charte.")
        assert asked.status_code == 200 and "Ce qui se passera" in asked.text
        assert "Relisez la charte." in asked.text and of(hall, number).state == "published"
        done = decide(hall, number, "refuse", reason="injure", message="Relisez la charte.", step="confirm")
        assert done.status_code == 303 and of(hall, number).state == "refused"
        assert TEXT not in page(hall, f"/C{number}").text
        assert all(row.text == "" and row.is_gone for row in rows(hall, ContributionVersion))
        assert not [row for row in rows(hall, SealedObject) if TEXT.encode() in row.content]

    def test_a_reason_that_the_law_does_not_know(self, hall: Hall) -> None:
        """ "Off topic" does not take out what is published, not even with a forged confirmation."""
        number = receive(hall)
        decide(hall, number, "publish")
        assert "hors-sujet" not in page(hall, f"/C{number}").text
        for step in ("", "confirm"):
            assert decide(hall, number, "refuse", step=step, **REASON).status_code == 422
        assert of(hall, number).state == "published"

    def test_an_answer_gets_a_decision(self, hall: Hall) -> None:
        """The refusal stands with reasons, by an entry; or what was refused is published after all."""
        first, second = receive(hall), receive(hall, "Autre chose.")
        for number in (first, second):
            decide(hall, number, "refuse", **REASON)
            answer(hall, number)
        assert "Le car vient des communes." in page(hall, f"/C{first}").text
        assert decide(hall, first, "keep").status_code == 422  # reasons are owed
        assert decide(hall, first, "keep", words="Le sujet reste la santé.").status_code == 303
        kind, body, by = last_entry(hall)
        assert (kind, body, by) == ("contribution.keep", {"contribution": f"C{first}"}, "sec-1")
        last = [row for row in rows(hall, ContributionMessage) if row.kind == "decision"][-1]
        assert (last.reason, last.text) == ("hors-sujet", "Le sujet reste la santé.")
        assert decide(hall, second, "publish").status_code == 303 and of(hall, second).state == "published"
        assert numbers(page(hall)) == []

    def test_a_correction_is_published_or_not(self, hall: Hall) -> None:
        """Not published, the version that was stays, and nothing waits any more."""
        number = receive(hall)
        decide(hall, number, "publish")
        revise(hall, number, "Achetez mes savons.")
        assert TEXT in page(hall, f"/C{number}").text and "Achetez mes savons." in page(hall, f"/C{number}").text
        assert decide(hall, number, "keep").status_code == 422
        decide(hall, number, "keep", words="C’est une publicité.")
        found = of(hall, number)
        assert (found.state, found.published_version, found.version) == ("published", 1, 2)
        assert last_entry(hall)[0] == "contribution.keep" and numbers(page(hall)) == []

    def test_right_of_reply(self, hall: Hall) -> None:
        """In somebody's name, as written; a fault stays beside its field."""
        number = receive(hall)
        decide(hall, number, "publish")
        refused = decide(hall, number, "reply", author="", reply="C’est faux.")
        assert refused.status_code == 422 and 'id="author-faute"' in refused.text and "C’est faux." in refused.text
        assert 'id="reply-faute"' in decide(hall, number, "reply", author="Yvon Restoux", reply=" ").text
        assert decide(hall, number, "reply", author="Yvon Restoux", reply="Le car passe.").status_code == 303
        assert last_entry(hall)[0] == "contribution.reply"
        assert "Droit de réponse de Yvon Restoux" in text_of(page(hall, f"/C{number}"))

    def test_the_author_is_told(self, hall: Hall) -> None:
        """By mail, once their address is confirmed."""
        number = receive(hall)

        def confirm(db) -> None:
            found = contributions.get(db, 1, number)
            found.email, found.email_confirmed_at = "solene@exemple.invalid", NOW
            db.add(found)

        hall.service.store.write_now(confirm)
        decide(hall, number, "publish")
        assert [(mail.recipient, TEXT in mail.body) for mail in mails(hall)] == [("solene@exemple.invalid", False)]


class TestASecondPerson:
    def test_who_typed_it_cannot_confirm_it(self, hall: Hall) -> None:
        """The page says so and offers no button; the act refuses; a colleague confirms."""
        print_sheets(hall)
        colleague(hall)
        number = receive(hall, channel=Channel.PAPER, typed_by=1, circumstances=Circumstances(sheet=3))
        shown = page(hall, f"/C{number}").text
        assert "Vous l’avez saisie" in shown and 'value="check"' not in shown and 'value="publish"' not in shown
        assert decide(hall, number, "check", mark=mark(hall, number, "pascale")).status_code == 403
        assert decide(hall, number, "publish", mark=mark(hall, number)).status_code == 409
        assert 'value="check"' in page(hall, f"/C{number}", "pascale").text
        assert decide(hall, number, "check", "pascale").status_code == 303
        assert last_entry(hall)[0::2] == ("contribution.check", "sec-2")
        assert of(hall, number).state == "received"

    def test_the_image_is_beside_and_the_file_as_sent_is_not(self, hall: Hall) -> None:
        """What was made of a file is shown to the secretariat alone; the file itself has no address."""
        print_sheets(hall)
        salt = next(SALTS)
        scan = ReceivedFile(FileKind.PHOTO, "image/jpeg", "fiche.jpg", 9, "brut", salt, seal(salt, b"ORIGINAL!").name)
        circumstances = Circumstances(sheet=4)
        number = receive(hall, channel=Channel.PAPER, typed_by=1, files=(scan,), circumstances=circumstances)
        key = hall.client.portal.call(_keep, hall, b"IMAGE")

        def made(db) -> int:
            (file,) = queries.files(db, contributions.get(db, 1, number).id)
            file.state = "done"
            one = FileRendition(
                file_id=file.id, role="page", media_type="image/jpeg", size=5, blob=key, salt=salt, name="0" * 64
            )
            db.add_all([file, one])
            db.flush()
            return one.id

        piece = f"/C{number}/pieces/{hall.service.store.write_now(made)}"
        shown = page(hall, f"/C{number}").text
        assert DESK + piece in shown and "fiche.jpg" in shown and "brut" not in shown
        answer = page(hall, piece)
        assert (answer.content, answer.headers["content-type"]) == (b"IMAGE", "image/jpeg")
        assert page(hall, piece, "aline").status_code == 403
        assert page(hall, piece.replace(f"/C{number}/", f"/C{number + 1}/")).status_code == 404
        assert rows(hall, ContributionFile)[0].blob == "brut"


async def _keep(hall: Hall, content: bytes) -> str:
    async def pieces():
        yield content

    key = "0" * 31 + "1"
    await hall.service.blobs.write(key, pieces())
    return key


class TestTwoAtOnce:
    def test_the_second_is_told_what_the_first_did(self, hall: Hall) -> None:
        """By name and hour, and nothing is changed by the second."""
        colleague(hall)
        number = receive(hall)
        seen = mark(hall, number)
        hall.at[0] += timedelta(minutes=3)
        decide(hall, number, "publish", "pascale")
        before = record(hall)
        late = decide(hall, number, "refuse", mark=seen, **REASON)
        assert late.status_code == 409
        assert "Entre-temps, Pascale Ormoy a publié cette contribution" in text_of(late)
        assert record(hall) == before and of(hall, number).state == "published"

    def test_a_correction_meanwhile(self, hall: Hall) -> None:
        """What nobody has read is not published by a page that was open before."""
        number = receive(hall)
        seen = mark(hall, number)
        revise(hall, number, "Tout autre chose.")
        late = decide(hall, number, "publish", mark=seen)
        assert late.status_code == 409 and "a été corrigée par son auteur ou son autrice" in text_of(late)
        assert of(hall, number).state == "received"

    def test_a_second_confirmation_of_a_withdrawal(self, hall: Hall) -> None:
        """Refused by one while the other reads the page that asks: told, not done twice."""
        colleague(hall)
        number = receive(hall)
        decide(hall, number, "publish")
        seen = mark(hall, number)
        decide(hall, number, "refuse", "pascale", reason="injure", step="confirm")
        before = record(hall)
        late = decide(hall, number, "refuse", mark=seen, reason="injure", step="confirm")
        assert late.status_code == 409 and "Pascale Ormoy a refusé" in text_of(late) and record(hall) == before


class TestTheRule:
    def test_before_or_after(self, hall: Hall) -> None:
        """Chosen on a page that shows the words of consent; recorded; what then comes is published and waits unread."""
        asked = page(hall, "/regle")
        assert "directeur de la publication" in asked.text and "dix-huit ans" in asked.text
        answer = hall.client.post(f"{DESK}/regle", data={"moderation": "jamais"}, headers=hall.odile)
        assert answer.status_code == 422
        assert hall.client.post(f"{DESK}/regle", data={"moderation": "after"}, headers=hall.odile).status_code == 303
        assert last_entry(hall)[0] == "collection.rules"
        number = receive(hall)
        assert of(hall, number).state == "published" and numbers(page(hall, "?liste=non-relues")) == [number]
        assert decide(hall, number, "keep").status_code == 303
        assert last_entry(hall)[:2] == ("contribution.keep", {"contribution": f"C{number}"})
        assert numbers(page(hall)) == []


class TestWithdrawn:
    def test_its_page_offers_nothing(self, hall: Hall) -> None:
        """Its author has taken it back: no button, and a deed is refused."""
        number = receive(hall)
        seen = mark(hall, number)

        def withdraw(db) -> None:
            found = contributions.get(db, 1, number)
            contributions.withdraw(db, found, key=bytes(32), nonces=iter(lambda: next(SALTS)[:12], b""), now=NOW)

        hall.service.store.write_now(withdraw)
        shown = page(hall, f"/C{number}")
        assert 'name="deed"' not in shown.text and TEXT not in shown.text
        assert decide(hall, number, "publish", mark=seen).status_code == 409
        assert decide(hall, number, "sort", mark=seen).status_code == 409


def test_the_words_of_a_version_are_text(hall: Hall) -> None:
    """Markup of an author is shown, and is none."""
    number = receive(hall, "<script>alert(1)</script>", title="<img src=x>", name="<b>x</b>")
    for answer in (page(hall), page(hall, f"/C{number}")):
        assert "<script>alert" not in answer.text and "<img src=x>" not in answer.text and "<b>x" not in answer.text
