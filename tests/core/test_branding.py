"""Logo and colour: a picture by its bytes, and words that can be read."""

from datetime import datetime
from io import BytesIO

import pytest

from helpdesk.core.domain.contrast import contrast_with_white, darkened, is_color
from helpdesk.core.errors import Invalid
from helpdesk.core.models import AuditEntry, Organisation, User
from helpdesk.core.services.letters import write_letter
from helpdesk.core.services.organisation import set_logo

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
    assert darkened("#0b6a77") == "#0b6a77"
    assert contrast_with_white(darkened("#ffcc00")) >= 4.5
    assert [is_color(text) for text in ("#0b6a77", "#0B6A77", "red", "#0b6a77;")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.django_db
def test_a_logo_stands_in_mails_and_goes_again(carla: User, now: datetime) -> None:
    row = set_logo(upload=BytesIO(PNG), by=carla, now=now)
    assert Organisation.objects.get().logo == row.logo
    facts = {"name": "Anna", "number": 7, "subject": "x"}
    letter = write_letter("tickets/mails/confirmation", language="en", organisation=row, facts=facts)
    assert f"/logo/{row.logo_id}/" in letter.html
    assert set_logo(upload=None, by=carla, now=now).logo is None
    assert AuditEntry.objects.latest("pk").verb == "removed logo"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"", b"%PDF-1.7", PNG + bytes(256 * 1024)])
def test_a2_other_files_and_large_ones_are_no_logo(carla: User, now: datetime, content: bytes) -> None:
    with pytest.raises(Invalid):
        set_logo(upload=BytesIO(content), by=carla, now=now)
    assert not AuditEntry.objects.exists()
