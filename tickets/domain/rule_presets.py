"""The rules that every desk starts with; some wait to be switched on."""

from typing import Any, Final

#: The default rule stands here for ever; all others stand before it.
LAST: Final = 1_000_000
DEFAULT: Final = "default"
REOPEN: Final = "reopen"
CONFIRM: Final = "confirm"
UNASSIGN: Final = "unassign"
SURVEY: Final = "survey"
LOW_RATING: Final = "low-rating"
ANSWERED: Final = "answered"

PRESETS: tuple[dict[str, Any], ...] = (
    {
        "preset": REOPEN,
        "position": 10,
        "name": "Reopen on reply",
        "description": "A customer's answer opens resolved and waiting tickets again.",
        "trigger": "customer-replied",
        "conditions": {
            "mode": "all",
            "items": [
                {"field": "status", "op": "in", "value": ["resolved", "waiting"]},
                {"field": "is_automatic", "op": "is", "value": False},
            ],
        },
        "actions": [{"do": "set_status", "value": "open"}],
    },
    {
        "preset": UNASSIGN,
        "position": 20,
        "name": "Free tickets of people who left",
        "description": "A ticket that comes back to a deactivated technician goes back to nobody.",
        "trigger": "ticket-reopened",
        "conditions": {
            "mode": "all",
            "items": [
                {"field": "assignee", "op": "not_empty"},
                {"field": "assignee_active", "op": "is", "value": False},
            ],
        },
        "actions": [{"do": "unassign"}],
    },
    {
        "preset": CONFIRM,
        "position": 30,
        "name": "We have it",
        "description": "Tells who wrote an e-mail that it has arrived, and its number.",
        "trigger": "ticket-created",
        "conditions": {
            "mode": "all",
            "items": [
                {"field": "source", "op": "is", "value": "mail"},
                {"field": "is_automatic", "op": "is", "value": False},
            ],
        },
        "actions": [{"do": "reply", "value": ""}],
    },
    {
        "preset": SURVEY,
        "position": 40,
        "name": "Ask how it went when solved",
        "description": "Three faces in a mail, at most one mail a solution and one in two weeks a person.",
        "is_active": False,
        "trigger": "status-changed",
        "conditions": {
            "mode": "all",
            "items": [{"field": "status", "op": "in", "value": ["resolved", "closed"]}],
        },
        "actions": [{"do": "send_survey"}],
    },
    {
        "preset": LOW_RATING,
        "position": 50,
        "name": "Tell the assignee of a low rating",
        "description": "The technician, or the team, hears when a customer is not content.",
        "is_active": False,
        "trigger": "low-rating",
        "conditions": {"mode": "all", "items": []},
        "actions": [
            {
                "do": "notify",
                "to": ["assignee", "team"],
                "value": "{{ name }} rated the help: {{ rating }}\n\n{{ comment }}",
            }
        ],
    },
    {
        "preset": ANSWERED,
        "position": 60,
        "name": "Tell the assignee when the customer answers",
        "description": "A mail with the customer's words: who answers it answers the customer.",
        "is_active": False,
        "trigger": "customer-replied",
        "conditions": {"mode": "all", "items": [{"field": "is_automatic", "op": "is", "value": False}]},
        "actions": [
            {"do": "notify", "to": ["assignee", "team"], "value": "{{ writer }} wrote:\n\n{{ message }}"}
        ],
    },
    {
        "preset": DEFAULT,
        "position": LAST,
        "name": "Default rule",
        "description": "Makes a ticket of every e-mail that no rule above has settled.",
        "trigger": "ticket-created",
        "conditions": {"mode": "all", "items": []},
        "actions": [
            {"do": "set_status", "value": "open"},
            {"do": "set_priority", "value": "medium"},
            {"do": "unassign"},  # unless the mailbox names a team
        ],
        "is_default": True,
    },
)
