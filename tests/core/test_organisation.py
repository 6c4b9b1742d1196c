from datetime import datetime
from typing import Any

import pytest

from helpdesk.core.errors import Invalid
from helpdesk.core.models import AuditEntry, Organisation, User
from helpdesk.core.services.organisation import update_organisation

pytestmark = pytest.mark.django_db
VALUES: dict[str, Any] = {
    "name": " Nordlicht IT ",
    "support_email": "help@nordlicht.example",
    "support_phone": "+49 40 1234",
    "default_language": "en",
    "time_zone": "Europe/Berlin",
}


def test_what_changed_is_saved_and_audited(carla: User, now: datetime) -> None:
    row = update_organisation(**VALUES, by=carla, now=now)
    assert row.name == "Nordlicht IT"
    after = AuditEntry.objects.get().after or {}
    assert set(after) == {"name", "support_email", "support_phone", "time_zone"}


def test_saving_the_same_again_leaves_no_trace(carla: User, now: datetime) -> None:
    for _time in range(2):
        update_organisation(**VALUES, by=carla, now=now)
    assert AuditEntry.objects.count() == 1


def test_each_wrong_field_is_named(carla: User, now: datetime) -> None:
    wrong = VALUES | {"support_email": "help", "time_zone": "Mars/Olympus"}
    with pytest.raises(Invalid) as caught:
        update_organisation(**wrong, by=carla, now=now)
    assert set(caught.value.fields or {}) == {"support_email", "time_zone"}
    assert Organisation.objects.get().name == "Deskbell"


def test_mails_get_a_colour_a_language_and_time_to_think(carla: User, now: datetime) -> None:
    row = update_organisation(
        **VALUES | {"default_language": "de"}, undo_seconds=30, brand_color=" #C81E4A", by=carla, now=now
    )
    assert (row.undo_seconds, row.brand_color, row.default_language) == (30, "#c81e4a", "de")
    assert update_organisation(**VALUES, by=carla, now=now).undo_seconds == 30


def test_a_colour_is_a_colour_and_nothing_else(carla: User, now: datetime) -> None:
    wrong = VALUES | {"default_language": "tlh"}
    with pytest.raises(Invalid) as caught:
        update_organisation(
            **wrong, undo_seconds=61, brand_color="red;background:url(//evil)", by=carla, now=now
        )
    assert set(caught.value.fields or {}) == {"default_language", "undo_seconds", "brand_color"}
