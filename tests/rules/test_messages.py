"""Messages by mail as people and programs send them."""

import doctest
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules import messages
from motion.rules.messages import read_message, without_quotes


def written(text: str = "Le car ne passe plus.", **headers: str) -> EmailMessage:
    """A message by somebody."""
    message = EmailMessage()
    for name, value in (
        {"From": "Ève Marchebrune <Eve@Valbrune.example>", "Subject": "Re: Les cars"} | headers
    ).items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_the_examples_hold() -> None:
    """Those of the module."""
    assert doctest.testmod(messages).failed == 0


def test_who_says_what() -> None:
    """The subject without what an answer puts before it."""
    read = read_message(written(Message_ID="<1@valbrune.example>").as_bytes())
    assert (read.sender, read.name, read.subject) == ("eve@valbrune.example", "Ève Marchebrune", "Les cars")
    assert (read.text, read.reference, read.is_automatic) == ("Le car ne passe plus.", "<1@valbrune.example>", False)


def test_without_a_name_the_address_gives_one() -> None:
    """Its author corrects it before anything is published."""
    assert read_message(written(From="eve@valbrune.example").as_bytes()).name == "eve"


def test_files_come_along() -> None:
    """Their names without a path."""
    message = written()
    message.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="..\\photos/route.jpg")
    (attachment,) = read_message(message.as_bytes()).attachments
    assert (attachment.file_name, attachment.content) == ("route.jpg", b"\xff\xd8\xff")


def test_a_page_is_read_as_words() -> None:
    """When there is no plain text; with it, the plain text."""
    message = EmailMessage()
    message["From"] = "eve@valbrune.example"
    message.set_content("<p>Un.</p><p>Deux&nbsp;!</p>", subtype="html")
    assert read_message(message.as_bytes()).text == "Un.\n\nDeux\u00a0!"
    both = written("En clair.")
    both.add_alternative("<p>En page.</p>", subtype="html")
    assert read_message(both.as_bytes()).text == "En clair."


@pytest.mark.parametrize(
    "text",
    [
        "Mes mots.\n\n-- \nÈve\n06",
        "Mes mots.\n\nLe 3 mai 2031 à 10:12, Yves a écrit :\n> Bonjour",
        "Mes mots.\n> Bonjour\n> Yves",
        "Mes mots.\r\n\r\n----- Message d’origine -----\r\nDe : Yves",
    ],
)
def test_signatures_and_answers_are_left_out(text: str) -> None:
    """What remains is what was said."""
    assert without_quotes(text) == "Mes mots."


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<liste.example>"},
        {"From": "MAILER-DAEMON@ormeline.example"},
        {"From": "no-reply@ormeline.example"},
        {"Return_Path": "<>"},
    ],
)
def test_nobody_said_it(headers: dict[str, str]) -> None:
    """Absences, lists, errors: never answered, or two machines would write to each other for ever."""
    assert read_message(written(**headers).as_bytes()).is_automatic


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 500,
        b"From: =?utf-8?q?\xff?= <a@b>\r\n\r\n",
        b"Content-Type: text/plain; charset=klingon\r\n\r\n\xe9t\xe9",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x",
        b"Subject: " + b"=?utf-8?b?" * 2_000,
    ],
)
def test_damage_is_read_as_far_as_it_goes(raw: bytes) -> None:
    """No error, whatever comes."""
    read_message(raw)


@given(st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_message_of_some_kind(raw: bytes) -> None:
    """Whatever a mailbox holds, the next message is read."""
    read_message(b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + raw)
