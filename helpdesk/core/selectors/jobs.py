from datetime import datetime

from django.db.models import Q

from helpdesk.core.models import Job


def due(now: datetime) -> Q:
    """Waiting and due, or left behind by a worker that died."""
    return Q(status=Job.Status.QUEUED, run_at__lte=now) | Q(status=Job.Status.RUNNING, lease_until__lte=now)


def due_job_ids(now: datetime, limit: int = 100) -> list[int]:
    """Oldest first."""
    return list(Job.objects.filter(due(now)).order_by("run_at", "id").values_list("id", flat=True)[:limit])
