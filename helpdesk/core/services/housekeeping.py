"""What would otherwise grow for ever."""

from datetime import datetime

from django.contrib.sessions.models import Session

from helpdesk.core.services.jobs import delete_old_jobs


def clean_house(*, now: datetime) -> None:
    """Removes old done jobs and sign-ins that have run out. Safe to run at any time, and twice."""
    delete_old_jobs(now=now)
    Session.objects.filter(expire_date__lt=now).delete()
