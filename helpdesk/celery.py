"""The Celery application: it wakes workers with the id of a job row, the row is the truth.

Embedded (the default): the broker lives in this process's memory and `serve` runs the worker as a thread.
Scaled: EMBEDDED=0, REDIS_URL=redis://..., `celery -A helpdesk worker` and `celery -A helpdesk beat`.
"""

import os
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

SWEEP_SECONDS = 3
MINUTE_SECONDS = 60
CLEAN_SECONDS = 24 * 3600
POLLING_SECONDS = 0.005

in_memory = settings.EMBEDDED or not settings.REDIS_URL
# The embedded worker finds Django set up and closes its connections itself.
options: dict[str, Any] = {"fixups": []} if in_memory else {}

app = Celery("helpdesk", broker="memory://localhost//" if in_memory else settings.REDIS_URL, **options)
app.conf.update(
    imports=["helpdesk.server.tasks"],
    broker_connection_retry_on_startup=True,
    broker_heartbeat=0,
    broker_transport_options={"polling_interval": POLLING_SECONDS} if in_memory else {},
    broker_connection_timeout=0.5,
    task_publish_retry=False,  # a page must not wait for a broker that is away: the sweep finds the row
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_prefetch_multiplier=4,
    worker_send_task_events=False,
    beat_schedule={
        "sweep": {"task": "sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        "moment": {"task": "moment", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        "minute": {"task": "minute", "schedule": MINUTE_SECONDS, "options": {"expires": MINUTE_SECONDS}},
        "clean": {"task": "clean_house", "schedule": CLEAN_SECONDS, "options": {"expires": CLEAN_SECONDS}},
    },
)
