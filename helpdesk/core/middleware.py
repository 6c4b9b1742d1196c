"""Headers for every answer, the user's language and clock, and pages for our errors."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.shortcuts import render
from django.utils import timezone, translation

from helpdesk.core.errors import DeskbellError, NotFound, Refused
from helpdesk.core.events import hub
from helpdesk.core.problems import problem_response
from helpdesk.core.selectors.organisation import clock_of

GetResponse = Callable[[HttpRequest], HttpResponse]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}


class SecurityHeaders:
    """A view that needs other headers (a file download) sets its own; they win."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class MovedAsItIs(HttpResponsePermanentRedirect):
    """308: the same method and body again. After a 301 a POST would come as a GET, and answer 200 undone."""

    status_code = 308


class Slashes(CommonMiddleware):
    """To the address with its slash."""

    response_redirect_class = MovedAsItIs


class PersonalSettings:
    """The signed-in user's language and time zone; costs nothing where there is no session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # What happens while the page is made comes to it by the stream of events, which starts from here.
        request.heard = hub.position  # type: ignore[attr-defined]
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        language = request.user.language
        if language and translation.check_for_language(language):
            translation.activate(language)
        with timezone.override(clock_of(request.user)):
            return self.get_response(request)


class ErrorPages:
    """What a service raised and the view did not catch, as a page (or a problem document for JSON askers)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DeskbellError):
            return None
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            return problem_response(exception)
        if isinstance(exception, NotFound):
            return response_for_exception(request, Http404(str(exception)))
        if isinstance(exception, Refused):
            return response_for_exception(request, PermissionDenied(str(exception)))
        context = {"error": exception, "title": exception.title, "detail": exception.detail}
        return render(request, "ui/error.html", context, status=exception.http_status)
