"""The letters about tickets."""

from collections.abc import Mapping

from helpdesk.core.models import Organisation
from helpdesk.core.services import letters
from helpdesk.core.services.letters import Letter

__all__ = ["Letter", "write_letter"]


def write_letter(
    template: str, *, language: str, organisation: Organisation, facts: Mapping[str, object]
) -> Letter:
    """`template` is reply, confirmation, notification, message, survey or stopped."""
    return letters.write_letter(
        f"tickets/mails/{template}", language=language, organisation=organisation, facts=facts
    )
