"""What somebody is writing, kept while they write: the text, its files, and who may be called by `@`."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.core.web import requires
from tickets.domain.kinds import MessageKind
from tickets.selectors.access import ticket_for
from tickets.selectors.choices import assignable_users
from tickets.selectors.drafts import drafts_of
from tickets.services.drafts import (
    DraftElsewhere,
    add_file,
    discard_draft,
    remove_file,
    save_draft,
    take_out_again,
    throw_away,
)
from tickets.views.composer import answer_page, typed_composer
from tickets.views.requests import Request
from tickets.views.typed import Typed

EDIT = Permission.TICKETS_EDIT
#: More drafts than this nobody goes on with.
SHOWN = 200


@requires(EDIT)
@require_POST
def save(request: Request, number: int) -> HttpResponse:
    """Keeps the text as it is now; the answer says when, or what another window holds. Nothing typed and no
    file is no draft.
    """
    ticket, typed = ticket_for(request.user, number, to=EDIT), Typed.of(request.POST)
    kind = MessageKind.NOTE if typed.kind == MessageKind.NOTE else MessageKind.REPLY
    if not typed.body.strip() and not typed.kept:
        discard_draft(ticket=ticket, by=request.user)
        return (
            render(request, "tickets/_draft_state.html") if request.htmx else redirect("web:ticket", number)
        )
    try:
        draft = save_draft(
            ticket=ticket,
            by=request.user,
            kind=kind,
            body=typed.body,
            seen=typed.seen,
            people=typed.people,
            version=typed.version,
            now=timezone.now(),
        )
    except DraftElsewhere as error:
        if request.htmx:
            return render(request, "tickets/_draft_elsewhere.html", {"draft": error.draft}, status=409)
        shown = f"{error} {error.draft.body}"
        composer = typed_composer(request, ticket, errors=[shown], version=error.draft.version)
        return answer_page(request, ticket, composer, status=409)
    if request.htmx:
        return render(request, "tickets/_draft_state.html", {"draft": draft})
    messages.success(request, _("Your text is kept as a draft. Only you see it."))
    return redirect("web:ticket", number)


@requires(EDIT)
@require_safe
def own(request: Request) -> HttpResponse:
    """All that the reader has begun to write."""
    rows = drafts_of(request.user).filter(thrown_at=None)[:SHOWN]
    return render(request, "tickets/drafts.html", {"drafts": rows, "nav": "tickets"})


@requires(EDIT)
@require_POST
def throw(request: Request, draft: int) -> HttpResponse:
    found = get_object_or_404(drafts_of(request.user), pk=draft)
    throw_away(draft=found, now=timezone.now())
    messages.success(request, render_to_string("tickets/_draft_thrown.html", {"draft": found}, request))
    return redirect("tickets:drafts")


@requires(EDIT)
@require_POST
def take_out(request: Request, draft: int) -> HttpResponse:
    found = get_object_or_404(drafts_of(request.user), pk=draft)
    take_out_again(draft=found)
    messages.success(request, _("Your draft on #%(number)s is back.") % {"number": found.ticket_id})
    return redirect("tickets:drafts")


@requires(EDIT)
@require_POST
def upload(request: Request, number: int) -> HttpResponse:
    """One file for the message that is being written: its row for the composer, or a sentence."""
    ticket = ticket_for(request.user, number, to=EDIT)
    found = request.FILES.get("file")
    if found is None:
        return HttpResponseBadRequest(_("Choose a file."), content_type="text/plain; charset=utf-8")
    try:
        file = add_file(ticket=ticket, by=request.user, upload=found, now=timezone.now())
    except Invalid as error:
        said = " ".join((error.fields or {}).values())
        return HttpResponse(said, status=error.http_status, content_type="text/plain; charset=utf-8")
    return render(request, "tickets/_waiting_file.html", {"file": file})


@requires(EDIT)
@require_POST
def remove(request: Request, public_id: UUID) -> HttpResponse:
    """Of one's own alone; whatever else the address names stays and is not told of."""
    remove_file(by=request.user, public_id=public_id)
    return HttpResponse(status=204)


@requires(EDIT)
@require_safe
def colleagues(request: Request, number: int) -> HttpResponse:
    """Whom a note may call: who may work on this ticket."""
    ticket = ticket_for(request.user, number, to=EDIT)
    people = [user for user in assignable_users(ticket.client) if user != request.user]
    return render(request, "tickets/_colleagues.html", {"people": people})
