"""Django's pages and API for a plain WSGI server (granian, gunicorn): the scaled shape's web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
application = get_wsgi_application()
