"""Mailboxes. Passwords and tokens are written, never read; with another server they are sent anew (A27)."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, once_sent, valid
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.selectors.people import all_teams
from helpdesk.web.settings_api.base import (
    KeyField,
    NameSerializer,
    SettingsDoor,
    atomic,
    call,
    chosen,
    one_of,
    page_shape,
)
from tickets.models import Mailbox
from tickets.selectors.mailboxes import mailboxes_visible_to, restorable_mailboxes
from tickets.services.mail_out import resume_mailbox
from tickets.services.mailboxes.check import check_mailbox, send_trial
from tickets.services.mailboxes.imap import NotConnected
from tickets.services.mailboxes.removal import delete_mailbox, restore_mailbox
from tickets.services.mailboxes.rows import MailboxFields, add_mailbox, change_mailbox, set_active
from tickets.services.mailboxes.sending import send_again
from tickets.services.mailboxes.states import ask_again
from tickets.services.mailboxes.words import sending_trouble_of, trouble_of

TAG = "Mailboxes"
SECURITIES, KINDS = Mailbox.Security.values, Mailbox.Kind.values
TEXTS = {
    "name": 150,
    "host": 253,
    "user": 254,
    "token_url": 500,
    "client_id": 200,
    "scope": 500,
    "folder": 200,
    "signature": 2000,
    "trusted_authserv_id": 253,
    "send_host": 253,
    "send_user": 254,
}
SECRETS = ("secret", "refresh", "send_secret")
PLAIN = (*TEXTS, "address", "kind", "port", "security", "auth", "creates_contacts", "answers_automatic")
SENDING = ("sends_itself", "send_port", "send_security")


class MailboxSerializer(serializers.ModelSerializer[Mailbox]):
    team = NameSerializer(allow_null=True)
    has_secret = serializers.SerializerMethodField(help_text="A password or token is kept, sealed.")
    has_send_secret = serializers.SerializerMethodField()
    kind = serializers.CharField(help_text="smtp: received here; imap: fetched.")
    security = serializers.CharField(help_text="tls, starttls or none.")
    auth = serializers.CharField(help_text="password, oauth-client or oauth-refresh.")
    send_security = serializers.CharField(help_text="tls, starttls or none.")
    state = serializers.CharField(help_text="live, polling, refused, unreachable, full, off or never.")
    trouble = serializers.SerializerMethodField(help_text="What is wrong, for people; else empty.")
    send_state = serializers.CharField(help_text="ok, refused, unreachable or never.")
    send_trouble = serializers.SerializerMethodField()

    class Meta:
        model = Mailbox
        fields = (
            "id", "is_active", *PLAIN, *SENDING, "team", "has_secret", "has_send_secret", "state", "state_at",
            "trouble", "send_state", "send_state_at", "send_trouble", "automatic_stopped_at",
        )  # fmt: skip

    def get_has_secret(self, mailbox: Mailbox) -> bool:
        return bool(mailbox.secret_sealed)

    def get_has_send_secret(self, mailbox: Mailbox) -> bool:
        return bool(mailbox.send_secret_sealed)

    def get_trouble(self, mailbox: Mailbox) -> str:
        return str(trouble_of(mailbox))

    def get_send_trouble(self, mailbox: Mailbox) -> str:
        return str(sending_trouble_of(mailbox) if mailbox.is_active else "")


def _fields(**more: Any) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """What one may set; each of them may stay away, and stays as it is."""
    port: dict[str, Any] = {"min_value": 1, "max_value": 65535, "required": False}
    kept: dict[str, Any] = {"required": False, "write_only": True, "trim_whitespace": False}
    found: dict[str, Any] = {
        "address": serializers.CharField(max_length=254, **more),
        "kind": serializers.ChoiceField(KINDS, required=False),
        "security": serializers.ChoiceField(SECURITIES, required=False),
        "auth": serializers.ChoiceField(Mailbox.Auth.values, required=False),
        "send_security": serializers.ChoiceField(SECURITIES, required=False),
        "port": serializers.IntegerField(**port),
        "send_port": serializers.IntegerField(**port),
        "team": KeyField(required=False, allow_null=True, help_text="Its tickets go to this team."),
        **{
            name: serializers.BooleanField(required=False)
            for name in ("creates_contacts", "answers_automatic", "sends_itself")
        },
        **{name: serializers.CharField(max_length=2000, **kept) for name in SECRETS},
    }
    for name, most in TEXTS.items():
        found[name] = serializers.CharField(max_length=most, required=False, allow_blank=True)
    return found


NewMailboxSerializer: Any = type("NewMailboxSerializer", (StrictSerializer,), _fields())
MailboxChangesSerializer: Any = type(
    "MailboxChangesSerializer",
    (StrictSerializer,),
    {**_fields(required=False), "is_active": serializers.BooleanField(required=False)},
)


class MailboxDeedSerializer(StrictSerializer):
    do = serializers.ChoiceField(
        ["test", "trial", "again", "resume"],
        help_text="test: sign in; trial: a mail to oneself; again: do not wait; resume: automatic mail.",
    )


class MailboxSaidSerializer(serializers.Serializer[Any]):
    is_ok = serializers.BooleanField()
    words = serializers.CharField(help_text="What came of it, for people.")


class MailboxesDoor(SettingsDoor):
    reads = writes = Permission.MAIL_EDIT
    guard: ClassVar[str] = str(Permission.MAIL_EDIT)
    is_grave = True

    def found(self, mailbox: int, *, is_locked: bool = False) -> Mailbox:
        return one_of(mailboxes_visible_to(self.user), pk=mailbox, is_locked=is_locked)

    def told(self, mailbox: int, status: int = 200) -> Response:
        data = MailboxSerializer(self.found(mailbox)).data
        return self.tagged(data, status, tag_of=_guarded(data))

    def read(self, given: dict[str, Any]) -> MailboxFields:
        if (key := given.get("team")) is not None:
            given["team"] = chosen(all_teams(), [key], field="team")[0]
        return MailboxFields(**given)


class MailboxesView(MailboxesDoor):
    @call("list_mailboxes", "Mailboxes and how they do", tag=TAG, gives=page_shape(MailboxSerializer))
    def get(self, request: Request) -> Response:
        return self.page(mailboxes_visible_to(self.user), MailboxSerializer)

    @call(
        "create_mailbox",
        "Add a mailbox",
        tag=TAG,
        takes=NewMailboxSerializer,
        gives=MailboxSerializer,
        status=201,
        example={"address": "help@example.com", "kind": "imap", "host": "imap.example.com",
                 "user": "help@example.com", "secret": "…"},
    )  # fmt: skip
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewMailboxSerializer(data=request.data))
        return self.told(add_mailbox(given=self.read(given), by=self.user, now=self.now).pk, 201)


class MailboxView(MailboxesDoor):
    @call("read_mailbox", "One mailbox", tag=TAG, gives=MailboxSerializer)
    def get(self, request: Request, mailbox: int) -> Response:
        return self.told(mailbox)

    @call(
        "change_mailbox",
        "Change a mailbox, or switch it on or off",
        tag=TAG,
        takes=MailboxChangesSerializer,
        gives=MailboxSerializer,
        example={"signature": "Your helpdesk", "is_active": True},
    )
    @atomic
    def patch(self, request: Request, mailbox: int) -> Response:
        given = valid(MailboxChangesSerializer(data=request.data))
        found = self.found(mailbox, is_locked=True)
        self.check_unchanged(_guarded(MailboxSerializer(found).data))
        is_active = given.pop("is_active", found.is_active)
        if given:
            known = {name: getattr(found, name) for name in (*PLAIN, *SENDING)}
            wanted = self.read({**known, "team": found.team_id, **given})
            change_mailbox(mailbox=found, given=wanted, by=self.user, now=self.now)
        if is_active != found.is_active:
            set_active(mailbox=found, is_active=is_active, by=self.user, now=self.now)
        return self.told(mailbox)

    @call("delete_mailbox", "Delete a mailbox; ten minutes to bring it back", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, mailbox: int) -> Response:
        found = self.found(mailbox, is_locked=True)
        self.check_unchanged(_guarded(MailboxSerializer(found).data))
        delete_mailbox(mailbox=found, by=self.user, now=self.now)
        return Response(status=204)


class RestoreMailboxView(MailboxesDoor):
    @call("restore_mailbox", "Bring a deleted mailbox back", tag=TAG, gives=MailboxSerializer)
    @once
    def post(self, request: Request, mailbox: int) -> Response:
        found = one_of(restorable_mailboxes(self.user, now=self.now), pk=mailbox)
        restore_mailbox(mailbox=found, by=self.user, now=self.now)
        return self.told(mailbox)


class MailboxDeedView(MailboxesDoor):
    @call(
        "do_with_mailbox",
        "Test it, send a trial, try again, or let automatic mail go out again",
        tag=TAG,
        takes=MailboxDeedSerializer,
        gives=MailboxSaidSerializer,
        example={"do": "test"},
    )
    def post(self, request: Request, mailbox: int) -> Response:
        found, deed = self.found(mailbox), valid(MailboxDeedSerializer(data=request.data))["do"]
        if deed == "trial":
            return self.tried(request, found)
        if deed != "test":
            return self.done(request, found, deed)
        try:  # in no transaction: nobody's writing waits for another server
            words = check_mailbox(found)
        except NotConnected as problem:
            return Response({"is_ok": False, "words": problem.words})
        ask_again(mailbox_id=found.pk, now=self.now)
        return Response({"is_ok": True, "words": words})

    @once_sent
    def tried(self, _request: Request, found: Mailbox) -> Response:
        is_ok, words = send_trial(mailbox=found, to=self.user, now=self.now)
        return Response({"is_ok": is_ok, "words": words})

    @once
    def done(self, _request: Request, found: Mailbox, deed: str) -> Response:
        is_ok = True
        if deed == "again":
            ask_again(mailbox_id=found.pk, now=self.now)
            send_again(mailbox=found, now=self.now)
        else:
            is_ok = bool(resume_mailbox(mailbox=found, by=self.user, now=self.now))
        return Response({"is_ok": is_ok, "words": ""})


def _guarded(data: dict[str, Any]) -> dict[str, Any]:
    """What people set; how it does changes by itself."""
    return {name: data[name] for name in ("is_active", *PLAIN, *SENDING, "team", "has_secret")}
