"""Mail that no person wrote: confirmations, notices, what rules send. RFC 3834 and the brakes decide."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from helpdesk.core.domain.languages import mail_language
from helpdesk.core.models import Organisation, OutgoingMail
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.letters import fill_letter
from helpdesk.core.services.mail import MailSpec, is_address, queue_mails_bulk
from helpdesk.core.services.mail_queue import NOWHERE
from tickets.domain import mail_brakes
from tickets.domain.mail.ids import without_number
from tickets.domain.mail_brakes import DAY, LONG, SHORT, Brakes, Refusal
from tickets.domain.text import mail_subject
from tickets.models import Mailbox, Ticket
from tickets.selectors.mail import stopped_addresses
from tickets.services.mail_out.alarm import stop_automatic_mail
from tickets.services.mail_out.envelopes import Sender, message_id_for, sender_of
from tickets.services.mail_out.letters import Letter, write_letter

Automatic = OutgoingMail.Automatic
CONFIRMATION = "confirmation"
RULE_MAIL_KIND = "ticket-message"


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticMail:
    """One wish. `template`: confirmation (to the customer), notification (to a technician; `facts` hold
    `reason` and perhaps `body`), message (words of a rule; `facts` hold `body`), survey (`facts` hold a link
    per face and `days`).

    `why_not` is what the mail that caused it says (ParsedMail.why_no_answer): not empty, no answer.
    """

    ticket: Ticket
    template: str
    to: str
    to_name: str = ""
    language: str = ""
    subject: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    in_reply_to: str = ""
    references: Sequence[str] = ()
    why_not: str = ""
    is_secret: bool = False
    hold_until: datetime | None = None

    @property
    def is_answer(self) -> bool:
        """It answers a mail, so it may begin a loop: confirmations, and a rule's words to who has written."""
        return self.template == CONFIRMATION or bool(self.in_reply_to)


class Fate(NamedTuple):
    """The queued mail, or in words why there is none."""

    mail: OutgoingMail | None = None
    withheld: str = ""


def queue_automatic(
    *, ticket: Ticket, template: str, to: str, now: datetime, why_not: str = "", **more: object
) -> Fate:
    """One wish; as `queue_automatic_bulk`. `more` are the other fields of `AutomaticMail`."""
    wish = AutomaticMail(ticket=ticket, template=template, to=to, why_not=why_not, **more)  # type: ignore[arg-type]
    return queue_automatic_bulk([wish], now=now)[0]


def queue_automatic_bulk(wishes: Sequence[AutomaticMail], *, now: datetime) -> list[Fate]:
    """A fate for each wish, in order; the mails join the caller's transaction. It never fails for an address.

    One confirmation per address and subject a day; 10 mails to one address in 10 minutes and 100 in 600; 300
    about the tickets of one client in 10 minutes. When the desk sends 1,000 in 10 minutes, the mailbox that
    sent nearly all of it is stopped, or else all automatic mail, and the administrators hear of it.
    """
    if not wishes:
        return []
    desk = _Desk(wishes, now)
    specs: list[MailSpec] = []
    words: list[str] = []
    for wish in wishes:
        words.append(desk.why_not(wish))
        if not words[-1]:
            specs.append(desk.spec(wish))
    mails = iter(queue_mails_bulk(specs, now=now))
    if desk.brakes.is_stopped and desk.organisation.automatic_stopped_at is None:
        stop_automatic_mail(now=now)
    for address in sorted(desk.brakes.stopped):
        stop_automatic_mail(now=now, mailbox=address)
    return [Fate(withheld=why) if why else Fate(mail=next(mails)) for why in words]


class _Desk:
    """What a batch needs to know, read once."""

    def __init__(self, wishes: Sequence[AutomaticMail], now: datetime) -> None:
        self.organisation = current_organisation()
        self.brakes = _brakes(wishes, self.organisation, now)
        addresses = {wish.to.lower() for wish in wishes if not wish.why_not}
        self._stopped = stopped_addresses(addresses) if addresses else frozenset()
        self._senders: dict[int | None, Sender] = {}

    def sender(self, ticket: Ticket) -> Sender:
        if ticket.mailbox_id not in self._senders:
            self._senders[ticket.mailbox_id] = sender_of(ticket, self.organisation)
        return self._senders[ticket.mailbox_id]

    def why_not(self, wish: AutomaticMail) -> str:
        if wish.why_not:
            return wish.why_not
        if not is_address(wish.to):
            return _("The address cannot be written to.")
        if wish.to.lower() in self._stopped:
            return _("This address called our mail spam: no machine writes to it any more.")
        confirms = ""
        if wish.is_answer:
            if not self.sender(wish.ticket).answers_automatic:
                return _("This mailbox sends no automatic answers.")
            confirms = _topic(wish.ticket.subject)
        sender = self.sender(wish.ticket)
        if sender.is_stopped:
            return _words_of(Refusal.MAILBOX)
        refusal = self.brakes.take(
            wish.to, confirms=confirms, mailbox=sender.from_address, client=wish.ticket.client_id
        )
        return _words_of(refusal) if refusal else ""

    def spec(self, wish: AutomaticMail) -> MailSpec:
        ticket, to, sender = wish.ticket, wish.to.lower(), self.sender(wish.ticket)
        language = mail_language(wish.language, self.organisation.default_language)
        letter = self._letter(wish, language)
        return MailSpec(
            to=to,
            to_name=wish.to_name,
            subject=mail_subject(ticket.number, wish.subject or ticket.subject),
            text=letter.text,
            html=letter.html,
            kind=f"ticket-{wish.template}",
            ref=str(ticket.number),
            language=language,
            from_address=sender.from_address,
            from_name=sender.name,
            lane=sender.lane,
            envelope_from=NOWHERE,
            reply_to=sender.reply_to(ticket, to),
            message_id=message_id_for(ticket, secrets.randbelow(10**18), to),
            in_reply_to=wish.in_reply_to,
            references=[*wish.references, *filter(None, [wish.in_reply_to])],
            automatic=Automatic.ANSWER if wish.is_answer else Automatic.NOTICE,
            is_secret=wish.is_secret,
            hold_until=wish.hold_until,
        )

    def _letter(self, wish: AutomaticMail, language: str) -> Letter:
        ticket = wish.ticket
        if wish.template == CONFIRMATION:  # the one that goes out by the hundred
            words = {"name": wish.to_name, "number": str(ticket.number), "subject": ticket.subject}
            return fill_letter(
                "tickets/mails/confirmation", language=language, organisation=self.organisation, words=words
            )
        url = f"{settings.BASE_URL}/tickets/{ticket.number}/"
        facts = {"ticket": ticket, "name": wish.to_name, "url": url, **wish.facts}
        return write_letter(wish.template, language=language, organisation=self.organisation, facts=facts)


def _topic(subject: str) -> str:
    return without_number(subject).casefold() or "?"


def _words_of(refusal: Refusal) -> str:
    return {
        Refusal.CONFIRMED: _("This sender got a confirmation for this subject within a day."),
        Refusal.ADDRESS: _("This address got too much automatic mail lately."),
        Refusal.CLIENT: _("This client got too much automatic mail lately."),
        Refusal.MAILBOX: _("Automatic mail from this mailbox is stopped: it sent too much of it."),
        Refusal.STOPPED: _("Automatic mail is stopped: the desk sent too much of it."),
    }[refusal]


def _brakes(wishes: Sequence[AutomaticMail], organisation: Organisation, now: datetime) -> Brakes:
    addresses = {wish.to.lower() for wish in wishes if not wish.why_not}
    automatic = OutgoingMail.objects.exclude(automatic="")
    brakes = Brakes(is_stopped=organisation.automatic_stopped_at is not None)
    if not addresses or brakes.is_stopped:
        return brakes
    recent = automatic.filter(created_at__gt=now - SHORT)
    brakes.in_all = recent.count()
    has_clients = any(wish.ticket.client_id for wish in wishes)
    if has_clients and brakes.in_all + len(wishes) > mail_brakes.PER_CLIENT_SHORT:
        brakes.by_client = _by_client(recent)
    if brakes.in_all + len(wishes) > mail_brakes.IN_ALL_SHORT:
        _count_by_mailbox(brakes, recent)
    lately = automatic.filter(to__in=addresses, created_at__gt=now - LONG).values("to")
    is_recent = Q(created_at__gt=now - SHORT)
    for row in lately.annotate(long=Count("pk"), short=Count("pk", filter=is_recent)):
        brakes.long[row["to"]], brakes.short[row["to"]] = row["long"], row["short"]
    brakes.confirmed = {
        (to, _topic(subject))
        for to, subject in automatic.filter(
            automatic=Automatic.ANSWER, to__in=addresses, created_at__gt=now - DAY
        ).values_list("to", "subject")
    }
    return brakes


def _by_client(recent: QuerySet[OutgoingMail]) -> Counter[int]:
    """How many of these mails are about tickets of each client; read only when there are many."""
    refs = Counter(int(ref) for ref in recent.values_list("ref", flat=True) if ref.isdecimal())
    found: Counter[int] = Counter()
    tickets = Ticket.objects.filter(pk__in=list(refs), client__isnull=False)
    for number, client in tickets.values_list("pk", "client_id"):
        found[client] += refs[number]
    return found


def _count_by_mailbox(brakes: Brakes, recent: QuerySet[OutgoingMail]) -> None:
    """With every active mailbox, so that it is known whether another one could go on."""
    rows = Mailbox.objects.filter(deleted_at=None).values_list("address", "is_active", "automatic_stopped_at")
    stopped = {address for address, _active, at in rows if at}
    brakes.by_mailbox = Counter({address: 0 for address, is_active, _at in rows if is_active})
    for row in recent.values("from_address").annotate(n=Count("pk")):
        brakes.by_mailbox[row["from_address"]] += row["n"]
    brakes.in_all -= sum(brakes.by_mailbox[address] for address in stopped)
    brakes.stopped = stopped
