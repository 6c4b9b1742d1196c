"""Rules that ask a customer how it went: one mail with three faces and a link that nobody can guess."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from helpdesk.core.domain.languages import mail_language
from helpdesk.core.links import absolute_url
from helpdesk.core.models import Organisation
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.letters import write_subject
from helpdesk.core.services.mail import cancel_mail
from helpdesk.core.services.mail_fate import MailIsOut
from tickets.domain.rule_run import Effect
from tickets.domain.survey import VALID, Rating, key_hash, make_survey_key
from tickets.models import Survey, Ticket
from tickets.selectors.surveys import is_person, was_asked_lately
from tickets.services.mail_out import AutomaticMail, queue_automatic_bulk, thread_of
from tickets.services.rules.plan import Plan, Why

TEMPLATE = "survey"


def send_surveys(
    wishes: Iterable[tuple[Ticket, Plan, Effect]], reasons: Mapping[int, str], *, now: datetime
) -> None:
    """In the caller's transaction; why somebody is not asked is noted in the plan."""
    for ticket, plan, effect in wishes:
        machine = Why.AUTOMATIC if plan.facts.get("is_automatic") else ""
        why = reasons.get(id(plan)) or machine or ask(ticket=ticket, now=now)
        if why:
            plan.refused.append((effect, why))


def ask(*, ticket: Ticket, now: datetime) -> str:
    """Ask the contact how it went: once for each solution of the ticket, and nobody twice in `PAUSE`.

    Gives why nobody was asked, "" if somebody was. The mail is held as long as an answer can be taken back.
    A new question ends the links of older ones on this ticket.
    """
    solved_at = ticket.resolved_at
    if solved_at is None:
        return Why.NOT_SOLVED
    if why := _why_not(ticket, solved_at, now):
        return why
    organisation, key = current_organisation(), make_survey_key()
    wish = ticket.contact.language if ticket.contact else ""
    survey, is_new = Survey.objects.get_or_create(
        ticket=ticket,
        solved_at=solved_at,
        defaults={
            "contact_id": ticket.contact_id,
            "email": ticket.contact_email.lower(),
            "name": ticket.contact_name,
            "language": mail_language(wish, organisation.default_language),
            "key_hash": key_hash(key),
            "asked_at": now,
            "expires_at": now + VALID,
        },
    )
    if not is_new:
        return Why.ASKED
    fate = queue_automatic_bulk([_mail(survey, key, organisation, now)], now=now)[0]
    if fate.withheld:
        survey.delete()
        return fate.withheld
    Survey.objects.filter(pk=survey.pk).update(mail=fate.mail)
    older = Survey.objects.filter(ticket=ticket, expires_at__gt=now).exclude(pk=survey.pk)
    older.update(expires_at=now)
    return ""


def withdraw_survey(*, ticket: Ticket) -> None:
    """The solution never was: what was asked about it is not asked, unless its mail is out already."""
    if ticket.resolved_at is None:
        return
    asked = Survey.objects.filter(ticket=ticket, solved_at=ticket.resolved_at)
    for survey in asked.select_related("mail"):
        with suppress(MailIsOut), transaction.atomic():
            if survey.mail:
                cancel_mail(mail=survey.mail)
            survey.delete()


def _why_not(ticket: Ticket, solved_at: datetime, now: datetime) -> str:
    if not ticket.contact_email:
        return Why.NO_ADDRESS
    if Survey.objects.filter(ticket=ticket, solved_at=solved_at).exists():
        return Why.ASKED
    if was_asked_lately(ticket, now):
        return Why.ASKED_LATELY
    return "" if is_person(ticket) else Why.NO_PERSON


def _mail(survey: Survey, key: str, organisation: Organisation, now: datetime) -> AutomaticMail:
    """The link begins with BASE_URL (A19); the text is wiped once it is out, so only its reader has it."""
    ticket = survey.ticket
    link = absolute_url(reverse("tickets:survey", args=[key]))
    faces = {rating.value: f"{link}?rating={rating}" for rating in Rating}
    return AutomaticMail(
        ticket=ticket,
        template=TEMPLATE,
        to=survey.email,
        to_name=survey.name,
        language=survey.language,
        subject=write_subject(
            f"tickets/mails/{TEMPLATE}", language=survey.language, facts={"ticket": ticket}
        ),
        facts={**faces, "days": VALID.days},
        references=thread_of(ticket).references,
        is_secret=True,
        hold_until=now + timedelta(seconds=organisation.undo_seconds) if organisation.undo_seconds else None,
    )
