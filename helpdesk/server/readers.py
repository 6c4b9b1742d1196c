"""Who reads live events, and which: rights are looked up at connect and hold for every event (A12, A15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, parse_cookie
from django.utils import timezone

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.events import Event
from helpdesk.core.models import User
from helpdesk.core.services.presence import note_seen
from helpdesk.core.web import lacks_second_factor
from tickets.selectors.access import client_scope

#: What somebody must be allowed to read to hear of it. Whoever approves people sees their devices too.
_ASKS: Final = {
    "ticket": (Permission.TICKETS_VIEW,),
    "company": (Permission.TICKETS_VIEW,),  # who else looks at a ticket
    "device": (Permission.CLIENTS_VIEW, Permission.CONTACTS_APPROVE),
    "profile": (Permission.CLIENTS_VIEW, Permission.CONTACTS_APPROVE),
    "mailbox": (Permission.MAIL_EDIT,),
    "webhook": (Permission.WEBHOOKS_EDIT,),
}
#: Of the desk itself: the clients of the role do not matter.
_OF_THE_DESK: Final = {"mailbox", "webhook"}


@dataclass(frozen=True, slots=True)
class Rights:
    """What one signed-in user may hear of: for each name of an event the clients of the roles that let them
    read it; None is every client, also those yet to come. Another role's clients do not count (A12).
    """

    user_id: int
    clients: Mapping[str, frozenset[int] | None]

    def cover(self, event: Event) -> bool:
        if event.user_id is not None:
            return event.user_id == self.user_id
        of_them = self.clients.get(event.name, frozenset())
        return of_them is None or event.client_id in of_them


def rights_of_cookies(cookies: str) -> Rights | None:
    """The rights behind a Cookie header, or None for a stranger. Reads the database: call it in a thread."""
    user = _user_of_cookies(cookies)
    if user is None:
        return None
    note_seen(user=user, now=timezone.now())
    return Rights(user.pk, {name: _clients(user, name) for name in _ASKS})


def _user_of_cookies(cookies: str) -> User | None:
    session_key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = auth.get_user(request)
    if not isinstance(user, User) or not user.is_active:
        return None
    request.user = user
    return None if lacks_second_factor(request) else user


def _clients(user: User, name: str) -> frozenset[int] | None:
    if name in _OF_THE_DESK:
        return None if any(user.may(each) for each in _ASKS[name]) else frozenset()
    found: frozenset[int] = frozenset()
    for permission in _ASKS[name]:
        if (scope := client_scope(user, permission)) is None:
            return None
        found |= scope
    return found
