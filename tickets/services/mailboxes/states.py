"""What the receiver and the watchers saw last, kept on the row of the mailbox."""

from datetime import datetime

from django.db.models import Q

from helpdesk.core.domain.redaction import redact
from helpdesk.core.events import publish
from tickets.models import Mailbox

State = Mailbox.State
FAILED = (State.REFUSED, State.UNREACHABLE, State.FULL)
MAX_WORDS = 500


def note_state(*, mailbox_id: int, state: str, words: str = "", now: datetime) -> bool:
    """Writes the state if it is news and the mailbox is on; open pages hear of it. `words` are the server's
    own. Safe to repeat: `state_at` stays the time when it began.
    """
    words = redact(words)[:MAX_WORDS]
    rows = Mailbox.objects.filter(pk=mailbox_id, is_active=True).exclude(state=state, state_words=words)
    changed = rows.update(state=state, state_words=words, state_at=now) == 1
    if changed:
        publish("mailbox", str(mailbox_id))
    return changed


def note_progress(*, mailbox_id: int, uid_validity: int, last_uid: int) -> None:
    """How far the folder is read. Never backwards, as long as its UIDVALIDITY is the same."""
    behind = Q(uid_validity=uid_validity, last_uid__lt=last_uid)
    other = Q(uid_validity=None) | ~Q(uid_validity=uid_validity)
    Mailbox.objects.filter(behind | other, pk=mailbox_id).update(uid_validity=uid_validity, last_uid=last_uid)


def ask_again(*, mailbox_id: int, now: datetime) -> None:
    """A watcher that pauses after a failure tries at once. One that is live goes on."""
    if Mailbox.objects.filter(pk=mailbox_id, state__in=FAILED).exists():
        note_state(mailbox_id=mailbox_id, state=State.NEVER, now=now)
