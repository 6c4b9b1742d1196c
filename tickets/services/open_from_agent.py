"""A ticket from the tray agent: the hot path of the API, two INSERTs (and one more for files)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.domain.profile import State
from agents.models import Contact, Profile
from helpdesk.core.rows import insert_rows
from tickets.domain.digest import request_digest
from tickets.domain.kinds import Source, Verb
from tickets.domain.priority import Priority
from tickets.domain.text import MAX_BODY, MAX_SUBJECT, clean_body, clean_subject
from tickets.errors import IdempotencyKeyReused, ProfileNotVerified, TicketInvalid
from tickets.models import Ticket
from tickets.selectors.merges import files_of_opening
from tickets.services.change import write_activity
from tickets.services.files import StoredFile, attach
from tickets.services.open_ticket import subject_rule
from tickets.services.rules.events import shape_opened
from tickets.services.rules.finish import finish
from tickets.services.targets.clocks import clocks_for_new

MAX_DETAILS_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTicket:
    """What the New ticket window sends. `details` are technical facts, at most 8 kB as JSON."""

    subject: str
    description: str = ""
    priority: Priority = Priority.MEDIUM
    details: dict[str, Any] = field(default_factory=dict)
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """`is_replay`: this key opened the ticket before; nothing was written now."""

    ticket: Ticket
    attachments: int
    is_replay: bool


def require_verified(profile: Profile) -> Contact:
    """The person whose word this profile speaks; raises `ProfileNotVerified`."""
    contact = profile.contact
    if profile.state != State.VERIFIED or contact is None or not contact.is_active:
        raise ProfileNotVerified
    return contact


def open_from_agent(
    *, profile: Profile, new: AgentTicket, key: UUID, stored: Sequence[StoredFile] = (), now: datetime
) -> Opened:
    """Open the ticket once per (profile, key), however often and however parallel it is sent.

    Needs `profile` with device, its client and contact loaded. Raises `ProfileNotVerified`, `TicketInvalid`,
    `IdempotencyKeyReused` (same key, other content).
    """
    contact = require_verified(profile)
    subject, description, details = _checked(new)
    digest = request_digest(
        {
            "subject": new.subject,
            "description": new.description,
            "priority": new.priority,
            "details": new.details,
            "taken_at": new.taken_at,
        },
        ((file.kind, file.filename, file.blob.sha256) for file in stored),
    )
    ticket = Ticket(
        subject=subject,
        description=description,
        priority=new.priority.value,
        client_id=profile.device.client_id,
        contact_id=contact.pk,
        contact_name=contact.full_name,
        contact_email=contact.email,
        contact_phone=contact.phone,
        device_id=profile.device_id,
        profile_id=profile.pk,
        source=Source.AGENT.value,
        details=details,
        taken_at=new.taken_at,
        client_key=key,
        request_digest=digest,
        created_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            plan = shape_opened(ticket=ticket, now=now, has_files=bool(stored))
            insert_rows([ticket])
            attach(ticket=ticket, stored=stored)
            write_activity(ticket=ticket, verb=Verb.OPENED, by=None, now=now, label=contact.full_name)
            finish([(ticket, plan)], now)
            clocks_for_new([ticket], now=now)
    except IntegrityError:
        # The unique key (profile, client_key) is the judge, so that no SELECT is needed before the INSERT.
        before = Ticket.objects.filter(profile=profile, client_key=key).first()
        if before is None:
            raise
        return _opened_before(before, digest)
    return Opened(ticket, len(stored), is_replay=False)


def _opened_before(ticket: Ticket, digest: str) -> Opened:
    if ticket.request_digest != digest:
        raise IdempotencyKeyReused
    return Opened(ticket, files_of_opening(ticket), is_replay=True)


def _checked(new: AgentTicket) -> tuple[str, str, dict[str, Any]]:
    subject, description = clean_subject(new.subject), clean_body(new.description)
    wrong: dict[str, str] = {}
    if not 1 <= len(subject) <= MAX_SUBJECT:
        wrong["subject"] = subject_rule()
    if len(description) > MAX_BODY:
        wrong["description"] = _("Write at most %(count)s characters.") % {"count": MAX_BODY}
    plain = json.dumps(new.details, ensure_ascii=True)
    if len(plain) > MAX_DETAILS_BYTES:
        wrong["details"] = _("Send at most %(size)s kB of technical details.") % {
            "size": MAX_DETAILS_BYTES // 1024
        }
    if wrong:
        raise TicketInvalid(fields=wrong)
    # PostgreSQL cannot keep NUL in JSON, and nobody can read it.
    return (
        subject,
        description,
        json.loads(plain.replace("\\u0000", "")) if "\\u0000" in plain else new.details,
    )
