"""The desk's own fields on tickets, and their page."""

from datetime import datetime

import pytest

from agents.domain.fields import FieldOf, FieldType
from agents.models import CustomField
from agents.services.fields import FieldSpec, save_field
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from tests.conftest import browser_of
from tests.tickets.conftest import last_activity
from tickets.domain.filters import TicketFilters
from tickets.errors import TicketClosed
from tickets.models import Ticket, TicketValue
from tickets.selectors.export import export_rows
from tickets.services.work.fields import fill_ticket


@pytest.fixture
def colour(carla: User, now: datetime) -> CustomField:
    spec = FieldSpec(name="Colour", type=FieldType.CHOICE, choices=["red", "blue"])
    return save_field(field=None, spec=spec, by=carla, now=now)


def test_values_are_kept_and_told(ticket: Ticket, colour: CustomField, ada: User, now: datetime) -> None:
    fill_ticket(ticket=ticket, typed={"colour": "red"}, by=ada, now=now)
    fill_ticket(ticket=ticket, typed={"colour": "red"}, by=ada, now=now)
    assert ticket.activities.filter(field="field").count() == 1
    assert str(TicketValue.objects.get()) == "red"
    fill_ticket(ticket=ticket, typed={"colour": ""}, by=ada, now=now)
    assert (last_activity(ticket).before, last_activity(ticket).after) == ("Colour", "")
    with pytest.raises(Invalid):
        fill_ticket(ticket=ticket, typed={"colour": "green"}, by=ada, now=now)


def test_a_closed_ticket_stays(closed: Ticket, colour: CustomField, ada: User, now: datetime) -> None:
    with pytest.raises(TicketClosed):
        fill_ticket(ticket=closed, typed={"colour": "red"}, by=ada, now=now)


def test_the_ticket_page_shows_and_changes_them(ticket: Ticket, colour: CustomField, ada: User) -> None:
    browser = browser_of(ada)
    browser.post(f"/tickets/{ticket.pk}/fields/", {"field-colour": "blue"})
    page = browser.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "set Colour to <b>blue</b>" in page
    answer = browser.post(
        f"/tickets/{ticket.pk}/fields/", {"field-colour": "green"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "Colour: choose one from the list." in answer.content.decode()


def test_a26_the_file_of_a_list_has_them_without_formulas(
    ticket: Ticket, ada: User, carla: User, now: datetime
) -> None:
    save_field(field=None, spec=FieldSpec(name="=Cause"), by=carla, now=now)
    fill_ticket(ticket=ticket, typed={"cause": "=1+1"}, by=ada, now=now)
    head, row = list(export_rows(ada, TicketFilters()))
    assert (head[-1], row[-1]) == ("=Cause", "=1+1")
    answer = browser_of(ada).post("/tickets/export/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "'=Cause" in text
    assert "'=1+1" in text


def test_the_administrator_makes_changes_and_deletes_them(carla: User) -> None:
    browser = browser_of(carla)
    made = {"name": "Floor", "belongs_to": "device", "type": "number"}
    assert browser.post("/settings/fields/", {**made, "type": "song"}).status_code == 422
    assert browser.post("/settings/fields/", made).status_code == 302
    field = CustomField.objects.get()
    assert (field.belongs_to, field.type, field.key) == (FieldOf.DEVICE, FieldType.NUMBER, "floor")
    address = f"/settings/fields/{field.pk}/"
    assert 'value="Floor"' in browser.get(address).content.decode()
    browser.post(address, {"name": "Storey"})
    browser.post(address, {"do": "up"})
    page = browser.post(address, {"do": "delete"}, follow=True).content.decode()
    assert "Storey is deleted." in page
    browser.post(address, {"do": "restore"})
    field.refresh_from_db()
    assert (field.name, field.deleted_at) == ("Storey", None)
