"""Triggers that note which tickets are to be counted anew for the dashboard and the reports.

helpdesk.sqlite keeps triggers when Django rebuilds a table. tests/tickets/figures/test_counting.py watches over it.
"""

from django.db import migrations

_ENDED = "{0}.met_at IS NOT NULL OR {0}.missed_at IS NOT NULL"
_MOVED = "old.met_at {0} new.met_at OR old.missed_at {0} new.missed_at"
#: (name, event, which rows, whose ticket)
NOTES = (
    ("tickets_figures_insert", "INSERT ON tickets_ticket", "", "new.id"),
    ("tickets_figures_update", "UPDATE ON tickets_ticket", "", "new.id"),
    ("tickets_figures_delete", "DELETE ON tickets_ticket", "", "old.id"),
    ("clocks_figures_insert", "INSERT ON tickets_ticketclock", _ENDED.format("new"), "new.ticket_id"),
    ("clocks_figures_update", "UPDATE OF met_at, missed_at ON tickets_ticketclock", _MOVED, "new.ticket_id"),
    ("clocks_figures_delete", "DELETE ON tickets_ticketclock", _ENDED.format("old"), "old.ticket_id"),
)


def _heading(name, event, rows, *, is_distinct):
    when = f" WHEN ({rows.format(is_distinct)})" if rows else ""
    return f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW{when}"


def _note(ticket):
    return f"INSERT INTO tickets_figurechange(ticket) VALUES ({ticket});"


def _function(ticket):
    return f"tickets_count_{ticket.replace('.', '_')}()"


INSTALL = {
    "sqlite": [
        f"{_heading(*note[:3], is_distinct='IS NOT')} BEGIN {_note(note[3])} END" for note in NOTES
    ],
    "postgresql": [
        *(
            f"CREATE FUNCTION {_function(ticket)} RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {_note(ticket)} RETURN NULL; END $$"
            for ticket in sorted({note[3] for note in NOTES})
        ),
        *(
            f"{_heading(*note[:3], is_distinct='IS DISTINCT FROM')} EXECUTE FUNCTION {_function(note[3])}"
            for note in NOTES
        ),
    ],
}


def install_triggers(apps, schema_editor):
    for statement in INSTALL[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_find")]
    operations = [migrations.RunPython(install_triggers)]
