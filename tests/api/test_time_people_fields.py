"""Time, followers, participants, mail of strangers and own fields by programs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Http

from agents.models import Client, Contact, CustomField, Device
from helpdesk.core.models import OutgoingMail, User
from tests.api.conftest import program_of, send, told
from tickets.domain.kinds import MessageKind
from tickets.models import BlockedSender, Message, Ticket, TicketFollower, TimeEntry, Timer
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer

V1 = "/api/v1/"


@pytest.fixture
def ticket(acme: Client, ada: User, now: datetime) -> Ticket:
    anna = Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")
    return open_ticket(new=NewTicket(subject="Disk", contact=anna), by=ada, now=now)


def at(ticket: Ticket, *parts: object) -> str:
    return f"{V1}tickets/{ticket.number}/" + "".join(f"{part}/" for part in parts)


def held(ticket: Ticket, now: datetime) -> Message:
    return Message.objects.create(
        ticket=ticket, kind=MessageKind.CUSTOMER, author_name="Mallory", author_email="m@evil.example",
        body="Let me in", is_held=True, created_at=now,
    )  # fmt: skip


def test_time_is_added_corrected_deleted_and_brought_back(script: Http, ticket: Ticket) -> None:
    made = send(script, "POST", at(ticket, "time"), {"minutes": 40, "note": "On site"})
    url = f"{V1}time/{told(made)['id']}/"
    assert (made.status_code, told(made)["seconds"], told(made)["is_billable"]) == (201, 2400, True)
    changed = send(script, "PATCH", url, {"minutes": 45, "is_billable": False}, If_Match=made["ETag"])
    assert (told(changed)["seconds"], told(changed)["note"]) == (2700, "On site")
    assert send(script, "PATCH", url, {"note": ""}, If_Match=made["ETag"]).status_code == 412
    assert send(script, "DELETE", url).status_code == 204
    assert told(script.get(at(ticket, "time")))["results"] == []
    assert told(send(script, "PATCH", url, {"is_deleted": False}))["deleted_at"] is None
    assert [row["ticket"] for row in told(script.get(f"{V1}time/"))["results"]] == [ticket.number]


def test_an_impossible_time_names_its_field(script: Http, ticket: Ticket) -> None:
    for sent, field in (({"minutes": 0}, "minutes"), ({"minutes": 5, "started_at": "2020-01-01"}, "started")):
        answer = send(script, "POST", at(ticket, "time"), sent)
        assert answer.status_code == 422
        assert told(answer)["errors"][0]["field"].startswith(field)


def test_a11_the_time_of_others_is_not_there_to_correct(ada: User, bob: User, ticket: Ticket) -> None:
    made = send(program_of(ada), "POST", at(ticket, "time"), {"minutes": 5})
    url = f"{V1}time/{told(made)['id']}/"
    for method in ("GET", "PATCH", "DELETE"):
        assert send(program_of(bob), method, url, {}).status_code == 404


def test_the_timer_runs_and_stops(script: Http, ticket: Ticket, ada: User) -> None:
    url = f"{V1}timer/"
    assert told(script.get(url)) == {"ticket": None, "started_at": None}
    assert told(send(script, "PUT", url, {"ticket": ticket.number}))["ticket"] == ticket.number
    begun = datetime.now(UTC) - timedelta(minutes=5)
    Timer.objects.filter(user=ada).update(started_at=begun)
    assert send(script, "DELETE", url, If_Match='"old"').status_code == 412
    assert [send(script, "DELETE", url).status_code for _time in range(2)] == [204, 204]
    assert TimeEntry.objects.get().ticket == ticket


def test_time_that_a_timer_asks_about_is_kept(script: Http, ticket: Ticket, ada: User, now: datetime) -> None:
    entry = TimeEntry.objects.create(ticket=ticket, user=ada, started_at=now, seconds=600, is_asked=True)
    answers = [send(script, "POST", f"{V1}time/{entry.pk}/answer/", {"keep": keep}) for keep in (True, False)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert not TimeEntry.objects.get().is_asked


def test_timers_are_switched_off_for_oneself_and_by_the_right_for_the_desk(ada: User) -> None:
    url = f"{V1}timer/choice/"
    assert told(send(program_of(ada), "PUT", url, {"own": False})) == {"desk": True, "own": False}
    assert send(program_of(ada), "PUT", url, {"desk": False}).status_code == 403


def test_one_follows_and_a_colleague_is_made_to(script: Http, ticket: Ticket, ada: User, bob: User) -> None:
    for user in (ada, bob):
        assert send(script, "PUT", at(ticket, "followers", user.pk)).status_code == 200
    names = [row["name"] for row in told(script.get(at(ticket, "followers")))["results"]]
    assert names == ["Ada Lovelace", "Bob Kahn"]
    assert send(script, "DELETE", at(ticket, "followers", bob.pk)).status_code == 204
    assert send(script, "DELETE", at(ticket, "followers", bob.pk)).status_code == 404
    assert TicketFollower.objects.get().user == ada


def test_who_may_only_look_follows_alone(ada: User, bob: User, ticket: Ticket) -> None:
    looks = program_of(ada, "tickets.view")
    assert send(looks, "PUT", at(ticket, "followers", ada.pk)).status_code == 200
    assert send(looks, "PUT", at(ticket, "followers", bob.pk)).status_code == 404


def test_nobody_who_is_not_there_follows(script: Http, ticket: Ticket) -> None:
    answer = send(script, "PUT", at(ticket, "followers", 987654))
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, "user")


def test_somebody_takes_part_and_is_sent_away(script: Http, ticket: Ticket) -> None:
    url = at(ticket, "participants")
    made = told(send(script, "POST", url, {"email": "Paul@acme.example"}))["results"]
    assert [row["email"] for row in made] == ["paul@acme.example"]
    assert send(script, "POST", url, {"email": "nobody"}).status_code == 422
    gone = at(ticket, "participants", made[0]["id"])
    assert send(script, "DELETE", gone, If_Match='"old"').status_code == 412
    assert [send(script, "DELETE", gone).status_code for _time in range(2)] == [204, 404]
    assert told(script.get(url))["results"] == []


def test_held_mail_is_let_in_or_its_sender_shut_out(script: Http, ticket: Ticket, now: datetime) -> None:
    url = f"{V1}messages/{held(ticket, now).pk}/"
    assert told(script.post(f"{url}admit/"))["is_held"] is False
    assert told(script.post(f"{url}admit/"))["code"] == "mail-not-held"
    assert script.post(f"{url}block/").status_code == 204
    assert BlockedSender.objects.get().pattern == "m@evil.example"


def test_an_answer_is_taken_back_while_it_waits(script: Http, ticket: Ticket, ada: User) -> None:
    now = datetime.now(UTC)
    message = reply_to_customer(ticket=ticket, body="Well?", by=ada, now=now, may_be_undone=True)
    url = f"{V1}messages/{message.pk}/undo/"
    assert told(script.post(url)) == {"body": "Well?"}
    assert script.post(url).status_code == 404


def test_a_letter_that_did_not_arrive_goes_once_more(script: Http, ticket: Ticket, ada: User) -> None:
    message = reply_to_customer(ticket=ticket, body="Well?", by=ada, now=datetime.now(UTC))
    OutgoingMail.objects.update(status=OutgoingMail.Status.FAILED)
    url = f"{V1}mails/{message.mail_id}/resend/"
    assert [script.post(url).status_code for _time in range(2)] == [204, 404]


def test_own_fields_are_read_and_filled_in(
    carlas_script: Http, ticket: Ticket, acme: Client, now: datetime
) -> None:
    pc = Device.objects.create(client=acme, machine_id="m-1", name="PC", created_at=now)
    assert ticket.contact
    for what, url in (
        ("ticket", at(ticket, "fields")),
        ("contact", f"{V1}contacts/{ticket.contact.public_id}/fields/"),
        ("device", f"{V1}devices/{pc.public_id}/fields/"),
    ):
        CustomField.objects.create(belongs_to=what, key="room", name="Room", type="number")
        before = carlas_script.get(url)
        filled = send(carlas_script, "PATCH", url, {"values": {"room": "2,5"}}, If_Match=before["ETag"])
        assert [row["value"] for row in told(filled)["results"]] == ["2.5"]
        assert told(carlas_script.get(url)) == told(filled)
        for values, field in (({"room": "x"}, "values.room"), ({"floor": "1"}, "values.floor")):
            wrong = send(carlas_script, "PATCH", url, {"values": values})
            assert (wrong.status_code, told(wrong)["errors"][0]["field"]) == (422, field)
        late = send(carlas_script, "PATCH", url, {"values": {"room": "3"}}, If_Match=before["ETag"])
        assert late.status_code == 412
