"""A flood of automatic mail stops as little as it can: a client's, a mailbox's, only then everybody's."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from agents.models import Client
from helpdesk.core.models import AuditEntry, Organisation, OutgoingMail, User
from tests.tickets.conftest import make_tickets
from tickets.domain import mail_brakes
from tickets.domain.mail_brakes import Brakes, Refusal
from tickets.models import Mailbox, Ticket
from tickets.services.mail_out import AutomaticMail, Fate, queue_automatic_bulk, resume_mailbox

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
PAGE = "/settings/mailboxes/"


@pytest.fixture(autouse=True)
def boxes(now: datetime) -> list[Mailbox]:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Brightwell", "default_language": "en"})
    cache.clear()
    names = ("help@brightwell.example", "alarm@brightwell.example")
    return [Mailbox.objects.create(address=name, created_at=now) for name in names]


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_brakes, "IN_ALL_SHORT", 8)
    monkeypatch.setattr(mail_brakes, "PER_CLIENT_SHORT", 5)


def ticket_in(box: Mailbox | None, now: datetime, client: Client | None = None) -> Ticket:
    (made,) = make_tickets(1, now, client=client)
    made.mailbox, made.client = box, client
    made.save()
    return made


def notify(ticket: Ticket, now: datetime, *, start: int = 0, count: int = 1) -> list[Fate]:
    wishes = [
        AutomaticMail(ticket=ticket, template="notification", to=f"u{number}@acme.example")
        for number in range(start, start + count)
    ]
    return queue_automatic_bulk(wishes, now=now)


def went(fates: list[Fate]) -> int:
    return sum(fate.mail is not None for fate in fates)


@pytest.mark.usefixtures("low")
def test_a7_a_flood_about_one_client_silences_that_client_alone(
    boxes: list[Mailbox], acme: Client, globex: Client, now: datetime
) -> None:
    of_acme, of_globex = (ticket_in(boxes[0], now, client) for client in (acme, globex))
    fates = notify(of_acme, now, count=4)
    fates += notify(of_acme, now + MINUTE, start=4, count=3)
    assert went(fates) == 5
    assert "This client got too much" in fates[-1].withheld
    assert went(notify(of_globex, now + MINUTE)) == 1
    assert went(notify(of_acme, now + 12 * MINUTE)) == 1, "it ends by itself"


@pytest.mark.usefixtures("low")
def test_a7_a_mailbox_that_sends_nearly_all_of_it_is_stopped_alone(
    boxes: list[Mailbox], carla: User, now: datetime
) -> None:
    calm, loud = (ticket_in(box, now) for box in boxes)
    assert went(notify(calm, now)) == 1
    fates = notify(loud, now, start=1, count=9)
    assert went(fates) == 7
    assert "from this mailbox is stopped" in fates[-1].withheld
    loud = Ticket.objects.get(pk=loud.pk)
    assert went(notify(loud, now + 60 * MINUTE, start=50)) == 0, "until somebody starts it again"
    assert went(notify(calm, now, start=20, count=3)) == 3
    assert Organisation.objects.get().automatic_stopped_at is None
    (alarm,) = OutgoingMail.objects.filter(kind="automatic-stopped")
    assert (alarm.to, "mail from alarm@brightwell.example alone" in alarm.text) == (carla.email, True)
    assert resume_mailbox(mailbox=boxes[1], by=carla, now=now)
    assert not resume_mailbox(mailbox=boxes[1], by=carla, now=now)
    assert AuditEntry.objects.filter(verb="resumed automatic mail").count() == 1
    assert went(notify(Ticket.objects.get(pk=loud.pk), now + 60 * MINUTE, start=60)) == 1


@pytest.mark.usefixtures("low")
def test_a7_what_a_stopped_mailbox_sent_does_not_stop_the_others(boxes: list[Mailbox], now: datetime) -> None:
    calm, loud = (ticket_in(box, now) for box in boxes)
    notify(loud, now, count=9)
    assert went(notify(calm, now + MINUTE, start=20, count=7)) == 7


@pytest.mark.usefixtures("low")
def test_a7_a_flood_from_everywhere_stops_all_of_it(boxes: list[Mailbox], now: datetime) -> None:
    calm, loud = (ticket_in(box, now) for box in boxes)
    assert went(notify(calm, now, count=4) + notify(loud, now, start=4, count=5)) == 8
    assert Organisation.objects.get().automatic_stopped_at == now
    assert not Mailbox.objects.filter(automatic_stopped_at__isnull=False).exists()


@pytest.mark.usefixtures("low")
def test_a7_the_only_mailbox_stops_everything(boxes: list[Mailbox], now: datetime) -> None:
    boxes[1].delete()
    assert went(notify(ticket_in(boxes[0], now), now, count=9)) == 8
    assert Organisation.objects.get().automatic_stopped_at == now


def test_two_floods_at_once_stop_both_and_not_the_third() -> None:
    brakes = Brakes(in_all=5000)
    brakes.by_mailbox.update({"a": 4000, "b": 1000, "c": 0, "": 0})
    assert brakes.take("anna@acme.example", mailbox="a") == Refusal.MAILBOX
    assert brakes.take("anna@acme.example", mailbox="b") == Refusal.MAILBOX
    assert brakes.take("anna@acme.example", mailbox="c") is None
    assert not brakes.is_stopped


def test_the_page_shows_a_stopped_mailbox_and_starts_it_again(
    client_carla: Browser, boxes: list[Mailbox], now: datetime
) -> None:
    Mailbox.objects.filter(pk=boxes[1].pk).update(automatic_stopped_at=now)
    assert (
        "Automatic mail from alarm@brightwell.example is stopped." in client_carla.get(PAGE).content.decode()
    )
    for words in ("Automatic mail goes out again.", "alarm@brightwell.example"):
        page = client_carla.post(f"{PAGE}{boxes[1].pk}/do/", {"do": "resume"}, follow=True).content.decode()
        assert words in page
    assert "is stopped." not in page


def test_every_page_tells_an_administrator_that_all_of_it_is_stopped(
    client_carla: Browser, client_ada: Browser, now: datetime
) -> None:
    Organisation.objects.update(automatic_stopped_at=now)
    cache.clear()
    assert "Automatic mail is stopped." in client_carla.get("/tickets/").content.decode()
    assert "Automatic mail is stopped." not in client_ada.get("/tickets/").content.decode()
    client_carla.post("/settings/mailboxes/automatic/")
    assert "Automatic mail is stopped." not in client_carla.get("/tickets/").content.decode()
