from uuid import UUID

from tickets.models import Attachment

from helpdesk.core.models import User


def attachment_for(user: User, public_id: UUID) -> Attachment:
    """An attachment of a visible ticket with its blob; `AttachmentNotFound` (404) for foreign ones (A11).

    Serve it with `core.files.serve(attachment.blob, attachment.filename, attachment.media_type)`.
    """
    raise NotImplementedError
