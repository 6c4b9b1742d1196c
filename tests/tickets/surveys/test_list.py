"""Tickets found by what was said of them."""

from datetime import datetime

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tests.tickets.surveys.desk import the_survey
from tickets.domain.filters import BadFilter, TicketFilters, read_filters
from tickets.domain.survey import Rating
from tickets.models import Ticket
from tickets.selectors.lists import ticket_list
from tickets.services.rate_solution import rate_solution

pytestmark = pytest.mark.django_db


@pytest.fixture
def sad(solved: Ticket, now: datetime) -> Ticket:
    make_tickets(2, now, status="resolved")
    rate_solution(survey=the_survey(), rating=Rating.SAD, comment="", now=now)
    return solved


def test_a_rating_finds_its_tickets(sad: Ticket, ada: User, gus: User) -> None:
    assert ticket_list(ada, TicketFilters(rating=Rating.SAD)).tickets == [sad]
    assert ticket_list(ada, TicketFilters(rating=Rating.HAPPY)).tickets == []
    assert ticket_list(gus, TicketFilters(rating=Rating.SAD)).tickets == []


def test_a13_no_other_word_is_a_rating() -> None:
    with pytest.raises(BadFilter):
        read_filters({"rating": ["rating__in"]}, me=1)


def test_the_list_says_by_what_it_is_filtered(sad: Ticket, client_ada: Browser) -> None:
    page = client_ada.get("/tickets/?status=any&rating=sad").content.decode()
    assert "Rated: Not good" in page
    assert page.count("<tr id=") == 1
    assert client_ada.get("/api/v1/tickets/?status=any&rating=sad").json()["results"][0]["number"] == sad.pk


def test_the_page_of_a_ticket_needs_no_query_more_for_its_rating(
    sad: Ticket, client_ada: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client_ada.get(f"/tickets/{sad.pk}/")
    with django_assert_max_num_queries(10):
        assert "?status=any&amp;rating=sad" in client_ada.get(f"/tickets/{sad.pk}/").content.decode()
