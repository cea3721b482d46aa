"""Signing in by mail, and what a session is."""

import hashlib
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from motion.acts import attempts, sessions, sign_in
from motion.acts.sign_in import Choose, Message
from motion.record.entry import decode_entry
from motion.rules.errors import CodeWrong, Invalid, LinkUnusable, MotionError, NotAllowed, NotFound, TooManyTries
from storage.models import Congress, Entry, LoginSession, Mail, Official, Secretary, SignInAttempt, SignInMail
from storage.store import Store
from tests.acts.people import KEY, NOW, Hall, hall, new_session

TOKEN = hashlib.sha256(b"token").digest()
ALINE = "aline@valbrune.example"
LIFETIME = timedelta(minutes=15)


@pytest.fixture
def there(store: Store) -> Hall:
    return hall(store)


def ask(
    store: Store,
    there: Hall,
    address: str = ALINE,
    *,
    token: bytes = TOKEN,
    browser: str = "b",
    now=NOW,
    network="192.0.2.1",
):
    return store.write_now(
        sign_in.request_mail,
        there.congress,
        address,
        Message("Votre connexion", "…"),
        token_hash=token,
        digits="123456",
        browser=browser,
        network=network,
        key=KEY,
        now=now,
        lifetime=LIFETIME,
    )


def digits(
    store: Store,
    there: Hall,
    typed: str | None = "123456",
    *,
    address=ALINE,
    browser="b",
    now=NOW,
    chosen="",
    network="192.0.2.1",
):
    return store.write_now(
        sign_in.use_digits,
        there.congress,
        address,
        typed,
        new_session(),
        browser=browser,
        network=network,
        key=KEY,
        chosen=chosen,
        now=now,
    )


def link(store: Store, there: Hall, *, now=NOW, chosen="", congress: int | None = None):
    return store.write_now(sign_in.use_link, congress or there.congress, TOKEN, new_session(), chosen=chosen, now=now)


def rows(store: Store, table: type) -> list:
    return store.read_now(lambda db: db.exec(select(table)).all())


class TestAsking:
    def test_a_mail_is_written_for_a_known_address(self, store: Store, there: Hall) -> None:
        """Case and spaces around the address don't matter; the mail waits in the same transaction."""
        assert ask(store, there, "  Aline@Valbrune.example ") is None
        [mail] = rows(store, Mail)
        assert mail.recipient == ALINE
        [kept] = rows(store, SignInMail)
        assert kept.official_id == there.aline
        assert b"123456" not in kept.code_hash

    def test_an_unknown_address_gets_the_same_answer_and_no_mail(self, store: Store, there: Hall) -> None:
        """Whoever asks learns nothing about the roster."""
        assert ask(store, there, "personne@nulle-part.example") is None
        assert rows(store, Mail) == []
        assert rows(store, SignInMail) == []

    def test_somebody_revoked_is_unknown(self, store: Store, there: Hall) -> None:
        """An official who left the roster gets no mail."""

        def revoke(db: Session) -> None:
            official = db.get_one(Official, there.aline)
            official.revoked_at = NOW
            db.add(official)

        store.write_now(revoke)
        ask(store, there)
        assert rows(store, Mail) == []

    @pytest.mark.parametrize(
        "address", ["", "   ", "aline", "@", "a b@c.example", "x@y\n.example", "é" * 300 + "@x.example"]
    )
    def test_what_cannot_be_an_address_is_refused(self, store: Store, there: Hall, address: str) -> None:
        """The field is named; nothing is sent."""
        with pytest.raises(Invalid) as refusal:
            ask(store, there, address)
        assert refusal.value.field == "email"

    @pytest.mark.parametrize("address", [ALINE, "personne@nulle-part.example"])
    def test_an_address_is_asked_for_five_times_an_hour(self, store: Store, there: Hall, address: str) -> None:
        """The sixth waits, known or not, from any network; an hour later it passes."""
        for number in range(5):
            assert ask(store, there, address, token=bytes([number]), browser=str(number), network=str(number)) is None
        refusal = ask(store, there, address, token=b"6", browser="6", network="6", now=NOW + timedelta(minutes=20))
        assert refusal == TooManyTries(40 * 60)
        assert ask(store, there, address, token=b"7", browser="7", now=NOW + timedelta(minutes=61)) is None

    def test_a_hall_behind_one_network_signs_in(self, store: Store, there: Hall) -> None:
        """After the limit, a network gets the first mail of the hour to each address, and no second one."""
        for number in range(attempts.MAILS_PER_NETWORK.count):
            assert ask(store, there, f"p{number}@x.example", token=b"%d" % number) is None
        for address in (ALINE, "personne@nulle-part.example"):
            assert ask(store, there, address, token=address.encode(), browser=address) is None
            assert isinstance(ask(store, there, address), TooManyTries)
        assert ask(store, there, token=b"else", network="198.51.100.7", browser="else") is None

    def test_attempts_keep_no_address_and_are_dropped(self, store: Store, there: Hall) -> None:
        """Keys are hashes; after an hour the rows go with the next attempt."""
        ask(store, there)
        assert not any("aline" in row.key or "192" in row.key for row in rows(store, SignInAttempt))
        ask(store, there, token=b"2", browser="c", now=NOW + timedelta(hours=2))
        assert len(rows(store, SignInAttempt)) == 2


class TestLink:
    def test_it_signs_in_once(self, store: Store, there: Hall) -> None:
        """The second use is refused and opens no second session."""
        ask(store, there)
        assert link(store, there).official_id == there.aline
        with pytest.raises(LinkUnusable) as refusal:
            link(store, there)
        assert refusal.value.reason == "used"
        assert len(rows(store, LoginSession)) == 1

    def test_looking_changes_nothing(self, store: Store, there: Hall) -> None:
        """A mail scanner opens the link; the person still can."""
        ask(store, there)
        for _ in range(3):
            [person] = store.read_now(sign_in.people_of_link, there.congress, TOKEN, now=NOW)
            assert person.name == "Aline Corbières"
        assert isinstance(link(store, there), LoginSession)

    def test_it_ends_after_its_minutes(self, store: Store, there: Hall) -> None:
        """Fifteen minutes, to the second."""
        ask(store, there)
        with pytest.raises(LinkUnusable) as refusal:
            link(store, there, now=NOW + LIFETIME)
        assert refusal.value.reason == "expired"

    def test_it_is_of_one_congress(self, store: Store, there: Hall) -> None:
        """Another congress knows nothing of it."""
        ask(store, there)
        with pytest.raises(LinkUnusable):
            link(store, there, congress=there.other_congress)

    def test_a_changed_address_ends_it(self, store: Store, there: Hall) -> None:
        """A mail that went to a mistyped address must not open the door of the corrected one."""
        ask(store, there)
        store.write_now(sign_in.void_mails_of, there.aline, NOW)
        with pytest.raises(LinkUnusable):
            link(store, there)

    def test_digits_and_link_are_one_use(self, store: Store, there: Hall) -> None:
        """After the digits, the link is spent."""
        ask(store, there)
        assert isinstance(digits(store, there), LoginSession)
        with pytest.raises(LinkUnusable):
            link(store, there)


class TestSeveralPeople:
    @pytest.fixture
    def shared(self, store: Store, there: Hall) -> Hall:
        """Aline also belongs to the secretariat, under the same address."""
        store.write_now(lambda db: db.add(Secretary(congress_id=there.congress, name="Aline Corbières", email=ALINE)))
        ask(store, there)
        return there

    def test_the_person_chooses(self, store: Store, shared: Hall) -> None:
        """No session before the choice; the link survives the question."""
        answer = link(store, shared)
        assert isinstance(answer, Choose)
        assert [person.mark[:3] for person in answer.people] == ["elu", "sec"]
        assert rows(store, LoginSession) == []
        session = link(store, shared, chosen=answer.people[1].mark)
        assert session.secretary_id == answer.people[1].secretary_id

    def test_nobody_else_can_be_chosen(self, store: Store, shared: Hall) -> None:
        """A forged choice asks again."""
        assert isinstance(link(store, shared, chosen=f"elu-{shared.basile}"), Choose)
        assert isinstance(digits(store, shared, chosen=f"sec-{shared.ines}"), Choose)
        assert rows(store, LoginSession) == []


class TestDigits:
    def test_they_sign_in_the_browser_that_asked(self, store: Store, there: Hall) -> None:
        """The same digits in another browser are wrong."""
        ask(store, there)
        assert isinstance(digits(store, there, browser="other"), CodeWrong)
        assert digits(store, there).official_id == there.aline

    def test_five_errors_end_them_and_the_link_goes_on(self, store: Store, there: Hall) -> None:
        """The tries left go down to zero; then even the right digits are refused."""
        ask(store, there)
        assert [digits(store, there, "000000").tries_left for _ in range(5)] == [4, 3, 2, 1, 0]
        assert digits(store, there) == CodeWrong(0)
        assert isinstance(link(store, there), LoginSession)

    def test_an_unknown_address_answers_alike(self, store: Store, there: Hall) -> None:
        """Twelve wrong answers over three mails: the same sequence for a known and an unknown address."""

        def answers(address: str, prefix: str) -> list[MotionError]:
            found = []
            for mail in range(3):
                browser = f"{prefix}{mail}"
                ask(store, there, address, token=browser.encode(), browser=browser)
                found += [digits(store, there, "000000", address=address, browser=browser) for _ in range(6)]
            return found

        assert answers(ALINE, "k") == answers("personne@nulle-part.example", "u")

    def test_a_form_that_names_another_address_finds_nothing(self, store: Store, there: Hall) -> None:
        """The digits belong to browser and address together."""
        ask(store, there)
        assert isinstance(digits(store, there, address="basile@ormelac.example"), CodeWrong)

    def test_what_is_not_six_digits_costs_no_try(self, store: Store, there: Hall) -> None:
        """A slip of the finger is not a guess."""
        ask(store, there)
        assert digits(store, there, None) == CodeWrong(5)
        assert isinstance(digits(store, there), LoginSession)

    def test_an_address_bears_ten_errors_an_hour(self, store: Store, there: Hall) -> None:
        """Over several mails and networks, guessing at one person is stopped."""
        for mail in range(2):
            ask(store, there, token=bytes([mail]), browser=f"x{mail}")
            for _ in range(5):
                digits(store, there, "000000", browser=f"x{mail}", network=str(mail))
        ask(store, there, browser="x3", network="3")
        assert isinstance(digits(store, there, browser="x3", network="3"), TooManyTries)

    def test_nobody_in_the_hall_can_lock_the_others_out(self, store: Store, there: Hall) -> None:
        """A hundred errors of a network stop who errs there, not who copies the digits well, nor the link."""
        for number in range(attempts.WRONG_DIGITS_PER_NETWORK.count):
            address = f"p{number // 4}@x.example"
            assert isinstance(digits(store, there, "000000", address=address, browser=str(number)), CodeWrong)
        ask(store, there, "basile@ormelac.example", token=b"basile", browser="basile")
        ask(store, there)
        for _ in range(attempts.FREE_WRONG_DIGITS):
            assert isinstance(digits(store, there, "000000"), CodeWrong)
        assert isinstance(digits(store, there, "000000"), TooManyTries)
        assert isinstance(digits(store, there, address="basile@ormelac.example", browser="basile"), LoginSession)
        assert store.read_now(sign_in.people_of_link, there.congress, TOKEN, now=NOW)

    def test_old_digits_say_so(self, store: Store, there: Hall) -> None:
        """Right, and too late."""
        ask(store, there)
        assert digits(store, there, now=NOW + LIFETIME) == LinkUnusable("expired")


class TestSession:
    def open(self, store: Store, there: Hall, name: str, **whose: int) -> LoginSession:
        new = new_session(name)
        return store.write_now(
            sign_in.open_session,
            there.congress,
            token_hash=new.token_hash,
            way="card",
            device=new.device,
            now=NOW,
            expires_at=new.expires_at,
            **whose,
        )

    def test_the_record_says_who_and_how_and_nothing_more(self, store: Store, there: Hall) -> None:
        """Neither token, nor device, nor network."""
        session = self.open(store, there, "a", official_id=there.basile)
        [row] = rows(store, Entry)
        entry = decode_entry(row.content)
        assert entry.kind == "session.open"
        assert entry.body == {"how": "card", "sess": f"s-{session.id}", "who": f"elu-{there.basile}"}
        assert entry.by == f"elu-{there.basile}"

    def test_nobody_of_another_congress(self, store: Store, there: Hall) -> None:
        """Neither an official nor a secretary is known elsewhere; nor is nobody."""
        for whose in ({"secretary_id": there.other_secretary}, {"official_id": 999}, {}):
            with pytest.raises(NotFound):
                self.open(store, there, "a", **whose)
        assert rows(store, LoginSession) == []

    def test_own_sessions_are_listed_and_ended(self, store: Store, there: Hall) -> None:
        """Two devices; the other one is ended, with an entry, and can't be ended twice."""
        here = self.open(store, there, "a", official_id=there.aline)
        other = self.open(store, there, "b", official_id=there.aline)
        me = store.read_now(sign_in.actor_of, there.congress, official_id=there.aline, session_id=here.id)
        assert {row.id for row in store.read_now(sessions.own, me, now=NOW)} == {here.id, other.id}
        assert store.write_now(sessions.revoke_others, me, now=NOW) == [other.id]
        assert store.write_now(sessions.revoke, me, other.id, now=NOW) == []
        assert [decode_entry(row.content).kind for row in rows(store, Entry)].count("session.close") == 1
        assert store.write_now(sessions.sign_out, me, now=NOW) == [here.id]
        assert store.read_now(sessions.own, me, now=NOW) == []

    def test_nobody_ends_somebody_elses(self, store: Store, there: Hall) -> None:
        """An official, the public and another congress's secretariat are told that it doesn't exist."""
        session = self.open(store, there, "a", official_id=there.aline)
        for actor in (there.official, there.public, there.elsewhere):
            with pytest.raises(NotFound):
                store.write_now(sessions.revoke, actor, session.id, now=NOW)
            with pytest.raises((NotAllowed, NotFound)):
                store.write_now(sessions.revoke_of_official, actor, there.aline, now=NOW)
        assert store.write_now(sessions.revoke, there.secretariat, session.id, now=NOW) == [session.id]

    def test_the_secretariat_ends_no_session_of_a_colleague(self, store: Store, there: Hall) -> None:
        """It runs the officials' sessions, not each other's."""
        session = self.open(store, there, "a", secretary_id=there.ines)
        with pytest.raises(NotFound):
            store.write_now(sessions.revoke, there.rapporteur, session.id, now=NOW)

    def test_use_is_noted_now_and_then(self, store: Store, there: Hall) -> None:
        """Pages read often; the row is written every five minutes at most."""
        session = self.open(store, there, "a", official_id=there.aline)
        store.write_now(sessions.touch, [session.id], now=NOW + timedelta(minutes=4))
        assert rows(store, LoginSession)[0].seen_at == NOW
        store.write_now(sessions.touch, [session.id], now=NOW + timedelta(minutes=6))
        assert rows(store, LoginSession)[0].seen_at == NOW + timedelta(minutes=6)


class TestDemonstration:
    def use(self, store: Store, there: Hall, mark: str, token: str, congress: int | None = None):
        return store.write_now(
            sign_in.use_demonstration, congress or there.congress, mark, token, new_session(mark), key=KEY, now=NOW
        )

    def test_only_in_a_demonstration(self, store: Store, there: Hall) -> None:
        """A real congress has no such door, even for the right address."""
        mark = f"elu-{there.aline}"
        token = sign_in.demonstration_token(KEY, "ormeline", mark)
        with pytest.raises(LinkUnusable):
            self.use(store, there, mark, token)

        def demonstrate(db: Session) -> None:
            congress = db.get_one(Congress, there.congress)
            congress.is_demonstration = True
            db.add(congress)

        store.write_now(demonstrate)
        assert self.use(store, there, mark, token).official_id == there.aline
        for wrong in ((f"sec-{there.ines}", token), (mark, "0" * 64), (mark, ""), ("x", token), (mark, "é")):
            with pytest.raises(LinkUnusable):
                self.use(store, there, *wrong)
