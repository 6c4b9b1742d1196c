"""The column on the left of a ticket."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from helpdesk.core.models import User
from tests.conftest import browser_of
from tests.tickets.pages import opened
from tickets.domain.priority import Priority
from tickets.models import SavedView, ServiceTarget, Ticket, TicketClock
from tickets.services.views import ViewDraft, save_view

pytestmark = pytest.mark.django_db


def read(response: Any) -> str:  # noqa: ANN401
    return str(response.content.decode())


def test_the_inbox_is_the_list_from_which_one_comes(
    client_ada: Browser, ada: User, bob: User, now: datetime
) -> None:
    ticket, other = opened(ada, now), opened(ada, now, priority=Priority.URGENT)
    draft = ViewDraft(name="Hot", query="priority=high,urgent&sort=due", owner=ada)
    view = save_view(view=None, draft=draft, by=ada, now=now)

    def inbox(path: str = "", came_from: str = "") -> str:
        headers = {"Referer": f"https://{came_from if came_from == '[' else f'desk.example{came_from}'}"}
        page = read(client_ada.get(f"/tickets/{ticket.pk}/{path}", headers=headers))
        return page.partition(f"/tickets/{ticket.pk}/inbox/?inbox=")[2].partition('"')[0]

    hot = f"view-{view.pk}"
    assert inbox(came_from="/tickets/?priority=high%2Curgent&sort=due") == hot
    assert inbox(came_from="/tickets/?assignee=me&page=abc") == "mine"
    for elsewhere in ("/tickets/?priority=low", "/dashboard/?assignee=me", "", "["):
        assert inbox(came_from=elsewhere) == "all"
    assert inbox("?inbox=late", "/tickets/?assignee=me") == "late"
    page = read(client_ada.get(f"/tickets/{ticket.pk}/inbox/?inbox={hot}"))
    assert re.findall(r'id="inbox-(\d+)"', page) == [str(other.pk)]
    assert f'href="/tickets/{other.pk}/?inbox={hot}"' in page
    page = read(browser_of(bob).get(f"/tickets/{ticket.pk}/inbox/?inbox={hot}"))
    assert len(re.findall(r'id="inbox-(\d+)"', page)) == 2
    SavedView.objects.update(query="priority=gone")
    page = read(client_ada.get(f"/tickets/{ticket.pk}/inbox/?inbox={hot}"))
    assert len(re.findall(r'id="inbox-(\d+)"', page)) == 2


def test_the_inbox_says_what_is_due_next(client_ada: Browser, ada: User, now: datetime) -> None:
    ticket = opened(ada, now)
    target = ServiceTarget.objects.create(name="Usual")
    TicketClock.objects.create(
        ticket=ticket, target=target, kind="resolve", priority="medium", amount=9, unit="days",
        started_at=now, due_at=now - timedelta(hours=2), warn_at=now - timedelta(hours=3),
    )  # fmt: skip
    assert 'class="due' in read(client_ada.get(f"/tickets/{ticket.pk}/inbox/"))
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=opened(ada, now))
    assert 'class="due' not in read(client_ada.get(f"/tickets/{ticket.pk}/inbox/"))
