"""What somebody is writing is kept until they send it."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from helpdesk.core.models import User
from tests.tickets.pages import PNG
from tickets.domain.kinds import MessageKind
from tickets.errors import TicketInvalid
from tickets.models import Draft, Ticket, TicketMerge
from tickets.selectors.drafts import DraftShown, draft_of, drafts_of
from tickets.services.drafts import (
    KEPT,
    THROWN,
    DraftElsewhere,
    add_file,
    discard_draft,
    forget_old_drafts,
    remove_file,
    save_draft,
    take_out_again,
    throw_away,
    waiting_files,
)
from tickets.services.macros.carry_out import answer_with
from tickets.services.merge_tickets import merge_tickets
from tickets.services.undo_reply import undo_reply

pytestmark = pytest.mark.django_db


def save(ticket: Ticket, by: User, now: datetime, body: str = "Dear Anna", version: int = 0) -> Draft:
    return save_draft(ticket=ticket, by=by, kind=MessageKind.REPLY, body=body, version=version, now=now)


def file(name: str = "picture.png", size: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG + b"x" * size)


def test_a_draft_is_its_authors_alone(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    assert draft_of(ada, ticket) == DraftShown()
    saved = save(ticket, ada, now)
    shown = draft_of(ada, ticket)
    assert (shown.body, shown.kind, shown.version, shown.saved_at) == ("Dear Anna", "reply", 1, now)
    assert saved.version == 1
    assert draft_of(bob, ticket) == DraftShown()


def test_of_two_windows_the_second_hears_what_the_first_wrote(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    save(ticket, ada, now, "From the first")
    with pytest.raises(DraftElsewhere) as refused:
        save(ticket, ada, now, "From the second")
    assert refused.value.draft.body == "From the first"
    saved = save(ticket, ada, now, "From the second", version=refused.value.draft.version)
    assert (saved.body, saved.version) == ("From the second", 2)


def test_what_another_window_sent_is_begun_anew(ticket: Ticket, ada: User, now: datetime) -> None:
    save(ticket, ada, now)
    discard_draft(ticket=ticket, by=ada)
    assert save(ticket, ada, now, "One more thing", version=1).version == 2


def test_sending_takes_the_draft_along_with_its_files(ticket: Ticket, ada: User, now: datetime) -> None:
    save(ticket, ada, now)
    kept, left = (add_file(ticket=ticket, by=ada, upload=file(name), now=now) for name in ("a.png", "b.png"))
    stored = waiting_files(ticket=ticket, by=ada, ids=[str(kept.public_id), "nonsense"])
    message = answer_with(
        ticket=ticket, kind=MessageKind.REPLY, body="Dear Anna", by=ada, now=now, stored=stored
    )
    assert [each.filename for each in message.attachments.all()] == ["a.png"]
    assert left.filename == "b.png"
    assert not Draft.objects.exists()


def test_an_answer_taken_back_is_a_draft_with_its_files(ticket: Ticket, ada: User, now: datetime) -> None:
    add_file(ticket=ticket, by=ada, upload=file(), now=now)
    ids = [each.public_id for each in draft_of(ada, ticket).files]
    stored = waiting_files(ticket=ticket, by=ada, ids=ids)
    message = answer_with(
        ticket=ticket, kind=MessageKind.REPLY, body="Dear Anna", by=ada, now=now, stored=stored
    )
    save(ticket, ada, now, "And next")
    undo_reply(message=message, now=now)
    shown = draft_of(ada, ticket)
    assert shown.body == "Dear Anna\n\nAnd next"
    assert [each.filename for each in shown.files] == ["picture.png"]


def test_an_answer_of_nobody_is_nobodys_draft(ticket: Ticket, ada: User, now: datetime) -> None:
    message = answer_with(ticket=ticket, kind=MessageKind.REPLY, body="Dear Anna", by=ada, now=now)
    message.author = None
    message.save()
    assert undo_reply(message=message, now=now) == "Dear Anna"
    assert not Draft.objects.exists()


def test_a11_files_of_others_are_neither_sent_nor_removed(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    of_ada = add_file(ticket=ticket, by=ada, upload=file(), now=now)
    ids = [str(of_ada.public_id)]
    assert waiting_files(ticket=ticket, by=bob, ids=ids) == []
    remove_file(by=bob, public_id=of_ada.public_id)
    assert len(waiting_files(ticket=ticket, by=ada, ids=ids)) == 1
    remove_file(by=ada, public_id=of_ada.public_id)
    assert waiting_files(ticket=ticket, by=ada, ids=ids) == []


def test_files_are_few_and_small(
    ticket: Ticket, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.services.drafts.MAX_FILES", 2)
    monkeypatch.setattr("tickets.services.drafts.MAX_TOTAL_BYTES", 1000)
    add_file(ticket=ticket, by=ada, upload=file(size=500), now=now)
    with pytest.raises(TicketInvalid, match=r".") as refused:
        add_file(ticket=ticket, by=ada, upload=file(size=600), now=now)
    assert "in all" in (refused.value.fields or {})["files"]
    add_file(ticket=ticket, by=ada, upload=file(), now=now)
    with pytest.raises(TicketInvalid) as refused:
        add_file(ticket=ticket, by=ada, upload=file(), now=now)
    assert "at most 2 files" in (refused.value.fields or {})["files"]


def test_what_was_begun_before_a_merge_goes_on_in_the_target(
    ticket: Ticket, ada: User, acme: object, now: datetime
) -> None:
    target = Ticket.objects.create(subject="The other", client=ticket.client, created_at=now, updated_at=now)
    save(ticket, ada, now)
    merge_tickets(sources=[ticket], target=target, by=ada, now=now)
    assert TicketMerge.objects.exists()
    shown = draft_of(ada, target)
    assert (shown.body, shown.version) == ("Dear Anna", 0)
    save(target, ada, now, "Dear both")
    assert draft_of(ada, target).body == "Dear both"
    discard_draft(ticket=target, by=ada)
    assert draft_of(ada, target) == DraftShown()


def test_what_nobody_came_back_to_goes(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    save(ticket, ada, now - KEPT - timedelta(days=1))
    save(ticket, bob, now - KEPT)
    forget_old_drafts(now)
    forget_old_drafts(now)
    assert [draft.author for draft in Draft.objects.all()] == [bob]


def test_what_was_thrown_away_comes_back_for_a_day(ticket: Ticket, ada: User, now: datetime) -> None:
    draft = save(ticket, ada, now)
    throw_away(draft=draft, now=now)
    assert draft_of(ada, ticket) == DraftShown()
    take_out_again(draft=draft)
    assert draft_of(ada, ticket).body == "Dear Anna"
    throw_away(draft=draft, now=now)
    forget_old_drafts(now + THROWN)
    assert Draft.objects.exists()
    forget_old_drafts(now + THROWN + timedelta(seconds=1))
    assert not Draft.objects.exists()


def test_who_writes_on_in_another_window_keeps_what_they_threw_away(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    draft = save(ticket, ada, now)
    throw_away(draft=draft, now=now)
    save(ticket, ada, now, "Dear Anna, more", version=draft.version)
    assert draft_of(ada, ticket).body == "Dear Anna, more"
    forget_old_drafts(now + 2 * THROWN)
    assert Draft.objects.exists()


def test_who_begins_anew_does_not_want_what_they_threw_away(ticket: Ticket, ada: User, now: datetime) -> None:
    throw_away(draft=save(ticket, ada, now), now=now)
    assert save(ticket, ada, now, "Anew").body == "Anew"
    throw_away(draft=Draft.objects.get(), now=now)
    add_file(ticket=ticket, by=ada, upload=file(), now=now)
    assert draft_of(ada, ticket).body == ""
    assert len(draft_of(ada, ticket).files) == 1


def test_a15_the_list_is_of_ones_own_drafts_on_tickets_that_one_sees(
    ticket: Ticket, client_ada: Browser, client_bob: Browser, ada: User, now: datetime
) -> None:
    draft = save(ticket, ada, now)
    page = client_ada.get("/drafts/").content.decode()
    assert "Dear Anna" in page
    assert (
        '<span id="view-count-drafts">1</span>' in client_ada.get("/tickets/views/counts/").content.decode()
    )
    assert "Dear Anna" not in client_bob.get("/drafts/").content.decode()
    assert client_bob.post(f"/drafts/{draft.pk}/throw/").status_code == 404
    page = client_ada.post(f"/drafts/{draft.pk}/throw/", follow=True).content.decode()
    assert f"/drafts/{draft.pk}/back/" in page
    assert "Dear Anna" not in page
    page = client_ada.post(f"/drafts/{draft.pk}/back/", follow=True).content.decode()
    assert "Dear Anna" in page
    ada.roles.clear()
    assert not drafts_of(User.objects.get(pk=ada.pk))
