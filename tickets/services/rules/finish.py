"""What rules do beside the fields of a ticket, for many tickets at once, and the trace of it all."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from helpdesk.core.rows import insert_rows
from tickets.domain.kinds import MessageKind, Verb
from tickets.domain.rule_run import Effect, Outcome
from tickets.domain.rules import Do
from tickets.domain.status import Status
from tickets.models import Activity, Message, RuleHit, RuleTrace, Ticket
from tickets.models.standard import rule_label
from tickets.services.rules.letters import send_letters
from tickets.services.rules.own_fields import fill_many_fields
from tickets.services.rules.plan import Change, Plan
from tickets.services.rules.surveys import send_surveys
from tickets.services.rules.tags import change_many_tags
from tickets.services.rules.webhooks import queue_webhooks

Pair = tuple[Ticket, Plan]


def finish(plans: Iterable[Pair], now: datetime, *, why_no_answer: Sequence[str] = ()) -> None:
    """Do what is left of the plans, after the tickets are saved and in the same transaction: tags, own
    fields, notes, replies, notices, webhooks, activity, trace. A few statements for all, nothing for what
    nobody wants.

    `why_no_answer`: for each plan what the mail says against an automatic answer (RFC 3834), empty for none.
    """
    pairs = list(plans)
    reasons = dict(zip((id(plan) for _ticket, plan in pairs), why_no_answer, strict=False))
    wishes: dict[Do, list[tuple[Ticket, Plan, Effect]]] = {}
    for ticket, plan in pairs:
        for effect in plan.run.effects:
            wishes.setdefault(effect.action.do, []).append((ticket, plan, effect))
    with transaction.atomic(savepoint=False):
        change_many_tags(wishes.get(Do.ADD_TAGS, ()), wishes.get(Do.REMOVE_TAGS, ()))
        fill_many_fields(wishes.get(Do.SET_FIELD, ()))
        _write_notes(wishes.get(Do.ADD_NOTE, ()), now)
        replies = (*wishes.get(Do.REPLY, ()), *wishes.get(Do.REPLY_WITH, ()))
        send_letters(replies, wishes.get(Do.NOTIFY, ()), reasons, now=now)
        send_surveys(wishes.get(Do.SEND_SURVEY, ()), reasons, now=now)
        queue_webhooks(wishes.get(Do.WEBHOOK, ()), now=now)
        _write_activities(pairs, now)
        _write_traces(pairs, now)


def _write_notes(wishes: Iterable[tuple[Ticket, Plan, Effect]], now: datetime) -> None:
    notes = [
        Message(
            ticket=ticket,
            kind=MessageKind.NOTE,
            author_name=rule_label(plan.name_of(effect.rule)),
            body=str(effect.action.value),
            created_at=now,
        )
        for ticket, plan, effect in wishes
    ]
    if notes:
        Message.objects.bulk_create(notes)


def _write_activities(pairs: Iterable[Pair], now: datetime) -> None:
    lines = [_activity(ticket, plan, change, now) for ticket, plan in pairs for change in plan.changes]
    if lines:
        Activity.objects.bulk_create(lines)


def _activity(ticket: Ticket, plan: Plan, change: Change, now: datetime) -> Activity:
    label = plan.reopened_by if (change.field, change.after) == ("status", Status.OPEN) else ""
    return Activity(
        ticket=ticket,
        at=now,
        actor_label=(label or rule_label(plan.name_of(change.rule)))[:200],
        verb=Verb.REOPENED if label else Verb.CHANGED,
        field=change.field,
        before=change.before[:300],
        after=change.after[:300],
    )


def _write_traces(pairs: Iterable[Pair], now: datetime) -> None:
    traces, hits = [], []
    for ticket, plan in pairs:
        lines = plan.lines()
        if lines:
            traces.append(RuleTrace(ticket=ticket, at=now, trigger=plan.trigger.value, lines=lines))
        hits += [
            RuleHit(rule_id=line.rule, ticket=ticket, at=now)
            for line in plan.run.lines
            if line.outcome is Outcome.MATCHED and not plan.mark  # a marked hit was written to claim it
        ]
    if traces:
        insert_rows(traces)
    if hits:
        insert_rows(hits)
