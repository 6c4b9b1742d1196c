"""A technician hears of a customer's answer by mail, answers that mail, and the customer has his words."""

import pytest

from helpdesk.core.models import OutgoingMail
from tests.tickets.mail.conftest import ANNA, Desk
from tests.tickets.surveys.desk import switch_on
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(desk: Desk) -> OutgoingMail:
    switch_on("answered")
    Ticket.objects.filter(pk=desk.own.pk).update(assignee=desk.ada)
    desk.receive(desk.letter(body="Still broken.\n", in_reply_to=desk.marked()))
    return OutgoingMail.objects.get(to=desk.ada.email)


def test_the_assignee_reads_who_wrote_what(notice: OutgoingMail) -> None:
    assert "Anna Berg wrote:\n\nStill broken." in notice.text


def test_who_answers_the_notice_answers_the_customer(desk: Desk, notice: OutgoingMail) -> None:
    answer = desk.letter(desk.ada.email, body="Try again.", in_reply_to=notice.message_id)
    assert desk.receive(answer).outcome == "answer"
    assert "Try again." in OutgoingMail.objects.filter(to=ANNA).latest("pk").text


def test_nobody_is_told_what_a_machine_answers(desk: Desk) -> None:
    switch_on("answered")
    Ticket.objects.filter(pk=desk.own.pk).update(assignee=desk.ada)
    desk.receive(desk.letter(in_reply_to=desk.marked(), auto_submitted="auto-replied"))
    assert not OutgoingMail.objects.filter(to=desk.ada.email).exists()
