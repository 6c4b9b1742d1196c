"""CSV files of people: any spreadsheet's separator and encoding, columns by their names in any order."""

import csv
import io
from dataclasses import dataclass

MAX_BYTES = 2 * 1024 * 1024
MAX_LINES = 2000
#: Kind of import -> its columns, what must be there first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "clients": ("name", "mail_domains", "phone", "notes"),
    "contacts": ("full_name", "email", "client", "phone", "language"),
    "devices": ("client", "machine_id", "name", "kind", "os_name", "os_version"),
}
NEEDED = {
    "clients": ("name",),
    "contacts": ("full_name", "email"),
    "devices": ("client", "machine_id", "name"),
}
_SAME_AS = {
    "e-mail": "email",
    "mail": "email",
    "e-mail_address": "email",
    "name_of_client": "client",
    "firm": "client",
    "company": "client",
    "customer": "client",
    "domains": "mail_domains",
    "domain": "mail_domains",
    "telephone": "phone",
    "serial": "machine_id",
    "serial_number": "machine_id",
    "os": "os_name",
}


class BadFile(ValueError):
    """`code` is not-text, empty, too-long, columns-missing or columns-unknown; `words` are those it means."""

    def __init__(self, code: str, words: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class CsvLine:
    number: int
    cells: dict[str, str]


def text_of(content: bytes) -> str:
    """UTF-8, else what Excel on Windows writes."""
    if b"\0" in content:
        raise BadFile("not-text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_lines(text: str, kind: str) -> list[CsvLine]:
    """The lines below the heading, without empty ones. Raises BadFile."""
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        names = [_name(cell) for cell in next(rows, [])]
        found = [CsvLine(rows.line_num, _cells(names, row)) for row in rows if any(map(str.strip, row))]
    except csv.Error:
        raise BadFile("not-text") from None
    known = set(COLUMNS[kind])
    if not any(names):
        raise BadFile("empty")
    if unknown := tuple(name for name in names if name and name not in known):
        raise BadFile("columns-unknown", unknown)
    if missing := tuple(name for name in NEEDED[kind] if name not in names):
        raise BadFile("columns-missing", missing)
    if not found:
        raise BadFile("empty")
    if len(found) > MAX_LINES:
        raise BadFile("too-long")
    return found


def _name(cell: str) -> str:
    name = "_".join(cell.strip().lower().split())
    return _SAME_AS.get(name, name)


def _cells(names: list[str], row: list[str]) -> dict[str, str]:
    """A quote in front keeps a spreadsheet from reading a formula; our own exports write it (A26)."""
    return {
        name: cell.strip().removeprefix("'") if cell.strip()[1:2] in ("=", "+", "-", "@") else cell.strip()
        for name, cell in zip(names, row, strict=False)
        if name
    }
