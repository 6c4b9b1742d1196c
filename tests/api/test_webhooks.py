"""Webhooks: who hears what, signed, tried again, switched off."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Http
from pytest_django import Settings

from agents.models import Client, RoleScope
from helpdesk.core.domain.backoff import MAX_TRIES
from helpdesk.core.domain.reach import NotAllowed, NotReachable
from helpdesk.core.domain.webhooks import HookEvent, is_address, signature
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import AuditEntry, Job, OutgoingMail, Role, User, Webhook, WebhookCall
from helpdesk.core.selectors.webhooks import calls_visible_to, deleted_webhooks, webhooks_visible_to
from helpdesk.core.services import webhooks
from helpdesk.core.services.jobs import run_job
from helpdesk.core.services.post import NotDelivered
from tests.conftest import make_user
from tickets.domain.priority import Priority
from tickets.models import Activity, Ticket
from tickets.services import hooks
from tickets.services.change_priority import change_priority
from tickets.services.open_ticket import NewTicket, open_ticket

ALL = list(HookEvent)
URL = "https://93.184.216.34/x"
MakeHook = Callable[..., Webhook]


class Post:
    """Stands for the receiver; answers with the next of `answers`, or 200."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, dict[str, str]]] = []
        self.answers: list[Exception | int] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str], *, allowed: object) -> int:
        self.got.append((url, body, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Post:
    found = Post()
    monkeypatch.setattr(webhooks, "post", found)
    return found


@pytest.fixture
def make_hook(carla: User, now: datetime) -> MakeHook:
    def make(by: User = carla, events: list[HookEvent] = ALL) -> Webhook:
        seen = hooks.last_line()
        return webhooks.create_webhook(name="Hook", url=URL, events=events, by=by, now=now, seen=seen)

    return make


def run_jobs(now: datetime) -> None:
    for job in Job.objects.filter(kind="webhook", status="queued", run_at__lte=now).order_by("pk"):
        run_job(job.pk, now)


def opened(by: User, now: datetime, client: Client | None = None) -> Ticket:
    return open_ticket(new=NewTicket(subject="Disk", client=client), by=by, now=now)


# --- what becomes a call


def test_a_change_becomes_one_signed_call(
    make_hook: MakeHook, receiver: Post, ada: User, now: datetime
) -> None:
    hook = make_hook()
    ticket = opened(ada, now)
    assert hooks.collect_calls(now) == 1
    assert hooks.collect_calls(now) == 0
    run_jobs(now)
    ((url, body, headers),) = receiver.got
    said = json.loads(body)
    assert (url, said["event"], said["ticket"]["number"], said["by"]) == (
        URL, "ticket.created", ticket.number, "Ada Lovelace",
    )  # fmt: skip
    expected = signature(webhooks.secret_of(hook), headers["X-Deskbell-Timestamp"], body)
    assert headers["X-Deskbell-Signature"] == f"sha256={expected}"
    call = WebhookCall.objects.get()
    assert (call.status, call.tries, call.answer) == ("delivered", 1, 200)


def test_only_chosen_events_are_told(make_hook: MakeHook, ada: User, now: datetime) -> None:
    make_hook(events=[HookEvent.TICKET_CHANGED])
    ticket = opened(ada, now)
    change_priority(ticket=ticket, to=Priority.HIGH, by=ada, now=now)
    hooks.tell_webhooks(now)
    assert [call.event for call in WebhookCall.objects.all()] == ["ticket.changed"]


def test_a_line_that_is_committed_late_is_told_yet(make_hook: MakeHook, ada: User, now: datetime) -> None:
    hook = make_hook()
    ticket = opened(ada, now)
    Webhook.objects.filter(pk=hook.pk).update(seen=Activity.objects.get().pk + 5)
    assert hooks.collect_calls(now) == 0
    assert WebhookCall.objects.get().source == Activity.objects.get(ticket=ticket).pk
    hooks.collect_calls(now)
    assert WebhookCall.objects.count() == 1


def test_who_comes_second_makes_no_calls(
    make_hook: MakeHook, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = make_hook()
    opened(ada, now)
    monkeypatch.setattr(hooks, "listening_webhooks", lambda: [hook])
    Webhook.objects.filter(pk=hook.pk).update(seen=hook.seen + 1)
    assert hooks.collect_calls(now) == 0
    assert not WebhookCall.objects.exists()


def test_a12_a_webhook_tells_what_its_owner_sees(
    make_hook: MakeHook, acme: Client, globex: Client, carla: User, role_admin: Role, now: datetime
) -> None:
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    hooks_of_all = Role.objects.create(name="Hooks", permissions=["webhooks.edit"], all_clients=True)
    grace = make_user("grace@desk.example", "Grace", only, hooks_of_all)
    hook = make_hook(by=grace)
    opened(carla, now, acme)
    theirs = opened(carla, now, globex)
    hooks.collect_calls(now)
    assert [json.loads(call.body)["ticket"]["number"] for call in hook.calls.all()] == [theirs.number]
    assert calls_visible_to(grace).count() == calls_visible_to(carla).count() == 1
    other = WebhookCall.objects.create(label="Rule", url=URL, event="x", body="{}", created_at=now)
    assert list(calls_visible_to(carla)) == [other, hook.calls.get()]
    assert calls_visible_to(grace).count() == 1


def test_a12_whoever_points_it_elsewhere_becomes_its_owner(
    make_hook: MakeHook, carla: User, role_admin: Role, now: datetime
) -> None:
    hook = make_hook()
    grace = make_user("grace@desk.example", "Grace", role_admin)
    webhooks.change_webhook(hook=hook, name="Hers", url=URL, events=ALL, by=grace, now=now)
    assert Webhook.objects.get().owner == grace


def test_a12_the_log_of_a_former_owner_is_not_called_again_elsewhere(
    make_hook: MakeHook, receiver: Post, acme: Client, carla: User, role_admin: Role, now: datetime
) -> None:
    hook = make_hook()
    opened(carla, now)
    hooks.collect_calls(now)
    assert hook.calls.get().status == "queued"
    only = Role.objects.create(name="Acme only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=acme)
    book = Role.objects.create(name="Book", permissions=["clients.view"], all_clients=True)
    grace = make_user("grace@desk.example", "Grace", only, book)
    webhooks.change_webhook(hook=hook, name="Hers", url=URL, events=ALL, by=grace, now=now)
    with pytest.raises(Conflict):
        webhooks.call_again(call=WebhookCall.objects.get(), by=grace, now=now)
    run_jobs(now)
    assert receiver.got == []
    assert WebhookCall.objects.get().status == "failed"
    webhooks.change_webhook(hook=hook, name="Again", url=URL, events=ALL, by=grace, now=now)


def test_an_owner_who_is_switched_off_tells_nothing(
    make_hook: MakeHook, carla: User, ada: User, now: datetime
) -> None:
    make_hook()
    User.objects.filter(pk=carla.pk).update(is_active=False)
    opened(ada, now)
    assert hooks.collect_calls(now) == 1
    assert not WebhookCall.objects.exists()


def test_what_happens_while_it_is_off_is_not_told(
    make_hook: MakeHook, carla: User, ada: User, now: datetime
) -> None:
    hook = make_hook()
    webhooks.switch_webhook(hook=hook, is_active=False, by=carla, now=now, seen=hooks.last_line())
    opened(ada, now - timedelta(hours=1))
    assert hooks.collect_calls(now) == 0
    webhooks.switch_webhook(hook=hook, is_active=True, by=carla, now=now, seen=hooks.last_line())
    assert hooks.collect_calls(now) == 0


# --- calls


def test_a_failure_is_noted_and_tried_again_with_the_same_id(
    make_hook: MakeHook, receiver: Post, now: datetime
) -> None:
    hook = make_hook()
    receiver.answers = [NotDelivered("h answered 503.", 503), NotReachable("h"), 204]
    webhooks.ping(hook=hook, now=now)
    run_jobs(now)
    call = WebhookCall.objects.get()
    assert (call.status, call.tries, call.answer, call.words) == ("queued", 1, 503, "h answered 503.")
    assert Webhook.objects.get().failing_since == now
    run_jobs(now + timedelta(seconds=5))
    run_jobs(now + timedelta(seconds=35))
    call.refresh_from_db()
    assert (call.status, call.tries, call.answer) == ("delivered", 3, 204)
    assert Webhook.objects.get().failing_since is None
    assert len({headers["X-Deskbell-Delivery"] for _url, _body, headers in receiver.got}) == 1


def test_a23_what_leads_inside_is_never_called(make_hook: MakeHook, receiver: Post, now: datetime) -> None:
    hook = make_hook()
    receiver.answers = [NotAllowed("h")]
    webhooks.ping(hook=hook, now=now)
    run_jobs(now)
    assert WebhookCall.objects.get().words == "h: private network"


def test_after_long_failure_it_is_switched_off_and_its_people_are_told(
    make_hook: MakeHook, receiver: Post, carla: User, role_admin: Role, now: datetime
) -> None:
    hook = make_hook()
    make_user("root@desk.example", "Root", role_admin)
    receiver.answers = [NotDelivered("h answered 500.", 500)] * (2 * MAX_TRIES)
    for age in (timedelta(hours=1), timedelta(hours=4)):
        Webhook.objects.update(failing_since=now - age)
        call = webhooks.ping(hook=hook, now=now)
        WebhookCall.objects.filter(pk=call.pk).update(tries=MAX_TRIES - 1)
        run_jobs(now)
        assert WebhookCall.objects.get(pk=call.pk).status == "failed"
        assert Webhook.objects.get().is_active == (age < timedelta(hours=3))
    mails = OutgoingMail.objects.filter(kind="webhook-stopped").order_by("to")
    assert [mail.to for mail in mails] == [carla.email, "root@desk.example"]
    assert f"/settings/webhooks/{hook.pk}/" in mails[0].text
    webhooks._stop_after_long_failure(WebhookCall.objects.latest("pk"), now)
    assert mails.count() == 2


def test_a_call_of_a_webhook_that_is_off_or_gone_calls_nobody(
    make_hook: MakeHook, receiver: Post, carla: User, ada: User, now: datetime
) -> None:
    hook = make_hook()
    opened(ada, now)
    hooks.collect_calls(now)
    webhooks.delete_webhook(hook=hook, by=carla, now=now)
    run_jobs(now)
    call = WebhookCall.objects.get()
    assert (receiver.got, call.status, call.words) == ([], "failed", "off")
    webhooks.make_call(f"{call.pk}@1", now)
    webhooks.make_call("999@1", now)
    assert receiver.got == []


def test_a_call_can_be_made_again(make_hook: MakeHook, receiver: Post, carla: User, now: datetime) -> None:
    call = webhooks.ping(hook=make_hook(), now=now)
    run_jobs(now)
    webhooks.call_again(call=WebhookCall.objects.get(), by=carla, now=now)
    run_jobs(now)
    assert len(receiver.got) == 2
    webhooks.call_again(call=WebhookCall.objects.get(), by=carla, now=now)
    webhooks.call_again(call=WebhookCall.objects.get(), by=carla, now=now)
    assert Job.objects.filter(kind="webhook", status="queued").count() == 1
    of_rule = WebhookCall.objects.create(label="Rule", url=URL, event="x", body="{}", created_at=now)
    with pytest.raises(Conflict):
        webhooks.call_again(call=of_rule, by=carla, now=now)
    webhooks.forget_calls(now + timedelta(days=31))
    assert not WebhookCall.objects.exists()
    assert call.pk


# --- keeping them


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"url": "ftp://h.example"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "http://127.0.0.1:9/"}, "url"),
        ({"url": "http://user:secret@h.example/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["ping"]}, "events"),
    ],
)
def test_what_is_wrong_is_said(carla: User, now: datetime, change: dict[str, Any], field: str) -> None:
    wanted: dict[str, Any] = {"name": "Hook", "url": URL, "events": ALL} | change
    with pytest.raises(Invalid) as problem:
        webhooks.create_webhook(**wanted, by=carla, now=now, seen=0)
    assert list(problem.value.fields or {}) == [field]


def test_a_name_unknown_today_may_be_known_tomorrow(
    carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_args: object, **_more: object) -> str:
        raise NotReachable

    monkeypatch.setattr(webhooks, "address_of", unknown)
    webhooks.create_webhook(name="Hook", url="https://later.example", events=ALL, by=carla, now=now, seen=0)


@pytest.mark.parametrize("url", ["http://[::1", "http://h:99999/", "http://h:0/", "http://é/", "http://h/ x"])
def test_odd_addresses_are_no_addresses(url: str) -> None:
    assert not is_address(url)


def test_a27_a_secret_is_in_no_table_and_can_be_renewed(
    make_hook: MakeHook, carla: User, now: datetime
) -> None:
    hook = make_hook()
    secret = webhooks.secret_of(hook)
    assert secret not in str(list(Webhook.objects.values())) + str(list(AuditEntry.objects.values()))
    assert webhooks.renew_secret(hook=hook, by=carla, now=now) != secret


def test_only_who_may_change_settings_sees_them(make_hook: MakeHook, ada: User, now: datetime) -> None:
    hook = make_hook()
    webhooks.ping(hook=hook, now=now)
    assert not webhooks_visible_to(ada).exists()
    assert not calls_visible_to(ada).exists()
    assert not deleted_webhooks(ada, now=now).exists()


# --- the pages


def test_the_page_shows_the_secret_once(client_carla: Http, settings: Settings) -> None:
    sent = {"name": "Books", "url": URL, "events": ["ticket.created"]}
    page = client_carla.post("/settings/webhooks/", sent)
    secret = webhooks.secret_of(Webhook.objects.get())
    assert secret in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    own = f"/settings/webhooks/{Webhook.objects.get().pk}/"
    assert secret not in client_carla.get(own).content.decode()
    renewed = client_carla.post(f"{own}do/", {"do": "secret"}).content.decode()
    assert secret not in renewed
    assert webhooks.secret_of(Webhook.objects.get()) in renewed


def test_what_was_typed_stays_when_it_is_wrong(client_carla: Http) -> None:
    page = client_carla.post("/settings/webhooks/", {"name": "Books", "url": "nonsense", "events": ["ping"]})
    assert page.status_code == 422
    assert b'value="nonsense"' in page.content


def test_the_buttons_of_a_webhook(client_carla: Http, make_hook: MakeHook) -> None:
    own = f"/settings/webhooks/{make_hook().pk}/"
    sent = {"name": "Renamed", "url": URL, "events": ["ticket.created"]}
    assert client_carla.post(own, sent).status_code == 302
    assert client_carla.post(own, {**sent, "url": "http://10.0.0.1"}).status_code == 422
    for deed in ("off", "on", "test"):
        assert client_carla.post(f"{own}do/", {"do": deed})["Location"] == own
    call = WebhookCall.objects.get()
    assert client_carla.post(f"/settings/webhooks/calls/{call.pk}/again/")["Location"] == own
    assert "Renamed" in client_carla.get(own).content.decode()
    assert client_carla.post(f"{own}do/", {"do": "delete"})["Location"] == "/settings/webhooks/"
    assert client_carla.get(own, headers={"HX-Request": "true"})["HX-Redirect"] == "/settings/webhooks/"
    assert b"brought back" in client_carla.get("/settings/webhooks/").content
    assert client_carla.post(f"{own}restore/")["Location"] == own
    assert client_carla.get(own).status_code == 200
