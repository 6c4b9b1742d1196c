"""What would otherwise grow for ever."""

from datetime import datetime

from django.contrib.sessions.models import Session

from helpdesk.core.services.jobs import delete_old_jobs, run_day


def clean_house(*, now: datetime) -> None:
    """Removes old done jobs, sign-ins that have run out, and what the apps call old. Safe to run twice."""
    delete_old_jobs(now=now)
    Session.objects.filter(expire_date__lt=now).delete()
    run_day(now=now)
