from django.urls import path

from helpdesk.web import door_urls, expert, find, notices, people_urls, profile, push, shortcuts, sign_in

app_name = "web"

urlpatterns = [
    path("", find.start, name="start"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/theme/", profile.theme, name="theme"),
    *door_urls.urlpatterns,
    path("profile/keys/", shortcuts.keys, name="keys"),
    path("profile/notices/", notices.choice, name="notice-choice"),
    path("profile/notices/push/", push.add, name="add-push"),
    path("profile/notices/push/<int:browser>/remove/", push.remove, name="remove-push"),
    path("notices/worker.js", push.worker, name="push-worker"),
    path("notices/", notices.inbox, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.read, name="read-notices"),
    path("notices/unread/", notices.unread, name="unread-notices"),
    path("find/", find.find, name="find"),
    path("tickets/<int:number>/", expert.ticket, name="ticket"),
    path("tickets/<int:number>/live/", expert.ticket_live, name="ticket-live"),
    path("tickets/<int:number>/inbox/", expert.ticket_inbox, name="ticket-inbox"),
    *people_urls.urlpatterns,
]
