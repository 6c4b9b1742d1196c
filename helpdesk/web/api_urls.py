"""Mounted by helpdesk.urls under /api/v1/: what belongs to the house as a whole."""

from django.urls import path

from helpdesk.web.api import CallsView, MeView, TeamsView, UsersView, WebhooksView, WebhookView

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("users/", UsersView.as_view(), name="users"),
    path("teams/", TeamsView.as_view(), name="teams"),
    path("webhooks/", WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<int:webhook>/", WebhookView.as_view(), name="webhook"),
    path("webhooks/<int:webhook>/calls/", CallsView.as_view(), name="webhook-calls"),
]
