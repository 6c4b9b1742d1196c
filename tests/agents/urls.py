"""The agent API alone, as helpdesk.urls mounts it."""

from django.urls import include, path

urlpatterns = [path("api/agent/v1/", include(("agents.api_urls", "agent-api")))]
