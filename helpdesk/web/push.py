"""Browsers that are told while no page is open: adding, removing, and the script that shows it."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.core.domain.web_push import Subscription
from helpdesk.core.errors import DeskbellError
from helpdesk.core.services.push import add_push_device, remove_push_device
from helpdesk.core.templatetags.ui import browser as browser_name
from helpdesk.core.web import public, signed_in, user_of

LONGEST = 4_000


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It holds nothing of anybody; browsers look for a newer one without cookies."""
    context = {"icon": static("ui/favicon.svg")}
    return render(request, "web/notices/worker.js", context, content_type="text/javascript; charset=utf-8")


@signed_in
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """What the browser's own `PushSubscription.toJSON()` says; 422 when it cannot be pushed to."""
    try:
        given = json.loads(request.body[:LONGEST])
        subscription = Subscription(
            str(given["endpoint"])[:1000], str(given["keys"]["p256dh"])[:100], str(given["keys"]["auth"])[:40]
        )
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"detail": _("This is no subscription of a browser.")}, status=422)
    name = browser_name(request.headers.get("User-Agent", ""))
    try:
        add_push_device(user=user_of(request), subscription=subscription, name=name, now=timezone.now())
    except DeskbellError as error:
        return JsonResponse({"detail": str(error)}, status=422)
    messages.success(request, _("This browser tells you from now on."))
    return HttpResponse(status=204)


@signed_in
@require_POST
def remove(request: HttpRequest, browser: int) -> HttpResponse:
    if not remove_push_device(user=user_of(request), device=browser):
        raise Http404
    messages.success(request, _("This browser tells you nothing more."))
    return redirect("web:notice-choice")
