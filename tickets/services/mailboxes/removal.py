"""Deleting a mailbox: nothing that came in is lost, and for ten minutes it comes back as it was."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.errors import Conflict
from helpdesk.core.events import publish
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from tickets.models import Mailbox
from tickets.selectors.mailboxes import UNDO, rules_naming

State = Mailbox.State


@transaction.atomic
def delete_mailbox(*, mailbox: Mailbox, by: User, now: datetime) -> None:
    """It receives, fetches and sends nothing any more; its tickets, the journal and the server keep all.
    Conflict as long as rules name it. The first caller does it.
    """
    if rules_naming(mailbox.address):
        raise Conflict(_("Rules name this mailbox. Change them first."))
    rows = Mailbox.objects.filter(pk=mailbox.pk, deleted_at=None)
    if rows.update(deleted_at=now, is_active=False):
        record(actor=by, verb="mailbox.deleted", target=mailbox, now=now)
        publish("mailbox", str(mailbox.pk))


@transaction.atomic
def restore_mailbox(*, mailbox: Mailbox, by: User, now: datetime) -> None:
    """As it was, on or off. Conflict when it is too late, or when its address is in use again."""
    row = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if row.deleted_at is None or row.deleted_at <= now - UNDO:
        raise Conflict(_("It is too late: the passwords are gone. Add the mailbox again."))
    row.deleted_at, row.is_active = None, row.state != State.OFF
    if row.is_active:
        row.state, row.state_words, row.state_at = State.NEVER, "", now
    try:
        with transaction.atomic():
            row.save(update_fields=["deleted_at", "is_active", "state", "state_words", "state_at"])
    except IntegrityError:
        raise Conflict(_("There is a mailbox with this address already.")) from None
    record(actor=by, verb="mailbox.restored", target=row, now=now)
    publish("mailbox", str(row.pk))


@jobs.each_minute
def forget_deleted_secrets(now: datetime) -> None:
    """What nobody can bring back any more needs no passwords (A27)."""
    gone = Mailbox.objects.filter(deleted_at__lte=now - UNDO)
    gone.exclude(secret_sealed="", send_secret_sealed="").update(secret_sealed="", send_secret_sealed="")
