"""The tickets that notices are about, as their reader may see them at this moment (A12)."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from helpdesk.core.models import User
from helpdesk.core.notices import Subject, door, speaker
from tickets.models.standard import doer_words, standard_words
from tickets.selectors.access import tickets_visible_to


@door("ticket")
def ticket_subjects(user: User, numbers: Collection[str]) -> Mapping[str, Subject]:
    """One query, whatever their number."""
    wanted = [int(number) for number in numbers if number.isdecimal()]
    rows = tickets_visible_to(user).filter(pk__in=wanted).order_by().values_list("pk", "subject")
    return {str(pk): Subject(f"#{pk}", subject, reverse("web:ticket", args=[pk])) for pk, subject in rows}


@speaker
def rule_names(who: str) -> str:
    """Rules do and tell things, too."""
    return standard_words(doer_words(who))
