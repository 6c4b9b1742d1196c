"""Mounted by helpdesk.urls under /api/v1/: what belongs to the house as a whole."""

from django.urls import path

from helpdesk.web.api import MeView, UsersView
from helpdesk.web.settings_api import urls as settings_urls

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("users/", UsersView.as_view(), name="users"),
    *settings_urls.urlpatterns,
]
