"""Who sits there: a token by e-mail proves it, once per profile."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from agents.domain import secret, text
from agents.domain.profile import INACTIVE, State
from agents.errors import AgentNotEnabled, NoAttemptsLeft, StateChanged, TokenExpired, WrongToken
from agents.models import Contact, Profile, VerificationToken
from agents.services.move import move_profile
from helpdesk.core.domain.languages import mail_language
from helpdesk.core.errors import Invalid, TooMany
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.letters import write_letter, write_subject
from helpdesk.core.services.mail import queue_mail

HOUR = timedelta(hours=1)


def request_token(
    *, profile: Profile, full_name: str, email: str, by: User | None = None, now: datetime
) -> VerificationToken:
    """Mail a token to the typed address; earlier tokens of the profile stop working.

    Known and unknown addresses are treated alike: whose they are is asked only after the token came back
    (A18). Invalid for a bad name or address, AgentNotEnabled, TooMany after 3 sends an hour per profile or
    per address. A verified profile that asks starts again. `by` is None when the agent asks for itself.
    """
    full_name, email = _checked(full_name, email)
    if State(profile.state) in INACTIVE:
        raise AgentNotEnabled
    code = secret.make_token()
    with transaction.atomic():
        # The row's lock comes first, so two requests at once cannot both count the same sends.
        _start(profile, full_name=full_name, email=email, by=by, now=now)
        _refuse_floods(profile, email, now=now)
        token = VerificationToken.objects.create(
            profile=profile,
            email=email,
            full_name=full_name,
            token_hash=_hash(profile, code),
            sent_at=now,
            expires_at=now + secret.TOKEN_LIFETIME,
            attempts_left=secret.TOKEN_ATTEMPTS,
        )
        _mail(profile, token, code, now=now)
    return token


def send_token_again(*, profile: Profile, by: User, now: datetime) -> VerificationToken:
    """A technician helps: a new token to the typed address. StateChanged if it is waited for no more."""
    if profile.state != State.WAITING_FOR_TOKEN:
        raise StateChanged
    return request_token(profile=profile, full_name=profile.full_name, email=profile.email, by=by, now=now)


def confirm_token(*, profile: Profile, token: str, now: datetime) -> Profile:
    """The person typed the token: bind the contact, or wait for a technician.

    Every try costs one of 5, counted down by a conditional UPDATE in a transaction of its own, so that
    neither a race nor a later error gives it back. WrongToken (with attempts_left), NoAttemptsLeft,
    TokenExpired (too late, used, or none sent), AgentNotEnabled.
    """
    if State(profile.state) in INACTIVE:
        raise AgentNotEnabled
    sent = profile.tokens.order_by("-sent_at", "-id").first()
    if sent is None:
        raise TokenExpired
    attempts_left = _spend_attempt(sent, now=now)
    with transaction.atomic():
        mine = VerificationToken.objects.filter(
            pk=sent.pk, token_hash=_hash(profile, secret.normal_token(token)), used_at=None
        )
        if mine.update(used_at=now) != 1:
            raise WrongToken(attempts_left=attempts_left)
        _bind(profile, sent, now=now)
    return profile


def _checked(full_name: str, email: str) -> tuple[str, str]:
    wrong: dict[str, str] = {}
    name = full_name.strip(" ")
    if not name or len(name) > 100 or text.has_control(name):
        wrong["full_name"] = _("Enter your first and last name on one line, at most 100 characters.")
    address = text.normal_email(email)
    try:
        if text.has_control(email):
            raise ValidationError("control")
        validate_email(address)
    except ValidationError:
        wrong["email"] = _("Enter one e-mail address, such as claire@maisonduval.example.")
    if wrong:
        raise Invalid(_("Please correct the fields below."), fields=wrong)
    return " ".join(name.split()), address


def _start(profile: Profile, *, full_name: str, email: str, by: User | None, now: datetime) -> None:
    sources = {State.ENABLED, State.WAITING_FOR_TOKEN, State.WAITING_FOR_APPROVAL, State.VERIFIED}
    try:
        move_profile(
            profile,
            to=State.WAITING_FOR_TOKEN,
            sources=sources,
            verb="profile.token-sent",
            by=by,
            now=now,
            full_name=full_name,
            email=email,
            contact=None,
            verified_at=None,
        )
    except StateChanged as error:  # switched off while the person typed
        raise AgentNotEnabled from error


def _refuse_floods(profile: Profile, email: str, *, now: datetime) -> None:
    recent = VerificationToken.objects.filter(sent_at__gt=now - HOUR)
    for sends in (recent.filter(profile=profile), recent.filter(email=email)):
        times = list(sends.order_by("sent_at").values_list("sent_at", flat=True))
        if len(times) >= secret.TOKEN_SENDS_PER_HOUR:
            free_at = times[-secret.TOKEN_SENDS_PER_HOUR] + HOUR
            raise TooMany(
                _("Three tokens were sent within an hour. Look into the spam folder, or try again later."),
                retry_after_seconds=max(1, int((free_at - now).total_seconds())),
            )


def _hash(profile: Profile, code: str) -> str:
    return secret.token_digest(pepper=settings.SECRET_KEY, profile_id=profile.pk, token=code)


def _mail(profile: Profile, token: VerificationToken, code: str, *, now: datetime) -> None:
    organisation = current_organisation()
    language = mail_language(organisation.default_language)
    facts = {
        "name": token.full_name,
        "token": secret.show_token(code),
        "device": profile.device.name,
        "until": f"{token.expires_at:%H:%M}",
    }
    letter = write_letter("agents/mails/token", language=language, organisation=organisation, facts=facts)
    queue_mail(
        to=token.email,
        subject=write_subject("agents/mails/token", language=language, facts={"name": organisation.name}),
        text=letter.text,
        html=letter.html,
        language=language,
        reply_to=organisation.support_email,
        kind="verification-token",
        ref=str(profile.public_id),
        is_secret=True,
        now=now,
    )


def _spend_attempt(token: VerificationToken, *, now: datetime) -> int:
    """Counts down before anything is compared; returns what is left."""
    open_tokens = VerificationToken.objects.filter(pk=token.pk, used_at=None, expires_at__gt=now)
    if open_tokens.filter(attempts_left__gt=0).update(attempts_left=F("attempts_left") - 1) != 1:
        raise NoAttemptsLeft if open_tokens.exists() else TokenExpired
    token.refresh_from_db(fields=["attempts_left"])
    return token.attempts_left


def _bind(profile: Profile, token: VerificationToken, *, now: datetime) -> None:
    contact = _contact_for(profile, token, now=now)
    to = State.VERIFIED if contact else State.WAITING_FOR_APPROVAL
    try:
        move_profile(
            profile,
            to=to,
            sources={State.WAITING_FOR_TOKEN},
            verb="profile.verified" if contact else "profile.waiting-for-approval",
            by=None,
            now=now,
            contact=contact,
            verified_at=now,
            full_name=token.full_name,
            email=token.email,
        )
    except StateChanged as error:
        raise AgentNotEnabled from error


def _contact_for(profile: Profile, token: VerificationToken, *, now: datetime) -> Contact | None:
    """A known contact of the same client, a new one inside its mail domains, else None: a technician decides.

    Somebody else's contact is neither bound nor revealed: the answer is the one for an unknown address.
    """
    client = profile.device.client
    known = Contact.objects.with_address(token.email).first()
    if known is None and text.domain_of(token.email) in client.mail_domains:
        known, _is_new = Contact.objects.get_or_create(
            email=token.email,
            defaults={"client": client, "full_name": token.full_name, "created_at": now},
        )
    if known is None or known.client_id != client.pk or not known.is_active:
        return None
    return known
