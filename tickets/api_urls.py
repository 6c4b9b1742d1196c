"""Two lists: helpdesk.urls mounts `agent_urlpatterns` at /api/agent/v1/ beside those of agents (namespace
`agent-api`) and `urlpatterns` at /api/v1/ (namespace `api`).
"""

from django.urls import path

from tickets.api.agent import AgentTicketsView
from tickets.api.merging import MergeView, SplitView, TakeView
from tickets.api.messages import AttachmentView, MessagesView
from tickets.api.shelf import MacrosView, TagsView, ViewsView
from tickets.api.technician import TicketsView, TicketView
from tickets.api.work import ChecklistView, ItemView, LinksView, LinkView, SnoozeView

agent_urlpatterns = [
    path("tickets", AgentTicketsView.as_view(), name="tickets"),
]

urlpatterns = [
    path("tickets/", TicketsView.as_view(), name="tickets"),
    path("tickets/<int:number>/", TicketView.as_view(), name="ticket"),
    path("tickets/<int:number>/messages/", MessagesView.as_view(), name="messages"),
    path("tickets/<int:number>/checklist/", ChecklistView.as_view(), name="checklist"),
    path("tickets/<int:number>/checklist/<int:item>/", ItemView.as_view(), name="checklist-item"),
    path("tickets/<int:number>/snooze/", SnoozeView.as_view(), name="snooze"),
    path("tickets/<int:number>/links/", LinksView.as_view(), name="links"),
    path("tickets/<int:number>/links/<int:other>/", LinkView.as_view(), name="link"),
    path("tickets/<int:number>/take/", TakeView.as_view(), name="take"),
    path("tickets/<int:number>/merge/", MergeView.as_view(), name="merge"),
    path("messages/<int:message>/split/", SplitView.as_view(), name="split"),
    path("attachments/<uuid:attachment>/", AttachmentView.as_view(), name="attachment"),
    path("tags/", TagsView.as_view(), name="tags"),
    path("macros/", MacrosView.as_view(), name="macros"),
    path("views/", ViewsView.as_view(), name="views"),
]
