"""CSV that a spreadsheet opens as text, whatever people wrote (A26)."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Final

#: A spreadsheet takes what begins like this for a formula; line ends and tabs only hide the sign behind them.
_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: How spreadsheets tell UTF-8.
BOM: Final = "\ufeff"


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what would be a formula, also behind blanks."""
    return f"'{text}" if text.startswith(_SIGNS) or text.lstrip().startswith(_SIGNS) else text


def csv_line(cells: Iterable[object]) -> str:
    """One line with every cell in quotes, so that no separator of any country starts a new one."""
    line = StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        safe_cell("" if cell is None else str(cell)) for cell in cells
    )
    return line.getvalue()
