"""What the demo's technicians keep beside their tickets: colours of tags, a checklist, their time."""

from datetime import datetime, timedelta

from helpdesk.core.models import User
from tickets.domain.tag_colours import TagColour
from tickets.domain.work import TimeOrigin
from tickets.models import Tag, Ticket
from tickets.services.tags import save_tag
from tickets.services.work.checklist import add_item, tick_item
from tickets.services.work.time import Spent, add_time

COLOURS = {
    "accounting": TagColour.BLUE,
    "printer": TagColour.AMBER,
    "vpn": TagColour.VIOLET,
    "onboarding": TagColour.GREEN,
}
STEPS = ("Mailbox and licence", "Laptop from the shelf", "Groups and shared drives", "Welcome letter")
#: Who, how long ago, minutes, on whose subject, what for.
TIMES = (
    ("jonas", 2, 35, "VPN", "Looked at the client’s firewall"),
    ("admin", 3, 50, "Printer driver", "Packaged the driver"),
    ("tomas", 26, 20, "Shared drive", "Checked the server"),
    ("jonas", 50, 75, "Second screen", "Drove there with a cable"),
)


def keep_work(users: dict[str, User], *, now: datetime) -> None:
    for tag in Tag.objects.filter(name__in=COLOURS):
        save_tag(tag=tag, name=tag.name, colour=COLOURS[tag.name], by=users["admin"], now=now)
    starter = Ticket.objects.get(subject__startswith="New starter")
    items = [add_item(ticket=starter, text=text) for text in STEPS]
    tick_item(ticket=starter, item=items[0].pk, is_done=True, by=users["admin"], now=now)
    for who, hours, minutes, subject, note in TIMES:
        ticket = Ticket.objects.filter(subject__icontains=subject).first()
        if ticket and who in users:
            began = now - timedelta(hours=hours)
            spent = Spent(length=timedelta(minutes=minutes), started_at=began, note=note)
            add_time(ticket=ticket, spent=spent, by=users[who], now=now, origin=TimeOrigin.MANUAL)
