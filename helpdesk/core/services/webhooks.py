"""Webhooks: kept, called, tried again, switched off when nobody answers for long."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.domain.backoff import MAX_TRIES
from helpdesk.core.domain.languages import mail_language
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.reach import NotAllowed, NotReachable, address_of
from helpdesk.core.domain.webhooks import LONG_FAILURE, PING, HookEvent, derived_secret, is_address, signature
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.events import publish
from helpdesk.core.models import Job, User, Webhook, WebhookCall
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.audit import record
from helpdesk.core.services.jobs import enqueue
from helpdesk.core.services.letters import write_letter, write_subject
from helpdesk.core.services.mail import MailSpec, queue_mails_bulk
from helpdesk.core.services.post import NotDelivered, post

JOB = "webhook"
CALLS_KEPT_FOR = timedelta(days=30)
Status = WebhookCall.Status


def create_webhook(
    *, name: str, url: str, events: Iterable[str], by: User, now: datetime, seen: int
) -> Webhook:
    """It hears of what comes after the line `seen`, as far as `by` may see it. Raises Invalid."""
    _check_owner(by)
    fields = _checked(name, url, events)
    with transaction.atomic():
        hook = Webhook.objects.create(**fields, owner=by, seen=seen, created_at=now)
        record(actor=by, verb="webhook.created", target=hook, after=fields, now=now)
    publish("webhook", str(hook.pk))
    return hook


def change_webhook(
    *, hook: Webhook, name: str, url: str, events: Iterable[str], by: User, now: datetime
) -> None:
    """Whoever points it elsewhere becomes its owner: it may not tell a new receiver more than they see."""
    _check_owner(by)
    fields = _checked(name, url, events)
    before = {field: getattr(hook, field) for field in fields}
    with transaction.atomic():
        if hook.owner_id != by.pk and not by.may_everywhere(Permission.TICKETS_VIEW):
            _forget_calls_of(hook, now)
        Webhook.objects.filter(pk=hook.pk, deleted_at=None).update(**fields, owner=by)
        record(actor=by, verb="webhook.changed", target=hook, before=before, after=fields, now=now)
    publish("webhook", str(hook.pk))


def _forget_calls_of(hook: Webhook, now: datetime) -> None:
    """What was said with the former owner's rights is not for the new one's eyes, nor to be called again
    (A12): the log begins anew.
    """
    hook.calls.filter(status=Status.QUEUED).update(status=Status.FAILED, words="off", tried_at=now)
    hook.calls.update(webhook=None)


def switch_webhook(*, hook: Webhook, is_active: bool, by: User, now: datetime, seen: int) -> None:
    """Off, or on again from the line `seen`: what happened meanwhile is not told."""
    with transaction.atomic():
        Webhook.objects.filter(pk=hook.pk).update(
            is_active=is_active, seen=seen, stopped_at=None, failing_since=None
        )
        verb = "webhook.switched-on" if is_active else "webhook.switched-off"
        record(actor=by, verb=verb, target=hook, now=now)
    publish("webhook", str(hook.pk))


def renew_secret(*, hook: Webhook, by: User, now: datetime) -> str:
    """The new secret; calls are signed with it from now on."""
    with transaction.atomic():
        Webhook.objects.filter(pk=hook.pk).update(generation=F("generation") + 1)
        hook.refresh_from_db(fields=["generation"])
        record(actor=by, verb="webhook.secret-renewed", target=hook, now=now)
    return secret_of(hook)


def delete_webhook(*, hook: Webhook, by: User, now: datetime, is_deleted: bool = True) -> None:
    """Gone, or with `is_deleted=False` back as it was."""
    with transaction.atomic():
        Webhook.objects.filter(pk=hook.pk).update(deleted_at=now if is_deleted else None)
        record(actor=by, verb="webhook.deleted" if is_deleted else "webhook.restored", target=hook, now=now)
    publish("webhook", str(hook.pk))


def secret_of(hook: Webhook) -> str:
    return derived_secret(settings.SECRET_KEY, f"2 {hook.public_id} {hook.generation}")


def queue_call(
    *, hook: Webhook, event: str, facts: Mapping[str, Any], now: datetime, source: int | None = None
) -> WebhookCall:
    """One call, in the caller's transaction: the row, and the job that makes it."""
    body = json.dumps({"event": event, "at": now.isoformat(), **facts}, ensure_ascii=False)
    call = WebhookCall.objects.create(
        webhook=hook, label=hook.name, url=hook.url, event=event, source=source, body=body, created_at=now
    )
    enqueue(kind=JOB, ref=f"{call.pk}@{hook.pk}", now=now)
    return call


def ping(*, hook: Webhook, now: datetime) -> WebhookCall:
    """A call that says nothing, to see whether the receiver hears it."""
    with transaction.atomic():
        return queue_call(hook=hook, event=PING, facts={"webhook": hook.name}, now=now)


def call_again(*, call: WebhookCall, by: User, now: datetime) -> None:
    """Once more with the same words and the same id, at once. Conflict for a call without a webhook."""
    if call.webhook is None:
        raise Conflict(_("A rule made this call. It will call again when the rule matches again."))
    with transaction.atomic():
        WebhookCall.objects.filter(pk=call.pk).update(status=Status.QUEUED, tries=0, url=call.webhook.url)
        record(actor=by, verb="webhook.called-again", target=call, now=now)
        # A try that waits for its turn would come on top of this one.
        ref = f"{call.pk}@{call.webhook.pk}"
        Job.objects.filter(kind=JOB, ref=ref, status=Job.Status.QUEUED).delete()
        enqueue(kind=JOB, ref=ref, now=now)
    publish("webhook", str(call.webhook.pk))


@jobs.handler(JOB, waits=True)
def make_call(ref: str, now: datetime) -> None:
    """A call that is no longer waiting, or whose webhook is off or gone, calls nobody."""
    call = WebhookCall.objects.select_related("webhook").filter(pk=int(ref.partition("@")[0])).first()
    if call is None or call.status != Status.QUEUED or call.webhook is None:
        return
    hook = call.webhook
    if hook.deleted_at or not (hook.is_active or call.event == PING):
        WebhookCall.objects.filter(pk=call.pk).update(status=Status.FAILED, words="off", tried_at=now)
        return
    send_call(call=call, secret=secret_of(hook), now=now)


def send_call(*, call: WebhookCall, secret: str, now: datetime) -> None:
    """Posts it, signed, and notes the answer. A failure is noted and raised, so that the job comes again."""
    body, stamp = call.body.encode(), str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Deskbell",
        "X-Deskbell-Event": call.event,
        "X-Deskbell-Delivery": str(call.public_id),
        "X-Deskbell-Timestamp": stamp,
        "X-Deskbell-Signature": f"sha256={signature(secret, stamp, body)}",
    }
    try:
        status = post(call.url, body, headers, allowed=settings.WEBHOOK_ALLOWED_HOSTS)
    except NotDelivered as problem:
        _note_failure(call, problem.status, str(problem), now)
        raise
    except (NotAllowed, NotReachable) as problem:
        words = "private network" if isinstance(problem, NotAllowed) else "no such name"
        _note_failure(call, None, f"{problem}: {words}", now)
        raise
    with transaction.atomic():
        WebhookCall.objects.filter(pk=call.pk).update(
            status=Status.DELIVERED, answer=status, words="", tries=F("tries") + 1, tried_at=now
        )
        _hook_of(call).filter(failing_since__isnull=False).update(failing_since=None)
    publish("webhook", str(call.webhook_id or ""))


def _note_failure(call: WebhookCall, answer: int | None, words: str, now: datetime) -> None:
    tries = call.tries + 1
    WebhookCall.objects.filter(pk=call.pk).update(
        tries=tries,
        answer=answer,
        words=words[:300],
        tried_at=now,
        status=Status.FAILED if tries >= MAX_TRIES else Status.QUEUED,
    )
    _hook_of(call).filter(failing_since=None).update(failing_since=now)
    if tries >= MAX_TRIES:
        _stop_after_long_failure(call, now)
    publish("webhook", str(call.webhook_id or ""))


def _hook_of(call: WebhookCall) -> QuerySet[Webhook]:
    """None for the call of a rule."""
    return Webhook.objects.filter(calls=call)


def _stop_after_long_failure(call: WebhookCall, now: datetime) -> None:
    """The first caller switches it off and writes to its owner and the administrators."""
    rows = _hook_of(call).filter(is_active=True, failing_since__lte=now - LONG_FAILURE)
    with transaction.atomic():
        if rows.update(is_active=False, stopped_at=now) != 1:
            return
        hook = _hook_of(call).get()
        record(actor=None, verb="webhook.switched-off", target=hook, now=now)
        readers = User.objects.filter(Q(roles__is_locked=True) | Q(pk=hook.owner_id), is_active=True)
        queue_mails_bulk([_alarm(reader, hook) for reader in readers.distinct()], now=now)


def _alarm(reader: User, hook: Webhook) -> MailSpec:
    organisation = current_organisation()
    language = mail_language(reader.language, organisation.default_language)
    template, url = "mails/webhook_stopped", f"{settings.BASE_URL}/settings/webhooks/{hook.pk}/"
    facts = {"url": url, "name": hook.name, "address": hook.url}
    letter = write_letter(template, language=language, organisation=organisation, facts=facts)
    return MailSpec(
        to=reader.email,
        to_name=reader.full_name,
        subject=write_subject(template, language=language, facts=facts),
        text=letter.text,
        html=letter.html,
        language=language,
        kind="webhook-stopped",
    )


def _check_owner(by: User) -> None:
    """A token that may not read tickets must not have them told (A12)."""
    if not by.may(Permission.TICKETS_VIEW):
        raise Refused(_("A webhook tells what you see of tickets, and you may not see them."))


def _checked(name: str, url: str, events: Iterable[str]) -> dict[str, Any]:
    name, url, wanted, wrong = " ".join(name.split()), url.strip(), set(events), {}
    if not name or len(name) > 80:
        wrong["name"] = _("Give it a name of at most 80 characters, such as Accounting.")
    if not is_address(url) or len(url) > 500:
        wrong["url"] = _("Write the whole address, such as https://hooks.example.com/deskbell.")
    elif not _may_be_called(url):
        wrong["url"] = _(
            "This address leads into a private network. The operator can open it: WEBHOOK_ALLOWED_HOSTS."
        )
    if not wanted or not wanted <= set(HookEvent):
        wrong["events"] = _("Choose at least one event.")
    if wrong:
        raise Invalid(fields=wrong)
    return {"name": name, "url": url, "events": sorted(wanted)}


def _may_be_called(url: str) -> bool:
    """False for what would never be called; a name that is unknown today may be known tomorrow (A23)."""
    parts = urlsplit(url)
    try:
        address_of(parts.hostname or "", parts.port or 443, allowed=settings.WEBHOOK_ALLOWED_HOSTS)
    except NotReachable:
        return True
    except NotAllowed:
        return False
    return True


@jobs.each_day
def forget_calls(now: datetime) -> None:
    """The log keeps a month."""
    WebhookCall.objects.filter(created_at__lt=now - CALLS_KEPT_FOR).delete()
