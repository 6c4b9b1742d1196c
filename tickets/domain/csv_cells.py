"""CSV that a spreadsheet opens as text, whatever people wrote (A26)."""

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Final

#: What a spreadsheet takes for a formula, also behind blanks and signs that nobody sees.
_FORMULA: Final = re.compile(r"[\s\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
#: How spreadsheets tell UTF-8.
BOM: Final = "\ufeff"


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what would be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_line(cells: Iterable[object]) -> str:
    """One line with every cell in quotes, so that no separator of any country starts a new one."""
    line = StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        safe_cell("" if cell is None else str(cell)) for cell in cells
    )
    return line.getvalue()
