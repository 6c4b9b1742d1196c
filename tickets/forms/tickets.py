"""What people type about tickets: checked here for the page, checked again by the services for everybody."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agents.models import Client, Contact, Device
from agents.selectors.scope import clients_visible_to, contacts_visible_to, devices_visible_to
from helpdesk.core.models import User
from tickets.domain.priority import Priority
from tickets.domain.text import MAX_BODY, MAX_SUBJECT
from tickets.models.labels import PRIORITY_CHOICES
from tickets.services.open_ticket import NewTicket


class AnswerForm(forms.Form):
    """The composer: the text stays as typed when something is wrong with it."""

    body = forms.CharField(
        max_length=MAX_BODY,
        strip=False,
        error_messages={
            "required": _("Write something first."),
            "max_length": _("At most %(limit_value)s characters; this has %(show_value)s."),
        },
    )

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if not body.strip():
            raise forms.ValidationError(_("Write something first."))
        return body


class NewTicketForm(forms.Form):
    """A ticket by hand. Only clients, people and devices that the user may see can be chosen (A11)."""

    client = forms.ModelChoiceField(
        Client.objects.none(),
        required=False,
        to_field_name="public_id",
        label=_("Client"),
        empty_label=_("No client"),
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        required=False,
        to_field_name="public_id",
        label=_("Contact"),
        empty_label=_("Somebody else, written below"),
    )
    contact_name = forms.CharField(required=False, max_length=200, label=_("Name"))
    contact_email = forms.EmailField(
        required=False,
        max_length=254,
        label=_("E-mail"),
        error_messages={"invalid": _("Write an e-mail address, for example anna@example.com.")},
    )
    contact_phone = forms.CharField(required=False, max_length=40, label=_("Phone"))
    device = forms.ModelChoiceField(
        Device.objects.none(),
        required=False,
        to_field_name="public_id",
        label=_("Device"),
        empty_label=_("No device"),
    )
    subject = forms.CharField(
        max_length=MAX_SUBJECT,
        label=_("Subject"),
        error_messages={
            "required": _("Say in one line what is wrong, for example “Printer prints blank pages”."),
            "max_length": _("At most %(limit_value)s characters; this has %(show_value)s."),
        },
    )
    description = forms.CharField(
        required=False, max_length=MAX_BODY, strip=False, widget=forms.Textarea, label=_("Description")
    )
    priority = forms.ChoiceField(choices=PRIORITY_CHOICES, initial=Priority.MEDIUM.value, label=_("Priority"))

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        # The place for what is wrong with the files; `store_uploads` takes and judges them.
        self.fields["files"] = forms.CharField(required=False, label=_("Files"))
        chosen = self._chosen_client(user)
        contacts = contacts_visible_to(user).filter(is_active=True).select_related("client")
        devices = devices_visible_to(user).select_related("client")
        if chosen:
            contacts, devices = contacts.filter(client=chosen), devices.filter(client=chosen)
        self._offer("client", clients_visible_to(user).order_by("name"))
        self._offer("contact", contacts)
        self._offer("device", devices)

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        choice = cast("forms.ModelChoiceField[Any]", self.fields[name])
        choice.queryset = rows
        choice.error_messages["invalid_choice"] = _("Choose one from the list.")

    def _chosen_client(self, user: User) -> Client | None:
        value = self.data.get("client") if self.is_bound else self.initial.get("client")
        if not value:
            return None
        try:
            return clients_visible_to(user).filter(public_id=value).first()
        except (ValueError, forms.ValidationError):
            return None

    def new_ticket(self) -> NewTicket:
        names = (
            "subject",
            "description",
            "client",
            "contact",
            "contact_name",
            "contact_email",
            "contact_phone",
        )
        data = {name: self.cleaned_data[name] for name in (*names, "device")}
        return NewTicket(priority=Priority(self.cleaned_data["priority"]), **data)
