"""What can be searched: passages of texts and acts, and the stems of their words. All of it is computed again."""

from sqlalchemy import VARCHAR, CheckConstraint, Index, Text
from sqlmodel import AutoString, Field, SQLModel

_BY_BYTES = AutoString().with_variant(VARCHAR(collation="C"), "postgresql")
"""Text in the order of its bytes, as SQLite has all text: what begins with some letters stands together in an index."""


class SearchPassage(SQLModel, table=True):
    """A few lines that a search finds whole: a heading or an alinéa of a motion as it reads now, or an act.

    A heading and an alinéa have `motion_id` and `anchor`, an act its `entry`; `place` orders those of one motion.
    """

    __tablename__ = "search_passage"
    __table_args__ = (
        CheckConstraint("(motion_id IS NULL) <> (entry IS NULL)", name="search_passage_of"),
        Index("search_passage_motion", "motion_id", "place"),
        Index("search_passage_entry", "congress_id", "entry"),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id")
    motion_id: int | None = Field(default=None, foreign_key="motion.id")
    entry: int | None = None
    place: int = 0
    anchor: str = ""
    title: str = Field(default="", sa_type=Text)  # of the article that holds it
    text: str = Field(sa_type=Text)


class SearchStem(SQLModel, table=True):
    """One stem of a passage."""

    __tablename__ = "search_stem"
    __table_args__ = (Index("search_stem_passage", "passage_id"),)

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    stem: str = Field(primary_key=True, sa_type=_BY_BYTES)
    passage_id: int = Field(foreign_key="search_passage.id", primary_key=True)


class SearchState(SQLModel, table=True):
    """How far a motion's text (by its `number`), or with motion 0 a congress's register, has been read.

    With motion -1 `read` is the version of the indexing, `storage.search.INDEXING`.
    """

    __tablename__ = "search_state"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    motion_id: int = Field(primary_key=True)
    read: int
