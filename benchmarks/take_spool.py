"""python -m benchmarks.take_spool SPOOL: Deskbell takes SPOOL/warm-up and SPOOL/mails; prints mails a second.

Journal, threading, rules, clocks, outbox and search index as in the running desk; the outbox is not emptied.
"""

import sys
import time
from pathlib import Path

import django


def main() -> None:
    spool = Path(sys.argv[1])
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from helpdesk import wiring
    from tickets.models import MailIn, Ticket
    from tickets.selectors import search_index
    from tickets.selectors.mailboxes import active_mailboxes
    from tickets.services.mail.journal import RawMail, store_many
    from tickets.services.mail.take import take_due_mails
    from tickets.services.mailboxes.rows import ensure_first_mailbox

    wiring.connect()
    ensure_first_mailbox(now=timezone.now())
    mailbox = active_mailboxes()[0]

    def take(folder: Path) -> float:
        paths, before = sorted(folder.iterdir()), Ticket.objects.count()
        began = time.perf_counter()
        for start in range(0, len(paths), 50):  # as a mailbox is fetched
            mails = [
                RawMail(raw=path.read_bytes(), source=MailIn.Source.IMAP, mailbox=mailbox)
                for path in paths[start : start + 50]
            ]
            store_many(mails=mails, now=timezone.now())
        while take_due_mails(now=timezone.now()):
            pass
        search_index.learn_changes(parts=1_000)
        seconds = time.perf_counter() - began
        if Ticket.objects.count() - before != len(paths):
            sys.exit(f"{Ticket.objects.count() - before} tickets of {len(paths)} mails")
        return len(paths) / seconds

    take(spool / "warm-up")
    print(take(spool / "mails"))


if __name__ == "__main__":
    main()
