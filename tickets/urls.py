from django.urls import path

from tickets.views import actions, answers, files, listing, opening

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
    path("files/<uuid:public_id>/", files.attachment, name="attachment"),
]
