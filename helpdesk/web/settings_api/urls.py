"""Mounted by helpdesk.urls under /api/v1/: the administration."""

from django.urls import URLPattern, path
from rest_framework.views import APIView

from helpdesk.web.settings_api import audit, devices, fields, house, keys, people, roles, teams, webhooks

_ROUTES: list[tuple[str, type[APIView], str]] = [
    ("people/", people.PeopleView, "people"),
    ("people/<int:person>/", people.PersonView, "person"),
    ("people/<int:person>/invite/", people.InviteAgainView, "invite-again"),
    ("people/<int:person>/deactivate/", people.DeactivateView, "deactivate-person"),
    ("people/<int:person>/activate/", people.ActivateView, "activate-person"),
    ("teams/", teams.TeamsView, "teams"),
    ("teams/<int:team>/", teams.TeamView, "team"),
    ("roles/", roles.RolesView, "roles"),
    ("roles/<int:role>/", roles.RoleView, "role"),
    ("organisation/", house.OrganisationView, "organisation"),
    ("organisation/logo/", house.LogoView, "logo"),
    ("mail-texts/", house.MailTextsView, "mail-texts"),
    ("mail-texts/<str:kind>/<str:language>/", house.MailTextView, "mail-text"),
    ("mail-texts/<str:kind>/<str:language>/preview/", house.MailPreviewView, "preview-mail-text"),
    ("mail-texts/<str:kind>/<str:language>/test/", house.MailTestView, "test-mail-text"),
    ("audit/", audit.AuditView, "audit"),
    ("webhooks/", webhooks.WebhooksView, "webhooks"),
    ("webhooks/<int:webhook>/", webhooks.WebhookView, "webhook"),
    ("webhooks/<int:webhook>/restore/", webhooks.RestoreWebhookView, "restore-webhook"),
    ("webhooks/<int:webhook>/secret/", webhooks.WebhookSecretView, "webhook-secret"),
    ("webhooks/<int:webhook>/calls/", webhooks.CallsView, "webhook-calls"),
    ("webhooks/<int:webhook>/calls/<uuid:call>/again/", webhooks.CallAgainView, "call-again"),
    ("fields/", fields.FieldsView, "fields"),
    ("fields/<int:field>/", fields.FieldView, "field"),
    ("fields/<int:field>/restore/", fields.RestoreFieldView, "restore-field"),
    ("clients/<uuid:client>/keys/", keys.KeysView, "keys"),
    ("clients/<uuid:client>/keys/<int:key>/", keys.KeyView, "key"),
    ("clients/<uuid:client>/keys/<int:key>/rotate/", keys.RotateKeyView, "rotate-key"),
    ("clients/<uuid:client>/agent/preview/", devices.BulkPreviewView, "preview-agents"),
    ("clients/<uuid:client>/agent/", devices.BulkView, "switch-agents"),
    ("agent-runs/<uuid:run>/", devices.RunView, "run"),
    ("agent-runs/<uuid:run>/results/", devices.RunResultsView, "run-results"),
    ("agent-runs/<uuid:run>/undo/", devices.UndoRunView, "undo-run"),
    ("devices/<uuid:device>/agent/", devices.DeviceAgentView, "device-agent"),
    ("devices/<uuid:device>/profiles/", devices.ProfilesView, "profiles"),
    ("profiles/<uuid:profile>/", devices.ProfileView, "profile"),
    ("approvals/", devices.ApprovalsView, "approvals"),
    ("approvals/<uuid:profile>/", devices.ApprovalView, "approval"),
]
urlpatterns: list[URLPattern] = [path(route, view.as_view(), name=name) for route, view, name in _ROUTES]
