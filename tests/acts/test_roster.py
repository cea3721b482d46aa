"""The roster: imported after a preview, corrected by hand."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from motion.acts import roster
from motion.acts.roster import OfficialForm
from motion.record.entry import decode_entry
from motion.rules.errors import Invalid, NotAllowed, NotFound, RosterTooLarge, TextChangedMeanwhile
from motion.rules.roster import Plan
from motion.rules.roster_file import recognise
from storage.models import Card, Entry, LoginSession, Official
from storage.store import Store
from tests.acts.people import KEY, NOW, Hall, hall, new_session

HEADER = "Nom;Prénom;Mandat;Commune;Courriel\n"
LIST = HEADER + "Kervadec;Solène;adjointe au maire;Brumeval;solene@brumeval.example\nDiarra;Mamadou;maire;Ormelac;\n"


@pytest.fixture
def there(store: Store) -> Hall:
    return hall(store)


def read(text: str, department: str | None = None) -> roster.Reading:
    content = text.encode()
    return roster.read_file([content], recognise(content), department=department)


def plan(store: Store, there: Hall, text: str) -> Plan:
    return store.read_now(roster.preview, there.congress, read(text))


def apply(store: Store, there: Hall, text: str, *, actor=None, decisions=None, expected: str | None = None) -> Plan:
    expected = expected or roster.plan_digest(plan(store, there, text))
    return store.write_now(
        roster.apply,
        actor or there.secretariat,
        there.congress,
        read(text),
        expected=expected,
        decisions=decisions,
        now=NOW,
    )


def people(store: Store) -> list[Official]:
    return list(store.read_now(lambda db: db.exec(select(Official).order_by(Official.id)).all()))


def entries(store: Store) -> list:
    rows = store.read_now(lambda db: db.exec(select(Entry).order_by(Entry.number)).all())
    return [decode_entry(row.content) for row in rows]


class TestImport:
    def test_a_preview_changes_nothing(self, store: Store, there: Hall) -> None:
        """It says two to add, and the roster stays as it is."""
        assert len(plan(store, there, LIST).added) == 2
        assert len(people(store)) == 2
        assert entries(store) == []

    def test_a_list_imported_twice_at_once_is_imported_once(self, store: Store, there: Hall) -> None:
        """From the page and from the command line: the second is told that the list has changed."""
        digest = roster.plan_digest(plan(store, there, LIST))

        def run(_time: int) -> bool:
            try:
                apply(store, there, LIST, expected=digest)
            except TextChangedMeanwhile:
                return False
            return True

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(run, range(4))) == 1
        assert len(people(store)) == 4

    def test_one_act_one_entry_each(self, store: Store, there: Hall) -> None:
        """The import has its entry, and each official theirs, with no address in it."""
        apply(store, there, LIST)
        first, *others = entries(store)
        assert first.kind == "roster.import"
        assert first.body == {"added": 2, "changed": 0, "left": 0, "refused": 0, "source": "list"}
        assert first.by == f"sec-{there.ines}"
        assert [entry.kind for entry in others] == ["official.accredit"] * 2
        assert others[0].body["name"] == "Solène Kervadec"
        assert "example" not in str([entry.body for entry in others])
        assert {official.email for official in people(store)} >= {"solene@brumeval.example", None}

    def test_twice_changes_nothing(self, store: Store, there: Hall) -> None:
        """The second plan is empty, and so is its import."""
        apply(store, there, LIST)
        before = people(store)
        again = apply(store, there, LIST)
        assert again.does_nothing and len(again.unchanged) == 2
        assert people(store) == before

    def test_a_change_is_recorded_as_one(self, store: Store, there: Hall) -> None:
        """A new mandate changes the row, and the entry says what changed alone."""
        apply(store, there, HEADER + "Merlan;Basile;maire;Ormelac;\n")
        assert people(store)[1].mandate == "maire"
        assert people(store)[1].email == "basile@ormelac.example"
        assert entries(store)[-1].body == {"official": f"elu-{there.basile}", "mandate": "maire"}

    def test_a_changed_roster_asks_again(self, store: Store, there: Hall) -> None:
        """What is applied is what was shown; somebody else's import in between stops this one."""
        seen = roster.plan_digest(plan(store, there, LIST))
        apply(store, there, HEADER + "Kervadec;Solène;maire;Brumeval;\n")
        with pytest.raises(TextChangedMeanwhile):
            apply(store, there, LIST, expected=seen)
        assert len(people(store)) == 3

    @pytest.mark.parametrize("role", ["official", "rapporteur", "public", "elsewhere"])
    def test_the_secretariat_alone_imports(self, store: Store, there: Hall, role: str) -> None:
        """Of this congress; nothing is half done."""
        with pytest.raises(NotAllowed):
            apply(store, there, LIST, actor=getattr(there, role))
        assert len(people(store)) == 2

    def test_refused_lines_are_numbered(self, store: Store, there: Hall) -> None:
        """With the reason; the good lines are imported."""
        done = apply(store, there, LIST + ";;;;\n;Sans nom;maire;Ormelac;\nTropCourt\nX;Y;=cmd();Z;\n")
        assert [(line.number, line.reason) for line in done.refused] == [
            (5, "no-name"),
            (6, "too-few-columns"),
            (7, "formula"),
        ]
        assert len(people(store)) == 4
        assert entries(store)[0].body["refused"] == 3

    def test_whoever_was_taken_off_is_not_brought_back(self, store: Store, there: Hall) -> None:
        """The file still has them; the secretariat decided otherwise."""
        store.write_now(roster.revoke, there.secretariat, there.basile, "mistake", now=NOW)
        apply(store, there, HEADER + "Merlan;Basile;conseiller municipal;Ormelac;\n")
        [basile] = [official for official in people(store) if official.family_name == "Merlan"]
        assert basile.revoked_at is not None

    def test_the_whole_nation_is_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Memory is bounded by the people kept: beyond, a department must be chosen."""
        monkeypatch.setattr(roster, "MAX_KEPT_OFFICIALS", 3)
        lines = "".join(f"Nom{chr(97 + n)};Prénom;maire;Lieu;\n" for n in range(4))
        with pytest.raises(RosterTooLarge):
            read(HEADER + lines)

    def test_refused_lines_beyond_those_shown_are_counted(self, store: Store, there: Hall) -> None:
        """A file all wrong is not kept in memory, and the count is right."""
        reading = read(HEADER + "Seul\n" * 1_500)
        assert len(reading.lines) == 1_000
        assert store.read_now(roster.preview, there.congress, reading).refused_count == 1_500


class TestDoubts:
    ELSEWHERE = HEADER + "Merlan;Basile;maire;Brumeval;\n"

    def test_a_namesake_waits_for_a_decision(self, store: Store, there: Hall) -> None:
        """Without one, nobody is added or merged."""
        done = apply(store, there, self.ELSEWHERE)
        assert [doubtful.row.number for doubtful in done.doubtful] == [2]
        assert len(people(store)) == 2

    def test_somebody_else_is_added(self, store: Store, there: Hall) -> None:
        """Two Basile Merlan, two officials."""
        apply(store, there, self.ELSEWHERE, decisions={2: "add"})
        assert [(official.family_name, official.territory) for official in people(store)][1:] == [
            ("Merlan", "Ormelac"),
            ("Merlan", "Brumeval"),
        ]

    def test_the_same_person_is_changed(self, store: Store, there: Hall) -> None:
        """Basile moved: the row follows."""
        apply(store, there, self.ELSEWHERE, decisions={2: f"elu-{there.basile}"})
        assert len(people(store)) == 2
        assert people(store)[1].territory == "Brumeval"

    def test_what_was_decided_is_counted_where_it_went(self, store: Store, there: Hall) -> None:
        """One added, one changed, one left undecided: so says the plan given back, and so does the record."""
        text = self.ELSEWHERE + "Corbières;Aline;maire;Lande;\nMerlan;Basile;maire;Lande;\nTarn;Zoé;maire;Lande;\n"
        done = apply(store, there, text, decisions={2: "add", 3: f"elu-{there.aline}"})
        assert [row.number for row in done.added] == [5, 2]
        assert [changed.known.id for changed in done.changed] == [there.aline]
        assert [doubtful.row.number for doubtful in done.doubtful] == [4]
        imports = [entry.body for entry in entries(store) if entry.kind == "roster.import"]
        assert (imports[-1]["added"], imports[-1]["changed"], imports[-1]["left"]) == (2, 1, 0)

    def test_a_decision_that_changes_nothing_leaves_the_official(self, store: Store, there: Hall) -> None:
        """Counted with those who are as they were."""
        looked = plan(store, there, self.ELSEWHERE)
        known = looked.doubtful[0].candidates[0]
        row = replace(looked.doubtful[0].row, mandate=known.mandate, territory=known.territory, territory_code="")
        doubtful = (replace(looked.doubtful[0], row=row),)
        done = roster.decided(replace(looked, doubtful=doubtful), {2: f"elu-{there.basile}"})
        assert (done.added, done.changed, done.unchanged, done.doubtful) == ((), (), (there.basile,), ())

    def test_nobody_else_can_be_chosen(self, store: Store, there: Hall) -> None:
        """A forged decision is refused, whole."""
        with pytest.raises(Invalid):
            apply(store, there, self.ELSEWHERE, decisions={2: f"elu-{there.aline}"})


class TestByHand:
    FORM = OfficialForm("Kervadec", "Solène", "F", "adjointe au maire", "Brumeval", " Solene@Brumeval.example ")

    def test_added(self, store: Store, there: Hall) -> None:
        """With an entry; the address is kept in lower case and out of the record."""
        official = store.write_now(roster.add, there.secretariat, there.congress, self.FORM, now=NOW)
        assert official.email == "solene@brumeval.example"
        [entry] = entries(store)
        assert entry.body == {
            "mandate": "adjointe au maire",
            "name": "Solène Kervadec",
            "official": f"elu-{official.id}",
            "territory": "Brumeval",
        }

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("family_name", ""),
            ("family_name", " - "),
            ("family_name", "x" * 121),
            ("mandate", "m" * 201),
            ("territory", "Val\u202ebrune"),
            ("email", "aline"),
            ("email", "a@b"),
            ("gender", "X"),
        ],
    )
    def test_bad_values_are_refused_by_field(self, store: Store, there: Hall, field: str, value: str) -> None:
        """Nothing is added."""
        with pytest.raises(Invalid) as refusal:
            store.write_now(
                roster.add, there.secretariat, there.congress, replace(self.FORM, **{field: value}), now=NOW
            )
        assert refusal.value.field == field
        assert len(people(store)) == 2

    def test_an_address_that_is_somebody_elses_is_told(self, store: Store, there: Hall) -> None:
        """With their name; said again, it is for both, as couples and town halls do."""
        shared = replace(self.FORM, email="ALINE@valbrune.example")
        with pytest.raises(Invalid) as refused:
            store.write_now(roster.add, there.secretariat, there.congress, shared, now=NOW)
        assert (refused.value.field, refused.value.reason, refused.value.value) == (
            "email",
            "shared",
            "Aline Corbières",
        )
        assert len(people(store)) == 2
        with pytest.raises(Invalid):
            store.write_now(roster.correct, there.secretariat, there.basile, shared, now=NOW)
        assert people(store)[1].family_name == "Merlan"
        told = replace(shared, shares_email=True)
        store.write_now(roster.add, there.secretariat, there.congress, told, now=NOW)
        assert people(store)[-1].email == "aline@valbrune.example"
        # Correcting something else asks nothing again.
        store.write_now(roster.correct, there.secretariat, there.aline, replace(shared, mandate="maire"), now=NOW)

    def test_corrected(self, store: Store, there: Hall) -> None:
        """The record says what changed in public."""
        form = OfficialForm("Merlan", "Basile", "M", "maire", "Ormelac", "autre@ormelac.example")
        store.write_now(roster.correct, there.secretariat, there.basile, form, now=NOW)
        assert entries(store)[0].body == {"official": f"elu-{there.basile}", "mandate": "maire"}

    @pytest.mark.parametrize("role", ["official", "rapporteur", "public", "elsewhere"])
    def test_by_the_secretariat_alone(self, store: Store, there: Hall, role: str) -> None:
        """No act of the roster is open to another role, or to another congress's secretariat."""
        actor = getattr(there, role)
        for act, arguments in (
            (roster.add, (there.congress, self.FORM)),
            (roster.correct, (there.basile, self.FORM)),
            (roster.revoke, (there.basile, "mistake")),
            (roster.set_rapporteur, (there.basile, True)),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                store.write_now(act, actor, *arguments, now=NOW)
        assert entries(store) == []

    def test_revoked_with_sessions_and_card(self, store: Store, there: Hall) -> None:
        """Whoever leaves is out on every device; the name stays."""
        from motion.acts import cards

        card = cards.NewCard(there.basile, b"t" * 32, cards.code_hash(KEY, there.congress, "0000000000"))
        store.write_now(cards.issue, there.secretariat, there.congress, [card], now=NOW)
        session = store.write_now(cards.use, there.congress, b"t" * 32, new_session(), now=NOW)
        ended = store.write_now(roster.revoke, there.secretariat, there.basile, "left-office", now=NOW)
        assert ended == [session.id]

        def ends(db: Session) -> tuple:
            return db.exec(select(Card)).one().revoked_at, db.exec(select(LoginSession)).one().revoked_at

        assert store.read_now(ends) == (NOW, NOW)
        with pytest.raises(NotFound):
            store.write_now(roster.revoke, there.secretariat, there.basile, "left-office", now=NOW)

    def test_a_rapporteur_is_named_once(self, store: Store, there: Hall) -> None:
        """Said twice, recorded once; then ended."""
        for held in (True, True, False):
            store.write_now(roster.set_rapporteur, there.secretariat, there.basile, held, now=NOW)
        assert [(entry.kind, entry.body["held"]) for entry in entries(store)] == [
            ("role.change", True),
            ("role.change", False),
        ]
