"""What a mailbox in trouble means, in one sentence."""

from django.utils.translation import gettext_lazy as _

from tickets.models import Mailbox

_TROUBLE = {
    Mailbox.State.REFUSED: _("Sign-in was refused."),
    Mailbox.State.UNREACHABLE: _("The server cannot be reached. We keep trying."),
    Mailbox.State.FULL: _("The disk of the desk is full. New mail waits with its sender."),
}
_DEAF = _("The desk does not listen for mail.")


def trouble_of(mailbox: Mailbox) -> str:
    """Empty when all is well, or was not tried yet."""
    if mailbox.kind == Mailbox.Kind.SMTP and mailbox.state == Mailbox.State.UNREACHABLE:
        return str(_DEAF)
    return str(_TROUBLE.get(Mailbox.State(mailbox.state), ""))


_SENDING = {
    Mailbox.Sending.REFUSED: _("Sending was refused. Mails wait until the user and the password are right."),
    Mailbox.Sending.UNREACHABLE: _("The server for sending cannot be reached. Mails wait; we keep trying."),
}


def sending_trouble_of(mailbox: Mailbox) -> str:
    """Of its own way out."""
    return str(_SENDING.get(Mailbox.Sending(mailbox.send_state), "")) if mailbox.sends_itself else ""
