"""Anna was asked how it went."""

from datetime import datetime

import pytest
from django.utils import timezone

from helpdesk.core.models import User
from tests.tickets.surveys.desk import link_in, solve, survey_mail, switch_on
from tickets.models import Ticket


@pytest.fixture
def solved(ticket: Ticket, ada: User, now: datetime) -> Ticket:
    switch_on("survey")
    return solve(ticket, ada, now)


@pytest.fixture
def link(ticket: Ticket, ada: User) -> str:
    """Asked just now: pages read the clock."""
    switch_on("survey")
    solve(ticket, ada, timezone.now())
    return link_in(survey_mail())
