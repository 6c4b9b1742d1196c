"""Addresses of the organisation's settings; part of helpdesk.web.urls."""

from django.urls import path

from helpdesk.web import audit, branding, mail_texts, people, roles, settings_pages, teams

urlpatterns = [
    path("settings/organisation/", settings_pages.organisation, name="organisation"),
    path("settings/organisation/logo/", branding.change_logo, name="change-logo"),
    path("logo/<slug:logo>/", branding.logo, name="logo"),
    path("brand/<str:color>.css", branding.colors, name="brand-css"),
    path("settings/mail-texts/", mail_texts.mail_texts, name="mail-texts"),
    path("settings/mail-texts/<str:kind>/<str:language>/", mail_texts.mail_text, name="mail-text"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/new/", people.new_person, name="new-person"),
    path("settings/people/<int:person>/", people.person, name="person"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/back/", teams.bring_back_team, name="bring-back-team"),
    path("settings/teams/<int:team>/", teams.team, name="team"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/export/", audit.export, name="export-audit"),
    path("settings/roles/", roles.matrix, name="roles"),
    path("settings/roles/back/", roles.bring_back_role, name="bring-back-role"),
    path("settings/roles/<int:role>/", roles.edit, name="role"),
]
