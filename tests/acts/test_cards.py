"""Personal cards: issued, used, cancelled."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from motion.acts import attempts, cards
from motion.acts.cards import NewCard, WrongCode
from motion.record.entry import decode_entry
from motion.rules.card_codes import ALPHABET, card_code, read_card_code, read_digits, shown
from motion.rules.errors import CardUnknown, NotAllowed, NotFound, TooManyTries
from storage.models import Card, Entry, LoginSession, SignInAttempt
from storage.store import Store
from tests.acts.people import KEY, NOW, Hall, hall, new_session

CODE = "7KQ3XPD9TR"


@pytest.fixture
def there(store: Store) -> Hall:
    return hall(store)


def token(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def issue(store: Store, there: Hall, *cards_: tuple[int, str, str], actor=None):
    new = [
        NewCard(official, token(name), cards.code_hash(KEY, there.congress, code)) for official, name, code in cards_
    ]
    return store.write_now(cards.issue, actor or there.secretariat, there.congress, new, now=NOW)


def use_code(
    store: Store,
    there: Hall,
    code: str | None,
    session: str = "s",
    *,
    device: str = "d",
    network: str = "n",
    congress: int | None = None,
):
    return store.write_now(
        cards.use_code,
        congress or there.congress,
        code,
        new_session(session),
        device=device,
        network=network,
        key=KEY,
        now=NOW,
    )


class TestCodes:
    @given(st.binary(min_size=7, max_size=7))
    def test_what_is_printed_is_read(self, random: bytes) -> None:
        """Groups, lower case, letters that look like digits: all is understood."""
        code = card_code(random)
        assert len(code) == 10 and set(code) <= set(ALPHABET)
        assert read_card_code(shown(code)) == code
        assert read_card_code(shown(code).lower().replace(" ", "-")) == code
        assert read_card_code(code.replace("0", "o").replace("1", "l")) == code

    @given(st.text())
    def test_anything_else_is_no_code(self, typed: str) -> None:
        """Either ten characters of the alphabet, or None."""
        code = read_card_code(typed)
        assert code is None or (len(code) == 10 and set(code) <= set(ALPHABET))

    def test_digits_are_pasted_as_they_come(self) -> None:
        """Spaces and line ends of a mail are passed over; other digits than 0 to 9 are none."""
        assert read_digits(" 123 456\r\n") == "123456"
        assert read_digits("123\u202f456") == "123456"
        assert read_digits("12345") is None
        assert read_digits("١٢٣٤٥٦") is None
        assert read_digits("²²²²²²") is None


class TestIssuing:
    def test_a_card_opens_sessions_on_several_devices(self, store: Store, there: Hall) -> None:
        """By its QR code and by its short code."""
        [owner] = issue(store, there, (there.basile, "qr", CODE))
        assert owner.name == "Basile Merlan"
        assert store.read_now(cards.owner, there.congress, token("qr")).official_id == there.basile
        first = store.write_now(cards.use, there.congress, token("qr"), new_session("1"), now=NOW)
        second = use_code(store, there, CODE, "2")
        assert first.official_id == second.official_id == there.basile
        assert first.way == "card"

    def test_a_newer_card_ends_the_older(self, store: Store, there: Hall) -> None:
        """Somebody who lost a card gets another, and the lost one opens nothing; others keep theirs."""
        issue(store, there, (there.basile, "old", CODE), (there.aline, "hers", "0000000000"))
        issue(store, there, (there.basile, "new", "8888888888"))
        with pytest.raises(CardUnknown):
            store.write_now(cards.use, there.congress, token("old"), new_session(), now=NOW)
        assert use_code(store, there, CODE) == WrongCode(CardUnknown())
        assert store.read_now(cards.owner, there.congress, token("hers")).official_id == there.aline

    @pytest.mark.parametrize("role", ["official", "rapporteur", "public", "elsewhere"])
    def test_the_secretariat_alone_issues(self, store: Store, there: Hall, role: str) -> None:
        """Of this congress."""
        with pytest.raises(NotAllowed):
            issue(store, there, (there.basile, "qr", CODE), actor=getattr(there, role))
        with pytest.raises((NotAllowed, NotFound)):
            store.write_now(cards.cancel, getattr(there, role), there.basile, now=NOW)

    def test_one_unknown_official_stops_all(self, store: Store, there: Hall) -> None:
        """Nothing is half done: the older cards stay."""
        issue(store, there, (there.basile, "old", CODE))
        with pytest.raises(NotFound):
            issue(store, there, (there.basile, "new", "8888888888"), (999, "x", "9999999999"))
        assert store.read_now(cards.owner, there.congress, token("old")).official_id == there.basile

    def test_nothing_is_kept_in_clear(self, store: Store, there: Hall) -> None:
        """Neither in the rows nor in the record."""
        issue(store, there, (there.basile, "qr", CODE))
        [row] = store.read_now(lambda db: db.exec(select(Card)).all())
        [entry] = store.read_now(lambda db: db.exec(select(Entry)).all())
        assert decode_entry(entry.content).body == {"card": f"c-{row.id}", "official": f"elu-{there.basile}"}
        assert CODE.encode() not in row.code_hash + row.token_hash + entry.content


class TestCancelling:
    def test_the_sessions_it_opened_end_with_it(self, store: Store, there: Hall) -> None:
        """A found card and whoever used it are out; the record says so."""
        issue(store, there, (there.basile, "qr", CODE))
        session = use_code(store, there, CODE)
        assert store.write_now(cards.cancel, there.secretariat, there.basile, now=NOW) == [session.id]
        assert use_code(store, there, CODE, "2") == WrongCode(CardUnknown())
        kinds = [row.kind for row in store.read_now(lambda db: db.exec(select(Entry)).all())]
        assert kinds == ["card.issue", "session.open", "card.revoke", "session.close"]
        with pytest.raises(NotFound):
            store.write_now(cards.cancel, there.secretariat, there.basile, now=NOW)


class TestGuessing:
    def test_a_code_is_of_one_congress(self, store: Store, there: Hall) -> None:
        """The card of one opens nothing in another."""
        issue(store, there, (there.basile, "qr", CODE))
        assert use_code(store, there, CODE, congress=there.other_congress) == WrongCode(CardUnknown())
        with pytest.raises(CardUnknown):
            store.read_now(cards.owner, there.other_congress, token("qr"))

    def test_a_device_that_errs_ten_times_waits_and_its_neighbours_do_not(self, store: Store, there: Hall) -> None:
        """Even the right code waits on that device; on the one beside it, behind the same network, it opens."""
        issue(store, there, (there.basile, "qr", CODE))
        for number in range(10):
            assert use_code(store, there, None if number % 2 else f"{number:010}") == WrongCode(CardUnknown())
        waiting = use_code(store, there, CODE)
        assert isinstance(waiting, WrongCode) and waiting.refusal == TooManyTries(600)
        assert isinstance(use_code(store, there, CODE, "2", device="beside"), LoginSession)

    def test_nobody_in_the_hall_can_lock_the_others_out(self, sqlite_store: Store) -> None:
        """However many errors come from a network, a right code opens at once; wrong ones come later and later."""
        there = hall(sqlite_store)
        issue(sqlite_store, there, (there.basile, "qr", CODE))
        holds = []
        for number in range(1_100):
            wrong = use_code(sqlite_store, there, f"{number:010}", device=f"thrown away {number}")
            assert isinstance(wrong, WrongCode) and wrong.refusal == CardUnknown()
            holds.append(wrong.hold_s)
        assert holds == sorted(holds)
        assert [holds[number] for number in (0, 99, 100, 200, 300, 1_099)] == [0.0, 0.0, 0.5, 1.0, 2.0, 8.0]
        assert isinstance(use_code(sqlite_store, there, CODE), LoginSession)
        noted = sqlite_store.read_now(lambda db: db.exec(select(SignInAttempt)).all())
        assert len(noted) == 2 * attempts.MAX_NOTED  # a flood fills no table


def test_two_sheets_printed_at_once_leave_one_card_each(store: Store, there: Hall) -> None:
    """The second ends the cards of the first."""

    def sheet(number: int) -> None:
        issue(store, there, (there.aline, f"{number}", CODE[:-1] + ALPHABET[number]))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(sheet, range(8)))
    query = select(Card).where(Card.official_id == there.aline, Card.revoked_at.is_(None))
    assert len(store.read_now(lambda db: db.exec(query).all())) == 1
