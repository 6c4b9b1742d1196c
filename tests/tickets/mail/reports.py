"""Reports of mail servers about mails of ours, as the RFCs have them."""

from tests.tickets.mail.conftest import ANNA, SUPPORT, Desk


def dsn(desk: Desk, returned: str = "", action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report as RFC 3464 has it."""
    return f"""From: MAILER-DAEMON@mx.example
To: {SUPPORT}
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn{desk.count}@mx.example>
Return-Path: <>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {ANNA}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

From: {SUPPORT}
To: {ANNA}
Message-ID: {returned}
Subject: x

--b--
""".replace("\n", "\r\n").encode()


def report(desk: Desk, kind: str, part: str, text: str) -> bytes:
    """A complaint (RFC 5965) or a receipt (RFC 8098)."""
    return f"""From: {ANNA}
To: {SUPPORT}
Subject: report
Message-ID: <report{desk.count}@mx.example>
In-Reply-To: {desk.marked()}
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain

A report.
--b
Content-Type: message/{part}

{text}
--b
Content-Type: text/rfc822-headers

From: {SUPPORT}
To: {ANNA}
Message-ID: {desk.marked()}

--b--
""".replace("\n", "\r\n").encode()


def complaint(desk: Desk) -> bytes:
    return report(desk, "feedback-report", "feedback-report", "Feedback-Type: abuse\nVersion: 1\n")


def receipt(desk: Desk) -> bytes:
    told = f"Final-Recipient: rfc822;{ANNA}\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    return report(desk, "disposition-notification", "disposition-notification", told)
