"""Following on the page of a ticket."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from helpdesk.core.models import Notice, User
from tests.web.conftest import text_of
from tickets.models import Ticket, TicketFollower
from tickets.selectors.followers import followers_of
from tickets.services.follow import follow_ticket

pytestmark = pytest.mark.django_db


def test_a_technician_follows_and_stops(client_ada: Browser, ada: User, ticket: Ticket) -> None:
    assert "Follow<" in text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
    assert client_ada.post(f"/tickets/{ticket.pk}/follow/").status_code == 302
    page = text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
    assert "Following" in page
    assert f'value="{ada.pk}" type="submit" title="Stop following"' in page
    answer = client_ada.post(f"/tickets/{ticket.pk}/unfollow/", headers={"HX-Request": "true"})
    assert "Follow<" in text_of(answer)
    assert not TicketFollower.objects.exists()


def test_a_colleague_is_asked_to_follow_and_told(client_ada: Browser, bob: User, ticket: Ticket) -> None:
    assert f'<option value="{bob.pk}">Bob Kahn' in text_of(client_ada.get(f"/tickets/{ticket.pk}/watchers/"))
    page = client_ada.post(f"/tickets/{ticket.pk}/watchers/", {"user": bob.pk}, follow=True)
    assert "Bob Kahn follows this ticket now." in text_of(page)
    assert followers_of(ticket) == [bob]
    assert Notice.objects.get(user=bob).detail == "watch"


def test_a_colleague_is_taken_off(client_ada: Browser, bob: User, ticket: Ticket, now: datetime) -> None:
    follow_ticket(ticket=ticket, user=bob, by=bob, now=now)
    page = client_ada.post(f"/tickets/{ticket.pk}/unfollow/", {"user": bob.pk}, follow=True)
    assert "Bob Kahn does not follow this ticket any more." in text_of(page)
    assert followers_of(ticket) == []


def test_when_all_follow_there_is_nobody_to_choose(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    follow_ticket(ticket=ticket, user=ada, by=ada, now=now)
    assert "follows it already" in text_of(client_ada.get(f"/tickets/{ticket.pk}/watchers/"))


@pytest.mark.parametrize("user", ["", "x", "999999"])
def test_a11_who_may_not_see_the_ticket_cannot_be_made_to_follow(
    client_ada: Browser, gus: User, ticket: Ticket, user: str
) -> None:
    assert client_ada.post(f"/tickets/{ticket.pk}/watchers/", {"user": gus.pk}).status_code == 404
    assert client_ada.post(f"/tickets/{ticket.pk}/watchers/", {"user": user}).status_code == 404
    assert not TicketFollower.objects.exists()
