"""What the palette finds: tickets by number or subject."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires, user_of
from tickets.selectors.access import tickets_visible_to

SHOWN = 8


@requires(Permission.TICKETS_VIEW)
def find(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip().lstrip("#")[:100]
    tickets = tickets_visible_to(user_of(request)).order_by("-updated_at", "-id")
    if text:
        number = Q(pk=int(text)) if text.isdecimal() and len(text) < 12 else Q()
        tickets = tickets.filter(
            Q(subject__icontains=text) | number if number else Q(subject__icontains=text)
        )
    return render(request, "web/_found.html", {"tickets": tickets[:SHOWN] if text else []})
