"""What people do to tickets, told to the rules: called by the services that do it, in their transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime

from tickets.domain.kinds import Source
from tickets.domain.rules import Do, Trigger
from tickets.domain.status import UNFINISHED, Status, after_customer_reply
from tickets.models import Ticket
from tickets.services.rules.book import active_rules
from tickets.services.rules.facts import facts_of
from tickets.services.rules.plan import Plan, plan
from tickets.services.rules.run import run_on_ticket
from tickets.services.rules.shape import shape_new

Mail = Mapping[str, object]


def shape_opened(
    *,
    ticket: Ticket,
    now: datetime,
    tags: Collection[str] = (),
    has_files: bool = False,
    mail_in: int | None = None,
) -> Plan:
    """Let the rules shape a ticket that is not saved yet; give the plan to `finish` after the INSERT."""
    facts = facts_of(ticket, now, mail_in=mail_in, tag=tuple(tags), has_attachment=has_files)
    result = plan(active_rules(Trigger.CREATED), facts, now)
    shape_new(ticket, result)
    return result


def customer_wrote(
    *, ticket: Ticket, body: str, name: str, now: datetime, mail: Mail | None = None, why_no_answer: str = ""
) -> None:
    """After a customer's answer. `mail`: what `mail_facts` says, if it came by mail; of a mail that was read
    before at least the sender and `mail_in`, its row of the journal."""
    facts = _words(ticket, body, name, mail)
    run_on_ticket(
        ticket=ticket,
        trigger=Trigger.CUSTOMER_REPLIED,
        now=now,
        facts=facts,
        also=(Trigger.REOPENED,) if _reopens(ticket, facts, now) else (),
        why_no_answer=why_no_answer,
    )


def _reopens(ticket: Ticket, facts: Mail, now: datetime) -> bool:
    """Do the rules for an answer open this ticket again? Only then those for reopened ones are asked, too."""
    status = Status(ticket.status)
    if after_customer_reply(status) is status:
        return False
    trigger = Trigger.CUSTOMER_REPLIED
    effects = plan(active_rules(trigger), facts_of(ticket, now, **facts), now, trigger).run.effects
    return any(one.action.do is Do.SET_STATUS and one.action.value == Status.OPEN for one in effects)


def follow_up_opened(
    *, ticket: Ticket, body: str, name: str, now: datetime, mail: Mail | None = None, why_no_answer: str = ""
) -> None:
    """After an answer to a closed ticket became a new one: the rules meet it as they meet new tickets."""
    facts = _words(ticket, body, name, mail)
    run_on_ticket(ticket=ticket, trigger=Trigger.CREATED, now=now, facts=facts, why_no_answer=why_no_answer)


def _words(ticket: Ticket, body: str, name: str, mail: Mail | None) -> Mail:
    told = {field: value for field, value in (mail or {}).items() if value != ""}
    source = Source.MAIL.value if mail else ticket.source
    return {"body": body, "sender_name": name, **told, "source": source}


def status_changed(*, ticket: Ticket, before: Status, now: datetime) -> None:
    """After a person moved the ticket; nothing when it stands where it stood."""
    after = Status(ticket.status)
    if after is before:
        return
    also = (Trigger.REOPENED,) if before is Status.RESOLVED and after in UNFINISHED else ()
    facts = {"before": before.value}
    run_on_ticket(ticket=ticket, trigger=Trigger.STATUS_CHANGED, now=now, facts=facts, also=also)


def assignment_changed(*, ticket: Ticket, before: int | None, now: datetime) -> None:
    """After a person gave the ticket to somebody; `before` is the technician who had it."""
    facts = {"before": "" if before is None else str(before)}
    run_on_ticket(ticket=ticket, trigger=Trigger.ASSIGNMENT_CHANGED, now=now, facts=facts)


def priority_changed(*, ticket: Ticket, before: str, now: datetime) -> None:
    """After a person changed the priority."""
    run_on_ticket(ticket=ticket, trigger=Trigger.PRIORITY_CHANGED, now=now, facts={"before": before})


def type_changed(*, ticket: Ticket, before: str, now: datetime) -> None:
    """After a person changed the type."""
    run_on_ticket(ticket=ticket, trigger=Trigger.TYPE_CHANGED, now=now, facts={"before": before})
