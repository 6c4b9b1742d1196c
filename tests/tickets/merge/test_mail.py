"""Mail to merged tickets: by every mark it carries, it ends where the story goes on."""

from collections.abc import Callable

import pytest

from helpdesk.core.models import OutgoingMail
from tests.tickets.conftest import last_activity, make_tickets, the_ticket
from tests.tickets.mail.conftest import MALLORY, Desk, steps
from tests.tickets.mail.reports import dsn
from tests.tickets.merge.conftest import merge, undo
from tickets.domain.status import Status
from tickets.models import Ticket
from tickets.selectors.merges import merged_targets
from tickets.services.merged import locked_final

pytestmark = pytest.mark.django_db


@pytest.fixture
def last(desk: Desk) -> Ticket:
    """Anna's ticket went into a second one and that into a third, of other people."""
    last, middle = make_tickets(2, desk.now, client=desk.own.client, contact_email="other@acme.example")
    merge(desk.own, middle, desk.ada, desk.now)
    merge(middle, last, desk.ada, desk.now)
    return last


MARKS: dict[str, Callable[[Desk], bytes]] = {
    "signed address": lambda d: d.letter(to=d.address()),
    "signed Message-ID": lambda d: d.letter(in_reply_to=d.marked()),
    "number in the subject": lambda d: d.letter(subject=f"Re: [#{d.own.number}] Printer"),
    "foreign id": lambda d: d.letter(in_reply_to="<first@acme.example>"),
}


@pytest.mark.parametrize("mark", MARKS)
def test_an_answer_to_a_merged_ticket_joins_the_last_target(desk: Desk, mark: str) -> None:
    desk.receive(desk.letter(message_id="<first@acme.example>", in_reply_to=desk.marked()))
    last, middle = make_tickets(2, desk.now, client=desk.own.client, contact_email="other@acme.example")
    merge(desk.own, middle, desk.ada, desk.now)
    merge(middle, last, desk.ada, desk.now)
    mail = desk.receive(MARKS[mark](desk))
    assert (mail.outcome, mail.ticket) == ("joined", last)
    assert (the_ticket(desk.own).status, last_activity(last).verb) == (Status.CLOSED, "wrote")


def test_after_an_undo_answers_come_home(desk: Desk) -> None:
    target = make_tickets(1, desk.now, client=desk.own.client)[0]
    merge(desk.own, target, desk.ada, desk.now)
    undo(desk.own, desk.ada, desk.now)
    assert desk.receive(desk.letter(in_reply_to=desk.marked())).ticket == desk.own


def test_a_stranger_is_held_in_the_target(desk: Desk, last: Ticket) -> None:
    mail = desk.receive(desk.letter(MALLORY, in_reply_to=desk.marked()))
    assert (mail.outcome, mail.ticket) == ("held", last)


def test_a_technicians_answer_by_mail_goes_out_from_the_target(desk: Desk, last: Ticket) -> None:
    mail = desk.receive(desk.letter(f"Ada <{desk.ada.email}>", in_reply_to=desk.marked(to=desk.ada.email)))
    assert (mail.outcome, mail.ticket) == ("answer", last)
    assert set(OutgoingMail.objects.values_list("ref", flat=True)) == {str(last.pk)}


def test_what_comes_back_is_told_in_the_target(desk: Desk) -> None:
    sent = desk.sent()
    target = make_tickets(1, desk.now, client=desk.own.client)[0]
    merge(desk.own, target, desk.ada, desk.now)
    mail = desk.receive(dsn(desk, desk.marked()), envelope_to=(desk.bounce_to(sent),))
    assert (mail.outcome, mail.ticket) == ("bounce", target)
    assert last_activity(target).field == "bounce"


def test_an_answer_after_the_target_is_closed_opens_its_follow_up(desk: Desk, last: Ticket) -> None:
    Ticket.objects.filter(pk=last.pk).update(status=Status.CLOSED, closed_at=desk.now)
    mail = desk.receive(desk.letter(in_reply_to=desk.marked()))
    assert mail.ticket
    assert (mail.ticket.follows, "follow-up" in steps(mail)) == (last, True)


def test_a_circle_that_should_not_be_ends_somewhere(desk: Desk) -> None:
    other = make_tickets(1, desk.now, merged_into=desk.own)[0]
    Ticket.objects.filter(pk=desk.own.pk).update(merged_into=other)
    assert desk.own.pk in merged_targets([desk.own.pk])
    assert locked_final(desk.own.pk) in {desk.own, other}
