"""Tags of the desk: coloured, renamed, merged, deleted and brought back."""

from datetime import datetime, timedelta

import pytest

from agents.models import Client
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import User
from tests.conftest import browser_of
from tests.tickets.conftest import make_tickets
from tickets.domain.tag_colours import TagColour
from tickets.models import Macro, Rule, ServiceTarget, Tag, TagUndo, TagUndoTicket, Ticket
from tickets.selectors.tags import tag_rows, uses_of
from tickets.services.tags import delete_tag, forget_tag_undos, merge_tags, save_tag, undo_tag


@pytest.fixture
def tickets(acme: Client, now: datetime) -> list[Ticket]:
    """Two with "print", the second one also with "printer"."""
    tickets = make_tickets(3, now, client=acme)
    prints, printer = Tag.objects.create(name="print", colour="open"), Tag.objects.create(name="printer")
    tickets[0].tags.set([prints])
    tickets[1].tags.set([prints, printer])
    return tickets


def names(ticket: Ticket) -> list[str]:
    return [tag.name for tag in ticket.tags.all()]


def named(name: str) -> Tag:
    return Tag.objects.get(name=name)


def test_a_merge_and_back_again(tickets: list[Ticket], carla: User, now: datetime) -> None:
    undo = merge_tags(tag=named("print"), into=named("printer"), by=carla, now=now)
    assert [names(ticket) for ticket in tickets] == [["printer"], ["printer"], []]
    assert (str(undo), TagUndoTicket.objects.filter(is_new=True).count()) == ("print", 1)
    assert str(TagUndoTicket.objects.earliest("ticket")).endswith(f"#{min(t.pk for t in tickets)}")
    back = undo_tag(undo=undo, by=carla, now=now)
    assert [names(ticket) for ticket in tickets] == [["print"], ["print", "printer"], []]
    assert back.colour == "open"
    with pytest.raises(Conflict):
        undo_tag(undo=TagUndo(pk=999), by=carla, now=now)


def test_a_deletion_and_back_though_somebody_wrote_the_word_anew(
    tickets: list[Ticket], carla: User, now: datetime
) -> None:
    undo = delete_tag(tag=named("print"), by=carla, now=now)
    assert [names(ticket) for ticket in tickets] == [[], ["printer"], []]
    tickets[1].tags.add(Tag.objects.create(name="Print"))
    undo_tag(undo=undo, by=carla, now=now)
    assert [names(ticket) for ticket in tickets] == [["Print"], ["Print", "printer"], []]


def test_after_a_day_it_is_forgotten(tickets: list[Ticket], carla: User, now: datetime) -> None:
    delete_tag(tag=named("print"), by=carla, now=now)
    forget_tag_undos(now + timedelta(hours=23))
    assert TagUndo.objects.exists()
    forget_tag_undos(now + timedelta(hours=25))
    assert not TagUndoTicket.objects.exists()


def test_names_and_colours(tickets: list[Ticket], carla: User, now: datetime) -> None:
    tag = save_tag(tag=None, name=" VIP ", colour=TagColour.RED, by=carla, now=now)
    save_tag(tag=tag, name="Vip", colour=TagColour.RED, by=carla, now=now)
    save_tag(tag=tag, name="Vip", colour=TagColour.RED, by=carla, now=now)
    assert [(row.name, row.count) for row in tag_rows()] == [  # type: ignore[attr-defined]
        ("Vip", 0), ("print", 2), ("printer", 1),
    ]  # fmt: skip
    assert [row.name for row in tag_rows("VI")] == ["Vip"]
    for name in ("", "x" * 41, "Printer"):
        with pytest.raises(Invalid):
            save_tag(tag=tag, name=name, colour=TagColour.GREY, by=carla, now=now)
    with pytest.raises(Conflict):
        merge_tags(tag=tag, into=tag, by=carla, now=now)


def test_what_a_rule_a_reply_or_a_target_needs_stays(
    tickets: list[Ticket], carla: User, now: datetime
) -> None:
    times = {"created_at": now, "updated_at": now}
    Rule.objects.create(
        name="Odd", position=900, trigger="created", **times,
        conditions={"mode": "all", "items": [{"field": "tag", "op": "is", "value": "Print"}]},
    )  # fmt: skip
    Macro.objects.create(name="Hi", actions=[{"do": "add_tags", "value": ["printer"]}], **times)
    assert [(use.kind, use.name) for use in uses_of(named("print"))] == [("rule", "Odd")]
    with pytest.raises(Conflict, match="rule “Odd”"):
        delete_tag(tag=named("print"), by=carla, now=now)
    with pytest.raises(Conflict, match="reply “Hi”"):
        save_tag(tag=named("printer"), name="Prints", colour=TagColour.GREY, by=carla, now=now)
    Macro.objects.all().delete()
    ServiceTarget.objects.create(name="Fast", tag=named("printer"))
    with pytest.raises(Conflict, match="target “Fast”"):
        merge_tags(tag=named("printer"), into=named("print"), by=carla, now=now)


def test_the_page(tickets: list[Ticket], carla: User) -> None:
    browser, tag = browser_of(carla), named("print")
    assert browser.post("/settings/tags/", {"name": "new", "colour": "pink"}).status_code == 422
    assert browser.post("/settings/tags/", {"name": "", "colour": ""}).status_code == 422
    browser.post("/settings/tags/", {"name": "new", "colour": "done"})
    assert "tag--done" in browser.get("/settings/tags/").content.decode()
    address = f"/settings/tags/{tag.pk}/"
    assert 'value="print"' in browser.get(address).content.decode()
    assert browser.post(address, {"do": "merge", "into": "nowhere"}).status_code == 422
    page = browser.post(address, {"do": "merge", "into": "Printer"}, follow=True).content.decode()
    assert "print is merged into printer." in page
    undo = f"/settings/tags/undo/{TagUndo.objects.get().pk}/"
    assert "is back on its tickets" in browser.post(undo, follow=True).content.decode()
    assert browser.post(undo).status_code == 404
    tag = named("print")
    page = browser.post(f"/settings/tags/{tag.pk}/", {"do": "delete"}, follow=True).content.decode()
    assert "print is off all tickets." in page
