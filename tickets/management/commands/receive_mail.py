"""`manage.py receive_mail < message`: for pipes of other mail servers, as in /etc/aliases."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from helpdesk.core.errors import Invalid
from tickets.models import Mailbox, MailIn
from tickets.services.mail.journal import MAX_RAW_BYTES, store_raw

#: sysexits.h: the mail server keeps the mail and tries again.
EX_TEMPFAIL = 75


class Command(BaseCommand):
    help = "Takes one mail from standard input into the journal; it is worked on in a moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", default="", help="the address of ours that the mail came to")
        parser.add_argument("--sender", default="", help="the sender of the envelope")
        parser.add_argument("--recipient", action="append", default=[], help="a recipient of the envelope")

    def handle(self, *_args: object, **options: Any) -> None:
        """Ends well only when the mail is on the disk; exit code 75 asks the mail server to try again."""
        mailbox = None
        if address := options["mailbox"].lower():
            mailbox = Mailbox.objects.filter(address=address, deleted_at=None).first()
            if mailbox is None:
                raise CommandError(f"There is no mailbox {address}.")
        raw = sys.stdin.buffer.read(MAX_RAW_BYTES + 1)
        if not raw.strip():
            raise CommandError("There is no mail on standard input.")
        try:
            mail = store_raw(
                raw=raw,
                source=MailIn.Source.PIPE,
                mailbox=mailbox,
                envelope_from=options["sender"],
                envelope_to=options["recipient"],
                now=timezone.now(),
            )
        except (OSError, DatabaseError) as error:
            raise CommandError(f"The mail was not kept: {error}", returncode=EX_TEMPFAIL) from error
        except Invalid as error:
            raise CommandError(f"The mail is too large: {error}") from error
        self.stdout.write(f"Mail {mail.pk} is in the journal.")
