"""Settings: the words of the desk's mails, per kind and language."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.mail_text import KINDS
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.selectors.mail_texts import own_mail_texts
from helpdesk.core.services.mail_texts import (
    MOST,
    preview,
    restore_mail_text,
    save_mail_text,
    send_test_mail,
    words_of,
)
from helpdesk.core.web import requires, stepped_up_when, user_of
from helpdesk.web.forms import show_errors

LABELS = {
    "confirmation": (
        gettext_lazy("Confirmation"),
        gettext_lazy("To a customer, when their mail has become a ticket."),
    ),
    "survey": (gettext_lazy("How did it go?"), gettext_lazy("To a customer, when a ticket is solved.")),
    "token": (
        gettext_lazy("Confirmation token"),
        gettext_lazy("To somebody who proves in the helpdesk agent who they are."),
    ),
    "invite": (gettext_lazy("Invitation"), gettext_lazy("To a new technician.")),
    "reset": (gettext_lazy("New password"), gettext_lazy("To a technician who forgot the password.")),
}


class MailTextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=MOST, widget=forms.Textarea(attrs={"rows": 16})
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not KINDS[kind].subject_names:
            del self.fields["subject"]

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("subject", "body")}


@requires(Permission.SETTINGS_EDIT)
def mail_texts(request: HttpRequest) -> HttpResponse:
    own = own_mail_texts()
    kinds = [
        {
            "key": kind,
            "label": label,
            "when": when,
            "languages": [(key, name, (kind, key) in own) for key, name in LANGUAGE_NAMES.items()],
        }
        for kind, (label, when) in LABELS.items()
    ]
    return render(request, "web/mail_texts.html", {"nav": "settings", "tab": "mail-texts", "kinds": kinds})


@requires(Permission.SETTINGS_EDIT)
@stepped_up_when(lambda request: request.POST.get("do") not in {"preview", "test"})
def mail_text(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Edit, look at it with an example, send it to oneself, save, or back to the standard."""
    if kind not in KINDS or language not in LANGUAGE_NAMES:
        raise Http404
    today = words_of(kind, language)
    form = MailTextForm(request.POST or None, initial=today._asdict(), kind=kind)
    shown = None
    if request.method == "POST" and form.is_valid():
        try:
            done, shown = _do(request, form, kind, language)
        except DeskbellError as error:
            show_errors(form, error)
        else:
            if done:
                messages.success(request, done)
                return redirect("web:mail-text", kind, language)
    label, when = LABELS[kind]
    names = [f"{{{{ {name} }}}}" for name in KINDS[kind].names]
    context = {
        "nav": "settings", "tab": "mail-texts", "form": form, "label": label, "when": when, "kind": kind,
        "language": LANGUAGE_NAMES[language], "is_own": today.is_own, "names": names, "shown": shown,
    }  # fmt: skip
    return render(request, "web/mail_text.html", context, status=422 if form.errors else 200)


def _do(request: HttpRequest, form: MailTextForm, kind: str, language: str) -> tuple[str, Any]:
    """(what was done and is over with, what is to be shown instead)."""
    which = {"kind": kind, "language": language}
    by, now = user_of(request), timezone.now()
    match request.POST.get("do"):
        case "preview":
            return "", preview(**which, **form.words())
        case "test":
            send_test_mail(**which, **form.words(), by=by, now=now)
            messages.success(request, _("A test mail is on its way to %(email)s.") % {"email": by.email})
            return "", preview(**which, **form.words())
        case "restore":
            restore_mail_text(**which, by=by, now=now)
            return _("The standard text goes out again."), None
        case _:
            save_mail_text(**which, **form.words(), by=by, now=now)
            return _("Saved. It goes out with the next mail."), None
