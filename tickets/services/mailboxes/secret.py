"""The passwords and tokens of mailboxes: sealed in the row, opened only to sign in (A27)."""

import json

from helpdesk.core.services.secrets import seal, unseal
from tickets.models import Mailbox

PURPOSE = "mailbox"


def secrets_of(mailbox: Mailbox) -> dict[str, str]:
    """{"secret": password or client secret, "refresh": token}; SealBroken under another SECRET_KEY."""
    text = unseal(mailbox.secret_sealed, purpose=PURPOSE)
    return dict(json.loads(text)) if text else {}


def sealed(secret: str, refresh: str = "") -> str:
    return seal(json.dumps({"secret": secret, "refresh": refresh}), purpose=PURPOSE)


def keep_refresh_token(mailbox: Mailbox, token: str) -> None:
    """Some servers give a new refresh token with each access token, and the old one ends."""
    before = mailbox.secret_sealed
    mailbox.secret_sealed = sealed(secrets_of(mailbox)["secret"], token)
    Mailbox.objects.filter(pk=mailbox.pk, secret_sealed=before).update(secret_sealed=mailbox.secret_sealed)
