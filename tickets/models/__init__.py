from tickets.models.entries import Activity, Attachment, Message
from tickets.models.mail import BlockedSender, MailIn, Participant
from tickets.models.mailbox import Mailbox
from tickets.models.rules import Rule, RuleBook, RuleExample, RuleHit, RuleTrace, RuleTurn
from tickets.models.tag import Tag
from tickets.models.ticket import Ticket

__all__ = [
    "Activity",
    "Attachment",
    "BlockedSender",
    "MailIn",
    "Mailbox",
    "Message",
    "Participant",
    "Rule",
    "RuleBook",
    "RuleExample",
    "RuleHit",
    "RuleTrace",
    "RuleTurn",
    "Tag",
    "Ticket",
]
