"""A mailbox as an administrator types it; the services check it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.core.models import Team
from tickets.models import Mailbox

#: The services ask for these; here they only must not stop the form of a mailbox that is received.
NEEDED_BY_SENDING = ("send_host", "send_port", "send_security")
NEEDED_BY_IMAP = ("host", "port", "user", "token_url", "client_id", "folder")
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class MailboxForm(forms.Form):
    """With a mailbox its passwords stay unless new ones are typed."""

    use_required_attribute = False

    address = forms.CharField(
        label=_("Address"), max_length=254, widget=forms.EmailInput(attrs={**_PLAIN, "autocomplete": "email"})
    )
    name = forms.CharField(label=_("Sender name"), max_length=150, required=False)
    team = forms.ModelChoiceField(
        queryset=Team.objects.all(),
        label=_("New tickets go to"),
        empty_label=_("Nobody yet"),
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("How mail comes in"),
        choices=[
            (Mailbox.Kind.SMTP, _("Received by this desk (SMTP)")),
            (Mailbox.Kind.IMAP, _("Fetched from a mail server (IMAP)")),
        ],
        initial=Mailbox.Kind.SMTP,
        widget=forms.RadioSelect,
    )
    host = forms.CharField(
        label=_("Server"), max_length=253, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    port = forms.IntegerField(label=_("Port"), initial=993, min_value=1, max_value=65535, required=False)
    security = forms.ChoiceField(
        label=_("Encryption"), choices=Mailbox.Security.choices, initial=Mailbox.Security.TLS
    )
    user = forms.CharField(
        label=_("User name"), max_length=254, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    auth = forms.ChoiceField(
        label=_("Sign in with"), choices=Mailbox.Auth.choices, initial=Mailbox.Auth.PASSWORD
    )
    secret = forms.CharField(
        label=_("Password or client secret"),
        max_length=2000,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    token_url = forms.CharField(
        label=_("Token server"),
        max_length=500,
        required=False,
        help_text=_("For example https://login.microsoftonline.com/…/oauth2/v2.0/token"),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    client_id = forms.CharField(
        label=_("Client id"), max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    scope = forms.CharField(
        label=_("Scope"), max_length=500, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    refresh = forms.CharField(
        label=_("Refresh token"),
        max_length=8000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    folder = forms.CharField(
        label=_("Folder"),
        max_length=200,
        initial="INBOX",
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    sends_itself = forms.ChoiceField(
        label=_("How mail goes out"),
        choices=[
            ("house", _("Through the organisation's server")),
            ("own", _("Through a server of its own (SMTP)")),
        ],
        initial="house",
        required=False,
        widget=forms.RadioSelect,
    )
    send_host = forms.CharField(
        label=_("Server for sending"), max_length=253, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    send_port = forms.IntegerField(label=_("Port"), initial=587, min_value=1, max_value=65535, required=False)
    send_security = forms.ChoiceField(
        label=_("Encryption"),
        choices=Mailbox.Security.choices,
        initial=Mailbox.Security.STARTTLS,
        required=False,
    )
    send_user = forms.CharField(
        label=_("User name"),
        max_length=254,
        required=False,
        help_text=_("Empty: the server asks for none"),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    send_secret = forms.CharField(
        label=_("Password for sending"),
        max_length=2000,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    creates_contacts = forms.BooleanField(
        label=_("Make contacts of new senders"),
        help_text=_("Else their tickets have an address and no contact"),
        initial=True,
        required=False,
    )
    answers_automatic = forms.BooleanField(
        label=_("Confirm new tickets by mail"),
        help_text=_("Once per person, subject and day"),
        initial=True,
        required=False,
    )
    trusted_authserv_id = forms.CharField(
        label=_("Server whose check of senders counts"),
        max_length=253,
        required=False,
        help_text=_("The first word of its Authentication-Results header, like mx.example.com"),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    signature = forms.CharField(
        label=_("Signature"),
        required=False,
        help_text=_("Stands below the technician's name, unless they have a signature of their own"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, keeps_secret: bool = False, keeps_send_secret: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keeps_secret = keeps_secret
        kept = ["secret", "refresh"] * keeps_secret + ["send_secret"] * keeps_send_secret
        for name in kept:
            self.fields[name].widget.attrs["placeholder"] = _("Unchanged")

    def clean_port(self) -> int:
        return self.cleaned_data["port"] or 993

    def clean_sends_itself(self) -> bool:
        return bool(self.cleaned_data["sends_itself"] == "own")

    def clean_send_port(self) -> int:
        return self.cleaned_data["send_port"] or 587

    def clean_send_security(self) -> str:
        return str(self.cleaned_data["send_security"] or Mailbox.Security.STARTTLS)

    def clean_folder(self) -> str:
        return str(self.cleaned_data["folder"] or "INBOX")
