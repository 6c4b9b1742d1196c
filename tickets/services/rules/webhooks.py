"""Rules that call other programs: one job per call, so that a slow receiver delays nobody.

The job names the rule, not the address: what is called is what the rule says when the job runs.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from helpdesk.core import jobs
from helpdesk.core.services.jobs import enqueue
from tickets.domain.rule_run import Effect
from tickets.domain.rules import Do
from tickets.models import Rule, Ticket
from tickets.selectors.surveys import last_answer
from tickets.services.rules.plan import Plan
from tickets.services.rules.post import post

JOB = "rule-webhook"


def queue_webhooks(wishes: Iterable[tuple[Ticket, Plan, Effect]], *, now: datetime) -> None:
    """One job per call, in the caller's transaction."""
    for ticket, plan, effect in wishes:
        place = _address_key(str(effect.action.value))
        enqueue(kind=JOB, ref=f"{effect.rule}:{ticket.pk}:{plan.trigger.value}:{place}", now=now)


@jobs.handler(JOB, waits=True)
def call_webhook(ref: str, now: datetime) -> None:
    """Posts the ticket as JSON, signed. A failure raises, so the job comes again with growing pauses.

    A rule that has gone or calls another address by now calls nobody. The receiver may see a call twice:
    `X-Deskbell-Delivery` is the same then.
    """
    rule_id, ticket_id, trigger, place = ref.split(":")
    rule = Rule.objects.filter(pk=int(rule_id), deleted_at=None).first()
    ticket = Ticket.objects.select_related("client", "assignee", "team").filter(pk=int(ticket_id)).first()
    urls = [str(action["value"]) for action in (rule.actions if rule else ()) if action["do"] == Do.WEBHOOK]
    url = next((url for url in urls if _address_key(url) == place), "")
    if ticket is None or rule is None or not url:
        return
    body = json.dumps(payload(ticket, rule, trigger, now), ensure_ascii=False).encode()
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Deskbell",
        "X-Deskbell-Delivery": _address_key(f"{ref}:{ticket.updated_at.isoformat()}"),
        "X-Deskbell-Timestamp": stamp,
        "X-Deskbell-Signature": f"sha256={signature(url, stamp, body)}",
    }
    post(url, body, headers, allowed=settings.WEBHOOK_ALLOWED_HOSTS)


def payload(ticket: Ticket, rule: Rule, trigger: str, now: datetime) -> dict[str, Any]:
    """What the receiver learns: states and names, no text of people."""
    return {
        "event": trigger,
        "at": now.isoformat(),
        "rule": rule.name,
        "ticket": {
            "number": ticket.number,
            "url": f"{settings.BASE_URL}/tickets/{ticket.number}/",
            "subject": ticket.subject,
            "status": ticket.status,
            "priority": ticket.priority,
            "type": ticket.type,
            "source": ticket.source,
            "client": ticket.client.name if ticket.client else "",
            "assignee": str(ticket.assignee or ""),
            "team": str(ticket.team or ""),
            "rating": last_answer(ticket).rating,
            "created_at": ticket.created_at.isoformat(),
            "updated_at": ticket.updated_at.isoformat(),
        },
    }


def webhook_secret(url: str) -> str:
    """What the receiver checks signatures with: one per address, derived, so that no table holds it."""
    key = f"deskbell webhook 1 {url}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), key, hashlib.sha256).hex()


def signature(url: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over `<timestamp>.<body>`, so that an old call cannot be played again."""
    return hmac.digest(webhook_secret(url).encode(), f"{stamp}.".encode() + body, hashlib.sha256).hex()


def _address_key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]
