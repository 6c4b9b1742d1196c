"""Fields of a ticket as rules want them: worked out here, written by others."""

from collections.abc import Callable
from datetime import datetime

from tickets.domain.rule_run import Effect
from tickets.domain.rules import Action, Do
from tickets.domain.status import Status, may_move
from tickets.models import Ticket
from tickets.services.rules.people import People
from tickets.services.rules.plan import Change, Plan, Why

Values = dict[str, object]
_PLAIN = {Do.SET_PRIORITY: "priority", Do.SET_TYPE: "type"}


def shape_new(ticket: Ticket, plan: Plan, people: People | None = None) -> None:
    """Set the fields of a ticket that is not saved yet. Give one `people` to all tickets of a batch, and
    call its `save_turns` after the INSERT; `finish` does the rest.
    """
    crew = people or People(plan.now)
    values = wanted(ticket, plan, crew)
    for name, value in values.items():
        setattr(ticket, name, value)
    if people is None:
        crew.save_turns()


def wanted(ticket: Ticket, plan: Plan, people: People) -> Values:
    """The fields to change, noted in `plan.changes`; what cannot be is noted in `plan.refused`."""
    values: Values = {}
    for effect in plan.sets:
        answer = _answer(ticket, effect, people, plan.now)
        if isinstance(answer, Why):
            plan.refused.append((effect, answer))
            continue
        new, why = answer
        if why:
            plan.refused.append((effect, why))
        if any(getattr(ticket, name) != value for name, value in new.items()):
            plan.changes.append(_change(ticket, effect, new, people))
            values |= new
    return values


def _answer(ticket: Ticket, effect: Effect, people: People, now: datetime) -> Why | tuple[Values, Why | None]:
    action = effect.action
    if ticket.status == Status.CLOSED:
        return Why.CLOSED
    if action.do is Do.SET_STATUS:
        return _status(ticket, Status(str(action.value)), now)
    if field := _PLAIN.get(action.do):
        return {field: str(action.value)}, None
    if action.do is Do.UNASSIGN:
        # The default rule leaves what the mailbox has settled.
        stays = effect.is_default and ticket.pk is None
        return ({}, None) if stays else ({"assignee_id": None, "team_id": None}, None)
    return _assignment(ticket, action, people)


def _status(ticket: Ticket, to: Status, now: datetime) -> Why | tuple[Values, None]:
    before = Status(ticket.status)
    if before is to:
        return {}, None
    return (
        ({"status": to.value, **times_of(ticket, to, now)}, None) if may_move(before, to) else Why.NOT_ALLOWED
    )


def times_of(ticket: Ticket, to: Status, now: datetime) -> Values:
    """The times that go with a move to this status."""
    if to is Status.CLOSED:
        return {"closed_at": now, "resolved_at": ticket.resolved_at or now}
    return {"resolved_at": now if to is Status.RESOLVED else None}


def _assignment(ticket: Ticket, action: Action, people: People) -> Why | tuple[Values, Why | None]:
    number, client_id = int(str(action.value)), ticket.client_id
    if action.do is Do.ASSIGN_USER:
        user = people.user_for(number, client_id)
        return ({"assignee_id": user.pk, "team_id": None}, None) if user else Why.GONE
    if not people.has_team(number):
        return Why.GONE
    to_team: Values = {"assignee_id": None, "team_id": number}
    choose: Callable[[int, int | None], object] | None = {
        Do.ROUND_ROBIN: people.next_in_turn,
        Do.LEAST_BUSY: people.least_busy,
    }.get(action.do)
    if choose is None:
        return to_team, None
    chosen = choose(number, client_id)
    pk = getattr(chosen, "pk", None)
    # With nobody there the team has it, and the trace says so.
    return ({"assignee_id": pk, "team_id": None}, None) if pk else (to_team, Why.NOBODY_THERE)


def _change(ticket: Ticket, effect: Effect, new: Values, people: People) -> Change:
    if "assignee_id" in new:
        before = people.name_of(user=ticket.assignee_id, team=ticket.team_id)
        user, team = new["assignee_id"], new["team_id"]
        after = people.name_of(
            user=user if isinstance(user, int) else None, team=team if isinstance(team, int) else None
        )
        return Change(effect.rule, "assignee", before, after)
    field = next(iter(new))
    return Change(effect.rule, field, str(getattr(ticket, field)), str(new[field]))
