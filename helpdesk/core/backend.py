"""Who is signed in, what the roles allow and how many notices wait: two quick queries on every page."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from helpdesk.core.domain.permissions import together
from helpdesk.core.models import User
from helpdesk.core.models.notice import unread_notices
from helpdesk.core.rows import ASKED, ASKED_KEY, Kept

_HELD = Kept(
    lambda: (
        User.roles.through.objects.filter(user_id=ASKED_KEY)
        .select_related("user", "role")
        .annotate(unread=unread_notices("user"))
        .order_by("pk")
    )
)
_SESSION = Kept(lambda: Session.objects.filter(session_key=ASKED))


class SessionStore(db.SessionStore):
    """Django's, read by a statement that is compiled once. The name is a part of what signs the rows."""

    def _get_session_from_db(self) -> Session | None:
        row = _SESSION.first(self.session_key) if self.session_key else None
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return None
        return row


class UserBackend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        """None for an account that is gone or switched off."""
        held = _HELD.rows(user_id)
        user = held[0].user if held else User.objects.filter(pk=user_id).first()
        if user is None or not user.is_active:
            return None
        user.unread_notices = held[0].unread if held else 0
        user.role_grants = together(
            (row.role.given, row.role.is_locked, row.role.all_clients) for row in held
        )
        user.needs_second_factor = any(row.role.needs_second_factor for row in held)
        return user
