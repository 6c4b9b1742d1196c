"""What a mailbox in trouble means, in one sentence."""

from django.utils.translation import gettext_lazy as _

from tickets.models import Mailbox

_TROUBLE = {
    Mailbox.State.REFUSED: _("Sign-in was refused."),
    Mailbox.State.UNREACHABLE: _("No mail can be fetched. We keep trying."),
    Mailbox.State.FULL: _("The disk of the desk is full. New mail waits with its sender."),
}
_DEAF = _("The desk does not listen for mail.")
_HELP = {
    Mailbox.State.REFUSED: _(
        "Enter the user and the password anew in its settings and save. By itself the desk tries every 15"
        " minutes only, so that the server does not lock the account."
    ),
    Mailbox.State.UNREACHABLE: _(
        "Mail stays on its server and comes once we get in. Compare server, port and encryption in its"
        " settings with what your provider says, and press Try again."
    ),
    Mailbox.State.FULL: _(
        "Nothing is lost: fetched mail stays on its server, other mail with its sender. Make room on the"
        " disk; then it comes by itself, or at once when you press Try again."
    ),
}
_DEAF_HELP = _("Let the operator of the desk look at SMTP_LISTEN and at what else uses this port.")
_SENDING_HELP = {
    Mailbox.Sending.REFUSED: _(
        "Enter the user and the password for sending anew in its settings and save. Its mails wait meanwhile;"
        " other mailboxes go on sending."
    ),
    Mailbox.Sending.UNREACHABLE: _(
        "Its mails go out once the server answers; other mailboxes go on sending. Compare the server for"
        " sending in its settings with what your provider says, and press Try again."
    ),
}


def trouble_of(mailbox: Mailbox) -> str:
    """Empty when all is well, or was not tried yet."""
    if _is_deaf(mailbox):
        return str(_DEAF)
    return str(_TROUBLE.get(Mailbox.State(mailbox.state), ""))


def help_for(mailbox: Mailbox) -> str:
    """What to do about it."""
    return str(_DEAF_HELP if _is_deaf(mailbox) else _HELP.get(Mailbox.State(mailbox.state), ""))


def _is_deaf(mailbox: Mailbox) -> bool:
    return mailbox.kind == Mailbox.Kind.SMTP and mailbox.state == Mailbox.State.UNREACHABLE


_SENDING = {
    Mailbox.Sending.REFUSED: _("Sending was refused. Its mails wait."),
    Mailbox.Sending.UNREACHABLE: _("The server for sending cannot be used. Its mails wait; we keep trying."),
}


def sending_trouble_of(mailbox: Mailbox) -> str:
    """Of its own way out."""
    return str(_SENDING.get(Mailbox.Sending(mailbox.send_state), "")) if mailbox.sends_itself else ""


def sending_help_for(mailbox: Mailbox) -> str:
    return str(_SENDING_HELP.get(Mailbox.Sending(mailbox.send_state), "")) if mailbox.sends_itself else ""
