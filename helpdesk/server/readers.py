"""Who reads live events, and which: rights are looked up at connect and hold for every event (A12, A15)."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, parse_cookie
from django.utils import timezone

from agents.selectors import clients_visible_to, sees_all_clients
from helpdesk.core.events import Event
from helpdesk.core.models import User
from helpdesk.core.services.presence import note_seen
from helpdesk.core.web import lacks_second_factor


@dataclass(frozen=True, slots=True)
class Rights:
    """What one signed-in user may hear of. `clients` is None for every client, also those yet to come."""

    user_id: int
    clients: frozenset[int] | None

    def cover(self, event: Event) -> bool:
        if event.user_id is not None:
            return event.user_id == self.user_id
        return self.clients is None or event.client_id in self.clients


def rights_of_cookies(cookies: str) -> Rights | None:
    """The rights behind a Cookie header, or None for a stranger. Reads the database: call it in a thread."""
    user = _user_of_cookies(cookies)
    if user is None:
        return None
    note_seen(user=user, now=timezone.now())
    return Rights(user.pk, _client_scope(user))


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


def _client_scope(user: User) -> frozenset[int] | None:
    if sees_all_clients(user):
        return None
    return frozenset(clients_visible_to(user).values_list("pk", flat=True))
