"""What accounts are told by mail: links, and that something about the way in has changed."""

from collections.abc import Mapping
from datetime import datetime

from helpdesk.core.domain.languages import mail_language
from helpdesk.core.links import absolute_url
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.letters import write_letter, write_subject
from helpdesk.core.services.mail import queue_mail


def send_letter(
    *, to: User, name: str, facts: Mapping[str, object], is_secret: bool = False, now: datetime
) -> None:
    """The letter core/mails/<name> in the reader's language."""
    organisation = current_organisation()
    language = mail_language(to.language, organisation.default_language)
    known = {"name": to.full_name, "house": organisation.name, **facts}
    letter = write_letter(f"core/mails/{name}", language=language, organisation=organisation, facts=known)
    queue_mail(
        to=to.email,
        subject=write_subject(f"core/mails/{name}", language=language, facts=known),
        text=letter.text,
        html=letter.html,
        language=language,
        reply_to=organisation.support_email,
        kind=f"account-{name}",
        ref=str(to.pk),
        is_secret=is_secret,
        now=now,
    )


def tell_change(*, user: User, what: str, now: datetime) -> None:
    """Somebody's way in has changed: they hear of it. `what`: a branch of account.body.txt."""
    send_letter(
        to=user, name="account", facts={"what": what, "url": absolute_url("/profile/security/")}, now=now
    )
