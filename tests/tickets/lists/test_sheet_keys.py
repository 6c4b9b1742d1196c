"""Head and facts of a ticket are drawn once for each key: nothing that they show may be missing in it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agents.domain.fields import FieldOf, FieldType
from agents.models import Client, Contact, CustomField, Device, Profile
from helpdesk.core.models import Role, Team, User
from helpdesk.core.presence import Company, Guest
from tests.conftest import browser_of, make_user
from tests.tickets.conftest import make_tickets
from tests.tickets.pages import plain
from tickets.domain.work import LinkKind
from tickets.models import (
    ChecklistItem,
    Message,
    Participant,
    ServiceTarget,
    Snooze,
    Survey,
    Tag,
    Ticket,
    TicketClock,
    TicketFollower,
    TicketLink,
    TicketMerge,
    TicketValue,
    TimeChoice,
    TimeEntry,
    Timer,
)  # fmt: skip
from tickets.services.add_note import add_note
from tickets.views import together

pytestmark = pytest.mark.django_db
Change = Callable[[], object]
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CLOSED = {"status": "closed", "resolved_at": LONG_AGO, "closed_at": LONG_AGO}


@pytest.fixture
def earlier(acme: Client, anna: Contact, now: datetime) -> Ticket:
    return make_tickets(1, now - timedelta(days=3), client=acme, contact=anna)[0]


@pytest.fixture
def looks(
    ada: User,
    earlier: Ticket,
    ticket: Ticket,
    now: datetime,
    both: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Change], None]:
    """Changes something and compares what was kept with what the page says now."""
    monkeypatch.setattr("tickets.views.together.company", Company())
    clock = [now]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[0])
    reader = make_user("rita@deskbell.example", "Rita", Role.objects.create(
        name="Reader", permissions=["tickets.view"], all_clients=True
    ))  # fmt: skip
    browsers = [browser_of(ada), browser_of(reader)]
    last: set[str] = set()

    def look(change: Change) -> None:
        later = change()
        clock[0] += later if isinstance(later, timedelta) else timedelta()
        both.clear()
        for browser in browsers:
            assert browser.get(f"/tickets/{ticket.pk}/").status_code == 200
        drawn = {plain(drawn) for _kept, drawn in both}
        assert {plain(kept) for kept, _drawn in both} == drawn
        assert drawn != last, "nothing on the page says so"
        last.clear()
        last.update(drawn)

    return look


def test_head_and_facts_follow_the_ticket_and_what_it_belongs_to(
    looks: Callable[[Change], None], ticket: Ticket, bob: User, acme: Client, anna: Contact, pc: Device,
    profile: Profile, now: datetime,
) -> None:  # fmt: skip
    rows = Ticket.objects.filter(pk=ticket.pk)
    team = Team.objects.create(name="Second line")
    [first, other] = make_tickets(2, now, client=acme)

    def changed(**facts: Any) -> Change:
        return lambda: rows.update(**facts)

    def merged() -> None:
        TicketMerge.objects.create(source=ticket, target=other, by_name="Ada", at=now, kept={})
        rows.update(merged_into=other)

    for change in (
        changed(), changed(subject="Another"), changed(status="waiting"), changed(priority="urgent"),
        changed(type="question"), changed(assignee=bob), lambda: User.objects.update(full_name="Robert"),
        changed(assignee=None, team=team), lambda: Team.objects.update(name="Third line"),
        changed(contact_name="Berta"), changed(contact_email="b@acme.example"), changed(contact_phone="123"),
        lambda: Client.objects.filter(pk=acme.pk).update(name="Acme & Sons"),
        lambda: Client.objects.filter(pk=acme.pk).update(notes="Closed on Fridays"), changed(client=None),
        changed(device=pc, profile=profile), lambda: Device.objects.update(name="PC-2"),
        lambda: Device.objects.update(os_name="Windows 12"),
        lambda: Device.objects.update(last_seen_at=now - timedelta(hours=3)),
        lambda: timedelta(hours=1),
        lambda: Profile.objects.update(user_name="berta"),
        lambda: Profile.objects.update(state="disabled"),
        changed(follows=first), changed(created_at=now - timedelta(days=2)), changed(**CLOSED),
        merged, lambda: TicketMerge.objects.update(at=now - timedelta(hours=3)),
        lambda: TicketMerge.objects.update(by_name="Bob"),
    ):  # fmt: skip
        looks(change)


def test_head_and_facts_follow_what_stands_beside_the_ticket(
    looks: Callable[[Change], None], earlier: Ticket, ticket: Ticket, ada: User, bob: User, acme: Client,
    now: datetime,
) -> None:  # fmt: skip
    [other] = make_tickets(1, now, client=acme)
    field = {"belongs_to": FieldOf.TICKET, "key": "floor", "name": "Floor", "type": FieldType.TEXT}
    target = ServiceTarget.objects.create(name="Usual")
    guest = Guest(99, "Zoe")
    survey = {"email": "a@b.example", "language": "en", "key_hash": "x", "solved_at": now, "asked_at": now}
    for change in (
        lambda: ticket.tags.add(Tag.objects.create(name="vpn", colour="teal")),
        lambda: Tag.objects.update(colour="red"),
        lambda: ChecklistItem.objects.create(ticket=ticket, text="Call", place=1),
        lambda: ChecklistItem.objects.update(done_at=now, done_by="Ada"),
        lambda: TicketLink.objects.create(source=ticket, target=other, kind=LinkKind.PARENT, at=now),
        lambda: Ticket.objects.filter(pk=other.pk).update(subject="Below", **CLOSED),
        lambda: add_note(ticket=ticket, body="Ask Berta", by=ada, now=now),
        lambda: Message.objects.update(body="Ask Bert"),
        lambda: TicketFollower.objects.create(ticket=ticket, user=bob, at=now),
        lambda: TicketFollower.objects.create(ticket=ticket, user=ada, at=now),
        lambda: CustomField.objects.create(**field).pk,
        lambda: TicketValue.objects.create(ticket=ticket, field=CustomField.objects.get(), value="3rd"),
        lambda: Participant.objects.create(ticket=ticket, email="copy@acme.example", added_at=now),
        lambda: TimeEntry.objects.create(
            ticket=ticket, user=ada, user_name="Ada", started_at=now, seconds=60, is_billable=True
        ),
        lambda: Timer.objects.create(user=ada, ticket=ticket, started_at=now, seen_at=now),
        lambda: timedelta(hours=2),
        lambda: TimeChoice.objects.create(is_on=False),
        lambda: Snooze.objects.create(ticket=ticket, until=now + timedelta(days=1), by=ada, at=now),
        lambda: Snooze.objects.all().delete(),
        lambda: timedelta(minutes=1),
        lambda: Survey.objects.create(ticket=ticket, expires_at=now, **survey),
        lambda: Survey.objects.update(rating="happy", answered_at=now),
        lambda: Survey.objects.update(comment="Quick"),
        lambda: TicketClock.objects.create(
            ticket=ticket, target=target, kind="resolve", priority="medium", amount=9, unit="days",
            started_at=now, due_at=now + timedelta(days=2), warn_at=now + timedelta(days=1),
        ),
        lambda: timedelta(hours=5),
        lambda: timedelta(days=1),
        lambda: TicketClock.objects.update(met_at=now),
        lambda: Ticket.objects.filter(pk=earlier.pk).update(subject="Before"),
        lambda: vars(together)["company"].stay(f"ticket:{ticket.pk}", guest, tab="a", now=time.monotonic()),
    ):  # fmt: skip
        looks(change)
