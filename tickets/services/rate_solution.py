"""What a customer says of a solution."""

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tickets.domain.kinds import Verb
from tickets.domain.rules import Trigger
from tickets.domain.survey import LOW, MAX_COMMENT, Rating
from tickets.domain.text import clean_body
from tickets.errors import SurveyOver, TicketInvalid
from tickets.models import Activity, Survey, Ticket
from tickets.services.change import write_activity
from tickets.services.merged import locked_final
from tickets.services.rules.run import run_on_ticket


@transaction.atomic
def rate_solution(*, survey: Survey, rating: Rating, comment: str, now: datetime) -> None:
    """Note the answer, or correct it as long as the link is good; the same once more changes nothing.

    The rules hear of a low rating once for each question, and once more when it gets worse. Raises
    `SurveyOver`, `TicketInvalid` (comment).
    """
    text = clean_body(comment)
    if len(text) > MAX_COMMENT:
        raise TicketInvalid(fields={"comment": _("Write at most 2,000 characters.")})
    ticket = locked_final(survey.ticket_id)  # before the survey, as those who ask lock them
    seen = Survey.objects.select_for_update().get(pk=survey.pk)
    if seen.expires_at <= now:
        raise SurveyOver
    if (seen.rating, seen.comment) == (rating, text):
        return
    first = Coalesce("answered_at", Value(now))
    Survey.objects.filter(pk=seen.pk).update(rating=rating.value, comment=text, answered_at=first)
    is_news = rating in LOW and (seen.told_at is None or _is_worse_than_ever(seen, ticket, rating))
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=now)
    for field, before, after in (("rating", seen.rating, rating.value), ("comment", seen.comment, text)):
        if before != after:
            write_activity(
                ticket=ticket,
                verb=Verb.RATED,
                by=None,
                now=now,
                field=field,
                before=before,
                after=after,
                label=seen.name or seen.email,
            )
    if is_news:
        Survey.objects.filter(pk=seen.pk).update(told_at=now)
        facts = {"rating": rating.value, "comment": text}
        run_on_ticket(ticket=ticket, trigger=Trigger.LOW_RATING, now=now, facts=facts)


def _is_worse_than_ever(survey: Survey, ticket: Ticket, rating: Rating) -> bool:
    """Sad for the first time since the question: who changes his mind often is not heard each time."""
    said = Activity.objects.filter(ticket=ticket, verb=Verb.RATED, field="rating", after=Rating.SAD)
    return rating is Rating.SAD and not said.filter(at__gte=survey.asked_at).exists()
