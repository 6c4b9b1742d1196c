"""Counts all figures of the dashboard and the reports anew."""

from django.core.management.base import BaseCommand

from tickets.models import TicketFigure
from tickets.services.figures.recount import recount


class Command(BaseCommand):
    help = "Count the figures of the dashboard and the reports anew from the tickets; safe at any time."

    def handle(self, **options: object) -> None:
        recount()
        self.stdout.write(f"Counted {TicketFigure.objects.count()} tickets anew.")
