"""Two at once, on connections of their own."""

from datetime import datetime

import pytest

from agents.models import Client
from helpdesk.core.models import User
from tests.agents.test_races import at_once
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.merge.conftest import merge, undo
from tickets.errors import MergeRefused, NotMerged
from tickets.models import Message, Ticket, TicketMerge
from tickets.services.add_customer_message import add_customer_message

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_tickets_are_merged_into_each_other_at_once_and_one_wins(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    pair = make_tickets(2, now, client=acme)
    answers = at_once(2, lambda number: merge(pair[number], pair[1 - number], ada, now))
    assert sum(isinstance(answer, MergeRefused) for answer in answers) == 1
    assert Ticket.objects.filter(merged_into=None).count() == 1


def test_a_circle_of_three_never_closes(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    ring = make_tickets(3, now, client=acme)
    answers = at_once(3, lambda n: merge(ring[n], ring[(n + 1) % 3], ada, now))
    assert any(isinstance(answer, MergeRefused) for answer in answers)
    assert Ticket.objects.filter(merged_into=None).exists()


def test_no_word_is_lost_while_somebody_merges(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    source, target = make_tickets(2, now, client=acme)

    def deed(number: int) -> object:
        if number == 0:
            return merge(source, target, ada, now)
        return add_customer_message(ticket=the_ticket(source), body=f"Word {number}", now=now)

    at_once(4, deed)
    assert Message.objects.filter(ticket=target).count() == 3


def test_one_undoes(transactional_db: None, acme: Client, ada: User, now: datetime) -> None:
    source, target = make_tickets(2, now, client=acme)
    merge(source, target, ada, now)
    answers = at_once(3, lambda _number: undo(source, ada, now))
    assert sum(isinstance(answer, NotMerged) for answer in answers) == 2
    assert TicketMerge.objects.filter(undone_at=None).count() == 0
