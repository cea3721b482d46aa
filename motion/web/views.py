"""Views: the frozen values that pages show. Each field says what it is; a test demands it.

@dataclass(frozen=True, slots=True)
class MotionView(View):
    code: str = shown("The motion's code, `M1`.")
"""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """The base of all views."""


def shown(help: str) -> Any:
    """Declare a field of a view, with the sentence that explains it to whoever writes the template."""
    return dataclasses.field(metadata={"help": help})


def undocumented(view: type[View]) -> list[str]:
    """List the fields of a view that lack their sentence."""
    return [field.name for field in dataclasses.fields(view) if not field.metadata.get("help")]
