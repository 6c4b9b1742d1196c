"""One person's data as a zip: JSON that programs read, and the files as they were sent."""

import json
import zipfile
from datetime import datetime
from typing import IO, Any

from agents.models import Contact, ContactValue
from helpdesk.core import files
from helpdesk.core.domain.upload import clean_name
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from tickets.domain.kinds import MessageKind
from tickets.models import Attachment, Message
from tickets.selectors.personal import Trail, trail_of


def export_person(*, contact: Contact, into: IO[bytes], by: User, now: datetime) -> None:
    """Writes the zip. Notes of technicians are not in it: they are the house's own words.

    Who took the data out stands in the audit log before the first byte.
    """
    record(actor=by, verb="contact.exported", target=contact, now=now)
    trail = trail_of(contact)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        names = {}
        for file in trail.files.select_related("blob").iterator():
            names[file.pk] = _put(archive, file)
        _json(archive, "person.json", _person(contact, trail, now))
        _json(archive, "tickets.json", _tickets(trail, names))
        _json(archive, "surveys.json", _surveys(trail))


def _put(archive: zipfile.ZipFile, file: Attachment) -> str:
    """A name of a stranger never leads out of the folder (A24)."""
    name = f"files/{file.pk}-{clean_name(file.filename)}"
    with files.open_blob(file.blob) as source, archive.open(name, "w", force_zip64=True) as target:
        while part := source.read(64 * 1024):
            target.write(part)
    return name


def _json(archive: zipfile.ZipFile, name: str, facts: object) -> None:
    archive.writestr(name, json.dumps(facts, ensure_ascii=False, indent=2, default=str))


def _person(contact: Contact, trail: Trail, now: datetime) -> dict[str, Any]:
    values = ContactValue.objects.filter(contact=contact).select_related("field")
    fields = ("full_name", "email", "phone", "language", "is_active", "ignores_mail", "created_at")
    return {
        "exported_at": now,
        **{name: getattr(contact, name) for name in fields},
        "client": contact.client.name if contact.client else None,
        "other_addresses": sorted(trail.addresses - {contact.email}),
        "fields": {value.field.name: value.value for value in values},
        "windows_profiles": [
            {"device": profile.device.name, "user": profile.user_name, "verified_at": profile.verified_at}
            for profile in trail.profiles
        ],
        "mails": {"received": trail.mails_in.count(), "sent": trail.mails_out.count()},
    }


def _tickets(trail: Trail, names: dict[int, str]) -> list[dict[str, Any]]:
    said: dict[int, list[dict[str, Any]]] = {}
    to_person = Message.objects.filter(ticket__in=trail.tickets, kind=MessageKind.REPLY)
    for message in (trail.messages | to_person).distinct().order_by("pk"):
        line = {
            "kind": message.kind,
            "by": message.author_name,
            "at": message.created_at,
            "text": message.body,
        }
        said.setdefault(message.ticket_id, []).append(line)
    sent: dict[int, list[str]] = {}
    for file in trail.files:
        sent.setdefault(file.ticket_id, []).append(names.get(file.pk, ""))
    own = [
        {
            "number": ticket.number,
            "subject": ticket.subject,
            "description": ticket.description,
            "status": ticket.status,
            "name": ticket.contact_name,
            "email": ticket.contact_email,
            "phone": ticket.contact_phone,
            "details": ticket.details,
            "created_at": ticket.created_at,
            "messages": said.pop(ticket.pk, []),
            "files": sent.get(ticket.pk, []),
        }
        for ticket in trail.tickets
    ]
    # Words in tickets of others: the words alone, for the rest is theirs.
    return [*own, *({"number": number, "messages": lines} for number, lines in said.items())]


def _surveys(trail: Trail) -> list[dict[str, Any]]:
    fields = ("asked_at", "answered_at", "rating", "comment")
    return [
        {"ticket": survey.ticket_id, **{name: getattr(survey, name) for name in fields}}
        for survey in trail.surveys
    ]
