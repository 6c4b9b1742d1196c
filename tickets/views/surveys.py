"""The page behind the faces of a survey mail: for whoever holds its link, and about nothing else (A22)."""

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from helpdesk.core import throttle
from helpdesk.core.domain.address import brake_of
from helpdesk.core.domain.languages import mail_language
from helpdesk.core.errors import TooMany
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.web import client_address, public
from tickets.domain.survey import MAX_COMMENT, Rating
from tickets.errors import SurveyNotFound, SurveyOver, TicketInvalid
from tickets.models import Survey
from tickets.selectors.surveys import survey_for
from tickets.services.rate_solution import rate_solution

TEN_MINUTES: Final = 600
LOOKS, WRONG_LINKS, ANSWERS = 120, 30, 20
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex, nofollow",
    # Nothing goes to other sites. "no-referrer" would make browsers send "Origin: null" with the answer,
    # which the CSRF check refuses.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@public
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """A GET shows the question and records nothing: scanners of mail open every link. A POST answers."""
    now, address = timezone.now(), brake_of(client_address(request))
    try:
        throttle.hit("survey-looks", address, limit=LOOKS, per_seconds=TEN_MINUTES, now=now)
        found = survey_for(key, now)
        response = _answer(request, found, now) if request.method == "POST" else _question(request, found)
    except (SurveyNotFound, SurveyOver) as error:
        response = _wrong_link(request, error.http_status, address, now)
    except TooMany as error:
        response = _plain(request, error.http_status)
    return _guarded(response)


def stale(request: HttpRequest) -> HttpResponse:
    """An answer without the token of its page: cookies are blocked, or another site sent it."""
    return _guarded(_plain(request, 403))


def _guarded(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _answer(request: HttpRequest, survey: Survey, now: datetime) -> HttpResponse:
    throttle.hit("survey-answers", str(survey.pk), limit=ANSWERS, per_seconds=TEN_MINUTES, now=now)
    chosen, comment = _rating(request.POST.get("rating")), request.POST.get("comment", "")
    if chosen is None:
        return _page(request, survey, "", comment, error="rating", status=422)
    try:
        rate_solution(survey=survey, rating=chosen, comment=comment, now=now)
    except TicketInvalid:
        return _page(request, survey, chosen, comment, error="comment", status=422)
    return redirect(f"{request.path}?done=1")


def _question(request: HttpRequest, survey: Survey) -> HttpResponse:
    chosen = _rating(request.GET.get("rating")) or survey.rating
    return _page(request, survey, chosen, survey.comment, is_done="done" in request.GET)


def _page(
    request: HttpRequest,
    survey: Survey,
    chosen: str,
    comment: str,
    *,
    error: str = "",
    status: int = 200,
    is_done: bool = False,
) -> HttpResponse:
    context = {
        "survey": survey,
        "ticket": survey.ticket,
        "chosen": chosen,
        "comment": comment,
        "error": error,
        "is_done": is_done and bool(survey.rating),
        "ratings": [rating.value for rating in reversed(Rating)],
        "longest": MAX_COMMENT,
        "organisation": current_organisation(),
    }
    with translation.override(survey.language):
        return render(request, "tickets/customer/survey.html", context, status=status)


def _wrong_link(request: HttpRequest, status: int, address: str, now: datetime) -> HttpResponse:
    """The same page for a forged link, somebody else's and an old one."""
    try:
        throttle.hit("survey-wrong-links", address, limit=WRONG_LINKS, per_seconds=TEN_MINUTES, now=now)
    except TooMany as error:
        status = error.http_status
    return _plain(request, status)


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    organisation = current_organisation()
    wishes = [
        part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(",")
    ]
    context = {"organisation": organisation, "status": status}
    with translation.override(mail_language(*wishes[:20], organisation.default_language)):
        return render(request, "tickets/customer/no_survey.html", context, status=status)


def _rating(text: str | None) -> Rating | None:
    return Rating(text) if text in list(Rating) else None
