"""Looking people up: the same on both databases, and as people type."""

import pytest
from sqlmodel import Session

from motion.acts import roster
from motion.acts.roster import OfficialForm
from storage import people
from storage.models import Official
from storage.store import Store
from tests.acts.people import NOW, Hall, hall


@pytest.fixture
def there(store: Store) -> Hall:
    there = hall(store)

    def fill(db: Session) -> None:
        for family, first, mandate, territory in (
            ("ÉVRARD-ÇELIK", "Solène", "adjointe au maire", "Saint-Étienne-sur-l’Œuvre"),
            ("Evrard", "Noël", "conseiller 100 %", "Brumeval"),
        ):
            official = Official(
                congress_id=there.congress,
                family_name=family,
                first_names=first,
                mandate=mandate,
                territory=territory,
                created_at=NOW,
            )
            db.add(official)

    store.write_now(fill)
    return there


def found(store: Store, there: Hall, search: str) -> set[str]:
    rows, count = store.read_now(people.officials, there.congress, search=search)
    assert count == len(rows)
    return {row.first_names for row in rows}


class TestSearch:
    """The secretariat's list."""

    @pytest.mark.parametrize(
        ("search", "names"),
        [
            ("evrard", {"Solène", "Noël"}),
            ("ÉVRARD", {"Solène", "Noël"}),
            ("Évrard celik", {"Solène"}),
            ("Celik-Evrard", {"Solène"}),
            ("noel", {"Noël"}),
            ("SAINT ETIENNE", {"Solène"}),
            ("l'oeuvre", {"Solène"}),
            ("ADJOINTE", {"Solène"}),
            ("aline@valbrune.example", {"Aline"}),
            ("100 %", {"Noël"}),
            ("%", set()),
            ("_", set()),
            ("evrard nulle", set()),
        ],
    )
    def test_accents_capitals_and_signs_make_no_difference(
        self, store: Store, there: Hall, search: str, names: set[str]
    ) -> None:
        """On SQLite, which folds ASCII alone, as on PostgreSQL."""
        assert found(store, there, search) == names

    def test_without_words_everyone_is_listed(self, store: Store, there: Hall) -> None:
        """Spaces are no words."""
        assert len(found(store, there, "  ")) == 4

    def test_a_correction_is_found_at_once(self, store: Store, there: Hall) -> None:
        """Under the new name, no longer under the old one."""
        form = OfficialForm("Hérault", "Aline", "", "maire", "Valbrune", "aline@valbrune.example")
        store.write_now(roster.correct, there.secretariat, there.aline, form, now=NOW)
        assert found(store, there, "herault") == {"Aline"}
        assert found(store, there, "corbieres") == set()
