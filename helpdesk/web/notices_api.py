"""One's own notices, for programs: /api/v1/notices/."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call, page_shape
from agents.api.door import LARGEST_ID, Door, StrictSerializer, asked_of, once, valid
from agents.api.technician import AFTER
from helpdesk.core.domain.notices import Channel, News, channels_of
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from helpdesk.core.selectors.notices import PAGE, Told, notice_choice, notices_of, told, unread_count
from helpdesk.core.services.notices import choose_notices, mark_read, mark_unread

TAG = "Notices"
MOST = 500
SHOW = OpenApiParameter("show", OpenApiTypes.STR, enum=["unread", "all"], description="Usually unread.")
_NOTICE = {
    "id": 90,
    "news": "followed",
    "about": "ticket:1284",
    "label": "#1284",
    "title": "Printer jams",
    "url": "/tickets/1284/",
    "sentence": "Bob Kahn wrote a note",
    "text": "",
    "created_at": "2026-11-22T10:00:00Z",
    "read_at": None,
}


_CHOICE = {"channels": {"followed": ["bell"]}, "quiet_since": "22:00:00", "quiet_until": "06:30:00"}


class NoticeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="notice.pk")
    news = serializers.CharField(source="notice.news")
    about = serializers.CharField(source="notice.about", help_text="`ticket:1284`; empty for none.")
    label = serializers.CharField(source="subject.label")  # type: ignore[assignment]
    title = serializers.CharField(source="subject.title")
    url = serializers.CharField(source="subject.url")
    sentence = serializers.CharField()
    text = serializers.CharField(source="notice.text")
    created_at = serializers.DateTimeField(source="notice.created_at")
    read_at = serializers.DateTimeField(source="notice.read_at", allow_null=True)


class NoticePageSerializer(page_shape("NoticeRows", NoticeSerializer)):  # type: ignore[misc]
    unread = serializers.IntegerField(help_text="What the bell says.")


class ReadSerializer(StrictSerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), required=False, max_length=MOST
    )
    about = serializers.CharField(
        required=False, max_length=40, help_text="All about one thing: `ticket:1284`."
    )
    all = serializers.BooleanField(required=False, help_text="true: every notice.")


class UnreadSerializer(StrictSerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), max_length=MOST
    )


class MarkedSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.IntegerField(), help_text="Those that were changed.")


class ChoiceSerializer(serializers.Serializer[Any]):
    channels = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(list(Channel))),
        help_text=f"Of each kind of news ({', '.join(News)}) where it is told.",
    )
    quiet_since = serializers.TimeField(allow_null=True, help_text="From then on nothing by mail or browser.")
    quiet_until = serializers.TimeField(allow_null=True)


class NewChoiceSerializer(StrictSerializer):
    channels = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(list(Channel)), max_length=10),
        required=False,
        help_text="News that is not named stays as it is.",
    )
    quiet_since = serializers.TimeField(required=False, allow_null=True)
    quiet_until = serializers.TimeField(required=False, allow_null=True)


class NoticesDoor(Door):
    reads = writes = Permission.TICKETS_VIEW
    guard = str(Permission.TICKETS_VIEW)


class NoticesView(NoticesDoor):
    @call(
        "list_notices",
        TAG,
        "One's own notices, newest first, 50 a page",
        words="Notices of what you may not see any more are left out.",
        parameters=[SHOW, AFTER],
        gives=NoticePageSerializer,
        told={"results": [_NOTICE], "next": None, "unread": 1},
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(request, "show")
        if asked.get("show", "unread") not in {"unread", "all"}:
            raise Invalid(fields={"show": _("Use one of: %(values)s.") % {"values": "unread, all"}})
        rows = notices_of(self.user)
        if asked.get("show") != "all":
            rows = rows.filter(read_at=None)
        if after := asked.get("after", ""):
            if not (after.isascii() and after.isdecimal() and len(after) < 20) or int(after) > LARGEST_ID:
                raise Invalid(fields={"after": _("Use next of the page before.")})
            rows = rows.filter(pk__lt=int(after))
        page = list(rows[: PAGE + 1])
        shown: list[Told] = told(self.user, page[:PAGE])
        following = str(page[PAGE - 1].pk) if len(page) > PAGE else None
        data = {"results": shown, "next": following, "unread": unread_count(self.user)}
        return Response(NoticePageSerializer(data).data)


class ReadNoticesView(NoticesDoor):
    @call(
        "read_notices",
        TAG,
        "Mark notices as read: some, those about one thing, or all",
        takes=ReadSerializer,
        asked={"ids": [90]},
        gives=MarkedSerializer,
        told={"ids": [90]},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(ReadSerializer(data=request.data))
        named = [name for name in ("ids", "about", "all") if given.get(name)]
        if len(named) != 1:
            raise Invalid(fields={"ids": _("Use one of: %(values)s.") % {"values": "ids, about, all"}})
        ids = None if given.get("all") else given.get("ids")
        if about := given.get("about"):
            rows = notices_of(self.user).filter(about=about, read_at=None)
            ids = list(rows.values_list("pk", flat=True)[:MOST])
        return Response({"ids": mark_read(user=self.user, notices=ids, now=self.now)})


class UnreadNoticesView(NoticesDoor):
    @call("unread_notices", TAG, "Mark notices as unread again", takes=UnreadSerializer, asked={"ids": [90]})
    @once
    def post(self, request: Request) -> Response:
        mark_unread(user=self.user, notices=valid(UnreadSerializer(data=request.data))["ids"])
        return Response(status=204)


class NoticeChoiceView(NoticesDoor):
    @call(
        "read_notice_choice", TAG, "What one hears of, where and when", gives=ChoiceSerializer, told=_CHOICE
    )
    def get(self, request: Request) -> Response:
        return self.tagged(_choice(self.user))

    @call(
        "choose_notices",
        TAG,
        "Choose what one hears of, where and when",
        takes=NewChoiceSerializer,
        asked={"channels": {"followed": ["bell"]}, "quiet_since": "22:00", "quiet_until": "06:30"},
        gives=ChoiceSerializer,
        told=_CHOICE,
    )
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        given = valid(NewChoiceSerializer(data=request.data))
        self.hold(User.objects.filter(pk=self.user.pk))
        self.check_unchanged(_choice(self.user))
        known = notice_choice(self.user)
        hours = {name: given.get(name, getattr(known, name)) for name in ("quiet_since", "quiet_until")}
        channels = given.get("channels", {})
        if unknown := [name for name in channels if name not in set(News)]:
            rule = _("Use one of: %(values)s.") % {"values": ", ".join(News)}
            raise Invalid(fields={f"channels.{name}": rule for name in unknown})
        if (hours["quiet_since"] is None) != (hours["quiet_until"] is None):
            missing = "quiet_until" if hours["quiet_until"] is None else "quiet_since"
            raise Invalid(fields={missing: _("Enter both times, like 22:00 and 6:30, or none.")})
        choose_notices(user=self.user, channels={**known.channels, **channels}, **hours)
        return self.tagged(_choice(self.user))


def _choice(user: User) -> Mapping[str, Any]:
    known = notice_choice(user)
    channels = {news.value: sorted(channels_of(news, known.channels)) for news in News}
    hours = {name: getattr(known, name) for name in ("quiet_since", "quiet_until")}
    return ChoiceSerializer({"channels": channels, **hours}).data
