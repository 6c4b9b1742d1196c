"""Mail that leaves the desk about a ticket."""

from tickets.services.mail_out.alarm import resume_automatic_mail, resume_mailbox, stop_automatic_mail
from tickets.services.mail_out.automatic import AutomaticMail, Fate, queue_automatic, queue_automatic_bulk
from tickets.services.mail_out.envelopes import sender_of, thread_of
from tickets.services.mail_out.letters import Letter, write_letter

__all__ = [
    "AutomaticMail",
    "Fate",
    "Letter",
    "queue_automatic",
    "queue_automatic_bulk",
    "resume_automatic_mail",
    "resume_mailbox",
    "sender_of",
    "stop_automatic_mail",
    "thread_of",
    "write_letter",
]
