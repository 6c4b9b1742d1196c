import pytest
from django.core.exceptions import ValidationError

from helpdesk.core.forms import PickMany
from helpdesk.core.models import Role


def test_a25_a_number_that_no_key_can_be_is_no_choice(db: None) -> None:
    picked, role = PickMany(Role.objects.all(), label="Roles"), Role.objects.create(name="One more")
    assert list(picked.clean([str(role.pk)])) == [role]
    assert list(picked.clean([])) == []
    for odd in ("9" * 18, "9" * 30, "x", str(role.pk + 1_000)):
        with pytest.raises(ValidationError):
            picked.clean([odd])
