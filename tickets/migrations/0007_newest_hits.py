"""`tickets_hits` of 0003 in windows that do not overlap and are as wide as the hits so far let expect.

It had four fixed windows, each of which read the tickets of the one before again: a word in every hundredth
ticket made it read a hundred thousand tickets for a thousand hits.
"""

from django.db import migrations

POSTGRESQL = """CREATE OR REPLACE FUNCTION tickets_hits(asked tsquery, depth integer)
    RETURNS SETOF bigint LANGUAGE plpgsql STABLE
    SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off SET jit = off AS $$
    DECLARE
     upper bigint := (SELECT last_value FROM tickets_ticket_id_seq) + 1;
     wide bigint := 2 * depth;
     step integer; lower bigint; near tsquery; taken integer := 0; got integer;
    BEGIN
     LOOP
      -- A window is made of whole thousands, for which a lexeme stands; the last one needs none.
      step := CASE WHEN wide < 32768 THEN 4096 WHEN wide < 524288 THEN 65536 END;
      lower := coalesce(greatest(upper - wide, 0) / step * step, 0);
      near := (SELECT string_agg(quote_literal(CASE step WHEN 4096 THEN '~a' ELSE '~b' END || n), '|')
       FROM generate_series(lower / step, (upper - 1) / step) n)::tsquery;
      -- "+ 0": by its key a window would be read whole, to look into each document.
      RETURN QUERY SELECT ticket_id FROM tickets_words
       WHERE words @@ coalesce(asked && near, asked) AND ticket_id + 0 < upper
       ORDER BY ticket_id DESC LIMIT depth - taken;
      GET DIAGNOSTICS got = ROW_COUNT;
      taken := taken + got;
      EXIT WHEN taken >= depth OR lower = 0;
      wide := CASE WHEN got = 0 THEN 64 * wide
       ELSE least(8 * wide, greatest(wide, (depth - taken) * (upper - lower) / got * 5 / 4)) END;
      upper := lower;
     END LOOP;
    END $$"""


def widen_by_hits(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_target_own_field")]
    operations = [migrations.RunPython(widen_by_hits, migrations.RunPython.noop)]
