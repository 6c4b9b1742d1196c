from django.urls import path

from helpdesk.web import door_urls, expert, find, notices, profile, roles, settings_pages, shortcuts, sign_in

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
    path("notices/", notices.inbox, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.read, name="read-notices"),
    path("notices/unread/", notices.unread, name="unread-notices"),
    path("find/", find.find, name="find"),
    path("tickets/<int:number>/", expert.ticket, name="ticket"),
    path("tickets/<int:number>/live/", expert.ticket_live, name="ticket-live"),
    path("tickets/<int:number>/inbox/", expert.ticket_inbox, name="ticket-inbox"),
    path("settings/organisation/", settings_pages.organisation, name="organisation"),
    path("settings/people/", settings_pages.people, name="people"),
    path("settings/people/new/", settings_pages.new_person, name="new-person"),
    path("settings/people/<int:person>/", settings_pages.person, name="person"),
    path("settings/teams/", settings_pages.teams, name="teams"),
    path("settings/audit/", settings_pages.audit, name="audit"),
    path("settings/roles/", roles.matrix, name="roles"),
    path("settings/roles/<int:role>/", roles.edit, name="role"),
]
