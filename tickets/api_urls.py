"""Two lists: helpdesk.urls mounts `agent_urlpatterns` at /api/agent/v1/ beside those of agents (namespace
`agent-api`) and `urlpatterns` at /api/v1/ (namespace `api`).
"""

from django.urls import path

from tickets.api.agent import AgentTicketsView
from tickets.api.technician import MessagesView, TicketsView, TicketView

agent_urlpatterns = [
    path("tickets", AgentTicketsView.as_view(), name="tickets"),
]

urlpatterns = [
    path("tickets/", TicketsView.as_view(), name="tickets"),
    path("tickets/<int:number>/", TicketView.as_view(), name="ticket"),
    path("tickets/<int:number>/messages/", MessagesView.as_view(), name="messages"),
]
