"""Clients, contacts and keys by hand."""

from datetime import datetime

import pytest
from django.db import IntegrityError

from agents.domain import secret
from agents.domain.profile import State
from agents.models import Client, Contact, ContactAddress, EnrolmentKey, Profile
from agents.services import (
    create_client,
    create_contact,
    create_key,
    revoke_key,
    rotate_key,
    update_client,
)
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import AuditEntry, User
from tests.agents.conftest import MakeDevice, MakeProfile


def update(client: Client, by: User, now: datetime, **fields: object) -> Client:
    facts = {
        "name": client.name,
        "mail_domains": "acme.example",
        "phone": "",
        "notes": "",
        "every_profile": False,
    }
    return update_client(client=client, by=by, now=now, **(facts | fields))  # type: ignore[arg-type]


def test_a_client_is_made_with_its_domains(carla: User, now: datetime) -> None:
    client = create_client(name=" Acme\n", mail_domains="@Acme.example, acme.test", by=carla, now=now)
    assert (client.name, client.mail_domains) == ("Acme", ["acme.example", "acme.test"])
    assert AuditEntry.objects.get(verb="client.created").actor == carla


def test_a_name_is_given_once(acme: Client, globex: Client, carla: User, now: datetime) -> None:
    with pytest.raises(Conflict) as caught:
        create_client(name="Acme", by=carla, now=now)
    assert (caught.value.code, set(caught.value.fields or ())) == ("name-taken", {"name"})
    with pytest.raises(Conflict):
        update(acme, carla, now, name="Globex")


def test_each_wrong_field_of_a_client_is_named(carla: User, db: None, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        create_client(name="\x00", mail_domains="nodomain", notes="x" * 10_001, by=carla, now=now)
    assert set(caught.value.fields or ()) == {"name", "mail_domains", "notes"}
    with pytest.raises(Invalid):
        create_client(name="x" * 101, by=carla, now=now)


def test_a_change_is_audited_with_before_and_after(acme: Client, carla: User, now: datetime) -> None:
    update(acme, carla, now, name="Acme Ltd")
    entry = AuditEntry.objects.get(verb="client.changed")
    assert entry.before
    assert entry.after
    assert (entry.before["name"], entry.after["name"]) == ("Acme", "Acme Ltd")


def test_the_policy_enables_what_is_off_on_workstations(
    acme: Client, make_profile: MakeProfile, make_device: MakeDevice, carla: User, now: datetime
) -> None:
    off = make_profile("off", state=State.OFF)
    disabled = make_profile("disabled", state=State.DISABLED)
    server = make_profile("root", device=make_device("SRV", kind="server"), state=State.OFF)
    update(acme, carla, now, every_profile=True)
    assert Profile.objects.get(pk=off.pk).state == State.ENABLED
    assert Profile.objects.get(pk=disabled.pk).state == State.DISABLED
    assert Profile.objects.get(pk=server.pk).state == State.OFF
    update(acme, carla, now, every_profile=True)
    update(acme, carla, now, every_profile=False)
    assert Profile.objects.get(pk=off.pk).state == State.ENABLED


def test_a_contact_is_made_by_hand(acme: Client, carla: User, now: datetime) -> None:
    contact = create_contact(
        client=acme, full_name="Paul Renard", email=" Paul@ACME.example", by=carla, now=now
    )
    assert (contact.email, contact.client) == ("paul@acme.example", acme)


def test_an_address_belongs_to_one_contact(
    acme: Client, globex: Client, claire: Contact, carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ContactAddress.objects.create(contact=claire, email="claire@home.example")
    for email in ("claire@acme.example", "CLAIRE@home.example"):
        with pytest.raises(Conflict) as caught:
            create_contact(client=globex, full_name="C", email=email, by=carla, now=now)
        assert caught.value.code == "contact-exists"
    monkeypatch.setattr(Contact.objects, "with_address", lambda _email: Contact.objects.none())
    with pytest.raises(Conflict):
        create_contact(client=acme, full_name="C", email="claire@acme.example", by=carla, now=now)


def test_a_contact_needs_a_name_and_an_address(acme: Client, carla: User, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        create_contact(client=acme, full_name="", email="a@b\nc", by=carla, now=now)
    assert set(caught.value.fields or ()) == {"full_name", "email"}


def test_the_table_refuses_addresses_in_capitals(acme: Client) -> None:
    with pytest.raises(IntegrityError):
        Contact.objects.create(client=acme, full_name="C", email="C@acme.example")


def test_a27_a_key_is_shown_once_and_kept_as_a_hash(acme: Client, carla: User, now: datetime) -> None:
    key, plain = create_key(client=acme, label="Installer", by=carla, now=now)
    assert secret.is_key(plain)
    assert key.key_hash == secret.digest(plain)
    assert plain not in repr(EnrolmentKey.objects.values()) + repr(AuditEntry.objects.values())
    assert plain.startswith(key.prefix)


def test_a_key_needs_a_label(acme: Client, carla: User, now: datetime) -> None:
    with pytest.raises(Invalid):
        create_key(client=acme, label=" ", by=carla, now=now)


def test_a_key_is_revoked_once(key_row: EnrolmentKey, carla: User, now: datetime) -> None:
    revoke_key(key=key_row, by=carla, now=now)
    with pytest.raises(Conflict):
        revoke_key(key=key_row, by=carla, now=now)
    assert AuditEntry.objects.filter(verb="key.revoked").count() == 1


def test_rotating_revokes_the_old_key_and_makes_a_new_one(
    key_row: EnrolmentKey, carla: User, now: datetime
) -> None:
    new, plain = rotate_key(key=key_row, by=carla, now=now)
    key_row.refresh_from_db()
    assert (key_row.revoked_at, new.revoked_at, new.label) == (now, None, key_row.label)
    assert secret.digest(plain) == new.key_hash
    with pytest.raises(Conflict):
        rotate_key(key=key_row, by=carla, now=now)
    assert EnrolmentKey.objects.count() == 2
