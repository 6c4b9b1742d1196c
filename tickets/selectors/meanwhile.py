"""What others said and changed on a ticket since somebody last looked."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.core.models import User
from tickets.domain.kinds import MessageKind
from tickets.domain.seen import Seen
from tickets.models import Activity, Message, Ticket

#: So many of each are shown.
MOST = 5
#: What an answer might promise or undo; a tick on a list does not matter to it.
FIELDS = ("status", "assignee", "priority", "subject", "took-in")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Oldest first. `now`: what somebody has seen who looked at all of it."""

    messages: Sequence[Message]
    changes: Sequence[Activity]
    now: Seen

    def __bool__(self) -> bool:
        return bool(self.messages or self.changes)


def meanwhile(ticket: Ticket, seen: Seen, *, besides: User) -> Meanwhile:
    """What a reply might have to take up: words of the customer, replies of colleagues, and what people
    changed. Not one's own deeds, not notes, not what waits for a decision or comes from machines.
    """
    said = Message.objects.filter(ticket=ticket, pk__gt=seen.message, is_held=False, is_automatic=False)
    said = said.exclude(kind=MessageKind.NOTE).exclude(author=besides).defer("html", "folded")
    messages = list(said.order_by("-pk")[:MOST])
    done = Activity.objects.filter(ticket=ticket, pk__gt=seen.activity, actor__isnull=False)
    changes = list(done.filter(field__in=FIELDS).exclude(actor=besides).order_by("-pk")[:MOST])
    now = Seen(
        max([seen.message, *(message.pk for message in messages)]),
        max([seen.activity, *(change.pk for change in changes)]),
    )
    return Meanwhile(messages[::-1], changes[::-1], now)
