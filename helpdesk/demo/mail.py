"""The mails of the demo, taken in by the intake that takes in real ones; and the clocks that run there."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr

from agents.models import Client
from helpdesk.core.models import OutgoingMail, User
from helpdesk.demo import content, letters
from helpdesk.demo.letters import Letter
from tickets.models import Calendar, Mailbox, MailIn, Ticket, TicketClock
from tickets.selectors.targets import forget_targets
from tickets.services.mail.journal import store_raw
from tickets.services.mail.strangers import block_pattern
from tickets.services.mail.take import take_due_mails
from tickets.services.mailboxes.rows import ensure_first_mailbox
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.rules.edit import save_rule
from tickets.services.targets.promises import NewTarget, save_target
from tickets.services.targets.watch import miss, warn

Users = dict[str, User]


def promise_times(*, by: User, now: datetime) -> None:
    """Targets for everybody, and a slower one in office hours. Nobody is mailed: nobody of them exists."""
    everybody = NewTarget(name="Everybody", promises=letters.FOR_ALL, tells_people=False)
    office = NewTarget(
        name="Office hours only",
        calendar=Calendar.objects.first(),
        clients=Client.objects.filter(name=letters.OFFICE_CLIENT),
        promises=letters.IN_OFFICE_HOURS,
        tells_people=False,
    )
    for target in (everybody, office):
        save_target(target=None, new=target, by=by, now=now)
    forget_targets()  # the tickets to come are in this transaction, too
    save_rule(rule=None, draft=letters.RULE, by=by, now=now)


def receive_letters(users: Users, *, now: datetime) -> None:
    """In the order in which they came, each with the answer it got."""
    ensure_first_mailbox(now=now - timedelta(days=60))
    box = Mailbox.objects.get()
    pattern, reason = letters.BLOCKED
    block_pattern(pattern=pattern, reason=reason, by=users["admin"], now=now - timedelta(days=8))
    for number, letter in enumerate(letters.LETTERS):
        at = now - letter.age
        ticket = _receive(_raw(letter, number, box, at), box, at, sender=letter.sender)
        if letter.reply and ticket:
            _answer(ticket, letter, users, box, at)


def run_clocks(*, now: datetime) -> None:
    """What came near or was missed before now is known already."""
    running = TicketClock.objects.filter(met_at=None)
    for clock in running.filter(due_at__lte=now).order_by("due_at"):
        miss(clock.pk, now=clock.due_at or now)
    for clock in running.filter(warned_at=None, warn_at__lte=now):
        warn(clock.pk, now=clock.warn_at or now)


def _answer(ticket: Ticket, letter: Letter, users: Users, box: Mailbox, at: datetime) -> None:
    who, text, minutes = letter.reply or ("", "", 0)
    at += timedelta(minutes=minutes)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=users[who], team=None)
    ticket.refresh_from_db()
    mail = reply_to_customer(ticket=ticket, body=text, by=users[who], now=at).mail
    if letter.comes_back and mail:
        raw = letters.RETURNED.format(
            to=mail.envelope_from,
            number=mail.pk,
            recipient=mail.to,
            message_id=mail.message_id,
            words=letter.comes_back,
        )
        _receive(raw.encode(), box, at + timedelta(minutes=1))


def _receive(raw: bytes, box: Mailbox, at: datetime, sender: str = "") -> Ticket | None:
    """The ticket that it came to."""
    mail = store_raw(
        raw=raw,
        source=MailIn.Source.SMTP,
        mailbox=box,
        envelope_from=parseaddr(sender)[1],
        envelope_to=[content.SUPPORT_EMAIL],
        now=at,
    )
    take_due_mails(now=at)
    return MailIn.objects.select_related("ticket").get(pk=mail.pk).ticket


def _raw(letter: Letter, number: int, box: Mailbox, at: datetime) -> bytes:
    mail, text = EmailMessage(), letter.text
    mail["From"], mail["Subject"], mail["Date"] = letter.sender, letter.subject, at
    mail["To"] = f"{content.ORGANISATION} <{box.address}>"
    mail["Message-ID"] = f"<{number}.{at:%d%H%M}@{parseaddr(letter.sender)[1].partition('@')[2]}>"
    for name, value in letter.headers:
        mail[name] = value
    if letter.answers:
        ours = OutgoingMail.objects.filter(subject__endswith=letter.answers, kind="ticket-reply").latest("pk")
        mail["In-Reply-To"] = mail["References"] = ours.message_id
        text += _quoted(ours) if letter.quotes else ""
    mail.set_content(text)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
    if letter.file:
        name, lines = letter.file
        mail.add_attachment(lines, filename=name)
    return mail.as_bytes()


def _quoted(ours: OutgoingMail) -> str:
    """As mail programs put what they answer below."""
    lines = "\n".join(f"> {line}".rstrip() for line in ours.text.strip().splitlines())
    return f"\n\nOn {ours.created_at:%d %B %Y at %H:%M}, {ours.from_name} wrote:\n{lines}\n"
