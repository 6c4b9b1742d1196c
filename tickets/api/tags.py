"""Tags with their colours, for programs: made, changed, merged, deleted and brought back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, asked_of, once, page_of, valid
from agents.api.technician import AFTER
from helpdesk.core.domain.permissions import Permission
from tickets.api.shapes import TagPageSerializer, TagSerializer
from tickets.api.technician import TechnicianView
from tickets.domain.tag_colours import TagColour
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import Tag, TagUndo
from tickets.services.change_tags import MAX_LENGTH
from tickets.services.tags import delete_tag, merge_tags, save_tag, undo_tag

TAG = "Tags"
_TAG = {"id": 2, "name": "printer", "colour": "proc"}
_COLOUR = "Empty: grey; open: blue, proc: violet, wait: amber, done: green, high: orange, danger: red."


class NewTagSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MAX_LENGTH)
    colour = serializers.ChoiceField(list(TagColour), default=TagColour.GREY.value, help_text=_COLOUR)


class TagChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MAX_LENGTH, required=False)
    colour = serializers.ChoiceField(list(TagColour), required=False, help_text=_COLOUR)


class TagMergeSerializer(StrictSerializer):
    into = serializers.IntegerField(min_value=1, help_text="The id of the tag that stays.")


class TagUndoSerializer(serializers.Serializer[Any]):
    undo = serializers.IntegerField(
        source="pk", help_text="POST tags/undo/<undo>/ takes it back within a day."
    )


class TagsDoor(TechnicianView):
    """Everybody who works on tickets reads them; who sets up the desk changes them."""

    writes = Permission.FIELDS_EDIT

    def found(self, tag: int) -> Tag:
        found = Tag.objects.filter(pk=tag).first()
        if found is None:
            raise ItemNotFound
        return found


class TagsView(TagsDoor):
    @call(
        "list_tags",
        TAG,
        "Tags, 50 a page",
        parameters=[AFTER],
        gives=TagPageSerializer,
        told={"results": [_TAG], "next": None},
    )
    def get(self, request: Request) -> Response:
        found, after = page_of(Tag.objects.all(), asked_of(request).get("after", ""))
        return Response(TagPageSerializer({"results": found, "next": after}).data)

    @call(
        "create_tag",
        TAG,
        "Add a tag",
        takes=NewTagSerializer,
        asked={"name": "printer", "colour": "proc"},
        gives=TagSerializer,
        told=_TAG,
        status=201,
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewTagSerializer(data=request.data))
        colour = TagColour(given["colour"])
        tag = save_tag(tag=None, name=given["name"], colour=colour, by=self.user, now=self.now)
        return self.tagged(TagSerializer(tag).data, 201)


class TagView(TagsDoor):
    @call("read_tag", TAG, "One tag", gives=TagSerializer, told=_TAG)
    def get(self, request: Request, tag: int) -> Response:
        return self.tagged(TagSerializer(self.found(tag)).data)

    @call(
        "change_tag",
        TAG,
        "Rename or colour a tag",
        takes=TagChangesSerializer,
        asked={"colour": "danger"},
        gives=TagSerializer,
        told=_TAG | {"colour": "danger"},
    )
    @transaction.atomic
    def patch(self, request: Request, tag: int) -> Response:
        self.hold(Tag.objects.filter(pk=tag))
        found = self.found(tag)
        given = valid(TagChangesSerializer(data=request.data))
        self.check_unchanged(TagSerializer(found).data)
        new = {"name": found.name, "colour": found.colour} | given
        colour = TagColour(new["colour"])
        saved = save_tag(tag=found, name=new["name"], colour=colour, by=self.user, now=self.now)
        return self.tagged(TagSerializer(saved).data)

    @call("delete_tag", TAG, "Take a tag off all tickets", gives=TagUndoSerializer, told={"undo": 3})
    @transaction.atomic
    def delete(self, request: Request, tag: int) -> Response:
        self.hold(Tag.objects.filter(pk=tag))
        found = self.found(tag)
        self.check_unchanged(TagSerializer(found).data)
        return Response(TagUndoSerializer(delete_tag(tag=found, by=self.user, now=self.now)).data)


class MergeTagView(TagsDoor):
    @call(
        "merge_tags",
        TAG,
        "Its tickets carry another tag instead",
        takes=TagMergeSerializer,
        asked={"into": 2},
        gives=TagUndoSerializer,
        told={"undo": 3},
    )
    @once
    def post(self, request: Request, tag: int) -> Response:
        found = self.found(tag)
        wanted = valid(TagMergeSerializer(data=request.data))["into"]
        into = Tag.objects.filter(pk=wanted).first()
        if into is None:
            raise TicketInvalid(fields={"into": _("Choose a tag from the list.")})
        return Response(TagUndoSerializer(merge_tags(tag=found, into=into, by=self.user, now=self.now)).data)


class UndoTagView(TagsDoor):
    @call("undo_tag", TAG, "The tag is back on its tickets", gives=TagSerializer, told=_TAG)
    @once
    def post(self, request: Request, undo: int) -> Response:
        found = TagUndo.objects.filter(pk=undo).first()
        if found is None:
            raise ItemNotFound
        return Response(TagSerializer(undo_tag(undo=found, by=self.user, now=self.now)).data)
