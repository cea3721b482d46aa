"""What programs read of contributions, on both databases: pages by number, counts, news; what is gone is told gone."""

import secrets
from datetime import timedelta

import pytest
from sqlmodel import Session

from motion.acts import contributions, moderation, redactions, themes
from motion.acts.contributions import Circumstances
from motion.acts.private_addresses import draw
from motion.rules.contributions import Channel, ConsentWay, Place, Use, Words
from motion.rules.errors import NotFound
from motion.rules.redactions import Asker, Grounds, Reason, RedactionKind
from storage import contributions as rows
from storage import open_data, open_voices, queries, voices
from storage import redactions as kept
from storage.store import Store
from storage.voices import Asked
from tests.worlds import NOW, World, make

PLACES = (
    Place("Évry-sur-Orme", "99200", "99"),
    Place("Valbrune", "99123", "99"),
    Place("Ailleurs"),
    None,
    Place("Valbrune", "99123", "99"),
    Place("Brume", "2A001", "2A"),
)


@pytest.fixture
def world(store: Store) -> World:
    """Six are heard from four places, all but the last published; C2 is then taken out, C5 refused."""
    world = make(store)
    for number, place in enumerate(PLACES, start=1):
        store.write_now(say, world, number, place)
    store.write_now(decide, world)
    return world


def say(db: Session, world: World, number: int, place: Place | None) -> None:
    """Somebody is heard; the first three under a theme."""
    at = NOW + timedelta(minutes=number)
    words = Words(f"Personne {number}", f"Parole {number}.", is_official=number % 2 == 1, place=place)
    uses, online = ("publish",) + (("quote",) if number < 3 else ()), ConsentWay.ONLINE
    one = contributions.receive(
        db,
        None,
        world.congress_id,
        words,
        Channel.WEB,
        uses,
        how=online,
        token_hash=draw().hash,
        salt=secrets.token_bytes(32),
        circumstances=Circumstances(supports=3 if number == 4 else None),
        now=at,
    )
    if number == 1:
        themes.add(db, world.secretariat, world.congress_id, "Les transports", now=at)
    if number < 6:
        moderation.publish(db, world.secretariat, one, now=at)
    if number < 4:
        themes.sort(db, world.secretariat, one, [1], now=at)


def decide(db: Session, world: World) -> None:
    """The words of C2 are taken out by a decision alone; C5 is refused after its publication."""
    at, nonces = NOW + timedelta(hours=1), iter(lambda: secrets.token_bytes(12), b"")
    one = contributions.get(db, world.congress_id, 2)
    found = kept.targets(db, world.congress_id, rows.objects_at(db, one))
    targets = [found[entry] for entry in sorted(found)]
    grounds = Grounds(RedactionKind.EFFACEMENT, Reason.PRIVACY, Asker.CONCERNED, None)
    actor, congress = world.secretariat, world.congress_id
    redactions.take_out(db, actor, congress, 1, grounds, targets, key=bytes(32), nonces=nonces, now=at)
    five = contributions.get(db, congress, 5)
    moderation.refuse(db, actor, five, "injure", "", key=bytes(32), nonces=nonces, now=at + timedelta(minutes=1))


def read(world: World, query, *args):
    """Ask for something of the congress."""
    congress = world.store.read_now(queries.congress_by_slug, "ormeline")
    return world.store.read_now(query, congress, *args)


def codes(page: open_voices.Page) -> list[str]:
    return [rows.code(one.contribution) for one in page.voices]


class TestPage:
    def test_by_number_in_pages(self, world: World) -> None:
        """The same on both databases: what is read, what is gone, what waits, what was refused; page after page."""
        everything = Asked(state="all")
        first = read(world, open_voices.page, everything, -1, 4)
        assert codes(first) == ["C1", "C2", "C3", "C4"] and first.has_more
        rest = read(world, open_voices.page, everything, 4, 4)
        assert codes(rest) == ["C5", "C6"] and not rest.has_more
        for state, expected in (
            ("published", ["C1", "C3", "C4"]),
            ("gone", ["C2"]),
            ("received", ["C6"]),
            ("refused", ["C5"]),
        ):
            assert codes(read(world, open_voices.page, Asked(state=state), -1, 10)) == expected, state

    def test_what_authors_agree_to_and_support(self, world: World) -> None:
        """By contribution."""
        page = read(world, open_voices.page, Asked(), -1, 10)
        first, _third, fourth = page.voices
        assert page.uses[first.contribution.id] == {Use.PUBLISH, Use.QUOTE}
        assert page.supports == {fourth.contribution.id: "C3"}

    @pytest.mark.parametrize("name", ["Évry-sur-Orme", "évry-sur-orme", "EVRY SUR ORME"])
    def test_a_commune_is_found_whatever_its_accents_and_capitals(self, world: World, name: str) -> None:
        """On both databases, in the list and for programs; what has no letter is no commune."""
        asked = Asked(commune=name)
        assert codes(read(world, open_voices.page, asked, -1, 10)) == ["C1"]
        listed = read(world, voices.listed, asked)
        assert ([rows.code(one.contribution) for one in listed.voices], listed.count) == (["C1"], 1)
        assert read(world, voices.listed, Asked(commune="—")).count == 0

    def test_what_is_gone_has_no_commune_left(self, world: World) -> None:
        """Nor the name by which it was found."""

        def kept_of_second(db: Session) -> tuple[str, str]:
            version = rows.versions(db, contributions.get(db, world.congress_id, 2).id)[0]
            return version.commune, version.commune_folded

        assert world.store.read_now(kept_of_second) == ("", "")

    def test_a_theme_that_is_none(self, world: World) -> None:
        """Is not found, however large its number."""
        assert codes(read(world, open_voices.page, Asked(theme=1), -1, 10)) == ["C1", "C3"]
        for number in (2, 2**40):
            with pytest.raises(NotFound):
                read(world, open_voices.page, Asked(theme=number), -1, 10)


class TestCounts:
    def test_only_what_everyone_reads_is_counted(self, world: World) -> None:
        """Places in the order of their codes, those without one last."""
        found = read(world, open_voices.places)
        assert [(one.department, one.commune, one.count) for one in found.places] == [
            ("99", "Évry-sur-Orme", 1),
            ("", "Ailleurs", 1),
        ]
        assert found.nowhere == 1
        assert [(theme.name, count) for theme, count in read(world, open_voices.themes).themes] == [
            ("Les transports", 2)
        ]
        figures, _last = read(world, open_voices.figures)
        assert figures.states == {"published": 3, "gone": 1, "received": 1, "refused": 1}
        assert (figures.officials, figures.others) == (2, 1)

    def test_the_map_of_the_site_leads_to_what_is_there(self, world: World) -> None:
        """Neither to what is gone, nor to what was refused."""
        (listed,) = world.store.read_now(open_data.addresses)
        assert listed.contributions == (1, 3, 4)


class TestNews:
    def test_what_changed_last_comes_first(self, world: World) -> None:
        """A decision on words counts, though the row of the contribution does not know of it."""
        found = read(world, open_voices.news, None, None, 10)
        told = [(rows.code(one.voice.contribution), one.voice.version is not None) for one in found.news]
        assert told == [("C5", False), ("C2", False), ("C4", True), ("C3", True), ("C1", True)]
        assert found.news[1].at == NOW + timedelta(hours=1)
        assert [stone.first.kind for stone in found.news[1].tombstones] == ["effacement"]

    def test_pages_go_on_where_they_stopped(self, world: World) -> None:
        """Each once."""
        before, seen = None, list[int]()
        while True:
            page = read(world, open_voices.news, 1 if before == -1 else None, before, 2)
            seen += [one.voice.contribution.number for one in page.news]
            before = page.next_before
            if before is None:
                break
        assert seen == [5, 2, 4, 3, 1]

    def test_of_one_theme(self, world: World) -> None:
        """With what left it."""
        found = read(world, open_voices.news, 1, None, 10)
        assert [one.voice.contribution.number for one in found.news] == [2, 3, 1]
