"""The marks that a mail carries out of the house and back."""

import pytest

from tickets.domain.mail import ids

SECRET = b"a secret of 32 bytes for the tests"
ANNA = "anna@acme.example"
MID = ids.make_message_id(SECRET, ticket=17, message=4, recipient=ANNA, domain="desk.example")
REPLY = ids.make_reply_address(SECRET, address="support@desk.example", ticket=17, recipient=ANNA)


def test_an_id_of_ours_is_read_with_and_without_brackets_and_in_any_case() -> None:
    read = ids.read_message_id(MID)
    assert read is not None
    assert read[:2] == (17, 4)
    assert ids.read_message_id(MID.strip("<>").upper()) == read


@pytest.mark.parametrize("text", ["", "<17@desk>", "<t17.m4.short@desk>", f"x{MID}", "<t17.m4.a b@c>"])
def test_foreign_ids_are_none_of_ours(text: str) -> None:
    assert ids.read_message_id(text) is None
    assert not ids.is_signed(SECRET, text, [ANNA])


def test_an_id_is_believed_for_its_recipient_only() -> None:
    assert ids.is_signed(SECRET, MID, ["bob@desk.example", "Anna@ACME.example"])
    assert not ids.is_signed(SECRET, MID, ["mallory@evil.example"])


@pytest.mark.parametrize("change", [("t17", "t18"), ("m4", "m5")])
def test_a3_an_id_changed_in_any_part_is_not_believed(change: tuple[str, str]) -> None:
    assert not ids.is_signed(SECRET, MID.replace(*change), [ANNA])
    assert not ids.is_signed(b"another secret", MID, [ANNA])


def test_a_reply_address_names_ticket_and_mailbox() -> None:
    read = ids.read_reply_address(REPLY.upper())
    assert read is not None
    assert (read[0], read[2]) == (17, "support@desk.example")
    assert ids.is_reply_address(SECRET, REPLY.upper(), [ANNA])


def test_a3_a_reply_address_with_another_number_or_recipient_is_not_believed() -> None:
    assert not ids.is_reply_address(SECRET, REPLY.replace("t17", "t18"), [ANNA])
    assert not ids.is_reply_address(SECRET, REPLY, ["mallory@evil.example"])
    assert not ids.is_reply_address(SECRET, "support+t17@desk.example", [ANNA])
    assert ids.read_reply_address("support@desk.example") is None


def test_a_bounce_address_names_its_mail() -> None:
    address = ids.make_bounce_address(SECRET, address="support@desk.example", mail=99)
    assert ids.read_bounce_address(SECRET, address.upper()) == 99
    assert ids.read_bounce_address(SECRET, address.replace("b99", "b98")) is None
    assert ids.read_bounce_address(SECRET, "support@desk.example") is None


@pytest.mark.parametrize(
    ("address", "base"),
    [
        (REPLY, "support@desk.example"),
        ("Support@Desk.example ", "support@desk.example"),
        ("anna+news@acme.example", "anna+news@acme.example"),
        (ids.make_bounce_address(SECRET, address="a+b@d.example", mail=1), "a+b@d.example"),
    ],
)
def test_the_mailbox_behind_an_address(address: str, base: str) -> None:
    assert ids.base_address(address) == base


def test_numbers_in_the_subject() -> None:
    assert ids.subject_numbers("Re: [#17] AW: [T#4] Printer #5") == [17, 4]
    assert ids.without_number("Re: [#17] Printer [5]") == "Re: Printer [5]"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"From: a\r\nMessage-ID: <x@y>\r\n\r\nMessage-ID: <z@y>", "x@y"),
        (b"message-id:\r\n <folded@y>\r\n\r\n", "folded@y"),
        (b"From: a\n\nMessage-ID: <body@y>\n", ""),
        (b"", ""),
    ],
)
def test_the_message_id_is_found_before_anybody_parses(raw: bytes, found: str) -> None:
    assert ids.raw_message_id(raw) == found
