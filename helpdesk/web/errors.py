"""Whole pages for what went wrong: what it means and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from helpdesk.core.errors import DeskbellError
from helpdesk.core.problems import problem_response
from tickets.views import surveys


def _page(request: HttpRequest, status: int, code: str, title: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        error = DeskbellError(detail, title=title, code=code)
        error.http_status = status
        return problem_response(error)
    user = getattr(request, "user", None)  # not there when a request was refused before it was read
    theme = getattr(user, "theme", "") if status < 500 else ""  # when all is broken, ask for nothing more
    glyph = "search" if status == 404 else "alert"
    context = {"title": title, "detail": detail, "theme": theme, "glyph": glyph}
    return render(request, "ui/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    title = _("This request was not understood")
    return _page(request, 400, "bad-request", title, _("Go back and try it again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    detail = _("Your role does not allow this. An administrator can change it under Settings, Roles.")
    return _page(request, 403, "refused", _("You may not do this"), detail)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if request.resolver_match and request.resolver_match.view_name == "tickets:survey":
        return surveys.stale(request)
    detail = _(
        "The page was open for too long, or cookies are blocked. Go back, reload the page and send it again: "
        "what you typed is still there."
    )
    return _page(request, 403, "csrf-failed", _("This form can no longer be sent"), detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    detail = _("It does not exist, or it belongs to a client that your role does not cover.")
    return _page(request, 404, "not-found", _("There is nothing here"), detail)


def broken(request: HttpRequest) -> HttpResponse:
    detail = _(
        "The fault is on our side and was written down. Nothing that you saved before is lost. Try again."
    )
    return _page(request, 500, "server-error", _("That did not work"), detail)
