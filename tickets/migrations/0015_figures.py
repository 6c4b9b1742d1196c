"""Figures of the dashboard and the reports: what each ticket adds, sums by day, and triggers that note which
tickets are to be counted anew.

SQLite drops triggers when Django rebuilds a table: a later migration that makes it rebuild tickets_ticket or
tickets_ticketclock ends with `migrations.RunPython(install_triggers, remove_triggers)` again.
tests/tickets/figures/test_counting.py watches over it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_CHANGES = "tickets_figurechange"
_ENDED = "new.met_at IS NOT NULL OR new.missed_at IS NOT NULL"
_WAS_ENDED = _ENDED.replace("new.", "old.")
_MOVED = "old.met_at IS NOT {0} new.met_at OR old.missed_at IS NOT {0} new.missed_at"


def _sqlite(name, event, column, condition=""):
    when = f" WHEN {condition}" if condition else ""
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event}{when}"
        f" BEGIN INSERT INTO {_CHANGES}(ticket) VALUES ({column}); END"
    )


def _postgresql(name, event, table):
    return (
        f"CREATE TRIGGER {name} AFTER {event} ON tickets_ticket REFERENCING {table} TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION tickets_note_figures()"
    )


def _of_clock(name, event, column, condition):
    return (
        f"CREATE TRIGGER {name} AFTER {event} ON tickets_ticketclock FOR EACH ROW WHEN ({condition})"
        f" EXECUTE FUNCTION {column}()"
    )


INSTALL = {
    "sqlite": [
        _sqlite("tickets_figures_insert", "INSERT ON tickets_ticket", "new.id"),
        _sqlite("tickets_figures_update", "UPDATE ON tickets_ticket", "new.id"),
        _sqlite("tickets_figures_delete", "DELETE ON tickets_ticket", "old.id"),
        _sqlite("clocks_figures_insert", "INSERT ON tickets_ticketclock", "new.ticket_id", _ENDED),
        _sqlite(
            "clocks_figures_update",
            "UPDATE OF met_at, missed_at ON tickets_ticketclock",
            "new.ticket_id",
            _MOVED.format(""),
        ),
        _sqlite("clocks_figures_delete", "DELETE ON tickets_ticketclock", "old.ticket_id", _WAS_ENDED),
    ],
    "postgresql": [
        f"CREATE FUNCTION tickets_note_figures() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN INSERT INTO {_CHANGES}(ticket) SELECT id FROM changed; RETURN NULL; END $$",
        f"CREATE FUNCTION tickets_note_clock() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN INSERT INTO {_CHANGES}(ticket) VALUES (new.ticket_id); RETURN NULL; END $$",
        f"CREATE FUNCTION tickets_note_old_clock() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN INSERT INTO {_CHANGES}(ticket) VALUES (old.ticket_id); RETURN NULL; END $$",
        _postgresql("tickets_figures_insert", "INSERT", "NEW"),
        _postgresql("tickets_figures_update", "UPDATE", "NEW"),
        _postgresql("tickets_figures_delete", "DELETE", "OLD"),
        _of_clock("clocks_figures_insert", "INSERT", "tickets_note_clock", _ENDED),
        _of_clock(
            "clocks_figures_update",
            "UPDATE OF met_at, missed_at",
            "tickets_note_clock",
            _MOVED.format("DISTINCT FROM").replace("IS NOT DISTINCT", "IS DISTINCT"),
        ),
        _of_clock("clocks_figures_delete", "DELETE", "tickets_note_old_clock", _WAS_ENDED),
    ],
}
_NAMES = {
    "tickets_ticket": ("tickets_figures_insert", "tickets_figures_update", "tickets_figures_delete"),
    "tickets_ticketclock": ("clocks_figures_insert", "clocks_figures_update", "clocks_figures_delete"),
}
REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for names in _NAMES.values() for name in names],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for table, names in _NAMES.items() for name in names),
        *(
            f"DROP FUNCTION IF EXISTS {name}()"
            for name in ("tickets_note_figures", "tickets_note_clock", "tickets_note_old_clock")
        ),
    ],
}


def install_triggers(apps, schema_editor):
    for statement in INSTALL[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove_triggers(apps, schema_editor):
    for statement in REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0003_fields"),
        ("tickets", "0014_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FigureChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ticket", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="FigureState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("zone", models.CharField(blank=True, default="", max_length=64)),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[("", "counted"), ("tickets", "counting tickets"), ("sums", "adding up")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="FigureDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=24)),
                ("day", models.DateField()),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "day"), name="figures_of_scope_and_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketFigure",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("client", models.BigIntegerField(blank=True, null=True)),
                ("who", models.CharField(max_length=24)),
                ("status", models.CharField(max_length=12)),
                ("priority", models.CharField(max_length=8)),
                ("source", models.CharField(max_length=8)),
                ("is_late", models.BooleanField(default=False)),
                ("created_on", models.DateField()),
                ("resolved_on", models.DateField(blank=True, null=True)),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("rated_on", models.DateField(blank=True, null=True)),
                ("answer_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("answer_kept", models.BooleanField(blank=True, null=True)),
                ("solve_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("solve_kept", models.BooleanField(blank=True, null=True)),
                ("rating", models.CharField(blank=True, default="", max_length=8)),
                ("last_on", models.DateField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["who", "last_on"], name="figures_of_person"),
                    models.Index(fields=["client", "last_on"], name="figures_of_client"),
                    models.Index(fields=["created_on", "number"], name="figures_created"),
                    models.Index(
                        condition=models.Q(("resolved_on__isnull", False)),
                        fields=["resolved_on", "number"],
                        name="figures_resolved",
                    ),
                    models.Index(
                        condition=models.Q(("answered_on__isnull", False)),
                        fields=["answered_on", "number"],
                        name="figures_answered",
                    ),
                    models.Index(
                        condition=models.Q(("rated_on__isnull", False)),
                        fields=["rated_on", "number"],
                        name="figures_rated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StartChoice",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="starts_at_dashboard",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("report", models.CharField(max_length=16, verbose_name="report")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("week", "every Monday"), ("month", "on the first of each month")],
                        max_length=8,
                        verbose_name="how often",
                    ),
                ),
                ("recipients", models.JSONField(default=list, verbose_name="recipients")),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="language"),
                ),
                ("next_on", models.DateField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="agents.client",
                        verbose_name="client",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_plans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "scheduled report",
                "verbose_name_plural": "scheduled reports",
                "indexes": [models.Index(fields=["next_on"], name="report_plans_due")],
            },
        ),
        migrations.RunPython(install_triggers, remove_triggers),
    ]
