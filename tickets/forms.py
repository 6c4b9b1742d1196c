"""What people type about tickets: checked here for the page, checked again by the services for everybody."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from agents.models import Client, Contact, Device
from agents.selectors.scope import clients_visible_to, contacts_visible_to, devices_visible_to
from helpdesk.core.models import User
from tickets.domain.priority import Priority
from tickets.domain.text import MAX_BODY, MAX_SUBJECT
from tickets.models.labels import PRIORITY_CHOICES
from tickets.services.open_ticket import NewTicket

MAX_FILES = 10
#: A picker with more entries than this helps nobody; choosing the client first makes it short.
LONGEST_CHOICE = 500


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files up to `MAX_FILES`; what is in them is the upload policy's business (core.files)."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads: Sequence[UploadedFile] = data or []
        if len(uploads) > MAX_FILES:
            raise forms.ValidationError(_("At most %(most)s files at once.") % {"most": MAX_FILES})
        return [super(FilesField, self).clean(upload, initial) for upload in uploads]


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
    files = FilesField(required=False, widget=FilesInput, error_messages={"empty": _("An empty file was left out: choose one with something in it.")})

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if not body.strip():
            raise forms.ValidationError(_("Write something first."))
        return body


class NewTicketForm(forms.Form):
    """A ticket by hand. Only clients, people and devices that the user may see can be chosen (A11)."""

    client = forms.ModelChoiceField(Client.objects.none(), required=False, to_field_name="public_id", label=_("Client"), empty_label=_("No client"))
    contact = forms.ModelChoiceField(Contact.objects.none(), required=False, to_field_name="public_id", label=_("Contact"), empty_label=_("Somebody else, written below"))
    contact_name = forms.CharField(required=False, max_length=200, label=_("Name"))
    contact_email = forms.EmailField(required=False, max_length=254, label=_("E-mail"), error_messages={"invalid": _("Write an e-mail address, for example anna@example.com.")})
    contact_phone = forms.CharField(required=False, max_length=40, label=_("Phone"))
    device = forms.ModelChoiceField(Device.objects.none(), required=False, to_field_name="public_id", label=_("Device"), empty_label=_("No device"))
    subject = forms.CharField(max_length=MAX_SUBJECT, label=_("Subject"), error_messages={"required": _("Say in one line what is wrong, for example “Printer prints blank pages”."), "max_length": _("At most %(limit_value)s characters; this has %(show_value)s.")})
    description = forms.CharField(required=False, max_length=MAX_BODY, strip=False, widget=forms.Textarea, label=_("Description"))
    priority = forms.ChoiceField(choices=PRIORITY_CHOICES, initial=Priority.MEDIUM.value, label=_("Priority"))
    files = FilesField(required=False, widget=FilesInput, label=_("Files"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self._chosen_client(user)
        contacts = contacts_visible_to(user).filter(is_active=True).select_related("client")
        devices = devices_visible_to(user).select_related("client")
        if chosen:
            contacts, devices = contacts.filter(client=chosen), devices.filter(client=chosen)
        self._offer("client", clients_visible_to(user).order_by("name"))
        self._offer("contact", contacts)
        self._offer("device", devices)

    def _offer(self, name: str, rows: Any) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ModelChoiceField)
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

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        client = data.get("client")
        for name, sentence in (
            ("contact", _("This person belongs to another client.")),
            ("device", _("This device belongs to another client.")),
        ):
            chosen = data.get(name)
            if chosen and client and chosen.client_id not in {client.pk, None}:
                self.add_error(name, sentence)
        return data

    def new_ticket(self) -> NewTicket:
        data = self.cleaned_data
        contact, device = data["contact"], data["device"]
        return NewTicket(
            subject=data["subject"],
            description=data["description"],
            priority=Priority(data["priority"]),
            client=data["client"] or (contact and contact.client) or (device and device.client),
            contact=contact,
            contact_name=data["contact_name"],
            contact_email=data["contact_email"],
            contact_phone=data["contact_phone"],
            device=device,
        )
