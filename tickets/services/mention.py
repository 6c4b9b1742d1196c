from datetime import datetime

from helpdesk.core.domain.notices import News
from helpdesk.core.models import User
from helpdesk.core.services.notices import notice
from tickets.domain.mentions import mentioned
from tickets.models import Mention, Message
from tickets.selectors.choices import assignable_users


def call_mentioned(*, message: Message, by: User, now: datetime) -> list[User]:
    """Keeps and tells whom a note calls by `@name`: only who may work on its ticket. Nobody is told of their
    own. Part of the caller's transaction.
    """
    if "@" not in message.body:
        return []
    people = {user.pk: user for user in assignable_users(message.ticket.client)}
    called = mentioned(message.body, {key: user.full_name for key, user in people.items()})
    found = [people[key] for key in called]
    Mention.objects.bulk_create(
        [Mention(message=message, user=user) for user in found], ignore_conflicts=True
    )
    notice(
        news=News.MENTIONED,
        to=found,
        about=f"ticket:{message.ticket_id}",
        by=by,
        text=message.body,
        key=f"mention:{message.pk}",
        now=now,
    )
    return found
