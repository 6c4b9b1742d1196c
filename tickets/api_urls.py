"""Two lists: helpdesk.urls mounts `agent_urlpatterns` at /api/agent/v1/ beside those of agents (namespace
`agent-api`) and `urlpatterns` at /api/v1/ (namespace `api`).
"""

from django.urls import path

from tickets.api.agent import AgentTicketsView
from tickets.api.bulk import BulkPreviewView, BulkView, UndoBulkView
from tickets.api.canned import CopyMacroView, MacrosView, MacroView
from tickets.api.contact_mail import ContactMailView
from tickets.api.fields import TicketFieldsView
from tickets.api.macros import MacroRunView, TicketMacroView
from tickets.api.merging import MergeView, SplitView, TakeView
from tickets.api.messages import AttachmentView, MessagesView
from tickets.api.people import (
    AdmitView,
    BlockView,
    FollowersView,
    FollowerView,
    ParticipantsView,
    ParticipantView,
    ResendMailView,
    UndoMessageView,
)
from tickets.api.report_plans import BringBackPlanView, PlansView, PlanView
from tickets.api.reports import DashboardView, ReportView
from tickets.api.tags import MergeTagView, TagsView, TagView, UndoTagView
from tickets.api.technician import TicketsView, TicketView
from tickets.api.times import (
    OwnTimesView,
    TimeAnswerView,
    TimerChoiceView,
    TimerView,
    TimesView,
    TimeView,
)
from tickets.api.told import CountView, RatingsView, TraceView
from tickets.api.views import MoveViewView, ViewsView, ViewView
from tickets.api.work import ChecklistView, ItemView, LinksView, LinkView, SnoozeView

agent_urlpatterns = [
    path("tickets", AgentTicketsView.as_view(), name="tickets"),
]

urlpatterns = [
    path("tickets/", TicketsView.as_view(), name="tickets"),
    path("tickets/count/", CountView.as_view(), name="count-tickets"),
    path("contacts/<uuid:contact>/mail/", ContactMailView.as_view(), name="contact-mail"),
    path("tickets/<int:number>/", TicketView.as_view(), name="ticket"),
    path("tickets/<int:number>/messages/", MessagesView.as_view(), name="messages"),
    path("tickets/<int:number>/checklist/", ChecklistView.as_view(), name="checklist"),
    path("tickets/<int:number>/checklist/<int:item>/", ItemView.as_view(), name="checklist-item"),
    path("tickets/<int:number>/snooze/", SnoozeView.as_view(), name="snooze"),
    path("tickets/<int:number>/links/", LinksView.as_view(), name="links"),
    path("tickets/<int:number>/links/<int:other>/", LinkView.as_view(), name="link"),
    path("tickets/<int:number>/take/", TakeView.as_view(), name="take"),
    path("tickets/<int:number>/merge/", MergeView.as_view(), name="merge"),
    path("tickets/<int:number>/time/", TimesView.as_view(), name="times"),
    path("time/", OwnTimesView.as_view(), name="own-times"),
    path("time/<int:entry>/", TimeView.as_view(), name="time"),
    path("time/<int:entry>/answer/", TimeAnswerView.as_view(), name="time-answer"),
    path("timer/", TimerView.as_view(), name="timer"),
    path("timer/choice/", TimerChoiceView.as_view(), name="timer-choice"),
    path("tickets/<int:number>/fields/", TicketFieldsView.as_view(), name="ticket-fields"),
    path("tickets/<int:number>/followers/", FollowersView.as_view(), name="followers"),
    path("tickets/<int:number>/followers/<int:user>/", FollowerView.as_view(), name="follower"),
    path("tickets/<int:number>/participants/", ParticipantsView.as_view(), name="participants"),
    path(
        "tickets/<int:number>/participants/<int:participant>/",
        ParticipantView.as_view(),
        name="participant",
    ),
    path("messages/<int:message>/admit/", AdmitView.as_view(), name="admit"),
    path("messages/<int:message>/block/", BlockView.as_view(), name="block"),
    path("messages/<int:message>/undo/", UndoMessageView.as_view(), name="undo-message"),
    path("mails/<int:mail>/resend/", ResendMailView.as_view(), name="resend-mail"),
    path("messages/<int:message>/split/", SplitView.as_view(), name="split"),
    path("attachments/<uuid:attachment>/", AttachmentView.as_view(), name="attachment"),
    path("tags/", TagsView.as_view(), name="tags"),
    path("macros/", MacrosView.as_view(), name="macros"),
    path("macros/<int:macro>/", MacroView.as_view(), name="macro"),
    path("macros/<int:macro>/copy/", CopyMacroView.as_view(), name="copy-macro"),
    path("views/", ViewsView.as_view(), name="views"),
    path("views/<int:view>/", ViewView.as_view(), name="view"),
    path("views/<int:view>/move/", MoveViewView.as_view(), name="move-view"),
    path("tags/<int:tag>/", TagView.as_view(), name="tag"),
    path("tags/<int:tag>/merge/", MergeTagView.as_view(), name="merge-tag"),
    path("tags/undo/<int:undo>/", UndoTagView.as_view(), name="undo-tag"),
    path("tickets/<int:number>/macros/<int:macro>/", TicketMacroView.as_view(), name="ticket-macro"),
    path("tickets/<int:number>/macro-runs/<int:run>/", MacroRunView.as_view(), name="macro-run"),
    path("tickets/<int:number>/ratings/", RatingsView.as_view(), name="ratings"),
    path("tickets/<int:number>/rules/", TraceView.as_view(), name="rule-trace"),
    path("dashboard/", DashboardView.as_view(), name="dashboard"),
    path("reports/<slug:kind>/", ReportView.as_view(), name="report"),
    path("report-plans/", PlansView.as_view(), name="report-plans"),
    path("report-plans/back/", BringBackPlanView.as_view(), name="bring-back-report-plan"),
    path("report-plans/<int:plan>/", PlanView.as_view(), name="report-plan"),
    path("bulk/preview/", BulkPreviewView.as_view(), name="preview-bulk"),
    path("bulk/", BulkView.as_view(), name="bulk"),
    path("bulk/<int:run>/undo/", UndoBulkView.as_view(), name="undo-bulk"),
]
