"""Which files may come in, under which name, and which may be shown (ATTACKS A2, A24, A25, A34)."""

import re
import unicodedata

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 120
HEAD_BYTES = 512

_PROGRAM_ENDINGS = """
    exe dll js jse vbs vbe wsf wsh bat cmd ps1 psm1 msi msp scr hta lnk jar com pif cpl reg chm iso img vhd
"""
_PROGRAMS = frozenset(_PROGRAM_ENDINGS.split())
_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_BY_NAME = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "log": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
}
OTHER = "application/octet-stream"
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def clean_name(name: str) -> str:
    """A file name without path, control, direction-changing or reserved characters; 1 to 120 long."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    name = re.sub(r'[<>:"|?*]', "_", name)
    name = re.sub(r"\s+", " ", name).strip(" .")
    if not name:
        return "file"
    if _DEVICES.match(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 16:
        return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
    return name[:MAX_NAME]


def is_program(name: str, head: bytes) -> bool:
    """Any of the endings counts: `invoice.exe.pdf` is refused as well as `invoice.pdf.exe`."""
    endings = {part.strip().lower() for part in clean_name(name).split(".")[1:]}
    return bool(endings & _PROGRAMS) or head.startswith((b"MZ", b"\x7fELF"))


def image_type(head: bytes) -> str | None:
    """The type that the first bytes prove, whatever name or sender claim."""
    for magic, media_type in _IMAGES.items():
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return None


def media_type_of(name: str, head: bytes) -> str:
    """Images by their bytes; a few harmless types by name; everything else is plain bytes."""
    return image_type(head) or _BY_NAME.get(clean_name(name).rpartition(".")[2].lower(), OTHER)
