"""What a ticket may hold, checked before it is sent: nobody waits for an upload that will be refused."""

from collections.abc import Sequence
from pathlib import Path

from tray_agent.model import FileDraft, TicketDraft
from tray_agent.texts import _

SUBJECT, DESCRIPTION = 200, 20_000
FILES, FILE_BYTES, ALL_BYTES = 10, 20_000_000, 50_000_000
MEGABYTE = 1_000_000
_PROGRAM_ENDINGS = """
    exe dll js jse vbs vbe wsf wsh bat cmd ps1 psm1 msi msp scr hta lnk jar com pif cpl reg chm iso img vhd
"""
PROGRAMS = frozenset(_PROGRAM_ENDINGS.split())
"""Any of the endings counts, as at the desk."""


class NotAdded(Exception):
    """A file that cannot go along; the text says why."""


def problems(draft: TicketDraft) -> dict[str, str]:
    """Sentences by field; empty when the ticket may be sent."""
    found = {}
    if not draft.subject:
        found["subject"] = _("Please write in one line what is wrong.")
    elif len(draft.subject) > SUBJECT:
        text = _(
            "This line may have %(limit)s characters and has %(count)s. Move the rest into the text below."
        )
        found["subject"] = text % {"limit": SUBJECT, "count": len(draft.subject)}
    if len(draft.description) > DESCRIPTION:
        text = _("This text may have %(limit)s characters and has %(count)s. Shorten it or add it as a file.")
        found["description"] = text % {"limit": f"{DESCRIPTION:,}", "count": f"{len(draft.description):,}"}
    if len(draft.files) + (draft.screenshot is not None) > FILES:
        found["files"] = _too_many()
    elif _bytes_of(draft.files) + len(draft.screenshot or b"") > ALL_BYTES:
        found["files"] = _too_much()
    return found


def read_file(path: Path, *, beside: Sequence[FileDraft], has_picture: bool = False) -> FileDraft:
    """The file as it goes along: its name without folders. NotAdded for what the desk never takes."""
    if len(beside) + has_picture >= FILES:
        raise NotAdded(_too_many())
    try:
        size = path.stat().st_size
        if size > FILE_BYTES:
            limit = {"name": path.name, "limit": FILE_BYTES // MEGABYTE}
            raise NotAdded(_("“%(name)s” is larger than %(limit)s MB.") % limit)
        if _bytes_of(beside) + size > ALL_BYTES:
            raise NotAdded(_too_much())
        data = path.read_bytes()
    except OSError:
        raise NotAdded(_("“%s” could not be read. Is it open in another program?") % path.name) from None
    if not data:
        raise NotAdded(_("“%s” is empty. Save it in its program first.") % path.name)
    if is_program(path.name, data):
        raise NotAdded(
            _("“%s” is a program, and programs are not taken. Write its name instead.") % path.name
        )
    return FileDraft(path.name, data)


def is_program(name: str, data: bytes) -> bool:
    endings = {part.strip().lower() for part in name.split(".")[1:]}
    return bool(endings & PROGRAMS) or data.startswith((b"MZ", b"\x7fELF"))


def size_text(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB" if count >= MEGABYTE / 10 else f"{max(1, count // 1000)} kB"


def _bytes_of(files: Sequence[FileDraft]) -> int:
    return sum(len(file.data) for file in files)


def _too_many() -> str:
    return _("A ticket can carry %s files, its screenshot among them. Remove one first.") % FILES


def _too_much() -> str:
    return _("Screenshot and files may have %s MB together. Remove one of them.") % (ALL_BYTES // MEGABYTE)
