from importlib import import_module

from django.apps import AppConfig


class SupportSessionsConfig(AppConfig):
    """Label apart from Django's own app of the same name (its label is taken)."""

    name = "sessions"
    label = "support_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("sessions.services.close")  # its sweeps register themselves
