"""What somebody is writing, kept until they send it. Nobody but its author ever sees it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.core import jobs
from helpdesk.core.errors import Conflict
from helpdesk.core.models import User
from tickets.domain.kinds import MessageKind
from tickets.domain.text import MAX_BODY
from tickets.errors import TicketInvalid
from tickets.models import Draft, DraftFile, Message, Ticket
from tickets.services.files import MAX_FILES, MAX_TOTAL_BYTES, StoredFile, store_uploads

#: What nobody came back to for so long goes.
KEPT = timedelta(days=180)
#: So long what was thrown away can be brought back.
THROWN = timedelta(days=1)


class DraftElsewhere(Conflict):
    """`draft` is what the same person wrote in another window."""

    code = "draft-elsewhere"
    title = gettext_lazy("You wrote something else on this ticket in another window.")

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


def save_draft(
    *,
    ticket: Ticket,
    by: User,
    kind: MessageKind,
    body: str,
    seen: str = "",
    people: Mapping[str, Any] | None = None,
    version: int,
    now: datetime,
) -> Draft:
    """Keep the text if nobody saved another one since the caller's `version` (0: the first saving).

    Raises `DraftElsewhere` with what the same person wrote in another window.
    """
    words = {
        "kind": kind.value,
        "body": body[:MAX_BODY],
        "seen": seen[:40],
        "people": dict(people or {}),
        "saved_at": now,
        "thrown_at": None,  # who writes on in another window keeps it
    }
    own = Draft.objects.filter(ticket=ticket, author=by)
    if not version:
        _forget_thrown(ticket, by)
    if not own.filter(version=version).update(**words, version=F("version") + 1):
        found, is_new = Draft.objects.get_or_create(
            ticket=ticket, author=by, defaults={**words, "version": version + 1}
        )
        if not is_new:
            raise DraftElsewhere(found)
        return found
    return own.get()


def _forget_thrown(ticket: Ticket, by: User) -> None:
    """Who begins anew does not want what they threw away."""
    Draft.objects.filter(ticket=ticket, author=by, thrown_at__isnull=False).delete()


def throw_away(*, draft: Draft, now: datetime) -> None:
    """Gone from its ticket and from the list; `take_out_again` brings it back. Safe to repeat."""
    Draft.objects.filter(pk=draft.pk, thrown_at=None).update(thrown_at=now)


def take_out_again(*, draft: Draft) -> None:
    """With its files. Safe to repeat."""
    Draft.objects.filter(pk=draft.pk).update(thrown_at=None)


def discard_draft(*, ticket: Ticket, by: User) -> None:
    """What was sent or thrown away is no draft, also where it was begun before a merge. Safe to repeat."""
    Draft.objects.filter(Q(ticket=ticket) | Q(ticket__merged_into=ticket), author=by).delete()


def add_file(*, ticket: Ticket, by: User, upload: "UploadedFile[Any]", now: datetime) -> DraftFile:
    """Keep a file for the message that is being written. Raises `TicketInvalid` (field `files`)."""
    (stored,) = store_uploads([upload])
    with transaction.atomic():
        _forget_thrown(ticket, by)
        draft, _is_new = Draft.objects.get_or_create(
            ticket=ticket, author=by, defaults={"saved_at": now, "version": 0}
        )
        sizes = list(Draft.objects.select_for_update().get(pk=draft.pk).files.values_list("size", flat=True))
        if len(sizes) >= MAX_FILES:
            raise TicketInvalid(fields={"files": _("Send at most %(count)s files.") % {"count": MAX_FILES}})
        if sum(sizes) + stored.size > MAX_TOTAL_BYTES:
            most = MAX_TOTAL_BYTES // 1024**2
            raise TicketInvalid(fields={"files": _("Send at most %(size)s MB in all.") % {"size": most}})
        return DraftFile.objects.create(
            draft=draft,
            blob=stored.blob,
            filename=stored.filename,
            media_type=stored.media_type,
            size=stored.size,
        )


def remove_file(*, by: User, public_id: UUID) -> None:
    """Safe to repeat; files of others stay."""
    DraftFile.objects.filter(public_id=public_id, draft__author=by).delete()


def waiting_files(*, ticket: Ticket, by: User, ids: Collection[str]) -> list[StoredFile]:
    """The files that the author put beside the text and still wants, as a message takes them."""
    wanted = set(ids)
    of_author = DraftFile.objects.filter(
        Q(draft__ticket=ticket) | Q(draft__ticket__merged_into=ticket), draft__author=by
    )
    return [
        StoredFile(file.blob, file.filename, file.media_type, file.size)
        for file in of_author.select_related("blob").order_by("pk")
        if str(file.public_id) in wanted
    ]


def draft_again(*, message: Message, by: User, now: datetime) -> None:
    """An answer that is taken back becomes a draft with its files, before what was begun since."""
    _forget_thrown(message.ticket, by)
    draft, _is_new = Draft.objects.get_or_create(
        ticket_id=message.ticket_id, author=by, defaults={"saved_at": now}
    )
    draft.body = "\n\n".join(part for part in (message.body, draft.body.strip()) if part)[:MAX_BODY]
    draft.kind, draft.saved_at, draft.version = message.kind, now, draft.version + 1
    draft.save()
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            blob_id=each.blob_id,
            filename=each.filename,
            media_type=each.media_type,
            size=each.size,
        )
        for each in message.attachments.order_by("pk")
    )


@jobs.each_day
def forget_old_drafts(now: datetime) -> None:
    """Drafts that nobody touched for half a year, or threw away a day ago. Safe to run twice."""
    Draft.objects.filter(Q(saved_at__lt=now - KEPT) | Q(thrown_at__lt=now - THROWN)).delete()
