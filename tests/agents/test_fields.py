"""Fields that a desk adds to tickets, contacts and devices."""

from datetime import datetime

import pytest

from agents.domain.fields import MAX_VALUE, FieldOf, FieldType, NotAValue, canonical
from agents.models import Client, Contact, ContactValue, CustomField, Device, DeviceValue
from agents.selectors.fields import fields_of, filled_of_contacts, filled_of_device
from agents.services import fields as services
from agents.services.fields import (
    FieldSpec,
    delete_field,
    fill_contact,
    fill_device,
    move_field,
    restore_field,
    save_field,
)
from helpdesk.core.errors import Invalid
from helpdesk.core.models import AuditEntry, User


def make(user: User, now: datetime, name: str, **more: object) -> CustomField:
    return save_field(field=None, spec=FieldSpec(name=name, **more), by=user, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (FieldType.TEXT, "  3rd   floor ", "3rd floor"),
        (FieldType.TEXT, "", ""),
        (FieldType.NUMBER, "1,50", "1.5"),
        (FieldType.NUMBER, "1 200", "1200"),
        (FieldType.NUMBER, "-0", "0"),
        (FieldType.NUMBER, "1200.00", "1200"),
        (FieldType.DATE, "2026-11-22", "2026-11-22"),
        (FieldType.YES_NO, "yes", "yes"),
        (FieldType.CHOICE, "red", "red"),
    ],
)
def test_there_is_one_way_to_write_a_value(kind: FieldType, text: str, kept: str) -> None:
    assert canonical(kind, text, ("red", "blue")) == kept


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldType.TEXT, "x" * (MAX_VALUE + 1)),
        (FieldType.NUMBER, "many"),
        (FieldType.NUMBER, "NaN"),
        (FieldType.NUMBER, "1e99"),
        (FieldType.NUMBER, "-1e1000000"),
        (FieldType.NUMBER, "0.0000001"),
        (FieldType.DATE, "22.11.2026"),
        (FieldType.YES_NO, "perhaps"),
        (FieldType.CHOICE, "green"),
    ],
)
def test_what_is_no_value_is_refused(kind: FieldType, text: str) -> None:
    with pytest.raises(NotAValue):
        canonical(kind, text, ("red", "blue"))


def test_a_field_keeps_its_key_whatever_its_name(carla: User, now: datetime) -> None:
    first, second, odd = (
        make(carla, now, "Cost centre"),
        make(carla, now, "Cost-centre"),
        make(carla, now, "字"),
    )
    assert [f.key for f in (first, second, odd)] == ["cost_centre", "cost_centre_2", "field"]
    save_field(field=first, spec=FieldSpec(name="Centre"), by=carla, now=now)
    save_field(field=first, spec=FieldSpec(name="Centre"), by=carla, now=now)
    assert (first.key, str(first), first.place, second.place) == ("cost_centre", "Centre", 1, 2)
    assert AuditEntry.objects.filter(verb="changed field").count() == 1


def test_what_is_wrong_is_said(carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    make(carla, now, "Floor")
    for spec in (
        FieldSpec(name=" "),
        FieldSpec(name="floor"),
        FieldSpec(name="Colour", type=FieldType.CHOICE, choices=["", " "]),
        FieldSpec(name="Colour", type=FieldType.CHOICE, choices=["x" * 401]),
    ):
        with pytest.raises(Invalid):
            save_field(field=None, spec=spec, by=carla, now=now)
    monkeypatch.setattr(services, "MAX_FIELDS", 1)
    with pytest.raises(Invalid):
        make(carla, now, "Room")


def test_fields_move_go_and_come_back(carla: User, now: datetime) -> None:
    a, b = make(carla, now, "A"), make(carla, now, "B", type=FieldType.CHOICE, choices=["x", "x", " y "])
    assert b.choices == ["x", "y"]
    move_field(field=b, steps=-1)
    assert [f.name for f in fields_of(FieldOf.TICKET)] == ["B", "A"]
    for _twice in range(2):
        delete_field(field=a, by=carla, now=now)
    move_field(field=a, steps=1)
    assert [f.name for f in fields_of(FieldOf.TICKET)] == ["B"]
    for _twice in range(2):
        restore_field(field=a, by=carla, now=now)
    assert len(fields_of(FieldOf.TICKET)) == 2
    assert AuditEntry.objects.filter(verb__endswith="d field").count() == 4


def test_devices_and_people_have_values(acme: Client, carla: User, now: datetime) -> None:
    pc = Device.objects.create(client=acme, machine_id="m", name="PC", created_at=now)
    anna = Contact.objects.create(client=acme, full_name="Anna", email="anna@acme.example")
    assert (filled_of_device(pc), filled_of_contacts([anna])) == ([], {anna.pk: []})
    make(carla, now, "Bought", belongs_to=FieldOf.DEVICE, type=FieldType.DATE, is_required=True)
    make(carla, now, "VIP", belongs_to=FieldOf.CONTACT, type=FieldType.YES_NO)
    fill_device(device=pc, typed={"bought": "2026-01-02", "no such": "x"}, by=carla, now=now)
    fill_contact(contact=anna, typed={"vip": "yes"}, by=carla, now=now)
    assert [(one.field.name, one.value, one.field.is_required) for one in filled_of_device(pc)] == [
        ("Bought", "2026-01-02", False)
    ]
    (bought,) = filled_of_device(pc)
    assert (bought.key, bought.name, bought.type, bought.choices) == ("bought", "Bought", "date", [])
    assert [one.value for one in filled_of_contacts([anna])[anna.pk]] == ["yes"]
    assert [str(row) for row in (DeviceValue.objects.get(), ContactValue.objects.get())] == [
        "2026-01-02", "yes",
    ]  # fmt: skip
    fill_device(device=pc, typed={"bought": ""}, by=carla, now=now)
    assert not DeviceValue.objects.exists()
    with pytest.raises(Invalid) as caught:
        fill_contact(contact=anna, typed={"vip": "maybe"}, by=carla, now=now)
    assert list(caught.value.fields or {}) == ["field-vip"]
