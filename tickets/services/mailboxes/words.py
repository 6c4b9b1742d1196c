"""What a state in trouble means, in one sentence."""

from django.utils.translation import gettext_lazy as _

from tickets.models import Mailbox

TROUBLE = {
    Mailbox.State.REFUSED: _("Sign-in was refused."),
    Mailbox.State.UNREACHABLE: _("The server cannot be reached. We keep trying."),
    Mailbox.State.FULL: _("The disk of the desk is full. New mail waits with its sender."),
}
