"""Search over everything a ticket holds: one document for each, of its own words and those of its messages.

Triggers only note which tickets say something else now (`tickets_searchchange`); a document is written when the
next search or the next moment of the worker wants it, once for all that changed (`selectors.search_index`).
SQLite: FTS5 with a copy of the text, so that a document can be replaced without knowing what it was.
PostgreSQL: `tickets_words`. Lexemes with a "~" say in which thousands of tickets one lies, so that `tickets_hits`
reads the newest first and stops early.

Names of contacts stand in `tickets_name` as well, by three letters each, for those who mistype them.
helpdesk.sqlite keeps triggers and views when Django rebuilds a table.
"""

from django.db import DatabaseError, migrations, transaction

#: Of a long ticket the newest messages count.
MESSAGES, CHARACTERS = 200, 100_000
COLUMNS = "subject, names, files, body"
_SPOKEN = f"SELECT * FROM tickets_message WHERE ticket_id = t.id AND body <> '' ORDER BY id DESC LIMIT {MESSAGES}"
_FILES = "SELECT filename FROM tickets_attachment WHERE ticket_id = t.id AND kind = 'file' AND NOT is_inline"
_TICKET = ("subject", "description", "contact_name", "contact_email")
_MESSAGE = ("ticket_id", "kind", "body", "author_name", "author_email")
_FILE = ("ticket_id", "filename", "kind", "is_inline")
_IS_FILE = "{0}.kind = 'file' AND NOT {0}.is_inline"
#: (name, event, table, which rows, whose ticket)
NOTES = (
    ("tickets_find_new", "INSERT", "tickets_ticket", (), "new.id"),
    ("tickets_find_changed", "UPDATE", "tickets_ticket", _TICKET, "new.id"),
    ("tickets_find_gone", "DELETE", "tickets_ticket", (), "old.id"),
    ("tickets_find_said", "INSERT", "tickets_message", "new.body <> ''", "new.ticket_id"),
    ("tickets_find_resaid", "UPDATE", "tickets_message", _MESSAGE, "new.ticket_id"),
    ("tickets_find_moved", "UPDATE", "tickets_message", ("ticket_id",), "old.ticket_id"),
    ("tickets_find_unsaid", "DELETE", "tickets_message", "old.body <> ''", "old.ticket_id"),
    ("tickets_find_filed", "INSERT", "tickets_attachment", _IS_FILE.format("new"), "new.ticket_id"),
    ("tickets_find_refiled", "UPDATE", "tickets_attachment", _FILE, "new.ticket_id"),
    ("tickets_find_file_moved", "UPDATE", "tickets_attachment", ("ticket_id",), "old.ticket_id"),
    ("tickets_find_unfiled", "DELETE", "tickets_attachment", _IS_FILE.format("old"), "old.ticket_id"),
)
_CHANGED_NAME = ("tickets_name_changed", "UPDATE", "tickets_ticket", ("contact_name",), "")
_GONE_NAME = ("tickets_name_gone", "DELETE", "tickets_ticket", (), "")
_FORGET_NAME = "DELETE FROM tickets_name WHERE name = old.contact_name;"


def _heading(name, event, table, rows, *, is_distinct):
    """`rows` is a condition, or the columns of which one must have changed."""
    columns = rows if isinstance(rows, tuple) else ()
    condition = rows if isinstance(rows, str) else " OR ".join(f"old.{c} {is_distinct} new.{c}" for c in columns)
    what = f"{event} OF {', '.join(columns)}" if columns else event
    when = f" WHEN ({condition})" if condition else ""
    return f"CREATE TRIGGER {name} AFTER {what} ON {table} FOR EACH ROW{when}"


def _sqlite(name, event, table, rows, does):
    return f"{_heading(name, event, table, rows, is_distinct='IS NOT')} BEGIN {does} END"


def _postgresql(name, event, table, rows, does):
    return f"{_heading(name, event, table, rows, is_distinct='IS DISTINCT FROM')} EXECUTE FUNCTION {does}"


def _note(ticket):
    return f"INSERT INTO tickets_searchchange(ticket) VALUES ({ticket});"


SQLITE = [
    f"""CREATE VIEW tickets_text AS SELECT t.id, t.subject,
 t.contact_name || ' ' || t.contact_email || ' ' || coalesce((SELECT group_concat(author_name || ' ' || author_email,
  ' ') FROM ({_SPOKEN}) WHERE kind = 'customer'), '') AS names,
 coalesce((SELECT group_concat(filename, ' ') FROM ({_FILES} LIMIT {MESSAGES})), '') AS files,
 t.description || char(10) || substr(coalesce((SELECT group_concat(body, char(10)) FROM ({_SPOKEN})), ''),
  1, {CHARACTERS}) AS body FROM tickets_ticket t""",
    f"CREATE VIRTUAL TABLE tickets_search USING fts5({COLUMNS}, columnsize=0,"
    " tokenize='unicode61 remove_diacritics 2')",
    "CREATE TABLE tickets_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE tickets_name_search USING fts5(name, content='tickets_name', content_rowid='id',"
    " tokenize='trigram', detail='none')",
    *(_sqlite(*note[:4], _note(note[4])) for note in NOTES),
    _sqlite(*_CHANGED_NAME[:4], _FORGET_NAME),
    _sqlite(*_GONE_NAME[:4], _FORGET_NAME),
    _sqlite(
        "tickets_name_learned", "INSERT", "tickets_name", (),
        "INSERT INTO tickets_name_search(rowid, name) VALUES (new.id, new.name);",
    ),
    _sqlite(
        "tickets_name_forgotten", "DELETE", "tickets_name", (),
        "INSERT INTO tickets_name_search(tickets_name_search, rowid, name) VALUES ('delete', old.id, old.name);",
    ),
]  # fmt: skip

_PG_SPOKEN = _SPOKEN.replace("SELECT *", "SELECT kind, body, author_name, author_email")


def _pg_note(ticket):
    return (
        f"CREATE FUNCTION tickets_note_{ticket.replace('.', '_')}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {_note(ticket)} RETURN NULL; END $$"
    )


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
    *(_pg_note(ticket) for ticket in sorted({note[4] for note in NOTES})),
    *(_postgresql(*note[:4], f"tickets_note_{note[4].replace('.', '_')}()") for note in NOTES),
    f"CREATE FUNCTION tickets_forget_name() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN {_FORGET_NAME} RETURN NULL; END $$",
    _postgresql(*_CHANGED_NAME[:4], "tickets_forget_name()"),
    _postgresql(*_GONE_NAME[:4], "tickets_forget_name()"),
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
    "CREATE INDEX tickets_words_gin ON tickets_words USING gin (words) WITH (gin_pending_list_limit = 512)",
]
INSTALL = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def install_search(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in INSTALL[vendor]:
        schema_editor.execute(statement, params=None)
    if vendor == "postgresql":
        _allow_trigrams(schema_editor)


def _allow_trigrams(schema_editor):
    """Where this database may not have pg_trgm, mistyped names are read through; they are few."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm", params=None)
            schema_editor.execute(
                "CREATE INDEX tickets_name_like ON tickets_name USING gin (name gin_trgm_ops)", params=None
            )
    except DatabaseError:
        return


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_standard_rows")]
    operations = [migrations.RunPython(install_search)]
