from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from helpdesk.demo.load import load_demo


class Command(BaseCommand):
    help = "Load a small made-up firm with clients, devices and tickets into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        if load_demo(now=timezone.now()):
            self.stdout.write("The demo was loaded.")
        else:
            self.stdout.write("Nothing was loaded: the database is not empty.")
