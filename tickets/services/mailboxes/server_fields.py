"""What is wrong with the name of a mail server, and which passwords stay."""

from django.conf import settings
from django.utils.translation import gettext as _

from tickets.models import Mailbox
from tickets.services.mailboxes.sending import sealed_password


def server_problems(host: str, port: int, security: str, *, example: str) -> dict[str, str]:
    """Sentences for `host`, `port` and `security`."""
    found: dict[str, str] = {}
    if not host or any(sign in host for sign in " /@"):
        found["host"] = _("Enter the name of the server, like %(example)s.") % {"example": example}
    elif security == Mailbox.Security.NONE and host not in map(str.lower, settings.MAIL_ALLOWED_HOSTS):
        found["security"] = _("Without encryption the password can be read on the way. Choose TLS.")
    if not 0 < port < 65536:
        found["port"] = _("A port is a number from 1 to 65535.")
    return found


def sending_problems(row: Mailbox) -> dict[str, str]:
    found = server_problems(row.send_host, row.send_port, row.send_security, example="smtp.example.com")
    return {f"send_{name}": words for name, words in found.items()}


def keep_sending_secret(row: Mailbox, given: str, *, is_same: bool) -> dict[str, str]:
    """The password that is there stays only for the same server and user: else it could be sent elsewhere."""
    if not row.send_user:  # a server of the house may ask for none
        row.send_secret_sealed = ""
    elif given:
        row.send_secret_sealed = sealed_password(given)
    elif not (is_same and row.send_secret_sealed):
        words = _("Enter the password. It is needed again when the server or the user changes.")
        return {"send_secret": words}
    return {}
