"""Names of people and devices by three letters each, so that a part of one is found without reading all.

SQLite: FTS5 over the tables themselves, which triggers keep; PostgreSQL: trigrams where it may have pg_trgm.
"""

from django.db import DatabaseError, migrations, transaction

TABLES = {"agents_contact": ("full_name", "email"), "agents_device": ("name",)}


def _sqlite(table, columns):
    names, search = ", ".join(columns), f"{table}_search"

    def values(row):
        return ", ".join(f"{row}.{column}" for column in ("id", *columns))

    forget = f"INSERT INTO {search}({search}, rowid, {names}) VALUES ('delete', {values('old')});"
    learn = f"INSERT INTO {search}(rowid, {names}) VALUES ({values('new')});"
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    return [
        f"CREATE VIRTUAL TABLE {search} USING fts5({names}, content='{table}', content_rowid='id',"
        " tokenize='trigram')",
        f"CREATE TRIGGER {table}_named AFTER INSERT ON {table} FOR EACH ROW BEGIN {learn} END",
        f"CREATE TRIGGER {table}_unnamed AFTER DELETE ON {table} FOR EACH ROW BEGIN {forget} END",
        f"CREATE TRIGGER {table}_renamed AFTER UPDATE OF {names} ON {table} FOR EACH ROW WHEN ({changed})"
        f" BEGIN {forget} {learn} END",
        f"INSERT INTO {search}({search}) VALUES ('rebuild')",
    ]


def _postgresql(table, columns):
    """As Django asks for a part of a text: UPPER(column) LIKE."""
    each = ", ".join(f"UPPER({column}) gin_trgm_ops" for column in columns)
    return [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        f"CREATE INDEX {table}_names ON {table} USING gin ({each})",
    ]


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in (each for table, columns in TABLES.items() for each in _sqlite(table, columns)):
            schema_editor.execute(statement, params=None)
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            for statement in (each for table, columns in TABLES.items() for each in _postgresql(table, columns)):
                schema_editor.execute(statement, params=None)
    except DatabaseError:  # names are read through then
        return


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_initial")]
    operations = [migrations.RunPython(install)]
