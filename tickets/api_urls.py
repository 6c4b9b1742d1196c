"""Two lists: helpdesk.urls mounts `agent_urlpatterns` at /api/agent/v1/ beside those of agents (namespace
`agent-api`) and `urlpatterns` at /api/v1/ (namespace `api`).
"""

from django.urls import path

from tickets.api.agent import AgentTicketsView
from tickets.api.messages import AttachmentView, MessagesView
from tickets.api.shelf import MacrosView, TagsView, ViewsView
from tickets.api.technician import TicketsView, TicketView

agent_urlpatterns = [
    path("tickets", AgentTicketsView.as_view(), name="tickets"),
]

urlpatterns = [
    path("tickets/", TicketsView.as_view(), name="tickets"),
    path("tickets/<int:number>/", TicketView.as_view(), name="ticket"),
    path("tickets/<int:number>/messages/", MessagesView.as_view(), name="messages"),
    path("attachments/<uuid:attachment>/", AttachmentView.as_view(), name="attachment"),
    path("tags/", TagsView.as_view(), name="tags"),
    path("macros/", MacrosView.as_view(), name="macros"),
    path("views/", ViewsView.as_view(), name="views"),
]
