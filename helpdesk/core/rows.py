"""Rows of the hot paths, where Django spends most of its time on compiling the same statement again: many
rows with one INSERT, and queries that are compiled once (docs/decisions/0004-compiled-once.md).
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.query import get_related_populators

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
    shape = _shape(type(rows[0]), connection.vendor)
    step = MAX_PARAMS // len(shape.columns)
    for start in range(0, len(rows), step):
        _insert(rows[start : start + step], shape)
    return rows


@dataclass(frozen=True, slots=True)
class _Shape:
    """`converters` say of each attribute how its value becomes the database's, in the order of `columns`."""

    table: str
    key: str
    columns: list[str]
    types: list[str]
    converters: list[tuple[str, Convert | None]]

    def statement(self, count: int) -> str:
        if connection.vendor == "postgresql":
            # Its driver takes a statement apart at every %s: one for a column, not for a value.
            source = f"SELECT * FROM UNNEST({', '.join(f'%s::{each}[]' for each in self.types)})"  # noqa: S608
        else:
            mark = f"({', '.join(['%s'] * len(self.columns))})"
            source = f"VALUES {', '.join([mark] * count)}"
        return f"INSERT INTO {self.table} ({', '.join(self.columns)}) {source} RETURNING {self.key}"


def _insert(rows: Sequence[models.Model], shape: _Shape) -> None:
    seen: dict[datetime, Any] = {}
    params: list[Any] = []
    for row in rows:
        values = row.__dict__
        for name, convert in shape.converters:
            value = values[name]
            if convert is None or value is None:
                params.append(value)
            elif isinstance(value, datetime):  # mostly the same moment
                if value not in seen:
                    seen[value] = convert(value)
                params.append(seen[value])
            else:
                params.append(convert(value))
    if connection.vendor == "postgresql":
        width = len(shape.columns)
        params = [params[column::width] for column in range(width)]
    with connection.cursor() as cursor:
        cursor.execute(shape.statement(len(rows)), params)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding, row._state.db = pk, False, connection.alias


@lru_cache(maxsize=32)
def _shape(model: type[models.Model], _vendor: str) -> _Shape:
    meta, quote = model._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    return _Shape(
        quote(meta.db_table),
        quote(str(meta.pk.column)),
        [quote(str(field.column)) for field in fields],
        # Without a length: a cast to it would cut what the column refuses.
        [str(field.db_type(connection)).partition("(")[0] for field in fields],
        [(field.attname, converter_of(field)) for field in fields],
    )


def converter_of(field: Any) -> Convert | None:  # noqa: ANN401 - any field of a model
    """How a value of this field becomes the database's; None: as it is."""
    return None if _is_plain(field) else _converter(field)


def _is_plain(field: Any) -> bool:  # noqa: ANN401 - any field of a model
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(target, _PLAIN)


def _converter(field: Any) -> Convert:  # noqa: ANN401
    return lambda value: field.get_db_prep_save(value, connection)


#: Stand in a `Kept` query for the value that is asked for: of a text, of a key, of a key beside it.
ASKED: Final = "\ue000"
ASKED_KEY: Final = 2**62 - 57
ASKED_ALSO: Final = 2**62 - 59


@contextmanager
def prepared(here: BaseDatabaseWrapper) -> Iterator[CursorWrapper]:
    """A cursor for statements whose text seldom changes: PostgreSQL keeps their plans, which take longer to
    make than the rows to find. SQLite's driver keeps every statement.
    """
    if here.vendor != "postgresql":
        with here.cursor() as cursor:
            yield cursor
        return
    from django.db.backends.postgresql.base import ServerBindingCursor  # only where its driver is installed

    here.ensure_connection()
    raw: Any = here.connection
    usual = raw.cursor_factory, raw.prepare_threshold
    raw.cursor_factory, raw.prepare_threshold = ServerBindingCursor, 0
    try:
        with here.cursor() as cursor:
            yield cursor
    finally:
        raw.cursor_factory, raw.prepare_threshold = usual


class Kept(Generic[M]):
    """A query whose shape seldom changes: `Kept(lambda: Profile.objects.filter(credential_hash=ASKED))`.

    `build(*shape)` makes it once for each shape; whatever else decides on its text must be part of the shape.
    Works with `select_related`, `only`, annotations and `values_list`, not with prefetches.
    """

    def __init__(self, build: "Callable[..., models.QuerySet[M, Any]]") -> None:
        self._build = build
        self._here = threading.local()  # a compiler belongs to the connection of its thread

    def rows(self, asked: str | int, *shape: Hashable, also: int | None = None) -> list[Any]:
        """All rows for this value, as the query itself gives them."""
        return self.found(asked, *shape, also=also).rows()

    def found(self, asked: str | int, *shape: Hashable, also: int | None = None) -> "Found":
        """The same, to be read only where somebody needs them."""
        here = connections[DEFAULT_DB_ALIAS]
        plans: dict[Hashable, _Plan] = self._here.__dict__.setdefault("plans", {})
        plan = plans.get(shape)
        if plan is None or plan.connection is not here:
            plan = plans[shape] = _Plan(self._build(*shape), here)
        marks = {ASKED: asked, ASKED_KEY: asked, ASKED_ALSO: also}
        with prepared(here) as cursor:
            cursor.execute(plan.sql, [marks.get(value, value) for value in plan.params])
            return Found(plan, tuple(cursor.fetchall()))

    def first(self, asked: str | int, *shape: Hashable) -> M | None:
        return next(iter(self.rows(asked, *shape)), None)


@dataclass(frozen=True, slots=True)
class Found:
    """What a `Kept` query found. `raw` is what the database said, word for word: the same where all is as it
    was.
    """

    _plan: "_Plan"
    raw: tuple[Any, ...]

    def rows(self) -> list[Any]:
        return self._plan.read(list(self.raw))

    def column(self, name: str) -> list[Any]:
        """A field of the model itself, or an annotation, of each row as the database has it."""
        place = self._plan.places[name]
        return [row[place] for row in self.raw]


class _Plan:
    """What Django works out for each query anew, kept."""

    def __init__(self, query: "models.QuerySet[Any, Any]", here: Any) -> None:  # noqa: ANN401 - any vendor's
        self.connection = here
        self._compiler = compiler = query.query.get_compiler(using=here.alias)
        self.sql, self.params = compiler.as_sql()
        info = compiler.klass_info
        self._model = info["model"] if info and query._fields is None else None  # type: ignore[attr-defined]
        if self._model:
            fields = info["select_fields"]
            self._own = slice(fields[0], fields[-1] + 1)
            self._names = [part[0].target.attname for part in compiler.select[self._own]]
            self._added = list(compiler.annotation_col_map.items())
            own = {name: place for place, name in enumerate(self._names, fields[0])}
            self.places = own | dict(self._added)
            self._related = get_related_populators(info, compiler.select, here.alias)  # type: ignore[call-arg]

    def read(self, rows: list[Any]) -> list[Any]:
        """As `ModelIterable` and `ValuesListIterable` do."""
        read = self._compiler.results_iter([rows], tuple_expected=True)
        return [self._built(values) for values in read] if self._model else list(read)

    def _built(self, values: Sequence[Any]) -> Any:  # noqa: ANN401
        found = self._model.from_db(self.connection.alias, self._names, values[self._own])  # type: ignore[union-attr]
        for related in self._related:
            related.populate(values, found)
        for name, column in self._added:
            setattr(found, name, values[column])
        return found
