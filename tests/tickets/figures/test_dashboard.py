"""The dashboard as a technician sees it: every number leads to the tickets that it counts."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client as Browser
from django.utils import timezone

from agents.models import Client, Contact
from helpdesk.core.models import Organisation, Team, User
from helpdesk.core.selectors.organisation import forget_organisation
from tests.conftest import browser_of
from tests.tickets.conftest import make_tickets
from tests.tickets.pages import assert_numbers_are_lists, plain
from tickets.domain.status import Status
from tickets.domain.targets import Unit
from tickets.models import ServiceTarget, Ticket
from tickets.selectors.targets import forget_targets
from tickets.services.change_status import change_status
from tickets.services.reply_to_customer import reply_to_customer


@pytest.fixture
def busy(acme: Client, globex: Client, anna: Contact, ada: User, bob: User) -> list[Ticket]:
    """Some tickets of the last days; the page reads the real clock."""
    now = timezone.now()
    tickets = make_tickets(3, now - timedelta(hours=1), client=acme, contact=anna, assignee=ada)
    tickets += make_tickets(2, now - timedelta(days=3), client=globex, contact=anna, priority="urgent")
    tickets += make_tickets(2, now - timedelta(days=40), client=acme, contact=anna, assignee=bob)
    for ticket in tickets[:2]:
        reply_to_customer(ticket=ticket, body="On it.", by=ada, now=now - timedelta(minutes=50))
        change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now - timedelta(minutes=20))
    change_status(ticket=tickets[-1], to=Status.RESOLVED, by=bob, now=now - timedelta(days=2))
    return tickets


def numbers_with_links(page: str) -> list[tuple[int, str]]:
    """(number, address) of every link to a list that shows a whole number."""
    found = re.findall(r'<a [^>]*href="(/tickets/\?[^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    plain = [(re.sub("<title>.*?</title>|<[^>]+>", " ", text).split(), unescape(url)) for url, text in found]
    return [(int(words[-1]), url) for words, url in plain if words and words[-1].isdecimal()]


@pytest.mark.parametrize("query", ["", "?days=7", "?who=me", "?who=team"])
def test_each_number_is_a_list_with_exactly_that_many_rows(
    busy: list[Ticket], ada: User, bob: User, query: str
) -> None:
    Team.objects.create(name="First line").members.add(ada, bob)
    browser = browser_of(ada)
    numbers = numbers_with_links(browser.get(f"/dashboard/{query}").content.decode())
    assert len(numbers) > 20
    assert_numbers_are_lists(ada, browser, set(numbers))


def test_one_client_is_counted_from_its_tickets(busy: list[Ticket], ada: User, globex: Client) -> None:
    browser = browser_of(ada)
    page = browser.get(f"/dashboard/?client={globex.public_id}").content.decode()
    assert_numbers_are_lists(ada, browser, set(numbers_with_links(page)))


def test_a_technician_of_one_client_sees_its_figures_alone(busy: list[Ticket], gus: User) -> None:
    browser = browser_of(gus)
    page = browser.get("/dashboard/").content.decode()
    assert "Created 2" in page
    assert_numbers_are_lists(gus, browser, set(numbers_with_links(page)))


def test_a_target_in_whole_days_is_told_in_words(busy: list[Ticket], ada: User) -> None:
    promises = {"medium": {"first": [1, "h"], "resolve": [2, Unit.DAYS.value]}}
    ServiceTarget.objects.create(name="Usual", promises=promises)
    forget_targets()
    page = browser_of(ada).get("/dashboard/").content.decode()
    assert "target 1 h" in page
    assert "target 2 days" in page


def test_what_was_drawn_follows_all_that_it_shows(
    busy: list[Ticket], ada: User, bob: User, gus: User, acme: Client, both: list[tuple[str, str]]
) -> None:
    browsers = [browser_of(user) for user in (ada, gus)]
    people, clients = User.objects.filter(pk=bob.pk), Client.objects.filter(pk=acme.pk)

    def look() -> None:
        for browser in browsers:
            for query in ("", "?days=7", "?who=me", f"?client={acme.public_id}"):
                assert browser.get(f"/dashboard/{query}").status_code == 200

    def promise(hours: int) -> None:
        promises = {"medium": {"first": [hours, "h"]}}
        ServiceTarget.objects.update_or_create(name="Usual", defaults={"promises": promises})
        forget_targets()

    def rename() -> None:
        Organisation.objects.update_or_create(pk=1, defaults={"name": "Bell & Co"})
        forget_organisation()

    now = timezone.now()
    changes: list[Callable[[], object]] = [
        lambda: None,
        lambda: make_tickets(1, now, client=acme, assignee=ada),
        lambda: change_status(ticket=busy[2], to=Status.WAITING, by=ada, now=now),
        lambda: people.update(seen_at=now),
        lambda: people.update(is_away=True),
        lambda: people.update(full_name="Robert"),
        lambda: clients.update(name="Acme & Sons"),
        rename,
        lambda: promise(2),
        lambda: promise(4),
    ]
    for change in changes:
        change()
        drawn = len({kept for kept, _drawn in both})
        look()
        assert len({kept for kept, _drawn in both}) > drawn
    for kept, drawn_now in both:
        assert plain(kept) == plain(drawn_now)


def test_odd_addresses_show_the_usual_page(client_ada: Browser) -> None:
    for query in (
        "?days=8",
        "?days=x",
        "?who=all",
        "?client=x",
        "?client=00000000-0000-0000-0000-000000000000",
    ):
        page = client_ada.get(f"/dashboard/{query}")
        assert page.status_code == 200
        assert "30 days" in page.content.decode()


def test_it_costs_at_most_8_queries(
    busy: list[Ticket], ada: User, django_assert_max_num_queries: object
) -> None:
    browser = browser_of(ada)
    browser.get("/dashboard/?who=team")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        browser.get("/dashboard/?who=team")


def test_the_first_page_is_chosen_in_the_profile(client_ada: Browser, ada: User) -> None:
    form = {"full_name": "Ada", "language": "en", "time_zone": "", "theme": "", "signature": ""}
    client_ada.post("/profile/", {**form, "at_dashboard": "on"})
    assert client_ada.get("/").headers["Location"] == "/dashboard/"
    assert "checked" in client_ada.get("/profile/").content.decode()
    client_ada.post("/profile/", form)
    assert client_ada.get("/").headers["Location"] == "/tickets/"
