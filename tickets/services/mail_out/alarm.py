"""The emergency brake of automatic mail, and its alarm."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from helpdesk.core.domain.languages import mail_language
from helpdesk.core.events import publish
from helpdesk.core.models import Organisation, User
from helpdesk.core.selectors.organisation import current_organisation, forget_organisation
from helpdesk.core.services.audit import record
from helpdesk.core.services.letters import write_subject
from helpdesk.core.services.mail import MailSpec, queue_mails_bulk
from tickets.models import Mailbox
from tickets.services.mail_out.letters import write_letter

logger = logging.getLogger(__name__)


def stop_automatic_mail(*, now: datetime, mailbox: str = "") -> bool:
    """Withholds all automatic mail from now on, or that from one address, and writes to the administrators;
    the first caller does it.
    """
    if mailbox:
        rows = Mailbox.objects.filter(address=mailbox, deleted_at=None, automatic_stopped_at=None)
        stopped = rows.update(automatic_stopped_at=now)
    else:
        Organisation.objects.get_or_create(pk=1)
        rows_of_one = Organisation.objects.filter(pk=1, automatic_stopped_at=None)
        stopped = rows_of_one.update(automatic_stopped_at=now)
    if stopped != 1:
        return False
    logger.error(
        "Automatic mail %s is stopped: there was too much of it. Settings, Mailboxes starts it again.",
        f"from {mailbox}" if mailbox else "of the whole desk",
    )
    transaction.on_commit(forget_organisation)
    publish("mailbox", "")
    organisation = current_organisation()
    readers = User.objects.filter(is_active=True, roles__is_locked=True).distinct()
    queue_mails_bulk([_alarm(reader, organisation, mailbox) for reader in readers], now=now)
    return True


def resume_automatic_mail(*, by: User, now: datetime) -> bool:
    """Lets automatic mail go out again. While the last 10 minutes still hold too much, it stops at once."""
    resumed = Organisation.objects.filter(pk=1, automatic_stopped_at__isnull=False).update(
        automatic_stopped_at=None
    )
    if resumed == 1:
        record(actor=by, verb="resumed automatic mail", target=current_organisation(), now=now)
        forget_organisation()
    return resumed == 1


def resume_mailbox(*, mailbox: Mailbox, by: User, now: datetime) -> bool:
    """As `resume_automatic_mail`, for one mailbox."""
    rows = Mailbox.objects.filter(pk=mailbox.pk, automatic_stopped_at__isnull=False)
    resumed = rows.update(automatic_stopped_at=None) == 1
    if resumed:
        record(actor=by, verb="resumed automatic mail", target=mailbox, now=now)
        publish("mailbox", str(mailbox.pk))
    return resumed


def _alarm(reader: User, organisation: Organisation, mailbox: str) -> MailSpec:
    language = mail_language(reader.language, organisation.default_language)
    letter = write_letter(
        "stopped",
        language=language,
        organisation=organisation,
        facts={"url": f"{settings.BASE_URL}/settings/mailboxes/", "mailbox": mailbox},
    )
    return MailSpec(
        to=reader.email,
        to_name=reader.full_name,
        subject=write_subject("tickets/mails/stopped", language=language, facts={}),
        text=letter.text,
        html=letter.html,
        language=language,
        kind="automatic-stopped",
    )
