"""A list behind a figure has exactly the tickets that it counts."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from agents.models import Client, Contact
from helpdesk.core.models import Team, User
from tests.tickets.conftest import make_tickets
from tickets.domain.filters import BadFilter, TicketFilters, read_filters
from tickets.models import Ticket
from tickets.selectors.lists import ticket_list
from tickets.services.figures.counting import catch_up


def numbers(user: User, **asked: str) -> set[int]:
    filters = read_filters({"status": ["any"], **{k: [v] for k, v in asked.items()}}, me=user.pk)
    return {ticket.pk for ticket in ticket_list(user, filters).tickets}


def test_days_of_opening_are_those_of_the_house(
    acme: Client, anna: Contact, ada: User, now: datetime
) -> None:
    today = make_tickets(2, now, client=acme, contact=anna)
    before = make_tickets(1, now - timedelta(days=3), client=acme, contact=anna)
    catch_up()
    assert numbers(ada, created="2026-11-22") == {ticket.pk for ticket in today}
    assert numbers(ada, created="2026-11-19..2026-11-22") == {ticket.pk for ticket in [*today, *before]}
    assert numbers(ada, resolved="2026-11-22") == set()
    assert numbers(ada, first="kept") == numbers(ada, solved="timed") == set()


def test_the_teams_tickets_are_its_own_and_its_members(
    acme: Client, anna: Contact, ada: User, bob: User, now: datetime
) -> None:
    team = Team.objects.create(name="First line")
    team.members.add(ada, bob)
    (mine,) = make_tickets(1, now, client=acme, contact=anna, assignee=bob)
    (ours,) = make_tickets(1, now, client=acme, contact=anna, team=team)
    make_tickets(1, now, client=acme, contact=anna)
    assert numbers(ada, who="team") == {mine.pk, ours.pk}
    assert numbers(ada, source="mail") == set()


@pytest.mark.parametrize(
    "asked", [{"created": "yesterday"}, {"rated": "2026-11-22..2026-11-01"}, {"first": "x"}]
)
def test_what_is_no_day_or_promise_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(BadFilter):
        read_filters({name: [value] for name, value in asked.items()}, me=1)


def test_nothing_asked_is_nothing() -> None:
    assert not read_filters({}, me=1).counted
    assert TicketFilters().source is None


def test_the_list_says_what_it_is_narrowed_to(client_ada: Browser, ticket: Ticket) -> None:
    narrowed = "status=any&who=team&source=console&created=2026-11-22&resolved=2026-11-01..2026-11-02"
    more = "&answered=2026-11-01&rated=2026-11-01&first=kept&solved=timed"
    page = client_ada.get(f"/tickets/?{narrowed}{more}").content.decode()
    for words in ("My team", "From: Console", "Opened 22 Nov 2026", "Resolved 1 Nov 2026 to 2 Nov 2026"):
        assert words in page
    assert "First answer in time" in page
    assert "Solution timed" in page
    assert f"/tickets/{ticket.pk}/" in client_ada.get("/tickets/?created=2026-11-22").content.decode()


def test_who_lives_elsewhere_is_told_whose_days_are_counted(client_ada: Browser, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Auckland")
    page = client_ada.get("/tickets/?created=2026-11-22").content.decode()
    assert "Opened 22 Nov 2026, time zone UTC" in page
    assert "Days: UTC" in client_ada.get("/dashboard/").content.decode()
    User.objects.filter(pk=ada.pk).update(time_zone="")
    assert "Days: UTC" not in client_ada.get("/dashboard/").content.decode()
