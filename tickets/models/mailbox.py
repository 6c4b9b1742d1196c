"""The addresses that customers write to, and how their mail comes in."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tickets.models.mailbox_said import in_words


class Mailbox(models.Model):
    """One address of the desk. Its mail is received by the desk's own SMTP server, or fetched by IMAP.

    `state` is what the receiver or the watcher saw last; it moves by conditional UPDATE
    (services.mailboxes.note_state); `send_state` is that of its own way out (services.mailboxes.sending).
    Passwords and tokens are in `secret_sealed` and `send_secret_sealed` only (A27). A deleted one stays as a
    row: tickets and the journal still tell where a mail came in.
    """

    class Kind(models.TextChoices):
        SMTP = "smtp", _("Received here")
        IMAP = "imap", _("Fetched by IMAP")

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("None")

    class Auth(models.TextChoices):
        PASSWORD = "password", _("Password")
        OAUTH_CLIENT = "oauth-client", _("OAuth2, the application's own access")
        OAUTH_REFRESH = "oauth-refresh", _("OAuth2, refresh token")

    class Sending(models.TextChoices):
        NEVER = "never", _("not yet")
        OK = "ok", _("ok")
        REFUSED = "refused", _("refused")
        UNREACHABLE = "unreachable", _("unreachable")

    class State(models.TextChoices):
        NEVER = "never", _("not yet")
        LIVE = "live", _("live")
        POLLING = "polling", _("ok")
        REFUSED = "refused", _("refused")
        UNREACHABLE = "unreachable", _("unreachable")
        FULL = "full", _("disk full")
        OFF = "off", _("off")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.EmailField(_("address"))
    name = models.CharField(_("sender name"), max_length=150, blank=True, default="")
    is_active = models.BooleanField(default=True)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.SMTP)

    host = models.CharField(max_length=253, blank=True, default="")
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    user = models.CharField(max_length=254, blank=True, default="")
    auth = models.CharField(max_length=13, choices=Auth, default=Auth.PASSWORD)
    token_url = models.CharField(max_length=500, blank=True, default="")
    client_id = models.CharField(max_length=200, blank=True, default="")
    scope = models.CharField(max_length=500, blank=True, default="")
    secret_sealed = models.TextField(blank=True, default="", editable=False)
    folder = models.CharField(max_length=200, default="INBOX")
    uid_validity = models.BigIntegerField(null=True, blank=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)

    state = models.CharField(max_length=11, choices=State, default=State.NEVER, editable=False)
    state_words = models.CharField(max_length=500, blank=True, default="", editable=False)
    state_at = models.DateTimeField(null=True, blank=True, editable=False)

    sends_itself = models.BooleanField(default=False, help_text="Else through the server of the house.")
    send_host = models.CharField(max_length=253, blank=True, default="")
    send_port = models.PositiveIntegerField(default=587)
    send_security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    send_user = models.CharField(max_length=254, blank=True, default="")
    send_secret_sealed = models.TextField(blank=True, default="", editable=False)
    send_state = models.CharField(max_length=11, choices=Sending, default=Sending.NEVER, editable=False)
    send_words = models.CharField(max_length=500, blank=True, default="", editable=False)
    send_state_at = models.DateTimeField(null=True, blank=True, editable=False)
    send_failures = models.PositiveIntegerField(default=0, editable=False)
    send_rests_until = models.DateTimeField(null=True, blank=True, editable=False)

    team = models.ForeignKey("core.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    signature = models.TextField(blank=True, default="")
    creates_contacts = models.BooleanField(default=True)
    answers_automatic = models.BooleanField(
        default=True, help_text="Confirmations may go out from this address; never to machines."
    )
    trusted_authserv_id = models.CharField(max_length=253, blank=True, default="")
    created_at = models.DateTimeField()
    automatic_stopped_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="It alone sent too much automatic mail."
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["address"], condition=Q(deleted_at=None), name="mailbox_address_once"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(is_active=False), name="mailbox_deleted_is_off"
            ),
            models.CheckConstraint(
                condition=Q(sends_itself=False) | ~Q(send_host=""), name="mailbox_sender_has_host"
            ),
            models.CheckConstraint(
                condition=Q(
                    send_state__in=["never", "ok", "refused", "unreachable"],
                    send_security__in=["tls", "starttls", "none"],
                ),
                name="mailbox_sending_known",
            ),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="mailbox_is_lower_case"),
            models.CheckConstraint(condition=Q(kind="smtp") | ~Q(host=""), name="mailbox_imap_has_host"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["never", "live", "polling", "refused", "unreachable", "full", "off"],
                    kind__in=["smtp", "imap"],
                    security__in=["tls", "starttls", "none"],
                    auth__in=["password", "oauth-client", "oauth-refresh"],
                ),
                name="mailbox_words_known",
            ),
        )

    def __str__(self) -> str:
        return self.address

    @property
    def state_said(self) -> str:
        """`state_words` in the reader's language."""
        return in_words(self.state_words)

    @property
    def send_said(self) -> str:
        return in_words(self.send_words)
