"""Every situation of joining, holding, splitting, dropping and answering that we know, with its outcome."""

import pytest

from helpdesk.core.models import OutgoingMail
from tests.tickets.mail.conftest import Desk, steps
from tests.tickets.mail.joining import JOINING
from tests.tickets.mail.leaving_out import LEAVING_OUT
from tests.tickets.mail.situations import NEW, NEXT, NONE, OTHER, OWN, Situation
from tickets.models import MailIn, Ticket

pytestmark = pytest.mark.django_db
SITUATIONS = [*JOINING, *LEAVING_OUT]


@pytest.mark.parametrize("case", SITUATIONS, ids=[case.words for case in SITUATIONS])
def test_situation(case: Situation, desk: Desk) -> None:
    written = case.write(desk)
    raw, envelope = written if isinstance(written, tuple) else (written, {})
    before = Ticket.objects.count()
    mail = desk.receive(raw, **envelope)
    assert (mail.outcome, _where(mail, desk, before)) == (case.outcome, case.where), mail.reasons
    assert case.step in steps(mail)
    assert mail.status == MailIn.Status.DONE
    is_answered = OutgoingMail.objects.filter(kind="ticket-confirmation").exists()
    assert is_answered is case.answers


def _where(mail: MailIn, desk: Desk, before: int) -> str:
    is_more = Ticket.objects.count() > before
    if mail.ticket is None:
        return NONE if not is_more else "lost"
    if mail.ticket == desk.own:
        return OWN if not is_more else "two tickets"
    if mail.ticket.follows_id == desk.own.pk:
        return NEXT
    return NEW if is_more else OTHER
