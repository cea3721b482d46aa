"""Messages by mail as people and programs send them."""

import doctest
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules import mail_text, messages
from motion.rules.mail_text import what_is_said
from motion.rules.messages import LOGO_BYTES, read_message


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
    """Those of the two modules."""
    assert doctest.testmod(messages).failed == 0 and doctest.testmod(mail_text).failed == 0


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
        "Mes mots.\n\nLe dim. 22 nov. 2026 à 20:10, Congrès des communes <congres@ormeline.example>\na écrit :\n\n> Ah",
        "Mes mots.\n\nDe : Yves <yves@valbrune.example>\nEnvoyé : dimanche 22 novembre 2026 20:10\nÀ : Ève\n\nAh",
        "Mes mots.\n\nAm 22. November 2026 um 10:00 schrieb Yves <yves@valbrune.example>:\n> Ah",
        "Le 3 mai 2031 à 10:12, Yves a écrit :\n> Bonjour\n\nMes mots.",
        "Mes mots.\n\nEnvoyé de mon iPhone",
        "Mes mots.\n\nSent from my phone\n\nOn Mon, 3 May 2031 at 10:12, Yves <y@v.example> wrote:\n\n> Ah",
    ],
)
def test_signatures_and_answers_are_left_out(text: str) -> None:
    """What remains is what was said."""
    assert what_is_said(text) == "Mes mots."


@pytest.mark.parametrize(
    "text",
    [
        "Le maire de ma commune nous a écrit : la classe ferme.\n\nNous n’y croyons pas.",
        "Envoyé de la gare, ce mot dit ma colère.\n\nLe car ne passe plus.",
        "De : la mairie\n\nLe car ne passe plus.",
        "De : Yves <yves@valbrune.example>\nEnvoyé : dimanche 22 novembre\n\nCe qu’il m’écrit, je vous le transmets.",
    ],
)
def test_what_somebody_says_of_a_letter_stays(text: str) -> None:
    """Words that only resemble those of a program; and what is forwarded without a word."""
    assert what_is_said(text) == text


def test_private_addresses_are_never_words() -> None:
    """Whoever quotes our mail quotes the only key to their contribution."""
    secret = "0123456789abcdef0123456789abcdef"
    said = what_is_said(f"Voici <https://motion.example/ormeline/suivi/{secret}> et merci.")
    assert said == "Voici […] et merci."


def test_an_answer_to_a_mail_of_this_service() -> None:
    """Known by the name of what it answers; an answer to anybody else is a message like any other."""
    ours, other = "<17953.26687.motion-3@ormeline.example>", "<17953.promotion-3@ormeline.example>"
    assert read_message(written(In_Reply_To=ours).as_bytes()).is_answer
    assert not read_message(written(In_Reply_To=other).as_bytes()).is_answer


def test_a_name_holds_no_address() -> None:
    """A program that knows no name writes the address twice; whoever forges one puts it before their own."""
    assert read_message(written(From='"eve@valbrune.example" <eve@valbrune.example>').as_bytes()).name == "eve"
    forged = read_message(b'From: "Le Maire <maire@ormelac.example>" <pirate@ailleurs.example>\n\nOui.')
    assert (forged.name, forged.sender) == ("Le Maire", "pirate@ailleurs.example")


def test_headers_without_a_character_set() -> None:
    """Are read as the programs that write them so mean them."""
    for encoding in ("cp1252", "utf-8"):
        raw = "From: Renée <renee@valbrune.example>\nSubject: L’école brûle\n\nOui.".encode(encoding)
        read = read_message(raw)
        assert (read.name, read.subject, read.sender) == ("Renée", "L’école brûle", "renee@valbrune.example")


def test_signs_that_nobody_sees() -> None:
    """Make no message unreadable: programs strew tabulators, marks of direction, wide blanks."""
    assert read_message(written("Le\tcar\u200e de\u200319\u00a0h\ufeff.").as_bytes()).text == "Le car de 19\u00a0h."


def test_paragraphs_are_whole_again() -> None:
    """Of a message in `format=flowed`, as many programs write them."""
    raw = b"From: a@b.example\nContent-Type: text/plain; format=flowed\n\nUn car \npar jour.\n\nDeux \n> cite\n"
    assert read_message(raw).text == "Un car par jour.\n\nDeux"


def test_logos_and_cards_are_no_files() -> None:
    """What programs add under a signature is not what somebody sends; a photo within the text is."""
    message = written()
    for size in (LOGO_BYTES - 1, LOGO_BYTES):
        message.add_attachment(b"\xff" * size, maintype="image", subtype="png", filename=f"{size}.png", cid=f"<{size}>")
    message.add_attachment(b"BEGIN:VCARD", maintype="text", subtype="vcard", filename="eve.vcf")
    message.add_attachment(b"...", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    (photo,) = read_message(message.as_bytes()).attachments
    assert len(photo.content) == LOGO_BYTES


def test_an_absence_is_one_of_a_person() -> None:
    """By the usual words before a colon, for servers that declare nothing; an office may be missed as well."""
    for subject in ("Réponse automatique : Les cars", "Automatische Antwort: Les cars", "Absence du bureau"):
        assert read_message(written(Subject=subject).as_bytes()).is_automatic
    assert not read_message(written(Subject="Absence du bureau de poste").as_bytes()).is_automatic


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"List_Unsubscribe": "<mailto:stop@boutique.example>"},
        {"X_Autoreply": "yes"},
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
