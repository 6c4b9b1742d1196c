"""Own small samples: sender, subject and body of what mail servers and people write."""

RETURNED = """\
Received: from desk.example by mx.acme.example
Message-ID: <t7.m9.sig@desk.example>
Subject: Printer

Hello"""

SERVERS = {
    "qmail": (
        "MAILER-DAEMON@acme.example",
        "failure notice",
        """\
Hi. This is the qmail-send program at acme.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<ann@acme.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@desk.example>
"""
        + RETURNED,
    ),
    "Exim": (
        "Mail Delivery System <Mailer-Daemon@acme.example>",
        "Mail delivery failed: returning message to sender",
        """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients.

  ann@acme.example
    host mx.acme.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<ann@acme.example>:
    550 Unknown user

------ This is a copy of the message, including all the headers. ------

"""
        + RETURNED,
    ),
    "Sendmail": (
        "Mail Delivery Subsystem <MAILER-DAEMON@acme.example>",
        "Returned mail: User unknown",
        """\
   ----- The following addresses had permanent fatal errors -----
<ann@acme.example>

   ----- Transcript of session follows -----
550 <ann@acme.example>... User unknown
""",
    ),
    "Yahoo": (
        "MAILER-DAEMON@yahoo.example",
        "Failure Notice",
        """\
Sorry, we were unable to deliver your message to the following address.

<ann@acme.example>:
Remote host said: 550 5.1.1 unknown user [RCPT_TO]

--- Original message follows.

"""
        + RETURNED,
    ),
    "m-FILTER": (
        "postmaster@acme.example",
        "failure notice",
        """\
-------server message
550 5.1.1 User unknown <ann@acme.example>
-------SMTP command
RCPT TO:<ann@acme.example>
-------original message
"""
        + RETURNED,
    ),
    "Domino": (
        "Postmaster@acme.example",
        "DELIVERY FAILURE: User ann (ann@acme.example) not listed in Domino Directory",
        """\
Your message

  Subject: Printer

was not delivered to:

  ann@acme.example

because:

  User ann (ann@acme.example) not listed in Domino Directory
""",
    ),
    "Notes": (
        "postmaster@acme.example",
        "Undeliverable message",
        """\
------- Failure Reasons  --------

User not listed in public Name & Address Book
ann@acme.example

------- Returned Message --------

"""
        + RETURNED,
    ),
    "Exchange 2003": (
        "System Administrator <postmaster@acme.example>",
        "Undeliverable: Printer",
        """\
Your message

  To:      ann@acme.example
  Subject: Printer

did not reach the following recipient(s):

ann@acme.example on Sat, 21 Nov 2026 10:00:00 +0100
    The recipient name is not recognized
""",
    ),
    "Office 365": (
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@acme.example>",
        "Undeliverable: Printer",
        """\
Your message to ann@acme.example couldn't be delivered.
ann wasn't found at acme.example.

550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
""",
    ),
    "IMail": (
        "Postmaster <postmaster@acme.example>",
        "Undeliverable Mail",
        """\
User mailbox exceeds allowed size: ann@acme.example

Original message follows.

"""
        + RETURNED,
    ),
    "Courier": (
        '"Courier mail server at acme.example" <@acme.example>',
        "NOTICE: mail delivery status.",
        """\
This is a delivery status notification from acme.example.
UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<ann@acme.example>:
 <<< 550 User does not exist
""",
    ),
    "OpenSMTPD": (
        "Mailer Daemon <MAILER-DAEMON@acme.example>",
        "Delivery status notification",
        """\
    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

ann@acme.example: 550 No such user
""",
    ),
    "InterScan": (
        '"InterScan MSS" <imss@acme.example>',
        "Mail could not be delivered",
        """\
****** Message from InterScan Messaging Security Suite ******

Sent <<< RCPT TO:<ann@acme.example>
Received >>> 550 5.1.1 User unknown

Unable to deliver message to <ann@acme.example>.
""",
    ),
    "MailMarshal": (
        "MailMarshal <postmaster@acme.example>",
        'Undeliverable Mail: "Printer"',
        """\
Your message:
   From:    support@desk.example
   Subject: Printer

Could not be delivered because of

550 5.1.1 User unknown

The following recipients were affected:
    ann@acme.example
""",
    ),
    "German server": (
        "Mailserver <mailer-daemon@acme.example>",
        "Unzustellbar: Drucker",
        """\
Ihre Nachricht an ann@acme.example konnte nicht zugestellt werden.

550 5.1.1 Empfänger unbekannt
""",
    ),
    "French server": (
        "postmaster@acme.example",
        "Non remis : imprimante",
        """\
Votre message n'a pas pu être remis aux destinataires suivants : ann@acme.example
""",
    ),
    "Japanese server": (
        "Mail Administrator <postmaster@acme.example>",
        "配信できませんでした",
        """\
次の宛先に配信できませんでした。
<ann@acme.example>: 550 Unknown user
""",
    ),
    "unnamed program with a null sender": (
        "robot@acme.example",
        "Message for ann",
        """\
The message to ann@acme.example could not be delivered: 550 5.1.1 no mailbox
""",
    ),
    "program of a person's domain": (
        "robot@acme.example",
        "Delivery failure (ann@acme.example)",
        """\
Unable to deliver message to the following address(es).

<ann@acme.example>
550 unknown

--- Original message follows.

"""
        + RETURNED,
    ),
}

NO_BOUNCES = {
    "a person forwards a bounce": (
        "Ada <ada@acme.example>",
        "Fwd: Undelivered Mail Returned to Sender",
        """\
What is this?

> 550 5.1.1 <ann@acme.example> user unknown, could not be delivered
""",
    ),
    "a person asks about bounces": (
        "Ada <ada@acme.example>",
        "Delivery failure",
        """\
My mails to bob@globex.example are not delivered, they say 550 5.7.1. Please help.""",
    ),
    "a postmaster writes himself": (
        "Postmaster <postmaster@acme.example>",
        "Our new mail gateway",
        """\
On Monday we move to another gateway. Its address is 192.0.2.4.""",
    ),
    "a parcel did not arrive": (
        "Parcels <noreply@parcels.example>",
        "Delivery failed: your parcel",
        """\
We could not deliver your parcel. It waits for you at the shop.""",
    ),
    "an administrator asks": (
        "System Administrator <admin@acme.example>",
        "Mails not delivered",
        """\
Our mails to globex.example are not delivered: 550 5.7.1 rejected. Please help.""",
    ),
    "an administrator answers": (
        "admin@acme.example",
        "Re: Printer",
        """\
The scanner gave error 501. Is the mailbox full?""",
    ),
}
