"""Checklist, sleep, links, merging and splitting by programs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Http

from agents.models import Client, Contact, RoleScope
from helpdesk.core.domain.permissions import TECHNICIAN
from helpdesk.core.models import Role, User
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user, standard_role
from tickets.domain.kinds import MessageKind
from tickets.models import ChecklistItem, Message, Snooze, Ticket, TicketLink
from tickets.services.open_ticket import NewTicket, open_ticket

V1 = "/api/v1/"


@pytest.fixture
def ticket(acme: Client, ada: User, now: datetime) -> Ticket:
    anna = Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")
    return open_ticket(new=NewTicket(subject="Disk", contact=anna), by=ada, now=now)


@pytest.fixture
def other(acme: Client, ada: User, now: datetime) -> Ticket:
    return open_ticket(new=NewTicket(subject="Disk again", client=acme, tags=["disk"]), by=ada, now=now)


@pytest.fixture
def strangers_script(globex: Client) -> Http:
    role = Role.objects.create(name="Globex", permissions=standard_role(TECHNICIAN).permissions)
    RoleScope.objects.create(role=role, client=globex)
    return program_of(make_user("gus@deskbell.example", "Gus", role))


def at(ticket: Ticket, *parts: object) -> str:
    return f"{V1}tickets/{ticket.number}/" + "".join(f"{part}/" for part in parts)


def test_an_item_is_added_ticked_renamed_moved_and_removed(script: Http, ticket: Ticket) -> None:
    url = at(ticket, "checklist")
    first, second = (told(send(script, "POST", url, {"text": text}))["id"] for text in ("one", "two"))
    answer = send(script, "PATCH", f"{url}{second}/", {"position": 1, "text": "zwei", "is_done": True})
    assert (told(answer)["text"], told(answer)["done_by"]) == ("zwei", "Ada Lovelace")
    assert [row["id"] for row in told(script.get(url))["results"]] == [second, first]
    assert send(script, "DELETE", f"{url}{first}/").status_code == 204
    assert ChecklistItem.objects.filter(ticket=ticket).count() == 1


def test_an_item_that_changed_meanwhile_is_not_touched(script: Http, ticket: Ticket) -> None:
    made = send(script, "POST", at(ticket, "checklist"), {"text": "one"})
    url, tag = at(ticket, "checklist", told(made)["id"]), made["ETag"]
    assert script.get(url)["ETag"] == tag
    assert send(script, "PATCH", url, {"text": "uno"}, If_Match=tag).status_code == 200
    for method, sent in (("PATCH", {"text": "ein"}), ("DELETE", None)):
        assert send(script, method, url, sent, If_Match=tag).status_code == 412


def test_the_same_item_twice_is_added_once(script: Http, ticket: Ticket) -> None:
    url = at(ticket, "checklist")
    made = [send(script, "POST", url, {"text": "one"}, Idempotency_Key="k") for _time in range(2)]
    assert told(made[0]) == told(made[1])
    assert ChecklistItem.objects.count() == 1


def test_a_wrong_item_names_its_field(script: Http, ticket: Ticket) -> None:
    answer = send(script, "POST", at(ticket, "checklist"), {"text": " ", "done": 1})
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, "done")
    assert script.get(at(ticket, "checklist", 987654)).status_code == 404


def test_a_ticket_sleeps_until_a_moment_or_an_answer_and_wakes(script: Http, ticket: Ticket) -> None:
    url = at(ticket, "snooze")
    assert script.get(url).status_code == 404
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    assert told(send(script, "PUT", url, {"until": until}))["by"]["name"] == "Ada Lovelace"
    assert told(send(script, "PUT", url, {"until": None}))["until"] is None
    assert told(script.get(url))["until"] is None
    assert send(script, "DELETE", url, If_Match='"old"').status_code == 412
    assert [send(script, "DELETE", url).status_code for _time in range(2)] == [204, 204]
    assert not Snooze.objects.exists()
    past = send(script, "PUT", url, {"until": "2020-01-01T00:00:00Z"})
    assert (past.status_code, told(past)["errors"][0]["field"]) == (422, "until")


def test_tickets_are_linked_and_unlinked(script: Http, ticket: Ticket, other: Ticket) -> None:
    url = at(ticket, "links")
    made = send(script, "POST", url, {"number": other.number, "role": "child"})
    assert told(made)["results"] == [
        {"number": other.number, "role": "child", "subject": "Disk again", "status": "open"}
    ]
    assert told(script.get(at(other, "links")))["results"][0]["role"] == "parent"
    turned = send(script, "POST", at(other, "links"), {"number": ticket.number, "role": "child"})
    assert [one["role"] for one in told(turned)["results"]] == ["child"]
    itself = send(script, "POST", at(ticket, "links"), {"number": ticket.number, "role": "child"})
    assert (itself.status_code, told(itself)["code"]) == (409, "link-refused")
    assert send(script, "DELETE", at(ticket, "links", other.number)).status_code == 204
    assert send(script, "DELETE", at(ticket, "links", other.number)).status_code == 404
    assert not TicketLink.objects.exists()


def test_a_merge_is_previewed_done_and_undone(script: Http, ticket: Ticket, other: Ticket) -> None:
    url = at(other, "merge")
    shown = told(script.get(url, {"into": ticket.number}))["preview"]
    assert (shown["messages"], shown["tags"], shown["is_across_clients"]) == (1, ["disk"], False)
    merged = send(script, "POST", url, {"into": ticket.number})
    assert (merged.status_code, told(merged)["number"], told(merged)["tags"]) == (
        200,
        ticket.number,
        ["disk"],
    )
    again = send(script, "POST", url, {"into": ticket.number})
    assert (again.status_code, told(again)["code"]) == (409, "merge-refused")
    back = send(script, "DELETE", url)
    assert (back.status_code, told(back)["merged_into"]) == (200, None)
    assert told(send(script, "DELETE", url))["code"] == "not-merged"


def test_several_are_merged_at_once(script: Http, ticket: Ticket, other: Ticket, ada: User) -> None:
    third = open_ticket(new=NewTicket(subject="Third"), by=ada, now=ticket.created_at)
    sent = {"into": ticket.number, "also": [third.number], "across_clients": True}
    assert send(script, "POST", at(other, "merge"), sent).status_code == 200
    assert Ticket.objects.filter(merged_into=ticket).count() == 2


def test_a_message_gets_a_ticket_of_its_own(script: Http, ticket: Ticket, now: datetime) -> None:
    words = {"ticket": ticket, "kind": MessageKind.CUSTOMER, "author_name": "Anna", "created_at": now}
    message = Message.objects.create(**words, body="The fax, too")
    sent = {"subject": "Fax"}
    made = told(send(script, "POST", f"{V1}messages/{message.pk}/split/", sent))
    new = Ticket.objects.get(pk=made["number"])
    assert (new.subject, new.description, new.contact_email) == ("Fax", "The fax, too", "anna@acme.example")
    again = send(script, "POST", f"{V1}messages/{message.pk}/split/", sent)
    assert (again.status_code, told(again)["code"]) == (409, "not-to-split")


def test_held_mail_becomes_a_ticket_of_its_sender(script: Http, ticket: Ticket, now: datetime) -> None:
    words = {"ticket": ticket, "kind": MessageKind.CUSTOMER, "author_name": "M", "created_at": now}
    message = Message.objects.create(**words, body="Hi", author_email="m@evil.example", is_held=True)
    made = told(send(script, "POST", f"{V1}messages/{message.pk}/split/", {}))
    assert Ticket.objects.get(pk=made["number"]).contact_email == "m@evil.example"


def test_the_first_takes_it(script: Http, ticket: Ticket, bob: User) -> None:
    assert told(script.post(at(ticket, "take")))["assignee"]["name"] == "Ada Lovelace"
    late = program_of(bob).post(at(ticket, "take"))
    assert (late.status_code, told(late)["code"]) == (409, "already-taken")


def test_a11_tickets_of_others_are_not_there_to_link_or_merge(
    strangers_script: Http, ticket: Ticket, globex: Client, ada: User, now: datetime
) -> None:
    own = open_ticket(new=NewTicket(subject="Ours", client=globex), by=ada, now=now)
    for part, sent in (
        ("links", {"number": ticket.number, "role": "related"}),
        ("merge", {"into": ticket.number}),
        ("merge", {"into": own.number, "also": [ticket.number]}),
    ):
        answer = send(strangers_script, "POST", at(own, part), sent)
        assert (answer.status_code, b"Disk" in answer.content) == (422, False)
    assert strangers_script.get(at(own, "merge"), {"into": ticket.number}).status_code == 422


def test_a12_another_role_of_other_clients_merges_nothing(
    ticket: Ticket, acme: Client, globex: Client, ada: User, now: datetime
) -> None:
    edits = Role.objects.create(name="Edits", permissions=["tickets.view", "tickets.edit"], all_clients=True)
    merges = Role.objects.create(name="Merges", permissions=["tickets.view", "tickets.merge"])
    RoleScope.objects.create(role=merges, client=globex)
    script = program_of(make_user("eve@deskbell.example", "Eve", edits, merges))
    own, same = (open_ticket(new=NewTicket(subject="Ours", client=globex), by=ada, now=now) for _ in "ab")
    for sent in ({"into": ticket.number}, {"into": same.number, "also": [ticket.number]}):
        assert send(script, "POST", at(own, "merge"), {**sent, "across_clients": True}).status_code == 422
    assert script.get(at(own, "merge"), {"into": ticket.number}).status_code == 422
    assert send(script, "POST", at(own, "merge"), {"into": same.number}).status_code == 200


def test_a_program_that_may_only_look_changes_nothing(ada: User, ticket: Ticket) -> None:
    looks = program_of(ada, "tickets.view")
    for method, part in (("POST", "checklist"), ("PUT", "snooze"), ("POST", "links"), ("POST", "take")):
        assert send(looks, method, at(ticket, part), {}).status_code == 403
    assert looks.get(at(ticket, "merge")).status_code == 403
    assert looks.get(at(ticket, "checklist")).status_code == 200


def test_a_call_without_its_slash_is_led_there_as_it_is(script: Http) -> None:
    answer = script.post(
        "/api/v1/tickets", {"subject": "Toner"}, content_type="application/json", follow=True
    )
    assert answer.redirect_chain == [("/api/v1/tickets/", 308)]
    assert (answer.status_code, Ticket.objects.get().subject) == (201, "Toner")
