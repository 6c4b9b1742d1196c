from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Tickets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in (
            "hand_over",
            "keep_search",
            "mail.take",
            "targets.watch",
            "targets.promises",
        ):  # they register sweeps and job handlers
            import_module(f"tickets.services.{module}")
