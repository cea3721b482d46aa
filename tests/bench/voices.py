"""Lists and searches among contributions: what a page costs with 100 of them, and with 10,000.

python -m tests.bench.voices [MANY]

Contributions are received and published by the acts, as the demonstration does. Times are of processor, the median of
`LOOKS`, on SQLite, of the query alone; nothing is asserted.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlmodel import Session

from motion.acts import contributions, moderation
from motion.rules.contributions import Channel, ConsentWay, Place, Words
from motion.rules.words import asked as wanted
from storage import kept_counts, migrate, queries, search, voices, voices_counted
from storage.models import Congress
from storage.store import Store
from storage.voices import Asked
from tests.worlds import NOW, World, make

LOOKS = 15
BATCH = 200
WORDS = (
    "le car ne passe plus au village et les soins sont à quarante kilomètres nous demandons une navette gratuite deux "
    "fois par semaine avec un médecin salarié par les communes une école ouverte de l’eau et un logement"
).split()
PLACES = [Place(f"Bourg-{number}", f"{number:05d}", f"{number // 1000:02d}") for number in range(1001, 9999, 37)]


def fill(world: World, many: int) -> None:
    """Receive and publish so many."""
    chance = random.Random(many)
    salts = (number.to_bytes(32, "big") for number in count(1))

    def some(db: Session, start: int) -> None:
        for number in range(start, min(start + BATCH, many)):
            at = NOW + timedelta(minutes=number)
            text = " ".join(chance.choices(WORDS, k=60)).capitalize() + "."
            words = Words(f"Personne {number}", text, place=chance.choice(PLACES))
            salt = next(salts)
            received = contributions.receive(
                db,
                None,
                world.congress_id,
                words,
                chance.choice((Channel.WEB, Channel.KIOSK)),
                ("publish", "quote"),
                how=ConsentWay.ONLINE,
                token_hash=salt,
                salt=salt,
                now=at,
            )
            moderation.publish(db, world.secretariat, received, now=at)

    for start in range(0, many, BATCH):
        world.store.write_now(some, start)
    while (parts := world.store.read_now(search.behind, world.congress_id)) and any(
        world.store.write_now(search.refresh, world.congress_id, part) for part in parts
    ):
        pass


def cost_ms(store: Store, ask: Callable[[Session], object], *, is_first: bool) -> float:
    """Milliseconds of processor, the median: of the first reader after a change, or of those who come next."""
    spent = []
    for _ in range(LOOKS):
        if is_first:
            kept_counts.forget()
        began = time.process_time()
        store.read_now(ask)
        spent.append((time.process_time() - began) * 1000)
    return statistics.median(spent)


def measure(many: int) -> dict[str, tuple[float, float]]:
    """What each question costs among so many: the first time, and again."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'voices.sqlite'}")
        migrate.upgrade(store)
        world = make(store)
        fill(world, many)
        congress: Congress | None = store.read_now(queries.congress_by_slug, "ormeline")
        assert congress is not None
        asked: dict[str, Callable[[Session], object]] = {
            f"list, {order}": lambda db, order=order: voices.listed(db, congress, Asked(order=order, seed=7, upto=many))  # type: ignore[misc]
            for order in ("recent", "time", "place", "random")
        }
        asked["list, one department"] = lambda db: voices.listed(db, congress, Asked(department="05"))
        asked["one contribution"] = lambda db: voices.one(db, congress, many // 2)
        asked["home"] = lambda db: voices_counted.heard(db, world.congress_id)
        asked["map"] = lambda db: voices_counted.places(db, world.congress_id)
        asked["figures"] = lambda db: voices_counted.figures(db, world.congress_id)
        asked["search, a common word"] = lambda db: search.find(db, congress, wanted("navette"))
        asked["search, three words"] = lambda db: search.find(db, congress, wanted("médecin salarié école"))
        found = costs(store, asked)
        store.close()
        return found


def costs(store: Store, asked: dict[str, Callable[[Session], object]]) -> dict[str, tuple[float, float]]:
    """What each question costs, the first time and again."""
    return {
        name: (cost_ms(store, ask, is_first=True), cost_ms(store, ask, is_first=False)) for name, ask in asked.items()
    }


def main() -> None:
    """Print the table."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    few, lots = measure(100), measure(many)
    print(f"| question | of 100 (ms) | of {many:,} | ratio | again, of {many:,} | ratio |\n| --- |" + " --- |" * 5)
    for name, (first, again) in few.items():
        print(f"| {name} | {first:.1f} | {lots[name][0]:.1f} | {lots[name][0] / first:.1f} ", end="")
        print(f"| {lots[name][1]:.1f} | {lots[name][1] / again:.1f} |")


if __name__ == "__main__":
    main()
