from datetime import datetime

import pytest

from helpdesk.core.errors import Invalid
from helpdesk.core.models import AuditEntry, Organisation, User
from helpdesk.core.services.organisation import update_organisation

pytestmark = pytest.mark.django_db
VALUES = {
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
