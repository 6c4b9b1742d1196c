"""The expert view: one ticket with its neighbours, its time line and its facts.

It lives above the apps because support sessions and other apps add their part to it.
"""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.templatetags.ui import ago_words
from helpdesk.core.web import requires
from helpdesk.web.inbox import inbox_of, inboxes_of, tickets_in
from tickets.models import Ticket
from tickets.selectors.access import client_scope
from tickets.selectors.drafts import called_beside, draft_beside
from tickets.selectors.dues import dues_of
from tickets.selectors.followers import following
from tickets.selectors.merge_choices import merge_shown
from tickets.selectors.page import ticket_sheet
from tickets.selectors.work import work_of
from tickets.templatetags.clocks import due_words
from tickets.views.actions import choices_of
from tickets.views.composer import composer_for, may_reply
from tickets.views.naps import naps
from tickets.views.requests import Request
from tickets.views.timeline import TimeLine
from tickets.views.together import around


@requires(Permission.TICKETS_VIEW)
@require_safe
def ticket(request: Request, number: int) -> HttpResponse:
    """The whole page. The inbox comes by itself right after it, so that reading a ticket costs no list."""
    sheet = _sheet(request, number)
    inbox = inbox_of(request, inboxes_of(request.user))
    sheet["inbox_url"] = reverse("web:ticket-inbox", args=[number]) + f"?inbox={inbox.name}"
    return render(request, "web/expert.html", sheet)


@requires(Permission.TICKETS_VIEW)
@require_safe
def ticket_live(request: Request, number: int) -> HttpResponse:
    """What others may have changed: time line, head, facts. Never the composer, where somebody types."""
    return render(request, "web/_expert_live.html", _sheet(request, number))


@requires(Permission.TICKETS_VIEW)
@require_safe
def ticket_inbox(request: Request, number: int) -> HttpResponse:
    inboxes = inboxes_of(request.user)
    inbox = inbox_of(request, inboxes)
    context = {
        "inbox": inbox,
        **tickets_in(request, inbox),
        "number": number,
        "inboxes": inboxes.values(),
    }
    return render(request, "web/_expert_inbox.html", context)


def _sheet(request: Request, number: int) -> dict[str, Any]:
    sheet = ticket_sheet(request.user, number)
    found = sheet.ticket
    may_edit = request.user.may(Permission.TICKETS_EDIT)
    time_line = TimeLine(found, sheet.told, called_beside(sheet.beside), may_edit=may_edit)
    context = {
        "nav": "tickets",
        "sheet": sheet,
        "ticket": found,
        "tags": sheet.tags,
        "client_notes": _client_notes(request.user, found),
        "dues": [] if found.merged_into_id else dues_of(found, timezone.now()),
        "time_line": time_line,
        "composer": composer_for(found, draft=draft_beside(sheet.beside, number), seen=time_line.seen),
        "may_reply": may_reply(found),
        "company": around(request.user, number),
        "may_edit": may_edit,
        "merged": merge_shown(request.user, found),
        "work": work_of(sheet.beside, timezone.now()),
        "naps": naps(timezone.localtime()),
        **following(sheet.beside, request.user),
        "anyway": _anyway(request),
        "commands": _commands(request.user, found),
        **choices_of(found),
    }
    shown = _shown(context, request.user)
    return context | {"facts_key": shown, "head_key": (shown, *_shown_in_head(context))}


def _shown(context: Mapping[str, Any], user: User) -> Hashable:
    """All that head and facts show: they are drawn once. What is new in them stands here, too."""
    sheet, ticket = context["sheet"], context["ticket"]
    device, profile = ticket.device, ticket.profile
    return (
        *(ticket.pk, ticket.subject, ticket.status, ticket.priority, ticket.type, ticket.created_at),
        *(ticket.merged_into_id, ticket.follows_id),
        *(ticket.contact_id, ticket.contact_name, ticket.contact_email, ticket.contact_phone),
        (ticket.client.public_id, ticket.client.name) if ticket.client else None,
        (device.public_id, device.name, device.os_name) if device else None,
        ago_words(device.last_seen_at) if device and device.last_seen_at else "",
        (profile.user_name, profile.state) if profile else None,
        ticket.assignee.full_name if ticket.assignee else None,
        ticket.team.name if ticket.team else None,
        (ticket.answer["rating"], ticket.answer["comment"]) if ticket.answer else None,
        *(sheet.beside.raw, sheet.beside.scope, context["work"].timer),
        tuple((other.pk, other.status, other.subject) for other in sheet.others),
        tuple(context["composer"].recipients),
        tuple(due_words(due) for due in context["dues"]),
        *(context["may_edit"], Permission.TICKETS_MERGE in user.permissions),
        *(context["anyway"], context["merged"], context["client_notes"], sheet.told.noted),
    )


def _shown_in_head(context: Mapping[str, Any]) -> Iterator[Hashable]:
    yield context["follows"]
    yield tuple(nap.until for nap in context["naps"])
    yield tuple(context["company"].guests)


def _client_notes(user: User, ticket: Ticket) -> str:
    """What everybody should know who works for the client; for who may look at it."""
    if not ticket.client or not ticket.client.notes.strip():
        return ""
    scope = client_scope(user, Permission.CLIENTS_VIEW)
    return ticket.client.notes.strip() if scope is None or ticket.client.pk in scope else ""


def _anyway(request: Request) -> str:
    """Without script the question whether to finish a parent with open children stands on the page."""
    asked = request.GET.get("anyway", "")
    return asked if asked in {"resolved", "closed"} else ""


def _commands(user: User, ticket: Ticket) -> list[dict[str, object]]:
    """What the palette offers for this ticket."""
    needed = {Permission.TICKETS_EDIT, Permission.TICKETS_MERGE}
    if not user.permissions.issuperset(needed) or ticket.merged_into_id:
        return []
    url = reverse("tickets:merge", args=[ticket.number])
    return [{"key": "E", "icon": "merge", "label": _("Merge this ticket into…"), "url": url}]
