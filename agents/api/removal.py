"""What a call deletes with all that hangs on it; its caller can bring it back for ten minutes."""

from typing import Any

from rest_framework import serializers

from agents.api.door import StrictSerializer
from helpdesk.core.api import SmallJSONParser


class GoneSerializer(serializers.Serializer[Any]):
    way_back = serializers.CharField(help_text="POST it to back/ within ten minutes: all is as it was.")


class WayBackSerializer(StrictSerializer):
    way_back = serializers.CharField(help_text="What DELETE told this caller.")


class WayBackParser(SmallJSONParser):
    """Of what was deleted, all that hung on it stands in there."""

    max_bytes = 1024 * 1024
