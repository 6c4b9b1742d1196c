"""A ticket's values of the fields that the desk added."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from agents.domain.fields import FieldOf
from agents.selectors.fields import fields_of
from agents.services.fields import checked_values, store_values
from helpdesk.core.models import User
from tickets.models import Ticket, TicketValue
from tickets.services.targets.retarget import retarget_for_fields
from tickets.services.work.common import must_be_open, note


@transaction.atomic
def fill_ticket(*, ticket: Ticket, typed: Mapping[str, str], by: User, now: datetime) -> None:
    """Values by the keys of fields; those not named stay. A line in the time line tells of each change.

    Raises `Invalid` (`field-<key>`), `TicketClosed`.
    """
    must_be_open(ticket)
    values = checked_values(fields_of(FieldOf.TICKET), typed)
    before = dict(TicketValue.objects.filter(ticket=ticket).values_list("field", "value"))
    changed = {field: value for field, value in values.items() if before.get(field.pk, "") != value}
    store_values(TicketValue, {"ticket": ticket}, changed)
    for field, value in changed.items():
        note(ticket, by, now, "field", before=field.name, after=value)
    if changed:
        retarget_for_fields(ticket, now=now)
