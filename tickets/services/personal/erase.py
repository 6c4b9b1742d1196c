"""A person goes; the tickets stay, without who it was."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Contact, Profile
from agents.services import reset_verification
from helpdesk.core import files
from helpdesk.core.errors import Invalid, Refused
from helpdesk.core.events import publish
from helpdesk.core.models import AuditEntry, Blob, User
from helpdesk.core.services.audit import record
from tickets.domain.erasure import GONE, eraser
from tickets.models import Activity, Ticket
from tickets.selectors.personal import Trail, sees_all_of, trail_of

logger = logging.getLogger(__name__)


def erase_person(*, contact: Contact, typed_email: str, by: User, now: datetime) -> dict[str, int]:
    """Deletes the person, their files and mails; takes name, addresses and phone out of what was said. How
    much there was. It cannot be undone, so the address has to be typed.

    Invalid for another address; Refused while there are tickets of the person that `by` does not see.
    """
    if typed_email.strip().lower() != contact.email:
        raise Invalid(fields={"email": _("Type the e-mail address of the person, to be sure.")})
    with transaction.atomic():
        trail = trail_of(contact)
        if not sees_all_of(by, trail):
            raise Refused(_("The person has tickets of clients that you do not see. Ask somebody who does."))
        counts = trail.counts()
        blobs = _erase_files_and_mails(trail)
        _erase_words(contact, trail)
        for profile in trail.profiles:
            _forget_profile(profile, by=by, now=now)
        trail.tokens.delete()
        kept = AuditEntry.objects.filter(target_type="contact", target_id=str(contact.pk))
        kept.update(target_label=GONE, before=None, after=None)
        label = Contact(pk=contact.pk, full_name=GONE)
        record(actor=by, verb="contact.erased", target=label, after=counts, now=now)
        contact.delete()
        transaction.on_commit(lambda: _forget_blobs(blobs))
    return counts


def _erase_files_and_mails(trail: Trail) -> set[str]:
    """The blobs that perhaps nobody needs any more."""
    blobs = set(trail.files.values_list("blob", flat=True))
    blobs |= set(trail.mails_in.exclude(blob=None).values_list("blob", flat=True))
    blobs |= set(trail.mails_out.exclude(files__blob=None).values_list("files__blob", flat=True))
    trail.files.delete()
    trail.mails_in.delete()
    trail.mails_out.delete()
    return blobs


def _erase_words(contact: Contact, trail: Trail) -> None:
    tickets = list(trail.tickets)
    numbers = [ticket.pk for ticket in tickets]
    names = {contact.full_name, contact.phone, *trail.addresses}
    names |= {ticket.contact_name for ticket in tickets} | {ticket.contact_phone for ticket in tickets}
    erase = eraser(names)
    for message in trail.messages:
        message.body, message.author_name, message.author_email = erase(message.body), GONE, ""
        message.html = message.folded = ""
        message.save(update_fields=["body", "author_name", "author_email", "html", "folded"])
    for ticket in tickets:
        Ticket.objects.filter(pk=ticket.pk).update(
            subject=erase(ticket.subject) or GONE,
            description=erase(ticket.description),
            contact=None,
            contact_name=GONE,
            contact_email="",
            contact_phone="",
            details={},
        )
        publish("ticket", str(ticket.number), client_id=ticket.client_id)
    Activity.objects.filter(ticket__in=numbers, actor=None, actor_label__in=names).update(actor_label=GONE)
    for survey in trail.surveys:
        survey.email, survey.name, survey.contact, survey.comment = "", GONE, None, erase(survey.comment)
        survey.save(update_fields=["email", "name", "contact", "comment"])
    trail.part_in.delete()


def _forget_profile(profile: Profile, *, by: User, now: datetime) -> None:
    """The machine stays; who sat at it is asked anew."""
    reset_verification(profile=profile, by=by, now=now)
    Profile.objects.filter(pk=profile.pk).update(display_name="")


def _forget_blobs(blobs: set[str]) -> None:
    """Bytes that hang on nothing any more leave the disk."""
    for blob in Blob.objects.filter(pk__in=sorted(blobs)):
        files.forget(blob)
