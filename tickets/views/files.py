"""Attachments: only through a ticket that the user may see, always with a safe disposition (A2, A11)."""

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from helpdesk.core import files
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.selectors.attachments import attachment_for
from tickets.views.requests import Request


@requires(Permission.TICKETS_VIEW)
@require_safe
def attachment(request: Request, public_id: UUID) -> HttpResponseBase:
    found = attachment_for(request.user, public_id)
    unchanged = get_conditional_response(request, etag=files.etag_of(found.blob))
    return unchanged or files.serve(found.blob, found.filename, found.media_type)
