"""Addresses of the organisation's settings; part of helpdesk.web.urls."""

from django.urls import path

from helpdesk.web import audit, people, roles, settings_pages, teams

urlpatterns = [
    path("settings/organisation/", settings_pages.organisation, name="organisation"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/new/", people.new_person, name="new-person"),
    path("settings/people/<int:person>/", people.person, name="person"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/<int:team>/", teams.team, name="team"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/export/", audit.export, name="export-audit"),
    path("settings/roles/", roles.matrix, name="roles"),
    path("settings/roles/<int:role>/", roles.edit, name="role"),
]
