from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from helpdesk.core.models import User
from tickets.errors import AttachmentNotFound
from tickets.models import Attachment
from tickets.selectors.access import tickets_visible_to


def attachment_for(user: User | AnonymousUser, public_id: UUID) -> Attachment:
    """An attachment of a visible ticket with its blob; `AttachmentNotFound` (404) for foreign ones (A11).

    Serve it with `core.files.serve(attachment.blob, attachment.filename, attachment.media_type)`.
    """
    found = (
        Attachment.objects.select_related("blob")
        .filter(public_id=public_id, ticket__in=tickets_visible_to(user).order_by().values("pk"))
        .first()
    )
    if found is None:
        raise AttachmentNotFound
    return found
