"""Settings > Mailboxes: which addresses there are, how they do, and what helps."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import OutgoingMail
from helpdesk.core.selectors.organisation import current_organisation, organisation_name
from helpdesk.core.web import requires, stepped_up
from tickets.forms.mailbox import NEEDED_BY_IMAP, NEEDED_BY_SENDING, MailboxForm
from tickets.models import Mailbox
from tickets.selectors.mailboxes import (
    last_change,
    last_sent_by,
    mailboxes_visible_to,
    restorable_mailboxes,
    waiting_from,
    with_traffic,
)
from tickets.services.mail_out import resume_mailbox
from tickets.services.mailboxes.check import check_mailbox, send_trial
from tickets.services.mailboxes.imap import NotConnected
from tickets.services.mailboxes.room import has_room
from tickets.services.mailboxes.rows import MailboxFields, add_mailbox, change_mailbox, set_active
from tickets.services.mailboxes.sending import send_again
from tickets.services.mailboxes.states import ask_again
from tickets.services.mailboxes.words import help_for, sending_help_for, sending_trouble_of, trouble_of
from tickets.views.requests import Request

EDIT = Permission.MAIL_EDIT
State = Mailbox.State
GOOD = ("chip--done", "ok")
BAD = ("chip--danger", "fail")
CHIPS = {
    State.NEVER: ("", "hourglass"),
    State.LIVE: GOOD,
    State.POLLING: GOOD,
    State.REFUSED: BAD,
    State.UNREACHABLE: BAD,
    State.FULL: BAD,
    State.OFF: ("", "minus"),
}
SEND_CHIPS = {
    Mailbox.Sending.NEVER: ("", "hourglass"),
    Mailbox.Sending.OK: GOOD,
    Mailbox.Sending.REFUSED: BAD,
    Mailbox.Sending.UNREACHABLE: BAD,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A mailbox as the list shows it; chips are (words, css, icon)."""

    mailbox: Mailbox
    way: str
    trouble: str
    fetch: tuple[str, str, str]
    send: tuple[str, str, str]
    send_words: str
    send_trouble: str


def line_of(mailbox: Mailbox, sent: OutgoingMail | None) -> Line:
    css, icon = CHIPS[State(mailbox.state)]
    send, send_words = _sending(mailbox, sent)
    return Line(
        mailbox=mailbox,
        way=way_of(mailbox),
        trouble=trouble_of(mailbox),
        fetch=(mailbox.get_state_display(), css, icon),
        send=send,
        send_words=send_words,
        send_trouble=sending_trouble_of(mailbox) if mailbox.is_active else "",
    )


def way_of(mailbox: Mailbox) -> str:
    if mailbox.kind == Mailbox.Kind.SMTP:
        return _("Received by this desk")
    way = _("IMAP every minute") if mailbox.state == State.POLLING else _("IMAP, told at once")
    if mailbox.auth == Mailbox.Auth.PASSWORD:
        return way
    return _("%(way)s, signed in with OAuth") % {"way": way}


def _sending(mailbox: Mailbox, sent: OutgoingMail | None) -> tuple[tuple[str, str, str], str]:
    if mailbox.is_active and mailbox.sends_itself:
        css, icon = SEND_CHIPS[Mailbox.Sending(mailbox.send_state)]
        return (mailbox.get_send_state_display(), css, icon), mailbox.send_said
    if not mailbox.is_active or settings.EMAIL_BACKEND.endswith("FileBackend"):
        return (_("off"), "", "minus"), ""
    if sent is None:
        return (_("not yet"), "", "hourglass"), ""
    if sent.status == OutgoingMail.Status.QUEUED:
        return (_("waiting"), "chip--wait", "hourglass"), sent.last_error
    if sent.status == OutgoingMail.Status.FAILED:
        return (_("failed"), *BAD), sent.last_error
    return (_("ok"), *GOOD), ""


@requires(EDIT)
def mailboxes(request: Request) -> HttpResponse:
    rows = _rows(request)
    return _page(request, rows, rows[0] if rows else None)


@requires(EDIT)
@stepped_up
def mailbox(request: Request, mailbox: int) -> HttpResponse:
    found = _found(request, mailbox)
    form = _form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_mailbox(mailbox=found, given=_given(form), by=request.user, now=timezone.now())
        except DeskbellError as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:mailbox", found.pk)
    rows = _rows(request)
    return _page(request, rows, next(row for row in rows if row.pk == found.pk), form)


@requires(EDIT)
@stepped_up
def new_mailbox(request: Request) -> HttpResponse:
    form = MailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_mailbox(given=_given(form), by=request.user, now=timezone.now())
        except DeskbellError as error:
            _show(form, error)
        else:
            messages.success(request, _("Mail to %(address)s becomes tickets now.") % {"address": added})
            return redirect("desk:mailbox", added.pk)
    context = {**_frame(), "form": form, "parts": _parts(form), "is_new": True}
    return render(request, "tickets/mailboxes/new.html", context, status=422 if form.errors else 200)


@requires(EDIT)
@stepped_up
@require_POST
def do(request: Request, mailbox: int) -> HttpResponse:
    """What the buttons of a mailbox do: test, again, resume, trial, off, on."""
    found = _found(request, mailbox)
    now = timezone.now()
    match request.POST.get("do"):
        case "test":
            _test(request, found)
        case "again":
            ask_again(mailbox_id=found.pk, now=now)
            send_again(mailbox=found, now=now)
            messages.success(request, _("Trying again."))
        case "resume":
            if resume_mailbox(mailbox=found, by=request.user, now=now):
                messages.success(request, _("Automatic mail goes out again."))
        case "trial":
            _trial(request, found)
        case "off" | "on" as deed:
            set_active(mailbox=found, is_active=deed == "on", by=request.user, now=now)
            messages.success(request, _("Saved."))
        case _:
            messages.error(request, _("Nothing was changed. Reload the page and try again."))
    return redirect("desk:mailbox", found.pk)


def _trial(request: Request, found: Mailbox) -> None:
    is_out, words = send_trial(mailbox=found, to=request.user, now=timezone.now())
    names = {"address": request.user.email, "words": words}
    if is_out and not found.sends_itself and settings.EMAIL_BACKEND.endswith("FileBackend"):
        messages.warning(request, _("The test mail became a file in DATA_DIR/mails: EMAIL_URL is not set."))
    elif is_out and words:
        messages.success(request, _("A test mail went to %(address)s. The server said: %(words)s") % names)
    elif is_out:
        messages.success(request, _("A test mail went to %(address)s.") % names)
    else:
        messages.error(request, _("The test mail was not sent. The server said: %(words)s") % names)


def _test(request: Request, found: Mailbox) -> None:
    try:
        words = check_mailbox(found)
    except NotConnected as error:
        messages.error(request, _("That did not work: %(words)s") % {"words": error.words})
    else:
        ask_again(mailbox_id=found.pk, now=timezone.now())
        messages.success(request, words)


def _found(request: Request, pk: int) -> Mailbox:
    return get_object_or_404(mailboxes_visible_to(request.user), pk=pk)


def _rows(request: Request) -> list[Mailbox]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return list(with_traffic(mailboxes_visible_to(request.user), since=midnight))


def _page(
    request: Request, rows: list[Mailbox], chosen: Mailbox | None, form: MailboxForm | None = None
) -> HttpResponse:
    sent = last_sent_by(row.address for row in rows)
    context: dict[str, Any] = {
        **_frame(),
        "lines": [line_of(row, sent.get(row.address)) for row in rows],
        "chosen": chosen,
        "is_trying": any(row.is_active and row.state == State.NEVER for row in rows),
        "has_room": has_room(),
        "stopped_at": current_organisation().automatic_stopped_at,
        "restorable": restorable_mailboxes(request.user, now=timezone.now()),
    }
    if chosen is not None:
        form = form or _form(chosen)
        form.fields["name"].help_text = _("Customers see: %(person)s (%(name)s)") % {
            "person": request.user.full_name,
            "name": chosen.name or organisation_name(),
        }
        context |= {
            "form": form,
            "parts": _parts(form),
            "change": last_change(chosen),
            "trouble": trouble_of(chosen),
            "help": help_for(chosen),
            "send_trouble": sending_trouble_of(chosen),
            "send_help": sending_help_for(chosen),
            "waiting": waiting_from(chosen.address),
        }
    is_wrong = form is not None and bool(form.errors)
    return render(request, "tickets/mailboxes/list.html", context, status=422 if is_wrong else 200)


def _frame() -> dict[str, Any]:
    return {"nav": "settings", "tab": "mailboxes"}


def _form(mailbox: Mailbox, data: Any = None) -> MailboxForm:  # noqa: ANN401 (QueryDict or None)
    names = [name for name in MailboxForm.base_fields if name not in ("secret", "refresh", "send_secret")]
    initial = {name: getattr(mailbox, name) for name in names}
    initial["sends_itself"] = "own" if mailbox.sends_itself else "house"
    return MailboxForm(
        data,
        initial=initial,
        keeps_secret=bool(mailbox.secret_sealed),
        keeps_send_secret=bool(mailbox.send_secret_sealed),
    )


def _parts(form: MailboxForm) -> dict[str, list[Any]]:
    """The form's fields in the groups of the page. What IMAP needs is not called optional there."""
    for name in (*NEEDED_BY_IMAP, *NEEDED_BY_SENDING):
        form.fields[name].required = True
    if not form.keeps_secret:
        form.fields["secret"].required = form.fields["refresh"].required = True
    groups = {
        "who": ("name", "team"),
        "safety": ("answers_automatic", "creates_contacts"),
        "words": ("signature",),
        "where": ("address", "kind"),
        "server": ("host", "port", "security", "folder", "user", "auth"),
        "secret": ("secret",),
        "oauth": ("token_url", "client_id", "scope"),
        "refresh": ("refresh",),
        "trust": ("trusted_authserv_id",),
        "out": ("sends_itself",),
        "send": ("send_host", "send_port", "send_security", "send_user", "send_secret"),
    }
    return {part: [form[name] for name in names] for part, names in groups.items()}


def _given(form: MailboxForm) -> MailboxFields:
    return MailboxFields(**form.cleaned_data)


def _show(form: MailboxForm, error: DeskbellError) -> None:
    for field, text in (error.fields or {"": str(error)}).items():
        form.add_error(field if field in form.fields else None, text)
