"""Mail that waits for a technician is found by technicians, also on a ticket that is finished."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.core.models import User
from tests.conftest import browser_of
from tests.tickets.mail.conftest import MALLORY, Desk
from tickets.domain.filters import BadFilter, TicketFilters, read_filters
from tickets.domain.status import Status
from tickets.models import Message, Ticket
from tickets.selectors.access import tickets_visible_to
from tickets.selectors.lists import TicketList, with_held_mail
from tickets.services.mail.strangers import admit_sender

pytestmark = pytest.mark.django_db
SIDE = '<span>Held mail</span><span class="count" id="view-count-held">'


@pytest.fixture
def held(desk: Desk) -> Message:
    """Mallory wrote to a ticket that is resolved."""
    desk.receive(desk.letter(MALLORY, in_reply_to=desk.marked()))
    Ticket.objects.filter(pk=desk.own.pk).update(status="resolved")
    return Message.objects.get(is_held=True)


def test_held_mail_is_found_on_finished_tickets_too(desk: Desk, held: Message) -> None:
    filters = read_filters({"held": ["yes"]}, me=desk.ada.pk)
    assert filters.statuses == frozenset()
    assert TicketList(desk.ada, filters).page().tickets == [desk.own]


def test_a_status_that_is_asked_for_narrows_held_mail(desk: Desk, held: Message) -> None:
    filters = read_filters({"held": ["yes"], "status": ["open"]}, me=desk.ada.pk)
    assert filters.statuses == {Status.OPEN}
    assert TicketList(desk.ada, filters).page().tickets == []


def test_a13_no_other_word_asks_for_held_mail() -> None:
    with pytest.raises(BadFilter):
        read_filters({"held": ["is_held"]}, me=1)


def test_a11_held_mail_of_another_client_is_neither_listed_nor_counted(held: Message, gus: User) -> None:
    assert TicketList(gus, TicketFilters(is_held=True)).page().tickets == []
    assert not with_held_mail(tickets_visible_to(gus)).exists()


def test_the_sidebar_counts_what_waits_until_somebody_decides(desk: Desk, held: Message) -> None:
    browser = browser_of(desk.ada)
    assert f"{SIDE}1</span></a>" in browser.get("/tickets/").content.decode()
    admit_sender(ticket=desk.own, message=held, by=desk.ada, now=desk.now)
    assert f"{SIDE}</span></a>" in browser.get("/tickets/").content.decode()


def test_the_list_says_that_it_shows_held_mail_and_stays_cheap(desk: Desk, held: Message) -> None:
    browser = browser_of(desk.ada)
    browser.get("/tickets/")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/tickets/?held=yes").content.decode()
    assert page.count("<tr id=") == 1
    assert "Held mail<svg" in page.replace("Held mail <", "Held mail<")
    assert len(queries) <= 8
