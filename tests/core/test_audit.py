from datetime import datetime

import pytest

from helpdesk.core.models import AuditEntry, User
from helpdesk.core.services.audit import record

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_which_thing(ada: User, carla: User, now: datetime) -> None:
    entry = record(actor=carla, verb="deactivated", target=ada, before={"a": 1}, after={"a": 2}, now=now)
    assert str(entry) == "Carla Hayden deactivated Ada Lovelace"
    assert (entry.target_type, entry.target_id, entry.at) == ("user", str(ada.pk), now)


def test_deeds_without_a_user_carry_a_label(ada: User, now: datetime) -> None:
    assert (
        record(actor=None, actor_label="agent on PC-7", verb="x", target=ada, now=now).actor_label
        == "agent on PC-7"
    )
    assert record(actor=None, verb="x", target=ada, now=now).actor_label == "Deskbell"


def test_an_entry_outlives_its_actor(ada: User, bob: User, now: datetime) -> None:
    record(actor=bob, verb="greeted", target=ada, now=now)
    bob.delete()
    assert AuditEntry.objects.get().actor_label == "Bob Kahn"
