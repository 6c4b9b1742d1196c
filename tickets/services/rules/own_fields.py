"""Fields that the desk added, as rules fill them: for many tickets at once."""

from collections.abc import Iterable

from agents.domain.fields import FieldOf, FieldType, NotAValue, canonical
from agents.models import CustomField
from agents.services.fields import store_values
from tickets.domain.rule_run import Effect
from tickets.models import Ticket, TicketValue
from tickets.services.rules.plan import Change, Plan, Why

Wish = tuple[Ticket, Plan, Effect]


def fill_many_fields(wishes: Iterable[Wish]) -> None:
    """Give values, or take them away, in the caller's transaction. What really changes is noted in the plan,
    and what cannot be (the field or the choice is gone) is refused.
    """
    todo = list(wishes)
    if not todo:
        return
    keys = {effect.action.to[0] for _ticket, _plan, effect in todo}
    rows = CustomField.objects.filter(belongs_to=FieldOf.TICKET, key__in=keys, deleted_at=None)
    fields = {field.key: field for field in rows}
    numbers = {ticket.pk for ticket, _plan, _effect in todo}
    kept = TicketValue.objects.filter(ticket__in=numbers, field__in=rows)
    have = {(ticket, field): value for ticket, field, value in kept.values_list("ticket", "field", "value")}
    for ticket, plan, effect in todo:
        field = fields.get(effect.action.to[0])
        value = _value(field, str(effect.action.value))
        if field is None or value is None:
            plan.refused.append((effect, Why.GONE))
        elif have.get((ticket.pk, field.pk), "") != value:
            store_values(TicketValue, {"ticket": ticket}, {field: value})
            plan.changes.append(Change(effect.rule, "field", field.name, value))


def _value(field: CustomField | None, text: str) -> str | None:
    """As it is kept; None for what is no value of this field."""
    try:
        return canonical(FieldType(field.type), text, tuple(field.choices)) if field else None
    except NotAValue:
        return None
