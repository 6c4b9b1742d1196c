from django.urls import path

from helpdesk.web.clients import activation, approvals, client, device, keys, lists, people, personal

app_name = "agents"

urlpatterns = [
    path("clients/", lists.clients, name="clients"),
    path("clients/new/", client.new, name="new-client"),
    path("clients/<uuid:client>/", client.devices, name="client"),
    path("clients/<uuid:client>/tickets/", client.tickets, name="client-tickets"),
    path("clients/<uuid:client>/people/", client.people, name="client-people"),
    path("clients/<uuid:client>/people/<uuid:contact>/mail/", people.mail, name="contact-mail"),
    path("clients/<uuid:client>/people/<uuid:contact>/fields/", people.fields, name="contact-fields"),
    path("contacts/<uuid:contact>/data/", personal.data, name="person-data"),
    path("contacts/<uuid:contact>/data/export/", personal.export, name="person-export"),
    path("clients/<uuid:client>/settings/", client.settings, name="client-settings"),
    path("clients/<uuid:client>/keys/", keys.new, name="new-key"),
    path("clients/<uuid:client>/keys/<int:key>/", keys.act, name="key-action"),
    path("clients/<uuid:client>/agent/", activation.preview, name="activation"),
    path("clients/<uuid:client>/agent/apply/", activation.apply, name="activation-apply"),
    path("agent-runs/<uuid:run>/", activation.result, name="activation-run"),
    path("agent-runs/<uuid:run>/undo/", activation.undo, name="activation-undo"),
    path("devices/", lists.devices, name="devices"),
    path("devices/<uuid:device>/", device.page, name="device"),
    path("devices/<uuid:device>/agent/", device.agent, name="device-agent"),
    path("devices/<uuid:device>/fields/", device.fields, name="device-fields"),
    path("profiles/<uuid:profile>/", device.profile_action, name="profile-action"),
    path("approvals/", approvals.page, name="approvals"),
    path("approvals/<uuid:profile>/", approvals.decide, name="decide"),
]
