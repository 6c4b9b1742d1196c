"""Mail as it is: `parse` reads the bytes of one mail; plain Python, no Django."""

from tickets.domain.mail.parse import parse
from tickets.domain.mail.parsed import Address, Bounced, MailFile, ParsedMail

__all__ = ["Address", "Bounced", "MailFile", "ParsedMail", "parse"]
