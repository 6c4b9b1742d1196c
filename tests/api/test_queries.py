"""A list costs five queries at most, beside the two by which a token is known, however long it is."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext

from agents.models import Client
from helpdesk.core.models import Team, User
from tickets.models import (
    ChecklistItem,
    Macro,
    ReportPlan,
    RuleTrace,
    SavedView,
    Tag,
    Ticket,
    TicketFollower,
    TimeEntry,
)
from tickets.services.open_ticket import NewTicket, open_ticket

LISTS = [
    *("tickets/{n}/checklist/", "tickets/{n}/time/", "tickets/{n}/links/", "tickets/{n}/followers/"),
    *("tickets/{n}/participants/", "tickets/{n}/ratings/", "tickets/{n}/rules/", "tickets/{n}/fields/"),
    *("tickets/{n}/messages/", "time/", "views/", "macros/", "tags/", "report-plans/", "tickets/count/"),
]


@pytest.fixture
def ticket(acme: Client, ada: User, now: datetime) -> Ticket:
    return open_ticket(new=NewTicket(subject="Disk", client=acme), by=ada, now=now)


def fill(ticket: Ticket, ada: User, now: datetime, rows: int) -> None:
    """More of everything that the lists show."""
    shared = {"created_at": now, "updated_at": now}
    for n in range(rows):
        team = Team.objects.create(name=f"T{n}")
        team.members.add(ada)
        other = User.objects.create(email=f"u{n}@desk.example", full_name=f"U{n}")
        ChecklistItem.objects.create(ticket=ticket, text=str(n), place=n)
        TimeEntry.objects.create(ticket=ticket, user=ada, started_at=now - timedelta(days=n), seconds=60)
        TicketFollower.objects.create(ticket=ticket, user=other, at=now)
        ticket.participants.create(email=f"p{n}@acme.example", added_at=now)
        RuleTrace.objects.create(ticket=ticket, at=now, trigger="ticket-created")
        SavedView.objects.create(name=str(n), team=team, **shared)
        Macro.objects.create(name=str(n), text="x", team=team, **shared)
        Tag.objects.create(name=f"tag{n}")
        ReportPlan.objects.create(
            report="time", rhythm="week", owner=ada, next_on=now.date(), created_at=now, client=ticket.client
        )


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_five_queries_however_long(
    script: Http, ticket: Ticket, ada: User, now: datetime, path: str
) -> None:
    url = f"/api/v1/{path.format(n=ticket.number)}"
    fill(ticket, ada, now, 12)
    script.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert script.get(url).status_code == 200
    # PostgreSQL does not tell the text of what it had prepared.
    told = [str(query["sql"]) for query in asked.captured_queries]
    named = [sql[:90] for sql in told if "SAVEPOINT" not in sql]
    assert len(named) <= 7, named
