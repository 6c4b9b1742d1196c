"""Writing. Each service says in its docstring what it promises and which errors it raises."""

from agents.selectors import preview_activation
from agents.services.activation import apply_activation, set_device_policy, undo_activation
from agents.services.approval import approve_contact, refuse_contact
from agents.services.clients import create_client, create_contact, update_client
from agents.services.keys import create_key, revoke_key, rotate_key
from agents.services.presence import keep_present, record_departures, record_presence
from agents.services.profiles import disable_profile, enable_profile, reset_verification
from agents.services.registration import Machine, Registration, WindowsUser, register_profile
from agents.services.role_scope import save_role_for, set_role_clients
from agents.services.verification import confirm_token, request_token, send_token_again

__all__ = [
    "Machine",
    "Registration",
    "WindowsUser",
    "apply_activation",
    "approve_contact",
    "confirm_token",
    "create_client",
    "create_contact",
    "create_key",
    "disable_profile",
    "enable_profile",
    "keep_present",
    "preview_activation",
    "record_departures",
    "record_presence",
    "refuse_contact",
    "register_profile",
    "request_token",
    "reset_verification",
    "revoke_key",
    "rotate_key",
    "save_role_for",
    "send_token_again",
    "set_device_policy",
    "set_role_clients",
    "undo_activation",
    "update_client",
]
