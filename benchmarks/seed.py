"""python -m benchmarks.seed profiles N | agents N | tickets N: rows into the database of DATA_DIR."""

import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")


def profiles(count: int) -> None:
    """Verified profiles; prints one credential a line."""
    from django.utils import timezone

    from agents.domain.secret import digest, make_credential
    from agents.models import Client, Contact, Device, Profile

    now = timezone.now()
    client = Client.objects.create(name="Acme", created_at=now)
    device = Device.objects.create(client=client, machine_id="bench-1", name="PC-1", created_at=now)
    for number in range(count):
        contact = Contact.objects.create(
            client=client, full_name=f"Person {number}", email=f"p{number}@acme.example", created_at=now
        )
        credential = make_credential()
        Profile.objects.create(
            device=device,
            sid=f"S-1-5-21-1-2-3-{1000 + number}",
            user_name=f"person{number}",
            state="verified",
            state_changed_at=now,
            verified_at=now,
            contact=contact,
            credential_hash=digest(credential),
            created_at=now,
        )
        print(credential)


def agents(count: int) -> None:
    """Enabled profiles, each on a device of its own; prints one credential a line."""
    from django.utils import timezone

    from agents.domain.secret import digest, make_credential
    from agents.models import Client, Device, Profile

    now = timezone.now()
    client = Client.objects.create(name="Acme", created_at=now)
    devices = Device.objects.bulk_create(
        Device(client=client, machine_id=f"bench-{number}", name=f"PC-{number}", created_at=now)
        for number in range(count)
    )
    credentials = [make_credential() for _ in devices]
    Profile.objects.bulk_create(
        Profile(
            device=device,
            sid=f"S-1-5-21-1-2-3-{number}",
            user_name=f"person{number}",
            state="enabled",
            state_changed_at=now,
            credential_hash=digest(credential),
            created_at=now,
        )
        for number, (device, credential) in enumerate(zip(devices, credentials, strict=True))
    )
    print("\n".join(credentials))


def tickets(count: int) -> None:
    """Tickets over ten clients, a fifth of them open, spread over the past."""
    from django.utils import timezone

    from agents.models import Client
    from tickets.models import Ticket

    now = timezone.now()
    clients = [Client.objects.get_or_create(name=f"Client {n}")[0] for n in range(10)]
    statuses = ["open", "processing", "waiting", "resolved", *["closed"] * 6]
    for start in range(0, count, 2000):
        Ticket.objects.bulk_create(
            Ticket(
                subject=f"The printer of room {number} is on strike",
                description="It prints nothing at all. " * 8,
                status=statuses[number % 10],
                priority=("low", "medium", "high", "urgent")[number % 4],
                client=clients[number * 7 % 10],
                contact_name=f"Person {number % 500}",
                contact_email=f"p{number % 500}@acme.example",
                source="agent",
                created_at=now - timedelta(minutes=number + 5),
                updated_at=now - timedelta(minutes=number),
                closed_at=now - timedelta(minutes=number) if number % 10 >= 4 else None,
                resolved_at=now - timedelta(minutes=number) if number % 10 == 3 else None,
            )
            for number in range(start, min(start + 2000, count))
        )


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    {"profiles": profiles, "agents": agents, "tickets": tickets}[sys.argv[1]](int(sys.argv[2]))


if __name__ == "__main__":
    main()
