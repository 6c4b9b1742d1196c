"""`manage.py doctor`: does mail come in and go out, and what helps if not? Exit code 1 with any problem."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from helpdesk.server.doctor import examine

SIGNS = {"ok": "  ok     ", "warning": "  note   ", "problem": "  PROBLEM"}


class Command(BaseCommand):
    help = "Check the mailboxes, send a test mail round, look at SPF, DKIM and DMARC"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-mail", action="store_true", help="send no test mail")
        parser.add_argument("--no-dns", action="store_true", help="do not ask DNS")

    def handle(self, *_args: object, **options: object) -> None:
        problems = 0
        for finding in examine(sends_mail=not options["no_mail"], asks_dns=not options["no_dns"]):
            problems += finding.level == "problem"
            self.stdout.write(f"{SIGNS[finding.level]}  {finding.words}")
            self.stdout.flush()
        if problems:
            self.stdout.write(_("%(n)s problems. Mailboxes: Settings > Mailboxes.") % {"n": problems})
            sys.exit(1)
        self.stdout.write(_("All is well."))
