"""Two programs at once that read the same: If-Match lets one through, whatever each of them changes."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Http

from agents.models import Client
from helpdesk.core.models import User
from tests.agents.test_races import at_once
from tests.api.conftest import program_of, send, told
from tests.tickets.conftest import make_tickets
from tickets.models import Activity, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES: list[dict[str, Any]] = [
    {"subject": "Toner"},
    {"priority": "urgent"},
    {"status": "waiting"},
    {"tags": ["toner"]},
]


def test_one_of_four_changes_of_different_fields_gets_through(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    (ticket,) = make_tickets(1, now, client=acme)
    url = f"/api/v1/tickets/{ticket.number}/"
    programs: list[Http] = [program_of(ada) for _change in CHANGES]
    tag = programs[0].get(url)["ETag"]

    def change(number: int) -> object:
        answer = send(programs[number], "PATCH", url, CHANGES[number], If_Match=tag)
        return answer.status_code, told(answer).get("code", "")

    answers = at_once(len(CHANGES), change)
    assert sorted(answers, key=str) == [(200, ""), *3 * [(412, "changed-meanwhile")]]
    assert Activity.objects.filter(ticket=ticket).count() == 1
    assert programs[0].get(url)["ETag"] != tag
    assert Ticket.objects.get().updated_at > now
