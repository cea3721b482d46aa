"""What an import would add, change and leave."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules import roster
from motion.rules.errors import RosterTooLarge
from motion.rules.roster import Change, Doubt, Known, Plan, compare
from motion.rules.roster_file import RefusedLine, recognise
from motion.rules.roster_rows import Row, read_rows
from tests.rules import rne


def row(number: int = 2, family: str = "Corbières", first: str = "Aline", **rest) -> Row:
    values = {"gender": "F", "mandate": "maire", "territory": "Valbrune", "territory_code": "01004"}
    values |= {"department": "01", "email": ""} | rest
    return Row(number, family, first, **values)


def known(id: int = 1, family: str = "Corbières", first: str = "Aline", **rest) -> Known:
    values = {"gender": "F", "mandate": "maire", "territory": "Valbrune", "territory_code": "01004", "department": "01"}
    return Known(id, family, first, **(values | rest))


def after(existing: list[Known], plan: Plan) -> list[Known]:
    """The roster once the plan is carried out."""
    people = {one.id: one for one in existing}
    for changed in plan.changed:
        people[changed.known.id] = replace(changed.known, **{one.field: one.after for one in changed.changes})
    for number, one in enumerate(plan.added, start=max(people, default=0) + 1):
        people[number] = Known(
            *(number, one.family_name, one.first_names, one.mandate, one.territory, one.territory_code),
            *(one.department, one.email, one.gender),
        )
    return list(people.values())


class TestPlan:
    """Added, changed, unchanged, absent, refused."""

    def test_a_new_person_is_added(self):
        """And the date of birth is dropped."""
        plan = compare([], [row(birth_date=date(1970, 5, 3))])
        assert plan.added == (row(),)
        assert "1970" not in repr(plan)

    def test_a_change_says_before_and_after(self):
        """What the file does not say changes nothing."""
        plan = compare([known(email="a@valbrune.example")], [row(mandate="adjointe au maire")])
        assert plan.changed[0].changes == (Change("mandate", "maire", "adjointe au maire"),)
        assert plan.changed[0].known.email == "a@valbrune.example"

    def test_spelling_gains_accents_and_never_loses_them(self):
        """The RNE has capitals without accents in places."""
        assert compare([known()], [row(family="Corbieres")]).unchanged == (1,)
        assert compare([known(family="Corbieres")], [row()]).changed[0].changes == (
            Change("family_name", "Corbieres", "Corbières"),
        )

    def test_those_whom_no_line_names_stay(self):
        """They are listed; of the filtered department only."""
        others = [known(2, "Diarra", "Mamadou"), known(3, "Kervadec", "Solène", department="02")]
        plan = compare([known(), *others], [row()], department="01")
        assert [one.id for one in plan.absent] == [2]
        assert plan.does_nothing

    def test_refused_lines_are_counted_and_bounded(self, monkeypatch):
        """A file that is all wrong is not held."""
        monkeypatch.setattr(roster, "MAX_REFUSED_KEPT", 3)
        plan = compare([], [RefusedLine(number, "no-name") for number in range(2, 12)])
        assert (len(plan.refused), plan.refused_count) == (3, 10)

    def test_too_many_people_ask_for_a_department(self, monkeypatch):
        """Nothing is planned."""
        monkeypatch.setattr(roster, "MAX_KEPT_OFFICIALS", 3)
        with pytest.raises(RosterTooLarge):
            compare([], [row(number, f"Nom{'abcdefgh'[number]}") for number in range(5)])

    def test_the_same_line_twice_is_refused_once(self):
        """With the number of the line that it repeats."""
        plan = compare([], [row(2), row(7)])
        assert len(plan.added) == 1
        assert plan.refused == (RefusedLine(7, "duplicate-line", ("Corbières", "Aline", "2")),)

    def test_one_person_on_two_lines_is_added_once(self):
        """Same name, territory and date of birth, another mandate: the first line counts."""
        born = date(1970, 5, 3)
        plan = compare([], [row(2, birth_date=born), row(3, birth_date=born, mandate="adjointe au maire")])
        assert [one.mandate for one in plan.added] == ["maire"]
        assert [(line.number, line.reason) for line in plan.refused] == [(3, "same-person")]


class TestNamesakes:
    """Never merged on the name alone."""

    def test_a_namesake_elsewhere_waits_for_a_decision(self):
        """She may have moved, or be somebody else: the candidates are shown."""
        plan = compare([known()], [row(territory="Ormelac", territory_code="01009")])
        assert (plan.added, plan.changed, plan.absent) == ((), (), ())
        assert (plan.doubtful[0].reason, plan.doubtful[0].candidates) == (Doubt.NAMESAKE_ELSEWHERE, (known(),))

    def test_a_namesake_who_is_named_herself_raises_no_doubt(self):
        """Both are in the file: two people."""
        plan = compare([known()], [row(2), row(3, territory="Ormelac", territory_code="01009")])
        assert plan.unchanged == (1,)
        assert [one.territory for one in plan.added] == ["Ormelac"]
        assert plan.doubtful == ()

    def test_the_same_commune_name_in_two_departments_is_two_places(self):
        """Sainte-Fantine in 01 and in 02."""
        plan = compare([known(territory_code="", department="02")], [row(territory_code="")])
        assert plan.doubtful[0].reason is Doubt.NAMESAKE_ELSEWHERE

    def test_dates_of_birth_part_namesakes_of_one_commune(self):
        """Two people, both added."""
        plan = compare([], [row(2, birth_date=date(1970, 5, 3)), row(3, birth_date=date(1999, 5, 3))])
        assert [one.number for one in plan.added] == [2, 3]

    def test_namesakes_of_one_commune_without_dates_are_doubtful(self):
        """Nothing tells them apart, or says that they are one."""
        plan = compare([], [row(2), row(3, mandate="conseillère municipale")])
        assert plan.added == ()
        assert [one.reason for one in plan.doubtful] == [Doubt.NAMESAKES_HERE] * 2
        assert plan.doubtful[0].others[0].number == 3

    def test_name_and_address_together_are_one_person(self):
        """She moved to another commune and kept her e-mail."""
        plan = compare(
            [known(email="a@b.example")], [row(territory="Ormelac", territory_code="01009", email="a@b.example")]
        )
        assert [change.field for change in plan.changed[0].changes] == ["territory", "territory_code"]

    def test_an_address_of_somebody_else_is_doubtful(self):
        """The town hall's address, shared by two: the code would reach both."""
        shared = "mairie@valbrune.example"
        plan = compare([known(email=shared)], [row(2, "Diarra", "Mamadou", email=shared)])
        assert plan.doubtful[0].reason is Doubt.EMAIL_SHARED
        within = compare([], [row(2, email=shared), row(3, "Diarra", "Mamadou", email=shared)])
        assert [one.number for one in within.added] == [2]
        assert within.doubtful[0].others[0].number == 2
        taken = compare([known(), known(2, "Diarra", "Mamadou", email=shared)], [row(email=shared)])
        assert taken.changed == ()
        assert [one.id for one in taken.doubtful[0].candidates] == [1, 2]


class TestTwice:
    """Importing the same file again changes nothing."""

    @pytest.mark.parametrize("variant", rne.FILES)
    def test_a_file_of_the_rne(self, variant):
        """Of each of the twelve."""
        content = rne.file(variant, 200)
        rows = list(read_rows([content], recognise(content)))
        plan = compare([], rows)
        assert len(plan.added) == 200 - plan.refused_count - len(plan.doubtful)
        again = compare(after([], plan), rows)
        assert again.does_nothing
        assert len(again.unchanged) == len(plan.added)
        assert again.doubtful == plan.doubtful
        assert again.absent == ()

    PEOPLE = st.lists(
        st.builds(
            lambda family, first, place, email, mandate, born: row(
                2, family, first, territory=place, territory_code="", email=email, mandate=mandate, birth_date=born
            ),
            st.sampled_from(["Corbières", "Corbieres", "Diarra"]),
            st.sampled_from(["Aline", "Zoé"]),
            st.sampled_from(["", "Valbrune", "Ormelac"]),
            st.sampled_from(["", "a@b.example", "c@d.example"]),
            st.sampled_from(["maire", "Maire", "conseillère municipale"]),
            st.sampled_from([None, date(1970, 5, 3), date(1999, 5, 3)]),
        ),
        max_size=6,
    ).map(lambda rows: [replace(one, number=number) for number, one in enumerate(rows, start=2)])

    @given(PEOPLE, PEOPLE)
    @settings(max_examples=200, deadline=None)
    def test_any_list(self, before, rows):
        """Whatever stood on the roster: carried out once, the plan has nothing more to add or change."""
        existing = after([], compare([], before))
        once = after(existing, compare(existing, rows))
        again = compare(once, rows)
        assert again.does_nothing

    @given(PEOPLE, PEOPLE)
    @settings(max_examples=200, deadline=None)
    def test_each_line_is_somewhere(self, before, rows):
        """Added, changed, left, refused or doubtful: no line vanishes, none counts twice."""
        existing = after([], compare([], before))
        plan = compare(existing, rows)
        numbers = [one.number for one in plan.added] + [one.row.number for one in (*plan.changed, *plan.doubtful)]
        assert len(numbers) + len(plan.unchanged) + plan.refused_count == len(rows)
        assert len(set(numbers)) == len(numbers)
        matched = [*plan.unchanged, *(one.known.id for one in plan.changed)]
        assert len(set(matched)) == len(matched)
