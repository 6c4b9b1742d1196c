"""Shapes of the technician API. Fields that are not listed are refused, never assigned (A14)."""

from typing import Any

from rest_framework import serializers

from agents.api.door import StrictSerializer
from agents.api.shapes import NamedSerializer
from tickets.domain.kinds import MessageKind
from tickets.domain.priority import Priority
from tickets.domain.reports import ReportKind
from tickets.domain.rules import TicketType
from tickets.domain.status import Status
from tickets.domain.text import MAX_BODY, MAX_SUBJECT

PRIORITIES = [priority.value for priority in Priority]
TYPES = ["", *(kind.value for kind in TicketType)]
REPORTS = [kind.value for kind in ReportKind]
WRITTEN = [MessageKind.REPLY.value, MessageKind.NOTE.value]
STATUSES = [status.value for status in Status]


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(source="full_name")


class TeamSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class TicketRowSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="What people call it: #17.")
    id = serializers.UUIDField(source="public_id", help_text="Public id.")
    subject = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    priority = serializers.ChoiceField(PRIORITIES)
    type = serializers.ChoiceField(TYPES, help_text="Empty: none.")
    assignee = PersonSerializer(allow_null=True)
    team = TeamSerializer(allow_null=True)
    client = NamedSerializer(allow_null=True)
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()
    contact_phone = serializers.CharField()
    tags = serializers.StringRelatedField(many=True, help_text="Names of the tags.")  # type: ignore[var-annotated]
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    merged_into = serializers.IntegerField(
        source="merged_into_id", allow_null=True, help_text="The number of the ticket where it goes on."
    )


class TicketPageSerializer(serializers.Serializer[Any]):
    results = TicketRowSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `cursor` for the following page.")
    previous = serializers.CharField(allow_null=True, help_text="Pass it as `cursor` for the page before.")


class AttachmentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id", help_text="Download: /files/<id>/")
    filename = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    kind = serializers.CharField()


class ActivitySerializer(serializers.Serializer[Any]):
    verb = serializers.CharField()
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class EntrySerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="`description`, `customer`, `reply`, `note` or `activity`.")
    at = serializers.DateTimeField()
    author = serializers.CharField(source="author_name")
    author_email = serializers.CharField(help_text="Of a mail: where it came from.")
    is_held = serializers.BooleanField(
        help_text="A mail whose sender takes no part in the ticket or may be forged: not to be believed."
    )
    body = serializers.CharField()
    activity = ActivitySerializer(allow_null=True)
    attachments = AttachmentSerializer(many=True)
    mail_state = serializers.CharField(
        help_text="Of a reply: `queued`, `sending`, `sent`, `failed` or `bounced`."
    )


class TicketSerializer(TicketRowSerializer):
    description = serializers.CharField()
    device = NamedSerializer(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    details = serializers.DictField(help_text="Technical facts that the agent sent.")
    taken_at = serializers.DateTimeField(allow_null=True)
    follows = serializers.IntegerField(
        source="follows_id", allow_null=True, help_text="A closed ticket's number."
    )


class TicketSheetSerializer(serializers.Serializer[Any]):
    ticket = TicketSerializer()
    entries = EntrySerializer(many=True)


class NewTicketSerializer(StrictSerializer):
    subject = serializers.CharField(max_length=MAX_SUBJECT, trim_whitespace=False)
    description = serializers.CharField(
        max_length=MAX_BODY, default="", allow_blank=True, trim_whitespace=False, help_text="Kept as written."
    )
    priority = serializers.ChoiceField(PRIORITIES, default=Priority.MEDIUM.value)
    client = serializers.UUIDField(default=None, allow_null=True)
    contact = serializers.UUIDField(
        default=None, allow_null=True, help_text="Name, e-mail, phone come from it."
    )
    contact_name = serializers.CharField(default="", allow_blank=True, max_length=200)
    contact_email = serializers.CharField(default="", allow_blank=True, max_length=254)
    contact_phone = serializers.CharField(default="", allow_blank=True, max_length=40)
    device = serializers.UUIDField(default=None, allow_null=True)
    assignee = serializers.IntegerField(default=None, allow_null=True, help_text="A user number.")
    team = serializers.IntegerField(default=None, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), default=list)


class ChangesSerializer(StrictSerializer):
    subject = serializers.CharField(max_length=MAX_SUBJECT, required=False, trim_whitespace=False)
    status = serializers.ChoiceField(STATUSES, required=False)
    priority = serializers.ChoiceField(PRIORITIES, required=False)
    assignee = serializers.IntegerField(required=False, allow_null=True, help_text="null: nobody.")
    team = serializers.IntegerField(required=False, allow_null=True, help_text="Instead of an assignee.")
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    type = serializers.ChoiceField(TYPES, required=False, help_text="Empty: none.")
    anyway = serializers.BooleanField(
        default=False, help_text="Finish it although tickets below it are open (`children-open`)."
    )


class NewMessageSerializer(StrictSerializer):
    kind = serializers.ChoiceField(WRITTEN)
    body = serializers.CharField(max_length=MAX_BODY, trim_whitespace=False)
    then = serializers.ChoiceField(STATUSES, required=False, help_text="Status after a reply.")
    anyway = serializers.BooleanField(
        default=False, help_text="Finish it although tickets below it are open (`children-open`)."
    )
    cc = serializers.ListField(
        child=serializers.CharField(max_length=254),
        default=list,
        max_length=50,
        help_text="Of a reply: addresses that take part from now on.",
    )
    without = serializers.ListField(
        child=serializers.CharField(max_length=254),
        default=list,
        max_length=50,
        help_text="Of a reply: addresses that are left out this once.",
    )
    may_be_undone = serializers.BooleanField(
        default=False, help_text="Hold the mails for some seconds: POST messages/<id>/undo/ takes them back."
    )
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        help_text="As multipart/form-data: at most 10 files.",
    )


class MessageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    author = serializers.CharField(source="author_name")
    body = serializers.CharField()
    is_held = serializers.BooleanField(help_text="A mail that is not to be believed yet.")
    created_at = serializers.DateTimeField()
    attachments = AttachmentSerializer(many=True, source="attachments.all")


class MessagePageSerializer(serializers.Serializer[Any]):
    results = MessageSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the following page.")


class TagSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    colour = serializers.CharField()


class TagPageSerializer(serializers.Serializer[Any]):
    results = TagSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the following page.")


class MacroSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField()
    written_as = serializers.CharField(help_text="`reply`, `note`, or empty for either.")
    actions = serializers.ListField(child=serializers.DictField())
    team = TeamSerializer(allow_null=True)


class MacroPageSerializer(serializers.Serializer[Any]):
    results = MacroSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the following page.")


class ViewSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    query = serializers.CharField(help_text="The query string of the list, as in /tickets/?…")
    colour = serializers.CharField()
    team = TeamSerializer(allow_null=True)
    is_own = serializers.SerializerMethodField()

    def get_is_own(self, view: Any) -> bool:  # noqa: ANN401 - as in the base class
        return view.owner_id is not None


class ViewPageSerializer(serializers.Serializer[Any]):
    results = ViewSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the following page.")
