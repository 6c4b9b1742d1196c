"""Pages about doors for other programs, in the namespace `web`."""

from django.urls import path

from helpdesk.web import imports, providers, tokens, webhooks

urlpatterns = [
    path("profile/tokens/", tokens.own, name="tokens"),
    path("profile/tokens/<int:token>/revoke/", tokens.revoke, name="revoke-token"),
    path("settings/tokens/", tokens.everybody, name="all-tokens"),
    path("settings/webhooks/", webhooks.index, name="webhooks"),
    path("settings/webhooks/<int:webhook>/", webhooks.one, name="webhook"),
    path("settings/webhooks/<int:webhook>/do/", webhooks.act, name="webhook-do"),
    path("settings/webhooks/<int:webhook>/restore/", webhooks.restore, name="restore-webhook"),
    path("settings/webhooks/calls/<int:call>/again/", webhooks.again, name="call-again"),
    path("settings/providers/", providers.index, name="providers"),
    path("settings/providers/<int:provider>/", providers.one, name="provider"),
    path("settings/providers/<int:provider>/do/", providers.act, name="provider-do"),
    path("settings/providers/<int:provider>/restore/", providers.restore, name="restore-provider"),
    path("settings/imports/", imports.index, name="imports"),
    path("settings/imports/<uuid:import_run>/", imports.one, name="import"),
    path("settings/imports/<uuid:import_run>/undo/", imports.undo, name="undo-import"),
]
