"""A message that becomes a ticket of its own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Client, Contact
from helpdesk.core.models import OutgoingMail, User
from tests.tickets.conftest import last_activity, the_ticket
from tests.tickets.mail.conftest import ANNA, MALLORY, Desk
from tests.tickets.merge.conftest import merge
from tests.tickets.merge.test_merge import attach_file, words
from tests.tickets.merge.test_undo import state
from tickets.errors import MergeAcrossClients, NotToSplit, TicketInvalid
from tickets.models import Attachment, MailIn, Message, RuleTrace, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.merge_tickets import merge_tickets
from tickets.services.split_ticket import Split, split_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(source: Ticket, now: datetime) -> Message:
    return add_customer_message(ticket=source, body="The fax is dead, too.", now=now)


def split(message: Message, by: User, now: datetime, **more: Any) -> Ticket:
    message = Message.objects.select_related("ticket").get(pk=message.pk)
    wish = Split(**{"subject": "Fax", "email": ANNA, **more})
    return split_ticket(message=message, split=wish, by=by, now=now)


def test_the_message_opens_a_ticket_of_the_same_person(
    source: Ticket, message: Message, ada: User, now: datetime
) -> None:
    file = attach_file(source, message)
    new = split(message, ada, now)
    assert (new.subject, new.description, new.contact, new.client, new.priority) == (
        "Fax", "The fax is dead, too.", source.contact, source.client, source.priority,
    )  # fmt: skip
    moved = new.messages.get()
    assert (moved.pk, moved.is_opening, moved.body, moved.origin) == (message.pk, True, "", source)
    assert Attachment.objects.filter(pk=file.pk, ticket=new, message=None).exists()
    assert words(source) == []


def test_both_tell_of_it_and_nobody_else_hears(
    source: Ticket, message: Message, ada: User, now: datetime
) -> None:
    traces = RuleTrace.objects.count()
    new = split(message, ada, now)
    lines = [(line.field, line.before, line.after) for line in map(last_activity, (source, new))]
    assert lines == [("split-to", "", f"#{new.pk} Fax"), ("split-from", f"#{source.pk}", "")]
    assert (OutgoingMail.objects.count(), RuleTrace.objects.count()) == (0, traces)


@pytest.mark.parametrize("with_following", [True, False])
def test_what_the_same_person_wrote_after_it_may_go_along(
    source: Ticket, message: Message, ada: User, now: datetime, with_following: bool
) -> None:
    later = now + timedelta(minutes=1)
    add_note(ticket=source, body="Odd.", by=ada, now=later)
    add_customer_message(ticket=source, body="I am Max.", author_name="Max", now=later)
    add_customer_message(ticket=source, body="Still dead.", now=later)
    new = split(message, ada, later, with_following=with_following)
    assert (("customer", "Still dead.") in words(new)) is with_following
    assert {("note", "Odd."), ("customer", "I am Max.")} <= set(words(source))


def test_by_mail_the_address_says_who_wrote(desk: Desk) -> None:
    desk.join("cc@acme.example")
    first = desk.receive(desk.letter(in_reply_to=desk.marked()))
    desk.receive(desk.letter("cc@acme.example", body="Me too", in_reply_to=desk.marked()))
    second = desk.receive(desk.letter("ANNA@acme.example", body="Still", in_reply_to=desk.marked()))
    assert first.entry
    new = split(first.entry, desk.ada, desk.now, with_following=True)
    assert set(MailIn.objects.filter(ticket=new)) == {first, second}
    assert (desk.words(), new.source) == ([("customer", "Me too", False)], "mail")


def test_it_may_be_of_another_contact(message: Message, max_: Contact, ada: User, now: datetime) -> None:
    new = split(message, ada, now, email=" Max@acme.example ")
    assert (new.contact, new.contact_name, new.profile) == (max_, "Max Kern", None)


def test_a_person_whom_nobody_knows_is_of_the_same_client(
    source: Ticket, message: Message, ada: User, now: datetime
) -> None:
    new = split(message, ada, now, email="new@acme.example")
    assert (new.contact, new.contact_name, new.client) == (None, "new", source.client)


def test_the_sender_keeps_the_name_of_the_mail(desk: Desk) -> None:
    desk.join("cc@acme.example")
    mail = desk.receive(desk.letter("Cecil <cc@acme.example>", in_reply_to=desk.marked()))
    assert mail.entry
    assert split(mail.entry, desk.ada, desk.now, email="cc@acme.example").contact_name == "Cecil"


def test_it_may_be_of_nobody(message: Message, ada: User, now: datetime) -> None:
    assert split(message, ada, now, email="").contact_email == ""


def test_a12_a_contact_of_another_client_only_if_it_is_meant(
    message: Message, globex: Client, ada: User, now: datetime
) -> None:
    Contact.objects.create(client=globex, full_name="Gina", email="gina@globex.example")
    with pytest.raises(MergeAcrossClients, match="Gina is of another client"):
        split(message, ada, now, email="gina@globex.example")
    assert split(message, ada, now, email="gina@globex.example", across_clients=True).client == globex


def test_a12_a_contact_who_is_not_his_to_see_stays_unknown(
    message: Message, globex: Client, gus: User, anna: Contact, now: datetime
) -> None:
    Ticket.objects.update(client=globex, contact_email="gina@globex.example")
    new = split(message, gus, now, email=anna.email)
    assert (new.contact, new.client, new.contact_name) == (None, globex, "anna")


@pytest.mark.parametrize(("field", "value"), [("subject", " "), ("subject", "x" * 201), ("email", "x")])
def test_what_a_ticket_cannot_be_is_refused(
    message: Message, ada: User, now: datetime, field: str, value: str
) -> None:
    with pytest.raises(TicketInvalid) as refused:
        split(message, ada, now, **{field: value})
    assert set(refused.value.fields or ()) == {field}


def test_the_first_who_splits_wins(message: Message, ada: User, now: datetime) -> None:
    seen = Message.objects.select_related("ticket").get(pk=message.pk)
    split(message, ada, now)
    with pytest.raises(NotToSplit):
        split_ticket(message=seen, split=Split(subject="Fax", email=ANNA), by=ada, now=now)
    assert Ticket.objects.count() == 2


def test_notes_and_descriptions_stay(source: Ticket, ada: User, now: datetime) -> None:
    with pytest.raises(NotToSplit):
        split(add_note(ticket=source, body="Odd.", by=ada, now=now), ada, now)


def test_merging_back_undoes_it(source: Ticket, message: Message, ada: User, now: datetime) -> None:
    attach_file(source, message)
    before = state(source)
    new = split(message, ada, now)
    merge_tickets(sources=[new], target=the_ticket(source), by=ada, now=now)
    assert state(source) == before


@pytest.mark.parametrize("said_since", [True, False])
def test_merged_back_it_brings_its_person_only_if_something_was_said_there(
    source: Ticket, message: Message, max_: Contact, ada: User, now: datetime, said_since: bool
) -> None:
    new = split(message, ada, now, email=max_.email)
    if said_since:
        add_customer_message(ticket=new, body="Yes, mine.", now=now)
    merge(new, source, ada, now)
    assert source.participants.filter(email=max_.email).exists() is said_since


# Threads


def first_mail(desk: Desk) -> Message:
    mail = desk.receive(desk.letter(message_id="<fax@acme.example>", in_reply_to=desk.marked()))
    assert mail.entry
    return mail.entry


@pytest.mark.parametrize("marks", ["none", "address", "reference"])
def test_an_answer_to_the_moved_mail_goes_to_the_new_ticket(desk: Desk, marks: str) -> None:
    new = split(first_mail(desk), desk.ada, desk.now)
    more = {
        "none": {},
        "address": {"to": desk.address()},
        "reference": {"references": f"{desk.marked()} <fax@acme.example>"},
    }[marks]
    mail = desk.receive(desk.letter(in_reply_to="<fax@acme.example>", **more))
    assert (mail.outcome, mail.ticket) == ("joined", new)


def test_an_answer_to_the_old_ticket_stays_there(desk: Desk) -> None:
    split(first_mail(desk), desk.ada, desk.now)
    mail = desk.receive(desk.letter(in_reply_to=desk.marked(), references="<fax@acme.example>"))
    assert mail.ticket == desk.own


def test_marks_of_a_third_ticket_count_more(desk: Desk) -> None:
    split(first_mail(desk), desk.ada, desk.now)
    third = desk.make_ticket(client=desk.own.client, contact=desk.anna)
    mail = desk.receive(desk.letter(in_reply_to="<fax@acme.example>", to=desk.address(third)))
    assert mail.ticket == third


def test_once_merged_back_answers_come_home(desk: Desk) -> None:
    new = split(first_mail(desk), desk.ada, desk.now)
    merge(new, desk.own, desk.ada, desk.now)
    mail = desk.receive(desk.letter(in_reply_to="<fax@acme.example>", to=desk.address()))
    assert mail.ticket == desk.own


def test_a3_a_stranger_who_answers_the_moved_mail_is_held(desk: Desk) -> None:
    new = split(first_mail(desk), desk.ada, desk.now)
    mail = desk.receive(desk.letter(MALLORY, in_reply_to="<fax@acme.example>", to=desk.address()))
    assert (mail.outcome, mail.ticket) == ("held", new)
