"""python fill.py TICKETS: django-helpdesk with as many tickets, three follow-ups each, one with 200.

Runs in the peer's virtual environment with PEER_DIR set. Its package is called as ours is: our root must
not be on the path.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import django

STEP = 10_000


def main() -> None:
    size = int(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    sys.path.append(str(Path(__file__).parents[1] / "pages"))
    from texts import Texts  # type: ignore[import-not-found]

    call_command("migrate", verbosity=0)
    from helpdesk.models import FollowUp, Queue, Ticket  # type: ignore[attr-defined]

    texts, now = Texts("a desk"), timezone.now()
    chance = texts.chance
    user = User.objects.create_user("admin", "admin@example.org", "x", is_staff=True, is_superuser=True)
    queues = [
        Queue.objects.create(slug=slug, title=slug) for slug in ("support", "network", "erp", "devices")
    ]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA journal_mode = OFF")
    thread = size - size // 100
    for first in range(1, size + 1, STEP):
        numbers = range(first, min(first + STEP, size + 1))
        Ticket.objects.bulk_create(
            Ticket(
                id=number,
                title=texts.subject(),
                description=texts.asked_text(number),
                queue=queues[number % 4],
                created=now - timedelta(seconds=60 * (size - number)),
                modified=now - timedelta(seconds=60 * (size - number)),
                submitter_email=f"p{number % 50_000}@c{number % 2_000}.example",
                status=1 if number == thread or (number > size * 0.95 and chance.random() < 0.6) else 4,
                priority=1 + number % 5,
                assigned_to=user if number % 3 else None,
                secret_key=f"k{number:09}",
            )
            for number in numbers
        )
        FollowUp.objects.bulk_create(
            FollowUp(
                ticket_id=number, date=now, title="Comment", comment=texts.told_text(), public=True, user=user
            )
            for number in numbers
            for _turn in range(200 if number == thread else 1 + number * 7 % 5)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
