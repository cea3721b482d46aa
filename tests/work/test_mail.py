"""Mails leave through a real SMTP server, at least once each."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from sqlmodel import select

from motion import settings as table
from motion.language import language
from motion.settings import Settings
from motion.work import mail
from storage import outbox
from storage.models import Mail
from storage.store import Store
from tests.acts.people import NOW
from tests.databases import free_port
from tests.work.certificates import Chain, make_chain


class Mailbox:
    """What the server took; it refuses recipients of `refused`."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Controller]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    controller.start()
    yield controller
    controller.stop()


def settings(tmp_path: Path, url: str) -> Settings:
    return table.read(
        {"MOTION_DATA": str(tmp_path), "MOTION_SMTP_URL": url, "MOTION_MAIL_FROM": "Motion <motion@congres.example>"}
    )


def put(store: Store, recipient: str = "aline@valbrune.example") -> None:
    store.write_now(
        lambda db: db.add(
            Mail(
                recipient=recipient, subject="Votre connexion", body="Bonjour, élue !\n", created_at=NOW, not_before=NOW
            )
        )
    )


def rows(store: Store) -> list[Mail]:
    return list(store.read_now(lambda db: db.exec(select(Mail).order_by(Mail.id)).all()))


def send(store: Store, chosen: Settings, at: datetime = NOW) -> int:
    return mail.send_due(store, chosen, lambda: at)


def test_a_mail_reaches_its_mailbox_once(sqlite_store: Store, tmp_path: Path, server, mailbox: Mailbox) -> None:
    """Accents arrive whole; a second turn finds nothing to send."""
    put(sqlite_store)
    chosen = settings(tmp_path, f"smtp://127.0.0.1:{server.port}")
    assert (send(sqlite_store, chosen), send(sqlite_store, chosen)) == (1, 0)
    [envelope] = mailbox.taken
    assert envelope.rcpt_tos == ["aline@valbrune.example"]
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "Votre connexion"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Bonjour, élue !"
    assert rows(sqlite_store)[0].sent_at == NOW
    assert rows(sqlite_store)[0].body == ""  # it held a way in


def test_a_server_that_is_away_is_tried_again(sqlite_store: Store, tmp_path: Path, mailbox: Mailbox) -> None:
    """The mail waits, with the failure noted, and leaves when the server is back."""
    put(sqlite_store)
    port = free_port()
    chosen = settings(tmp_path, f"smtp://127.0.0.1:{port}")
    assert send(sqlite_store, chosen) == 0
    [waiting] = rows(sqlite_store)
    assert waiting.sent_at is None and waiting.tries == 1 and waiting.failure
    assert waiting.not_before == NOW + timedelta(seconds=5)
    assert send(sqlite_store, chosen, NOW + timedelta(seconds=4)) == 0
    assert rows(sqlite_store)[0].tries == 1
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    try:
        assert send(sqlite_store, chosen, NOW + timedelta(seconds=5)) == 1
    finally:
        controller.stop()
    assert len(mailbox.taken) == 1


def test_one_refused_mailbox_stops_no_other(sqlite_store: Store, tmp_path: Path, server, mailbox: Mailbox) -> None:
    """The refused one waits for its next try; after twelve it is given up, and stays to be seen."""
    mailbox.refused.add("parti@valbrune.example")
    put(sqlite_store, "parti@valbrune.example")
    put(sqlite_store)
    chosen = settings(tmp_path, f"smtp://127.0.0.1:{server.port}")
    assert send(sqlite_store, chosen) == 1
    refused, sent = rows(sqlite_store)
    assert refused.sent_at is None and "550" in refused.failure
    assert sent.sent_at is not None
    at = NOW
    for _ in range(20):
        at += timedelta(hours=2)
        send(sqlite_store, chosen, at)
    assert rows(sqlite_store)[0].tries == outbox.MAX_TRIES


@pytest.mark.parametrize("address", ["s@[ormeline", "s@[1.2.3"])
def test_an_address_that_the_library_stumbles_over_stops_no_other(
    sqlite_store: Store, tmp_path: Path, server, mailbox: Mailbox, address: str
) -> None:
    """It is given up like any that is refused; the sign-in mails behind it leave."""
    put(sqlite_store, address)
    put(sqlite_store)
    assert send(sqlite_store, settings(tmp_path, f"smtp://127.0.0.1:{server.port}")) == 1
    stumbled, sent = rows(sqlite_store)
    assert stumbled.tries == 1 and stumbled.failure
    assert sent.sent_at is not None


def test_a_header_cannot_be_smuggled_in(sqlite_store: Store, tmp_path: Path, server, mailbox: Mailbox) -> None:
    """A line end in an address makes no second recipient: the mail is refused."""
    put(sqlite_store, "a@valbrune.example\r\nBcc: b@valbrune.example")
    assert send(sqlite_store, settings(tmp_path, f"smtp://127.0.0.1:{server.port}")) == 0
    assert mailbox.taken == []


def test_name_and_secret_are_given(sqlite_store: Store, tmp_path: Path, mailbox: Mailbox) -> None:
    """They may be percent-encoded in the address."""
    seen = []

    def authenticate(server: SMTP, session, envelope, mechanism, data) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        ready_timeout=60,
        authenticator=authenticate,
        auth_require_tls=False,
    )
    controller.start()
    try:
        put(sqlite_store)
        assert send(sqlite_store, settings(tmp_path, f"smtp://moi:p%40sse@127.0.0.1:{controller.port}")) == 1
    finally:
        controller.stop()
    assert seen == [(b"moi", b"p@sse")]


def test_without_a_server_it_is_written_to_the_log(
    sqlite_store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A demonstration needs no mail server."""
    put(sqlite_store)
    with caplog.at_level("INFO", "motion.mail"):
        assert send(sqlite_store, settings(tmp_path, "")) == 1
    assert "Bonjour, élue" in caplog.text
    assert rows(sqlite_store)[0].sent_at == NOW


def test_sending_blocks_no_loop(sqlite_store: Store, tmp_path: Path, server, mailbox: Mailbox) -> None:
    """The loop of the service calls it in a thread."""
    put(sqlite_store)
    chosen = settings(tmp_path, f"smtp://127.0.0.1:{server.port}")
    assert asyncio.run(asyncio.to_thread(send, sqlite_store, chosen)) == 1


class TestEncryption:
    """With `tls=starttls` a mail leaves on an encrypted line, to the server that was meant, or not at all."""

    @pytest.fixture
    def chain(self, tmp_path: Path) -> Chain:
        return make_chain(tmp_path)

    def serve(self, mailbox: Mailbox, chain: Chain) -> Controller:
        controller = Controller(
            mailbox,
            hostname="127.0.0.1",
            port=free_port(),
            ready_timeout=60,
            require_starttls=True,
            tls_context=chain.server_context(),
            authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
                success=(data.login, data.password) == (b"moi", b"secret")
            ),
        )
        controller.start()
        return controller

    def test_a_mail_leaves_by_starttls(
        self, sqlite_store: Store, tmp_path: Path, mailbox: Mailbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server takes nothing before; name and secret are given after."""
        monkeypatch.setenv("SSL_CERT_FILE", str(chain.authority))
        controller = self.serve(mailbox, chain)
        try:
            put(sqlite_store)
            url = f"smtp://moi:secret@127.0.0.1:{controller.port}?tls=starttls"
            assert send(sqlite_store, settings(tmp_path, url)) == 1
        finally:
            controller.stop()
        assert [envelope.rcpt_tos for envelope in mailbox.taken] == [["aline@valbrune.example"]]

    def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, sqlite_store: Store, tmp_path: Path, mailbox: Mailbox, chain: Chain
    ) -> None:
        """Nothing is sent; the mail waits, and says why in words that help, in both languages."""
        controller = self.serve(mailbox, chain)
        try:
            put(sqlite_store)
            url = f"smtp://moi:secret@127.0.0.1:{controller.port}?tls=starttls"
            assert send(sqlite_store, settings(tmp_path, url)) == 0
        finally:
            controller.stop()
        assert mailbox.taken == []
        [waiting] = rows(sqlite_store)
        assert waiting.sent_at is None and waiting.tries == 1 and waiting.body
        assert "certificat du serveur de courriel est refusé" in waiting.failure
        assert "certificate" in language("en").gettext(waiting.failure)

    def test_a_certificate_of_another_host_is_refused(
        self, sqlite_store: Store, tmp_path: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Vouched for, and for somebody else."""
        chain = make_chain(tmp_path, host="192.0.2.1")
        monkeypatch.setenv("SSL_CERT_FILE", str(chain.authority))
        controller = self.serve(mailbox, chain)
        try:
            put(sqlite_store)
            assert send(sqlite_store, settings(tmp_path, f"smtp://127.0.0.1:{controller.port}?tls=starttls")) == 0
        finally:
            controller.stop()
        assert mailbox.taken == [] and "certificat" in rows(sqlite_store)[0].failure

    def test_a_server_without_starttls_gets_nothing(
        self, sqlite_store: Store, tmp_path: Path, server, mailbox: Mailbox
    ) -> None:
        """Somebody in between may have taken the offer out."""
        put(sqlite_store)
        assert send(sqlite_store, settings(tmp_path, f"smtp://moi:secret@127.0.0.1:{server.port}?tls=starttls")) == 0
        assert mailbox.taken == [] and "STARTTLS" in rows(sqlite_store)[0].failure

    def test_a_server_that_demands_it_takes_nothing_in_clear(
        self, sqlite_store: Store, tmp_path: Path, mailbox: Mailbox, chain: Chain
    ) -> None:
        """The setting lacks `tls=starttls`: the mail waits, with the server's own words."""
        controller = self.serve(mailbox, chain)
        try:
            put(sqlite_store)
            assert send(sqlite_store, settings(tmp_path, f"smtp://127.0.0.1:{controller.port}")) == 0
        finally:
            controller.stop()
        assert mailbox.taken == [] and "STARTTLS" in rows(sqlite_store)[0].failure


class TestSeveralProcesses:
    """Each `motion work` sends what is due: a mail is one's."""

    def test_of_two_that_send_at_once_one_sends_each(
        self, store: Store, database_url: str, tmp_path: Path, server, mailbox: Mailbox
    ) -> None:
        """On either database; every mail arrives once."""
        for number in range(20):
            put(store, f"personne-{number}@valbrune.example")
        chosen = settings(tmp_path, f"smtp://127.0.0.1:{server.port}")
        others = [Store(database_url) for _ in range(3)]
        with ThreadPoolExecutor(3) as hands:
            counts = list(hands.map(lambda other: send(other, chosen), others))
        for other in others:
            other.close()
        taken = [recipient for envelope in mailbox.taken for recipient in envelope.rcpt_tos]
        assert len(taken) == len(set(taken)) == sum(counts) == 20

    def test_a_mail_held_by_who_died_is_sent_later(
        self, store: Store, tmp_path: Path, server, mailbox: Mailbox
    ) -> None:
        """Nobody else touches it before; then it leaves."""
        put(store)
        assert store.write_now(outbox.claim, 1, NOW)
        chosen = settings(tmp_path, f"smtp://127.0.0.1:{server.port}")
        assert send(store, chosen, NOW + outbox.LEASE - timedelta(seconds=1)) == 0
        assert send(store, chosen, NOW + outbox.LEASE) == 1 and len(mailbox.taken) == 1

    def test_a_mail_held_by_another_is_not_counted_as_failed(self, sqlite_store: Store, tmp_path: Path) -> None:
        """A server that one cannot reach may be taking it from the other."""
        put(sqlite_store)
        put(sqlite_store)
        due = sqlite_store.read_now(outbox.due, NOW)
        unreachable = settings(tmp_path, f"smtp://127.0.0.1:{free_port()}")
        genuine = mail.connect

        def slow(url: str):
            sqlite_store.write_now(outbox.claim, due[0].id, NOW)  # the other was faster
            return genuine(url)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mail, "connect", slow)
            assert send(sqlite_store, unreachable) == 0
        assert [row.tries for row in rows(sqlite_store)] == [0, 1]
