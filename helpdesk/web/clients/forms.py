"""What is typed; the services judge it and their sentences stand beside the fields."""

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.core.domain.languages import LANGUAGE_NAMES


class NewClientForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    mail_domains = forms.CharField(
        label=_("Mail domains"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line, for example acme.example. People with such an address need no approval."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)


class ClientForm(NewClientForm):
    every_profile = forms.BooleanField(
        label=_("Enable the helpdesk agent by itself"),
        help_text=_("For every Windows profile on every device of this client, also later ones."),
        required=False,
    )
    notes = forms.CharField(
        label=_("Notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ContactForm(forms.Form):
    full_name = forms.CharField(label=_("Full name"), max_length=100)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"invalid": _("Write the address like anna@acme.example.")},
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(
        label=_("Language of mails"),
        choices=lambda: [("", _("Like the organisation")), *LANGUAGE_NAMES.items()],
        required=False,
    )
