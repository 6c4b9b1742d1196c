"""Rebuilding a table keeps the triggers and views that know it.

SQLite changes little about a table in place, so Django writes a new one and renames it. With the old table go
its triggers, and while it is away SQLite refuses the renaming for each view and other trigger that names it.
"""

import re
from typing import Any

from django.db.backends.sqlite3 import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def _remake_table(self, model: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (as in Django)
        kept = self._that_mention(model._meta.db_table)
        for kind, name, _sql in kept:
            self.execute(f"DROP {kind} IF EXISTS {self.quote_name(name)}", params=None)
        super()._remake_table(model, *args, **kwargs)  # type: ignore[misc]
        for _kind, _name, sql in reversed(kept):
            self.execute(sql, params=None)

    def _that_mention(self, table: str) -> list[tuple[str, str, str]]:
        """(kind, name, SQL), triggers first: they may use the views."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')")
            rows = [row for row in cursor.fetchall() if re.search(rf"\b{table}\b", row[2])]
        return sorted(rows)
