from tickets.models import Ticket
from tickets.selectors.merges import MAX_MERGES, final_number


def locked_final(number: int) -> Ticket:
    """The ticket where the story of this one goes on, locked, also when somebody is merging it just now."""
    for _round in range(MAX_MERGES):
        ticket = Ticket.objects.select_for_update().get(pk=number)
        if ticket.merged_into_id is None:
            break
        number = final_number(number)
    return ticket
