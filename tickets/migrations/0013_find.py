"""Search over everything a ticket holds: one document for each, of its own words and those of its messages.

SQLite: FTS5 reads its words from the view `tickets_text`; triggers take a document out before a change and put
it in again after it. Where many rows change at once (merging, deleting) the document is taken out with the first
and noted in `tickets_unlearned`; the next search puts it in again, once.
PostgreSQL: triggers keep `tickets_words`, once for each statement. Lexemes with a "~" say in which thousands of
tickets one lies, so that `tickets_hits` reads the newest first and stops early.

Names of contacts stand in `tickets_name` as well, by three letters each, for those who mistype them.
helpdesk.sqlite keeps triggers and views when Django rebuilds a table.
"""

import importlib

from django.db import migrations

before = importlib.import_module("tickets.migrations.0002_search")

#: Of a long ticket the newest messages count.
MESSAGES, CHARACTERS = 200, 100_000
COLUMNS = "subject, names, files, body"
_SPOKEN = f"SELECT * FROM tickets_message WHERE ticket_id = t.id AND body <> '' ORDER BY id DESC LIMIT {MESSAGES}"
_FILES = "SELECT filename FROM tickets_attachment WHERE ticket_id = t.id AND kind = 'file' AND NOT is_inline"

TEXT = f"""CREATE VIEW tickets_text AS SELECT t.id, t.subject,
 t.contact_name || ' ' || t.contact_email || ' ' || coalesce((SELECT group_concat(author_name || ' ' || author_email,
  ' ') FROM ({_SPOKEN}) WHERE kind = 'customer'), '') AS names,
 coalesce((SELECT group_concat(filename, ' ') FROM ({_FILES} LIMIT {MESSAGES})), '') AS files,
 t.description || char(10) || substr(coalesce((SELECT group_concat(body, char(10)) FROM ({_SPOKEN})), ''),
  1, {CHARACTERS}) AS body FROM tickets_ticket t"""


def _forget(ticket):
    return (
        f"INSERT INTO tickets_search(tickets_search, rowid, {COLUMNS}) SELECT 'delete', id, {COLUMNS}"
        f" FROM tickets_text WHERE id = {ticket} AND id NOT IN (SELECT ticket_id FROM tickets_unlearned);"
    )


def _learn(ticket):
    return (
        f"INSERT INTO tickets_search(rowid, {COLUMNS}) SELECT id, {COLUMNS} FROM tickets_text"
        f" WHERE id = {ticket} AND id NOT IN (SELECT ticket_id FROM tickets_unlearned);"
    )


def _note(ticket):
    return f"INSERT OR IGNORE INTO tickets_unlearned(ticket_id) SELECT {ticket};"


def _changed(*names):
    return " OR ".join(f"old.{name} IS NOT new.{name}" for name in names)


_TICKET = ("subject", "description", "contact_name", "contact_email")
_MESSAGE = ("ticket_id", "kind", "body", "author_name", "author_email")
_IS_FILE = "{0}.kind = 'file' AND NOT {0}.is_inline"
_MOVED = f"{_forget('old.ticket_id')} {_note('old.ticket_id')} {_forget('new.ticket_id')} {_note('new.ticket_id')}"
#: name: (when, on, if, what)
TRIGGERS = {
    "tickets_find_new": (
        "AFTER INSERT", "tickets_ticket", "",
        f"INSERT INTO tickets_search(rowid, {COLUMNS}) VALUES (new.id, new.subject,"
        " new.contact_name || ' ' || new.contact_email, '', new.description);"
        " INSERT OR IGNORE INTO tickets_name(name) SELECT new.contact_name WHERE new.contact_name <> '';",
    ),
    "tickets_find_before": (
        f"BEFORE UPDATE OF {', '.join(_TICKET)}", "tickets_ticket", _changed(*_TICKET), _forget("old.id"),
    ),
    "tickets_find_after": (
        f"AFTER UPDATE OF {', '.join(_TICKET)}", "tickets_ticket", _changed(*_TICKET), _learn("new.id"),
    ),
    "tickets_find_renamed": (
        "AFTER UPDATE OF contact_name", "tickets_ticket", _changed("contact_name"),
        "DELETE FROM tickets_name WHERE name = old.contact_name;"
        " INSERT OR IGNORE INTO tickets_name(name) SELECT new.contact_name WHERE new.contact_name <> '';",
    ),
    "tickets_find_delete": ("BEFORE DELETE", "tickets_ticket", "", _forget("old.id")),
    "tickets_find_gone": (
        "AFTER DELETE", "tickets_ticket", "",
        "DELETE FROM tickets_unlearned WHERE ticket_id = old.id;"
        " DELETE FROM tickets_name WHERE name = old.contact_name;",
    ),
    "tickets_find_saying": ("BEFORE INSERT", "tickets_message", "new.body <> ''", _forget("new.ticket_id")),
    "tickets_find_said": ("AFTER INSERT", "tickets_message", "new.body <> ''", _learn("new.ticket_id")),
    "tickets_find_resaid": (
        f"BEFORE UPDATE OF {', '.join(_MESSAGE)}", "tickets_message", _changed(*_MESSAGE), _MOVED,
    ),
    "tickets_find_unsaid": (
        "BEFORE DELETE", "tickets_message", "old.body <> ''", _forget("old.ticket_id") + _note("old.ticket_id"),
    ),
    "tickets_find_filing": (
        "BEFORE INSERT", "tickets_attachment", _IS_FILE.format("new"), _forget("new.ticket_id"),
    ),
    "tickets_find_filed": ("AFTER INSERT", "tickets_attachment", _IS_FILE.format("new"), _learn("new.ticket_id")),
    "tickets_find_refiled": (
        "BEFORE UPDATE OF ticket_id, filename, kind, is_inline", "tickets_attachment",
        _changed("ticket_id", "filename", "kind", "is_inline"), _MOVED,
    ),
    "tickets_find_unfiled": (
        "BEFORE DELETE", "tickets_attachment", _IS_FILE.format("old"),
        _forget("old.ticket_id") + _note("old.ticket_id"),
    ),
    "tickets_name_new": (
        "AFTER INSERT", "tickets_name", "",
        "INSERT INTO tickets_name_search(rowid, name) VALUES (new.id, new.name);",
    ),
    "tickets_name_gone": (
        "AFTER DELETE", "tickets_name", "",
        "INSERT INTO tickets_name_search(tickets_name_search, rowid, name) VALUES ('delete', old.id, old.name);",
    ),
}  # fmt: skip
SQLITE = [
    TEXT,
    f"CREATE VIRTUAL TABLE tickets_search USING fts5({COLUMNS}, content='tickets_text', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 2')",
    "CREATE TABLE tickets_unlearned (ticket_id INTEGER PRIMARY KEY)",
    "CREATE TABLE tickets_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE tickets_name_search USING fts5(name, content='tickets_name', content_rowid='id',"
    " tokenize='trigram', detail='none')",
    *(
        f"CREATE TRIGGER {name} {when} ON {table} {f'WHEN {condition}' if condition else ''} BEGIN {what} END"
        for name, (when, table, condition, what) in TRIGGERS.items()
    ),
]
SQLITE_AWAY = [
    *(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS),
    *(f"DROP TABLE IF EXISTS {name}" for name in ("tickets_search", "tickets_name_search", "tickets_name")),
    "DROP TABLE IF EXISTS tickets_unlearned",
    "DROP VIEW IF EXISTS tickets_text",
]

_PG_SPOKEN = _SPOKEN.replace("SELECT *", "SELECT kind, body, author_name, author_email")
POSTGRESQL = [
    # As FTS5 reads them: small letters without accents, and nothing but letters and digits. Most texts are plain
    # ASCII, which has no accents to look for.
    r"""CREATE FUNCTION tickets_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT translate(lower(CASE WHEN octet_length($1) = char_length($1) THEN $1
     ELSE regexp_replace(normalize($1, NFD), '[\u0300-\u036f]+', '', 'g') END),
     '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)) $$""",
    f"""CREATE FUNCTION tickets_document(bigint) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT setweight(to_tsvector('simple', tickets_plain(t.subject)), 'A')
     || setweight(to_tsvector('simple', tickets_plain(t.contact_name || ' ' || t.contact_email || ' '
      || coalesce(left((SELECT string_agg(author_name || ' ' || author_email, ' ') FROM ({_PG_SPOKEN}) s
       WHERE kind = 'customer'), 20000), ''))), 'B')
     || setweight(to_tsvector('simple', tickets_plain(coalesce((SELECT string_agg(filename, ' ')
      FROM ({_FILES} LIMIT {MESSAGES}) f), ''))), 'C')
     || to_tsvector('simple', tickets_plain(left(t.description, {CHARACTERS}) || E'\\n'
      || left(coalesce((SELECT string_agg(body, E'\\n') FROM ({_PG_SPOKEN}) s), ''), {CHARACTERS})))
     || array_to_tsvector(ARRAY['~a' || t.id / 4096, '~b' || t.id / 65536])
    FROM tickets_ticket t WHERE t.id = $1 $$""",
    "CREATE TABLE tickets_words (ticket_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE TABLE tickets_name (name text PRIMARY KEY)",
    """CREATE FUNCTION tickets_learn(bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tickets_words SELECT id, tickets_document(id) FROM tickets_ticket WHERE id = ANY($1) ORDER BY id
    ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words $$""",
    """CREATE FUNCTION tickets_find_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO tickets_words
     SELECT id, setweight(to_tsvector('simple', tickets_plain(subject)), 'A')
      || setweight(to_tsvector('simple', tickets_plain(contact_name || ' ' || contact_email)), 'B')
      || to_tsvector('simple', tickets_plain(description))
      || array_to_tsvector(ARRAY['~a' || id / 4096, '~b' || id / 65536]) FROM fresh
     ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words;
    INSERT INTO tickets_name SELECT DISTINCT contact_name FROM fresh WHERE contact_name <> ''
     AND NOT EXISTS (SELECT FROM tickets_name WHERE name = contact_name) ON CONFLICT DO NOTHING;
    RETURN NULL; END $$""",
    """CREATE FUNCTION tickets_find_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM tickets_learn(ARRAY[NEW.id]);
    IF OLD.contact_name <> NEW.contact_name THEN
     DELETE FROM tickets_name WHERE name = OLD.contact_name;
     INSERT INTO tickets_name SELECT NEW.contact_name WHERE NEW.contact_name <> '' ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL; END $$""",
    """CREATE FUNCTION tickets_find_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM tickets_words WHERE ticket_id = OLD.id;
    DELETE FROM tickets_name WHERE name = OLD.contact_name;
    RETURN NULL; END $$""",
    """CREATE FUNCTION tickets_find_said() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM tickets_learn(array_agg(DISTINCT ticket_id)) FROM fresh WHERE body <> '' HAVING count(*) > 0;
    RETURN NULL; END $$""",
    """CREATE FUNCTION tickets_find_resaid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM tickets_learn(array_agg(DISTINCT t)) FROM (SELECT unnest(ARRAY[o.ticket_id, n.ticket_id]) t
     FROM stale o JOIN fresh n USING (id) WHERE (o.ticket_id, o.kind, o.body, o.author_name, o.author_email)
     IS DISTINCT FROM (n.ticket_id, n.kind, n.body, n.author_name, n.author_email)) c HAVING count(*) > 0;
    RETURN NULL; END $$""",
    """CREATE FUNCTION tickets_find_filed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM tickets_learn(array_agg(DISTINCT ticket_id)) FROM fresh WHERE kind = 'file' AND NOT is_inline
     HAVING count(*) > 0;
    RETURN NULL; END $$""",
    """CREATE FUNCTION tickets_find_refiled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM tickets_learn(array_agg(DISTINCT t)) FROM (SELECT unnest(ARRAY[o.ticket_id, n.ticket_id]) t
     FROM stale o JOIN fresh n USING (id) WHERE (o.ticket_id, o.filename, o.kind, o.is_inline)
     IS DISTINCT FROM (n.ticket_id, n.filename, n.kind, n.is_inline)) c HAVING count(*) > 0;
    RETURN NULL; END $$""",
    """CREATE FUNCTION tickets_find_less() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM tickets_learn(array_agg(DISTINCT ticket_id)) FROM stale HAVING count(*) > 0;
    RETURN NULL; END $$""",
    "CREATE TRIGGER tickets_find_new AFTER INSERT ON tickets_ticket REFERENCING NEW TABLE AS fresh"
    " FOR EACH STATEMENT EXECUTE FUNCTION tickets_find_new()",
    f"CREATE TRIGGER tickets_find_changed AFTER UPDATE OF {', '.join(_TICKET)} ON tickets_ticket FOR EACH ROW"
    f" WHEN (({', '.join(f'OLD.{name}' for name in _TICKET)}) IS DISTINCT FROM"
    f" ({', '.join(f'NEW.{name}' for name in _TICKET)})) EXECUTE FUNCTION tickets_find_changed()",
    "CREATE TRIGGER tickets_find_gone AFTER DELETE ON tickets_ticket FOR EACH ROW"
    " EXECUTE FUNCTION tickets_find_gone()",
    *(
        f"CREATE TRIGGER {function} AFTER {event} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        for function, event, table, tables in (
            ("tickets_find_said", "INSERT", "tickets_message", "NEW TABLE AS fresh"),
            ("tickets_find_resaid", "UPDATE", "tickets_message", "OLD TABLE AS stale NEW TABLE AS fresh"),
            ("tickets_find_less", "DELETE", "tickets_message", "OLD TABLE AS stale"),
            ("tickets_find_filed", "INSERT", "tickets_attachment", "NEW TABLE AS fresh"),
            ("tickets_find_refiled", "UPDATE", "tickets_attachment", "OLD TABLE AS stale NEW TABLE AS fresh"),
            ("tickets_find_less", "DELETE", "tickets_attachment", "OLD TABLE AS stale"),
        )
    ),
    # The newest `depth` tickets with these words. Bitmaps alone: the way along the key is long for a rare word.
    """CREATE FUNCTION tickets_hits(asked tsquery, depth integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off SET jit = off AS $$
    DECLARE
     newest bigint := (SELECT last_value FROM tickets_ticket_id_seq);
     near tsquery; found bigint[];
    BEGIN
     FOREACH near IN ARRAY ARRAY[
      (SELECT string_agg(quote_literal('~a' || newest / 4096 - n), '|') FROM generate_series(0, 1) n)::tsquery,
      (SELECT string_agg(quote_literal('~a' || newest / 4096 - n), '|') FROM generate_series(0, 7) n)::tsquery,
      (SELECT string_agg(quote_literal('~b' || newest / 65536 - n), '|') FROM generate_series(0, 1) n)::tsquery,
      NULL] LOOP
      SELECT array_agg(h.ticket_id) INTO found FROM (SELECT ticket_id FROM tickets_words
       WHERE words @@ CASE WHEN near IS NULL THEN asked ELSE asked && near END
       ORDER BY ticket_id DESC LIMIT depth) h;
      EXIT WHEN cardinality(found) >= depth OR (near IS NOT NULL AND newest < 4096);
     END LOOP;
     RETURN QUERY SELECT unnest(found);
    END $$""",
]
_FUNCTIONS = (
    *("hits(tsquery, integer)", "learn(bigint[])", "document(bigint)", "plain(text)", "find_new()"),
    *("find_changed()", "find_gone()", "find_said()", "find_resaid()", "find_filed()", "find_refiled()"),
    "find_less()",
)
POSTGRESQL_AWAY = [
    "DROP TABLE IF EXISTS tickets_words",
    "DROP TABLE IF EXISTS tickets_name",
    *(f"DROP FUNCTION IF EXISTS tickets_{name} CASCADE" for name in _FUNCTIONS),
]
_NAMES = "INSERT INTO tickets_name(name) SELECT DISTINCT contact_name FROM tickets_ticket WHERE contact_name <> ''"
#: What stands in the tables already; also after rows came in without triggers.
FILL = {
    "sqlite": ["INSERT INTO tickets_search(tickets_search) VALUES ('rebuild')", _NAMES],
    "postgresql": [
        "INSERT INTO tickets_words SELECT id, tickets_document(id) FROM tickets_ticket ORDER BY id",
        _NAMES,
        "CREATE INDEX tickets_words_gin ON tickets_words USING gin (words) WITH (gin_pending_list_limit = 512)",
    ],
}
INSTALL = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
AWAY = {"sqlite": SQLITE_AWAY, "postgresql": POSTGRESQL_AWAY}


def install_search(apps, schema_editor):
    before.remove_search(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    for statement in INSTALL[vendor] + FILL[vendor]:
        schema_editor.execute(statement, params=None)
    if vendor == "postgresql":
        _allow_trigrams(schema_editor)


def remove_search(apps, schema_editor):
    for statement in AWAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def uninstall(apps, schema_editor):
    remove_search(apps, schema_editor)
    before.install_search(apps, schema_editor)


def _allow_trigrams(schema_editor):
    """Where this database may not have pg_trgm, mistyped names are read through; they are few."""
    from django.db import DatabaseError, transaction

    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm", params=None)
            schema_editor.execute(
                "CREATE INDEX tickets_name_like ON tickets_name USING gin (name gin_trgm_ops)", params=None
            )
    except DatabaseError:
        return


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_views")]

    operations = [migrations.RunPython(install_search, uninstall)]
