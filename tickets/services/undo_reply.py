"""An answer taken back while its mails are on hold, with what macros changed; and one sent again after it did
not arrive.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from helpdesk.core import events
from helpdesk.core.errors import Conflict
from helpdesk.core.models import OutgoingMail, User
from helpdesk.core.services.mail import cancel_mail, resend_mail
from helpdesk.core.services.mail_fate import MailIsOut
from tickets.domain.kinds import MessageKind, Verb
from tickets.domain.status import Status
from tickets.domain.targets import Event, Run
from tickets.errors import TicketMerged
from tickets.models import Activity, MacroRun, Message, Ticket, TicketClock
from tickets.selectors.targets import service_targets
from tickets.services.drafts import draft_again
from tickets.services.macros.take_back import claim_run, restore_fields
from tickets.services.rules.surveys import withdraw_survey
from tickets.services.targets.clocks import CHANGING, keep_clocks, set_clock

WAY_BACK = timedelta(minutes=1)


@transaction.atomic
def undo_reply(*, message: Message, now: datetime) -> str:
    """Takes the answer back as if nobody had written it, and gives its text; it is a draft again.

    The mails are never sent; the message, its files and its lines go; the status, and what macros changed
    with the answer, is what it was, unless somebody changed it since; the clocks run on. Of several who undo,
    and of an undo and a worker, one wins; the others get `MailIsOut`.
    """
    if message.mail is None:
        raise MailIsOut
    cancel_mail(mail=message.mail)
    ticket = Ticket.objects.select_for_update().get(pk=message.ticket_id)
    run = MacroRun.objects.filter(message=message).first()
    _unsay(ticket, by=message.author, at=message.created_at, run=run, now=now)
    if message.author:
        draft_again(message=message, by=message.author, now=now)
    message.delete()
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
    return message.body


@transaction.atomic
def undo_run(*, run: MacroRun, now: datetime, within: timedelta = WAY_BACK) -> None:
    """Takes back what macros changed at once or along with a note, `within` that time; the note stays.

    What somebody changed since stays. The first caller wins; raises `Conflict`, also for what came with an
    answer: that one goes with `undo_reply` or not at all.
    """
    if run.message and run.message.kind == MessageKind.REPLY:
        raise Conflict(_("This went out with an answer. Change what you want by hand."))
    if now - run.at > within:
        raise Conflict(_("It is too late to take this back. Change what you want by hand."))
    ticket = Ticket.objects.select_for_update().get(pk=run.ticket_id)
    if ticket.merged_into_id:
        raise TicketMerged
    _unsay(ticket, by=run.by, at=run.at, run=run, now=now)
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)


@transaction.atomic
def resend_reply(*, message: Message, mail: OutgoingMail, now: datetime) -> OutgoingMail:
    """One letter of the answer once more. The first caller wins; raises `MailNotToResend`."""
    again = resend_mail(mail=mail, now=now)
    Message.objects.filter(pk=message.pk, mail=mail).update(mail=again)
    ticket = message.ticket
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
    return again


def _unsay(ticket: Ticket, *, by: User | None, at: datetime, run: MacroRun | None, now: datetime) -> None:
    lines = Activity.objects.filter(ticket=ticket, at=at, actor=by)
    if run:
        claim_run(run)
    moved = lines.filter(field="status", verb=Verb.CHANGED).first()
    if moved and ticket.status == moved.after:
        _move_back(ticket, to=Status(moved.before), now=now)
    lines.filter(Q(verb=Verb.REPLIED) | Q(pk=moved.pk if moved else None)).delete()
    _restart_clocks(ticket, at)
    keep_clocks(ticket=ticket, event=Event.MOVED, now=now)
    if run:
        restore_fields(ticket, run, now=now)


def _move_back(ticket: Ticket, *, to: Status, now: datetime) -> None:
    """Past the table of moves: this one never happened."""
    solved = Activity.objects.filter(ticket=ticket, field="status", after=Status.RESOLVED).order_by("-at")
    resolved_at = solved.values_list("at", flat=True).first() if to is Status.RESOLVED else None
    withdraw_survey(ticket=ticket)
    ticket.status, ticket.resolved_at, ticket.closed_at, ticket.updated_at = to.value, resolved_at, None, now
    ticket.save(update_fields=["status", "resolved_at", "closed_at", "updated_at"])


def _restart_clocks(ticket: Ticket, at: datetime) -> None:
    clocks = list(TicketClock.objects.filter(ticket=ticket))
    targets = service_targets(clock.target_id for clock in clocks)
    running = {clock.kind for clock in clocks if clock.met_at is None}
    for clock in clocks:
        before = _without(clock.run, at)
        if before != clock.run and (clock.met_at is None or clock.kind not in running):
            set_clock(clock, before, targets[clock.target_id])
            clock.save(update_fields=CHANGING)


def _without(run: Run, at: datetime) -> Run:
    """The run as if nothing had happened at this instant."""
    pauses = tuple((start, None if end == at else end) for start, end in run.pauses if start != at)
    return replace(run, pauses=pauses, met_at=None if run.met_at == at else run.met_at)
