from helpdesk.core.models import User
from tickets.models import StartChoice


def choose_start(*, user: User, at_dashboard: bool) -> None:
    """Which page comes first after signing in: the dashboard, or the ticket list."""
    if at_dashboard:
        StartChoice.objects.get_or_create(user=user)
    else:
        StartChoice.objects.filter(user=user).delete()
