"""Notices that go out by e-mail: what comes together is one mail, what was read in time is none."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from helpdesk.core.domain.languages import mail_language
from helpdesk.core.jobs import each_day, each_minute
from helpdesk.core.links import absolute_url
from helpdesk.core.models import Notice, User
from helpdesk.core.selectors.notices import Told, told
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.letters import write_letter, write_subject
from helpdesk.core.services.mail import queue_mail
from helpdesk.core.services.notices import delete_old_notices

NOTICES_A_MAIL = 50
MAX_SUBJECT = 200


@each_minute
def mail_notices(now: datetime) -> None:
    """One mail for each person, of all that is due. Safe to run twice: an UPDATE claims the notices."""
    due = Notice.objects.filter(mail_due_at__lte=now).values("user")
    for user in User.objects.filter(pk__in=due).order_by("pk"):
        _mail_one(user, now)


@each_day
def forget_old_notices(now: datetime) -> None:
    delete_old_notices(now=now)


@transaction.atomic
def _mail_one(user: User, now: datetime) -> None:
    due = list(Notice.objects.filter(user=user, mail_due_at__lte=now).order_by("pk")[:NOTICES_A_MAIL])
    ours = Notice.objects.filter(pk__in=[row.pk for row in due], mail_due_at__isnull=False)
    if ours.update(mail_due_at=None) != len(due):
        transaction.set_rollback(True)  # another process has some of them, and it takes them all
        return
    unread = [row for row in due if row.read_at is None and user.is_active]
    if rows := told(user, unread):
        _queue(user, rows, now)


def _queue(user: User, rows: Sequence[Told], now: datetime) -> None:
    organisation = current_organisation()
    language = mail_language(user.language, organisation.default_language)
    facts = {
        "told": rows,
        "only": rows[0] if len(rows) == 1 else None,
        "base": settings.BASE_URL,
        "settings_url": absolute_url(reverse("web:notice-choice")),
    }
    letter = write_letter("mails/notices", language=language, organisation=organisation, facts=facts)
    queue_mail(
        to=user.email,
        subject=write_subject("mails/notices", language=language, facts=facts)[:MAX_SUBJECT],
        text=letter.text,
        html=letter.html,
        language=language,
        kind="notices",
        ref=str(user.pk),
        now=now,
    )
