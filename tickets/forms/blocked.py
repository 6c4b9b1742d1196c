from django import forms
from django.utils.translation import gettext_lazy as _


class BlockForm(forms.Form):
    """Whom to shut out; the service checks it."""

    use_required_attribute = False

    pattern = forms.CharField(
        label=_("Address or domain"),
        max_length=254,
        help_text=_("A domain shuts out everybody who writes from it."),
        error_messages={"required": _("Write an address like x@example.com, or a domain.")},
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
