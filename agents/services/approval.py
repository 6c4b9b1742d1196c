"""A technician decides about people whose address is proven but not known."""

from datetime import datetime

from django.db import transaction

from agents.domain.profile import State
from agents.errors import AddressNotPossible
from agents.models import Contact, Profile
from agents.services.move import move_profile
from helpdesk.core.models import User


def approve_contact(*, profile: Profile, by: User, now: datetime) -> Contact:
    """Make the person a contact of the profile's client and verify the profile; the first technician decides.

    StateChanged if it waits no more; AddressNotPossible if the address belongs to another client's contact.
    """
    with transaction.atomic():
        contact = _own_contact(profile, now=now)
        move_profile(
            profile,
            to=State.VERIFIED,
            sources={State.WAITING_FOR_APPROVAL},
            verb="contact.approved",
            by=by,
            now=now,
            contact=contact,
            verified_at=now,
        )
    return contact


def refuse_contact(*, profile: Profile, by: User, now: datetime) -> None:
    """Send the person back to the start; what was typed is forgotten. StateChanged if it waits no more."""
    with transaction.atomic():
        move_profile(
            profile,
            to=State.ENABLED,
            sources={State.WAITING_FOR_APPROVAL},
            verb="contact.refused",
            by=by,
            now=now,
            contact=None,
            verified_at=None,
            full_name="",
            email="",
        )


def _own_contact(profile: Profile, *, now: datetime) -> Contact:
    client = profile.device.client
    contact = Contact.objects.with_address(profile.email).first()
    if contact is None:
        contact, _is_new = Contact.objects.get_or_create(
            email=profile.email,
            defaults={"client": client, "full_name": profile.full_name, "created_at": now},
        )
    # Somebody who belonged nowhere, or had left, is taken in by this approval.
    own = Contact.objects.filter(pk=contact.pk, client=client) | Contact.objects.filter(
        pk=contact.pk, client=None
    )
    if own.update(client=client, is_active=True) != 1:
        raise AddressNotPossible
    contact.refresh_from_db()
    return contact
