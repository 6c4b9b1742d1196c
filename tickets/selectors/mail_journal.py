"""What happened to a mail: the journal, for people."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import NotFound
from helpdesk.core.models import User
from tickets.domain.text import clean_subject
from tickets.models import BlockedSender, MailIn, StoppedAddress

PAGE = 50
MAX_SEARCH = 320


@dataclass(frozen=True, slots=True)
class MailPage:
    """A page of the journal, newest first; `older` and `newer` are the ids to go on from, or None."""

    mails: list[MailIn]
    older: int | None
    newer: int | None


def mails_visible_to(user: User | AnonymousUser) -> QuerySet[MailIn]:
    """The whole journal, also what became no ticket, for whoever keeps the mail and thereby sees all tickets;
    nothing for anybody else (A12).
    """
    if not isinstance(user, User) or not user.may(Permission.MAIL_EDIT):
        return MailIn.objects.none()
    return MailIn.objects.defer("raw").select_related("mailbox", "ticket")


def mail_for(user: User | AnonymousUser, mail: int) -> MailIn:
    """One mail; `NotFound` (404)."""
    found = mails_visible_to(user).filter(pk=mail).first()
    if found is None:
        raise NotFound
    return found


def blocked_visible_to(user: User | AnonymousUser) -> QuerySet[BlockedSender]:
    """Who is shut out, for whoever keeps the desk's settings."""
    may_see = isinstance(user, User) and user.may(Permission.MAIL_EDIT)
    rows = BlockedSender.objects.all() if may_see else BlockedSender.objects.none()
    return rows.select_related("by")


def stopped_visible_to(user: User | AnonymousUser) -> QuerySet[StoppedAddress]:
    """Who gets no automatic mail any more, for whoever keeps the desk's settings."""
    may_see = isinstance(user, User) and user.may(Permission.MAIL_EDIT)
    return StoppedAddress.objects.all() if may_see else StoppedAddress.objects.none()


def mail_page(
    user: User | AnonymousUser,
    *,
    text: str = "",
    outcome: str = "",
    before: int | None = None,
    after: int | None = None,
) -> MailPage:
    """The mails whose sender, subject or Message-ID holds the text; a page by id, never a count of all."""
    words = clean_subject(text)[:MAX_SEARCH]  # PostgreSQL takes no NUL
    rows = mails_visible_to(user).filter(_holding(words), _that_became(outcome))
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("id")[: PAGE + 1])
        is_more = len(found) > PAGE
        page = found[:PAGE][::-1]
        newer, older = (page[0].pk if is_more else None), (page[-1].pk if page else None)
        return MailPage(page, older, newer)
    found = list((rows.filter(pk__lt=before) if before is not None else rows).order_by("-id")[: PAGE + 1])
    page = found[:PAGE]
    newer = page[0].pk if page and before is not None else None
    return MailPage(page, page[-1].pk if len(found) > PAGE else None, newer)


def _holding(text: str) -> Q:
    if not text:
        return Q()
    message_id = text.removeprefix("<").removesuffix(">")
    return Q(sender__icontains=text) | Q(subject__icontains=text) | Q(message_id__icontains=message_id)


def _that_became(outcome: str) -> Q:
    """An outcome, or `waiting` and `failed`, which have none yet."""
    if outcome == "waiting":
        return Q(status__in=[MailIn.Status.NEW, MailIn.Status.WORKING])
    if outcome == "failed":
        return Q(status=MailIn.Status.FAILED)
    return Q(outcome=outcome) if outcome in MailIn.Outcome.values and outcome else Q()
