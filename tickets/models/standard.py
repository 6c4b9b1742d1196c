"""The standard rows in the reader's language: stored in English, they are told in words of the catalogue."""

import re
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

STANDARD: Final = frozenset(
    {
        _("Reopen on reply"),
        _("A customer's answer opens resolved and waiting tickets again."),
        _("Free tickets of people who left"),
        _("A ticket that comes back to a deactivated technician goes back to nobody."),
        _("We have it"),
        _("Tells who wrote an e-mail that it has arrived, and its number."),
        _("Ask how it went when solved"),
        _("Three faces in a mail, at most one mail a solution and one in two weeks a person."),
        _("Tell the assignee of a low rating"),
        _("The technician, or the team, hears when a customer is not content."),
        _("Tell the assignee when the customer answers"),
        _("A mail with the customer's words: who answers it answers the customer."),
        _("Default rule"),
        _("Makes a ticket of every e-mail that no rule above has settled."),
    }
)
#: As an activity keeps it, and as those of older desks do: in the language of who set the rule off.
_RULE = re.compile("(?:Rule “|Regel „|Règle «\\s|Regola «)(.+?)(?:”|“|\\s»|»)")


def standard_words(text: str) -> str:
    """A name or description that the desk itself gave, translated; what people wrote stays."""
    return gettext(text) if text in STANDARD else text


def standard_text(words: str) -> str:
    """Back again: who saves a standard rule in their own language keeps its English text stored."""
    return next((text for text in sorted(STANDARD) if gettext(text) == words), words)


def rule_label(name: str) -> str:
    """Who did it, as activities and notes keep it: the same in every language; `doer_words` translates."""
    return f"Rule “{name}”"[:200]


def doer_words(label: str) -> str:
    """Who did something, as an activity keeps it: the rules are named in the reader's language."""
    if rule := _RULE.fullmatch(label):
        return gettext("Rule “%(name)s”") % {"name": standard_words(rule[1])}
    return label
