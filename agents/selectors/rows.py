"""Ready rows for the screens: clients, devices, one device, approvals. Few queries however many rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from agents.domain import profile as rules
from agents.domain.profile import State
from agents.domain.secret import TOKEN_LIFETIME
from agents.models import Client, Contact, Device, Profile, VerificationToken
from agents.models.device import ProfileQuerySet
from helpdesk.core.domain.search import search_text


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the helpdesk agent got: profiles by state."""

    by_state: dict[State, int]

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def verified(self) -> int:
        return self.by_state.get(State.VERIFIED, 0)

    @property
    def waiting(self) -> int:
        return sum(self.by_state.get(state, 0) for state in rules.WAITING)

    @property
    def enabled(self) -> int:
        return self.by_state.get(State.ENABLED, 0)

    @property
    def off(self) -> int:
        return sum(self.by_state.get(state, 0) for state in rules.INACTIVE)

    def percent(self, count: int) -> int:
        return round(100 * count / self.total) if self.total else 0

    @property
    def verified_percent(self) -> int:
        return self.percent(self.verified)

    @property
    def waiting_percent(self) -> int:
        return self.percent(self.waiting)


@dataclass(frozen=True, slots=True)
class ClientRow:
    client: Client
    coverage: Coverage
    devices: int
    people: int
    last_seen_at: datetime | None


def is_online(seen: Profile | Device, now: datetime) -> bool:
    """Seen within the last 60 seconds."""
    return rules.is_online(seen.last_seen_at, now)


def search_clients(clients: QuerySet[Client], text: str) -> QuerySet[Client]:
    """By name, mail domain or person."""
    text = search_text(text)
    if not text:
        return clients
    person = Contact.objects.filter(client=OuterRef("pk")).filter(
        Q(full_name__icontains=text) | Q(email__icontains=text)
    )
    return clients.filter(Q(name__icontains=text) | Q(mail_domains__icontains=text) | Exists(person))


def client_rows(clients: Iterable[Client]) -> list[ClientRow]:
    """Rows of the clients page in the order given. Three queries beside the one for the clients."""
    clients = list(clients)
    keys = [client.pk for client in clients]
    states: dict[int, dict[State, int]] = {key: {} for key in keys}
    for key, state, count in (
        Profile.objects.filter(device__client__in=keys)
        .order_by()
        .values_list("device__client", "state")
        .annotate(n=Count("pk"))
    ):
        states[key][State(state)] = count
    devices = {
        key: (count, seen)
        for key, count, seen in Device.objects.filter(client__in=keys)
        .order_by()
        .values_list("client")
        .annotate(n=Count("pk"), seen=Max("last_seen_at"))
    }
    people = dict(
        Contact.objects.filter(client__in=keys, is_active=True)
        .order_by()
        .values_list("client")
        .annotate(n=Count("pk"))
    )
    return [
        ClientRow(
            client,
            Coverage(states[client.pk]),
            devices=devices.get(client.pk, (0, None))[0],
            people=people.get(client.pk, 0),
            last_seen_at=devices.get(client.pk, (0, None))[1],
        )
        for client in clients
    ]


@dataclass(frozen=True, slots=True)
class ProfileRow:
    profile: Profile
    is_online: bool
    token: VerificationToken | None

    @property
    def person(self) -> str:
        """The confirmed name, or the one that was typed; empty as long as nobody did."""
        return self.profile.contact.full_name if self.profile.contact else self.profile.full_name

    @property
    def email(self) -> str:
        return self.profile.contact.email if self.profile.contact else self.profile.email


@dataclass(frozen=True, slots=True)
class DeviceRow:
    device: Device
    profiles: list[Profile]
    coverage: Coverage
    is_online: bool

    @property
    def state(self) -> State | None:
        """The one state of all profiles; None if they differ or there is none."""
        return next(iter(self.coverage.by_state)) if len(self.coverage.by_state) == 1 else None

    @property
    def user_names(self) -> str:
        return ", ".join(profile.user_name for profile in self.profiles)


class DeviceFilter(StrEnum):
    ALL = "all"
    ONLINE = "online"
    OFF = "off"
    WAITING = "waiting"


def _conditions(now: datetime) -> dict[DeviceFilter, Q]:
    profiles = Profile.objects.filter(device=OuterRef("pk")).order_by()
    return {
        DeviceFilter.ALL: Q(),
        DeviceFilter.ONLINE: Q(last_seen_at__gte=now - rules.ONLINE_FOR),
        DeviceFilter.OFF: ~Q(Exists(profiles.filter(state__in=rules.ACTIVE))),
        DeviceFilter.WAITING: Q(Exists(profiles.filter(state__in=rules.WAITING))),
    }


def filter_devices(
    devices: QuerySet[Device], *, by: DeviceFilter = DeviceFilter.ALL, text: str = "", now: datetime
) -> QuerySet[Device]:
    """The devices behind a quick filter and a search for device, profile or person."""
    devices = devices.filter(_conditions(now)[by])
    text = search_text(text)
    if not text:
        return devices
    person = Profile.objects.filter(device=OuterRef("pk")).filter(
        Q(user_name__icontains=text)
        | Q(display_name__icontains=text)
        | Q(full_name__icontains=text)
        | Q(email__icontains=text)
        | Q(contact__full_name__icontains=text)
    )
    return devices.filter(Q(name__icontains=text) | Exists(person))


def count_devices(devices: QuerySet[Device], *, now: datetime) -> dict[str, int]:
    """The numbers on the quick filters, each the length of its list. One query."""
    conditions = _conditions(now)
    counts = devices.order_by().aggregate(
        **{by.value: Count("pk", filter=condition or None) for by, condition in conditions.items()}
    )
    return {by.value: counts[by.value] for by in DeviceFilter}


def device_rows(devices: QuerySet[Device], *, now: datetime) -> list[DeviceRow]:
    """Rows of a device list; slice the queryset first. Two queries."""
    rows = []
    for device in devices.select_related("client").prefetch_related("profiles"):
        profiles = list(device.profiles.all())
        counts = Counter(State(profile.state) for profile in profiles)
        rows.append(DeviceRow(device, profiles, Coverage(dict(counts)), is_online(device, now)))
    return rows


def profile_rows(device: Device, *, now: datetime) -> list[ProfileRow]:
    """The profiles of a device, with the person and the token that is still valid. Two queries."""
    open_tokens = VerificationToken.objects.filter(
        sent_at__gt=now - TOKEN_LIFETIME, used_at__isnull=True
    ).order_by("-sent_at", "-id")
    profiles = device.profiles.select_related("contact").prefetch_related(
        Prefetch("tokens", queryset=open_tokens)
    )
    return [
        ProfileRow(profile, is_online(profile, now), next(iter(profile.tokens.all()), None))
        for profile in profiles
    ]


def waiting_approvals(profiles: ProfileQuerySet) -> ProfileQuerySet:
    """Who confirmed an address that a technician has to look at, longest waiting first."""
    return profiles.waiting_for_approval().select_related("device__client").order_by("state_changed_at", "id")
