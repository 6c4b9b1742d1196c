from tickets.models.entries import Activity, Attachment, Message
from tickets.models.tag import Tag
from tickets.models.ticket import Ticket

__all__ = ["Activity", "Attachment", "Message", "Tag", "Ticket"]
