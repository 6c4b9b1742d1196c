"""What values may be chosen from, and how they are called."""

from datetime import datetime

import pytest

from agents.models import Client, Contact, ContactAddress, Device
from helpdesk.core.models import Team, User
from tickets.selectors.rule_choices import RuleLists
from tickets.selectors.rule_list import default_share, rule_rows

pytestmark = pytest.mark.django_db


def asks(field: str, value: object) -> dict[str, object]:
    inner = {"mode": "any", "items": [{"field": field, "op": "in", "value": value}, {"field": "body"}]}
    return {"conditions": {"items": [inner]}}


def test_people_teams_and_clients_are_offered_by_name(ada: User, acme: Client) -> None:
    team = Team.objects.create(name="First line")
    lists = RuleLists(ada)
    assert lists.choices("team") == [(str(team.pk), "First line")]
    assert lists.choices("client") == [(str(acme.pk), "Acme")]
    assert lists.choices("person") == [(str(ada.pk), "Ada Lovelace")]
    assert (f"user:{ada.pk}", "Ada Lovelace") in lists.choices("notify")
    assert lists.choices("moon") == []


def test_who_left_is_named_but_not_offered(ada: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    lists = RuleLists(ada)
    assert str(bob.pk) not in dict(lists.choices("person"))
    assert lists.show("person", str(bob.pk)) == "Bob Kahn"


def test_a_contact_is_found_by_each_address_and_shown_by_the_main_one(ada: User, anna: Contact) -> None:
    ContactAddress.objects.create(contact=anna, email="berg@acme.example")
    lists = RuleLists(ada, [asks("contact", [str(anna.pk), "x", 5])])
    assert lists.find("contact", "Berg@acme.example") == str(anna.pk)
    assert lists.find("contact", "nobody@acme.example") == ""
    assert lists.show("contact", str(anna.pk)) == "anna@acme.example"


def test_a_device_is_found_by_a_name_that_only_one_has(ada: User, pc: Device, now: datetime) -> None:
    lists = RuleLists(ada, [asks("device", str(pc.pk))])
    assert lists.find("device", "acme-pc-1") == str(pc.pk)
    assert lists.show("device", str(pc.pk)) == "ACME-PC-1"
    globex = Client.objects.create(name="Globex")
    Device.objects.create(client=globex, machine_id="m-2", name="ACME-PC-1", created_at=now)
    assert lists.find("device", "acme-pc-1") == ""


def test_a11_what_belongs_to_others_has_no_name(gus: User, acme: Client, anna: Contact, pc: Device) -> None:
    lists = RuleLists(gus, [asks("contact", str(anna.pk))])
    assert "Acme" not in dict(lists.choices("client")).values()
    assert lists.find("contact", "anna@acme.example") == lists.find("device", "ACME-PC-1") == ""
    assert lists.show("contact", str(anna.pk)) == str(anna.pk)


def test_without_new_tickets_there_is_no_share(now: datetime) -> None:
    rows = rule_rows(since=now)
    assert default_share(rows[-1], since=now) is None
