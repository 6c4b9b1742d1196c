"""Who needs a second factor gets no further than to the page where one is set up or shown."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.errors import Refused
from helpdesk.core.models import User
from helpdesk.core.problems import problem_response
from helpdesk.core.web import lacks_second_factor
from helpdesk.web.accounts.enter import note_visit

GetResponse = Callable[[HttpRequest], HttpResponse]


class SecondFactorWall:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponse | None:
        is_open = (
            getattr(view, "guard", "") == "public" or settings.SESSION_COOKIE_NAME not in request.COOKIES
        )
        if is_open or not isinstance(request.user, User):
            return None
        note_visit(request, now=timezone.now())
        is_walled, match = lacks_second_factor(request), request.resolver_match
        request.is_walled = is_walled  # type: ignore[attr-defined] # its pages open no live stream
        if not is_walled or (match and match.namespace == "account"):
            return None
        if request.path.startswith("/api/"):
            return problem_response(
                Refused(_("Your role needs a second factor. Sign in with one."), code="second-factor-needed")
            )
        target = redirect("account:needed")
        if request.headers.get("HX-Request"):
            page = urlsplit(request.headers.get("HX-Current-URL", "")).path
            if page.startswith(("/profile/security/", "/sign-in/")):
                return HttpResponse(status=204)  # it is where it belongs; a part of its frame must wait
            answer = HttpResponse(status=403)
            answer["HX-Redirect"] = target["Location"]
            return answer
        return target
