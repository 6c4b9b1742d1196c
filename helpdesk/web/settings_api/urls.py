"""Mounted by helpdesk.urls under /api/v1/: the administration."""

from django.urls import URLPattern, path

from helpdesk.web.settings_api import people, roles, teams

urlpatterns: list[URLPattern] = [
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/<int:person>/", people.PersonView.as_view(), name="person"),
    path("people/<int:person>/invite/", people.InviteAgainView.as_view(), name="invite-again"),
    path("people/<int:person>/deactivate/", people.DeactivateView.as_view(), name="deactivate-person"),
    path("people/<int:person>/activate/", people.ActivateView.as_view(), name="activate-person"),
    path("teams/", teams.TeamsView.as_view(), name="teams"),
    path("teams/<int:team>/", teams.TeamView.as_view(), name="team"),
    path("roles/", roles.RolesView.as_view(), name="roles"),
    path("roles/<int:role>/", roles.RoleView.as_view(), name="role"),
]
