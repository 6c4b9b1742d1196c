"""The presets that are on from the start."""

from datetime import datetime

import pytest

from agents.models import Contact
from helpdesk.core.models import OutgoingMail, User
from tests.tickets.rules.desk import mail_ticket, take_in
from tickets.domain.status import Status
from tickets.models import Activity, Rule, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_status import change_status
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.rules.book import turn_page

pytestmark = pytest.mark.django_db


class TestPresets:
    @pytest.mark.parametrize("status", ["resolved", "waiting"])
    def test_a_reply_reopens(self, ticket: Ticket, now: datetime, status: str) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status=status, resolved_at=now)
        message = add_customer_message(ticket=ticket, body="Still broken", now=now)
        assert (message.ticket.status, message.ticket.resolved_at) == ("open", None)
        line = Activity.objects.get(ticket=ticket, field="status")
        assert (line.verb, line.actor_label) == ("reopened", "Anna Berg")

    def test_an_automatic_reply_does_not_reopen(self, ticket: Ticket, now: datetime) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved")
        message = add_customer_message(
            ticket=ticket, body="I am on holiday", now=now, facts={"is_automatic": True, "language": ""}
        )
        assert message.ticket.status == "resolved"

    def test_switched_off_a_reply_leaves_the_status(self, ticket: Ticket, now: datetime) -> None:
        Rule.objects.filter(preset="reopen").update(is_active=False)
        turn_page()
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved")
        assert add_customer_message(ticket=ticket, body="Thanks", now=now).ticket.status == "resolved"

    def test_a_reply_on_a_processed_ticket_changes_nothing(self, ticket: Ticket, now: datetime) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="processing")
        assert add_customer_message(ticket=ticket, body="More", now=now).ticket.status == "processing"

    def test_who_wrote_a_mail_hears_that_we_have_it(self, now: datetime) -> None:
        ticket = take_in(mail_ticket(now, contact_email="anna@acme.example"), now)
        mail = OutgoingMail.objects.get()
        assert (mail.to, mail.kind) == ("anna@acme.example", "ticket-confirmation")
        assert f"#{ticket.number}" in mail.subject

    def test_a_machine_hears_nothing(self, now: datetime) -> None:
        take_in(mail_ticket(now, contact_email="robot@acme.example"), now, is_automatic=True)
        assert not OutgoingMail.objects.exists()

    def test_a_ticket_from_the_console_is_not_confirmed(
        self, now: datetime, ada: User, anna: Contact
    ) -> None:
        open_ticket(new=NewTicket(subject="Help", contact=anna), by=ada, now=now)
        assert not OutgoingMail.objects.exists()

    def test_a_ticket_that_comes_back_to_somebody_who_left_is_freed(
        self, ticket: Ticket, now: datetime, ada: User
    ) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved", assignee=ada)
        User.objects.filter(pk=ada.pk).update(is_active=False)
        message = add_customer_message(ticket=ticket, body="Again", now=now)
        assert (message.ticket.assignee, message.ticket.status) == (None, "open")

    def test_so_it_is_when_a_colleague_reopens_it(
        self, ticket: Ticket, now: datetime, ada: User, bob: User
    ) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved", assignee=ada)
        User.objects.filter(pk=ada.pk).update(is_active=False)
        ticket.refresh_from_db()
        change_status(ticket=ticket, to=Status.OPEN, by=bob, now=now)
        ticket.refresh_from_db()
        assert ticket.assignee is None

    def test_who_is_still_here_keeps_it(self, ticket: Ticket, now: datetime, ada: User) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved", assignee=ada)
        assert add_customer_message(ticket=ticket, body="Again", now=now).ticket.assignee == ada
