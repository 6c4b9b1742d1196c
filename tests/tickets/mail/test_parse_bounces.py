"""Mail servers of many makes say that a mail did not arrive; people and other machines say other things."""

import pytest

from tests.tickets.mail.bounce_samples import NO_BOUNCES, RETURNED, SERVERS
from tickets.domain.mail import ParsedMail, parse


def mail(sender: str, subject: str, body: str, *more: str) -> ParsedMail:
    return parse(
        "\n".join(
            (f"From: {sender}", "To: support@desk.example", f"Subject: {subject}", *more, "", body)
        ).encode()
    )


def report(
    *blocks: str, words: str = "Sorry.", kind: str = "delivery-status", returned: str = RETURNED
) -> ParsedMail:
    """A multipart/report with per-recipient blocks and the returned mail."""
    status = "\n\n".join(("Reporting-MTA: dns; mx.acme.example", *blocks))
    return parse(
        f"From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>\nReturn-Path: <>\nSubject: Undelivered\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n--b\n\n{words}\n'
        f"--b\nContent-Type: message/{kind}\n\n{status}\n"
        f"--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n".encode()
    )


FAILED = """\
Final-Recipient: rfc822; ann@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user"""


@pytest.mark.parametrize(("sender", "subject", "body"), SERVERS.values(), ids=SERVERS.keys())
def test_a_server_says_that_ann_was_not_reached(sender: str, subject: str, body: str) -> None:
    more = ("Return-Path: <>",) if sender.startswith("robot") and "Message" in subject else ()
    bounce = mail(sender, subject, body, *more)
    assert bounce.is_bounce
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example"]
    assert not bounce.bounce_temporary
    assert bounce.why_no_answer
    assert bounce.returned_ids == (("t7.m9.sig@desk.example",) if RETURNED in body else ())


@pytest.mark.parametrize(("sender", "subject", "body"), NO_BOUNCES.values(), ids=NO_BOUNCES.keys())
def test_people_are_no_bounces(sender: str, subject: str, body: str) -> None:
    assert not mail(sender, subject, body).is_bounce


def test_a_report_names_recipient_status_and_words() -> None:
    bounce = report(FAILED)
    (entry,) = bounce.bounced
    assert (entry.address, entry.action, entry.status) == ("ann@acme.example", "failed", "5.1.1")
    assert entry.words == "550 no such user"
    assert bounce.returned_ids == ("t7.m9.sig@desk.example",)


def test_the_address_that_was_written_to_counts_not_the_final_one() -> None:
    bounce = report("Original-Recipient: rfc822;Ann@Acme.example\n" + FAILED.replace("ann@", "a.berg@"))
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example"]


def test_recipients_without_an_empty_line_between_are_told_apart() -> None:
    bounce = report(FAILED + "\n" + FAILED.replace("ann@", "bob@"))
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example", "bob@acme.example"]


def test_a_delay_is_temporary() -> None:
    assert report(FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.1")).bounce_temporary


def test_a_status_without_an_action_tells_whether_it_is_temporary() -> None:
    assert report("Final-Recipient: rfc822; ann@acme.example\nStatus: 4.2.2").bounce_temporary
    assert report(
        "Final-Recipient: rfc822; ann@acme.example\nDiagnostic-Code: smtp; 452 full"
    ).bounce_temporary


def test_given_up_after_days_is_not_temporary() -> None:
    assert not report(FAILED.replace("5.1.1", "4.4.7")).bounce_temporary


def test_of_several_recipients_only_those_not_reached_are_named() -> None:
    arrived = FAILED.replace("failed", "delivered").replace("ann@", "bob@")
    assert [entry.address for entry in report(FAILED, arrived).bounced] == ["ann@acme.example"]


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_arrival_is_no_bounce(action: str) -> None:
    block = f"Final-Recipient: rfc822; ann@acme.example\nAction: {action}\nStatus: 2.0.0"
    arrived = report(block, words="Your message was delivered.")
    assert (arrived.is_bounce, arrived.is_receipt) == (False, True)


def test_an_odd_action_with_a_status_of_success_names_nobody() -> None:
    block = "Final-Recipient: rfc822; ann@acme.example\nAction: queued\nStatus: 2.0.0"
    assert report(block).bounced == ()


def test_a_report_without_an_address_is_a_bounce_of_the_address_in_its_words() -> None:
    bounce = report(
        "Final-Recipient: X400;/S=ann\nAction: failed\nStatus: 5.1.1", words="To ann@acme.example"
    )
    assert bounce.is_bounce
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example"]


def test_when_nothing_names_the_recipient_the_returned_mail_does() -> None:
    bounce = report("Action: failed", words="Sorry.", returned=f"To: Ann <ann@acme.example>\n{RETURNED}")
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example"]


def test_a_broken_report_is_still_a_bounce() -> None:
    raw = (
        b"From: x@acme.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\nhm"
    )
    assert parse(raw).is_bounce


def test_the_header_of_exim_names_the_recipients() -> None:
    bounce = mail(
        "x@acme.example", "hm", "hm 421 busy", "X-Failed-Recipients: Ann@acme.example, bob@acme.example"
    )
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example", "bob@acme.example"]


def test_fields_of_a_report_in_a_plain_text_are_read() -> None:
    text = "Final-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.0.0\nRemote said: 550 no"
    bounce = mail("mailer-daemon@acme.example", "Mail failure", text)
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example"]


def test_a_warning_is_temporary() -> None:
    bounce = mail(
        "mailer-daemon@acme.example", "Warning: message delayed 4 hours", "Could not be delivered to you yet."
    )
    assert bounce.is_bounce
    assert bounce.bounce_temporary


def test_a_warning_with_an_address_is_temporary() -> None:
    words = "The mail to ann@acme.example could not be delivered so far, 450 4.2.0 busy."
    bounce = mail("mailer-daemon@acme.example", "Delivery delayed", words)
    assert [(entry.address, entry.action) for entry in bounce.bounced] == [("ann@acme.example", "delayed")]


def test_words_in_html_count() -> None:
    html = "<style>p { 1 }</style><p>Your mail to ann@acme.example couldn&#39;t be sent.</p><b>550 5.1.1</b>"
    bounce = mail("postmaster@acme.example", "Undeliverable: Printer", html, "Content-Type: text/html")
    assert [entry.address for entry in bounce.bounced] == ["ann@acme.example"]


def test_a_foreign_parser_that_stumbles_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flufl.bounce.all_failures", lambda _: 1 / 0)
    sender, subject, body = SERVERS["qmail"]
    assert [entry.address for entry in mail(sender, subject, body).bounced] == ["ann@acme.example"]


def test_a_complaint_is_told_with_the_mail_it_is_about() -> None:
    block = "Feedback-Type: abuse\nUser-Agent: x\nOriginal-Rcpt-To: <ann@acme.example>"
    raw = (
        "From: fbl@isp.example\nSubject: FW: Printer\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\n\nA complaint.\n'
        f"--b\nContent-Type: message/feedback-report\n\n{block}\n"
        f"--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"
    )
    complaint = parse(raw.encode())
    assert complaint.is_complaint
    assert [(entry.address, entry.words) for entry in complaint.bounced] == [("ann@acme.example", "abuse")]
    assert complaint.returned_ids == ("t7.m9.sig@desk.example",)


def test_a_receipt_is_no_bounce() -> None:
    receipt = report(
        "Final-Recipient: rfc822; ann@acme.example\nDisposition: manual-action/MDN-sent-manually; displayed",
        kind="disposition-notification",
        words="Your message was read.",
    )
    assert receipt.is_receipt
    assert not receipt.is_bounce


def test_an_older_complaint_is_told_by_its_subject_and_the_mail_it_returns() -> None:
    complaint = mail(
        "staff@isp.example",
        "complaint about message from 192.0.2.1",
        f"--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--",
        "Content-Type: multipart/mixed; boundary=b",
    )
    assert (complaint.is_complaint, complaint.returned_ids) == (True, ("t7.m9.sig@desk.example",))


def test_a_service_may_tell_a_bounce_as_json() -> None:
    body = '{"Type": "Notification", "Message": "{\\"notificationType\\":\\"Bounce\\"}"}'
    assert mail(
        "no-reply@sns.example", "Notification", body, "x-amz-sns-message-type: Notification"
    ).is_bounce
    assert not mail("no-reply@sns.example", "Notification", "{}", "x-amz-sns-message-type: x").is_bounce


def test_a_report_in_a_plain_text_is_a_bounce_unless_a_person_sends_it_on() -> None:
    text = "Your message:\n\nFinal-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.1.1\n"
    assert mail("robot@acme.example", "Message", text).is_bounce
    assert not mail("ada@acme.example", "Fwd: Message", text).is_bounce
    assert not mail("ada@acme.example", "Message", text, "In-Reply-To: <a@b.example>").is_bounce
    assert not mail("ada@acme.example", "Message", "my final-exam").is_bounce


def test_a_mute_sender_that_returns_the_mail_is_a_bounce() -> None:
    body = (
        "Your mail sent on: Monday\n  Could not be delivered to: <ann@acme.example>\n  The mailbox is full.\n"
    )
    assert not mail("no-reply@isp.example", "Notice", body).is_bounce
    assert mail("no-reply@isp.example", "Notice", body + "\n" + RETURNED).is_bounce
