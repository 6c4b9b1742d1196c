"""Adding, changing and turning off mailboxes."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from pytest_django import Settings

from helpdesk.core.errors import Invalid
from helpdesk.core.models import AuditEntry, Organisation, User
from tickets.models import Mailbox
from tickets.services.mailboxes.rows import (
    MailboxFields,
    add_mailbox,
    change_mailbox,
    ensure_first_mailbox,
    set_active,
)
from tickets.services.mailboxes.secret import secrets_of
from tickets.services.mailboxes.states import ask_again, note_progress, note_state

pytestmark = pytest.mark.django_db
IMAP = MailboxFields(
    address="Support@Desk.example",
    kind="imap",
    host="IMAP.desk.example",
    user="support",
    secret="open sesame",
)
OAUTH = replace(
    IMAP, auth="oauth-refresh", token_url="https://login.example/t", client_id="app", refresh="rt-1"
)


@pytest.fixture
def box(carla: User, now: datetime) -> Mailbox:
    return add_mailbox(given=IMAP, by=carla, now=now)


def wrong(given: MailboxFields, carla: User, now: datetime) -> set[str]:
    with pytest.raises(Invalid) as caught:
        add_mailbox(given=given, by=carla, now=now)
    return set(caught.value.fields or {})


def test_an_address_is_received_by_the_desk_at_once(carla: User, now: datetime) -> None:
    added = add_mailbox(given=MailboxFields(address="Help@Desk.example"), by=carla, now=now)
    assert (added.address, added.kind, added.state) == ("help@desk.example", "smtp", "never")


def test_a27_a_password_is_neither_in_the_row_nor_in_the_audit_log(box: Mailbox) -> None:
    assert box.host == "imap.desk.example"
    assert secrets_of(box)["secret"] == "open sesame"
    assert "sesame" not in str(Mailbox.objects.filter(pk=box.pk).values().get())
    assert "sesame" not in str(AuditEntry.objects.values().get())


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (MailboxFields(address="nobody"), {"address"}),
        (replace(IMAP, host="", user="", port=0), {"host", "user", "port"}),
        (replace(IMAP, host="https://imap"), {"host"}),
        (replace(IMAP, security="none"), {"security"}),
        (replace(IMAP, secret=""), {"secret"}),
        (replace(OAUTH, token_url="http://login.example/t"), {"token_url"}),
        (replace(OAUTH, token_url="", client_id=""), {"token_url", "client_id"}),
        (replace(OAUTH, refresh=""), {"refresh"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    given: MailboxFields, fields: set[str], carla: User, now: datetime
) -> None:
    assert wrong(given, carla, now) == fields


def test_an_address_is_there_once(box: Mailbox, carla: User, now: datetime) -> None:
    assert wrong(IMAP, carla, now) == {"address"}


def test_a_host_that_the_operator_named_may_do_without_encryption(
    carla: User, now: datetime, settings: Settings
) -> None:
    settings.MAIL_ALLOWED_HOSTS = ["imap.desk.example"]
    assert add_mailbox(given=replace(IMAP, security="none"), by=carla, now=now).security == "none"


def test_an_empty_password_keeps_the_one_that_is_there(box: Mailbox, carla: User, now: datetime) -> None:
    given = replace(IMAP, secret="", name="Brightwell IT")
    changed = change_mailbox(mailbox=box, given=given, by=carla, now=now)
    assert changed.name == "Brightwell IT"
    assert secrets_of(changed)["secret"] == "open sesame"


@pytest.mark.parametrize("where", [{"host": "imap.mallory.example"}, {"user": "mallory"}, {"port": 994}])
def test_a27_another_server_is_never_sent_the_old_password(
    where: dict[str, Any], box: Mailbox, carla: User, now: datetime
) -> None:
    with pytest.raises(Invalid) as caught:
        change_mailbox(mailbox=box, given=replace(IMAP, secret="", **where), by=carla, now=now)
    assert set(caught.value.fields or {}) == {"secret"}


def test_a_new_refresh_token_keeps_the_client_secret(carla: User, now: datetime) -> None:
    box = add_mailbox(given=OAUTH, by=carla, now=now)
    given = replace(OAUTH, secret="", refresh="rt-2")
    changed = change_mailbox(mailbox=box, given=given, by=carla, now=now)
    assert secrets_of(changed) == {"secret": "open sesame", "refresh": "rt-2"}


def test_saving_the_same_again_writes_nothing(box: Mailbox, carla: User, now: datetime) -> None:
    note_state(mailbox_id=box.pk, state="live", now=now)
    assert change_mailbox(mailbox=box, given=replace(IMAP, secret=""), by=carla, now=now).state == "live"
    assert AuditEntry.objects.count() == 1


def test_another_name_does_not_disturb_the_watcher(box: Mailbox, carla: User, now: datetime) -> None:
    note_state(mailbox_id=box.pk, state="live", now=now)
    given = replace(IMAP, secret="", signature="Brightwell")
    assert change_mailbox(mailbox=box, given=given, by=carla, now=now).state == "live"


def test_a_new_password_is_tried_at_once_and_audited_without_its_words(
    box: Mailbox, carla: User, now: datetime
) -> None:
    note_state(mailbox_id=box.pk, state="refused", words="No.", now=now)
    changed = change_mailbox(mailbox=box, given=replace(IMAP, secret="pepper"), by=carla, now=now)
    assert (changed.state, changed.state_words) == ("never", "")
    assert AuditEntry.objects.latest("pk").after == {"password": "changed"}


def test_another_folder_is_read_from_its_start(box: Mailbox, carla: User, now: datetime) -> None:
    note_progress(mailbox_id=box.pk, uid_validity=7, last_uid=40)
    given = replace(IMAP, secret="", folder="Desk")
    changed = change_mailbox(mailbox=box, given=given, by=carla, now=now)
    assert (changed.uid_validity, changed.last_uid) == (None, 0)


def test_a_mailbox_that_is_received_now_needs_no_password_any_more(
    box: Mailbox, carla: User, now: datetime
) -> None:
    given = MailboxFields(address=box.address)
    assert change_mailbox(mailbox=box, given=given, by=carla, now=now).secret_sealed == ""


def test_a_change_while_it_is_off_leaves_it_off(box: Mailbox, carla: User, now: datetime) -> None:
    set_active(mailbox=box, is_active=False, by=carla, now=now)
    assert change_mailbox(mailbox=box, given=replace(IMAP, secret="pepper"), by=carla, now=now).state == "off"


def test_off_and_on_are_written_once(box: Mailbox, carla: User, now: datetime) -> None:
    for is_active in (False, False, True):
        set_active(mailbox=box, is_active=is_active, by=carla, now=now)
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["mailbox.added", "mailbox.turned_off", "mailbox.turned_on"]


@pytest.mark.parametrize(
    ("base_url", "support", "address"),
    [
        ("https://desk.acme.example", "Help@Acme.example", "help@acme.example"),
        ("https://desk.acme.example", "", "support@desk.acme.example"),
        ("http://127.0.0.1:8000", "", "support@localhost"),
        ("http://[::1]:8000", "", "support@localhost"),
    ],
)
def test_every_desk_has_an_address_from_the_first_minute(
    base_url: str, support: str, address: str, now: datetime, settings: Settings
) -> None:
    settings.BASE_URL = base_url
    Organisation.objects.update_or_create(pk=1, defaults={"support_email": support})
    ensure_first_mailbox(now=now)
    ensure_first_mailbox(now=now)
    assert [row.address for row in Mailbox.objects.all()] == [address]


def test_a_state_is_news_once(box: Mailbox, now: datetime) -> None:
    assert note_state(mailbox_id=box.pk, state="refused", words="No.", now=now)
    assert not note_state(mailbox_id=box.pk, state="refused", words="No.", now=now)


def test_a_mailbox_that_is_off_has_no_other_state(box: Mailbox, carla: User, now: datetime) -> None:
    set_active(mailbox=box, is_active=False, by=carla, now=now)
    assert not note_state(mailbox_id=box.pk, state="live", now=now)


def test_progress_never_goes_backwards_in_one_numbering(box: Mailbox) -> None:
    for validity, uid in ((7, 40), (7, 30), (8, 2)):
        note_progress(mailbox_id=box.pk, uid_validity=validity, last_uid=uid)
        box.refresh_from_db()
        assert box.last_uid == max(uid, 40) if validity == 7 else 2


@pytest.mark.parametrize(("state", "after"), [("refused", "never"), ("live", "live")])
def test_only_a_mailbox_in_trouble_is_tried_anew(state: str, after: str, box: Mailbox, now: datetime) -> None:
    note_state(mailbox_id=box.pk, state=state, now=now)
    ask_again(mailbox_id=box.pk, now=now)
    box.refresh_from_db()
    assert box.state == after
