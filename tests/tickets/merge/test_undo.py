"""A merge taken back: exactly what was moved goes home."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Contact
from helpdesk.core.models import User
from tests.tickets.conftest import last_activity, make_tickets, the_ticket
from tests.tickets.mail.conftest import Desk
from tests.tickets.merge.conftest import merge, undo
from tests.tickets.merge.test_merge import attach_file, words
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import MergeRefused, NotMerged
from tickets.models import Attachment, Message, Participant, Tag, Ticket, TicketClock, TicketMerge
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.merge_tickets import merge_tickets
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.split_ticket import Split, split_ticket
from tickets.services.undo_merge import undo_merge

pytestmark = pytest.mark.django_db


def state(*tickets: Ticket) -> list[Any]:
    """All that a merge may touch, apart from the lines that tell of it and the time of the last change."""
    here = {"ticket__in": [ticket.pk for ticket in tickets]}
    columns = ["pk", "status", "priority", "resolved_at", "closed_at", "merged_into", "description"]
    return [
        list(Ticket.objects.filter(pk__in=here["ticket__in"]).order_by("pk").values_list(*columns)),
        *(list(model.objects.filter(**here).order_by("pk").values()) for model in (Message, Attachment)),
        list(TicketClock.objects.filter(**here).order_by("pk").values()),
        set(Participant.objects.filter(**here).values_list("ticket", "email", "name", "is_blocked")),
        set(Ticket.tags.through.objects.filter(**here).values_list("ticket", "tag")),
    ]


WORDS = st.lists(
    st.sampled_from(["customer", "note", "reply", "file", "tag", "tag2", "person", "urgent", "resolved"]),
    max_size=6,
)


def fill(ticket: Ticket, deeds: list[str], by: User, now: datetime) -> None:
    for number, deed in enumerate(deeds):
        at = now + timedelta(seconds=number)
        current = the_ticket(ticket)
        match deed:
            case "customer":
                add_customer_message(ticket=current, body=f"Word {number}", now=at)
            case "note":
                add_note(ticket=current, body=f"Note {number}", by=by, now=at)
            case "reply":
                reply_to_customer(ticket=current, body=f"Answer {number}", by=by, now=at, then=Status.WAITING)
            case "file":
                attach_file(ticket)
            case "tag" | "tag2":
                ticket.tags.add(Tag.objects.get_or_create(name=deed)[0])
            case "person":
                Participant.objects.get_or_create(
                    ticket=ticket, email="eve@acme.example", defaults={"added_at": now}
                )
            case "urgent":
                Ticket.objects.filter(pk=ticket.pk).update(priority=Priority.URGENT)
            case "resolved":
                Ticket.objects.filter(pk=ticket.pk).update(status=Status.RESOLVED, resolved_at=now)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=WORDS, second=WORDS, into=WORDS, is_in_order=st.booleans(), chain=st.booleans())
def test_merging_and_undoing_leaves_everything_as_it_was(
    source: Ticket, target: Ticket, max_: Contact, ada: User, now: datetime, **given_: Any
) -> None:
    with transaction.atomic():
        third = make_tickets(1, now, client=source.client, contact=max_, description="Smoke")[0]
        for ticket, deeds in ((source, "first"), (third, "second"), (target, "into")):
            fill(ticket, given_[deeds], ada, now)
        later = now + timedelta(minutes=1)
        before = state(source, third, target)
        steps = [(source, third if given_["chain"] else target), (third, target)]
        for one, other in steps:
            merge(one, other, ada, later, keep_highest=True)
        is_in_order = given_["is_in_order"] and not given_["chain"]
        for one, _other in steps if is_in_order else steps[::-1]:
            undo(one, ada, later)
        assert state(source, third, target) == before
        transaction.set_rollback(True)


def test_what_came_later_stays(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    add_customer_message(ticket=source, body="First.", now=now)
    merge(source, target, ada, now)
    add_customer_message(ticket=source, body="Later.", now=now + timedelta(minutes=1))
    assert undo(source, ada, now + timedelta(minutes=2)) == target
    assert (words(source), words(target)) == ([("customer", "First.")], [("customer", "Later.")])
    assert (last_activity(source).field, last_activity(target).field) == ("unmerged-from", "gave-back")


def test_who_was_written_to_meanwhile_goes_on_taking_part(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    Participant.objects.create(ticket=source, email="eve@acme.example", added_at=now)
    merge(source, target, ada, now)
    reply_to_customer(ticket=the_ticket(target), body="Hello", by=ada, now=now + timedelta(minutes=1))
    undo(source, ada, now + timedelta(minutes=2))
    assert set(target.participants.values_list("email", flat=True)) == {
        "anna@acme.example",
        "eve@acme.example",
    }


def test_of_two_who_undo_the_first_wins(
    source: Ticket, target: Ticket, ada: User, bob: User, now: datetime
) -> None:
    merge(source, target, ada, now)
    seen = the_ticket(source)
    undo(source, ada, now)
    for ticket in (seen, the_ticket(source)):
        with pytest.raises(NotMerged):
            undo_merge(source=ticket, by=bob, now=now)
    assert TicketMerge.objects.get().undone_by == ada


def test_a_chain_is_undone_from_its_end(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    last = make_tickets(1, now, client=source.client)[0]
    merge(source, target, ada, now)
    merge(target, last, ada, now)
    with pytest.raises(MergeRefused, match="itself merged since"):
        undo(source, ada, now)
    undo(target, ada, now)
    undo(source, ada, now)
    assert the_ticket(source).merged_into is None


def test_a_ticket_can_be_merged_again(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    for _time in (1, 2):
        merge(source, target, ada, now)
        undo(source, ada, now)
    assert TicketMerge.objects.filter(undone_at=None).count() == 0


def test_a_priority_that_somebody_set_since_stays(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    Ticket.objects.filter(pk=source.pk).update(priority=Priority.URGENT)
    merge(source, target, ada, now, keep_highest=True)
    Ticket.objects.filter(pk=target.pk).update(priority=Priority.LOW)
    undo(source, ada, now)
    assert the_ticket(target).priority == Priority.LOW


def test_what_was_taken_back_meanwhile_stays_away(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    message = add_note(ticket=source, body="Odd", by=ada, now=now)
    Ticket.objects.filter(pk=source.pk).update(description="It burns.")
    merge_tickets(sources=[the_ticket(source)], target=target, by=ada, now=now)
    Message.objects.filter(ticket=target).delete()
    undo(source, ada, now)
    assert (words(source), message.body) == ([], "Odd")


def test_what_two_merges_brought_goes_with_the_last_of_them(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    third = make_tickets(1, now, client=source.client, contact_email=source.contact_email)[0]
    tag = Tag.objects.create(name="printer")
    for ticket, priority in ((source, Priority.HIGH), (third, Priority.URGENT)):
        ticket.tags.add(tag)
        Ticket.objects.filter(pk=ticket.pk).update(priority=priority)
        merge(ticket, target, ada, now, keep_highest=True)
    undo(source, ada, now)
    assert (target.participants.get().email, target.tags.get()) == (source.contact_email, tag)
    assert the_ticket(target).priority == Priority.URGENT
    undo(third, ada, now)
    assert not target.participants.exists()
    assert not target.tags.exists()
    assert the_ticket(target).priority == Priority.MEDIUM


def test_a_priority_that_two_merges_keep_goes_with_the_last_of_them(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    third = make_tickets(1, now, client=source.client)[0]
    for ticket in (source, third):
        Ticket.objects.filter(pk=ticket.pk).update(priority=Priority.HIGH)
        merge(ticket, target, ada, now, keep_highest=True)
    undo(source, ada, now)
    assert the_ticket(target).priority == Priority.HIGH
    undo(third, ada, now)
    assert the_ticket(target).priority == Priority.MEDIUM


def test_a_mail_is_the_description_again(desk: Desk) -> None:
    mail = desk.receive(desk.letter(cc="eve@acme.example"))
    assert mail.ticket
    before = state(mail.ticket, desk.own)
    merge(mail.ticket, desk.own, desk.ada, desk.now)
    assert desk.words() == [("customer", "It burns again.", False)]
    undo(mail.ticket, desk.ada, desk.now)
    assert state(mail.ticket, desk.own) == before


def test_what_was_split_off_meanwhile_stays_there(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    message = add_customer_message(ticket=source, body="The fax, too.", now=now)
    merge(source, target, ada, now)
    moved = Message.objects.select_related("ticket").get(pk=message.pk)
    new = split_ticket(message=moved, split=Split(subject="Fax"), by=ada, now=now)
    undo(source, ada, now)
    assert (new.messages.get(), words(source), words(target)) == (message, [], [])
