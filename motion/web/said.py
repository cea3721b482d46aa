"""How an error is told, for the tables of `errors` and `upload_words`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """How an error is told. The sentences may name the error's values: `%(code)s`."""

    status: int
    what: str
    why: str
    repair: str
