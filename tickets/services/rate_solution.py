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
from tickets.models import Survey, Ticket
from tickets.services.change import write_activity
from tickets.services.merged import locked_final
from tickets.services.rules.run import run_on_ticket


@transaction.atomic
def rate_solution(*, survey: Survey, rating: Rating, comment: str, now: datetime) -> None:
    """Note the answer, or correct it as long as the link is good; the same once more changes nothing.

    The rules hear of a low rating once for each question. Raises `SurveyOver`, `TicketInvalid` (comment).
    """
    text = clean_body(comment)
    if len(text) > MAX_COMMENT:
        raise TicketInvalid(fields={"comment": _("Write at most 2,000 characters.")})
    seen = Survey.objects.select_for_update().get(pk=survey.pk)
    if seen.expires_at <= now:
        raise SurveyOver
    if (seen.rating, seen.comment) == (rating, text):
        return
    first = Coalesce("answered_at", Value(now))
    Survey.objects.filter(pk=seen.pk).update(rating=rating.value, comment=text, answered_at=first)
    ticket = locked_final(seen.ticket_id)
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
    if rating in LOW and Survey.objects.filter(pk=seen.pk, told_at=None).update(told_at=now):
        facts = {"rating": rating.value, "comment": text}
        run_on_ticket(ticket=ticket, trigger=Trigger.LOW_RATING, now=now, facts=facts)
