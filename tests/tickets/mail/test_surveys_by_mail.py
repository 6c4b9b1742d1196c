"""A technician solves a ticket by mail, and an answer to the survey's mail joins its ticket."""

import pytest

from tests.tickets.mail.conftest import Desk
from tests.tickets.surveys.desk import survey_mail, switch_on, the_survey
from tickets.models import Survey

pytestmark = pytest.mark.django_db


def test_a_technicians_mail_that_solves_asks_if_a_rule_says_so(desk: Desk) -> None:
    letter = desk.letter(
        desk.ada.email, body="#status resolved\nDone.", in_reply_to=desk.marked(to=desk.ada.email)
    )
    switch_on("survey")
    desk.receive(letter)
    assert the_survey().ticket == desk.own
    mail = survey_mail()
    assert mail.to == the_survey().email

    desk.receive(desk.letter(mail.to, to=mail.reply_to, body="It is not solved!"))
    assert desk.words()[-1] == ("customer", "It is not solved!", False)
    desk.own.refresh_from_db()
    assert (desk.own.status, Survey.objects.get().rating) == ("open", "")


def test_an_out_of_office_answer_to_a_survey_changes_nothing(desk: Desk) -> None:
    switch_on("survey")
    letter = desk.letter(
        desk.ada.email, body="#status resolved\nDone.", in_reply_to=desk.marked(to=desk.ada.email)
    )
    desk.receive(letter)
    mail = survey_mail()
    desk.receive(
        desk.letter(mail.to, to=mail.reply_to, body="I am away", in_reply_to=mail.message_id,
                    auto_submitted="auto-replied")
    )  # fmt: skip
    desk.own.refresh_from_db()
    assert (desk.own.status, Survey.objects.count()) == ("resolved", 1)
