from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "helpdesk.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        import_module("helpdesk.core.services.mail")  # registers the job handler "send_mail"
        import_module("helpdesk.core.services.accounts.links")  # "mail_link", and the sweep of sign-ins
