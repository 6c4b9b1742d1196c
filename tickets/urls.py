from django.urls import path

from tickets.views import actions, answers, files, listing, mails, opening, rule_editor, rule_trace, rules

app_name = "tickets"
urlpatterns = [
    path("tickets/", listing.tickets, name="list"),
    path("tickets/new/", opening.new, name="new"),
    path("tickets/<int:number>/peek/", listing.peek, name="peek"),
    path("tickets/<int:number>/reply/", answers.reply, name="reply"),
    path("tickets/<int:number>/note/", answers.note, name="note"),
    path("tickets/<int:number>/status/", actions.status, name="status"),
    path("tickets/<int:number>/priority/", actions.priority, name="priority"),
    path("tickets/<int:number>/assign/", actions.assign, name="assign"),
    path("tickets/<int:number>/take/", actions.take, name="take"),
    path("tickets/<int:number>/tags/", actions.tags, name="tags"),
    path("tickets/<int:number>/subject/", actions.subject, name="subject"),
    path("tickets/<int:number>/rules/", rule_trace.trace, name="rule-trace"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rule_editor.new, name="new-rule"),
    path("rules/history/", rules.history, name="rules-history"),
    path("rules/<int:rule>/", rule_editor.edit, name="rule"),
    path("rules/<int:rule>/move/", rules.move, name="move-rule"),
    path("rules/<int:rule>/switch/", rules.switch, name="switch-rule"),
    path("rules/<int:rule>/delete/", rules.delete, name="delete-rule"),
    path("rules/<int:rule>/restore/", rules.restore, name="restore-rule"),
    path("rules/<int:rule>/tickets/", rules.tickets, name="rule-tickets"),
    path("mails/<int:mail>/undo/", mails.undo, name="undo-mail"),
    path("mails/<int:mail>/resend/", mails.resend, name="resend-mail"),
    path("files/<uuid:public_id>/", files.attachment, name="attachment"),
]
