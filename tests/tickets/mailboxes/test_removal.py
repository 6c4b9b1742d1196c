"""Deleting a mailbox, and bringing it back."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from helpdesk.core.errors import Conflict
from helpdesk.core.models import AuditEntry, OutgoingMail, User
from helpdesk.core.selectors.organisation import current_organisation
from tests.tickets.mailboxes.test_pages import PAGE, text
from tickets.models import Mailbox, MailIn, Rule, Ticket
from tickets.selectors.mail import own_addresses
from tickets.selectors.mailboxes import UNDO, mailboxes_visible_to, rules_naming, traces_of
from tickets.services.mail_out.envelopes import sender_of
from tickets.services.mailboxes.removal import delete_mailbox, forget_deleted_secrets, restore_mailbox
from tickets.services.mailboxes.rows import MailboxFields, add_mailbox, set_active

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def naming_rule(box: Mailbox, now: datetime) -> Rule:
    mailbox = {"field": "mailbox", "op": "is", "value": ["Support@desk.example"]}
    conditions = {"mode": "all", "items": [{"mode": "any", "items": [mailbox]}]}
    return Rule.objects.create(
        position=1, name="Support first", trigger="x", conditions=conditions, created_at=now, updated_at=now
    )


def test_a_deleted_mailbox_leaves_its_tickets_and_mails(
    box: Mailbox, ticket: Ticket, carla: User, now: datetime
) -> None:
    Ticket.objects.update(mailbox=box)
    MailIn.objects.create(
        key="1", sha256="1", size=1, raw=b"x", source="imap", mailbox=box, received_at=now, next_try_at=now
    )
    OutgoingMail.objects.create(
        kind="x", to="anna@acme.example", from_address=box.address, subject="x", text="x", message_id="<1@x>",
        next_try_at=now, created_at=now,
    )  # fmt: skip
    found = traces_of(box)
    assert (found.tickets, found.mails, found.waiting, found.rules) == (1, 1, 1, [])
    assert found.is_last
    for _ in range(2):
        delete_mailbox(mailbox=box, by=carla, now=now)
    assert not mailboxes_visible_to(carla).exists()
    assert (Ticket.objects.get().mailbox, MailIn.objects.get().mailbox) == (box, box)
    assert AuditEntry.objects.filter(verb="mailbox.deleted").count() == 1


def test_a_mailbox_that_a_rule_names_stays(
    box: Mailbox, naming_rule: Rule, carla: User, now: datetime
) -> None:
    with pytest.raises(Conflict, match="Rules name this mailbox"):
        delete_mailbox(mailbox=box, by=carla, now=now)
    naming_rule.conditions = {"mode": "all", "items": [{"field": "mailbox", "op": "is_not", "value": "x@y"}]}
    naming_rule.save()
    assert rules_naming(box.address) == []
    naming = {"field": "mailbox", "op": "is", "value": box.address}
    Rule.objects.filter(pk=naming_rule.pk).update(conditions=naming, deleted_at=now)
    delete_mailbox(mailbox=box, by=carla, now=now)


def test_it_comes_back_as_it_was(box: Mailbox, carla: User, now: datetime) -> None:
    sealed = box.secret_sealed
    for is_active in (True, False):
        set_active(mailbox=box, is_active=is_active, by=carla, now=now)
        delete_mailbox(mailbox=box, by=carla, now=now)
        forget_deleted_secrets(now + UNDO - SECOND)
        restore_mailbox(mailbox=box, by=carla, now=now + UNDO - SECOND)
        box.refresh_from_db()
        assert (box.is_active, box.deleted_at, box.secret_sealed) == (is_active, None, sealed)


def test_a27_its_passwords_go_when_nobody_can_bring_it_back(box: Mailbox, carla: User, now: datetime) -> None:
    delete_mailbox(mailbox=box, by=carla, now=now)
    forget_deleted_secrets(now + UNDO)
    box.refresh_from_db()
    assert box.secret_sealed == ""
    with pytest.raises(Conflict, match="too late"):
        restore_mailbox(mailbox=box, by=carla, now=now + UNDO)


def test_its_address_may_be_used_again(box: Mailbox, carla: User, now: datetime) -> None:
    delete_mailbox(mailbox=box, by=carla, now=now)
    add_mailbox(given=MailboxFields(address=box.address), by=carla, now=now)
    with pytest.raises(Conflict, match="with this address already"):
        restore_mailbox(mailbox=box, by=carla, now=now)


def test_the_page_says_what_happens_and_does_it(client_carla: Browser, box: Mailbox) -> None:
    page = text(client_carla.get(f"{PAGE}{box.pk}/delete/"))
    assert "Nothing is deleted on 127.0.0.1" in page
    for _ in range(2):  # a second click changes nothing
        page = text(client_carla.post(f"{PAGE}{box.pk}/delete/", follow=True))
        assert "support@desk.example was deleted" in page
    assert client_carla.get(f"{PAGE}{box.pk}/").status_code == 404
    page = text(client_carla.post(f"{PAGE}{box.pk}/restore/", follow=True))
    assert "support@desk.example is back." in page
    assert "was deleted" not in page
    assert "too late" in text(client_carla.post(f"{PAGE}{box.pk}/restore/", follow=True))


def test_the_page_links_the_rules_that_are_in_the_way(
    client_carla: Browser, box: Mailbox, naming_rule: Rule
) -> None:
    answer = client_carla.post(f"{PAGE}{box.pk}/delete/")
    assert answer.status_code == 409
    assert f'href="/rules/{naming_rule.pk}/"' in text(answer)
    assert not Mailbox.objects.filter(deleted_at__isnull=False).exists()


def test_bringing_back_what_is_in_use_again_is_refused_in_words(
    client_carla: Browser, box: Mailbox, carla: User
) -> None:
    delete_mailbox(mailbox=box, by=carla, now=timezone.now())
    Mailbox.objects.create(address=box.address, created_at=timezone.now())
    assert "with this address already" in text(client_carla.post(f"{PAGE}{box.pk}/restore/", follow=True))


def test_mail_from_a_deleted_address_is_no_longer_our_own(box: Mailbox, carla: User, now: datetime) -> None:
    assert box.address in own_addresses()
    delete_mailbox(mailbox=box, by=carla, now=now)
    assert box.address not in own_addresses()


def test_tickets_of_a_mailbox_that_is_added_again_answer_from_it(
    box: Mailbox, ticket: Ticket, carla: User, now: datetime
) -> None:
    Mailbox.objects.create(address="first@desk.example", created_at=now)
    Mailbox.objects.filter(pk=box.pk).update(address="sales@desk.example")
    Ticket.objects.update(mailbox=box)
    delete_mailbox(mailbox=box, by=carla, now=now)
    senders = []
    for again in (False, True):
        if again:
            add_mailbox(given=MailboxFields(address="sales@desk.example"), by=carla, now=now)
        senders.append(sender_of(Ticket.objects.get(pk=ticket.pk), current_organisation()).from_address)
    assert senders == ["first@desk.example", "sales@desk.example"]
