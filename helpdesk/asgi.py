"""The whole desk for an ASGI server: streams and heartbeats by the front, the rest by Django under WSGI."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from helpdesk.server.front import build_application

application = build_application()
