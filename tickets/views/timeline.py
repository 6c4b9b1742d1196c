"""The time line of a ticket as the page shows it: messages as cards, changes as lines, long runs folded."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.core.models import OutgoingMail
from tickets.domain.kinds import Source, Verb
from tickets.domain.mail.threading import is_doubted
from tickets.models import Activity, Attachment, Ticket
from tickets.models.labels import (
    CLOCK_CHOICES,
    PRIORITY_CHOICES,
    RATING_CHOICES,
    STATUS_CHOICES,
    TYPE_CHOICES,
)
from tickets.models.standard import doer_words
from tickets.selectors.page import Entry, Told

StrOrPromise = str | Promise
#: More changes in a row than this fold into one line.
LONGEST_RUN = 3
#: Smaller pictures inside a mail's text are no files.
DECORATION_BYTES = 10_000
_NOT_ARRIVED = (OutgoingMail.Status.FAILED, OutgoingMail.Status.BOUNCED)
_LABELS = {
    "status": dict(STATUS_CHOICES),
    "priority": dict(PRIORITY_CHOICES),
    "type": dict(TYPE_CHOICES),
    "rating": dict(RATING_CHOICES),
    "target": dict(CLOCK_CHOICES),
}
_SENTENCES: dict[str, StrOrPromise] = {
    Verb.OPENED: gettext_lazy("<b>{who}</b> opened this ticket"),
    Verb.MISSED: gettext_lazy("The service target was missed: <b>{after}</b>"),
    Verb.TAKEN: gettext_lazy("<b>{who}</b> took this ticket"),
    Verb.REOPENED: gettext_lazy("An answer of <b>{who}</b> reopened this ticket"),
    Verb.FOLLOWED_UP: gettext_lazy("<b>{who}</b> wrote again: ticket <b>{after}</b> continues this one"),
}
_CHANGES: dict[str, StrOrPromise] = {
    "status": gettext_lazy("<b>{who}</b> changed the status from <b>{before}</b> to <b>{after}</b>"),
    "priority": gettext_lazy("<b>{who}</b> changed the priority from <b>{before}</b> to <b>{after}</b>"),
    "type": gettext_lazy("<b>{who}</b> set the type <b>{after}</b>"),
    "subject": gettext_lazy("<b>{who}</b> changed the subject, before it was <b>{before}</b>"),
    "assignee": gettext_lazy("<b>{who}</b> handed this from <b>{before}</b> to <b>{after}</b>"),
    "tags": gettext_lazy("<b>{who}</b> set the tags <b>{after}</b>"),
    "rating": gettext_lazy("<b>{who}</b> said how it went: <b>{after}</b>"),
    "comment": gettext_lazy("<b>{who}</b> wrote about it: <b>{after}</b>"),
    # What mail did, with `Verb.MAIL`.
    "held": gettext_lazy("A mail of <b>{after}</b> is held: this sender takes no part in the ticket"),
    "admitted": gettext_lazy("<b>{who}</b> let <b>{after}</b> take part"),
    "removed": gettext_lazy("<b>{who}</b> took <b>{after}</b> out of this ticket"),
    "split-off": gettext_lazy("<b>{who}</b> moved a held mail to ticket <b>{after}</b>"),
    "blocked": gettext_lazy("<b>{who}</b> blocked <b>{after}</b>"),
    # Merged and split, with `Verb.MERGED`.
    "merged-into": gettext_lazy("<b>{who}</b> merged this ticket into <b>{after}</b>"),
    "took-in": gettext_lazy("<b>{who}</b> merged ticket <b>{after}</b> into this one"),
    "unmerged-from": gettext_lazy("<b>{who}</b> took back the merge into <b>{after}</b>"),
    "gave-back": gettext_lazy("<b>{who}</b> gave ticket <b>{after}</b> its messages back"),
    "split-to": gettext_lazy("<b>{who}</b> split off ticket <b>{after}</b>"),
    # Time, sleep, links and the checklist.
    "snoozed": gettext_lazy("<b>{who}</b> snoozed this until <b>{after}</b>"),
    "woken": gettext_lazy("<b>{who}</b> ended the snooze"),
    "linked": gettext_lazy("<b>{who}</b> linked ticket <b>{after}</b>"),
    "unlinked": gettext_lazy("<b>{who}</b> removed the link to ticket <b>{after}</b>"),
    "ticked": gettext_lazy("<b>{who}</b> ticked off <b>{after}</b>"),
    "unticked": gettext_lazy("<b>{who}</b> took back the tick of <b>{after}</b>"),
    "time": gettext_lazy("<b>{who}</b> corrected a time from <b>{before}</b> to <b>{after}</b>"),
    "field": gettext_lazy("<b>{who}</b> set {before} to <b>{after}</b>"),
    "bounce": gettext_lazy("A mail came back: <b>{after}</b>"),
    "delayed": gettext_lazy("A mail is delayed: <b>{after}</b>"),
    "complaint": gettext_lazy("<b>{after}</b> called our mail spam: no automatic mail goes there any more"),
    "receipt": gettext_lazy("<b>{after}</b> has opened our mail"),
    "program-left-out": gettext_lazy("The program <b>{after}</b> was left out; it is in the original mail"),
    "files-left-out": gettext_lazy("<b>{after}</b> files were left out; they are in the original mail"),
    "people-left-out": gettext_lazy(
        "The mail names more than <b>{after}</b> people; the others were left out"
    ),
    "people-unproved": gettext_lazy(
        "<b>{after}</b> were not added: only the number in the subject tied the mail to this ticket"
    ),
    "dmarc-failed": gettext_lazy("The mail server says that <b>{after}</b> may be forged"),
    "sender-doubtful": gettext_lazy(
        "The mail names more than one author, or hides it: <b>{after}</b> may be forged"
    ),
}
_SOMETHING = gettext_lazy("<b>{who}</b> changed this ticket")
_TO_NOTHING: dict[str, StrOrPromise] = {
    "assignee": gettext_lazy("<b>{who}</b> took this from <b>{before}</b> and gave it to nobody"),
    "tags": gettext_lazy("<b>{who}</b> removed the tags <b>{before}</b>"),
    "comment": gettext_lazy("<b>{who}</b> took back the words about it: <b>{before}</b>"),
    "snoozed": gettext_lazy("<b>{who}</b> snoozed this until the customer answers"),
    "time": gettext_lazy("<b>{who}</b> deleted a time of <b>{before}</b>"),
    "field": gettext_lazy("<b>{who}</b> emptied {before}"),
    "type": gettext_lazy("<b>{who}</b> took the type <b>{before}</b> away"),
}
#: What happened between two tickets.
_OTHERS = frozenset(
    {
        "merged-into",
        "took-in",
        "unmerged-from",
        "gave-back",
        "split-to",
        "split-from",
        "split-off",
        "followed-by",
        "linked",
        "unlinked",
    }
)
_ICONS = {
    "status": "st-proc",
    "priority": "pr-high",
    "assignee": "user",
    "tags": "tag",
    "subject": "pen",
    "target": "clock",
    "comment": "chat",
    "snoozed": "snooze",
    "woken": "snooze",
    "linked": "link",
    "unlinked": "link",
    "ticked": "check",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One grey line: "Ada changed the status from Open to Waiting"."""

    at: datetime
    icon: str
    sentence: SafeString


@dataclass(frozen=True, slots=True)
class Card:
    """A message with what stands around it."""

    entry: Entry
    key: str
    context: str
    #: Of a stranger: nobody but us sees it until somebody decides.
    is_held: bool = False
    #: Held because somebody else may have written it: to block the address would shut out the wrong one.
    is_doubted: bool = False
    #: A mail of it that can still be taken back, and those that did not arrive.
    on_hold: OutgoingMail | None = None
    failures: tuple[OutgoingMail, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    #: Colleagues whom a note calls by `@name`.
    called: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A message card or a run of lines."""

    at: datetime
    card: Card | None = None
    lines: tuple[Line, ...] = ()

    @property
    def is_long(self) -> bool:
        return len(self.lines) > LONGEST_RUN


class TimeLine:
    """The time line of one page, made only where the same has not been drawn before."""

    def __init__(
        self, ticket: Ticket, told: Told, called: Mapping[int, Sequence[str]], *, may_edit: bool
    ) -> None:
        self._ticket, self._told, self._called, self._may_edit = ticket, told, called, may_edit

    @property
    def key(self) -> Hashable:
        """All that the cards and lines say, for `{% memo %}`; None: look at each by itself."""
        raw = self._told.raw
        called = tuple((note, tuple(names)) for note, names in self._called.items())
        return None if raw is None else (self._may_edit, called, raw)

    @property
    def seen(self) -> str:
        return str(self._told.seen)

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks(self._ticket, self._told.entries, self._called)


def blocks(
    ticket: Ticket, entries: Iterable[Entry], called: Mapping[int, Sequence[str]] | None = None
) -> list[Block]:
    """`called`: by the key of a note the names in it."""
    result: list[Block] = []
    run: list[Line] = []

    def end_run() -> None:
        if run:
            result.append(Block(run[-1].at, lines=tuple(run)))
            run.clear()

    was_rating = False
    for entry in entries:
        if entry.activity:
            is_rating = entry.activity.verb == Verb.RATED  # no fold hides what the customer said
            if is_rating is not was_rating:
                end_run()
            was_rating = is_rating
            run.append(line(entry.activity))
        else:
            end_run()
            result.append(Block(entry.at, card=_card(ticket, entry, called or {})))
    end_run()
    return result


def line(activity: Activity) -> Line:
    return Line(activity.at, _icon(activity), sentence(activity))


def sentence(activity: Activity) -> SafeString:
    """What happened, in words; every part of it is escaped (A1, A28)."""
    text = (
        _SENTENCES.get(activity.verb) or _CHANGES.get(activity.field) or _("<b>{who}</b> changed this ticket")
    )
    if activity.field in _TO_NOTHING and not activity.after:
        text = _TO_NOTHING[activity.field]
    elif activity.field == "rating" and activity.before:
        text = _("<b>{who}</b> corrected how it went from <b>{before}</b> to <b>{after}</b>")
    elif activity.field == "assignee" and activity.verb == Verb.CHANGED and not activity.before:
        text = _("<b>{who}</b> assigned this to <b>{after}</b>")
    elif activity.field == "woken" and not activity.actor_label:
        text = _("The customer's answer ended the snooze") if activity.before else _("The snooze is over")
    elif activity.field == "time" and not activity.before:
        text = _("<b>{who}</b> brought back a time of <b>{after}</b>")
    elif activity.field == "split-from":
        text = _("<b>{who}</b> split this off from ticket <b>{before}</b>")
    return format_html(
        str(text),
        who=doer_words(activity.actor_label) or _("Deskbell"),
        before=_value(activity.field, activity.before),
        after=_value(activity.field, activity.after),
    )


def _value(field: str, text: str) -> str:
    """A word for a state; a link where the text begins with the number of another ticket."""
    number, blank, rest = text.removeprefix("#").partition(" ")
    if field in _OTHERS and number.isdecimal():
        return format_html(
            '<a href="{}">#{}</a>{}{}', reverse("web:ticket", args=[number]), number, blank, rest
        )
    if field == "snoozed" and text:
        return date_format(timezone.localtime(datetime.fromisoformat(text)), "j M Y G:i")
    return str(_LABELS.get(field, {}).get(text, text))


def _icon(activity: Activity) -> str:
    if activity.verb == Verb.OPENED:
        return "ticket"
    if activity.verb == Verb.TAKEN:
        return "hand"
    if activity.verb == Verb.MAIL:
        return "mail"
    if activity.verb == Verb.MERGED:
        return "merge"
    if activity.field == "rating":
        return f"face-{activity.after}"
    return _ICONS.get(activity.field, "activity")


def _card(ticket: Ticket, entry: Entry, called: Mapping[int, Sequence[str]]) -> Card:
    return Card(
        entry,
        key="first" if entry.kind == "description" or not entry.message else f"{entry.message.pk}",
        context=_context(ticket, entry),
        is_held=entry.is_held,
        is_doubted=is_doubted(getattr(entry.message, "mail_reasons", None) or ()),
        on_hold=next((letter for letter in entry.letters[:1] if letter.is_held), None),
        failures=tuple(letter for letter in entry.letters if letter.status in _NOT_ARRIVED),
        attachments=tuple(file for file in entry.attachments if not _is_decoration(entry, file)),
        called=called.get(entry.message.pk, ()) if entry.message else (),
    )


def _is_decoration(entry: Entry, file: Attachment) -> bool:
    """A logo of a signature: to be seen in the mail as it was sent, no file to open."""
    return entry.has_html and file.is_inline and bool(file.content_id) and file.size < DECORATION_BYTES


def _context(ticket: Ticket, entry: Entry) -> str:
    """The quiet words behind the name: how it came, or to whom it went."""
    if entry.kind == "reply":
        addresses = ", ".join(letter.to for letter in entry.letters)
        return _("to %(address)s") % {"address": addresses} if addresses else _("not mailed")
    if entry.kind == "customer" and entry.message and entry.message.mail_in_id:
        return _by_mail(ticket, entry.message.author_email)
    if entry.kind != "description":
        return ""
    if ticket.source == Source.AGENT:
        agent = _("Helpdesk agent")
        return f"{agent}, {ticket.device.name}" if ticket.device else agent
    return {
        Source.CONSOLE.value: _("entered by hand"),
        Source.API.value: _("through the API"),
        Source.MAIL.value: _("by e-mail"),
    }[ticket.source]


def _by_mail(ticket: Ticket, address: str) -> str:
    """With the address where it is not the one that everybody expects."""
    if not address or address.lower() == ticket.contact_email.lower():
        return _("by e-mail")
    return _("%(address)s, by e-mail") % {"address": address}
