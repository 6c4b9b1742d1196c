"""Who else looks at a ticket or writes on it, and what they did while one was writing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from helpdesk.core import events
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.presence import Guest, company
from helpdesk.core.web import requires
from tickets.domain.kinds import MessageKind
from tickets.domain.seen import Seen
from tickets.errors import TicketNotFound
from tickets.models import Ticket
from tickets.models.standard import doer_words
from tickets.selectors.access import tickets_visible_to
from tickets.selectors.meanwhile import Meanwhile, meanwhile
from tickets.views.requests import Request

WRITING = (MessageKind.NOTE.value, MessageKind.REPLY.value)


@dataclass(frozen=True, slots=True)
class Around:
    """What the page says of the others."""

    guests: Sequence[Guest]
    looking: str
    news: Meanwhile | None = None

    @property
    def replying(self) -> str:
        return next((guest.name for guest in self.guests if guest.doing == MessageKind.REPLY), "")

    @property
    def noting(self) -> str:
        return next((guest.name for guest in self.guests if guest.doing == MessageKind.NOTE), "")

    @property
    def answered(self) -> str:
        """Who said the last thing meanwhile."""
        return doer_words(self.news.messages[-1].author_name) if self.news and self.news.messages else ""

    @property
    def changed(self) -> str:
        return doer_words(self.news.changes[-1].actor_label) if self.news and self.news.changes else ""


def around(user: User, number: int, news: Meanwhile | None = None) -> Around:
    """For a ticket that the user may see; no query."""
    guests = company.others(f"ticket:{number}", besides=user.pk, now=time.monotonic())
    return Around(guests, _looking([guest.name for guest in guests]), news)


def _looking(names: Sequence[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return _("%(name)s is looking too") % {"name": names[0]}
    more = ngettext(
        "%(name)s and %(count)s more are looking too",
        "%(name)s and %(count)s more are looking too",
        len(names) - 1,
    )
    return more % {"name": names[0], "count": len(names) - 1}


@requires(Permission.TICKETS_VIEW)
@require_POST
def here(request: Request, number: int) -> HttpResponse:
    """A window says that it is there and what is done in it; the answer says who else is. Kept in memory."""
    user, post = request.user, request.POST
    ticket = tickets_visible_to(user).only("pk", "client_id").filter(pk=number).first()
    if ticket is None:
        raise TicketNotFound
    place, tab, now = f"ticket:{number}", post.get("tab", "")[:40], time.monotonic()
    doing = post.get("doing", "")
    if doing == "gone":
        is_new = company.leave(place, user.pk, tab=tab, now=now)
    else:
        guest = Guest(user.pk, user.full_name or user.email, doing if doing in WRITING else "")
        is_new = company.stay(place, guest, tab=tab, now=now)
    if is_new:
        events.publish("company", str(number), client_id=ticket.client_id)
    if doing == "gone":
        return HttpResponse(status=204)
    shown = around(user, number, _news(user, ticket, post.get("seen", "")))
    return render(request, "tickets/_company.html", {"company": shown, "ticket": ticket, "alone": True})


def _news(user: User, ticket: Ticket, seen: str) -> Meanwhile | None:
    """Only for who has begun a reply: others see the page itself."""
    known = Seen.read(seen)
    return meanwhile(ticket, known, besides=user) if known else None
