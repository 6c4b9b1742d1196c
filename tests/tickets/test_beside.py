"""What stands beside a ticket comes from one query."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.domain.fields import FieldOf, FieldType
from agents.models import Client, CustomField
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tickets.domain.work import LinkKind
from tickets.models import (
    ChecklistItem,
    Snooze,
    Ticket,
    TicketLink,
    TicketValue,
    TimeChoice,
    TimeEntry,
    Timer,
)
from tickets.selectors.beside import beside, moment


def fill(ticket: Ticket, other: Ticket, ada: User, now: datetime) -> None:
    Timer.objects.create(user=ada, ticket=ticket, started_at=now, seen_at=now)
    TimeChoice.objects.create(is_on=True)
    for seconds, is_billable in ((60, True), (120, True), (30, False)):
        TimeEntry.objects.create(
            ticket=ticket, user=ada, user_name="Ada", started_at=now, seconds=seconds, is_billable=is_billable
        )
    Snooze.objects.create(ticket=ticket, until=now, by=ada, at=now)
    TicketLink.objects.create(source=ticket, target=other, kind=LinkKind.PARENT, at=now)
    for place, text in ((2, "second"), (1, "first")):
        ChecklistItem.objects.create(ticket=ticket, text=text, place=place)
    field = CustomField.objects.create(
        belongs_to=FieldOf.TICKET, key="floor", name="Floor", type=FieldType.TEXT
    )
    TicketValue.objects.create(ticket=ticket, field=field, value="3rd")


def test_it_is_one_query_with_everything(
    ticket: Ticket, ada: User, acme: Client, globex: Client, now: datetime
) -> None:
    [other] = make_tickets(1, now - timedelta(hours=1), client=globex)
    fill(ticket, other, ada, now)
    beside(ada, ticket)
    with CaptureQueriesContext(connection) as asked:
        found = beside(ada, ticket)
    assert len(asked) == 1
    assert [row["text"] for row in found.rows("checklist")] == ["first", "second"]
    assert {bool(row["is_billable"]): row["seconds"] for row in found.rows("time")} == {True: 180, False: 30}
    assert [moment(row["until"]) for row in found.rows("snooze")] == [now]
    assert [(row["number"], row["client"]) for row in found.rows("children")] == [(other.pk, globex.pk)]
    assert [(row["key"], row["value"]) for row in found.rows("fields")] == [("floor", "3rd")]
    assert moment(found.rows("timer")[0]["started_at"]) == now
    assert moment(None) is None
    assert found.rows("parent") == []


def test_what_belongs_to_others_stays_away(
    ticket: Ticket, ada: User, bob: User, gus: User, acme: Client, globex: Client, now: datetime
) -> None:
    [other] = make_tickets(1, now, client=globex)
    fill(ticket, other, ada, now)
    assert beside(bob, ticket).rows("timer") == []
    assert beside(bob, other).rows("checklist") == []
    found = beside(gus, other)
    assert (found.may_see(globex.pk), found.may_see(acme.pk), found.may_see(None)) == (True, False, False)
    assert beside(ada, ticket).may_see(None)
