"""What placeholders stand for on one ticket."""

from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import organisation_name
from tickets.domain.rule_letters import first_name
from tickets.models import Ticket


def placeholder_values(ticket: Ticket, by: User | None = None) -> dict[str, str]:
    """Each word of `PLACEHOLDERS` with its value, empty where there is none. `by` writes; None: a rule.

    Of the ticket and what hangs on it alone, so that who may read the ticket may read all of it (A11).
    """
    organisation = organisation_name()
    return {
        "name": ticket.contact_name,
        "first_name": first_name(ticket.contact_name),
        "client": ticket.client.name if ticket.client else "",
        "number": f"#{ticket.number}",
        "subject": ticket.subject,
        "status": str(ticket.get_status_display()),
        "priority": str(ticket.get_priority_display()),
        "type": str(ticket.get_type_display()),
        "device": ticket.device.name if ticket.device else "",
        "assignee": str(ticket.assignee or ticket.team or ""),
        "technician": by.full_name if by else organisation,
        "organisation": organisation,
    }
