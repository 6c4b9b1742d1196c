"""The mail as it goes over the wire."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from helpdesk.core.domain.mail_headers import domain_of, on_the_wire
from helpdesk.core.files import open_blob
from helpdesk.core.models import OutgoingMail


def message_of(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=_sender(mail),
        to=[formataddr((mail.to_name, on_the_wire(mail.to)))],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=_headers(mail),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for file in mail.files.select_related("blob"):
        with open_blob(file.blob) as stream:
            message.attach(file.filename, stream.read(), file.media_type)
    return message


def _sender(mail: OutgoingMail) -> str:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((mail.from_name or name, mail.from_address or address))


def _headers(mail: OutgoingMail) -> dict[str, str]:
    headers = {"Message-ID": mail.message_id, "Content-Language": mail.language}
    if mail.in_reply_to:
        headers["In-Reply-To"] = mail.in_reply_to
    if mail.references:
        headers["References"] = mail.references
    if mail.is_automatic:  # RFC 3834: auto-responders leave it alone, so no loop begins here
        headers["Auto-Submitted"] = mail.automatic
        headers["X-Auto-Response-Suppress"] = "All"
        headers["X-Loop"] = domain_of(mail.message_id)
    if mail.automatic == OutgoingMail.Automatic.ANSWER:
        headers["Precedence"] = "auto_reply"
    return headers
