"""Settings: everything that differs between installations comes from the environment (docs/operations.md)."""

from pathlib import Path
from urllib.parse import urlsplit

from helpdesk.env import (
    database_settings,
    email_settings,
    env_bool,
    env_int,
    env_list,
    env_listen,
    env_networks,
    env_path,
    env_secret,
    env_str,
    env_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env_path("DATA_DIR", BASE_DIR / "var")
for _folder in (DATA_DIR, DATA_DIR / "files", DATA_DIR / "static"):
    _folder.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", DATA_DIR / "secret.key")
EMBEDDED = env_bool("EMBEDDED", default=True)
PORT = env_int("PORT", 8000, least=1, most=65535)

# Links in mails start with BASE_URL and never with the Host header of a request (ATTACKS A19).
BASE_URL = env_url("BASE_URL", f"http://127.0.0.1:{PORT}", schemes=("http", "https")).geturl().rstrip("/")
_base = urlsplit(BASE_URL)
ALLOWED_HOSTS = [str(_base.hostname), *env_list("HOSTS"), "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
TRUSTED_PROXIES = env_networks("TRUSTED_PROXIES")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "helpdesk.core",
    "agents",
    "tickets",
    "sessions",
    "helpdesk.web",
    "helpdesk.demo",
    "helpdesk.server",
]
MIDDLEWARE = [
    "helpdesk.core.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "helpdesk.core.middleware.Slashes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "helpdesk.core.middleware.PersonalSettings",
    "helpdesk.web.accounts.middleware.SecondFactorWall",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "helpdesk.core.middleware.ErrorPages",
]
ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("helpdesk.core.loader.Loader", ["django.template.loaders.app_directories.Loader"]),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "helpdesk.web.context_processors.shell",
            ],
        },
    },
]

DATABASES = {"default": database_settings(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
REDIS_URL = env_str("REDIS_URL")
if REDIS_URL:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["helpdesk.core.backend.UserBackend"]
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "web:sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

_is_https = _base.scheme == "https"
SESSION_ENGINE = "helpdesk.core.backend"
SESSION_COOKIE_NAME = "deskbell"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "helpdesk.web.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # core.middleware.SecurityHeaders sets X-Frame-Options
    "security.W005",  # whether subdomains have TLS is not ours to say
    "security.W008",  # the proxy that speaks TLS redirects
    "security.W021",  # neither is the preload list
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("it", "Italiano")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

globals().update(email_settings())
EMAIL_TIMEOUT = env_int("EMAIL_TIMEOUT_SECONDS", 30, least=1, most=300)
DEFAULT_FROM_EMAIL = env_str("MAIL_FROM", f"Deskbell <helpdesk@{_base.hostname}>")

SMTP_LISTEN = env_listen("SMTP_LISTEN", "127.0.0.1:8025")
LMTP_LISTEN = env_listen("LMTP_LISTEN")
MAIL_ALLOWED_HOSTS = env_list("MAIL_ALLOWED_HOSTS")
WEBHOOK_ALLOWED_HOSTS = env_list("WEBHOOK_ALLOWED_HOSTS")
SIGN_IN_ALLOWED_HOSTS = env_list("SIGN_IN_ALLOWED_HOSTS")
MAIL_RESERVE_MB = env_int("MAIL_RESERVE_MB", 100)
RULE_HISTORY_DAYS = env_int("RULE_HISTORY_DAYS", 180, least=31, most=3650)

AGENT_HEARTBEAT_SECONDS = env_int("AGENT_HEARTBEAT_SECONDS", 30, least=1, most=60)
AGENT_CONNECTIONS = env_int("AGENT_CONNECTIONS", 10_000, most=1_000_000)
AGENT_CONNECTIONS_PER_ADDRESS = env_int("AGENT_CONNECTIONS_PER_ADDRESS", 2_000, least=1)
AGENT_GRACE_SECONDS = env_int("AGENT_GRACE_SECONDS", 8, most=60)
PATIENCE_SECONDS = env_int("PATIENCE_SECONDS", 15, least=1, most=600)
AGENT_MINIMUM_VERSION = env_str("AGENT_MINIMUM_VERSION", "0.1.0")
AGENT_TICKETS_PER_HOUR = env_int("AGENT_TICKETS_PER_HOUR", 60, least=1)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "helpdesk.core.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
    # Else the schema's ?version= goes as it is into the Content-Disposition header (A9).
    "ALLOWED_VERSIONS": ["1"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Deskbell API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TicketStatus": "tickets.api.shapes.STATUSES",
        "TicketType": "tickets.api.shapes.TYPES",
        "ReportKind": "tickets.api.shapes.REPORTS",
        "WrittenKind": "tickets.api.shapes.WRITTEN",
        "FieldType": "agents.api.fields.TYPES",
        "MailboxKind": "helpdesk.web.settings_api.mailboxes.KINDS",
        "MailboxSecurity": "helpdesk.web.settings_api.mailboxes.SECURITIES",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "helpdesk.core.domain.redaction.RedactFilter"}},
    "formatters": {"line": {"()": "helpdesk.core.domain.redaction.RedactFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["redact"], "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
