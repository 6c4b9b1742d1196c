"""The addresses of the two APIs alone, so that their tests do not need the pages."""

from django.urls import include, path

from tickets import api_urls

urlpatterns = [
    path("api/agent/v1/", include((api_urls.agent_urlpatterns, "agent-api"))),
    path("api/v1/", include((api_urls.urlpatterns, "api"))),
]
