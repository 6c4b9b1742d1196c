"""Rules that call other programs: one job per call, so that a slow receiver delays nobody.

The job names the rule, not the address: what is called is what the rule says when the job runs.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from helpdesk.core import jobs
from helpdesk.core.domain.webhooks import derived_secret
from helpdesk.core.models import WebhookCall
from helpdesk.core.services.jobs import enqueue
from helpdesk.core.services.webhooks import send_call
from tickets.domain.rule_run import Effect
from tickets.domain.rules import Do
from tickets.models import Rule, Ticket
from tickets.selectors.surveys import last_answer
from tickets.services.hooks import ticket_facts
from tickets.services.rules.plan import Plan

JOB = "rule-webhook"
NAMESPACE = UUID("7c1d5a52-5d8e-4f0c-9a53-2f5a2a1e6d11")


def queue_webhooks(wishes: Iterable[tuple[Ticket, Plan, Effect]], *, now: datetime) -> None:
    """One job per call, in the caller's transaction."""
    for ticket, plan, effect in wishes:
        place = _address_key(str(effect.action.value))
        enqueue(kind=JOB, ref=f"{effect.rule}:{ticket.pk}:{plan.trigger.value}:{place}", now=now)


@jobs.handler(JOB, waits=True)
def call_webhook(ref: str, now: datetime) -> None:
    """Posts the ticket as JSON, signed. A failure raises, so the job comes again with growing pauses.

    A rule that has gone or calls another address by now calls nobody. The receiver may see a call twice:
    `X-Deskbell-Delivery` is the same then. The log of Settings, Webhooks has it, too.
    """
    rule_id, ticket_id, trigger, place = ref.split(":")
    rule = Rule.objects.filter(pk=int(rule_id), deleted_at=None).first()
    ticket = Ticket.objects.select_related("client", "assignee", "team").filter(pk=int(ticket_id)).first()
    urls = [str(action["value"]) for action in (rule.actions if rule else ()) if action["do"] == Do.WEBHOOK]
    url = next((url for url in urls if _address_key(url) == place), "")
    if ticket is None or rule is None or not url:
        return
    facts = {"event": trigger, "at": now.isoformat(), "rule": rule.name, "ticket": rule_facts(ticket)}
    call, _is_new = WebhookCall.objects.get_or_create(
        public_id=uuid5(NAMESPACE, f"{ref}:{ticket.updated_at.isoformat()}"),
        defaults={
            "label": rule.name,
            "url": url,
            "event": trigger,
            "body": json.dumps(facts, ensure_ascii=False),
            "created_at": now,
        },
    )
    send_call(call=call, secret=webhook_secret(url), now=now)


def rule_facts(ticket: Ticket) -> dict[str, Any]:
    return {**ticket_facts(ticket), "rating": last_answer(ticket).rating}


def webhook_secret(url: str) -> str:
    """What the receiver of a rule's call checks signatures with: one per address."""
    return derived_secret(settings.SECRET_KEY, f"1 {url}")


def _address_key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]
