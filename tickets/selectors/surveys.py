"""What customers were asked after a solution, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from agents.domain.text import domain_of
from agents.models import Contact
from tickets.domain.mail.automatic import is_role_address
from tickets.domain.survey import LOW, PAUSE, Rating, key_hash
from tickets.errors import SurveyNotFound, SurveyOver
from tickets.models import BlockedSender, Survey, Ticket
from tickets.selectors.mail import own_addresses


@dataclass(frozen=True, slots=True)
class Answer:
    """The customer's last word on a ticket; empty without one."""

    rating: str = ""
    comment: str = ""


def survey_for(key: str, now: datetime) -> Survey:
    """The only door for who holds a link. Raises `SurveyNotFound`, `SurveyOver`."""
    digest = key_hash(key)
    found = Survey.objects.select_related("ticket").filter(key_hash=digest).first() if digest else None
    if found is None:
        raise SurveyNotFound
    if found.expires_at <= now:
        raise SurveyOver
    return found


def was_asked_lately(ticket: Ticket, now: datetime) -> bool:
    """By this address, or as this contact by another one."""
    same = Q(email=ticket.contact_email.lower())
    if ticket.contact_id:
        same |= Q(contact=ticket.contact_id)
    return Survey.objects.filter(same, asked_at__gt=now - PAUSE).exists()


def is_person(ticket: Ticket) -> bool:
    """Does somebody read at the ticket's address whom we may ask, neither a machine nor ourselves?"""
    email = ticket.contact_email.lower()
    if is_role_address(email) or email in own_addresses():
        return False
    known = Contact.objects.filter(Q(pk=ticket.contact_id) | Q(email=email) | Q(addresses__email=email))
    if known.filter(Q(ignores_mail=True) | Q(is_active=False)).exists():
        return False
    return not BlockedSender.objects.filter(pattern__in=[email, domain_of(email)]).exists()


def answers() -> QuerySet[Survey]:
    return Survey.objects.exclude(rating="")


def low_answers(tickets: QuerySet[Ticket]) -> QuerySet[Survey]:
    return Survey.objects.filter(ticket__in=tickets, rating__in=[rating.value for rating in LOW])


def last_answer(ticket: Ticket) -> Answer:
    row = answers().filter(ticket=ticket).order_by("-answered_at").values_list("rating", "comment").first()
    return Answer(*row) if row else Answer()


def answer_column() -> Subquery:
    """For `annotate`, as JSON: the last answer of a ticket, else the last question (its rating is empty). It
    costs no query.
    """
    rows = Survey.objects.filter(ticket=OuterRef("pk")).order_by(
        F("answered_at").desc(nulls_last=True), "-id"
    )
    return Subquery(rows.values(found=JSONObject(rating=F("rating"), comment=F("comment")))[:1])


def rated_as(rating: Rating) -> QuerySet[Survey, int]:
    """The tickets with such an answer, for a list."""
    return Survey.objects.filter(rating=rating).order_by().values_list("ticket", flat=True)


def answers_of(tickets: Sequence[Ticket]) -> dict[int, tuple[str, str]]:
    """Ticket -> (rating, words) of its last answer; one query."""
    rows = answers().filter(ticket__in=tickets).order_by("answered_at")
    return {
        number: (rating, words) for number, rating, words in rows.values_list("ticket", "rating", "comment")
    }
