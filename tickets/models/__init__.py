from tickets.models.drafts import Draft, DraftFile, Mention
from tickets.models.entries import Activity, Attachment, Message
from tickets.models.figures import (
    FigureChange,
    FigureDay,
    FigureState,
    ReportPlan,
    StartChoice,
    TicketFigure,
)
from tickets.models.find import SearchChange
from tickets.models.follow import NewsPlace, TicketFollower
from tickets.models.macros import Macro, MacroRun
from tickets.models.mail import BlockedSender, MailIn, Participant, StoppedAddress
from tickets.models.mailbox import Mailbox
from tickets.models.merge import TicketMerge
from tickets.models.rules import Rule, RuleBook, RuleExample, RuleHit, RuleTrace, RuleTurn
from tickets.models.surveys import Survey
from tickets.models.tag import Tag
from tickets.models.targets import Calendar, DayOff, ServiceTarget, TicketClock
from tickets.models.ticket import Ticket
from tickets.models.views import BulkRun, ListLook, SavedView
from tickets.models.work import (
    ChecklistItem,
    Snooze,
    TagUndo,
    TagUndoTicket,
    TicketLink,
    TicketValue,
    TimeChoice,
    TimeEntry,
    Timer,
)

__all__ = [
    "Activity",
    "Attachment",
    "BlockedSender",
    "BulkRun",
    "Calendar",
    "ChecklistItem",
    "DayOff",
    "Draft",
    "DraftFile",
    "FigureChange",
    "FigureDay",
    "FigureState",
    "ListLook",
    "Macro",
    "MacroRun",
    "MailIn",
    "Mailbox",
    "Mention",
    "Message",
    "NewsPlace",
    "Participant",
    "ReportPlan",
    "Rule",
    "RuleBook",
    "RuleExample",
    "RuleHit",
    "RuleTrace",
    "RuleTurn",
    "SavedView",
    "SearchChange",
    "ServiceTarget",
    "Snooze",
    "StartChoice",
    "StoppedAddress",
    "Survey",
    "Tag",
    "TagUndo",
    "TagUndoTicket",
    "Ticket",
    "TicketClock",
    "TicketFigure",
    "TicketFollower",
    "TicketLink",
    "TicketMerge",
    "TicketValue",
    "TimeChoice",
    "TimeEntry",
    "Timer",
]
