"""The full-text index of tickets: FTS5 beside the table on SQLite, a GIN index on PostgreSQL.

SQLite drops triggers when Django rebuilds a table (AddField and the like): a later migration that changes Ticket
ends with `migrations.RunPython(install_search, remove_search)` again. tests/tickets/test_search.py watches over it.
"""

from django.db import migrations

COLUMNS = ("subject", "description", "contact_name", "contact_email")
_NAMES = ", ".join(COLUMNS)
_OLD = ", ".join(f"old.{name}" for name in COLUMNS)
_NEW = ", ".join(f"new.{name}" for name in COLUMNS)
_FORGET = f"INSERT INTO tickets_search(tickets_search, rowid, {_NAMES}) VALUES ('delete', old.id, {_OLD});"
_LEARN = f"INSERT INTO tickets_search(rowid, {_NAMES}) VALUES (new.id, {_NEW});"

INSTALL = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS tickets_search USING fts5({_NAMES}, content='tickets_ticket',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER IF NOT EXISTS tickets_search_insert AFTER INSERT ON tickets_ticket BEGIN {_LEARN} END",
        f"CREATE TRIGGER IF NOT EXISTS tickets_search_delete AFTER DELETE ON tickets_ticket BEGIN {_FORGET} END",
        f"CREATE TRIGGER IF NOT EXISTS tickets_search_update AFTER UPDATE OF {_NAMES} ON tickets_ticket"
        f" BEGIN {_FORGET} {_LEARN} END",
        "INSERT INTO tickets_search(tickets_search) VALUES ('rebuild')",
    ],
    "postgresql": [
        "CREATE INDEX tickets_words ON tickets_ticket USING gin (to_tsvector('simple',"
        " subject || ' ' || description || ' ' || contact_name || ' ' || contact_email))",
    ],
}
REMOVE = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS tickets_search_insert",
        "DROP TRIGGER IF EXISTS tickets_search_delete",
        "DROP TRIGGER IF EXISTS tickets_search_update",
        "DROP TABLE IF EXISTS tickets_search",
    ],
    "postgresql": ["DROP INDEX IF EXISTS tickets_words"],
}


def install_search(apps, schema_editor):
    for statement in INSTALL[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove_search(apps, schema_editor):
    for statement in REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [migrations.RunPython(install_search, remove_search)]
