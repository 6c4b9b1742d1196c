"""Mounted by helpdesk.urls under /api/agent/v1/ in the namespace `agent-api`, beside the paths of tickets."""

from django.urls import path

from agents.api.views import ConfirmView, HeartbeatView, MeView, RegisterView, TokenView

urlpatterns = [
    path("register", RegisterView.as_view(), name="register"),
    path("heartbeat", HeartbeatView.as_view(), name="heartbeat"),
    path("me", MeView.as_view(), name="me"),
    path("verification/token", TokenView.as_view(), name="send-token"),
    path("verification/confirm", ConfirmView.as_view(), name="confirm-token"),
]
