"""What people type: checked here for the page, checked again by the services for everybody."""

from tickets.forms.tickets import AnswerForm, NewTicketForm

__all__ = ["AnswerForm", "NewTicketForm"]
