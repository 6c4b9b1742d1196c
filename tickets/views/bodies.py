"""A mail as it was sent: a page of its own, for a frame without scripts, under a policy of its own (A1)."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.domain.mail import clean_html
from tickets.domain.mail.html import with_pictures
from tickets.selectors.messages import message_for, pictures_in
from tickets.views.requests import Request

#: No scripts in it, so being of our origin gives it nothing but the cookie for its own pictures.
SANDBOX: Final = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{remote}; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox " + SANDBOX
)


@requires(Permission.TICKETS_VIEW)
@require_safe
def body(request: Request, message: int) -> HttpResponse:
    """Cleaned once more when it is shown: what was stored before a hole was closed gets no second chance.

    With `?pictures=1` the pictures of other servers load; until then nobody learns that the mail was read.
    """
    found = message_for(request.user, message)
    is_remote_shown = request.GET.get("pictures") == "1"
    inline = {
        picture.content_id: reverse("tickets:attachment", args=[picture.public_id])
        for picture in pictures_in(found)
    }
    html = with_pictures(clean_html(found.html), inline=inline, is_remote_shown=is_remote_shown)
    context = {"message": found, "html": mark_safe(html)}  # noqa: S308 (cleaned above)
    response = render(request, "tickets/mail_body.html", context)
    response["Content-Security-Policy"] = _POLICY.format(remote=" https: http:" if is_remote_shown else "")
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    response["X-DNS-Prefetch-Control"] = "off"  # browsers look up the hosts of links, which tells who reads
    return response
