"""Merging tickets: what moves, what stays, and what is refused."""

from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from agents.models import Client, Contact
from helpdesk.core.files import store
from helpdesk.core.models import OutgoingMail, User
from tests.tickets.conftest import last_activity, make_tickets, the_ticket
from tests.tickets.merge.conftest import merge
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import MergeAcrossClients, MergeRefused, TicketMerged
from tickets.models import Attachment, Message, Participant, RuleTrace, Tag, Ticket
from tickets.selectors.merges import files_of_opening
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.change_status import change_status
from tickets.services.merge_tickets import merge_tickets
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db


def words(ticket: Ticket) -> list[tuple[str, str]]:
    rows = Message.objects.filter(ticket=ticket).order_by("created_at", "id")
    return list(rows.values_list("kind", "body"))


def attach_file(ticket: Ticket, message: Message | None = None) -> Attachment:
    blob = store(ContentFile(b"x"), max_bytes=100)
    facts = {"blob": blob, "filename": "a.txt", "media_type": "text/plain", "size": 1}
    return Attachment.objects.create(ticket=ticket, message=message, **facts)


def test_the_source_is_closed_and_its_words_stand_in_the_target(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    Ticket.objects.filter(pk=source.pk).update(description="It burns.")
    add_customer_message(ticket=source, body="Still.", now=now)
    add_note(ticket=source, body="Odd.", by=ada, now=now)
    merge(source, target, ada, now)
    gone = the_ticket(source)
    assert (gone.status, gone.merged_into, gone.closed_at, gone.resolved_at) == (
        Status.CLOSED, target, now, now,
    )  # fmt: skip
    assert words(target) == [("customer", "It burns."), ("customer", "Still."), ("note", "Odd.")]
    assert set(Message.objects.values_list("origin", flat=True)) == {source.pk}
    assert words(source) == []


def test_both_tell_of_it(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    merge(source, target, ada, now)
    lines = [(line.field, line.after, line.actor) for line in map(last_activity, (source, target))]
    assert lines == [
        ("merged-into", f"#{target.pk}", ada),
        ("took-in", f"#{source.pk} {source.subject}", ada),
    ]


def test_files_go_along(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    message = add_customer_message(ticket=source, body="Look.", now=now)
    bare, said = attach_file(source), attach_file(source, message)
    merge(source, target, ada, now)
    told = Message.objects.get(ticket=target, created_at=source.created_at)
    assert list(Attachment.objects.order_by("id").values_list("ticket", "message")) == [
        (target.pk, told.pk), (target.pk, message.pk),
    ]  # fmt: skip
    assert (bare.pk, said.pk, told.body) == (bare.pk, said.pk, "")


def test_a_ticket_without_words_brings_none(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    merge(source, target, ada, now)
    assert words(target) == []


def test_people_of_the_source_take_part_once(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    for email, is_blocked in (("eve@acme.example", True), ("max@acme.example", False)):
        Participant.objects.create(ticket=source, email=email, is_blocked=is_blocked, added_at=now)
    merge(source, target, ada, now)
    found = Participant.objects.filter(ticket=target).values_list("email", "name", "is_blocked", "contact")
    assert set(found) == {
        ("anna@acme.example", "Anna Berg", False, source.contact_id), ("eve@acme.example", "", True, None),
    }  # fmt: skip


def test_tags_are_united(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    printer, fire, smoke = Tag.objects.bulk_create([Tag(name="printer"), Tag(name="fire"), Tag(name="smoke")])
    source.tags.set([printer, fire])
    target.tags.set([printer, smoke])
    merge(source, target, ada, now)
    assert set(target.tags.all()) == {printer, fire, smoke}


@pytest.mark.parametrize(("keep", "after"), [(True, Priority.URGENT), (False, Priority.MEDIUM)])
def test_the_higher_priority_is_kept_if_the_technician_says_so(
    source: Ticket, target: Ticket, ada: User, now: datetime, keep: bool, after: Priority
) -> None:
    Ticket.objects.filter(pk=source.pk).update(priority=Priority.URGENT)
    merge(source, target, ada, now, keep_highest=keep)
    assert the_ticket(target).priority == after


def test_a_lower_priority_changes_nothing(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    Ticket.objects.filter(pk=source.pk).update(priority=Priority.LOW)
    assert merge(source, target, ada, now, keep_highest=True).kept["priority"] is None


def test_what_the_technician_wrote_by_hand_keeps_its_author(
    target: Ticket, anna: Contact, ada: User, now: datetime
) -> None:
    by_hand = open_ticket(
        new=NewTicket(subject="x", description="She called.", contact=anna), by=ada, now=now
    )
    merge(by_hand, target, ada, now)
    told = Message.objects.get(ticket=target)
    assert (told.author, told.author_name, told.body) == (ada, "Ada Lovelace", "She called.")


def test_many_go_into_one_or_none_does(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    others = make_tickets(2, now, client=source.client)
    merge_tickets(sources=[source, *others, source], target=target, by=ada, now=now)
    assert set(target.merged.all()) == {source, *others}
    fourth = make_tickets(1, now, client=source.client)[0]
    with pytest.raises(MergeRefused):
        merge_tickets(sources=[fourth, source], target=target, by=ada, now=now)
    assert the_ticket(fourth).merged_into is None


def test_nobody_hears_of_it(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    add_customer_message(ticket=source, body="Still.", now=now)
    before = RuleTrace.objects.count()
    merge(source, target, ada, now)
    assert RuleTrace.objects.count() == before
    assert not OutgoingMail.objects.exists()


# Refused


def test_a_ticket_does_not_go_into_itself(source: Ticket, ada: User, now: datetime) -> None:
    with pytest.raises(MergeRefused, match="into itself"):
        merge(source, source, ada, now)


def test_a_merged_ticket_goes_nowhere_else(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    merge(source, target, ada, now)
    other = make_tickets(1, now, client=source.client)[0]
    with pytest.raises(MergeRefused, match=f"already merged into #{target.pk}"):
        merge(source, other, ada, now)
    with pytest.raises(MergeRefused, match=f"itself merged into #{target.pk}. Merge into that one"):
        merge(other, source, ada, now)


def test_two_tickets_do_not_go_into_each_other(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    merge(source, target, ada, now)
    with pytest.raises(MergeRefused, match="Undo that first"):
        merge(target, source, ada, now)


def test_a_closed_ticket_takes_nothing_in(closed: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    with pytest.raises(MergeRefused, match="closed for good"):
        merge(target, closed, ada, now)


def test_a_closed_ticket_may_still_go_into_another(
    closed: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    merge(closed, target, ada, now + timedelta(hours=1))
    assert the_ticket(closed).closed_at == now


def test_a12_people_of_two_clients_read_each_other_only_if_it_is_meant(
    source: Ticket, globex: Client, ada: User, now: datetime
) -> None:
    theirs = make_tickets(1, now, client=globex)[0]
    with pytest.raises(MergeAcrossClients, match=r"of Acme, .* of Globex"):
        merge(source, theirs, ada, now)
    merge(source, theirs, ada, now, across_clients=True)


def test_a_ticket_of_nobody_goes_with_everyones(source: Ticket, ada: User, now: datetime) -> None:
    stray = make_tickets(1, now)[0]
    assert merge(stray, source, ada, now).target == source


# Afterwards


def test_a_word_to_the_source_lands_in_the_last_target(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    last = make_tickets(1, now, client=source.client)[0]
    merge(source, target, ada, now)
    merge(target, last, ada, now)
    assert add_customer_message(ticket=source, body="And?", now=now).ticket == last


def test_a_technician_writes_in_the_target(source: Ticket, target: Ticket, ada: User, now: datetime) -> None:
    merge(source, target, ada, now)
    with pytest.raises(TicketMerged):
        add_note(ticket=source, body="Hm", by=ada, now=now)
    with pytest.raises(TicketMerged):
        reply_to_customer(ticket=source, body="Hm", by=ada, now=now)
    with pytest.raises(TicketMerged):
        change_status(ticket=source, to=Status.WAITING, by=ada, now=now)
    with pytest.raises(TicketMerged):  # the same on a page that was opened after the merge
        change_status(ticket=the_ticket(source), to=Status.WAITING, by=ada, now=now)


def test_who_looked_at_it_before_somebody_merged_it_hears_of_it(
    source: Ticket, target: Ticket, ada: User, bob: User, now: datetime
) -> None:
    seen = the_ticket(source)
    merge(source, target, ada, now)
    with pytest.raises(MergeRefused, match="Somebody changed"):
        merge_tickets(sources=[seen], target=target, by=bob, now=now)


def test_the_files_of_the_opening_are_still_counted_for_who_sends_it_again(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    attach_file(source)
    assert files_of_opening(source) == 1
    merge(source, target, ada, now)
    assert (files_of_opening(the_ticket(source)), files_of_opening(target)) == (1, 0)
