"""Mounted by helpdesk.urls under /api/v1/: what belongs to the house as a whole."""

from django.urls import path

from helpdesk.web.api import MeView, UsersView
from helpdesk.web.notices_api import NoticeChoiceView, NoticesView, ReadNoticesView, UnreadNoticesView
from helpdesk.web.settings_api import urls as settings_urls

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("notices/", NoticesView.as_view(), name="notices"),
    path("notices/choice/", NoticeChoiceView.as_view(), name="notice-choice"),
    path("notices/read/", ReadNoticesView.as_view(), name="read-notices"),
    path("notices/unread/", UnreadNoticesView.as_view(), name="unread-notices"),
    path("users/", UsersView.as_view(), name="users"),
    *settings_urls.urlpatterns,
]
