"""The organisation's own words for the desk's mails; without them the standard ones go."""

from datetime import datetime
from types import SimpleNamespace
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.mail_text import KINDS, fill, missing_placeholders, wrong_placeholders
from helpdesk.core.errors import Invalid, NotFound
from helpdesk.core.links import absolute_url
from helpdesk.core.models import MailText, Organisation, User
from helpdesk.core.selectors.mail_texts import forget_mail_texts, own_mail_texts
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.audit import record
from helpdesk.core.services.letters import Letter, own_letter, standard_letter, standard_subject
from helpdesk.core.services.mail import queue_mail

MOST = 8000


class Words(NamedTuple):
    """What is written: the subject (empty where it cannot be chosen), the text, and whether it is our own."""

    subject: str
    body: str
    is_own: bool = False


def words_of(kind: str, language: str) -> Words:
    """What goes out today, with placeholders; NotFound for another kind or language."""
    _check_known(kind, language)
    own = own_mail_texts().get((kind, language))
    return Words(*own, is_own=True) if own else standard_words(kind, language)


def standard_words(kind: str, language: str) -> Words:
    """The standard text, with placeholders in place of facts."""
    known = KINDS[kind]
    facts: dict[str, object] = {name: f"{{{{ {name} }}}}" for name in known.names}
    facts["ticket"] = SimpleNamespace(number=facts.get("number"), subject=facts.get("subject"))
    house = Organisation(name="{{ house }}")
    body = standard_letter(known.template, language=language, organisation=house, facts=facts).text.strip()
    subject = ""
    if known.subject_names:
        if kind == "token":  # whose subject calls the house `name`
            facts["name"] = facts["house"]
        subject = standard_subject(known.template, language=language, facts=facts)
    return Words(subject, body)


def _check_known(kind: str, language: str) -> None:
    if kind not in KINDS or language not in LANGUAGE_NAMES:
        raise NotFound(_("There is no such mail."))


def check_words(*, kind: str, subject: str, body: str) -> None:
    """Invalid names what no mail could fill in, and what it is no use without."""
    known, fields = KINDS[kind], {}
    if not body.strip() or len(body) > MOST:
        fields["body"] = _("Write the text, at most %(most)s characters.") % {"most": MOST}
    elif wrong := wrong_placeholders(body, known.names):
        fields["body"] = _("%(wrong)s is no placeholder here.") % {"wrong": wrong[0]}
    elif missing := missing_placeholders(body, known.needed):
        fields["body"] = _("Without %(name)s this mail is no use. Put it in.") % {
            "name": f"{{{{ {missing[0]} }}}}"
        }
    if known.subject_names:
        if not subject.strip() or not subject.isprintable() or len(subject) > 200:
            fields["subject"] = _("Write the subject on one line, at most 200 characters.")
        elif wrong := wrong_placeholders(subject, known.subject_names):
            fields["subject"] = _("%(wrong)s is no placeholder here.") % {"wrong": wrong[0]}
    if fields:
        raise Invalid(fields=fields)


@transaction.atomic
def save_mail_text(*, kind: str, language: str, subject: str, body: str, by: User, now: datetime) -> None:
    """From the next mail on. The standard text typed again is the standard one."""
    _check_known(kind, language)
    body = body.replace("\r\n", "\n").strip()
    subject = subject.strip() if KINDS[kind].subject_names else ""
    check_words(kind=kind, subject=subject, body=body)
    if (subject, body) == standard_words(kind, language)[:2]:
        restore_mail_text(kind=kind, language=language, by=by, now=now)
        return
    row, _is_new = MailText.objects.update_or_create(
        kind=kind, language=language, defaults={"subject": subject, "body": body, "changed_at": now}
    )
    transaction.on_commit(forget_mail_texts)
    record(actor=by, verb="changed mail text", target=row, after={"subject": subject, "text": body}, now=now)


@transaction.atomic
def restore_mail_text(*, kind: str, language: str, by: User, now: datetime) -> None:
    """Back to the standard; safe to repeat. The words that went stand in the audit log."""
    _check_known(kind, language)
    row = MailText.objects.filter(kind=kind, language=language).first()
    if row is None:
        return
    before = {"subject": row.subject, "text": row.body}
    record(actor=by, verb="restored mail text", target=row, before=before, now=now)
    row.delete()
    transaction.on_commit(forget_mail_texts)


def example_facts() -> dict[str, str]:
    """Facts of nobody, for previews and test mails."""
    link = absolute_url("/sign-in/")
    return {
        **dict.fromkeys(("url", "happy", "neutral", "sad"), link),
        "name": "Anna Berg",
        "by": "Carla Hayden",
        "number": "1042",
        "subject": _("The printer is out"),
        "token": "ABCD-EFGH",
        "device": "PC-014",
        "until": "10:30",
        "days": "30",
    }


def preview(*, kind: str, language: str, subject: str, body: str) -> tuple[str, Letter]:
    """(subject, letter) with example facts; checked as when it is saved."""
    _check_known(kind, language)
    body = body.replace("\r\n", "\n").strip()
    check_words(kind=kind, subject=subject, body=body)
    organisation, facts = current_organisation(), example_facts()
    letter = own_letter(body, language=language, organisation=organisation, facts=facts)
    house = {**facts, "house": organisation.name}
    return " ".join(fill(subject, house).split()) or _("(the ticket's subject)"), letter


def send_test_mail(*, kind: str, language: str, subject: str, body: str, by: User, now: datetime) -> None:
    """To whoever asks and to nobody else."""
    line, letter = preview(kind=kind, language=language, subject=subject, body=body)
    queue_mail(
        to=by.email,
        subject=_("Test: %(subject)s") % {"subject": line},
        text=letter.text,
        html=letter.html,
        language=language,
        kind="test-mail",
        now=now,
    )
