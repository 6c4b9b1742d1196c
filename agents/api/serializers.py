"""Shapes of the agent API. Fields that are not listed here are ignored: nobody assigns a state (A14)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from agents.domain.profile import State
from agents.models import Kind
from agents.selectors import Me

DATE = "ISO 8601 with time zone."


class MachineSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(
        max_length=100,
        help_text="Stable id of the computer (Windows: MachineGuid). 3 to 100 of `A-Z a-z 0-9 . _ : { } -`.",
    )
    name = serializers.CharField(
        max_length=300, help_text="Computer name; control characters are dropped, cut at 100."
    )
    os_name = serializers.CharField(
        max_length=300, default="", allow_blank=True, help_text="Such as `Windows 11 Pro`; cut at 60."
    )
    os_version = serializers.CharField(
        max_length=300, default="", allow_blank=True, help_text="Such as `24H2`; cut at 60."
    )
    kind = serializers.ChoiceField(
        Kind.values, default=Kind.WORKSTATION.value, help_text="The helpdesk agent is for workstations only."
    )


class WindowsUserSerializer(serializers.Serializer[Any]):
    sid = serializers.CharField(
        max_length=184, help_text="SID of the Windows user. One profile per device and SID."
    )
    name = serializers.CharField(
        max_length=300, help_text="Account name; control characters are dropped, cut at 104."
    )
    display_name = serializers.CharField(
        max_length=300, default="", allow_blank=True, help_text="Full name from Windows; cut at 200."
    )


class RegisterSerializer(serializers.Serializer[Any]):
    enrolment_key = serializers.CharField(
        max_length=100, help_text="`dbk_` and 32 characters: says to which client the device belongs."
    )
    credential = serializers.CharField(
        max_length=100,
        help_text="Made by the agent: `dba_` and 43 characters of base64url (32 bytes); kept as a hash.",
    )
    machine = MachineSerializer(help_text="The computer.")
    user = WindowsUserSerializer(help_text="The Windows user who runs the agent.")
    agent_version = serializers.CharField(max_length=30, help_text="Version of the agent, such as `0.1.0`.")


class RegisteredSerializer(serializers.Serializer[Any]):
    profile_id = serializers.UUIDField(help_text="Public id of the profile.")
    device_id = serializers.UUIDField(help_text="Public id of the device.")
    state = serializers.ChoiceField([state.value for state in State], help_text="State of the profile.")
    organisation = serializers.CharField(help_text="Name of the firm that runs the desk.")
    heartbeat_seconds = serializers.IntegerField(help_text="Seconds between two heartbeats.")
    minimum_version = serializers.CharField(help_text="The oldest agent that may call.")


class ConfirmedPersonSerializer(serializers.Serializer[Any]):
    full_name = serializers.CharField(help_text="Name of the contact.")
    email = serializers.EmailField(help_text="Main address of the contact.")


class VerificationSerializer(serializers.Serializer[Any]):
    sent_at = serializers.DateTimeField(help_text=f"When the latest token was mailed. {DATE}")
    expires_at = serializers.DateTimeField(help_text=f"30 minutes later. {DATE}")
    attempts_left = serializers.IntegerField(help_text="Tries left of 5.")
    resend_at = serializers.DateTimeField(help_text=f"Offer to send again from then on. {DATE}")


class MeSerializer(serializers.Serializer[Any]):
    profile_id = serializers.UUIDField(help_text="Public id of the profile.")
    state = serializers.ChoiceField(
        [state.value for state in State],
        help_text="`off`, `disabled`: no icon. `verified`: may open tickets. Else: Personal settings first.",
    )
    organisation = serializers.CharField(help_text="Name of the firm that runs the desk.")
    client = serializers.CharField(help_text="Name of the client that the device belongs to.")
    contact = ConfirmedPersonSerializer(allow_null=True, help_text="The confirmed person; null before.")
    full_name = serializers.CharField(allow_blank=True, help_text="Name as it was typed last.")
    email = serializers.CharField(allow_blank=True, help_text="Address as it was typed last.")
    verification = VerificationSerializer(allow_null=True, help_text="The token that is on its way, if any.")
    capabilities = serializers.ListField(child=serializers.CharField(), help_text="What this desk offers.")
    portal_url = serializers.URLField(help_text="The desk's address for people.")
    support_phone = serializers.CharField(allow_blank=True, help_text="Phone of the helpdesk.")
    me_version = serializers.CharField(help_text="Changes with this answer; the heartbeat carries it too.")


class BeatSerializer(serializers.Serializer[Any]):
    signed_in = serializers.BooleanField(
        default=True, help_text="False once the Windows user has signed out; an empty body means true."
    )


class BeatAnswerSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField([state.value for state in State], help_text="State of the profile.")
    me_version = serializers.CharField(help_text="Read `me` again when it differs from yours.")
    heartbeat_seconds = serializers.IntegerField(help_text="Seconds until the next heartbeat.")
    minimum_version = serializers.CharField(help_text="The oldest agent that may call.")


class TokenRequestSerializer(serializers.Serializer[Any]):
    full_name = serializers.CharField(
        max_length=200,
        trim_whitespace=False,
        help_text="First and last name, one line, at most 100 characters.",
    )
    email = serializers.CharField(
        max_length=300,
        trim_whitespace=False,
        help_text="One address, at most 254 characters, no line breaks.",
    )


class ConfirmSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(
        max_length=60, help_text="`XXXX-XXXX` of the latest mail; case, blanks and dashes do not matter."
    )


def me_document(me: Me) -> dict[str, Any]:
    """The body of `me`, of a sent token (202) and of a confirmed one (200)."""
    profile, contact, token = me.profile, me.profile.contact, me.token
    return {
        "profile_id": str(profile.public_id),
        "state": str(profile.state),
        "organisation": me.organisation.name,
        "client": profile.device.client.name,
        "contact": {"full_name": contact.full_name, "email": contact.email} if contact else None,
        "full_name": profile.full_name,
        "email": profile.email,
        "verification": {
            "sent_at": _iso(token.sent_at),
            "expires_at": _iso(token.expires_at),
            "attempts_left": token.attempts_left,
            "resend_at": _iso(me.resend_at),
        }
        if token
        else None,
        "capabilities": ["tickets"],
        "portal_url": settings.BASE_URL,
        "support_phone": me.organisation.support_phone,
        "me_version": me.version,
    }


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
