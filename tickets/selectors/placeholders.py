"""What placeholders stand for on one ticket."""

from django.utils.translation import override

from helpdesk.core.domain.languages import mail_language
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import current_organisation, organisation_name
from tickets.domain.rule_letters import first_name
from tickets.models import Ticket


def customer_language(ticket: Ticket, wish: str = "") -> str:
    """What mails to the customer are written in. `wish`: of a customer whom we do not know as a contact."""
    spoken = ticket.contact.language if ticket.contact else wish
    return mail_language(spoken, current_organisation().default_language)


def placeholder_values(ticket: Ticket, by: User | None = None, *, language: str = "en") -> dict[str, str]:
    """Each word of `PLACEHOLDERS` with its value, empty where there is none. `by` writes; None: a rule.
    Status, priority and type are said in `language`.

    Of the ticket and what hangs on it alone, so that who may read the ticket may read all of it (A11).
    """
    organisation = organisation_name()
    with override(language):
        status, priority = str(ticket.get_status_display()), str(ticket.get_priority_display())
        kind = str(ticket.get_type_display())
    return {
        "name": ticket.contact_name,
        "first_name": first_name(ticket.contact_name),
        "client": ticket.client.name if ticket.client else "",
        "number": f"#{ticket.number}",
        "subject": ticket.subject,
        "status": status,
        "priority": priority,
        "type": kind,
        "device": ticket.device.name if ticket.device else "",
        "assignee": str(ticket.assignee or ticket.team or ""),
        "technician": by.full_name if by else organisation,
        "organisation": organisation,
    }
