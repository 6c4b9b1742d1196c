"""Shapes of clients, people and devices in the technician API."""

from typing import Any

from rest_framework import serializers

from agents.api.door import StrictSerializer


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class ClientSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    mail_domains = serializers.ListField(child=serializers.CharField())
    phone = serializers.CharField()
    notes = serializers.CharField()
    every_profile = serializers.BooleanField(help_text="The agent is enabled for each profile by itself.")
    created_at = serializers.DateTimeField()


class ClientPageSerializer(serializers.Serializer[Any]):
    results = ClientSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the following page.")


class NewClientSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    mail_domains = serializers.ListField(
        child=serializers.CharField(max_length=253), default=list, max_length=100
    )
    phone = serializers.CharField(default="", allow_blank=True, max_length=40)
    notes = serializers.CharField(default="", allow_blank=True, max_length=10_000, trim_whitespace=False)
    every_profile = serializers.BooleanField(default=False)


class ClientChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    mail_domains = serializers.ListField(
        child=serializers.CharField(max_length=253), required=False, max_length=100
    )
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=10_000, trim_whitespace=False)
    every_profile = serializers.BooleanField(required=False)


class ContactSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    client = NamedSerializer(allow_null=True)
    full_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField()
    is_active = serializers.BooleanField()
    ignores_mail = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ContactPageSerializer(serializers.Serializer[Any]):
    results = ContactSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the following page.")


class NewContactSerializer(StrictSerializer):
    client = serializers.UUIDField(
        allow_null=True, default=None, help_text="null only for who sees all clients."
    )
    full_name = serializers.CharField(max_length=100)
    email = serializers.CharField(max_length=254)
    phone = serializers.CharField(default="", allow_blank=True, max_length=40)
    language = serializers.CharField(default="", allow_blank=True, max_length=10)


class ContactChangesSerializer(StrictSerializer):
    client = serializers.UUIDField(required=False)
    full_name = serializers.CharField(required=False, max_length=100)
    email = serializers.CharField(required=False, max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    language = serializers.CharField(required=False, allow_blank=True, max_length=10)
    is_active = serializers.BooleanField(required=False)


class DeviceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    client = NamedSerializer()
    name = serializers.CharField()
    kind = serializers.CharField()
    os_name = serializers.CharField()
    os_version = serializers.CharField()
    agent_version = serializers.CharField()
    every_profile = serializers.BooleanField()
    last_seen_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class DevicePageSerializer(serializers.Serializer[Any]):
    results = DeviceSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the following page.")
