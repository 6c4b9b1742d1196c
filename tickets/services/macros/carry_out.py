"""The actions of macros, done by the person who sends them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.core.models import Team, User
from tickets.domain.kinds import MessageKind
from tickets.domain.macros import last_of_each, status_of
from tickets.domain.priority import Priority
from tickets.domain.rule_json import action_as_json
from tickets.domain.rules import Action, Do, TicketType
from tickets.domain.seen import Seen
from tickets.domain.status import Status
from tickets.domain.text import clean_body
from tickets.errors import TicketChanged, TicketInvalid
from tickets.models import Macro, MacroRun, Message, Ticket, TicketValue
from tickets.selectors.macros import macros_for
from tickets.selectors.meanwhile import Meanwhile, meanwhile
from tickets.services.add_note import add_note
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.change_tags import change_tags
from tickets.services.change_type import change_type
from tickets.services.drafts import discard_draft
from tickets.services.files import StoredFile
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.work.fields import fill_ticket

Changes = dict[str, list[Any]]
#: Longer than anything can be taken back: what is older goes with the next run.
KEPT = timedelta(days=1)
#: The same words of the same person once more within this time are a second click.
DOUBLE_CLICK = timedelta(seconds=5)


class ToldMeanwhile(TicketChanged):
    """Others spoke or changed the ticket while somebody wrote; `news` is what."""

    code = "told-meanwhile"
    title = gettext_lazy("The ticket went on while you were writing. Look at what is new, then send.")

    def __init__(self, news: Meanwhile) -> None:
        super().__init__()
        self.news = news


@transaction.atomic
def carry_out(
    *,
    ticket: Ticket,
    actions: Sequence[Action],
    macros: Collection[int] = (),
    by: User,
    now: datetime,
    anyway: bool = False,
) -> MacroRun:
    """What a macro without a text does, all or nothing, the status last. `macros`: whose uses to count;
    `anyway` finishes a parent whose children are open.

    Raises what the single changes raise.
    """
    changes = _change(ticket, actions, by=by, now=now)
    if to := status_of(actions):
        changes |= _noted("status", ticket.status, to.value)
        change_status(ticket=ticket, to=to, by=by, now=now, anyway=anyway)
    count_uses(macros=macros, by=by, now=now)
    return _keep(ticket, actions, changes, by=by, now=now)


@transaction.atomic
def answer_with(
    *,
    ticket: Ticket,
    kind: MessageKind,
    body: str,
    actions: Sequence[Action] = (),
    macros: Collection[int] = (),
    by: User,
    now: datetime,
    then: Status | None = None,
    stored: Sequence[StoredFile] = (),
    without: Collection[str] = (),
    cc: Sequence[str] = (),
    seen: Seen | None = None,
    anyway: bool = False,
) -> Message:
    """A reply (which can be undone) or a note, and what macros bring along, all or nothing. A status among
    the actions counts instead of `then`; `anyway` finishes a parent whose children are open. A second click
    gets the message of the first. Drafts of `by` go.

    Raises `ToldMeanwhile` if a reply's author has `seen` less than there is, and what `reply_to_customer`,
    `add_note` and the single changes raise.
    """
    if twin := _said_just_now(ticket, kind, body, by, now):
        return twin
    if kind is MessageKind.REPLY and seen and (news := meanwhile(ticket, seen, besides=by)):
        raise ToldMeanwhile(news)
    changes = _change(ticket, actions, by=by, now=now)
    to = status_of(actions)
    if to:
        changes |= _noted("status", ticket.status, to.value)
    if kind is MessageKind.REPLY:
        message = reply_to_customer(
            ticket=ticket,
            body=body,
            by=by,
            now=now,
            then=to or then,
            stored=stored,
            may_be_undone=True,
            without=without,
            cc=cc,
            anyway=anyway,
        )
    else:
        message = add_note(ticket=ticket, body=body, by=by, now=now, stored=stored)
        if to:
            change_status(ticket=ticket, to=to, by=by, now=now, anyway=anyway)
    discard_draft(ticket=ticket, by=by)
    count_uses(macros=macros, by=by, now=now)
    if actions:
        _keep(ticket, actions, changes, by=by, now=now, message=message)
    return message


def _said_just_now(ticket: Ticket, kind: MessageKind, body: str, by: User, now: datetime) -> Message | None:
    """The lock lets the second of two at once wait, so that it sees the first."""
    locked = Ticket.objects.select_for_update().filter(pk=ticket.pk).values_list("pk", flat=True)
    said = Message.objects.filter(kind=kind, author=by, body=clean_body(body))
    return said.filter(ticket__in=list(locked), created_at__gt=now - DOUBLE_CLICK).first()


def count_uses(*, macros: Collection[int], by: User, now: datetime) -> None:
    """One more for each macro that the user is offered."""
    if macros:
        used = Macro.objects.filter(pk__in=macros_for(by).filter(pk__in=macros).values("pk"))
        used.update(uses=F("uses") + 1, used_at=now)


def _keep(
    ticket: Ticket,
    actions: Iterable[Action],
    changes: Changes,
    *,
    by: User,
    now: datetime,
    message: Message | None = None,
) -> MacroRun:
    MacroRun.objects.filter(at__lt=now - KEPT).delete()
    plain = [action_as_json(action) for action in actions]
    return MacroRun.objects.create(
        ticket=ticket, message=message, by=by, at=now, actions=plain, changes=changes
    )


def _change(ticket: Ticket, actions: Sequence[Action], *, by: User, now: datetime) -> Changes:
    """Everything but the status."""
    changes: Changes = {}
    for action in last_of_each(actions):
        if deed := _DEEDS.get(action.do):
            changes |= deed(ticket, action, by, now)
    tags = {do: _words(actions, do) for do in (Do.ADD_TAGS, Do.REMOVE_TAGS)}
    if any(tags.values()):
        changes |= _tags(ticket, add=tags[Do.ADD_TAGS], remove=tags[Do.REMOVE_TAGS], by=by, now=now)
    return changes


def _noted(field: str, before: object, after: object) -> Changes:
    return {} if before == after else {field: [before, after]}


def _priority(ticket: Ticket, action: Action, by: User, now: datetime) -> Changes:
    noted, to = _noted("priority", ticket.priority, action.value), Priority(str(action.value))
    change_priority(ticket=ticket, to=to, by=by, now=now)
    return noted


def _type(ticket: Ticket, action: Action, by: User, now: datetime) -> Changes:
    noted, to = _noted("type", ticket.type, action.value), TicketType(str(action.value))
    change_type(ticket=ticket, to=to, by=by, now=now)
    return noted


def _assignee(ticket: Ticket, action: Action, by: User, now: datetime) -> Changes:
    to = _person(action, by)
    after = [to.pk if isinstance(to, User) else None, to.pk if isinstance(to, Team) else None]
    noted = _noted("assignee", [ticket.assignee_id, ticket.team_id], after)
    change_assignee(ticket=ticket, to=to, by=by, now=now)
    return noted


def _own_field(ticket: Ticket, action: Action, by: User, now: datetime) -> Changes:
    [key], after = action.to, str(action.value)
    rows = TicketValue.objects.filter(ticket=ticket, field__key=key)
    before = rows.values_list("value", flat=True).first() or ""
    fill_ticket(ticket=ticket, typed={key: after}, by=by, now=now)
    return _noted(f"field:{key}", before, rows.values_list("value", flat=True).first() or "")


def _person(action: Action, by: User) -> User | Team | None:
    if action.do is Do.ASSIGN_ME:
        return by
    if action.do is Do.UNASSIGN:
        return None
    model: type[User | Team] = User if action.do is Do.ASSIGN_USER else Team
    found = model._default_manager.filter(pk=int(str(action.value))).first()
    if found is None:
        raise TicketInvalid(fields={"assignee": _("Choose somebody who may work on this ticket.")})
    return found


def _words(actions: Iterable[Action], do: Do) -> list[str]:
    return [word for action in actions if action.do is do for word in action.value]


def _tags(ticket: Ticket, *, add: list[str], remove: list[str], by: User, now: datetime) -> Changes:
    before = {tag.pk: tag.name for tag in ticket.tags.all()}
    gone = {word.casefold() for word in remove}
    names = [name for name in [*before.values(), *add] if name.casefold() not in gone]
    change_tags(ticket=ticket, names=names, by=by, now=now)
    after = set(ticket.tags.values_list("pk", flat=True))
    left, came = sorted(before.keys() - after), sorted(after - before.keys())
    return {"tags": [left, came]} if left or came else {}


_DEEDS: dict[Do, Callable[[Ticket, Action, User, datetime], Changes]] = {
    Do.SET_PRIORITY: _priority,
    Do.SET_TYPE: _type,
    Do.SET_FIELD: _own_field,
    Do.ASSIGN_ME: _assignee,
    Do.ASSIGN_USER: _assignee,
    Do.ASSIGN_TEAM: _assignee,
    Do.UNASSIGN: _assignee,
}
