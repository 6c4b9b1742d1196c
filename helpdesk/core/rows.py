"""Many rows with one INSERT, for the hot paths: `bulk_create` spends most of its time on compiling them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

#: Below the least number of parameters that any database of ours takes (SQLite 3.32: 32,766).
MAX_PARAMS = 30_000
#: Their values go to the database as they are.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.FloatField)
Convert = Callable[[Any], Any]
M = TypeVar("M", bound=models.Model)


def insert_rows(objs: Iterable[M]) -> list[M]:
    """Save new rows of one model, with all their fields given; they get their keys. As with `bulk_create`
    there are no signals, and a conflict raises IntegrityError.
    """
    rows = list(objs)
    if not rows:
        return rows
    columns, converters = _plan(type(rows[0]), connection.vendor)
    step = MAX_PARAMS // len(columns)
    for start in range(0, len(rows), step):
        _insert(rows[start : start + step], columns, converters)
    return rows


def _insert(
    rows: Sequence[models.Model], columns: Sequence[str], converters: Sequence[tuple[str, Convert | None]]
) -> None:
    meta, seen = rows[0]._meta, dict[datetime, Any]()
    params: list[Any] = []
    for row in rows:
        values = row.__dict__
        for name, convert in converters:
            value = values[name]
            if convert is None or value is None:
                params.append(value)
            elif isinstance(value, datetime):  # mostly the same moment
                if value not in seen:
                    seen[value] = convert(value)
                params.append(seen[value])
            else:
                params.append(convert(value))
    mark = f"({', '.join(['%s'] * len(columns))})"
    key = meta.pk.column
    sql = (
        f"INSERT INTO {meta.db_table} ({', '.join(columns)}) VALUES {', '.join([mark] * len(rows))}"  # noqa: S608
        f" RETURNING {key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding, row._state.db = pk, False, connection.alias


@lru_cache(maxsize=32)
def _plan(model: type[models.Model], _vendor: str) -> tuple[list[str], list[tuple[str, Convert | None]]]:
    """(quoted columns, (attribute, how its value becomes the database's) in the same order)."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    return [quote(str(field.column)) for field in fields], [
        (field.attname, converter_of(field)) for field in fields
    ]


def converter_of(field: Any) -> Convert | None:  # noqa: ANN401 - any field of a model
    """How a value of this field becomes the database's; None: as it is."""
    return None if _is_plain(field) else _converter(field)


def _is_plain(field: Any) -> bool:  # noqa: ANN401 - any field of a model
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(target, _PLAIN)


def _converter(field: Any) -> Convert:  # noqa: ANN401
    return lambda value: field.get_db_prep_save(value, connection)
