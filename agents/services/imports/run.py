"""A file is looked at, carried out, taken back."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ForeignObjectRel, QuerySet
from django.utils.translation import gettext as _

from agents.domain.csv_file import COLUMNS, MAX_BYTES, MAX_LINES, BadFile, CsvLine, read_lines, text_of
from agents.models import Client, Contact, Device, Kind
from agents.selectors import clients_visible_to, contacts_visible_to, devices_visible_to, sees_all_clients
from agents.services.clients import create_client, create_contact, update_client
from agents.services.contacts import update_contact
from agents.services.imports.plan import AT_ONCE, EDIT, Outcome, Plan, plan_lines
from helpdesk.core import jobs
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import ImportRun, User
from helpdesk.core.services.audit import record

UNDO_FOR = timedelta(days=7)
KEPT_FOR = timedelta(days=30)


def start_import(*, kind: str, filename: str, content: bytes, by: User, now: datetime) -> ImportRun:
    """Keeps a file that can be read, to be looked at. Invalid says what is wrong with the file."""
    if kind not in COLUMNS:
        raise Invalid(fields={"kind": _("Choose what the file holds.")})
    if len(content) > MAX_BYTES:
        raise Invalid(fields={"file": _("Send a file of at most 2 MB.")})
    try:
        text = text_of(content)
        read_lines(text, kind)
    except BadFile as bad:
        raise Invalid(fields={"file": _sentence(bad, kind)}) from bad
    return ImportRun.objects.create(
        kind=kind, filename=filename[-200:] or "import.csv", text=text, by=by, created_at=now
    )


def plan_of(run: ImportRun) -> list[Plan]:
    """What carrying it out would do now."""
    return plan_lines(run.kind, _lines(run), run.by)


def carry_out(*, run: ImportRun, now: datetime) -> None:
    """Does what the plan says by now, line by line; what is wrong stays undone. The first caller does it.

    In parts: a big file does not hold up everybody else, and what was done is noted with each part.
    """
    if ImportRun.objects.filter(pk=run.pk, applied_at=None).update(applied_at=now) != 1:
        raise Conflict(_("This file was imported already."), code="import-done")
    lines = _lines(run)
    for start in range(0, len(lines), AT_ONCE):
        with transaction.atomic():
            part = plan_lines(run.kind, lines, run.by)[start : start + AT_ONCE]
            done = [_do(plan, run, now) for plan in part]
            run.done = [*run.done, *(line for line in done if line)]
            run.save(update_fields=["done"])
    run.refresh_from_db()
    record(actor=run.by, verb="import.done", target=run, after={"lines": len(run.done)}, now=now)


def may_be_undone(run: ImportRun, now: datetime) -> bool:
    return run.applied_at is not None and run.undone_at is None and now < run.applied_at + UNDO_FOR


def undo_import(*, run: ImportRun, by: User, now: datetime) -> tuple[int, int]:
    """Takes back what nobody has touched or used since and `by` still sees; (lines taken back, lines that
    stay).
    """
    since = now - UNDO_FOR
    rows = ImportRun.objects.filter(pk=run.pk, applied_at__gt=since, undone_at=None)
    with transaction.atomic():
        if rows.update(undone_at=now) != 1:
            raise Conflict(_("It was taken back already, or more than seven days ago."), code="import-undone")
        back = sum(_undo(run.kind, line, by) for line in reversed(run.done))
        facts = {"lines": back, "stay": len(run.done) - back}
        record(actor=by, verb="import.undone", target=run, after=facts, now=now)
    return back, len(run.done) - back


@jobs.each_day
def forget_imports(now: datetime) -> None:
    """Files are full of names: nobody needs them for ever."""
    ImportRun.objects.filter(created_at__lt=now - KEPT_FOR).delete()


def _lines(run: ImportRun) -> list[CsvLine]:
    return read_lines(run.text, run.kind)


def _do(plan: Plan, run: ImportRun, now: datetime) -> list[Any] | None:
    """[line, what, key, before, after] of what was written."""
    if plan.outcome is Outcome.CREATE:
        row = _create(run.kind, plan.values, run.by, now)
        return [plan.line.number, "created", row.pk, {}, {}]
    if plan.outcome is Outcome.CHANGE and plan.target is not None:
        before = {name: _plain(old) for name, (old, _new) in plan.changes.items()}
        after = {name: _plain(new) for name, (_old, new) in plan.changes.items()}
        _change(plan.target, {name: new for name, (_old, new) in plan.changes.items()}, run.by, now)
        return [plan.line.number, "changed", plan.target.pk, before, after]
    return None


def _create(kind: str, values: dict[str, Any], by: User, now: datetime) -> Client | Contact | Device:
    if kind == "clients":
        return create_client(**{**values, "mail_domains": "\n".join(values["mail_domains"])}, by=by, now=now)
    if kind == "contacts":
        return create_contact(**values, by=by, now=now)
    values = {**values, "kind": values["kind"] or Kind.WORKSTATION.value}
    device = Device.objects.create(**values, created_at=now)
    record(actor=by, verb="device.created", target=device, after={"client": device.client.name}, now=now)
    return device


def _change(row: Client | Contact | Device, changes: dict[str, Any], by: User, now: datetime) -> None:
    if isinstance(row, Contact):
        update_contact(contact=row, changes=changes, by=by, now=now)
    elif isinstance(row, Client):
        known = {name: getattr(row, name) for name in ("name", "mail_domains", "phone", "notes")} | changes
        known["mail_domains"] = "\n".join(known["mail_domains"])
        update_client(client=row, **known, every_profile=row.every_profile, by=by, now=now)
    else:
        before = {name: _plain(getattr(row, name)) for name in changes}
        Device.objects.filter(pk=row.pk).update(**changes)
        record(actor=by, verb="device.changed", target=row, before=before, after=changes, now=now)


def _undo(kind: str, line: list[Any], by: User) -> bool:
    """`line` is what `_do` noted."""
    _number, what, pk, before, after = line
    row = _rows_of(kind, what, by).filter(pk=pk).first()
    if row is None or not _may_go_back(before, by):
        return False
    if what == "created":
        return not _is_used(row) and bool(row.delete())
    if any(_plain(getattr(row, name)) != value for name, value in after.items()):
        return False
    for name, value in before.items():
        setattr(row, f"{name}_id" if name == "client" else name, value)
    row.save(update_fields=list(before))
    return True


def _rows_of(kind: str, what: str, by: User) -> QuerySet[Any]:
    """Those that `by` sees by now (A12), locked; also a client that they made, which may be for others."""
    rows: QuerySet[Any]
    match kind:
        case "clients":
            rows = Client.objects.all() if what == "created" else clients_visible_to(by, to=EDIT)
        case "contacts":
            rows = contacts_visible_to(by, to=EDIT)
        case _:
            rows = devices_visible_to(by, to=EDIT)
    return rows.select_for_update()


def _may_go_back(before: dict[str, Any], by: User) -> bool:
    """Nobody goes back to a client that `by` does not see any more."""
    if "client" not in before or sees_all_clients(by, to=EDIT):
        return True
    return clients_visible_to(by, to=EDIT).filter(pk=before["client"]).exists()


def _is_used(row: Client | Contact | Device) -> bool:
    """Does anything in the house hang on it by now, of whichever app?"""
    relations = (field for field in row._meta.get_fields(include_hidden=True) if field.auto_created)
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in relations
        if isinstance(relation, ForeignObjectRel)
    )


def _plain(value: object) -> object:
    return value.pk if isinstance(value, Client) else value


def _sentence(bad: BadFile, kind: str) -> str:
    words = ", ".join(bad.words)
    known = ", ".join(COLUMNS[kind])
    match bad.code:
        case "empty":
            return _("The file has no lines. Its first line names the columns: %(names)s.") % {"names": known}
        case "too-long":
            return _("Send at most %(most)s lines at once.") % {"most": MAX_LINES}
        case "columns-missing":
            return _("These columns are missing: %(words)s.") % {"words": words}
        case "columns-unknown":
            return _("There is no column %(words)s. There are: %(names)s.") % {"words": words, "names": known}
        case _:
            return _("Send a CSV file, as a spreadsheet saves it.")
