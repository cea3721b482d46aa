"""Tables as CSV: RFC 4180 with a comma, or a semicolon for who asks; UTF-8, with the mark that spreadsheets look for.

A cell that a spreadsheet would take for a formula gets an apostrophe first, which it shows as text (OWASP, "CSV
Injection"). Numbers are ours, and stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
SEPARATORS = {"comma": ",", "semicolon": ";"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula may begin; the last four are the full-width signs, which some spreadsheets read alike."""

Cell = str | int | bool | None


def harmless(cell: Cell) -> str | int:
    """A cell that no spreadsheet runs. Truth is `oui` or `non`, nothing is an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, int):
        return cell
    text = cell.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def lines(rows: Iterable[Sequence[Cell]], separator: str) -> str:
    """Rows as text, each ended by CR LF."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def table(names: Sequence[str], rows: Iterable[Sequence[Cell]], separator: str) -> str:
    """A whole table, with the names of its columns."""
    return BYTE_ORDER_MARK + lines([names], separator) + lines(rows, separator)
