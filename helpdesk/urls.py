"""All addresses. Every view carries a guard; tests/house/test_urls.py walks this list."""

from django.urls import URLPattern, URLResolver, include, path

from agents import api_urls as agents_api
from helpdesk.web import api_urls
from helpdesk.web.api_schema import ApiSchema
from tickets import api_urls as tickets_api

agent_api = ([*agents_api.urlpatterns, *tickets_api.agent_urlpatterns], "agent-api")
technician_api = (
    [*tickets_api.urlpatterns, *agents_api.technician_urlpatterns, *api_urls.urlpatterns],
    "api",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("helpdesk.web.urls")),
    path("", include("helpdesk.web.accounts.urls")),
    path("", include("helpdesk.web.clients.urls")),
    path("", include("tickets.urls")),
    path("", include("tickets.settings_urls")),
    path("api/agent/v1/", include(agent_api)),
    path("api/v1/", include(technician_api)),
    path("api/schema/", ApiSchema.as_view(), name="schema"),
]
handler400 = "helpdesk.web.errors.bad_request"
handler403 = "helpdesk.web.errors.forbidden"
handler404 = "helpdesk.web.errors.not_found"
handler500 = "helpdesk.web.errors.broken"
