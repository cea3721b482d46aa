"""Search gives the same answers on both databases, and follows what it searches."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Event
from time import sleep

import pytest
from sqlmodel import Session, col, delete, select

from motion.acts import motions, record
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.rules.words import asked, stems
from storage import search
from storage.models import Congress, Entry, Motion, Official, SearchPassage, SearchState, SearchStem, Secretary
from storage.store import Store

NOW = datetime(2031, 11, 15, 13, 32, tzinfo=UTC)
SECRETARIAT = Actor(1, Role.SECRETARIAT, secretary_id=1)
TEXT = """# L’accès aux soins

## Se déplacer

Les élues d’Ormeline demandent une navette solidaire.
Les conseillers municipaux la conduisent.

## Soigner

Elles salarient des soignants, et des sages-femmes.
"""
# What is typed, and the beginnings of the passages found, in order.
QUERIES = (
    ("elu", ["Les élues d’Ormeline"]),
    ("élues", ["Les élues d’Ormeline"]),
    ("ELUS", ["Les élues d’Ormeline"]),
    ("conseillere municipale", ["Les conseillers"]),
    ("navet", ["Les élues d’Ormeline"]),
    ("sage femme", ["Elles salarient"]),
    ("soign", ["Article 2. Soigner", "Elles salarient"]),
    ("les soignants ", ["Elles salarient"]),
    ("navette soignants", []),
    ("l’accès", ["l’accès aux soins"]),
    ("BRASSAC", ["maire. Léonie Brassac"]),
    ("%", []),
    ("' OR 1=1 --", []),
)


@pytest.fixture
def congress(store: Store) -> Congress:
    """A congress with a motion, an official and their acts, indexed."""

    def fill(db: Session) -> None:
        db.add(
            Congress(
                slug="ormeline",
                title="Ormeline",
                starts_on=date(2031, 11, 14),
                ends_on=date(2031, 11, 16),
                phase="drafting",
                origin="example/ormeline/log",
                created_at=NOW,
            )
        )
        db.flush()
        db.add(Secretary(congress_id=1, name="Odile", email="odile@exemple.invalid"))
        db.add(Official(congress_id=1, family_name="BRASSAC", first_names="Léonie", created_at=NOW))
        db.flush()
        salts = [bytes(32)] * len(motions.pieces(TEXT))
        motions.create(db, SECRETARIAT, 1, "l’accès aux soins", "blank", TEXT, client=7, salts=salts, now=NOW)
        body = {"official": "elu-1", "name": "Léonie Brassac", "mandate": "maire", "territory": "Valbrune"}
        record.note(db, 1, "official.accredit", body, actor=SECRETARIAT, now=NOW, official_id=1)

    store.write_now(fill)
    index(store)
    return store.read_now(lambda db: db.get_one(Congress, 1))


def index(store: Store) -> int:
    """Index all that is left; return in how many transactions."""
    count = 0
    for part in store.read_now(search.behind, 1):
        is_left = True
        while is_left:
            is_left = store.write_now(search.refresh, 1, part)
            count += 1
    assert not store.read_now(search.behind, 1)
    return count


def found(store: Store, congress: Congress, words: str) -> list[str]:
    """The passages found."""
    return [one.text for one in store.read_now(search.find, congress, asked(words)).passages]


@pytest.mark.parametrize(("words", "expected"), QUERIES)
def test_the_same_answers_everywhere(store: Store, congress: Congress, words: str, expected: list[str]) -> None:
    """On SQLite and on PostgreSQL, in the same order."""
    passages = found(store, congress, words)
    assert len(passages) == len(expected), passages
    assert all(passage.startswith(start) for passage, start in zip(passages, expected, strict=True)), passages


@pytest.mark.parametrize("words", ["décision", "gelé", "texte de la motion 1 gelée", "gelées"])
def test_a_decision_is_found_by_its_words(store: Store, congress: Congress, words: str) -> None:
    """Those that people use, though its entry holds none."""
    before = found(store, congress, words)
    store.write_now(lambda db: motions.freeze(db, SECRETARIAT, 1, now=NOW))
    index(store)
    assert before == [] and found(store, congress, words) == ["Décision\u00a0: texte de la motion 1 gelé"]


def test_a_vote_is_found_by_its_words(store: Store, congress: Congress) -> None:
    """The result, and each count."""
    votes = {"for": 41, "against": 12, "abstentions": 3, "not_voting": 0, "chair": "Odile", "digest": "0" * 64}
    body = {"doc": "M1", "n": 1, "last": 1, **votes}
    store.write_now(lambda db: record.note(db, 1, "motion.adopt", body, actor=SECRETARIAT, now=NOW))
    index(store)
    said = ["Décision\u00a0: motion 1 adoptée. Vote\u00a0: pour 41, contre 12, abstentions 3. Odile"]
    for words in ("adoptée", "vote", "décision", "contre 12", "odile"):
        assert found(store, congress, words) == said, words


def test_who_wrote_is_found_by_the_name(store: Store, congress: Congress) -> None:
    """Not by mandate or address, nor before writing anything."""

    def named(words: str) -> list[str]:
        return [one.family_name for one in store.read_now(search.writers, congress, words)]

    def write(db: Session) -> None:
        content = db.get_one(Entry, (1, 0)).content
        db.add(Entry(congress_id=1, number=99, kind="crdt.update", at=NOW, official_id=1, content=content))
        db.get_one(Official, 1).mandate = "maire"

    assert named("brassac") == []
    store.write_now(write)
    assert named("Brassac") == named("léonie brass") == ["BRASSAC"]
    assert named("maire") == named("assac") == named("le") == named("") == named("brassac navette") == []


def test_the_index_follows_the_text(store: Store, congress: Congress) -> None:
    """What left the text is found no more; what stayed keeps its stems; what came is found."""

    def rewrite(db: Session) -> None:
        motion = db.get_one(Motion, 1)
        motion.text, motion.number, motion.text_number = TEXT.replace("navette", "pirogue"), 9, 9
        db.add(motion)

    assert not store.read_now(search.behind, 1)
    store.write_now(rewrite)
    assert store.read_now(search.behind, 1)
    index(store)
    assert found(store, congress, "navette") == []
    assert len(found(store, congress, "pirogue")) == 1
    assert len(found(store, congress, "soignants")) == 1


def test_a_long_text_is_indexed_in_several_transactions(store: Store, congress: Congress) -> None:
    """None of them holds up those who write for long."""

    def rewrite(db: Session) -> None:
        motion = db.get_one(Motion, 1)
        motion.text = "\n".join(f"Ligne {number} du long texte." for number in range(1000))
        motion.number = motion.text_number = 9
        db.add(motion)

    store.write_now(rewrite)
    assert index(store) > 5
    assert store.read_now(search.find, congress, asked("long ")).count == 1000


def test_what_is_forgotten_is_not_found(store: Store, congress: Congress) -> None:
    """Its words are no longer public; a motion is indexed again from what it has become."""

    def forget(db: Session) -> None:
        search.forget(db, 1, motions=[1], entries=[entry])

    entry = store.read_now(search.find, congress, asked("brassac ")).passages[0].entry
    assert entry is not None
    store.write_now(forget)
    assert found(store, congress, "brassac ") == [] and found(store, congress, "navette ") == []
    index(store)
    assert found(store, congress, "brassac ") == [] and len(found(store, congress, "navette ")) == 1


def test_two_who_index_for_the_first_time_at_once_wait_for_each_other(store: Store, congress: Congress) -> None:
    """Neither fails, and no passage is indexed twice."""

    def begin_again(db: Session) -> None:
        search.forget(db, 1, motions=[1])
        state = db.get_one(SearchState, (1, search.ACTS))
        db.exec(delete(SearchPassage).where(col(SearchPassage.entry).is_not(None)))
        db.delete(state)

    def refresh_slowly(db: Session) -> None:
        search.refresh(db, 1, 1)
        is_first.set()
        sleep(0.3)  # the other has come meanwhile

    store.write_now(lambda db: db.exec(delete(SearchStem)))
    store.write_now(begin_again)
    is_first = Event()
    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(store.write_now, refresh_slowly)
        assert is_first.wait(30)
        second = hands.submit(store.write_now, search.refresh, 1, 1)
        first.result(30)
        second.result(30)
    index(store)
    assert len(found(store, congress, "navette ")) == 1 and len(found(store, congress, "brassac ")) == 1


def renewed(store: Store) -> int:
    """Index again what another version indexed; return in how many transactions."""
    if store.read_now(search.is_of_another_version):
        store.write_now(search.put_aside)
    count = 0
    for congress_id, part in store.read_now(search.former):
        count += 1
        while store.write_now(search.refresh, congress_id, part):
            count += 1
    return count


def test_what_another_version_indexed_is_indexed_again(
    store: Store, congress: Congress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts and acts alike, once; until then it is found as it was."""

    def as_before(db: Session) -> None:
        """Another version said other words of acts, and found the stems otherwise."""
        for passage in db.exec(select(SearchPassage)):
            if passage.entry is not None:
                passage.text = f"autrefois {passage.text}"
                db.add(SearchStem(congress_id=1, stem=stems("autrefois")[0], passage_id=passage.id or 0))
        for stem in db.exec(select(SearchStem).where(SearchStem.stem == stems("navette")[0])):
            stem.stem = "zzz"

    assert renewed(store) == 0
    store.write_now(as_before)
    monkeypatch.setattr(search, "INDEXING", search.INDEXING + 1)
    assert not store.read_now(search.behind, 1)
    assert found(store, congress, "autrefois ") and not found(store, congress, "navette ")
    assert renewed(store) > 0
    assert not found(store, congress, "autrefois ") and len(found(store, congress, "navette ")) == 1
    assert not store.read_now(search.behind, 1) and renewed(store) == 0
    for words, expected in QUERIES:
        assert len(found(store, congress, words)) == len(expected), words


def test_what_had_no_version_is_indexed_again(store: Store, congress: Congress) -> None:
    """As before versions were kept: each passage is found once afterwards."""
    store.write_now(lambda db: db.exec(delete(SearchState).where(col(SearchState.motion_id) < 0)))
    before = store.read_now(lambda db: len(db.exec(select(SearchPassage)).all()))
    assert renewed(store) > 0 and renewed(store) == 0
    assert store.read_now(lambda db: len(db.exec(select(SearchPassage)).all())) == before


def test_a_long_text_is_indexed_again_in_several_transactions(
    store: Store, congress: Congress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops halfway finds the rest to be done, and what is written meanwhile is not forgotten."""

    def rewrite(db: Session, number: int, word: str) -> None:
        motion = db.get_one(Motion, 1)
        motion.text = "\n".join(f"Ligne {line} du long {word}." for line in range(1000))
        motion.number = motion.text_number = number
        db.add(motion)

    store.write_now(rewrite, 9, "texte")
    index(store)
    monkeypatch.setattr(search, "INDEXING", search.INDEXING + 1)
    store.write_now(search.put_aside)
    assert store.write_now(search.refresh, 1, 1)  # and it stops here
    store.write_now(rewrite, 10, "poème")
    assert not store.read_now(search.behind, 1)
    assert renewed(store) > 10
    assert store.read_now(search.find, congress, asked("long ")).count == 1000
    assert store.read_now(search.find, congress, asked("poème ")).count == 1000
    assert not store.read_now(search.behind, 1)
