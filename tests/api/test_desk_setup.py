"""Mailboxes, incoming mail, hours, targets and rules for programs."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext

from agents.models import Client, RoleScope
from helpdesk.core.errors import Conflict
from helpdesk.core.models import KeptAnswer, Role, Team, User
from helpdesk.web.settings_api import mailboxes
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user
from tickets.models import BlockedSender, Mailbox, MailIn, Rule, StoppedAddress
from tickets.services.mail.journal import store_raw

V1 = "/api/v1/"
IMAP = {"address": "help@desk.example", "kind": "imap", "host": "imap.desk.example", "user": "help"}
WEEK = [["08:00-12:00", "13:00-17:00"]] * 5 + [[], []]
DRAFT: dict[str, object] = {
    "name": "VPN",
    "trigger": "ticket-created",
    "conditions": {"mode": "all", "items": [{"field": "subject", "op": "contains", "value": ["vpn"]}]},
    "actions": [{"do": "add_tags", "value": ["vpn"]}],
}


@pytest.fixture
def stranger(globex: Client, role_admin: Role) -> Http:
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    return program_of(make_user("grace@desk.example", "Grace", only))


# --- mailboxes


def test_a27_a_mailbox_hides_what_it_keeps(carlas_script: Http) -> None:
    sent = {**IMAP, "secret": "hunter2 hunter2", "team": Team.objects.create(name="Night").pk}
    made = send(carlas_script, "POST", f"{V1}mailboxes/", sent, Idempotency_Key="k-1")
    assert (made.status_code, told(made)["has_secret"], told(made)["team"]["name"]) == (201, True, "Night")
    own = f"{V1}mailboxes/{told(made)['id']}/"
    words = carlas_script.get(own).content.decode() + carlas_script.get(f"{V1}mailboxes/").content.decode()
    assert "hunter2" not in words + made.content.decode() + str(list(KeptAnswer.objects.values()))
    assert Mailbox.objects.get(pk=told(made)["id"]).secret_sealed not in words


def test_a27_another_server_is_not_told_the_old_password(carlas_script: Http) -> None:
    made = told(send(carlas_script, "POST", f"{V1}mailboxes/", {**IMAP, "secret": "hunter2 hunter2"}))
    own = f"{V1}mailboxes/{made['id']}/"
    away = send(carlas_script, "PATCH", own, {"host": "mallory.example"})
    assert (away.status_code, told(away)["errors"][0]["field"]) == (422, "secret")
    assert send(carlas_script, "PATCH", own, {"host": "b.example", "secret": "x"}).status_code == 200


def test_a_mailbox_changes_goes_and_comes_back(carlas_script: Http) -> None:
    made = send(carlas_script, "POST", f"{V1}mailboxes/", {"address": "info@desk.example"})
    own = f"{V1}mailboxes/{told(made)['id']}/"
    sent = {"name": "Info", "is_active": False}
    changed = send(carlas_script, "PATCH", own, sent, If_Match=made["ETag"])
    assert (told(changed)["name"], told(changed)["state"]) == ("Info", "off")
    assert send(carlas_script, "PATCH", own, {"name": "X"}, If_Match=made["ETag"]).status_code == 412
    assert not told(send(carlas_script, "POST", f"{own}do/", {"do": "test"}))["is_ok"]
    for deed in ("again", "trial", "resume"):
        assert send(carlas_script, "POST", f"{own}do/", {"do": deed}).status_code == 200
    assert send(carlas_script, "POST", f"{V1}mailboxes/", {"address": "nonsense"}).status_code == 422
    assert carlas_script.delete(own).status_code == 204
    assert carlas_script.get(own).status_code == 404
    assert send(carlas_script, "POST", f"{own}restore/").status_code == 200


def test_nobody_waits_with_a_mailbox_for_another_server(
    carlas_script: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths: list[int] = []

    def check(_mailbox: Mailbox) -> str:
        depths.append(len(connection.savepoint_ids))
        return "It works."

    monkeypatch.setattr(mailboxes, "check_mailbox", check)
    made = send(carlas_script, "POST", f"{V1}mailboxes/", {**IMAP, "secret": "x"})
    own = f"{V1}mailboxes/{told(made)['id']}/"
    answer = send(carlas_script, "POST", f"{own}do/", {"do": "test"}, Idempotency_Key="k-1")
    assert (told(answer), depths) == ({"is_ok": True, "words": "It works."}, [len(connection.savepoint_ids)])


def test_a_trial_goes_out_once_and_in_no_transaction(
    carlas_script: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(carlas_script, "POST", f"{V1}mailboxes/", {**IMAP, "secret": "x"})
    own = f"{V1}mailboxes/{told(made)['id']}/do/"
    depths, again = [], []

    def try_it(**_given: object) -> tuple[bool, str]:
        depths.append(len(connection.savepoint_ids))
        again.append(send(carlas_script, "POST", own, {"do": "trial"}, Idempotency_Key="k-1"))
        return True, "250 taken"

    monkeypatch.setattr(mailboxes, "send_trial", try_it)
    for _time in range(2):
        answer = send(carlas_script, "POST", own, {"do": "trial"}, Idempotency_Key="k-1")
        assert told(answer) == {"is_ok": True, "words": "250 taken"}
    assert depths == [len(connection.savepoint_ids)]
    assert [told(each)["code"] for each in again] == ["unfinished"], "the same call while it is under way"


def test_a_trial_that_was_refused_may_be_sent_again(
    carlas_script: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(carlas_script, "POST", f"{V1}mailboxes/", {**IMAP, "secret": "x"})
    own = f"{V1}mailboxes/{told(made)['id']}/do/"

    def refuse(**_given: object) -> tuple[bool, str]:
        raise Conflict("Not now.")

    monkeypatch.setattr(mailboxes, "send_trial", refuse)
    assert send(carlas_script, "POST", own, {"do": "trial"}, Idempotency_Key="k-1").status_code == 409
    monkeypatch.setattr(mailboxes, "send_trial", lambda **_given: (True, "250 taken"))
    for key in ({"Idempotency_Key": "k-1"}, {}):
        assert told(send(carlas_script, "POST", own, {"do": "trial"}, **key))["is_ok"]


# --- incoming mail


def test_what_happened_to_a_mail_is_told(carlas_script: Http, now: datetime) -> None:
    mail = store_raw(raw=b"Subject: Disk\n\nFull", source="pipe", now=now)
    reasons = [{"step": "blocked", "words": "<b>mallory</b>"}]
    MailIn.objects.update(status="failed", sender="mallory@x.example", reasons=reasons)
    (row,) = told(carlas_script.get(f"{V1}incoming-mails/", {"q": "mallory", "outcome": "failed"}))["results"]
    own = f"{V1}incoming-mails/{row['id']}/"
    assert told(carlas_script.get(own))["reasons"][0]["step"] == "blocked"
    assert carlas_script.get(f"{own}raw/").content == b"Subject: Disk\n\nFull"
    assert send(carlas_script, "POST", f"{own}again/").status_code == 200
    assert send(carlas_script, "POST", f"{own}again/").status_code == 409
    assert MailIn.objects.get(pk=mail.pk).status == "new"


def test_senders_are_shut_out_and_let_in(carlas_script: Http, now: datetime) -> None:
    made = send(carlas_script, "POST", f"{V1}blocked-senders/", {"pattern": "Spam.example"})
    assert told(made)["pattern"] == "spam.example"
    assert send(carlas_script, "POST", f"{V1}blocked-senders/", {"pattern": "?"}).status_code == 422
    assert carlas_script.delete(f"{V1}blocked-senders/{told(made)['id']}/").status_code == 204
    assert not BlockedSender.objects.exists()
    stopped = StoppedAddress.objects.create(email="anna@acme.example", created_at=now)
    assert [row["id"] for row in told(carlas_script.get(f"{V1}stopped-addresses/"))["results"]] == [
        stopped.pk
    ]
    assert carlas_script.delete(f"{V1}stopped-addresses/{stopped.pk}/").status_code == 204
    assert told(send(carlas_script, "POST", f"{V1}automatic-mail/resume/")) == {"was_stopped": False}


# --- hours and targets


def test_hours_from_beginning_to_end(carlas_script: Http) -> None:
    made = send(carlas_script, "POST", f"{V1}calendars/", {"name": "Shop", "week": WEEK})
    own = f"{V1}calendars/{told(made)['id']}/"
    assert told(made)["week"] == WEEK
    day = {"first": "2026-12-24", "name": "Eve", "closed": "12:00-24:00"}
    (added,) = told(send(carlas_script, "POST", f"{own}days-off/", day))["days_off"]
    assert (added["last"], added["closed"]) == ("2026-12-24", "12:00-24:00")
    assert send(carlas_script, "PATCH", own, {"name": "X"}, If_Match=made["ETag"]).status_code == 412
    assert told(send(carlas_script, "PATCH", own, {"zone": "Europe/Zurich"}))["week"] == WEEK
    assert carlas_script.delete(f"{own}days-off/{added['id']}/").status_code == 204
    known = told(carlas_script.get(f"{own}holidays/", {"country": "CH", "region": "ZH", "year": "2027"}))
    first = known["results"][0]["day"]
    sent = {"country": "CH", "region": "ZH", "year": 2027, "days": [first]}
    assert len(told(send(carlas_script, "POST", f"{own}holidays/", sent))["days_off"]) == 1
    sent["days"] = ["2027-07-07"]
    assert send(carlas_script, "POST", f"{own}holidays/", sent).status_code == 422
    assert any(row["code"] == "CH" for row in told(carlas_script.get(f"{V1}holiday-countries/"))["results"])
    assert carlas_script.delete(own).status_code == 204


@pytest.mark.parametrize("span", ["8", "17:00-08:00", "08:00-25:00", "a-b"])
def test_hours_that_are_none_are_told(carlas_script: Http, span: str) -> None:
    sent = {"name": "Shop", "week": [[span], [], [], [], [], [], []]}
    assert send(carlas_script, "POST", f"{V1}calendars/", sent).status_code == 422


def test_a_target_from_beginning_to_end(carlas_script: Http, acme: Client) -> None:
    promises = [{"priority": "urgent", "first": {"amount": 1, "unit": "h"}, "warn_minutes": 15}]
    new = {"name": "Gold", "clients": [str(acme.public_id)], "tag": "vip", "promises": promises}
    made = send(carlas_script, "POST", f"{V1}targets/", new)
    own = f"{V1}targets/{told(made)['id']}/"
    assert (told(made)["tag"], told(made)["clients"][0]["name"]) == ("vip", "Acme")
    assert told(made)["promises"][0] == {
        "priority": "urgent", "first": {"amount": 1, "unit": "h"}, "next": None, "resolve": None,
        "warn_minutes": 15,
    }  # fmt: skip
    changed = send(carlas_script, "PATCH", own, {"goes_on_top": False}, If_Match=made["ETag"])
    assert told(changed) == {**told(made), "goes_on_top": False}
    assert send(carlas_script, "PATCH", own, {"tag": ""}, If_Match=made["ETag"]).status_code == 412
    assert send(carlas_script, "PATCH", own, {"promises": []}).status_code == 422
    assert send(carlas_script, "PATCH", own, {"calendar": 999}).status_code == 422
    assert send(carlas_script, "POST", f"{V1}targets/recalculate/").status_code == 204
    soon = told(carlas_script.get(f"{V1}targets/forecast/", {"until": "2030-01-01T00:00:00Z"}))
    assert (soon["tickets"], soon["breaches"]) == (0, [])
    assert carlas_script.delete(own).status_code == 204


def test_a14_a_role_of_one_client_changes_nothing_of_the_whole_house(
    stranger: Http, carlas_script: Http, acme: Client
) -> None:
    promises = [{"priority": "urgent", "first": {"amount": 1, "unit": "h"}}]
    new = {"name": "Gold", "clients": [str(acme.public_id)], "promises": promises}
    target = told(send(carlas_script, "POST", f"{V1}targets/", new))["id"]
    mailbox = told(send(carlas_script, "POST", f"{V1}mailboxes/", {**IMAP, "secret": "x"}))["id"]
    tag = told(send(carlas_script, "POST", f"{V1}tags/", {"name": "old"}))["id"]
    hook = {"name": "Books", "url": "https://93.184.216.34/x", "events": ["ticket.created"]}
    secret = f"{V1}webhooks/{told(send(carlas_script, 'POST', f'{V1}webhooks/', hook))['id']}/secret/"
    for own in (f"targets/{target}/", f"mailboxes/{mailbox}/"):
        assert stranger.get(V1 + own).status_code == 403
    for own in (f"targets/{target}/", f"mailboxes/{mailbox}/", f"tags/{tag}/"):
        assert stranger.delete(V1 + own).status_code == 403
    assert send(stranger, "POST", secret).status_code == 403


# --- rules


def test_a_rule_from_beginning_to_end(carlas_script: Http) -> None:
    made = send(carlas_script, "POST", f"{V1}rules/", DRAFT)
    assert (made.status_code, told(made)["conditions"]) == (201, DRAFT["conditions"])
    own = f"{V1}rules/{told(made)['id']}/"
    moved = told(send(carlas_script, "POST", f"{own}move/", {"to": 0}))["results"]
    assert (moved[0]["id"], moved[-1]["is_default"]) == (told(made)["id"], True)
    off = send(carlas_script, "PATCH", own, {"is_active": False}, If_Match=made["ETag"])
    assert (told(off)["is_active"], told(off)["version"]) == (False, told(made)["version"] + 1)
    assert send(carlas_script, "PATCH", own, {"name": "X"}, If_Match=made["ETag"]).status_code == 412
    assert carlas_script.delete(own).status_code == 204
    assert carlas_script.get(own).status_code == 404
    assert send(carlas_script, "POST", f"{own}restore/").status_code == 200


def test_a_rule_is_tried_and_changes_nothing(carlas_script: Http) -> None:
    number = told(send(carlas_script, "POST", f"{V1}tickets/", {"subject": "VPN is down"}))["number"]
    run = told(send(carlas_script, "POST", f"{V1}rules/dry-run/", DRAFT))
    assert (run["looked_at"], run["matches"], run["cases"][0]["ticket"]) == (1, 1, number)
    assert run["cases"][0]["changes"] == [{"field": "tags", "before": "", "after": "vpn"}]
    assert not Rule.objects.filter(name="VPN").exists()


def test_who_writes_a_standard_rule_back_in_german_keeps_its_english_text(carlas_script: Http) -> None:
    rule = Rule.objects.get(is_default=True)
    own = f"{V1}rules/{rule.pk}/"
    read = told(send(carlas_script, "GET", own, Accept_Language="de"))
    words = {name: read[name] for name in ("name", "description")}
    assert words["name"] == "Standardregel"
    assert send(carlas_script, "PATCH", own, words, Accept_Language="de").status_code == 200
    before = rule.name, rule.description
    rule.refresh_from_db()
    assert (rule.name, rule.description) == before


@pytest.mark.parametrize("path", ["rules/", "rules/dry-run/"])
def test_a_rule_that_is_none_is_told(carlas_script: Http, path: str) -> None:
    bad = {**DRAFT, "conditions": {"mode": "all", "items": [{"field": "password", "op": "is"}]}}
    assert send(carlas_script, "POST", V1 + path, bad).status_code == 422


def test_what_a_rule_does_not_know_is_not_kept(carlas_script: Http) -> None:
    item = {"field": "subject", "op": "contains", "value": ["v\0pn"], "note": "\0"}
    made = send(carlas_script, "POST", f"{V1}rules/", {**DRAFT, "conditions": {"items": [item], "x": "\0"}})
    assert told(made)["conditions"] == DRAFT["conditions"]


def test_a14_rules_are_for_who_sets_up_all_clients(stranger: Http) -> None:
    assert send(stranger, "POST", f"{V1}rules/", DRAFT).status_code == 403
    rule = Rule.objects.filter(is_default=False).order_by("pk")[0]
    for answer in (
        send(stranger, "PATCH", f"{V1}rules/{rule.pk}/", {"is_active": not rule.is_active}),
        send(stranger, "POST", f"{V1}rules/{rule.pk}/move/", {"to": 0}),
        stranger.delete(f"{V1}rules/{rule.pk}/"),
    ):
        assert answer.status_code == 403


@pytest.mark.parametrize("path", ["rules/", "mailboxes/"])
def test_a12_rules_and_mailboxes_take_the_tickets_of_all_clients(globex: Client, path: str) -> None:
    """Who keeps them reaches every ticket."""
    house = Role.objects.create(name="House", permissions=["rules.edit", "mail.edit"], all_clients=True)
    works = Role.objects.create(name="Globex", permissions=["tickets.view", "tickets.edit"], all_clients=True)
    program = program_of(make_user("grace@desk.example", "Grace", house, works))
    assert program.get(V1 + path).status_code == 200
    RoleScope.objects.create(role=works, client=globex)
    Role.objects.filter(pk=works.pk).update(all_clients=False)
    assert program.get(V1 + path).status_code == 403


def test_a12_settings_alone_reach_no_tickets(carla: User) -> None:
    """Neither by their mails nor by a rule that tells them nor by a server that they go through."""
    program = program_of(carla, "settings.edit", "mail.edit", "rules.edit")
    for path in ("incoming-mails/", "mailboxes/", "rules/"):
        assert program.get(V1 + path).status_code == 403
    assert send(program, "POST", f"{V1}rules/", DRAFT).status_code == 403
    assert send(program, "POST", f"{V1}mailboxes/", IMAP).status_code == 403


# --- who may


SETTINGS = ["mailboxes/", "incoming-mails/", "blocked-senders/", "calendars/", "targets/", "rules/"]


@pytest.mark.parametrize("path", SETTINGS)
def test_a12_settings_are_for_who_may_change_them(script: Http, path: str) -> None:
    assert script.get(V1 + path).status_code == 403


@pytest.mark.parametrize("path", [*SETTINGS, "stopped-addresses/"])
def test_a_list_takes_few_queries(carlas_script: Http, path: str, acme: Client, now: datetime) -> None:
    promises = [{"priority": "urgent", "first": {"amount": 1, "unit": "h"}}]
    for number in range(3):
        store_raw(raw=b"Subject: %d" % number, source="pipe", now=now)
        send(carlas_script, "POST", f"{V1}calendars/", {"name": f"Shop {number}", "week": WEEK})
        new = {"name": f"T{number}", "clients": [str(acme.public_id)], "promises": promises}
        send(carlas_script, "POST", f"{V1}targets/", new)
    carlas_script.get(f"{V1}me/")
    with CaptureQueriesContext(connection) as asked:
        assert carlas_script.get(V1 + path).status_code == 200
    assert len(asked) <= 5
