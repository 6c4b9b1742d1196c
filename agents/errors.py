"""What can go wrong with clients, devices and profiles.

DeskbellError
 ├─ Refused   403  EnrolmentKeyRefused, AgentNotEnabled, NoAttemptsLeft
 ├─ Conflict  409  ProfileAlreadyRegistered, CredentialInUse, StateChanged, AddressNotPossible, UndoTooLate
 ├─ Invalid   422  WrongToken
 ├─ TokenExpired 410, AgentTooOld 426
 └─ TooMany   429  (from helpdesk.core)
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from helpdesk.core.errors import Conflict, DeskbellError, Invalid, Refused


class EnrolmentKeyRefused(Refused):
    code = "enrolment-key-refused"
    title = gettext_lazy("This enrolment key does not work")

    def __init__(self) -> None:
        super().__init__(
            _("The key is unknown or withdrawn. Ask for a new one: dbk_ and 32 letters or digits.")
        )


class AgentNotEnabled(Refused):
    code = "agent-not-enabled"
    title = gettext_lazy("The helpdesk agent is not enabled for this Windows profile")

    def __init__(self) -> None:
        super().__init__(_("Ask your helpdesk to enable it, then try again."))


class NoAttemptsLeft(Refused):
    code = "no-attempts-left"
    title = gettext_lazy("This token was mistyped too often")

    def __init__(self) -> None:
        super().__init__(_("Send a new token and type the one from the latest mail."))


class ProfileAlreadyRegistered(Conflict):
    code = "profile-already-registered"
    title = gettext_lazy("This Windows profile is registered already")

    def __init__(self) -> None:
        super().__init__(
            _("It keeps its first credential. A technician can reset it: Device, Manage, Reset verification.")
        )


class CredentialInUse(Conflict):
    code = "credential-in-use"
    title = gettext_lazy("This credential belongs to another profile")

    def __init__(self) -> None:
        super().__init__(
            _("Every Windows profile makes a credential of its own. Make a new one and register again.")
        )


class StateChanged(Conflict):
    code = "state-changed"

    def __init__(self) -> None:
        super().__init__(_("The state of this profile has changed meanwhile. Look at it again, then decide."))


class AddressNotPossible(Conflict):
    """A known contact of another client: neither bound nor revealed."""

    code = "address-not-possible"
    title = gettext_lazy("This address cannot be approved here")

    def __init__(self) -> None:
        super().__init__(
            _("This address cannot become a contact of this client. Refuse it and agree on another one.")
        )


class UndoTooLate(Conflict):
    code = "undo-too-late"
    title = gettext_lazy("This cannot be undone any more")

    def __init__(self) -> None:
        super().__init__(
            _("It was undone already, or more than 10 minutes have passed. Use Enable or Disable.")
        )


class WrongToken(Invalid):
    code = "wrong-token"
    title = gettext_lazy("This is not the token from the latest mail")

    def __init__(self, *, attempts_left: int) -> None:
        text = ngettext(
            "Compare it with the latest mail. You have %(count)d try left.",
            "Compare it with the latest mail. You have %(count)d tries left.",
            attempts_left,
        ) % {"count": attempts_left}
        super().__init__(text, fields={"token": text}, extra={"attempts_left": attempts_left})


class TokenExpired(DeskbellError):
    code = "token-expired"
    title = gettext_lazy("This token is no longer valid")
    http_status = 410

    def __init__(self) -> None:
        super().__init__(_("A token works once and for 30 minutes. Send a new one."))


class AgentTooOld(DeskbellError):
    code = "agent-too-old"
    title = gettext_lazy("The agent is too old")
    http_status = 426

    def __init__(self, *, minimum_version: str, download_url: str) -> None:
        super().__init__(
            _("This desk needs version %(version)s or newer of the agent.") % {"version": minimum_version},
            extra={"minimum_version": minimum_version, "download_url": download_url},
        )
