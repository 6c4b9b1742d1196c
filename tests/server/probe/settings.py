from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.server.probe"]
MIDDLEWARE = [name for name in MIDDLEWARE if "Csrf" not in name]
ROOT_URLCONF = "tests.server.probe.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
