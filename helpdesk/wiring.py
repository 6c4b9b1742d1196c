"""The one list of "something in a lower app causes work in a higher one"; connected by `helpdesk.server`."""

from django.utils import timezone

from helpdesk.core.mailbox import use_own_servers, when_settled
from helpdesk.core.services import notice_mail, push  # so do its sweep and its jobs
from tickets.selectors import subjects  # the door of notices, too
from tickets.services import (  # webhooks and notices hear of what people do to tickets
    hooks,
    news,
    tags,  # so do undone tags
)
from tickets.services.figures import recount, report_mails  # so do their sweeps
from tickets.services.lost_mail import tell_of_lost_replies
from tickets.services.mail import take  # so do the intake's
from tickets.services.mail_out.automatic import RULE_MAIL_KIND
from tickets.services.mailboxes import removal  # so does its sweep
from tickets.services.mailboxes.sending import OwnSenders
from tickets.services.reply_to_customer import MAIL_KIND, tell_reply_settled
from tickets.services.rules import cleaning, clockwork  # sweeps and the jobs of rules register themselves
from tickets.services.work import snooze, timers  # so do their sweeps

__all__ = [
    "cleaning",
    "clockwork",
    "connect",
    "hooks",
    "news",
    "notice_mail",
    "push",
    "recount",
    "removal",
    "report_mails",
    "snooze",
    "subjects",
    "tags",
    "take",
    "timers",
]


def connect() -> None:
    use_own_servers(OwnSenders())
    for kind in (MAIL_KIND, RULE_MAIL_KIND):
        when_settled(kind, _reply_settled)


def _reply_settled(ref: str) -> None:
    tell_reply_settled(ref)
    tell_of_lost_replies(ref=ref, now=timezone.now())
