from django.apps import AppConfig


class SupportSessionsConfig(AppConfig):
    """Label apart from Django's own app of the same name (its label is taken)."""

    name = "sessions"
    label = "support_sessions"
