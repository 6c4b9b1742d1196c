"""Settings > Incoming mail: what happened to this mail, and why."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.errors import ChildrenOpen, TicketClosed, TicketHasNoAddress, TicketInvalid
from tickets.models import MailIn
from tickets.selectors.mail_journal import mail_for, mail_page
from tickets.services.mail.journal import raw_of, try_again
from tickets.views.requests import Request

EDIT = Permission.MAIL_EDIT
Outcome = MailIn.Outcome

#: Each decision of the intake in words; `{words}` is what it was made from.
REASONS: Final[dict[str, Promise]] = {
    "no-match": gettext_lazy("It names no ticket that is believed: it makes a new one."),
    "contact": gettext_lazy("The sender is the contact <b>{words}</b>."),
    "own-loop": gettext_lazy("It is our own mail that came back (<b>{words}</b>)."),
    "own-message-id": gettext_lazy("It carries the Message-ID of a mail of ours: <b>{words}</b>."),
    "own-address": gettext_lazy("It was sent from an address of ours, <b>{words}</b>."),
    "blocked": gettext_lazy("The sender is blocked: <b>{words}</b>."),
    "ignored": gettext_lazy("Mail of the contact <b>{words}</b> is ignored."),
    "blocked-here": gettext_lazy("<b>{words}</b> was sent away from this ticket."),
    "signed-address": gettext_lazy("It was sent to <b>{words}</b>, an address that we signed."),
    "signed-id": gettext_lazy("It answers <b>{words}</b>, a mail of ours."),
    "known-id": gettext_lazy("It answers <b>{words}</b>, a mail that this mailbox has received before."),
    "subject-number": gettext_lazy("The subject names <b>{words}</b>, and the sender takes part in it."),
    "split-off": gettext_lazy("It answers <b>{words}</b>, a mail that was split off."),
    "merged": gettext_lazy("The ticket was merged: its mail goes to <b>{words}</b>."),
    "takes-part": gettext_lazy("<b>{words}</b> takes part in the ticket."),
    "technician": gettext_lazy("<b>{words}</b> is a technician and answers a mail that was signed for him."),
    "technician-unsigned": gettext_lazy(
        "<b>{words}</b> is the address of a technician, but the mail answers nothing that was signed for it."
    ),
    "stranger": gettext_lazy("<b>{words}</b> takes no part in the ticket: a technician decides."),
    "dmarc-failed": gettext_lazy("Our mail server says that <b>{words}</b> may be forged (DMARC failed)."),
    "sender-doubtful": gettext_lazy(
        "<b>{words}</b> is not the only author that the mail names, or it hides it: it may be forged."
    ),
    "automatic": gettext_lazy("A machine wrote it: nothing is reopened and no clock changes."),
    "follow-up": gettext_lazy("The ticket is closed; the words went to <b>{words}</b>, which follows it."),
    "bounce-address": gettext_lazy("It came to <b>{words}</b>, the bounce address of one of our mails."),
    "returned-id": gettext_lazy("It speaks of <b>{words}</b>, a mail of ours."),
    "answers-id": gettext_lazy("It answers <b>{words}</b>, a mail of ours."),
    "unknown-mail-of-ours": gettext_lazy("It speaks of no mail that we know."),
    "bounced": gettext_lazy("The mail is marked as not delivered: <b>{words}</b>."),
    "bounced-before": gettext_lazy("The mail was marked as not delivered before: <b>{words}</b>."),
    "delayed": gettext_lazy("The other server still tries: <b>{words}</b>."),
    "stopped": gettext_lazy("<b>{words}</b> gets no automatic mail any more."),
    "not-allowed": gettext_lazy("<b>{words}</b> may not work on this ticket."),
    "unknown-command": gettext_lazy("<b>{words}</b> is no command, so the mail stayed inside as a note."),
    "unknown-status": gettext_lazy("There is no status <b>{words}</b>."),
    "moved": gettext_lazy("The ticket was set to <b>{words}</b>."),
    "not-moved": gettext_lazy("The status was left as it was (<b>{words}</b>)."),
    "not-sent": gettext_lazy("It could not go out and became a note (<b>{words}</b>)."),
    "unparsed": gettext_lazy("It cannot be read whole: <b>{words}</b>. The original is attached."),
    "gave-up": gettext_lazy("It failed three times (<b>{words}</b>). The original is attached."),
    "program-left-out": gettext_lazy("The program <b>{words}</b> was left out of the ticket."),
    "files-left-out": gettext_lazy("<b>{words}</b> files were left out of the ticket."),
    "people-unproved": gettext_lazy(
        "<b>{words}</b> were not added: only the number in the subject says that this mail belongs here."
    ),
    "people-left-out": gettext_lazy("It names more than <b>{words}</b> people; the others were left out."),
}
#: What refused a technician's mail, by its code.
_REFUSALS: Final = frozenset({"not-moved", "not-sent"})
PROBLEMS: Final = {
    TicketClosed.code: TicketClosed.title,
    TicketHasNoAddress.code: TicketHasNoAddress.title,
    ChildrenOpen.code: ChildrenOpen.title,
    TicketInvalid.code: gettext_lazy("a field is empty that it needs"),
}
_GOOD, _CARE, _BAD = ("chip--done", "ok"), ("chip--wait", "alert"), ("chip--danger", "fail")
_CHIPS: Final = {
    Outcome.TICKET: _GOOD,
    Outcome.JOINED: _GOOD,
    Outcome.ANSWER: _GOOD,
    Outcome.NOTE: _GOOD,
    Outcome.HELD: _CARE,
    Outcome.UNPARSED: _CARE,
    Outcome.BOUNCE: _BAD,
    Outcome.COMPLAINT: _BAD,
}
WAITING: Final = {"waiting": gettext_lazy("Waiting"), "failed": gettext_lazy("Failed")}


@dataclass(frozen=True, slots=True)
class Line:
    """A mail as the list shows it."""

    mail: MailIn
    chip: tuple[str, str, str]


def _line(mail: MailIn) -> Line:
    if mail.outcome:
        css, icon = _CHIPS.get(Outcome(mail.outcome), ("", "minus"))
        return Line(mail, (mail.get_outcome_display(), css, icon))
    css, icon = _BAD if mail.status == MailIn.Status.FAILED else ("", "hourglass")
    return Line(mail, (mail.get_status_display(), css, icon))


@requires(EDIT)
@require_safe
def mails(request: Request) -> HttpResponse:
    text, outcome = request.GET.get("q", ""), request.GET.get("outcome", "")
    page = mail_page(
        request.user,
        text=text,
        outcome=outcome,
        before=_number(request, "before"),
        after=_number(request, "after"),
    )
    choices = [*((value, label) for value, label in Outcome.choices if value), *WAITING.items()]
    context = {
        "nav": "settings",
        "tab": "mail",
        "lines": [_line(mail) for mail in page.mails],
        "page": page,
        "q": text,
        "outcome": outcome,
        "outcomes": choices,
    }
    return render(request, "tickets/mail_journal/list.html", context)


def _number(request: Request, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


@requires(EDIT)
@require_safe
def mail(request: Request, incoming: int) -> HttpResponse:
    found = mail_for(request.user, incoming)
    context = {
        "nav": "settings",
        "tab": "mail",
        "mail": found,
        "chip": _line(found).chip,
        "reasons": [sentence(reason) for reason in found.reasons],
    }
    return render(request, "tickets/mail_journal/mail.html", context)


def sentence(reason: dict[str, str]) -> SafeString:
    """A decision in words; what strangers wrote is escaped (A1)."""
    words = PROBLEMS.get(reason["words"], reason["words"]) if reason["step"] in _REFUSALS else reason["words"]
    return format_html(str(REASONS.get(reason["step"], "{words}")), words=words)


@requires(EDIT)
@require_safe
def raw(request: Request, incoming: int) -> HttpResponse:
    """The original, byte by byte, as a download and never as a page (A2)."""
    found = mail_for(request.user, incoming)
    response = HttpResponse(raw_of(found), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="mail-{found.pk}.eml"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    return response


@requires(EDIT)
@require_POST
def again(request: Request, incoming: int) -> HttpResponse:
    found = mail_for(request.user, incoming)
    if try_again(mail=found, now=timezone.now()):
        messages.success(request, _("The mail is tried again."))
    else:
        messages.info(request, _("This mail did not fail, or it is being tried again already."))
    return redirect("desk:mail", incoming=found.pk)
