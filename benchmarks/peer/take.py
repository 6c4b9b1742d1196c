"""python take.py SPOOL: the peer takes SPOOL/warm-up, then SPOOL/mails; prints mails a second.

Runs in the peer's virtual environment with PEER_DIR set; the first run makes the database.
"""

import os
import sys
import time
from pathlib import Path

import django


def main() -> None:
    spool = Path(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from helpdesk.email import process_email  # type: ignore[attr-defined]
    from helpdesk.models import Queue, Ticket  # type: ignore[attr-defined]

    def take(folder: Path) -> float:
        Queue.objects.update_or_create(
            slug="support",
            defaults={
                "title": "Support", "email_address": "support@example.org", "allow_email_submission": True,
                "email_box_type": "local", "email_box_local_dir": str(folder), "email_box_interval": 0,
                "logging_type": "none", "email_box_last_check": None, "allow_public_submission": True,
            },
        )  # fmt: skip
        count, before = len(list(folder.iterdir())), Ticket.objects.count()
        began = time.perf_counter()
        process_email(quiet=True)
        seconds = time.perf_counter() - began
        if Ticket.objects.count() - before != count:
            sys.exit(f"{Ticket.objects.count() - before} tickets of {count} mails")
        return count / seconds

    take(spool / "warm-up")
    print(take(spool / "mails"))


if __name__ == "__main__":
    main()
