"""Strict reading of the environment: a value that makes no sense stops the start with a sentence."""

import ipaddress
import os
import secrets
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_bool(name: str, *, default: bool) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    word = raw.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}.")


def env_int(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    raw = env_str(name)
    if not raw:
        return default
    try:
        number = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}, not {number}.")
    return number


def env_list(name: str) -> list[str]:
    """Comma-separated words; empty ones are dropped."""
    return [word for part in env_str(name).split(",") if (word := part.strip())]


def env_networks(name: str) -> list[Network]:
    """Addresses or networks like `10.0.0.0/8, ::1`."""
    try:
        return [ipaddress.ip_network(word) for word in env_list(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must hold addresses or networks: {error}") from None


def env_listen(name: str, default: str = "") -> tuple[str, int] | None:
    """`host:port` to listen on; empty means not at all."""
    raw = env_str(name, default)
    if not raw:
        return None
    host, _colon, port = raw.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(f"{name} must look like 127.0.0.1:8025, not {raw!r}.")
    return host.strip("[]"), int(port)


def env_path(name: str, default: Path) -> Path:
    raw = env_str(name)
    return Path(raw).expanduser().resolve() if raw else default


def env_url(name: str, default: str, *, schemes: tuple[str, ...]) -> SplitResult:
    """A URL with one of `schemes`. The value is never repeated in the error: it may hold a password."""
    url = urlsplit(env_str(name, default) or default)
    if url.scheme not in schemes or not url.hostname:
        raise ImproperlyConfigured(f"{name} must look like {schemes[0]}://host, with a host name.")
    return url


def env_secret(name: str, file: Path) -> str:
    """The secret from the environment, else from `file`, which is made (0600) on the first start."""
    if value := env_str(name):
        if len(value) < 32:
            raise ImproperlyConfigured(f"{name} must be at least 32 characters long.")
        return value
    try:
        # O_EXCL: of two processes that start together one makes the key and the other reads it.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_text().strip()
        if len(key) < 32:
            raise ImproperlyConfigured(f"{file.name} is damaged; remove it to make a new one.") from None
        return key
    with os.fdopen(handle, "w") as stream:
        stream.write(key := secrets.token_urlsafe(48))
    return key


def database_settings(data_dir: Path) -> dict[str, object]:
    """SQLite in `data_dir`, or PostgreSQL when DATABASE_URL says so (`postgres://user:pw@host:5432/name`)."""
    if not env_str("DATABASE_URL"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY"
        return {
            "ENGINE": "helpdesk.sqlite",
            "NAME": data_dir / "db.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
        }
    url = env_url("DATABASE_URL", "", schemes=("postgres", "postgresql"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname,
        "PORT": url.port or 5432,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def email_settings() -> dict[str, object]:
    """Django's EMAIL_* names out of EMAIL_URL: smtp:// (plain), smtp+tls:// (STARTTLS) or smtps:// (TLS)."""
    if not env_str("EMAIL_URL"):
        return {"EMAIL_BACKEND": "helpdesk.core.mailbox.FileBackend"}
    url = env_url("EMAIL_URL", "", schemes=("smtp", "smtp+tls", "smtps"))
    return {
        "EMAIL_BACKEND": "helpdesk.core.mailbox.SmtpBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[url.scheme],
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": url.scheme == "smtp+tls",
        "EMAIL_USE_SSL": url.scheme == "smtps",
    }
