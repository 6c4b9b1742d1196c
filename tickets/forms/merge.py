"""Merging and splitting: what the pages ask for."""

from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tickets.domain.text import MAX_SUBJECT
from tickets.services.split_ticket import Split


class MergeForm(forms.Form):
    """`into` and `also` are numbers; the view looks for them among the tickets of the user."""

    into = forms.IntegerField(
        min_value=1, max_value=2**62, error_messages={"required": _("Choose a ticket.")}
    )
    keep_highest = forms.BooleanField(required=False)
    across_clients = forms.BooleanField(required=False)

    def also(self) -> list[int]:
        data = cast("QueryDict", self.data)
        return [int(text) for text in data.getlist("also") if text.isdecimal() and len(text) <= 18]


class SplitForm(forms.Form):
    subject = forms.CharField(
        max_length=MAX_SUBJECT,
        label=_("Subject"),
        error_messages={
            "required": _("Say in one line what it is about, for example “Fax is dead”."),
            "max_length": _("At most %(limit_value)s characters; this has %(show_value)s."),
        },
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=_("Whose ticket it is: e-mail"),
        error_messages={"invalid": _("Write an e-mail address, for example anna@example.com.")},
    )
    with_following = forms.BooleanField(required=False)
    across_clients = forms.BooleanField(required=False)

    def split(self) -> Split:
        return Split(**self.cleaned_data)
