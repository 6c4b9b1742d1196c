"""What happens to tickets, told to the people whom it concerns.

The activity of tickets is the one source: a sweep reads on from where the last one stopped. So no way in, by
mail, by rule or by hand, knows of notices or pays for them, and a desk that was killed tells the rest later.
Each notice has the activity as its key: what is read twice is told once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Substr

from helpdesk.core.domain.notices import News
from helpdesk.core.jobs import each_moment
from helpdesk.core.models import Notice, Team, User
from helpdesk.core.services.notices import Story, tell
from tickets.domain.kinds import SPOKEN, Verb
from tickets.models import Activity, Message, NewsPlace, Ticket
from tickets.selectors.followers import followers_by_ticket, is_reader

LIMIT = 200
#: News older than this are none: a desk that starts with a history does not ring for all of it.
FRESH = timedelta(days=1)
#: On PostgreSQL a later number may be written before an earlier one: what is younger is looked at again.
SETTLES = timedelta(seconds=15)
LAX_VENDOR = "sqlite"
_TOLD = Q(verb__in=[*SPOKEN, Verb.OPENED, Verb.TAKEN, Verb.MISSED, Verb.RATED]) | Q(
    verb=Verb.CHANGED, field__in=["assignee", "status"]
) | Q(verb=Verb.MERGED, field="merged-into")  # fmt: skip


@each_moment
def tell_news(now: datetime) -> None:
    """Safe to run twice and in several processes."""
    while _tell_some(now):
        pass


def _tell_some(now: datetime) -> bool:
    """The next activities; True when there may be more."""
    place = _place()
    rows = list(Activity.objects.filter(pk__gt=place).order_by("pk").values_list("pk", "at")[:LIMIT])
    if not rows:
        return False
    last = rows[-1][0]
    told = Activity.objects.filter(_TOLD, pk__gt=place, pk__lte=last, at__gt=now - FRESH)
    found = list(told.select_related("ticket__assignee", "ticket__team", "actor").order_by("pk"))
    if found:
        tell(list(_Round(found, now).stories()), now=now)
    settled = [pk for pk, at in rows if connection.vendor == LAX_VENDOR or at <= now - SETTLES]
    if settled:
        NewsPlace.objects.filter(pk=1, activity__lt=settled[-1]).update(activity=settled[-1])
    return len(rows) == LIMIT == len(settled)


def _place() -> int:
    """Where to read on. A desk that has never told news begins a day ago at the earliest."""
    known = NewsPlace.objects.filter(pk=1).values_list("activity", flat=True).first()
    if known is None:
        NewsPlace.objects.bulk_create([NewsPlace(pk=1, activity=0)], ignore_conflicts=True)
    return known or 0


class _Round:
    """The stories of some activities; everything they need is read once."""

    def __init__(self, found: Sequence[Activity], now: datetime) -> None:
        self.found, self.now = found, now
        self.tickets = {line.ticket_id for line in found}

    def stories(self) -> Iterator[Story]:
        for line in self.found:
            for news, people in self._whom(line):
                readers = [user for user in people if self._hears(user, line)]
                yield Story(
                    news=news,
                    to=[
                        user for user in readers if (user.pk, line.ticket_id, line.at) not in self._mentioned
                    ],
                    about=f"ticket:{line.ticket_id}",
                    by=line.actor,
                    who=line.actor_label,
                    detail=line.field if line.verb == Verb.CHANGED else line.verb,
                    text=self._text(line),
                    key=f"activity:{line.pk}",
                )

    def _hears(self, user: User, line: Activity) -> bool:
        """May read it, and was not named in the same words."""
        was_named = (user.pk, line.ticket_id, line.at) in self._mentioned
        return not was_named and is_reader(user, line.ticket.client_id)

    def _whom(self, line: Activity) -> Iterator[tuple[News, list[User]]]:
        """Who hears what of it; who is named twice hears the first."""
        ticket, verb = line.ticket, line.verb
        holders = self._holders(ticket)
        is_given = line.field == "assignee" and line.after == str(ticket.assignee or ticket.team or "")
        if verb == Verb.OPENED and not (ticket.assignee_id or ticket.team_id):
            yield News.NEW, self._everybody
        elif verb == Verb.OPENED:
            yield News.ASSIGNED if ticket.assignee_id else News.NEW, holders
        elif verb == Verb.CHANGED and is_given:
            yield News.ASSIGNED if ticket.assignee_id else News.TEAM, holders
        elif verb in {Verb.WROTE, Verb.RATED}:
            yield News.ANSWERED, holders
        elif verb == Verb.MISSED:
            yield News.TARGET, holders
        elif line.actor_id and verb in SPOKEN and ticket.assignee_id:
            yield News.FOLLOWED, holders
        if line.actor_id or line.verb in {Verb.WROTE, Verb.RATED, Verb.MISSED, Verb.MERGED}:
            yield News.FOLLOWED, self._named(self._followers.get(ticket.pk, ()))

    def _holders(self, ticket: Ticket) -> list[User]:
        """Whose ticket it is: the technician, else everybody in the team."""
        if ticket.assignee_id:
            return self._named([ticket.assignee_id])
        return self._named(self._teams.get(ticket.team_id or 0, ()))

    def _named(self, keys: Sequence[int]) -> list[User]:
        return [self._users[key] for key in keys if key in self._users]

    def _text(self, line: Activity) -> str:
        if line.verb in SPOKEN:
            return self._words.get((line.ticket_id, line.at), "")
        if line.verb == Verb.OPENED:
            return line.ticket.description
        return line.after if line.field == "status" else ""

    @cached_property
    def _users(self) -> dict[int, User]:
        users = User.objects.filter(is_active=True).prefetch_related("roles__scopes")
        return {user.pk: user for user in users}

    @cached_property
    def _everybody(self) -> list[User]:
        return list(self._users.values())

    @cached_property
    def _teams(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for team, user in Team.members.through.objects.values_list("team_id", "user_id"):
            found.setdefault(team, []).append(user)
        return found

    @cached_property
    def _followers(self) -> dict[int, Sequence[int]]:
        return followers_by_ticket(self.tickets)

    @cached_property
    def _words(self) -> dict[tuple[int, datetime], str]:
        ats = {line.at for line in self.found if line.verb in SPOKEN}
        rows = Message.objects.filter(ticket__in=self.tickets, created_at__in=ats)
        return {
            (ticket, at): words
            for ticket, at, words in rows.values_list("ticket", "created_at", Substr("body", 1, 300))
        }

    @cached_property
    def _mentioned(self) -> set[tuple[int, int, datetime]]:
        """Who was named in a note hears that, and not besides that there is a note."""
        abouts = [f"ticket:{ticket}" for ticket in self.tickets]
        ats = {line.at for line in self.found}
        rows = Notice.objects.filter(
            news=News.MENTIONED.value, user__in=list(self._users), about__in=abouts, created_at__in=ats
        ).values_list("user", "about", "created_at")
        return {(user, int(about.removeprefix("ticket:")), at) for user, about, at in rows}
