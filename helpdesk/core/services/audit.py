from datetime import datetime
from typing import Any

from django.db.models import Model

from helpdesk.core.models import AuditEntry, User


def record(
    *,
    actor: User | None,
    actor_label: str = "",
    verb: str,
    target: Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Writes one line in the caller's transaction. Never give it a secret: it is shown (A17).

    `actor_label` names who acted when it was no user: "agent on PC-7", "Deskbell".
    """
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        actor_label=(actor_label or str(actor or "Deskbell"))[:200],
        verb=verb,
        target_type=target._meta.model_name or "",
        target_id=str(target.pk),
        target_label=str(target)[:200],
        before=before,
        after=after,
        client_id=_client_of(target),
    )


def _client_of(target: Model) -> int | None:
    """A client, or a thing with a foreign key to one; the OAuth client of a mailbox is none."""
    found = target.pk if target._meta.model_name == "client" else getattr(target, "client_id", None)
    return found if isinstance(found, int) else None
