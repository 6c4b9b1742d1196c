"""The mails of the demo, what is promised there, and a rule. All names are invented."""

from dataclasses import dataclass
from datetime import timedelta

from helpdesk.demo.content import H, M
from tickets.domain.priority import Priority
from tickets.domain.targets import Limit, Promise, Unit


@dataclass(frozen=True)
class Letter:
    """A mail that came in. `answers`: the subject of the ticket whose last mail of ours it "
    "answers; `reply`:
    (who, text, minutes later); `comes_back`: what the other server said about that reply.
    """

    age: timedelta
    sender: str
    subject: str
    text: str
    html: str = ""
    answers: str = ""
    quotes: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    file: tuple[str, str] | None = None
    reply: tuple[str, str, int] | None = None
    comes_back: str = ""


BLOCKED = ("promo.example", "Advertisements")
DOCK = "Second screen stays black after docking"
VPN = "VPN drops every ten minutes from home"
LABELS = "Label printer in hall 3 is offline"

LETTERS = (
    Letter(
        26 * H, "Leonie Brandt <leonie@haldenbau.example>", DOCK,
        "Hello,\n\nsince the move to the new desk my second screen stays black when I dock the laptop. "
        "Undocking and docking again helps for some minutes.\n\nRegards\nLeonie Brandt",
        reply=(
            "jonas",
            "Hello Leonie,\n\nwhich dock is it? The model number is on the sticker below. Please also try "
            "the other of the two screen sockets and tell me what happens.",
            40,
        ),
    ),
    Letter(
        22 * H, "Leonie Brandt <leonie@haldenbau.example>", f"Re: {DOCK}",
        "It is a TB-16. With the other socket it works!\n\nBut now the picture flickers once a minute. "
        "I have asked the maker of the dock, too.",
        answers=DOCK, quotes=True,
    ),
    Letter(
        20 * H, "Stefan Kroll <s.kroll@docks.example>", f"AW: {DOCK}",
        "Good morning,\n\nMs Brandt passed your mail on to us. The flicker is known, firmware 1.4 of the "
        "dock ends it. May I have her serial number and the address of the site?\n\nStefan Kroll, Service",
        answers=DOCK, quotes=True,
    ),
    Letter(
        6 * H, "Hall 3 <hall-3@kestrel.example>", LABELS,
        "The label printer says OFFLINE since the early shift. Restarted it twice.\n\nPlease answer to this "
        "address, it is the screen in the hall.",
        reply=("tomas", "Hello, I have moved the printer to its new address. Please print a label.", 25),
        comes_back="550 5.2.2 <hall-3@kestrel.example>: mailbox is full",
    ),
    Letter(
        5 * H, "Deals of the week <news@promo.example>", "Toner, up to 70 % off!",
        "Only today: toner for all printers.",
        headers=(("List-Unsubscribe", "<https://promo.example/out>"), ("Precedence", "bulk")),
    ),
    Letter(
        100 * M, "Aisha Rahman <aisha@kestrel.example>", f"Out of office: {VPN}",
        "I am away until tomorrow morning. In urgent cases please call the shift desk.",
        answers=VPN,
        headers=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")),
    ),
    Letter(
        22 * M, "Nadia Benali <nadia@maisonduval.example>", "Scans from the front desk arrive upside down",
        "Hello,\n\nsince yesterday every scan of the front desk arrives upside down:\n\nDevice: MD-SCAN-2\n"
        "Profile: invoices, 300 dpi\n\nThe log is attached.\n\nNadia",
        html="<p>Hello,</p><p>since yesterday <b>every</b> scan of the front desk arrives upside down:</p>"
        '<table border="1" cellpadding="6"><tr><th>Device</th><th>Profile</th></tr><tr><td>MD-SCAN-2</td>'
        "<td>invoices, 300 dpi</td></tr></table><p>The log is attached.</p><p>Nadia</p>",
        file=("scanner.log", "08:12:40 duplex=long-edge rotate=180\n08:12:41 sent 3 pages\n"),
    ),
    Letter(
        11 * M, "Petra Lang <petra.lang@stadtbad.example>", "Do you look after small swimming baths, too?",
        "Good morning,\n\nwe are eleven people with nine computers and look for somebody who is there when "
        "the till fails. Whom may I call about prices?\n\nPetra Lang, Stadtbad",
    ),
)  # fmt: skip

RETURNED = """From: Mail delivery <mailer-daemon@mx.kestrel.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <returned.{number}@mx.kestrel.example>
Return-Path: <>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"

--=_r
Content-Type: text/plain

Your mail could not be delivered: {words}
--=_r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kestrel.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; {words}

--=_r
Content-Type: text/rfc822-headers

Message-ID: {message_id}
To: {recipient}

--=_r--
"""


def _promise(
    first: tuple[int, Unit], following: tuple[int, Unit], solved: tuple[int, Unit], warn: int
) -> Promise:
    return Promise(Limit(*first), Limit(*following), Limit(*solved), warn)


MIN, HOURS, DAYS = Unit.MINUTES, Unit.HOURS, Unit.DAYS
#: Around the clock, so that something is near and something late whenever the demo is loaded.
FOR_ALL = {
    Priority.LOW: _promise((3, DAYS), (4, DAYS), (10, DAYS), 120),
    Priority.MEDIUM: _promise((1, HOURS), (4, HOURS), (3, DAYS), 20),
    Priority.HIGH: _promise((1, HOURS), (2, HOURS), (1, DAYS), 20),
    Priority.URGENT: _promise((30, MIN), (30, MIN), (4, HOURS), 20),
}
OFFICE_CLIENT = "Halden Bau"
IN_OFFICE_HOURS = {
    Priority.LOW: _promise((2, DAYS), (3, DAYS), (20, DAYS), 240),
    Priority.MEDIUM: _promise((8, HOURS), (2, DAYS), (5, DAYS), 60),
    Priority.HIGH: _promise((4, HOURS), (1, DAYS), (2, DAYS), 60),
    Priority.URGENT: _promise((1, HOURS), (2, HOURS), (1, DAYS), 30),
}

RULE = {
    "name": "Month end",
    "description": "Words of bookkeeping around the closing days.",
    "trigger": "ticket-created",
    "conditions": {
        "mode": "all",
        "items": [{"field": "text", "op": "has_word", "value": ["sage", "datev", "closing", "invoice"]}],
    },
    "actions": [{"do": "add_tags", "value": ["month end"]}],
    "stops_here": False,
    "is_active": True,
}
