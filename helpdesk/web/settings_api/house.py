"""The organisation, its logo and the words of its mails."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import rows_of
from agents.api.door import StrictSerializer, asked_of, once, valid
from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.mail_text import KINDS
from helpdesk.core.models import MailText, Organisation
from helpdesk.core.selectors.mail_texts import forget_mail_texts, own_mail_texts
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services import mail_texts
from helpdesk.core.services.organisation import FIELDS, MOST_UNDO_SECONDS, set_logo, update_organisation
from helpdesk.web.settings_api.base import SettingsDoor, atomic, call
from tickets.api.parsers import TicketFormParser

TAG = "Organisation"


class OrganisationSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    support_email = serializers.CharField()
    support_phone = serializers.CharField()
    default_language = serializers.CharField(help_text="Of mails to readers whose own is not known.")
    time_zone = serializers.CharField()
    undo_seconds = serializers.IntegerField(help_text="So long a sent answer waits before it goes out.")
    brand_color = serializers.CharField(help_text="Empty or like #0b6a77.")
    logo = serializers.CharField(source="logo_id", allow_null=True, help_text="At /logo/<this>/.")
    automatic_stopped_at = serializers.DateTimeField(
        allow_null=True, help_text="Automatic mail stands still since then."
    )


class OrganisationChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=150, required=False)
    support_email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    support_phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    default_language = serializers.CharField(max_length=10, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)
    undo_seconds = serializers.IntegerField(min_value=0, max_value=MOST_UNDO_SECONDS, required=False)
    brand_color = serializers.CharField(max_length=7, required=False, allow_blank=True)


class LogoSerializer(StrictSerializer):
    logo = serializers.FileField(help_text="PNG, JPEG, GIF or WebP, at most 256 kB.")


class OrganisationView(SettingsDoor):
    is_grave = True

    @call("read_organisation", "The organisation", tag=TAG, gives=OrganisationSerializer)
    def get(self, request: Request) -> Response:
        return self.tagged(OrganisationSerializer(current_organisation()).data)

    @call(
        "change_organisation",
        "Change the organisation",
        tag=TAG,
        takes=OrganisationChangesSerializer,
        gives=OrganisationSerializer,
        example={"support_phone": "+41 44 000 00 00", "brand_color": "#0b6a77"},
    )
    @atomic
    def patch(self, request: Request) -> Response:
        given = valid(OrganisationChangesSerializer(data=request.data))
        Organisation.objects.select_for_update().filter(pk=1).first()
        row = current_organisation()
        self.check_unchanged(OrganisationSerializer(row).data)
        known = {name: getattr(row, name) for name in FIELDS}
        changed = update_organisation(**{**known, **given}, by=self.user, now=self.now)
        return self.tagged(OrganisationSerializer(changed).data)


class LogoView(SettingsDoor):
    is_grave = True
    parser_classes = [TicketFormParser]

    @call(
        "set_logo",
        "Another logo, as a form with a file",
        tag=TAG,
        takes=LogoSerializer,
        gives=OrganisationSerializer,
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(LogoSerializer(data=request.data))
        row = set_logo(upload=given["logo"], by=self.user, now=self.now)
        return self.tagged(OrganisationSerializer(row).data)

    @call("remove_logo", "No logo any more", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request) -> Response:
        self.hold(Organisation.objects.filter(pk=1))
        self.check_unchanged(OrganisationSerializer(current_organisation()).data)
        set_logo(upload=None, by=self.user, now=self.now)
        return Response(status=204)


# --- the words of mails


class MailTextRowSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    language = serializers.CharField()
    is_own = serializers.BooleanField(help_text="False: the standard text goes out.")


class MailTextSerializer(MailTextRowSerializer):
    subject = serializers.CharField(help_text="Empty where it cannot be chosen.")
    body = serializers.CharField()
    placeholders = serializers.ListField(child=serializers.CharField())


class WordsSerializer(StrictSerializer):
    subject = serializers.CharField(max_length=200, default="", allow_blank=True)
    body = serializers.CharField(max_length=mail_texts.MOST, trim_whitespace=False)


class MailPreviewSerializer(serializers.Serializer[Any]):
    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()


MailTextsSerializer = rows_of("MailTexts", MailTextRowSerializer)
WORDS = {"subject": "Welcome to {{ house }}", "body": "Hello {{ name }}, choose a password: {{ url }}"}


class MailTextsView(SettingsDoor):
    @call("list_mail_texts", "The desk's mails, by kind and language", tag=TAG, gives=MailTextsSerializer)
    def get(self, request: Request) -> Response:
        asked_of(request)
        own = own_mail_texts()
        pairs = [(kind, language) for kind in KINDS for language in LANGUAGE_NAMES]
        rows = [{"kind": k, "language": lang, "is_own": (k, lang) in own} for k, lang in pairs]
        return Response({"results": rows})


class MailTextView(SettingsDoor):
    is_grave = True

    def shape(self, kind: str, language: str) -> dict[str, Any]:
        words = mail_texts.words_of(kind, language)
        names = list(KINDS[kind].names)
        return {"kind": kind, "language": language, **words._asdict(), "placeholders": names}

    @call("read_mail_text", "What goes out today", tag=TAG, gives=MailTextSerializer)
    def get(self, request: Request, letter: str, language: str) -> Response:
        return self.tagged(self.shape(letter, language))

    @call(
        "change_mail_text",
        "Own words, from the next mail on",
        tag=TAG,
        takes=WordsSerializer,
        gives=MailTextSerializer,
        example=WORDS,
    )
    @atomic
    def patch(self, request: Request, letter: str, language: str) -> Response:
        self.hold(MailText.objects.filter(kind=letter, language=language))
        self.check_unchanged(self.shape(letter, language))
        given = valid(WordsSerializer(data=request.data))
        which = {"kind": letter, "language": language}
        mail_texts.save_mail_text(**which, **given, by=self.user, now=self.now)
        forget_mail_texts()
        return self.tagged(self.shape(letter, language))

    @call("restore_mail_text", "Back to the standard text", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, letter: str, language: str) -> Response:
        self.hold(MailText.objects.filter(kind=letter, language=language))
        self.check_unchanged(self.shape(letter, language))
        mail_texts.restore_mail_text(kind=letter, language=language, by=self.user, now=self.now)
        return Response(status=204)


class MailPreviewView(SettingsDoor):
    @call(
        "preview_mail_text",
        "How it would look with an example",
        tag=TAG,
        takes=WordsSerializer,
        gives=MailPreviewSerializer,
        example=WORDS,
    )
    def post(self, request: Request, letter: str, language: str) -> Response:
        mail_texts.words_of(letter, language)
        given = valid(WordsSerializer(data=request.data))
        subject, shown = mail_texts.preview(kind=letter, language=language, **given)
        return Response({"subject": subject, "text": shown.text, "html": shown.html})


class MailTestView(SettingsDoor):
    @call(
        "send_test_mail",
        "Send it to oneself, and to nobody else",
        tag=TAG,
        takes=WordsSerializer,
        status=204,
        example=WORDS,
    )
    @once
    def post(self, request: Request, letter: str, language: str) -> Response:
        mail_texts.words_of(letter, language)
        given = valid(WordsSerializer(data=request.data))
        mail_texts.send_test_mail(kind=letter, language=language, **given, by=self.user, now=self.now)
        return Response(status=204)
