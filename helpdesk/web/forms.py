"""What the forms of the console share, and the forms of sign-in, profile and settings."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.errors import DeskbellError
from helpdesk.core.forms import PickMany, ZoneField
from helpdesk.core.models import Role, User
from helpdesk.core.services.organisation import MOST_UNDO_SECONDS


def show_errors(form: forms.Form, error: DeskbellError) -> None:
    """Put the sentences of a refused deed beside the fields they name, others above the form."""
    for field, text in (error.fields or {"": str(error)}).items():
        form.add_error(field if field in form.fields else None, text)


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    stay = forms.BooleanField(label=_("Keep me signed in on this computer"), required=False)


class ProfileForm(forms.Form):
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    time_zone = ZoneField(label=_("Time zone"), empty=_("Like the organisation"))
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices, required=False)
    signature = forms.CharField(
        label=_("Signature"),
        max_length=2000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Stands under your answers. Without one: your name and the mailbox's signature."),
    )
    is_away = forms.BooleanField(
        label=_("Away"),
        required=False,
        help_text=_("Rules then deal you no tickets by turn or to the least busy."),
    )
    at_dashboard = forms.BooleanField(label=_("Start at the dashboard"), required=False)


class PasswordForm(forms.Form):
    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 12 characters. Some words that only you would put together are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    support_email = forms.EmailField(
        label=_("Support e-mail"), required=False, help_text=_("Answers of customers go to this address.")
    )
    support_phone = forms.CharField(label=_("Support phone"), max_length=40, required=False)
    default_language = forms.ChoiceField(
        label=_("Language of mails"),
        choices=list(LANGUAGE_NAMES.items()),
        help_text=_("For readers whose own language is not known."),
    )
    time_zone = ZoneField(label=_("Time zone"))
    undo_seconds = forms.IntegerField(
        label=_("Seconds to take an answer back"),
        min_value=0,
        max_value=MOST_UNDO_SECONDS,
        required=False,
        help_text=_("So long a sent answer waits before it goes out. 0 sends at once."),
    )
    brand_color = forms.CharField(
        label=_("Colour for customers"),
        max_length=7,
        required=False,
        help_text=_("Like #0b6a77; in mails and on pages for customers."),
    )


class RoleChoice(PickMany):
    def __init__(self) -> None:
        super().__init__(Role.objects.all(), label=_("Roles"))

    def label_from_instance(self, obj: Role) -> str:
        return obj.told
