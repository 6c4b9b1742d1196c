"""The filters that come with a number of the dashboard or of a report, as pills above the list."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from helpdesk.core.templatetags.ui import say_day
from tickets.domain.counted import KEPT, MISSED, Days
from tickets.domain.filters import TicketFilters
from tickets.models.labels import SOURCE_CHOICES
from tickets.views.addresses import ListAddress, Pill
from tickets.views.figure_scope import other_zone


def counted_pills(address: ListAddress, filters: TicketFilters) -> Iterator[Pill]:
    if filters.is_of_team:
        yield Pill(_("My team"), address.to(who=""))
    if filters.source:
        label = dict(SOURCE_CHOICES)[filters.source.value]
        yield Pill(_("From: %(source)s") % {"source": label}, address.to(source=""))
    asked = filters.counted
    if asked.created:
        yield Pill(_("Opened %(days)s") % {"days": days_words(asked.created)}, address.to(created=""))
    if asked.resolved:
        yield Pill(_("Resolved %(days)s") % {"days": days_words(asked.resolved)}, address.to(resolved=""))
    if asked.answered:
        yield Pill(_("Answered %(days)s") % {"days": days_words(asked.answered)}, address.to(answered=""))
    if asked.rated:
        yield Pill(_("Rated %(days)s") % {"days": days_words(asked.rated)}, address.to(rated=""))
    if asked.first:
        first = {KEPT: _("First answer in time"), MISSED: _("First answer too late")}
        yield Pill(first.get(asked.first, _("First answer timed")), address.to(first=""))
    if asked.solved:
        solved = {KEPT: _("Solved in time"), MISSED: _("Solved too late")}
        yield Pill(solved.get(asked.solved, _("Solution timed")), address.to(solved=""))


def days_words(days: Days) -> str:
    """ "22 Nov 2026", "1 Nov 2026 to 22 Nov 2026"; and whose days where they are not the reader's."""
    first, last = days
    words = _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}
    words = _day(first) if first == last else words
    zone = other_zone()
    return _("%(days)s, time zone %(zone)s") % {"days": words, "zone": zone} if zone else words


def _day(day: date) -> str:
    return say_day(day, "j M Y")
