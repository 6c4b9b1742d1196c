"""Shapes of what technicians keep beside a ticket: checklist, sleep, links, time, own fields."""

from typing import Any

from rest_framework import serializers

from agents.api.calls import page_shape, rows_of
from agents.api.door import StrictSerializer
from helpdesk.core.api import Moment
from tickets.api.shapes import STATUSES, PersonSerializer
from tickets.domain.work import MAX_ITEM_LENGTH, MAX_ITEMS, LinkRole, TimeOrigin

MOST_MINUTES = 24 * 60
_ROLE = "What the other ticket is to this one."


class ItemSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    place = serializers.IntegerField(help_text="Items stand in the order of their places.")
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.CharField()


ChecklistSerializer = rows_of("Checklist", ItemSerializer)


class NewItemSerializer(StrictSerializer):
    text = serializers.CharField(max_length=MAX_ITEM_LENGTH)


class ItemChangesSerializer(StrictSerializer):
    text = serializers.CharField(max_length=MAX_ITEM_LENGTH, required=False)
    is_done = serializers.BooleanField(required=False)
    position = serializers.IntegerField(
        min_value=1, max_value=MAX_ITEMS, required=False, help_text="Where it stands from now on, 1: first."
    )


class SleepSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField(allow_null=True, help_text="null: until the customer answers.")
    since = serializers.DateTimeField(source="at")
    by = PersonSerializer(allow_null=True)


class NewSleepSerializer(StrictSerializer):
    until = Moment(allow_null=True, help_text="null: until the customer answers.")


class LinkSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    role = serializers.ChoiceField(list(LinkRole), help_text=_ROLE)
    subject = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)


LinksSerializer = rows_of("Links", LinkSerializer)


class NewLinkSerializer(StrictSerializer):
    number = serializers.IntegerField(min_value=1, help_text="The other ticket.")
    role = serializers.ChoiceField(list(LinkRole), help_text=_ROLE)


class TimeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    ticket = serializers.IntegerField(source="ticket_id")
    user = serializers.IntegerField(source="user_id", allow_null=True)
    user_name = serializers.CharField()
    started_at = serializers.DateTimeField()
    seconds = serializers.IntegerField()
    is_billable = serializers.BooleanField()
    note = serializers.CharField()
    origin = serializers.ChoiceField(list(TimeOrigin))
    is_asked = serializers.BooleanField(
        help_text="A timer stopped by itself and nobody has said yet whether it counts: in no sum."
    )
    deleted_at = serializers.DateTimeField(allow_null=True)


TimePageSerializer = page_shape("TimePage", TimeSerializer)


class NewTimeSerializer(StrictSerializer):
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES)
    started_at = Moment(default=None, allow_null=True, help_text="null: it has just ended.")
    is_billable = serializers.BooleanField(default=True)
    note = serializers.CharField(default="", allow_blank=True, max_length=200)


class TimeChangesSerializer(StrictSerializer):
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, required=False)
    started_at = Moment(required=False)
    is_billable = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    is_deleted = serializers.BooleanField(required=False, help_text="false brings a deleted one back.")


class TimerSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField(allow_null=True, help_text="Where one's timer runs; null: nowhere.")
    started_at = serializers.DateTimeField(allow_null=True)
