"""The credential on Linux: in the Secret Service when a desktop offers one, else in a sealed file.

There is no DPAPI here. The sealed file is XORed with a key stream from a random key that lies in another
folder (0600), so a backup or a log that has one of them has no credential. Who reads both as this user can
read it: as with any program's.
"""

import hashlib
import os
import secrets
from pathlib import Path


def _private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".new")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _mixed(data: bytes, key: bytes) -> bytes:
    stream = hashlib.shake_256(b"deskbell-credential" + key).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))


class SealedStore:
    name = "sealed file (no protected store on this system)"

    def __init__(self, folder: Path) -> None:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        self._sealed, self._key = folder / "credential.sealed", base / "deskbell" / f"{place}.key"

    def load(self) -> str:
        try:
            return _mixed(self._sealed.read_bytes(), self._key.read_bytes()).decode()
        except (FileNotFoundError, UnicodeDecodeError):
            return ""

    def save(self, secret: str) -> None:
        key = secrets.token_bytes(32)
        _private(self._key, key)
        _private(self._sealed, _mixed(secret.encode(), key))


class SecretService:
    name = "Secret Service"

    def __init__(self, folder: Path) -> None:
        import keyring
        from keyring.backends import SecretService as backend

        if backend.Keyring.priority <= 0:
            raise RuntimeError("no Secret Service")
        self._keyring, self._account = keyring, str(folder.resolve())

    def load(self) -> str:
        return self._keyring.get_password("deskbell-agent", self._account) or ""

    def save(self, secret: str) -> None:
        self._keyring.set_password("deskbell-agent", self._account, secret)


def best_store(folder: Path) -> SealedStore | SecretService:
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        try:
            return SecretService(folder)
        except (ImportError, RuntimeError):
            pass
    return SealedStore(folder)
