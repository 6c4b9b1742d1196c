"""Mounted by helpdesk.urls under /api/v1/: what belongs to the house as a whole."""

from django.urls import path

from helpdesk.web.api import CallsView, MeView, UsersView, WebhooksView, WebhookView
from helpdesk.web.settings_api import urls as settings_urls

urlpatterns = [
    *settings_urls.urlpatterns,
    path("me/", MeView.as_view(), name="me"),
    path("users/", UsersView.as_view(), name="users"),
    path("webhooks/", WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<int:webhook>/", WebhookView.as_view(), name="webhook"),
    path("webhooks/<int:webhook>/calls/", CallsView.as_view(), name="webhook-calls"),
]
