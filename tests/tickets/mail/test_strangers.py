"""What technicians do about mail that is held."""

from typing import Any

import pytest
from django.test import Client as Browser

from agents.models import Contact
from helpdesk.core.models import AuditEntry, OutgoingMail, User
from tests.tickets.conftest import last_activity, the_ticket
from tests.tickets.mail.conftest import ANNA, MALLORY, Desk
from tickets.domain.status import Status
from tickets.errors import TicketInvalid
from tickets.models import BlockedSender, MailIn, Message, Participant, Ticket
from tickets.selectors.mail_journal import blocked_visible_to
from tickets.services.mail.strangers import (
    NotHeld,
    admit_sender,
    block_sender,
    ignore_contact_mail,
    split_off_held,
    unblock_sender,
)
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(desk: Desk) -> Message:
    return receive_held(desk)


def receive_held(desk: Desk, sender: str = f"Mal <{MALLORY}>", **headers: str) -> Message:
    mail = desk.receive(desk.letter(sender, in_reply_to=desk.marked(), **headers))
    assert mail.entry
    assert mail.entry.is_held
    return mail.entry


def decide(desk: Desk, message: Message) -> dict[str, Any]:
    return {"ticket": desk.own, "message": message, "by": desk.ada, "now": desk.now}


def test_a_held_mail_tells_nobody_and_adds_nobody(desk: Desk, held: Message) -> None:
    assert not OutgoingMail.objects.exists()
    assert not desk.own.participants.exists()
    assert the_ticket(desk.own).status == Status.OPEN
    assert (last_activity(desk.own).field, last_activity(desk.own).after) == ("held", MALLORY)


def test_an_admitted_sender_takes_part_from_then_on(desk: Desk, held: Message) -> None:
    admit_sender(**decide(desk, held))
    assert desk.words() == [("customer", "It burns again.", False)]
    assert desk.receive(desk.letter(MALLORY, in_reply_to=desk.marked())).outcome == "joined"


def test_an_admitted_sender_gets_the_next_answer(desk: Desk, held: Message) -> None:
    admit_sender(**decide(desk, held))
    reply_to_customer(ticket=the_ticket(desk.own), body="Here you are", by=desk.ada, now=desk.now)
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {ANNA, MALLORY}


def test_a_held_sender_gets_no_answer(desk: Desk, held: Message) -> None:
    reply_to_customer(ticket=the_ticket(desk.own), body="Here you are", by=desk.ada, now=desk.now)
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {ANNA}


def test_admitting_opens_a_waiting_ticket(desk: Desk, held: Message) -> None:
    Ticket.objects.filter(pk=desk.own.pk).update(status=Status.WAITING)
    admit_sender(**{**decide(desk, held), "ticket": the_ticket(desk.own)})
    assert the_ticket(desk.own).status == Status.OPEN


def test_admitting_a_machine_opens_nothing(desk: Desk) -> None:
    held = receive_held(desk, auto_submitted="auto-replied")
    Ticket.objects.filter(pk=desk.own.pk).update(status=Status.WAITING)
    admit_sender(**decide(desk, held))
    assert the_ticket(desk.own).status == Status.WAITING


def test_admitting_somebody_who_was_sent_away_lets_him_back(desk: Desk, held: Message) -> None:
    desk.join(MALLORY, is_blocked=True)
    admit_sender(**decide(desk, held))
    assert not Participant.objects.get(email=MALLORY).is_blocked


def test_a_held_mail_without_a_sender_can_be_admitted(desk: Desk) -> None:
    admit_sender(**decide(desk, receive_held(desk, "")))
    assert not desk.own.participants.exists()


def test_the_first_technician_decides(desk: Desk, held: Message) -> None:
    admit_sender(**decide(desk, held))
    with pytest.raises(NotHeld):
        split_off_held(**decide(desk, held))


def test_a_split_off_mail_becomes_the_senders_own_ticket(desk: Desk, held: Message) -> None:
    new = split_off_held(**decide(desk, held))
    assert (new.contact_email, new.description, new.client) == (MALLORY, "It burns again.", None)
    assert desk.words() == []
    assert MailIn.objects.get().ticket == new
    assert new.messages.get().is_opening


def test_a_split_off_mail_of_a_contact_goes_to_its_client(desk: Desk) -> None:
    Contact.objects.create(client=desk.anna.client, full_name="Max", email="max@acme.example")
    held = receive_held(desk, "max@acme.example", subject="")
    new = split_off_held(**decide(desk, held))
    assert (new.contact_name, new.client, new.subject) == ("Max", desk.anna.client, desk.own.subject)


def test_a_split_off_mail_without_a_sender_still_has_its_words(desk: Desk) -> None:
    held = receive_held(desk, "")
    MailIn.objects.all().delete()
    held.refresh_from_db()
    new = split_off_held(**decide(desk, held))
    assert (new.contact_email, new.description) == ("", "It burns again.")


def test_a_blocked_sender_is_heard_no_more(desk: Desk, held: Message) -> None:
    block_sender(**decide(desk, held))
    block_sender(**decide(desk, held))
    assert desk.receive(desk.letter(MALLORY)).outcome == "dropped"
    assert AuditEntry.objects.filter(verb="sender.blocked").count() == 1


def test_an_unblocked_sender_is_heard_again(desk: Desk, held: Message) -> None:
    blocked = block_sender(**decide(desk, held))
    for _time in (1, 2):
        unblock_sender(blocked=blocked, by=desk.ada, now=desk.now)
    assert not BlockedSender.objects.exists()
    assert AuditEntry.objects.filter(verb="sender.unblocked").count() == 1


def test_none_of_us_can_be_blocked(desk: Desk) -> None:
    with pytest.raises(TicketInvalid):
        block_sender(**decide(desk, receive_held(desk, desk.bob.email)))
    with pytest.raises(TicketInvalid):
        block_sender(**decide(desk, receive_held(desk, "")))


def test_the_mail_of_a_contact_is_ignored_until_it_is_welcome_again(desk: Desk) -> None:
    for ignores in (True, True, False):
        ignore_contact_mail(contact=desk.anna, ignores=ignores, by=desk.ada, now=desk.now)
        assert (desk.receive(desk.letter()).outcome == "dropped") is ignores
    assert AuditEntry.objects.filter(verb__startswith="contact.mail").count() == 2


@pytest.mark.parametrize("pattern", ["Mallory@evil.example", "@evil.example", "evil.example."])
def test_an_address_or_a_domain_is_blocked_by_hand(desk: Desk, client_carla: Browser, pattern: str) -> None:
    answer = client_carla.post("/settings/mail/blocked/", {"pattern": pattern, "reason": "spam"})
    assert answer.status_code == 302
    assert desk.receive(desk.letter(MALLORY)).outcome == "dropped"
    page = client_carla.get("/settings/mail/blocked/").content.decode()
    assert "evil.example" in page
    assert "spam" in page


@pytest.mark.parametrize("pattern", ["", "evil", "a@b", "deskbell.example", "ada@deskbell.example"])
def test_what_is_no_sender_or_one_of_us_cannot_be_blocked(
    desk: Desk, client_carla: Browser, pattern: str
) -> None:
    answer = client_carla.post("/settings/mail/blocked/", {"pattern": pattern})
    assert answer.status_code == 422
    assert not BlockedSender.objects.exists()


def test_a_sender_is_unblocked_by_hand(desk: Desk, client_carla: Browser) -> None:
    blocked = BlockedSender.objects.create(pattern=MALLORY, created_at=desk.now)
    answer = client_carla.post(f"/settings/mail/blocked/{blocked.pk}/unblock/", follow=True)
    assert "is welcome again" in answer.content.decode()
    assert not BlockedSender.objects.exists()


def test_only_who_keeps_the_settings_sees_who_is_blocked(desk: Desk, carla: User) -> None:
    BlockedSender.objects.create(pattern=MALLORY, created_at=desk.now)
    assert not blocked_visible_to(desk.ada).exists()
    assert blocked_visible_to(carla).exists()
