"""A person's data: taken out as a zip, or gone from everywhere it was."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client as Http
from pytest_django import DjangoCaptureOnCommitCallbacks

from agents.domain.profile import State
from agents.models import (
    Client,
    Contact,
    ContactAddress,
    ContactValue,
    CustomField,
    Device,
    Profile,
    RoleScope,
    VerificationToken,
)
from helpdesk.core import files
from helpdesk.core.errors import Invalid, Refused
from helpdesk.core.models import AuditEntry, Blob, OutgoingMail, Role, User
from tests.conftest import make_user
from tickets.domain.erasure import GONE, MARK, eraser
from tickets.domain.kinds import MessageKind
from tickets.models import Attachment, MailIn, Message, Participant, Survey, Ticket
from tickets.services.add_note import add_note
from tickets.services.mail.journal import store_raw
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.personal.erase import erase_person
from tickets.services.personal.export import export_person
from tickets.services.reply_to_customer import reply_to_customer


@pytest.fixture
def anna(acme: Client, globex: Client, ada: User, now: datetime) -> Contact:
    """Anna with all that can hang on a person."""
    found = Contact.objects.create(
        client=acme, full_name="Anna Berg", email="anna@acme.example", phone="+41 44 123"
    )
    ContactAddress.objects.create(contact=found, email="berg@home.example")
    field = CustomField.objects.create(belongs_to="contact", key="floor", name="Floor", type="text")
    ContactValue.objects.create(contact=found, field=field, value="3")
    pc = Device.objects.create(client=acme, machine_id="m-1", name="PC-1", created_at=now)
    profile = Profile.objects.create(
        device=pc, sid="S-1", user_name="anna", display_name="Anna Berg", state=State.VERIFIED, contact=found,
        verified_at=now, email=found.email, full_name="Anna Berg", created_at=now,
    )  # fmt: skip
    VerificationToken.objects.create(
        profile=profile, email=found.email, full_name="Anna", token_hash="0" * 64, sent_at=now,
        expires_at=now + timedelta(minutes=30),
        attempts_left=5,
    )  # fmt: skip
    text = "Hello, I am ANNA BERG (anna@acme.example). Annabel knows. Ring +41 44 123."
    new = NewTicket(subject="Anna's disk", description=text, contact=found, device=pc)
    ticket = open_ticket(new=new, by=ada, now=now)
    said(ticket, "Regards, Anna", now)
    attach(ticket, b"my passport", "../../pass.txt")
    reply_to_customer(ticket=ticket, body="Dear Anna", by=ada, now=now)
    add_note(ticket=ticket, body="Note", by=ada, now=now)
    Survey.objects.create(
        ticket=ticket, contact=found, email=found.email, name="Anna Berg", language="en", key_hash="k",
        solved_at=now, asked_at=now, expires_at=now, rating="happy", comment="Thanks, Anna", answered_at=now,
    )  # fmt: skip
    other = open_ticket(new=NewTicket(subject="Of Ben", client=globex), by=ada, now=now)
    Participant.objects.create(ticket=other, email="berg@home.example", name="Anna", added_at=now)
    said(other, "Me too. Anna", now, email="berg@home.example")
    said(other, "Ben speaking", now, email="ben@globex.example")
    mail = store_raw(raw=b"From: anna@acme.example\n\nHi", source="pipe", now=now)
    MailIn.objects.filter(pk=mail.pk).update(sender=found.email)
    AuditEntry.objects.create(
        at=now, actor_label="x", verb="contact.created", target_type="contact", target_id=str(found.pk),
        target_label="Anna Berg", after={"email": found.email},
    )  # fmt: skip
    return found


def said(ticket: Ticket, body: str, now: datetime, email: str = "") -> None:
    Message.objects.create(
        ticket=ticket, kind=MessageKind.CUSTOMER, author_email=email, body=body,
        author_name="Ben" if "ben@" in email else "Anna Berg",
        html=f"<p>{body}</p>", created_at=now,
    )  # fmt: skip


def attach(ticket: Ticket, content: bytes, name: str) -> Blob:
    blob = files.store(ContentFile(content), max_bytes=100)
    facts = {"filename": name, "media_type": "text/plain", "size": len(content), "kind": "file"}
    Attachment.objects.create(ticket=ticket, blob=blob, **facts)
    return blob


def saved(answer: Any) -> bytes:  # noqa: ANN401 - what a test's browser gets
    """The file; not answer.close(), which would close the connection to the database, too."""
    content = b"".join(answer)
    for closer in answer._resource_closers:
        closer()
    return content


def zipped(contact: Contact, by: User, now: datetime) -> zipfile.ZipFile:
    into = io.BytesIO()
    export_person(contact=contact, into=into, by=by, now=now)
    return zipfile.ZipFile(into)


def test_the_zip_has_all_that_is_the_persons(anna: Contact, carla: User, now: datetime) -> None:
    archive = zipped(anna, carla, now)
    person = json.loads(archive.read("person.json"))
    assert (person["full_name"], person["client"], person["other_addresses"], person["fields"]) == (
        "Anna Berg", "Acme", ["berg@home.example"], {"Floor": "3"},
    )  # fmt: skip
    assert person["windows_profiles"][0]["device"] == "PC-1"
    own, other = json.loads(archive.read("tickets.json"))
    assert [line["text"] for line in own["messages"]] == ["Regards, Anna", "Dear Anna"]
    assert [line["text"] for line in other["messages"]] == ["Me too. Anna"]
    assert "subject" not in other
    assert archive.read(own["files"][0]) == b"my passport"
    assert json.loads(archive.read("surveys.json"))[0]["comment"] == "Thanks, Anna"
    assert AuditEntry.objects.latest("pk").verb == "contact.exported"


def test_a24_names_in_the_zip_stay_in_their_folder(anna: Contact, carla: User, now: datetime) -> None:
    names = [name for name in zipped(anna, carla, now).namelist() if name.startswith("files/")]
    assert len(names) == 1
    assert ".." not in names[0]
    assert names[0].count("/") == 1


def test_a_person_without_a_client_can_be_taken_out(carla: User, now: datetime) -> None:
    contact = Contact.objects.create(full_name="Eve", email="eve@x.example")
    assert json.loads(zipped(contact, carla, now).read("person.json"))["client"] is None


def test_after_the_deletion_nothing_says_who_it_was(anna: Contact, carla: User, now: datetime) -> None:
    counts = erase_person(contact=anna, typed_email=" ANNA@acme.example", by=carla, now=now)
    assert counts == {
        "tickets": 1, "messages": 2, "files": 1, "surveys": 1, "mails_in": 1, "mails_out": 1, "profiles": 1,
    }  # fmt: skip
    ticket = Ticket.objects.get(contact_name=GONE)
    assert ticket.subject == f"{MARK}'s disk"
    assert ticket.description == f"Hello, I am {MARK} ({MARK}). Annabel knows. Ring {MARK}."
    left = "\n".join(
        f"{model.__name__} {list(model._base_manager.values())}"
        for model in (
            Ticket, Message, Participant, Survey, MailIn, OutgoingMail, Profile, Contact, VerificationToken,
            ContactValue, Attachment,
        )
    )  # fmt: skip
    for trace in ("Anna Berg", "anna@", "berg@home", "+41 44 123", "passport", "<p>Regards", "<p>Me too"):
        assert [line for line in left.splitlines() if trace in line] == []
    assert "Anna Berg" not in str(list(AuditEntry.objects.filter(target_type="contact").values()))
    assert Message.objects.filter(body="Ben speaking", author_email="ben@globex.example").exists()
    assert Survey.objects.get().rating == "happy"
    assert Profile.objects.get().state == State.ENABLED


def test_bytes_leave_the_disk_unless_somebody_needs_them(
    anna: Contact,
    carla: User,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    shared = attach(Ticket.objects.get(subject="Of Ben"), b"shared", "a.txt")
    attach(Ticket.objects.get(contact=anna), b"shared", "a.txt")
    path = files.path_of(Attachment.objects.get(filename="../../pass.txt").blob.sha256)
    assert Path(path).exists()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(contact=anna, typed_email=anna.email, by=carla, now=now)
    assert not Path(path).exists()
    assert files.path_of(shared.sha256).exists()


def test_the_wrong_address_deletes_nobody(anna: Contact, carla: User, now: datetime) -> None:
    with pytest.raises(Invalid):
        erase_person(contact=anna, typed_email="ann@acme.example", by=carla, now=now)
    assert Contact.objects.filter(pk=anna.pk).exists()


def test_a12_who_does_not_see_all_of_it_deletes_nothing(
    anna: Contact, acme: Client, globex: Client, role_admin: Role, ada: User, now: datetime
) -> None:
    only = Role.objects.create(name="Acme only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=acme)
    grace = make_user("grace@desk.example", "Grace", only)
    open_ticket(new=NewTicket(subject="Elsewhere", client=globex), by=ada, now=now)
    Ticket.objects.filter(subject="Elsewhere").update(contact=anna)
    with pytest.raises(Refused):
        erase_person(contact=anna, typed_email=anna.email, by=grace, now=now)
    from tests.conftest import browser_of

    http = browser_of(grace)
    own = f"/contacts/{anna.public_id}/data/"
    assert b"do not see" in http.get(own).content
    assert http.post(f"{own}export/").status_code == 302
    Ticket.objects.filter(subject="Elsewhere").delete()
    assert http.post(f"{own}export/").status_code == 302, (
        "Anna's words on a ticket of Globex are not hers to take"
    )
    with pytest.raises(Refused):
        erase_person(contact=anna, typed_email=anna.email, by=grace, now=now)
    Ticket.objects.filter(subject="Of Ben").delete()
    assert saved(http.post(f"{own}export/"))[:2] == b"PK"


def test_from_what_there_is_to_nothing_on_the_page(client_carla: Http, anna: Contact) -> None:
    own = f"/contacts/{anna.public_id}/data/"
    assert b"Windows profiles" in client_carla.get(own).content
    answer = client_carla.post(f"{own}export/")
    assert answer["Content-Type"] == "application/zip"
    assert saved(answer)[:2] == b"PK"
    wrong = client_carla.post(own, {"email": "nobody"})
    assert (wrong.status_code, b'value="nobody"' in wrong.content) == (422, True)
    assert client_carla.post(own, {"email": anna.email})["Location"].endswith("/people/")
    assert client_carla.get(own).status_code == 404


def test_a_person_of_no_client_goes_as_well(client_carla: Http) -> None:
    eve = Contact.objects.create(full_name="Eve", email="eve@x.example")
    answer = client_carla.post(f"/contacts/{eve.public_id}/data/", {"email": eve.email})
    assert answer["Location"] == "/clients/"


def test_short_words_stay_and_no_words_change_nothing() -> None:
    assert eraser(["Al", ""])("Al is here") == "Al is here"
    assert eraser(["Al Gore"])("al gore, Al, Gore") == f"{MARK}, Al, {MARK}"


def test_a12_who_may_not_read_tickets_takes_none_out(anna: Contact, acme: Client, now: datetime) -> None:
    book = Role.objects.create(
        name="Address book", permissions=["clients.view", "clients.edit"], all_clients=True
    )
    own = Role.objects.create(name="Acme only", permissions=["tickets.view"])
    RoleScope.objects.create(role=own, client=acme)
    from tests.conftest import browser_of

    for eve in (make_user("eve@desk.example", "Eve", book), make_user("eva@desk.example", "Eva", book, own)):
        assert browser_of(eve).post(f"/contacts/{anna.public_id}/data/export/").status_code == 302
        with pytest.raises(Refused):
            erase_person(contact=anna, typed_email=anna.email, by=eve, now=now)
