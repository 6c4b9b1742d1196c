"""Everything on the page of one ticket."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import OutgoingMail, User
from helpdesk.core.rows import ASKED_ALSO, ASKED_KEY, Kept
from tickets.domain.kinds import SPOKEN, MessageKind, Source, Verb
from tickets.domain.seen import Seen
from tickets.models import Activity, Attachment, Message, Tag, Ticket
from tickets.selectors.access import client_scope, ticket_for, tickets_visible_to
from tickets.selectors.beside import Beside, beside
from tickets.selectors.letters import letters_of

#: So many other tickets of the contact are named.
OTHERS = 5
#: So many notes stand among the facts, too.
NOTES = 3
_WORST_FIRST = tuple(
    OutgoingMail.Status(name).value for name in ("bounced", "failed", "queued", "sending", "sent")
)


_ATTACHMENTS = Kept(lambda: Attachment.objects.filter(ticket=ASKED_KEY).order_by("id"))
_ACTIVITIES = Kept(
    lambda: Activity.objects.filter(ticket=ASKED_KEY).exclude(verb__in=SPOKEN).order_by("at", "id")
)
#: Without the HTML, which may be large: the page only needs to know that there is some.
_MESSAGES = Kept(
    lambda: (
        Message.objects.filter(ticket=ASKED_KEY)
        .select_related("mail")
        .annotate(
            has_copies=Exists(OutgoingMail.objects.filter(copy_of=OuterRef("mail"))),
            mail_reasons=F("mail_in__reasons"),
            has_html=ExpressionWrapper(~Q(html=""), output_field=BooleanField()),
            has_remote_pictures=ExpressionWrapper(
                Q(html__contains=' data-src="'), output_field=BooleanField()
            ),
        )
        .only(
            *("ticket", "kind", "author", "author_name", "author_email", "body", "folded", "created_at"),
            *("mail_in", "is_held", "is_automatic", "is_opening", "origin", "mail__to", "mail__status"),
            *("mail__hold_until", "mail__tries", "mail__is_secret", "mail__doubts", "mail__last_error"),
            "mail__copy_of",
        )
        .order_by("created_at", "id")
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the time line. Templates switch on `kind`: "description", "customer", "reply", "note" or
    "activity".
    """

    kind: str
    at: datetime
    author_name: str
    body: str = ""
    message: Message | None = None
    activity: Activity | None = None
    attachments: list[Attachment] = field(default_factory=list)
    #: The mails of a reply, the contact's first; of one sent again the last one.
    letters: Sequence[OutgoingMail] = ()
    #: It came as HTML, which `tickets:mail-body` shows; with pictures of other servers in it.
    has_html: bool = False
    has_remote_pictures: bool = False

    @property
    def author_email(self) -> str:
        """The address that a mail came from; "" of what is no mail."""
        return self.message.author_email if self.message else ""

    @property
    def is_held(self) -> bool:
        """Perhaps of a stranger: a technician has not decided yet."""
        return bool(self.message and self.message.is_held)

    @property
    def mail_state(self) -> str:
        """The worst state among its mails; "" without any."""
        states = {letter.status for letter in self.letters}
        return next((state for state in _WORST_FIRST if state in states), "")


class Told:
    """What was said and done in a ticket. Whoever has shown the same before need not read it: `raw` is all
    that the database said of it.
    """

    def __init__(self, ticket: Ticket) -> None:
        """Three queries."""
        self._ticket = ticket
        self._files = _ATTACHMENTS.found(ticket.pk)
        self._activities = _ACTIVITIES.found(ticket.pk)
        self._messages = _MESSAGES.found(ticket.pk)

    @property
    def raw(self) -> Hashable:
        """None where an answer went to several people, whose mails are asked for by themselves."""
        if any(self._messages.column("has_copies")):
            return None
        ticket = self._ticket
        return (
            *(ticket.pk, ticket.created_at, ticket.source, ticket.contact_name, ticket.contact_email),
            *(ticket.description, ticket.device.name if ticket.device else None),
            *(self._files.raw, self._activities.raw, self._messages.raw),
        )

    @property
    def seen(self) -> Seen:
        """What somebody has seen who looked at all of it."""
        return Seen(
            max(self._messages.column("id"), default=0), max(self._activities.column("id"), default=0)
        )

    @property
    def noted(self) -> Hashable:
        """The same as long as the latest notes are the same."""
        names = ("kind", "id", "author_name", "body")
        rows = zip(*(self._messages.column(name) for name in names), strict=True)
        return tuple([row for row in rows if row[0] == MessageKind.NOTE][-NOTES:])

    @cached_property
    def entries(self) -> list[Entry]:
        """Description, messages and changes in the order of time; a query more with copies of mails."""
        files: dict[int | None, list[Attachment]] = defaultdict(list)
        for attachment in self._files.rows():
            files[attachment.message_id].append(attachment)
        activities = self._activities.rows()
        messages = self._messages.rows()
        letters = _letters(messages)
        opening = next((message for message in messages if message.is_opening), None)
        told = [
            _of_message(message, files[message.pk], letters.get(message.pk, ()))
            for message in messages
            if not message.is_opening
        ]
        changed = [
            Entry("activity", activity.at, activity.actor_label, activity=activity) for activity in activities
        ]
        # Sorting is stable: at the same moment the words stand before the change that they caused.
        return [
            _description(self._ticket, activities, files[None], opening),
            *sorted([*told, *changed], key=lambda entry: entry.at),
        ]


@dataclass(frozen=True, slots=True)
class TicketSheet:
    """Everything that the ticket page shows."""

    ticket: Ticket
    tags: Sequence[Tag]
    told: Told
    #: Other tickets of the same contact that the user may see, newest first, at most five.
    others: Sequence[Ticket]
    #: Time, snooze, links, checklist, fields and what else is small.
    beside: Beside

    @property
    def entries(self) -> Sequence[Entry]:
        return self.told.entries

    @property
    def notes(self) -> Sequence[Entry]:
        """The latest notes, the newest first."""
        return [entry for entry in reversed(self.entries) if entry.kind == "note"][:NOTES]


def ticket_sheet(user: User | AnonymousUser, number: int) -> TicketSheet:
    """The ticket page in at most 8 queries, whatever its length; `TicketNotFound` (404) for strangers."""
    ticket = ticket_for(user, number)
    small = beside(user, ticket)
    return TicketSheet(
        ticket=ticket,
        tags=[Tag(**row) for row in small.rows("tags")],
        told=Told(ticket),
        others=_others(user, ticket),
        beside=small,
    )


def _letters(messages: Sequence[Message]) -> dict[int, Sequence[OutgoingMail]]:
    """The mails of each answer. No query where none went to more than one person."""
    alone = {message.pk: (message.mail,) for message in messages if message.mail}
    copied = [message for message in messages if getattr(message, "has_copies", False)]
    return {**alone, **(letters_of(copied) if copied else {})}


def _description(
    ticket: Ticket, activities: Sequence[Activity], files: list[Attachment], opening: Message | None
) -> Entry:
    """Spoken by the contact, or by the technician who opened the ticket by hand; `opening` is the mail behind
    it, with its HTML and what it repeats.
    """
    is_by_hand = ticket.source in {Source.CONSOLE, Source.API}
    opened = next((activity for activity in activities if is_by_hand and activity.verb == Verb.OPENED), None)
    return Entry(
        "description",
        ticket.created_at,
        opened.actor_label if opened else ticket.contact_name,
        body=ticket.description,
        message=opening,
        attachments=files,
        has_html=getattr(opening, "has_html", False),
        has_remote_pictures=getattr(opening, "has_remote_pictures", False),
    )


def _of_message(message: Message, files: list[Attachment], letters: Sequence[OutgoingMail]) -> Entry:
    return Entry(
        MessageKind(message.kind).value,
        message.created_at,
        message.author_name,
        body=message.body,
        message=message,
        attachments=files,
        letters=letters,
        has_html=getattr(message, "has_html", False),
        has_remote_pictures=getattr(message, "has_remote_pictures", False),
    )


def _others(user: User | AnonymousUser, ticket: Ticket) -> list[Ticket]:
    if ticket.contact_id is None:
        return []
    if client_scope(user, Permission.TICKETS_VIEW) is None:
        return _OTHERS.rows(ticket.contact_id, also=ticket.pk)
    return list(_beside(tickets_visible_to(user), ticket.contact_id, ticket.pk))


def _beside(tickets: QuerySet[Ticket], contact: int, number: int) -> QuerySet[Ticket]:
    found = tickets.filter(contact=contact).exclude(pk=number)
    return found.defer("description", "details").order_by("-id")[:OTHERS]


_OTHERS = Kept(lambda: _beside(Ticket.objects.all(), ASKED_KEY, ASKED_ALSO))
