"""What the client pages read from both floors: devices and people below, tickets above."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from agents.domain.profile import State
from agents.models import Client, Contact, Device
from helpdesk.core.models import User
from tickets.domain.status import UNFINISHED
from tickets.models import Ticket
from tickets.selectors.access import tickets_visible_to

LATEST = 25


def open_tickets_by_client(user: User, clients: Iterable[Client]) -> dict[int, int]:
    """Client pk -> number of unsolved tickets. One query."""
    return _open_tickets(user, "client", [client.pk for client in clients])


def open_tickets_by_device(user: User, devices: Iterable[Device]) -> dict[int, int]:
    """Device pk -> number of unsolved tickets. One query."""
    return _open_tickets(user, "device", [device.pk for device in devices])


def _open_tickets(user: User, key: str, pks: list[int]) -> dict[int, int]:
    rows = (
        tickets_visible_to(user)
        .filter(status__in=[status.value for status in UNFINISHED], **{f"{key}__in": pks})
        .order_by()
        .values_list(key)
        .annotate(n=Count("pk"))
    )
    return dict(rows)


def latest_tickets_of_client(user: User, client: Client) -> list[Ticket]:
    return list(tickets_visible_to(user).filter(client=client).order_by("-updated_at", "-id")[:LATEST])


def latest_tickets_of_device(user: User, device: Device) -> list[Ticket]:
    return list(tickets_visible_to(user).filter(device=device).order_by("-updated_at", "-id")[:5])


def counts_of_client(user: User, client: Client) -> dict[str, int]:
    """The numbers on the tabs of a client, each the length of its list. Three queries."""
    return {
        "devices": client.devices.count(),
        "people": client.contacts.filter(is_active=True).count(),
        "tickets": tickets_visible_to(user).filter(client=client).count(),
    }


def people_of_client(client: Client) -> QuerySet[Contact]:
    """The active people with `verified_profiles`: on how many Windows profiles they proved who they are."""
    verified = Count("profiles", filter=Q(profiles__state=State.VERIFIED.value))
    return client.contacts.filter(is_active=True).annotate(verified_profiles=verified)
