"""One deed for many tickets: looked at first, done to those that it fits, taken back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from agents.models import Client, Contact, RoleScope
from helpdesk.core.errors import Conflict
from helpdesk.core.models import Role, Team, User
from tests.tickets.conftest import make_tickets, the_ticket
from tickets.domain.bulk import TEAM, Deed, Facts, Task, Why, outcome_of
from tickets.domain.filters import TicketFilters
from tickets.domain.rules import Action, Do
from tickets.domain.status import Status
from tickets.errors import MergeAcrossClients, TicketInvalid, TicketNotFound
from tickets.models import BlockedSender, BulkRun, Ticket
from tickets.selectors.bulk import chosen_tickets, facts_of_chosen, matching_tickets, takers, task_of
from tickets.services.bulk import WAY_BACK, Done, do_to_many, undo_bulk
from tickets.services.change_assignee import change_assignee
from tickets.services.change_tags import change_tags

OPEN = Facts(1, Status.OPEN, "low", "7", 3, frozenset({"vpn"}), is_merged=False, may_edit=True)


def facts(**other: object) -> Facts:
    plain = {name: getattr(OPEN, name) for name in Facts.__dataclass_fields__}
    return Facts(**{**plain, **other})


@pytest.mark.parametrize(
    ("task", "one", "why"),
    [
        (Task(Deed.CLOSE), OPEN, None),
        (Task(Deed.CLOSE), facts(may_edit=False), Why.READ_ONLY),
        (Task(Deed.CLOSE), facts(is_merged=True), Why.MERGED),
        (Task(Deed.CLOSE), facts(status=Status.CLOSED), Why.SAME),
        (Task(Deed.TAG, "x"), facts(status=Status.CLOSED), Why.CLOSED),
        (Task(Deed.TAG, "VPN"), OPEN, Why.SAME),
        (Task(Deed.TAG, "vpn, x"), OPEN, None),
        (Task(Deed.UNTAG, "x"), OPEN, Why.SAME),
        (Task(Deed.UNTAG, "Vpn"), OPEN, None),
        (Task(Deed.STATUS, "open"), OPEN, Why.SAME),
        (Task(Deed.STATUS, "waiting"), OPEN, None),
        (Task(Deed.PRIORITY, "low"), OPEN, Why.SAME),
        (Task(Deed.ASSIGN, "7"), OPEN, Why.SAME),
        (Task(Deed.ASSIGN, "8", frozenset({4})), OPEN, Why.NOT_THEIRS),
        (Task(Deed.ASSIGN, "8", frozenset({3})), OPEN, None),
        (Task(Deed.ASSIGN, "8"), OPEN, None),
        (Task(Deed.MERGE, "1"), OPEN, Why.TARGET),
        (Task(Deed.MERGE, "2"), facts(status=Status.CLOSED), None),
        (Task(Deed.SPAM), OPEN, None),
    ],
)
def test_each_ticket_is_done_or_left_for_a_reason(task: Task, one: Facts, why: Why | None) -> None:
    assert task.why_not(one) is why


def test_a_status_that_does_not_lead_there_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickets.domain.bulk.may_move", lambda source, target: False)
    assert Task(Deed.STATUS, "waiting").why_not(OPEN) is Why.NO_MOVE


def test_an_outcome_sorts_the_tickets_by_reason() -> None:
    found = outcome_of(Task(Deed.CLOSE), [OPEN, facts(number=2, is_merged=True)])
    assert (found.done, found.left) == ([1], {Why.MERGED: [2]})


@pytest.mark.parametrize(
    ("task", "actions"),
    [
        (Task(Deed.ASSIGN), [Action(Do.UNASSIGN)]),
        (Task(Deed.ASSIGN, "7"), [Action(Do.ASSIGN_USER, "7")]),
        (Task(Deed.ASSIGN, "team-3"), [Action(Do.ASSIGN_TEAM, "3")]),
        (Task(Deed.STATUS, "waiting"), [Action(Do.SET_STATUS, "waiting")]),
        (Task(Deed.CLOSE), [Action(Do.SET_STATUS, "closed")]),
        (Task(Deed.PRIORITY, "low"), [Action(Do.SET_PRIORITY, "low")]),
        (Task(Deed.TAG, "a,  b c , A"), [Action(Do.ADD_TAGS, ("A", "b c"))]),
        (Task(Deed.UNTAG, "a"), [Action(Do.REMOVE_TAGS, ("a",))]),
        (Task(Deed.SPAM), []),
    ],
)
def test_a_deed_is_what_rules_and_macros_do(task: Task, actions: list[Action]) -> None:
    assert task.actions() == actions


@pytest.fixture
def three(acme: Client, anna: Contact, now: datetime) -> list[Ticket]:
    return make_tickets(3, now, client=acme, contact=anna)


def do(deed: Deed, value: str, tickets: list[Ticket], by: User, now: datetime, **more: bool) -> Done:
    return do_to_many(
        task=task_of(deed, value, by), numbers=[one.pk for one in tickets], by=by, now=now, **more
    )


@pytest.mark.django_db
class TestDoing:
    def test_everything_is_assigned_and_taken_back(
        self, three: list[Ticket], ada: User, bob: User, now: datetime
    ) -> None:
        change_assignee(ticket=three[0], to=ada, by=ada, now=now)
        done = do(Deed.ASSIGN, str(bob.pk), three, ada, now + timedelta(minutes=1))
        assert {the_ticket(one).assignee for one in three} == {bob}
        assert done.run
        assert undo_bulk(run=done.run, now=now + timedelta(minutes=2)) == (3, 0)
        assert [the_ticket(one).assignee for one in three] == [ada, None, None]

    def test_a11_who_may_not_edit_them_any_more_takes_nothing_back(
        self, three: list[Ticket], ada: User, globex: Client, now: datetime
    ) -> None:
        first, target = three[0], three[2]
        runs = [
            do(Deed.STATUS, "waiting", [first], ada, now).run,
            do(Deed.MERGE, str(target.pk), [three[1]], ada, now).run,
        ]
        role = ada.roles.get()
        Role.objects.filter(pk=role.pk).update(all_clients=False)
        RoleScope.objects.create(role=role, client=globex)
        for run in runs:
            assert run
            assert undo_bulk(run=BulkRun.objects.get(pk=run.pk), now=now) == (0, 1)
        assert the_ticket(first).status == Status.WAITING
        assert the_ticket(three[1]).merged_into == target

    def test_closing_can_be_taken_back_though_closed_is_final(
        self, three: list[Ticket], ada: User, now: datetime
    ) -> None:
        done = do(Deed.CLOSE, "", three, ada, now)
        assert {the_ticket(one).status for one in three} == {Status.CLOSED}
        assert done.run
        undo_bulk(run=done.run, now=now)
        assert {the_ticket(one).status for one in three} == {Status.OPEN}
        assert the_ticket(three[0]).closed_at is None

    def test_what_does_not_fit_is_left_and_told(
        self, three: list[Ticket], closed: Ticket, ada: User, now: datetime
    ) -> None:
        change_tags(ticket=three[0], names=["vpn"], by=ada, now=now)
        done = do(Deed.TAG, "VPN", [*three, closed], ada, now)
        assert done.outcome.done == [three[1].pk, three[2].pk]
        assert done.outcome.left == {Why.SAME: [three[0].pk], Why.CLOSED: [closed.pk]}

    def test_nothing_to_do_leaves_no_run(self, closed: Ticket, ada: User, now: datetime) -> None:
        assert do(Deed.TAG, "x", [closed], ada, now).run is None
        assert do(Deed.MERGE, str(closed.pk), [closed], ada, now).run is None
        assert not BulkRun.objects.exists()

    def test_what_changes_meanwhile_is_left(
        self, three: list[Ticket], ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = chosen_tickets

        def late(user: User, numbers: list[int]) -> list[Ticket]:
            found = real(user, numbers)
            Ticket.objects.filter(pk=three[0].pk).update(priority="urgent")
            return found

        monkeypatch.setattr("tickets.services.bulk.chosen_tickets", late)
        done = do(Deed.PRIORITY, "low", three, ada, now)
        assert done.outcome.left == {Why.CHANGED: [three[0].pk]}
        assert the_ticket(three[0]).priority == "urgent"

    def test_merging_goes_into_one_and_back(self, three: list[Ticket], ada: User, now: datetime) -> None:
        done = do(Deed.MERGE, str(three[2].pk), three, ada, now)
        assert done.outcome.left == {Why.TARGET: [three[2].pk]}
        assert the_ticket(three[0]).merged_into == three[2]
        assert done.run
        assert undo_bulk(run=done.run, now=now) == (2, 0)
        assert the_ticket(three[0]).merged_into is None

    def test_merging_different_clients_wants_a_tick(
        self, ticket: Ticket, globex: Client, ada: User, now: datetime
    ) -> None:
        other = make_tickets(1, now, client=globex)[0]
        with pytest.raises(MergeAcrossClients):
            do(Deed.MERGE, str(ticket.pk), [ticket, other], ada, now)
        assert do(Deed.MERGE, str(ticket.pk), [ticket, other], ada, now, across_clients=True).run

    def test_spam_is_closed_and_its_unknown_sender_blocked(
        self, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        mails = ["win@evil.example", "WIN@evil.example", ada.email, ""]
        rest = [make_tickets(1, now, contact_email=mail)[0] for mail in mails]
        done = do(Deed.SPAM, "", [ticket, *rest], ada, now)
        assert {the_ticket(one).status for one in (ticket, *rest)} == {Status.CLOSED}
        assert [one.pattern for one in BlockedSender.objects.all()] == ["win@evil.example"]
        assert done.run
        assert undo_bulk(run=done.run, now=now) == (5, 0)
        assert not BlockedSender.objects.exists()
        assert the_ticket(ticket).status == Status.OPEN

    def test_it_is_taken_back_once_and_only_for_a_while(
        self, three: list[Ticket], ada: User, now: datetime
    ) -> None:
        run = do(Deed.CLOSE, "", three, ada, now).run
        assert run
        with pytest.raises(Conflict):
            undo_bulk(run=run, now=now + WAY_BACK + timedelta(seconds=1))
        undo_bulk(run=run, now=now)
        with pytest.raises(Conflict):
            undo_bulk(run=run, now=now)

    def test_what_was_merged_since_stays(self, three: list[Ticket], ada: User, now: datetime) -> None:
        first = do(Deed.PRIORITY, "low", three[:2], ada, now).run
        second = do(Deed.MERGE, str(three[1].pk), three[:2], ada, now).run
        do(Deed.MERGE, str(three[2].pk), three[1:], ada, now)
        assert first
        assert second
        assert undo_bulk(run=second, now=now) == (0, 1)
        assert undo_bulk(run=first, now=now) == (0, 2)


@pytest.mark.django_db
class TestChoosing:
    def test_a11_tickets_of_others_are_not_there(
        self, three: list[Ticket], gus: User, globex: Client, now: datetime
    ) -> None:
        own = make_tickets(1, now, client=globex)[0]
        assert chosen_tickets(gus, [three[0].pk, own.pk]) == [own]
        assert do(Deed.CLOSE, "", three, gus, now).run is None
        with pytest.raises(TicketNotFound):
            do(Deed.MERGE, str(three[0].pk), [own], gus, now)
        assert facts_of_chosen(gus, three)[0].may_edit is False

    def test_a_whole_list_can_be_chosen(self, three: list[Ticket], ada: User) -> None:
        assert matching_tickets(ada, TicketFilters()) == three

    def test_a_new_assignee_must_be_there_and_know_the_client(
        self, three: list[Ticket], ada: User, gus: User, now: datetime
    ) -> None:
        team = Team.objects.create(name="Night")
        assert task_of(Deed.ASSIGN, f"{TEAM}{team.pk}", ada).value == f"{TEAM}{team.pk}"
        assert task_of(Deed.ASSIGN, "me", ada).value == str(ada.pk)
        assert task_of(Deed.ASSIGN, "", ada).value == ""
        assert do(Deed.ASSIGN, str(gus.pk), three, ada, now).outcome.left == {
            Why.NOT_THEIRS: [one.pk for one in three]
        }
        team_done = do(Deed.ASSIGN, f"{TEAM}{team.pk}", three, ada, now)
        assert team_done.outcome.done
        assert facts_of_chosen(ada, [the_ticket(three[0])])[0].assignee == f"{TEAM}{team.pk}"

    @pytest.mark.parametrize(
        ("deed", "value"),
        [
            (Deed.ASSIGN, "x"), (Deed.ASSIGN, "999999"), (Deed.ASSIGN, "team-999"), (Deed.ASSIGN, "team-x"),
            (Deed.STATUS, "gone"), (Deed.PRIORITY, ""), (Deed.TAG, " , "), (Deed.MERGE, "x"),
        ],
    )  # fmt: skip
    def test_a_value_that_is_none_is_told(self, deed: Deed, value: str, ada: User) -> None:
        with pytest.raises(TicketInvalid):
            task_of(deed, value, ada)

    def test_takers_are_those_who_may_work_there(
        self, ada: User, gus: User, acme: Client, globex: Client
    ) -> None:
        assert {ada, gus} <= set(takers({globex.pk}))
        assert gus not in takers({acme.pk, None})


@pytest.mark.django_db
class TestPages:
    def test_without_script_the_page_shows_the_outcome_and_leads_back(
        self, client_ada: Browser, three: list[Ticket], closed: Ticket, bob: User
    ) -> None:
        numbers = [one.pk for one in (*three, closed)]
        asked: dict[str, Any] = {"do": "assign", "n": numbers, "value": bob.pk, "back": "status=any&evil=1"}
        html = client_ada.get("/tickets/bulk/", asked).content.decode()
        assert "3 tickets are changed" in html
        assert "1 is skipped: it is closed for good." in html
        assert '?status=any"' in html
        answer = client_ada.post("/tickets/bulk/", asked, follow=True)
        assert answer.redirect_chain == [("/tickets/?status=any", 302)]
        assert "3 tickets are assigned." in answer.content.decode()
        run = BulkRun.objects.get()
        answer = client_ada.post(f"/tickets/bulk/{run.pk}/undo/", {"back": "status=any"}, follow=True)
        assert "3 tickets are as they were." in answer.content.decode()
        answer = client_ada.post(f"/tickets/bulk/{run.pk}/undo/", follow=True)
        assert "taken back already" in answer.content.decode()

    def test_nobody_takes_back_what_another_did(
        self, client_ada: Browser, three: list[Ticket], bob: User, now: datetime
    ) -> None:
        run = do(Deed.CLOSE, "", three, bob, now).run
        assert run
        assert client_ada.post(f"/tickets/bulk/{run.pk}/undo/").status_code == 404

    @pytest.mark.parametrize("deed", [*Deed])
    def test_each_deed_has_a_page(self, client_ada: Browser, three: list[Ticket], deed: Deed) -> None:
        answer = client_ada.get("/tickets/bulk/", {"do": deed.value, "n": [one.pk for one in three]})
        assert answer.status_code == 200

    def test_all_that_match_is_the_list_of_the_address(
        self, client_ada: Browser, three: list[Ticket], closed: Ticket
    ) -> None:
        html = client_ada.get("/tickets/bulk/?do=spam&all=1&back=status%3Dopen").content
        assert b"3 tickets are spam" in html
        odd = client_ada.get("/tickets/bulk/", {"do": "spam", "all": "1", "back": "status=odd"})
        assert odd.status_code == 302

    def test_a_deed_that_does_not_exist_is_not_found(self, client_ada: Browser) -> None:
        path = "/tickets/bulk/?do=explode&n=1"
        assert client_ada.get(path).status_code == 404

    def test_nothing_ticked_is_said(self, client_ada: Browser) -> None:
        answer = client_ada.get("/tickets/bulk/", {"do": "close"}, follow=True)
        assert "Tick the tickets first." in answer.content.decode()

    def test_a_wrong_value_is_told_and_what_was_typed_stays(
        self, client_ada: Browser, three: list[Ticket]
    ) -> None:
        answer = client_ada.post("/tickets/bulk/", {"do": "tag", "n": three[0].pk, "value": " , "})
        assert answer.status_code == 422
        assert "Write a word for the tag" in answer.content.decode()

    def test_a_target_that_is_not_among_them_is_not_offered(
        self, client_ada: Browser, three: list[Ticket], closed: Ticket
    ) -> None:
        asked: dict[str, Any] = {"do": "merge", "n": [three[0].pk, closed.pk]}
        assert (
            "Choose a ticket." in client_ada.get("/tickets/bulk/", {**asked, "value": "99"}).content.decode()
        )
        target = client_ada.get("/tickets/bulk/", {**asked, "value": three[0].pk}).content.decode()
        assert target.count(f"#{three[0].pk} takes in the others. </span>") == 1
        html = client_ada.get("/tickets/bulk/", {**asked, "value": closed.pk}).content.decode()
        assert "is closed for good. Choose a ticket" in html
        refused = client_ada.post("/tickets/bulk/", {**asked, "value": closed.pk})
        assert refused.status_code == 409

    def test_with_script_a_dialog_comes_and_a_toast_ends_it(
        self, client_ada: Browser, three: list[Ticket]
    ) -> None:
        htmx = {"HX-Request": "true"}
        asked: dict[str, Any] = {"do": "priority", "n": three[0].pk, "value": "urgent"}
        assert b"data-modal" in client_ada.get("/tickets/bulk/", asked, headers=htmx).content
        answer = client_ada.post("/tickets/bulk/", asked, headers=htmx)
        assert answer["HX-Trigger"] == "live:ticket, bulk-done"
        assert "Undo" in answer.content.decode()
        again = client_ada.post("/tickets/bulk/", asked, headers=htmx)
        assert "1 is like that already." in again.content.decode()
