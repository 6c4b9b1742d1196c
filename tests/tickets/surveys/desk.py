"""A ticket that is solved under a rule that asks, and the link that its mail carries."""

import re
from datetime import datetime

from helpdesk.core.models import OutgoingMail, User
from tickets.domain.status import Status
from tickets.models import Rule, Survey, Ticket
from tickets.services.change_status import change_status
from tickets.services.rules.book import turn_page


def switch_on(preset: str) -> Rule:
    Rule.objects.filter(preset=preset).update(is_active=True)
    turn_page()
    return Rule.objects.get(preset=preset)


def solve(ticket: Ticket, by: User, now: datetime) -> Ticket:
    ticket = Ticket.objects.get(pk=ticket.pk)
    change_status(ticket=ticket, to=Status.RESOLVED, by=by, now=now)
    return ticket


def survey_mail() -> OutgoingMail:
    return OutgoingMail.objects.filter(kind="ticket-survey").latest("pk")


def link_in(mail: OutgoingMail) -> str:
    """The path of the link, without its face."""
    found = re.search(r"http://127\.0\.0\.1:8000(/survey/dbs_[\w-]{43}/)\?rating=happy", mail.text)
    assert found, mail.text
    return found[1]


def the_survey() -> Survey:
    return Survey.objects.latest("pk")
