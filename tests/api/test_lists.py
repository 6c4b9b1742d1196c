"""Canned replies, many tickets at once, saved views, tags, ratings and rules by programs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Http

from agents.models import Client, Contact
from helpdesk.core.models import Team, User
from tests.api.conftest import program_of, send, told
from tickets.models import Macro, RuleTrace, SavedView, Survey, Tag, Ticket
from tickets.services.open_ticket import NewTicket, open_ticket

V1 = "/api/v1/"


@pytest.fixture
def ticket(acme: Client, ada: User, now: datetime) -> Ticket:
    anna = Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")
    return open_ticket(new=NewTicket(subject="Disk", contact=anna, tags=["old"]), by=ada, now=now)


@pytest.fixture
def other(acme: Client, ada: User, now: datetime) -> Ticket:
    return open_ticket(new=NewTicket(subject="Disk again", client=acme), by=ada, now=now)


def macro(now: datetime, **facts: object) -> Macro:
    return Macro.objects.create(name="Take", created_at=now, updated_at=now, **facts)


def test_a_canned_reply_is_filled_in_run_and_taken_back(script: Http, ticket: Ticket, now: datetime) -> None:
    actions = [{"do": "set_priority", "value": "high"}, {"do": "add_tags", "value": ["vip"]}]
    url = f"{V1}tickets/{ticket.number}/macros/{macro(now, text='Hi {{number}}', actions=actions).pk}/"
    assert told(script.get(url))["text"] == f"Hi #{ticket.number}"
    done = told(send(script, "POST", url, {}))
    assert (done["ticket"]["priority"], done["ticket"]["tags"]) == ("high", ["old", "vip"])
    back = f"{V1}tickets/{ticket.number}/macro-runs/{done['run']}/"
    assert [send(script, "DELETE", back).status_code for _time in range(2)] == [204, 404]
    assert Ticket.objects.get(pk=ticket.pk).priority == "medium"


def test_a11_the_canned_replies_of_others_are_not_there(
    script: Http, ticket: Ticket, bob: User, now: datetime
) -> None:
    url = f"{V1}tickets/{ticket.number}/macros/{macro(now, owner=bob).pk}/"
    assert [script.get(url).status_code, send(script, "POST", url, {}).status_code] == [404, 404]


def test_a_canned_reply_is_written_changed_copied_deleted_and_back(script: Http, bob: User) -> None:
    url = f"{V1}macros/"
    actions = [{"do": "set_status", "value": "waiting"}]
    made = send(script, "POST", url, {"name": "Wait", "text": "Hi {{ name }}", "actions": actions})
    one = f"{url}{told(made)['id']}/"
    assert (made.status_code, told(made)["is_own"]) == (201, True)
    changed = told(send(script, "PATCH", one, {"name": "Waits", "written_as": "note"}, If_Match=made["ETag"]))
    assert (changed["name"], changed["actions"], changed["version"]) == ("Waits", actions, 2)
    assert send(script, "PATCH", one, {"name": "x"}, If_Match=made["ETag"]).status_code == 412
    assert told(send(script, "POST", f"{one}copy/"))["name"] == "Waits (copy)"
    assert send(script, "DELETE", one).status_code == 204
    assert [row["name"] for row in told(script.get(url))["results"]] == ["Waits (copy)"]
    assert told(send(script, "PATCH", one, {"is_deleted": False}))["is_deleted"] is False
    assert send(program_of(bob), "GET", one).status_code == 404
    for wrong, field in (({"text": "{{ nobody }}"}, "text"), ({"actions": [{"do": "x"}]}, "actions")):
        answer = send(script, "PATCH", one, wrong)
        assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, field)
    for whose, status in (("all", 403), ("team", 422)):
        assert send(script, "PATCH", one, {"whose": whose}).status_code == status


def test_a_deed_for_many_is_previewed_done_and_undone(script: Http, ticket: Ticket, other: Ticket) -> None:
    sent = {"deed": "tag", "value": "Old, vip", "numbers": [ticket.number, other.number]}
    shown = told(send(script, "POST", f"{V1}bulk/preview/", sent))
    assert shown == {"done": sent["numbers"], "left": [], "is_cut": False}
    done = [told(send(script, "POST", f"{V1}bulk/", sent, Idempotency_Key="k")) for _time in range(2)]
    assert done[0] == done[1]
    assert other.tags.count() == 2
    again = told(send(script, "POST", f"{V1}bulk/", sent))
    assert (again["left"], again["run"]) == ([{"why": "same", "numbers": sent["numbers"]}], None)
    back = f"{V1}bulk/{done[0]['run']}/undo/"
    assert told(script.post(back)) == {"as_before": 2, "changed_since": 0}
    assert [script.post(back).status_code, other.tags.count()] == [409, 0]


def test_a_deed_takes_a_list_by_its_query(script: Http, ticket: Ticket, other: Ticket) -> None:
    sent = {"deed": "priority", "value": "high", "query": "tag=old&status=any"}
    assert told(send(script, "POST", f"{V1}bulk/preview/", sent))["done"] == [ticket.number]


def test_a_query_with_more_than_fit_says_so(
    script: Http, ticket: Ticket, other: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("tickets.api.bulk", "tickets.selectors.bulk"):
        monkeypatch.setattr(f"{place}.MAX_TICKETS", 1)
    sent = {"deed": "priority", "value": "high", "query": "status=any"}
    shown = told(send(script, "POST", f"{V1}bulk/preview/", sent))
    assert (len(shown["done"]), shown["is_cut"]) == (1, True)


def test_many_are_merged_or_none(script: Http, ticket: Ticket, other: Ticket, globex: Client) -> None:
    sent = {"deed": "merge", "value": str(ticket.number), "numbers": [ticket.number, other.number]}
    assert told(send(script, "POST", f"{V1}bulk/preview/", sent))["done"] == [other.number]
    Ticket.objects.filter(pk=other.pk).update(client=globex)
    for url in (f"{V1}bulk/preview/", f"{V1}bulk/"):
        assert told(send(script, "POST", url, sent))["code"] == "merge-across-clients"
        wrong = send(script, "POST", url, sent | {"value": "987654"})
        assert (wrong.status_code, told(wrong)["errors"][0]["field"]) == (422, "value")
    assert told(send(script, "POST", f"{V1}bulk/", sent | {"across_clients": True}))["done"] == [other.number]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"numbers": [1]}, "value"),
        ({"value": "high"}, "numbers"),
        ({"value": "high", "numbers": [1], "query": "q=x"}, "numbers"),
        ({"value": "high", "query": "status=gone"}, "query"),
        ({"value": "high", "query": "owner=1"}, "query"),
    ],
)
def test_a_deed_that_cannot_be_names_its_field(script: Http, sent: dict[str, object], field: str) -> None:
    answer = send(script, "POST", f"{V1}bulk/", {"deed": "priority", **sent})
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, field)


def test_a11_the_deeds_of_others_are_not_there_to_undo(script: Http, ticket: Ticket, bob: User) -> None:
    sent = {"deed": "tag", "value": "vip", "numbers": [ticket.number]}
    run = told(send(script, "POST", f"{V1}bulk/", sent))["run"]
    assert program_of(bob).post(f"{V1}bulk/{run}/undo/").status_code == 404


def test_a_view_is_kept_changed_moved_deleted_and_back(script: Http) -> None:
    url = f"{V1}views/"
    first, second = (
        send(script, "POST", url, {"name": name, "query": "q=disk&f=tag.is.old"}) for name in "AB"
    )
    one = f"{url}{told(second)['id']}/"
    assert (second.status_code, told(second)["query"]) == (201, "q=disk&f=tag.is.old")
    assert told(send(script, "PATCH", one, {"name": "C"}, If_Match=second["ETag"]))["name"] == "C"
    assert send(script, "PATCH", one, {"name": "D"}, If_Match=second["ETag"]).status_code == 412
    assert told(send(script, "POST", f"{one}move/", {"to": "up"}))["position"] == told(first)["position"]
    assert send(script, "DELETE", one).status_code == 204
    assert [row["name"] for row in told(script.get(url))["results"]] == ["A"]
    assert told(send(script, "PATCH", one, {"is_deleted": False}))["is_deleted"] is False
    assert told(script.get(one))["name"] == "C"


def test_a_view_belongs_to_a_team_or_everybody_by_right(
    script: Http, carlas_script: Http, ada: User, now: datetime
) -> None:
    team = Team.objects.create(name="Day")
    sent = {"name": "Ours", "whose": "team", "team": team.pk}
    assert told(send(script, "POST", f"{V1}views/", sent))["errors"][0]["field"] == "team"
    team.members.add(ada)
    assert told(send(script, "POST", f"{V1}views/", sent))["team"]["name"] == "Day"
    shared = {"name": "All", "whose": "all"}
    assert send(script, "POST", f"{V1}views/", shared).status_code == 403
    assert send(carlas_script, "POST", f"{V1}views/", shared).status_code == 201


def test_a11_the_views_of_others_are_not_there(script: Http, bob: User, now: datetime) -> None:
    view = SavedView.objects.create(name="Bob's", owner=bob, created_at=now, updated_at=now)
    for method in ("GET", "PATCH", "DELETE"):
        assert send(script, method, f"{V1}views/{view.pk}/", {}).status_code == 404


def test_a13_a_view_keeps_no_parameter_that_lists_do_not_have(script: Http) -> None:
    for query in ("owner__password=x", "status=gone", "f=subject.regex.(a"):
        answer = send(script, "POST", f"{V1}views/", {"name": "A", "query": query})
        assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, "query")


def test_the_list_takes_rows_of_the_filter_builder(script: Http, ticket: Ticket, other: Ticket) -> None:
    for query, numbers in (
        ("f=tag.is.old", [ticket.number]),
        ("q=again", [other.number]),
        ("f=tag.is.old&f=subject.has.again&any=yes", [other.number, ticket.number]),
    ):
        found = [row["number"] for row in told(script.get(f"{V1}tickets/?{query}"))["results"]]
        assert sorted(found) == sorted(numbers), query


def test_a_list_is_counted(script: Http, ticket: Ticket, other: Ticket) -> None:
    url = f"{V1}tickets/count/"
    assert told(script.get(url)) == {"count": 2, "is_more": False}
    assert told(script.get(url, {"f": "tag.is.old"}))["count"] == 1
    assert script.get(url, {"owner": "1"}).status_code == 422


def test_mail_of_a_person_is_ignored_and_taken_again(carlas_script: Http, ticket: Ticket) -> None:
    assert ticket.contact
    url = f"{V1}contacts/{ticket.contact.public_id}/mail/"
    for ignores in (True, False):
        answer = send(carlas_script, "PUT", url, {"ignores_mail": ignores})
        assert told(answer)["ignores_mail"] is ignores


def test_tags_are_made_changed_merged_deleted_and_brought_back(carlas_script: Http, ticket: Ticket) -> None:
    url, old = f"{V1}tags/", Tag.objects.get(name="old")
    made = send(carlas_script, "POST", url, {"name": "vip", "colour": "danger"})
    one = f"{url}{told(made)['id']}/"
    assert told(send(carlas_script, "PATCH", one, {"name": "VIP"}, If_Match=made["ETag"]))["name"] == "VIP"
    assert send(carlas_script, "PATCH", one, {"name": "x"}, If_Match=made["ETag"]).status_code == 412
    merged = told(send(carlas_script, "POST", f"{url}{old.pk}/merge/", {"into": told(made)["id"]}))
    assert [tag.name for tag in ticket.tags.all()] == ["VIP"]
    assert told(carlas_script.post(f"{url}undo/{merged['undo']}/"))["name"] == "old"
    assert carlas_script.post(f"{url}undo/{merged['undo']}/").status_code == 404
    gone = told(send(carlas_script, "DELETE", one))
    assert send(carlas_script, "GET", one).status_code == 404
    assert told(carlas_script.post(f"{url}undo/{gone['undo']}/"))["colour"] == "danger"
    again = f"{url}{Tag.objects.get(name='old').pk}/merge/"
    wrong = send(carlas_script, "POST", again, {"into": 987654})
    assert told(wrong)["errors"][0]["field"] == "into"


def test_what_the_customer_said_is_read(script: Http, ticket: Ticket, now: datetime) -> None:
    Survey.objects.create(
        ticket=ticket, email="anna@acme.example", language="en", key_hash="x", solved_at=now, asked_at=now,
        expires_at=now + timedelta(days=30), rating="happy", comment="Quick!", answered_at=now,
    )  # fmt: skip
    rows = told(script.get(f"{V1}tickets/{ticket.number}/ratings/"))["results"]
    assert [(row["rating"], row["comment"]) for row in rows] == [("happy", "Quick!")]


def test_the_rules_that_looked_at_it_are_read(script: Http, ticket: Ticket) -> None:
    RuleTrace.objects.all().delete()
    line = {"rule": 3, "name": "Disks", "version": 1, "outcome": "matched", "did": [{"do": "assign_me"}]}
    RuleTrace.objects.create(ticket=ticket, at=datetime.now(UTC), trigger="ticket-created", lines=[line])
    rows = told(script.get(f"{V1}tickets/{ticket.number}/rules/"))["results"]
    assert rows[0]["lines"] == [{**line, "decided": None, "found": "", "left": []}]
