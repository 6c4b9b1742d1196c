"""Load the demo through the same services that people use, with the clock set back."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from agents.domain.secret import digest, make_credential
from agents.models import Client, Contact, Device, Profile
from agents.services import create_client, create_contact
from helpdesk.core.domain import permissions
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.webhooks import HookEvent
from helpdesk.core.models import Job, Organisation, OutgoingMail, Role, Team, User, Webhook
from helpdesk.core.services.tokens import create_token
from helpdesk.demo import content
from helpdesk.demo.history import tell_history
from helpdesk.demo.mail import promise_times, receive_letters, run_clocks
from helpdesk.demo.work import keep_work
from tickets.domain.kinds import Source
from tickets.domain.status import Status
from tickets.models import Macro, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.change_status import change_status
from tickets.services.macros.edit import MacroDraft, save_macro
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.views import ViewDraft, save_view


@transaction.atomic
def load_demo(*, now: datetime) -> bool:
    """True if it was loaded; False if anybody is there already, as it never mixes with real data."""
    if User.objects.exists() or Client.objects.exists():
        return False
    Organisation.objects.update_or_create(
        pk=1,
        defaults={
            "name": content.ORGANISATION,
            "support_email": content.SUPPORT_EMAIL,
            "support_phone": content.SUPPORT_PHONE,
        },
    )
    users = _users()
    for firm in content.FIRMS:
        _firm(firm, by=users["admin"], now=now)
    promise_times(by=users["admin"], now=now - timedelta(days=60))
    for story in content.STORIES:
        _ticket(story, users, now=now)
    receive_letters(users, now=now)
    run_clocks(now=now)
    _settle_mails()
    keep_work(users, now=now)
    tell_history(users, now=now)
    _other_programs(users["admin"], now=now)
    for canned in content.MACROS:
        _macro(canned, users, now=now)
    for name, query, colour in content.VIEWS:
        draft = ViewDraft(name=name, query=query, colour=colour)
        save_view(view=None, draft=draft, by=users["admin"], now=now)
    return True


def _other_programs(by: User, *, now: datetime) -> None:
    """A token that nobody has, and a webhook that is off: nothing of a demo calls anybody."""
    scopes, made = [Permission.TICKETS_VIEW, Permission.CLIENTS_VIEW], now - timedelta(days=20)
    create_token(user=by, name="Numbers for the monthly sheet", scopes=scopes, days="365", now=made)
    Webhook.objects.create(
        name="Chat of the first line",
        url="https://chat.brightwell.example/hooks/deskbell",
        events=[HookEvent.TICKET_CREATED, HookEvent.CUSTOMER_WROTE],
        owner=by,
        is_active=False,
        created_at=made,
    )


def _settle_mails() -> None:
    """The replies were sent days ago, as the demo tells: no mail leaves for people who do not exist."""
    Job.objects.filter(kind__in=["send_mail", "take_mail"]).delete()
    waiting = OutgoingMail.objects.filter(status=OutgoingMail.Status.QUEUED)
    waiting.update(status=OutgoingMail.Status.SENT, sent_at=F("created_at"))


def _macro(canned: content.Canned, users: dict[str, User], *, now: datetime) -> None:
    team = Team.objects.get(name=content.TEAM)
    saved = save_macro(
        macro=None,
        draft=MacroDraft(
            name=canned.name,
            text=canned.text,
            written_as=canned.written_as,
            actions=tuple(
                {**action, "value": str(team.pk)} if action.get("value") == "team" else action
                for action in canned.actions
            ),
            owner=users.get(canned.whose),
            team=team if canned.whose == "team" else None,
        ),
        by=users["admin"],
        now=now - timedelta(days=40),
    )
    Macro.objects.filter(pk=saved.pk).update(uses=canned.uses, used_at=now - timedelta(days=canned.uses))


def _users() -> dict[str, User]:
    """The people of the desk by the first part of their address."""
    team = Team.objects.create(name=content.TEAM)
    users = {}
    hashed = make_password(content.PASSWORD)  # once for all: it takes long, as it should
    for role, people in (
        (permissions.ADMINISTRATOR, [content.ADMINISTRATOR]),
        (permissions.TECHNICIAN, content.TECHNICIANS),
    ):
        for email, name in people:
            user = User.objects.create_user(email, name)
            user.password = hashed
            user.save(update_fields=["password"])
            user.roles.add(Role.objects.get(name=role.name))
            team.members.add(user)
            users[email.partition("@")[0]] = user
    return users


def _firm(firm: content.Firm, *, by: User, now: datetime) -> None:
    joined = now - timedelta(days=60)
    client = create_client(
        name=firm.name, mail_domains=firm.domain, phone=firm.phone, notes=firm.notes, by=by, now=joined
    )
    for name, local in firm.people:
        create_contact(client=client, full_name=name, email=f"{local}@{firm.domain}", by=by, now=joined)
    for computer in firm.computers:
        _computer(client, firm, computer, now=now)


def _computer(client: Client, firm: content.Firm, computer: content.Computer, *, now: datetime) -> None:
    seen = now - computer.seen
    device = Device.objects.create(
        client=client,
        machine_id=sha256(computer.name.encode()).hexdigest(),
        name=computer.name,
        os_name=computer.os_name,
        os_version=computer.os_version,
        kind=computer.kind,
        agent_version="0.1.0",
        last_seen_at=seen,
        created_at=now - timedelta(days=50),
    )
    for number, (user_name, state, local) in enumerate(computer.users):
        contact = Contact.objects.get(email=f"{local}@{firm.domain}") if local else None
        Profile.objects.create(
            device=device,
            sid=f"S-1-5-21-1004336348-1177238915-682003330-{1001 + number}",
            user_name=user_name,
            state=state.value,
            state_changed_at=now - timedelta(days=40),
            credential_hash=digest(make_credential()),
            contact=contact,
            full_name=contact.full_name if contact else "",
            email=contact.email if contact else "",
            verified_at=now - timedelta(days=40) if contact else None,
            last_seen_at=seen if number == 0 else seen - timedelta(days=1),
            created_at=now - timedelta(days=50),
        )


def _ticket(story: content.Story, users: dict[str, User], *, now: datetime) -> Ticket:
    opened = now - story.age
    contact = Contact.objects.get(email=story.email)
    ticket = open_ticket(
        new=NewTicket(
            subject=story.subject,
            description=story.text,
            priority=story.priority,
            contact=contact,
            device=Device.objects.get(name=story.device),
            assignee=users.get(story.assignee),
            tags=story.tags,
        ),
        by=users["admin"],
        now=opened,
        source=Source.AGENT,
    )
    profile = Profile.objects.filter(device=ticket.device, contact=contact).first()
    Ticket.objects.filter(pk=ticket.pk).update(profile=profile)
    step = story.age / (len(story.says) + 2)
    for number, (who, text) in enumerate(story.says, start=1):
        at = opened + number * min(step, timedelta(minutes=40))
        ticket.refresh_from_db()
        if who == "customer":
            add_customer_message(ticket=ticket, body=text, now=at, author_name=contact.full_name)
        elif who.startswith("note:"):
            add_note(ticket=ticket, body=text, by=users[who.removeprefix("note:")], now=at)
        else:
            reply_to_customer(ticket=ticket, body=text, by=users[who], now=at)
    ticket.refresh_from_db()
    if Status(ticket.status) is not story.status:
        by = users.get(story.assignee, users["admin"])
        change_status(ticket=ticket, to=story.status, by=by, now=opened + (len(story.says) + 1) * step)
    return ticket
