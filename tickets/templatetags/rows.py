"""What a row of the list, or a card of the time line, shows: the keys by which they are drawn once."""

from collections.abc import Hashable
from typing import Any

from django import template

from helpdesk.core.templatetags.ui import ago_words
from tickets.domain.columns import ListColumn
from tickets.models import Ticket
from tickets.models.standard import doer_words
from tickets.templatetags.clocks import due_words

register = template.Library()


register.filter("doer", doer_words)


@register.filter
def row_key(ticket: Ticket, page: Any) -> Hashable:  # noqa: ANN401 - the page of the list
    """With the words of a search, which are lit up, and the place where they stand."""
    search = page.search
    snooze = getattr(ticket, "snooze", None)
    return (
        (search.asked, search.places.get(ticket.pk)) if search else None,
        *(page.shown, page.may_edit, ticket.pk in page.lifted, ticket.pk, ticket.subject),
        *(ticket.priority, ticket.status, ticket.merged_into_id, ticket.contact_name, ticket.contact_email),
        (snooze.until,) if snooze else None,
        ticket.client.name if ticket.client else None,
        ticket.assignee.full_name if ticket.assignee else None,
        ticket.team.name if ticket.team else None,
        getattr(ticket, "excerpt", None),
        tuple((tag.name, tag.colour) for tag in ticket.tags.all()) if ListColumn.TAGS in page.shown else (),
        due_words(page.dues.get(ticket.pk)),
        (ticket.created_at, ago_words(ticket.created_at)) if ListColumn.OPENED in page.shown else None,
        (ticket.updated_at, ago_words(ticket.updated_at)),
    )


@register.filter
def rows_key(page: Any) -> Hashable:  # noqa: ANN401 - the page of the list
    """Mostly all of them are as they were: looked up as a whole, drawn row by row when one is new."""
    return tuple(row_key(ticket, page) for ticket in page.rows)


@register.filter
def card_key(card: Any, may_edit: object) -> Hashable:  # noqa: ANN401 - a card of the time line
    """None of a card with forms in it."""
    entry, message = card.entry, card.entry.message
    if card.is_held or card.on_hold or card.failures:
        return None
    return (
        *(bool(may_edit), card.key, entry.kind, entry.author_name, entry.at, entry.body, card.context),
        *(entry.mail_state, entry.has_html, entry.has_remote_pictures, tuple(card.called)),
        (message.pk, message.origin_id, message.folded) if message else None,
        tuple((file.public_id, file.filename, file.media_type, file.size) for file in card.attachments),
    )
