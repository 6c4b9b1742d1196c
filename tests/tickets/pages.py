"""What the page tests share: a small world and the words to ask for it."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.test import Client as Browser
from django.utils import timezone

from agents.domain.profile import State
from agents.models import Client, Contact, Device, Profile
from helpdesk.core.models import User
from tickets.domain.filters import read_filters
from tickets.models import Ticket
from tickets.selectors.lists import ticket_list
from tickets.services.figures.counting import catch_up
from tickets.services.open_ticket import NewTicket, open_ticket

HTMX = {"HX-Request": "true"}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def firm(name: str = "Acme") -> Client:
    return Client.objects.get_or_create(name=name, defaults={"mail_domains": [f"{name.lower()}.example"]})[0]


def person(client: Client, name: str = "Anna Berg", email: str = "anna@acme.example") -> Contact:
    return Contact.objects.create(client=client, full_name=name, email=email, phone="+49 30 1")


def machine(client: Client, now: datetime, name: str = "ACME-PC-1", user: str = "anna") -> Profile:
    device = Device.objects.create(
        client=client, machine_id=f"m-{name}", name=name, os_name="Windows 11", created_at=now
    )
    return Profile.objects.create(
        device=device,
        sid=f"S-1-5-{name}",
        user_name=user,
        state=State.ENABLED,
        state_changed_at=now,
        created_at=now,
    )


def opened(by: User, now: datetime, **words: Any) -> Ticket:
    return open_ticket(new=NewTicket(**{"subject": "Printer prints blank pages", **words}), by=by, now=now)


def plain(page: str) -> str:
    """Without the tokens of forms, which are others in each answer."""
    return re.sub(r"csrfmiddlewaretoken[^>]+", "", page)


def listed(user: User, url: str) -> int:
    """How many rows the list at this address has: read as the list reads it, an odd address raises."""
    asked = QueryDict(urlsplit(unescape(url)).query)
    filters = read_filters({name: asked.getlist(name) for name in asked}, me=user.pk, now=timezone.now())
    if filters.counted:
        catch_up()
    return len(ticket_list(user, filters).tickets)


def shown(browser: Browser, url: str) -> int:
    """How many rows its page shows; with htmx, since the page around them says nothing more."""
    page = browser.get(unescape(url), headers=HTMX).content.decode()
    return len(set(re.findall(r'href="/tickets/(\d+)/"', page)))


def assert_numbers_are_lists(user: User, browser: Browser, numbers: set[tuple[int, str]]) -> None:
    """Each number leads to that many rows; the page itself is asked for the biggest and the smallest."""
    wrong = [(number, url, found) for number, url in numbers if (found := listed(user, url)) != number]
    assert wrong == []
    for number, url in {max(numbers), min(numbers)} if numbers else set():
        assert shown(browser, url) == number, url
