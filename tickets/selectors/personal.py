"""All that the house knows of one person (GDPR, articles 15 and 17)."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from agents.models import Contact, Profile, VerificationToken
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import OutgoingMail, User
from tickets.domain.kinds import MessageKind
from tickets.models import Attachment, MailIn, Message, Participant, Survey, Ticket
from tickets.selectors.access import client_scope, tickets_visible_to


@dataclass(frozen=True, slots=True)
class Trail:
    """Querysets, none of them asked yet. `messages` are the person's own words."""

    addresses: frozenset[str]
    tickets: QuerySet[Ticket]
    messages: QuerySet[Message]
    files: QuerySet[Attachment]
    part_in: QuerySet[Participant]
    surveys: QuerySet[Survey]
    mails_in: QuerySet[MailIn]
    mails_out: QuerySet[OutgoingMail]
    profiles: QuerySet[Profile]
    tokens: QuerySet[VerificationToken]

    def counts(self) -> dict[str, int]:
        names = ("tickets", "messages", "files", "surveys", "mails_in", "mails_out", "profiles")
        return {name: getattr(self, name).count() for name in names}


def trail_of(contact: Contact) -> Trail:
    addresses = frozenset({contact.email, *contact.addresses.values_list("email", flat=True)})
    named = ~Q(contact_email="") & Q(contact_email__in=addresses)  # as its index has it
    of_person = Q(contact=contact) | (Q(contact=None) & named)
    tickets = Ticket.objects.filter(of_person).order_by("pk")
    part_in = Participant.objects.filter(Q(contact=contact) | Q(email__in=addresses))
    own = Q(ticket__in=tickets.order_by().values("pk"), author_email="") | Q(author_email__in=addresses)
    near = Q(ticket__in=tickets.order_by().values("pk")) | Q(ticket__in=part_in.order_by().values("ticket"))
    messages = Message.objects.filter(near, own, kind=MessageKind.CUSTOMER, author=None).order_by("pk")
    files = Attachment.objects.filter(
        Q(message__in=messages.order_by().values("pk"))
        | Q(message=None, ticket__in=tickets.order_by().values("pk"))
    )
    profiles = Profile.objects.filter(contact=contact)
    return Trail(
        addresses=addresses,
        tickets=tickets,
        messages=messages,
        files=files.order_by("pk"),
        part_in=part_in,
        surveys=Survey.objects.filter(Q(contact=contact) | Q(email__in=addresses)).order_by("pk"),
        mails_in=MailIn.objects.filter(sender__in=addresses),
        mails_out=OutgoingMail.objects.filter(to__in=addresses),
        profiles=profiles.select_related("device__client"),
        tokens=VerificationToken.objects.filter(email__in=addresses),
    )


def sees_all_of(user: User, trail: Trail) -> bool:
    """May the user see each ticket of the person, and each where they took part? Else the work is for
    somebody who does (A12).
    """
    if client_scope(user, Permission.TICKETS_VIEW) is None:
        return True
    visible = tickets_visible_to(user).order_by().values("pk")
    asked = (trail.messages, trail.part_in, trail.surveys)
    hidden = [trail.tickets.exclude(pk__in=visible), *(rows.exclude(ticket__in=visible) for rows in asked)]
    return not any(rows.exists() for rows in hidden)
