"""The bell and its list, and what each person wants to hear of and where."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import User
from helpdesk.core.selectors.notices import (
    PAGE,
    notice_choice,
    notices_of,
    push_devices_of,
    told,
    unread_count,
)
from helpdesk.core.services.notices import choose_notices, mark_read, mark_unread
from helpdesk.core.services.push import public_key
from helpdesk.core.web import signed_in, user_of
from helpdesk.web.forms import show_errors
from helpdesk.web.notice_forms import NoticeForm

#: Of an undo: nobody takes more back at once.
MOST = 500


@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The list behind the bell: unread ones, or all with `show=all`; older ones with `before=id`."""
    user = user_of(request)
    shows_all = request.GET.get("show") == "all"
    rows = notices_of(user) if shows_all else notices_of(user).filter(read_at=None)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: PAGE + 1])
    shown = told(user, page[:PAGE])
    _forget_unseen(user, page[:PAGE], {one.notice.pk for one in shown})
    is_part = bool(request.headers.get("HX-Request"))
    context = {
        "nav": "notices",
        "told": shown,
        "shows_all": shows_all,
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        # The list that is read again in the background must not take the undo from the page.
        "undo": None if is_part else request.session.pop("notices_read", None),
    }
    name = "web/notices/_list.html" if is_part else "web/notices/list.html"
    return render(request, name, context)


def _forget_unseen(user: User, page: Iterable[Any], seen: set[int]) -> None:
    """The bell counts only what its list can show: whose rights went lost the notice is read."""
    hidden = [row.pk for row in page if row.pk not in seen and row.read_at is None]
    if hidden:
        mark_read(user=user, notices=hidden, now=timezone.now())


@signed_in
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, read again when something new came."""
    user = user_of(request)
    return render(request, "web/notices/_bell.html", {"unread": unread_count(user), "is_live": True})


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Some (`id`), those about one thing (`about`), or all: read, with an undo on the list."""
    user, now = user_of(request), timezone.now()
    if about := request.POST.get("about", ""):
        mark_read(user=user, notices=_about(user, about), now=now)
        return HttpResponse(status=204)
    ids = _ids(request)
    if not ids and "all" not in request.POST:
        return redirect("web:notices")
    done = mark_read(user=user, notices=None if "all" in request.POST else ids, now=now)
    if done:
        request.session["notices_read"] = done[:MOST]
    return _back(request)


@signed_in
@require_POST
def unread(request: HttpRequest) -> HttpResponse:
    mark_unread(user=user_of(request), notices=_ids(request))
    return _back(request)


@signed_in
def choice(request: HttpRequest) -> HttpResponse:
    """The table of news and channels, the quiet hours, and the browsers that are pushed to."""
    user = user_of(request)
    form = NoticeForm(request.POST or None, choice=notice_choice(user))
    if request.method == "POST" and form.is_valid():
        try:
            choose_notices(user=user, **form.chosen())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:notice-choice")
    context = {"nav": "profile", "tab": "notices", "form": form, "devices": push_devices_of(user)}
    context["push_key"] = public_key()
    return render(request, "web/notices/choice.html", context, status=422 if form.errors else 200)


def _about(user: User, about: str) -> list[int]:
    return list(notices_of(user).filter(about=about[:40], read_at=None).values_list("pk", flat=True)[:MOST])


def _ids(request: HttpRequest) -> list[int]:
    return [int(each) for each in request.POST.getlist("id")[:MOST] if each.isdecimal() and len(each) < 19]


def _back(request: HttpRequest) -> HttpResponse:
    response = redirect("web:notices")
    if request.POST.get("show") == "all":
        response["Location"] += "?show=all"
    return response
