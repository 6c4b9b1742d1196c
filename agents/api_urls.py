"""Two lists: helpdesk.urls mounts `urlpatterns` under /api/agent/v1/ (namespace `agent-api`) and
`technician_urlpatterns` under /api/v1/ (namespace `api`), each beside the paths of tickets.
"""

from django.urls import path

from agents.api.fields import ContactFieldsView, DeviceFieldsView
from agents.api.technician import (
    ClientsView,
    ClientView,
    ContactsView,
    ContactView,
    DevicesView,
    DeviceView,
)
from agents.api.views import ConfirmView, HeartbeatView, MeView, RegisterView, TokenView

urlpatterns = [
    path("register", RegisterView.as_view(), name="register"),
    path("heartbeat", HeartbeatView.as_view(), name="heartbeat"),
    path("me", MeView.as_view(), name="me"),
    path("verification/token", TokenView.as_view(), name="send-token"),
    path("verification/confirm", ConfirmView.as_view(), name="confirm-token"),
]

technician_urlpatterns = [
    path("clients/", ClientsView.as_view(), name="clients"),
    path("clients/<uuid:client>/", ClientView.as_view(), name="client"),
    path("contacts/", ContactsView.as_view(), name="contacts"),
    path("contacts/<uuid:contact>/", ContactView.as_view(), name="contact"),
    path("contacts/<uuid:contact>/fields/", ContactFieldsView.as_view(), name="contact-fields"),
    path("devices/<uuid:device>/fields/", DeviceFieldsView.as_view(), name="device-fields"),
    path("devices/", DevicesView.as_view(), name="devices"),
    path("devices/<uuid:device>/", DeviceView.as_view(), name="device"),
]
