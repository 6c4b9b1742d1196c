"""Addresses to which no machine writes any more, and the way back."""

from datetime import datetime

from django.db import transaction

from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from tickets.models import StoppedAddress


@transaction.atomic
def lift_stop(*, stopped: StoppedAddress, by: User, now: datetime) -> None:
    """Automatic mail goes to this address again. Safe to repeat."""
    if StoppedAddress.objects.filter(pk=stopped.pk).delete()[0]:
        record(actor=by, verb="address.resumed", target=stopped, before={"email": stopped.email}, now=now)
