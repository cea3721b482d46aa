"""What is withdrawn between the reading of a row and the lock: an act looks at the row once it holds the lock."""

from collections.abc import Callable
from contextlib import closing

import pytest
from sqlmodel import Session

from motion.acts import contributions, moderation, private_addresses
from motion.rules.contributions import Channel, Words
from motion.rules.errors import ContributionSettled
from storage import migrate
from storage.store import Store
from tests import databases, worlds
from tests.acts.test_contributions import KEY, act, receive, record, reread
from tests.worlds import NOW, nonces


@pytest.mark.parametrize(
    "deed",
    [
        lambda db, world, one: private_addresses.give(db, world.secretariat, one, bytes(32), now=NOW),
        lambda db, world, one: contributions.revise(db, one, Words("Solène", "Il neige."), salt=bytes(32), now=NOW),
        lambda db, world, one: contributions.change_consent(db, one, ["publish"], now=NOW),
        lambda db, world, one: contributions.withdraw(db, one, key=KEY, nonces=nonces(), now=NOW),
        lambda db, world, one: moderation.refuse(
            db, world.secretariat, one, "vie-privee", "", key=KEY, nonces=nonces(), now=NOW
        ),
        lambda db, world, one: moderation.reply(db, world.secretariat, one, "Aline", "Non.", salt=bytes(32), now=NOW),
    ],
    ids=["address", "revise", "consent", "withdraw", "refuse", "reply"],
)
def test_nothing_is_done_to_what_was_withdrawn(postgresql_server: str, deed: Callable[..., object]) -> None:
    """Neither an entry nor another state; on PostgreSQL alone, where two transactions write at once."""
    with closing(Store(databases.new_database(postgresql_server))) as store:
        migrate.upgrade(store)
        world = worlds.make(store)
        contribution = receive(world, channel=Channel.SPOKEN, actor=world.secretariat)
        act(world, moderation.publish, contribution, actor=world.secretariat)

        def run(db: Session) -> None:
            found = contributions.get(db, world.congress_id, contribution.number)
            act(world, contributions.withdraw, contribution, key=KEY, nonces=nonces())
            before.append(len(record(world)))
            deed(db, world, found)

        before: list[int] = []
        with pytest.raises(ContributionSettled):
            store.write_now(run)
        assert [len(record(world))] == before and reread(world, contribution).state == "withdrawn"
