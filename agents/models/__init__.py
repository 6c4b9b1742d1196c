"""The tables of clients, people, devices and profiles."""

from agents.models.activation import Action, ActivationResult, ActivationRun, Outcome, Reason, Scope
from agents.models.client import Client, EnrolmentKey, RoleScope
from agents.models.contact import Contact, ContactAddress
from agents.models.device import Device, Kind, Profile, StateChoices
from agents.models.fields import ContactValue, CustomField, DeviceValue
from agents.models.verification import VerificationToken

__all__ = [
    "Action",
    "ActivationResult",
    "ActivationRun",
    "Client",
    "Contact",
    "ContactAddress",
    "ContactValue",
    "CustomField",
    "Device",
    "DeviceValue",
    "EnrolmentKey",
    "Kind",
    "Outcome",
    "Profile",
    "Reason",
    "RoleScope",
    "Scope",
    "StateChoices",
    "VerificationToken",
]
